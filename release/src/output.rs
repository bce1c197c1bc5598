//! Files and lines that a command writes.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command prints what it wrote, and its errors"
)]

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// Prints a line.
pub(crate) fn line(text: &str) {
    println!("{text}");
}

/// Prints an error, outer context first.
pub(crate) fn error(error: &anyhow::Error) {
    eprintln!("error: {error:#}");
}

/// Writes a file, and the folders around it.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot create `{}`", folder.display()))?;
    }
    fs::write(path, content).with_context(|| format!("cannot write `{}`", path.display()))
}

/// Reads a file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))
}

/// Reads a text.
pub(crate) fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))
}

/// The names in a folder, sorted. One that is not UTF-8 is an error.
pub(crate) fn names(folder: &Path) -> Result<Vec<String>> {
    let failed = || format!("cannot read the folder `{}`", folder.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).with_context(failed)? {
        let name = entry.with_context(failed)?.file_name();
        let name = name
            .into_string()
            .map_err(|name| anyhow::anyhow!("the name {name:?} is not UTF-8"))?;
        names.push(name);
    }
    names.sort();
    Ok(names)
}
