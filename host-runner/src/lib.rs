//! The program `countersign`: runs the policy module that clusters run, and prints its Decisions.
//!
//! | to read about | go to |
//! | --- | --- |
//! | running a module, and its limits | [`engine`] |
//! | reading manifests and admission requests | [`inputs`] |
//! | the Decision, as commands read it | [`decision`] |
//! | the offline host, in place of a cluster and a registry | [`offline_host`] |
//! | test suites of policies | [`suite`] |
//! | keys and attestations | `attest/` |
//! | changes that would admit a denied image | `why_not/` |
//! | differences between two Decisions | `comparison` |
//! | Kubernetes manifests | `export/` |
//! | policies that `init` writes | `scaffold/` |
//! | reports on a whole cluster | `audit` |
//! | benchmarks | `bench/`, [`measure`] |
//! | conversion of Google's exports | `import` |
//! | answers to editors | `lsp/` |
//! | commands | [`cli`]; `commands/`, one file each; shared arguments are in [`args`] |
//! | output formats | `emit/`, one file each; colors and safe text are in `terminal/` |

extern crate alloc;

pub mod args;
mod attest;
mod audit;
mod bench;
pub mod cli;
mod clock;
pub mod commands;
mod comparison;
pub mod decision;
mod emit;
pub mod engine;
mod exit;
mod export;
mod fields;
mod files;
mod foreign;
mod import;
pub mod inputs;
mod judge;
mod lint_config;
mod lsp;
pub mod measure;
mod no_result;
pub mod offline_host;
mod parallel;
mod problems;
mod repository;
mod scaffold;
mod settings_view;
pub mod suite;
mod terminal;
mod why_not;

use admission_requests::yaml;
pub use exit::Exit;

use cli::{Cli, Command};

/// Runs one command and prints its errors, outer context first.
#[must_use]
pub fn run(cli: &Cli) -> Exit {
    let result = match &cli.command {
        Command::Attest(args) => commands::attest::run(args),
        Command::Audit(args) => commands::audit::run(args),
        Command::Bench(args) => commands::bench::run(args),
        Command::Completions(args) => commands::completions::run(args, cli::command()),
        Command::Describe(args) => commands::describe::run(args),
        Command::Diff(args) => commands::diff::run(args),
        Command::Evaluate(args) => commands::evaluate::run(args),
        Command::Explain(args) => commands::explain::run(args),
        Command::Export(args) => commands::export::run(args),
        Command::Import(args) => commands::import::run(args),
        Command::Init(args) => commands::init::run(args),
        Command::Inspect(args) => commands::inspect::run(args),
        Command::Lint(args) => commands::lint::run(args),
        Command::Lsp(args) => commands::lsp::run(args),
        Command::Schema(args) => commands::schema::run(args),
        Command::Test(args) => commands::test::run(args),
    };
    result.unwrap_or_else(|error| {
        terminal::error(&error);
        Exit::CouldNot
    })
}
