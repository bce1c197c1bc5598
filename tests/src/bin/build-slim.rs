//! Writes the waPC module without OpenPGP, as small as it gets: `build-slim FILE`.

use policy_tests::modules;

fn main() {
    let [file] = std::env::args()
        .skip(1)
        .collect::<Vec<_>>()
        .try_into()
        .expect("usage: build-slim FILE");
    assert!(
        modules::can_shrink(),
        "`wasm-opt` is not there; Debian has it in the package binaryen"
    );
    std::fs::write(&file, modules::slim()).expect("the file can be written");
    println!("{file}");
}
