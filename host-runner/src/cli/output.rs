//! Where a document that a command writes goes, the same for every command that writes one.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::emit;
use crate::files::{self, Readers};
use crate::inputs::shown;

/// Where it goes
#[derive(Debug, Args)]
pub struct OutputArgs {
    /// Write to this file, which must not be there yet, instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Replace the file
    #[arg(long, requires = "output")]
    force: bool,
}

impl OutputArgs {
    /// Refuses a file that is there, and one of the inputs in any case, before any work is done.
    pub(crate) fn check<'p>(&'p self, inputs: impl IntoIterator<Item = &'p Path>) -> Result<()> {
        files::refuse_inputs(self.output.as_deref(), inputs)?;
        match &self.output {
            Some(path) if !self.force && path.symlink_metadata().is_ok() => {
                bail!("`{}` exists; --force replaces it", shown(path))
            }
            _ => Ok(()),
        }
    }

    /// Writes a text, byte for byte.
    pub(crate) fn write(&self, text: &str) -> Result<()> {
        let Some(path) = &self.output else {
            let printed = io::stdout().write_all(text.as_bytes());
            return Ok(emit::unless_closed(printed)?);
        };
        let written = if self.force {
            files::replace(path, text.as_bytes(), Readers::Anyone)
        } else {
            files::create(path, text.as_bytes(), Readers::Anyone)
        };
        written.with_context(|| format!("cannot write `{}`", shown(path)))
    }
}
