//! `release sums`: the list of sums, in the format of `sha256sum`.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::output;

/// The program's build reads such a list too, with this code.
#[path = "../../host-runner/build/provided.rs"]
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "only a build looks for modules and reads them")
)]
pub(crate) mod provided;

/// Arguments of `release sums`
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder, whose files are listed and whose folders are not
    folder: PathBuf,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<()> {
    let list = list(&args.folder)?;
    output::write(&args.folder.join(provided::SUMS), list.as_bytes())
}

/// The list for the files of a folder, sorted by name.
///
/// # Errors
///
/// A file cannot be read, or its name does not fit into a line.
pub(crate) fn list(folder: &Path) -> Result<String> {
    let mut list = String::new();
    for name in output::names(folder)? {
        let path = folder.join(&name);
        if name == provided::SUMS || path.is_dir() {
            continue;
        }
        // `sha256sum` escapes such a name, and few that read its lists know.
        if name.contains(['\\', '\n', '\r']) {
            bail!("the name {name:?} cannot be listed");
        }
        let sum = provided::sum(&output::read(&path)?);
        list.push_str(&format!("{sum}  {name}\n"));
    }
    Ok(list)
}

#[cfg(test)]
mod tests;
