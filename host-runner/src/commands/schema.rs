//! `countersign schema`: prints the JSON Schema of a document.

use std::io::Write as _;

use anyhow::Result;
use clap::ValueEnum;

use crate::Exit;
use crate::terminal;

/// Arguments of `countersign schema`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign schema suite > suite.schema.json
  countersign schema lint-report

Editors with the YAML language server complete and check a suite that begins
with
  # yaml-language-server: $schema=suite.schema.json

Exit status: 0")]
pub struct Args {
    /// Document to describe
    #[arg(value_enum, value_name = "DOCUMENT")]
    document: Document,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Document {
    /// Output of `audit --format json`
    AuditReport,
    /// Output of `bench --format json`
    BenchReport,
    /// Decision on an object, in the output of `evaluate --format json`
    Decision,
    /// Output of `diff --format json`
    DiffReport,
    /// Output of `evaluate --format json`
    EvaluationReport,
    /// Output of `lint --format json`
    LintReport,
    /// Output of `describe --format json`
    PolicyDescription,
    /// Output of `test --format json`
    TestReport,
    /// Settings of the policy
    Settings,
    /// Test suite, such as `tests.yaml`
    Suite,
    /// Lint configuration, `countersign-lint.yaml`
    LintConfig,
}

impl Document {
    const fn schema(self) -> &'static str {
        match self {
            Self::AuditReport => include_str!("../../schemas/audit-report.json"),
            Self::BenchReport => include_str!("../../schemas/bench-report.json"),
            Self::Decision => include_str!("../../schemas/decision.json"),
            Self::DiffReport => include_str!("../../schemas/diff-report.json"),
            Self::EvaluationReport => include_str!("../../schemas/evaluation-report.json"),
            Self::LintReport => include_str!("../../schemas/lint-report.json"),
            Self::PolicyDescription => include_str!("../../schemas/policy-description.json"),
            Self::TestReport => include_str!("../../schemas/test-report.json"),
            Self::Settings => policy_lint::SETTINGS_SCHEMA,
            Self::Suite => include_str!("../../schemas/suite.json"),
            Self::LintConfig => include_str!("../../schemas/lint-config.json"),
        }
    }
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let printed = anstream::stdout().write_all(args.document.schema().as_bytes());
    terminal::unless_closed(printed)?;
    Ok(Exit::Yes)
}
