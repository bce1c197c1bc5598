//! Keeps the folders that dependencies come from out of the modules, which are shorter by that, and the
//! same wherever Cargo has its home.

use std::path::PathBuf;
use std::{env, fs};

/// Flags for the compiler, as `CARGO_ENCODED_RUSTFLAGS` has them: sources of dependencies are named from
/// their own folder on. They stand in place of all other flags, those of Cargo's configuration too.
pub(crate) fn flags() -> String {
    let cargo_home = env::var_os("CARGO_HOME").filter(|home| !home.is_empty());
    let cargo_home = cargo_home.map(PathBuf::from);
    let cargo_home = cargo_home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let sources = cargo_home.map(|home| home.join("registry").join("src"));
    let folders = sources.and_then(|sources| fs::read_dir(sources).ok());
    let mut flags: Vec<_> = folders
        .into_iter()
        .flatten()
        .flatten()
        .map(|folder| format!("--remap-path-prefix={}=", folder.path().display()))
        .collect();
    flags.sort();
    flags.join("\u{1f}")
}
