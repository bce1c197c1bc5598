//! `--output` and `--force`, for every command that writes one document.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::files::{self, Readers};
use crate::terminal;
use crate::terminal::shown;

/// Destination of the document
#[derive(Debug, Args)]
pub struct OutputArgs {
    /// Write to this new file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Overwrite the file if it exists
    #[arg(long, requires = "output")]
    force: bool,
}

impl OutputArgs {
    /// Checks before any work that the file does not exist (unless `--force`) and is not an input.
    pub(crate) fn check<'p>(&'p self, inputs: impl IntoIterator<Item = &'p Path>) -> Result<()> {
        files::refuse_inputs(self.output.as_deref(), inputs)?;
        match &self.output {
            Some(path) if !self.force && path.symlink_metadata().is_ok() => {
                bail!("`{}` exists; overwrite it with --force", shown(path))
            }
            _ => Ok(()),
        }
    }

    /// Returns these options for another file beside this one; `None` without a file.
    pub(crate) fn beside(&self, name: impl Fn(&Path) -> PathBuf) -> Option<Self> {
        let output = self.output.as_deref().map(name)?;
        Some(Self {
            output: Some(output),
            force: self.force,
        })
    }

    /// Writes the text unchanged.
    pub(crate) fn write(&self, text: &str) -> Result<()> {
        let Some(path) = &self.output else {
            let printed = io::stdout().write_all(text.as_bytes());
            return Ok(terminal::unless_closed(printed)?);
        };
        let written = if self.force {
            files::replace(path, text.as_bytes(), Readers::Anyone)
        } else {
            files::create(path, text.as_bytes(), Readers::Anyone)
        };
        written.with_context(|| format!("cannot write `{}`", shown(path)))
    }
}
