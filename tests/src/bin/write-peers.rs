//! Writes what the suites in `tests/peers` read into a folder: `write-peers FOLDER`. They are built
//! without the program, and run the modules that it carries.

use std::fs;
use std::path::PathBuf;

use host_runner::engine::{Abi, embedded};

fn main() {
    let [folder] = std::env::args()
        .skip(1)
        .collect::<Vec<_>>()
        .try_into()
        .expect("usage: write-peers FOLDER");
    let folder = PathBuf::from(folder);
    fs::create_dir_all(&folder).expect("the folder can be made");
    for (name, module) in [
        ("countersign.wasm", embedded(Abi::Wapc)),
        ("countersign-wasi.wasm", embedded(Abi::Wasi)),
    ] {
        fs::write(folder.join(name), module).expect("the file can be written");
    }
}
