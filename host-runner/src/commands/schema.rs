//! `countersign schema`: the shapes of what the program prints and reads.

use std::io::Write as _;

use anyhow::Result;
use clap::ValueEnum;

use crate::{Exit, emit};

/// Arguments of `countersign schema`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign schema suite > suite.schema.json
  countersign schema lint-report

An editor that knows the YAML language server completes and checks a suite that begins with
  # yaml-language-server: $schema=suite.schema.json

Exit status: 0 printed")]
pub struct Args {
    /// Of which document
    #[arg(value_enum, value_name = "DOCUMENT")]
    document: Document,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Document {
    /// What `audit --format json` prints
    AuditReport,
    /// What `bench --format json` prints
    BenchReport,
    /// What `evaluate --format json` prints
    Decision,
    /// What `diff --format json` prints
    DiffReport,
    /// What `lint --format json` prints
    LintReport,
    /// What `test --format json` prints
    TestReport,
    /// Settings of the policy
    Settings,
    /// `tests.yaml`
    Suite,
    /// `countersign-lint.yaml`
    LintConfig,
}

impl Document {
    const fn schema(self) -> &'static str {
        match self {
            Self::AuditReport => include_str!("../../schemas/audit-report.json"),
            Self::BenchReport => include_str!("../../schemas/bench-report.json"),
            Self::Decision => include_str!("../../schemas/decision.json"),
            Self::DiffReport => include_str!("../../schemas/diff-report.json"),
            Self::LintReport => include_str!("../../schemas/lint-report.json"),
            Self::TestReport => include_str!("../../schemas/test-report.json"),
            Self::Settings => include_str!("../../schemas/settings.json"),
            Self::Suite => include_str!("../../schemas/suite.json"),
            Self::LintConfig => include_str!("../../schemas/lint-config.json"),
        }
    }
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let printed = anstream::stdout().write_all(args.document.schema().as_bytes());
    emit::unless_closed(printed)?;
    Ok(Exit::Yes)
}
