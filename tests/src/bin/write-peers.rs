//! Writes what the suites in `tests/peers` read into a folder: `write-peers FOLDER`. They are built
//! without the program, and run the modules that it carries on the calls of the corpus.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use core_tests::corpus;
use host_runner::engine::{Abi, Engine, Limits, Operation, embedded};

/// Some cases are of the size of a limit, and say nothing about hosts that smaller ones do not.
const MAX_CALL: usize = 1 << 20;

fn main() {
    let [folder] = std::env::args()
        .skip(1)
        .collect::<Vec<_>>()
        .try_into()
        .expect("usage: write-peers FOLDER");
    let folder = PathBuf::from(folder);
    let write = |place: &str, name: &str, content: &[u8]| {
        let folder = folder.join(place);
        fs::create_dir_all(&folder).expect("the folder can be made");
        // Some names of cases are in groups.
        let file = folder.join(name.replace('/', "-"));
        fs::write(file, content).expect("the file can be written");
    };
    // On a busy machine too.
    let limits = Limits {
        time: Duration::from_mins(5),
        ..Limits::default()
    };
    let engine = Engine::new(limits).expect("an engine starts");
    let cases = corpus::all();
    let cases = cases.iter().filter(|case| case.call.len() <= MAX_CALL);
    for case in cases.clone() {
        write("calls", &case.name, &case.call);
    }
    for (name, abi) in [("countersign", Abi::Wapc), ("countersign-wasi", Abi::Wasi)] {
        let module = embedded(abi);
        write("", &format!("{name}.wasm"), module);
        let policy = engine.load(module).expect("the module can be loaded");
        for case in cases.clone() {
            let answer = policy.call(Operation::Decide, &case.call);
            write(name, &case.name, &answer.expect(&case.name));
        }
    }
}
