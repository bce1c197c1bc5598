//! What was typed. What it means is decided in `commands/`.

mod context;
mod evidence;
mod output;
mod place;
mod statement;

use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

use crate::commands;
use crate::engine::Abi;

pub use context::ContextArgs;
pub(crate) use context::parse_time;
pub use evidence::EvidenceArgs;
pub use output::OutputArgs;
pub use place::PlaceArgs;
pub use statement::StatementArgs;
pub(crate) use statement::{parse_algorithm, parse_attestor, parse_image, parse_note};

/// Binary Authorization for any cluster: evaluate image policies with the very module that
/// production loads
#[derive(Debug, Parser)]
#[command(name = "countersign", version, long_version = VERSION, max_term_width = 100)]
pub struct Cli {
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What `--version` prints, where `-V` prints the number alone
const VERSION: &str = include_str!(concat!(env!("OUT_DIR"), "/version.txt"));

/// The program's arguments, for manual pages and shell completions
#[must_use]
pub fn command() -> clap::Command {
    Cli::command()
}

/// The commands
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make keys, sign images, and verify attestations
    Attest(Box<commands::attest::Args>),
    /// Say what the policy would refuse of everything that runs
    Audit(commands::audit::Args),
    /// Measure what a policy costs beside modules that do nothing, and whether that is more than before
    Bench(commands::bench::Args),
    /// Print what a shell needs to complete arguments
    Completions(commands::completions::Args),
    /// Show whose verdict changes between two settings files
    Diff(commands::diff::Args),
    /// Say what the gatekeeper would answer
    Evaluate(commands::evaluate::Args),
    /// Show why the answer is what it is and what would change it, or the page of a code
    Explain(commands::explain::Args),
    /// Print what a cluster is given: manifests for Kubewarden, the kind of attestations, roles
    Export(commands::export::Args),
    /// Make settings of what Google Binary Authorization exports
    Import(commands::import::Args),
    /// Write a policy to begin with, its tests, and a workflow that checks both
    Init(commands::init::Args),
    /// Show what a policy module is: ABI, imports, exports, metadata, digest
    Inspect(commands::inspect::Args),
    /// Find what is wrong, weak or without effect in policies, manifests and suites
    Lint(commands::lint::Args),
    /// Print the JSON Schema of what the program prints or reads
    Schema(commands::schema::Args),
    /// Run the tests of policies
    Test(commands::test::Args),
}

/// Which module to run
#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct ModuleArgs {
    /// Run this module instead of the embedded one; its ABI is detected
    #[arg(long, value_name = "FILE")]
    pub module: Option<PathBuf>,
    /// Which of the two embedded modules to run
    #[arg(long, value_name = "ABI", default_value = "wapc")]
    pub abi: AbiArg,
}

/// The ABI of an embedded module
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum AbiArg {
    /// Kubewarden's default
    Wapc,
    /// A WASI command
    Wasi,
}

impl From<AbiArg> for Abi {
    fn from(abi: AbiArg) -> Self {
        match abi {
            AbiArg::Wapc => Self::Wapc,
            AbiArg::Wasi => Self::Wasi,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verify_cli() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_has_examples_and_says_its_exit_status() {
        let mut commands = vec![Cli::command()];
        let mut count = 0;
        while let Some(command) = commands.pop() {
            commands.extend(command.get_subcommands().cloned());
            let is_program = command.get_name() == "countersign";
            let help = command.get_after_help().map(ToString::to_string);
            let help = help.unwrap_or_default();
            assert!(
                is_program
                    || (help.starts_with("Examples:\n  countersign ")
                        && help.contains("\nExit status: ")),
                "{}: {help}",
                command.get_name()
            );
            count += 1;
        }
        assert!(count > 10);
    }
}
