//! Writes the modules into a folder: `build-modules FOLDER`. waPC, the WASI command and the floor of `bench` are those
//! of the program; waPC without OpenPGP is as small as it gets; the wide ones are for engines with wide arithmetic.

use std::path::PathBuf;

use host_runner::engine::{Abi, FLOOR, embedded};
use policy_tests::modules;

fn main() {
    let [folder] = std::env::args()
        .skip(1)
        .collect::<Vec<_>>()
        .try_into()
        .expect("usage: build-modules FOLDER");
    assert!(
        modules::can_shrink(),
        "`wasm-opt` is not there; Debian has it in the package binaryen"
    );
    let folder = PathBuf::from(folder);
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    for (name, module) in [
        ("countersign.wasm", embedded(Abi::Wapc)),
        ("countersign-wasi.wasm", embedded(Abi::Wasi)),
        ("countersign-slim.wasm", modules::slim()),
        ("countersign-wide.wasm", modules::wide(Abi::Wapc)),
        ("countersign-wide-wasi.wasm", modules::wide(Abi::Wasi)),
        ("floor.wasm", FLOOR),
    ] {
        let file = folder.join(name);
        std::fs::write(&file, module).expect("the file can be written");
        println!("{}", file.display());
    }
}
