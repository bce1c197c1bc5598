//! What the suites share that run the modules in the crates of others: the modules that the program
//! carries, and the requests and test keys of the other suites.

#[path = "../../core/src/case.rs"]
pub mod case;
#[path = "../../src/guests.rs"]
pub mod guests;
#[path = "../../core/src/signing.rs"]
pub mod signing;
#[path = "../../core/src/sigstore_vectors.rs"]
pub mod sigstore_vectors;

use std::path::PathBuf;

/// The file of the waPC module
pub const WAPC: &str = "countersign.wasm";
/// The file of the WASI command
pub const WASI: &str = "countersign-wasi.wasm";

/// The bytes of a module that the program carries, as `write-peers` has written them.
#[track_caller]
pub fn module(name: &str) -> Vec<u8> {
    let path = folder().join(name);
    std::fs::read(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; run `just peers`", path.display()))
}

/// Where `just peers` writes what is read here, in the target directory that both workspaces are built in.
pub fn folder() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    let root = program
        .ancestors()
        .find(|folder| folder.join("CACHEDIR.TAG").exists());
    root.expect("tests run from a target directory")
        .join("peers")
}
