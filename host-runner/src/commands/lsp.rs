//! `countersign lsp`: answers editors.

use std::io::{self, BufReader};

use anyhow::Result;

use crate::Exit;
use crate::lsp::{self, End};

/// Arguments of `countersign lsp`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign lsp

The server speaks the Language Server Protocol on standard input and output.
It lints open policies, manifests and suites, explains and completes what is
at the cursor, and offers fixes. See editors/README.md for how to set up
editors.

Exit status: 0 if the editor asked the server to exit, 1 if it ended without
asking, 2 on an error")]
pub struct Args {
    /// Accepted because editors pass it; the server has no other transport
    #[arg(long, hide = true)]
    stdio: bool,
}

/// Runs the command.
pub(crate) fn run(_: &Args) -> Result<Exit> {
    let input = BufReader::new(io::stdin());
    match lsp::serve(input, io::stdout().lock())? {
        End::Exited => Ok(Exit::Yes),
        End::Lost => Ok(Exit::No),
    }
}
