//! Gives the modules memory to begin with, and the name under which a registry has them.

/// Bytes that most requests need no more of: growing costs a call of the operating system each time, and lists
/// that grow have to move. With a third more, small requests took longer (docs/performance.md).
const HEAP: usize = 640 << 10;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // The metadata names it; GitHub's registry has what belongs to a repository under the names of its owner.
    let repository = std::env::var("CARGO_PKG_REPOSITORY").unwrap_or_default();
    if let Some(name) = repository.strip_prefix("https://github.com/")
        && let Some((owner, name)) = name.split_once('/')
    {
        println!("cargo::rustc-env=COUNTERSIGN_ARTIFACT=ghcr.io/{owner}/policies/{name}");
    }
    // The web module's allocator would not use it.
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "wasi") {
        println!("cargo::rustc-link-arg=--initial-heap={HEAP}");
    }
}
