//! Gives the modules memory to begin with.

/// Bytes that most requests need no more of: growing costs a call of the operating system each time, and makes
/// what is in the way move. Only the pages that are touched cost anything.
const HEAP: usize = 640 << 10;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // The web module's allocator would not use it.
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "wasi") {
        println!("cargo::rustc-link-arg=--initial-heap={HEAP}");
    }
}
