//! The commands, one file each.

pub mod attest;
pub mod audit;
pub mod bench;
pub mod completions;
pub mod describe;
pub mod diff;
pub mod evaluate;
pub mod explain;
pub mod export;
pub mod import;
pub mod init;
pub mod inspect;
pub mod lint;
pub mod lsp;
mod objects;
pub mod schema;
pub mod test;

use std::path::Path;

use anyhow::{Result, bail};

/// Fails if more than one input is standard input.
fn check_stdin<'p>(paths: impl IntoIterator<Item = &'p Path>) -> Result<()> {
    let stdin = paths.into_iter().filter(|path| path.as_os_str() == "-");
    if stdin.count() > 1 {
        bail!("standard input (`-`) can be read only once");
    }
    Ok(())
}
