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
    let with_files: fn(&str) -> String = match args.shell {
        Shell::Bash => with_files_in_bash,
        Shell::Zsh => with_files_in_zsh,
        _ => str::to_owned,
    };
    script = with_files(&String::from_utf8(script)?).into_bytes();
    let printed = std::io::stdout().write_all(&script);
    terminal::unless_closed(printed)?;
    Ok(Exit::Yes)
}

/// Adds files to the codes of `explain`, which takes both: bash completes files only where no listed value fits.
fn with_files_in_bash(script: &str) -> String {
    let mut is_of_explain = false;
    let lines = script.split_inclusive('\n').map(|line| {
        match line.trim() {
            "countersign__subcmd__explain)" => is_of_explain = true,
            ";;" if line.starts_with("            ;;") => is_of_explain = false,
            _ => {}
        }
        let words = r#"COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )"#;
        if is_of_explain && line.contains(words) {
            let files = r#"compopt -o filenames 2>/dev/null; COMPREPLY=( $(compgen -f -W "${opts}" -- "${cur}") )"#;
            line.replace(words, files)
        } else {
            line.to_owned()
        }
    });
    lines.collect()
}

/// Adds files to the codes of `explain`, which takes both: in zsh, listed values replace files.
fn with_files_in_zsh(script: &str) -> String {
    let lines = script.split_inclusive('\n').map(|line| {
        let is_of_explain = line.starts_with("'*::subjects -- ");
        let listed = line.rsplit_once(":(").filter(|_| is_of_explain);
        match listed.and_then(|(help, rest)| Some((help, rest.rsplit_once(")'")?))) {
            Some((help, (codes, end))) => format!(
                r#"{help}:{{_alternative "codes:code:({codes})" "files:file:_files"}}'{end}"#
            ),
            None => line.to_owned(),
        }
    });
    lines.collect()
}
