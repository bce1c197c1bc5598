//! `countersign completions`: generates shell completions.

use std::io::Write as _;

use anyhow::Result;
use clap_complete::Shell;

use crate::Exit;
use crate::terminal;

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

/// Runs the command for the whole `program`.
pub(crate) fn run(args: &Args, mut program: clap::Command) -> Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut program, "countersign", &mut script);
    let printed = std::io::stdout().write_all(&script);
    terminal::unless_closed(printed)?;
    Ok(Exit::Yes)
}
