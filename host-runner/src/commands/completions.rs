//! `countersign completions`: generates shell completions.

use std::io::Write as _;

use anyhow::Result;
use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::cli::Cli;
use crate::{Exit, emit};

/// Arguments of `countersign completions`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign completions bash > \\
    ~/.local/share/bash-completion/completions/countersign
  countersign completions zsh > ~/.zfunc/_countersign
  countersign completions fish > ~/.config/fish/completions/countersign.fish

Exit status: 0")]
pub struct Args {
    /// Shell to generate completions for
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "countersign", &mut script);
    let printed = std::io::stdout().write_all(&script);
    emit::unless_closed(printed)?;
    Ok(Exit::Yes)
}
