//! Gives the modules memory to begin with.

/// Bytes that most requests need no more of: growing costs a call of the operating system each time, and lists
/// that grow have to move. With a third more, small requests took longer (docs/performance.md).
const HEAP: usize = 640 << 10;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // The web module's allocator would not use it.
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "wasi") {
        println!("cargo::rustc-link-arg=--initial-heap={HEAP}");
    }
}
