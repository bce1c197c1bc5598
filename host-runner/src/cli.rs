//! The program and its commands. What several of them take is in `args/`, what they do in `commands/`.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, Parser, Subcommand};

use crate::commands;

/// Binary Authorization for any Kubernetes cluster: write, test, evaluate and export image policies
#[derive(Debug, Parser)]
#[command(name = "countersign", version, long_version = VERSION, max_term_width = 100)]
pub struct Cli {
    /// The command to run
    #[command(subcommand)]
    pub command: Command,
}

/// Output of `--version`; `-V` prints the number alone
const VERSION: &str = include_str!(concat!(env!("OUT_DIR"), "/version.txt"));

/// Returns the program's arguments, for manual pages and shell completions
#[must_use]
pub fn command() -> clap::Command {
    Cli::command()
}

/// Reads the arguments of the program. Prints help or an error and exits where they are no command.
#[must_use]
pub fn parse() -> Cli {
    Cli::try_parse().unwrap_or_else(|error| with_inner_command(error).exit())
}

/// Names the command that an unknown one is a part of: `attest sign` for `sign`.
fn with_inner_command(mut error: clap::Error) -> clap::Error {
    let unknown = match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(name)) if error.kind() == ErrorKind::InvalidSubcommand => name,
        _ => return error,
    };
    let program = Cli::command();
    let outer = program
        .get_subcommands()
        .find(|command| command.find_subcommand(unknown).is_some());
    if let Some(outer) = outer {
        let name = format!("{} {unknown}", outer.get_name());
        let suggested = ContextValue::Strings(vec![name]);
        error.insert(ContextKind::SuggestedSubcommand, suggested);
    }
    error
}

/// The commands
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create keys, sign images, and verify attestations
    Attest(Box<commands::attest::Args>),
    /// Evaluate a policy against everything running in a cluster
    Audit(commands::audit::Args),
    /// Benchmark a policy and compare it with a baseline
    Bench(commands::bench::Args),
    /// Generate shell completions
    Completions(commands::completions::Args),
    /// Show what a policy demands of the Pods of each namespace
    Describe(commands::describe::Args),
    /// List the objects whose verdict changes between two settings files
    Diff(commands::diff::Args),
    /// Evaluate manifests or admission requests against a policy
    Evaluate(commands::evaluate::Args),
    /// Explain a verdict, or show the page of a code
    Explain(commands::explain::Args),
    /// Export Kubewarden policies, the Attestation CRD, and RBAC
    Export(commands::export::Args),
    /// Convert Google Binary Authorization exports, policies of other systems, and trusted roots to settings
    Import(commands::import::Args),
    /// Create a scaffold policy with tests and a CI workflow
    Init(commands::init::Args),
    /// Show a policy module's ABI, engines, imports, exports and metadata
    Inspect(commands::inspect::Args),
    /// Check policies, manifests and test suites for mistakes
    Lint(commands::lint::Args),
    /// Answer an editor in the Language Server Protocol
    Lsp(commands::lsp::Args),
    /// Print the JSON Schema of a document
    Schema(commands::schema::Args),
    /// Run the test suites of policies
    Test(commands::test::Args),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verify_cli() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_part_of_a_command_is_answered_with_the_whole() {
        for (written, meant) in [("sign", "attest sign"), ("crd", "export crd")] {
            let error = Cli::try_parse_from(["countersign", written]).unwrap_err();
            let text = with_inner_command(error).to_string();
            assert!(text.contains(&format!("exists: '{meant}'")), "{text}");
        }
        let error = Cli::try_parse_from(["countersign", "evaluat"]).unwrap_err();
        let text = with_inner_command(error).to_string();
        assert!(text.contains("exists: 'evaluate'"), "{text}");
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
