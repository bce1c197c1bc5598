//! Keeps the folders of this machine out of the modules: whoever builds them gets the same bytes, and
//! shorter ones.

use std::path::PathBuf;
use std::{env, fs};

/// Flags for the compiler, as `CARGO_ENCODED_RUSTFLAGS` has them: sources of dependencies are named from
/// their own folder on.
pub(crate) fn flags() -> String {
    let cargo_home = env::var_os("CARGO_HOME").map(PathBuf::from);
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
