//! The program `countersign`: runs the policy module that production loads, and shows what it says.
//!
//! | to read about | go to |
//! | --- | --- |
//! | how a module is run, and what it may not do | [`engine`] |
//! | what a file of manifests becomes | [`inputs`] |
//! | what a policy is answered in place of a cluster and a registry | [`evidence`] |
//! | how the tests of a policy are run | [`suite`] |
//! | how an image is attested | `attest/` |
//! | what would admit a refused image | `remedy/` |
//! | what changes between two answers | `comparison` |
//! | what a cluster is given | `export/` |
//! | a policy to begin with | `starter/` |
//! | what a policy says about everything that runs | `audit` |
//! | what a policy costs | `bench/`, [`measure`] |
//! | what becomes of Google's exports | `import` |
//! | one command | `commands/`, one file each |
//! | one output format | `emit/`, one file each |

extern crate alloc;

mod advice;
mod attest;
mod audit;
mod bench;
pub mod cli;
pub mod commands;
mod comparison;
mod emit;
pub mod engine;
pub mod evidence;
mod exit;
mod export;
mod files;
mod import;
pub mod inputs;
pub mod measure;
mod parallel;
mod progress;
mod remedy;
mod schemas;
mod starter;
pub mod suite;
mod written;
mod yaml;

pub use exit::Exit;

use cli::{Cli, Command};

/// Runs one command and prints its errors, outer context first.
#[must_use]
pub fn run(cli: &Cli) -> Exit {
    let result = match &cli.command {
        Command::Attest(args) => commands::attest::run(args),
        Command::Audit(args) => commands::audit::run(args),
        Command::Bench(args) => commands::bench::run(args),
        Command::Completions(args) => commands::completions::run(args),
        Command::Diff(args) => commands::diff::run(args),
        Command::Evaluate(args) => commands::evaluate::run(args),
        Command::Explain(args) => commands::explain::run(args),
        Command::Export(args) => commands::export::run(args),
        Command::Import(args) => commands::import::run(args),
        Command::Init(args) => commands::init::run(args),
        Command::Inspect(args) => commands::inspect::run(args),
        Command::Lint(args) => commands::lint::run(args),
        Command::Schema(args) => commands::schema::run(args),
        Command::Test(args) => commands::test::run(args),
    };
    result.unwrap_or_else(|error| {
        emit::error(&error);
        Exit::CouldNot
    })
}
