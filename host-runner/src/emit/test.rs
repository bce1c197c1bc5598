//! Prints what became of suites, one format a file.

mod github;
mod html;
mod human;
mod json;
mod junit;
mod report;

use alloc::collections::BTreeMap;
use std::io::{self, Write};

use clap::ValueEnum;
use policy_lint::suite::Outcome;

use super::output::OrReport;
use crate::emit::report as reports;
use crate::inputs::lines::{Lines, START};
use crate::suite::{Case, CaseResult, Coverage, Ended, Loaded, Mutation};

/// Formats of results
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A line for each case, and how it differs
    Human,
    /// One document: `countersign schema test-report`
    Json,
}

const TITLE: &str = "countersign test";

pub(crate) type Formats = OrReport<Format>;

/// Everything that one run has found out
#[derive(Debug)]
pub(crate) struct Tested {
    pub(crate) suites: Vec<Loaded>,
    pub(crate) results: Vec<CaseResult>,
    /// Cases that `--run` left out
    pub(crate) left_out: usize,
    pub(crate) coverage: Vec<Coverage>,
    pub(crate) threshold: usize,
    pub(crate) mutations: Vec<Mutation>,
    /// Suites that cannot be used
    pub(crate) problems: Vec<String>,
    /// `sha256:…` of the module
    pub(crate) module: String,
    /// Whether people are shown it
    pub(crate) is_verbose: bool,
    /// Whether cases that are as expected are left out of what people read
    pub(crate) fail_only: bool,
}

/// A failure other than that of a case
#[derive(Debug)]
pub(crate) struct Gap<'t> {
    /// The settings
    file: &'t str,
    /// The line of the setting
    line: usize,
    message: String,
}

impl Tested {
    /// The digest of the module, if people are shown it.
    fn shown_module(&self) -> Option<&str> {
        self.is_verbose.then_some(&self.module)
    }

    fn case(&self, result: &CaseResult) -> Option<(&Loaded, &Case)> {
        let suite = self.suites.get(result.suite)?;
        Some((suite, suite.cases.get(result.case)?))
    }

    /// The results of each suite that was run, in order.
    fn by_suite(&self) -> impl Iterator<Item = (&Loaded, Vec<&CaseResult>)> {
        let mut groups: BTreeMap<usize, Vec<&CaseResult>> = BTreeMap::new();
        for result in &self.results {
            groups.entry(result.suite).or_default().push(result);
        }
        let groups = groups.into_iter();
        groups.filter_map(|(index, results)| Some((self.suites.get(index)?, results)))
    }

    /// Returns the failures other than cases: insufficient coverage and undetected changes.
    pub(crate) fn gaps(&self) -> impl Iterator<Item = Gap<'_>> {
        let mut lines = Lines::default();
        let below = self
            .coverage
            .iter()
            .filter(|one| one.percent() < self.threshold);
        let below = below.map(|one| {
            let (percent, threshold) = (one.percent(), self.threshold);
            let left = one.parts.iter().filter(|part| !part.exercised);
            let left: Vec<_> = left.map(|part| part.what.as_str()).collect();
            let left = left.join(", ");
            let message = format!(
                "coverage is {percent} %, below the threshold of {threshold} %: no case exercises {left}"
            );
            Gap {
                file: &one.settings,
                line: START.line,
                message,
            }
        });
        let unnoticed = self.mutations.iter().flat_map(|one| {
            let survivors = one.survivors.iter();
            survivors.map(move |survivor| (one.settings.as_str(), survivor))
        });
        let unnoticed = unnoticed.map(move |(file, survivor)| Gap {
            file,
            line: lines.of_settings(file, &survivor.place).line,
            message: format!("no case notices: {}, at {}", survivor.what, survivor.place),
        });
        below.chain(unnoticed)
    }

    fn count(&self, has: impl Fn(&CaseResult) -> bool) -> usize {
        self.results.iter().filter(|result| has(result)).count()
    }

    fn as_expected(&self, outcome: Outcome) -> usize {
        self.count(|result| result.is_as_expected() && result.outcome() == Some(outcome))
    }

    fn unexpected(&self) -> usize {
        self.count(|result| !result.is_as_expected() && result.outcome().is_some())
    }

    fn failed(&self) -> usize {
        self.count(|result| result.outcome().is_none())
    }
}

/// Describes the result of a case.
fn sentence(case: &Case, result: &CaseResult) -> String {
    let expected = case.expectation.outcome.name();
    match (&result.ended, result.outcome()) {
        (Ended::Failed(error), _) => error.clone(),
        (Ended::Decided { .. }, None) => String::new(),
        (Ended::Decided { mismatches, .. }, Some(outcome)) => {
            if mismatches.is_empty() {
                format!("{expected} as expected")
            } else if outcome == case.expectation.outcome {
                let what: Vec<_> = mismatches.iter().map(|one| one.what.as_str()).collect();
                format!("{expected} as expected, but not its {}", what.join(", "))
            } else {
                format!("expected to be {expected}, and was {}", outcome.name())
            }
        }
    }
}

/// The differences of a result, a line each.
fn details(result: &CaseResult) -> String {
    let Ended::Decided { mismatches, .. } = &result.ended else {
        return String::new();
    };
    let lines = mismatches.iter().map(|one| {
        let (expected, actual) = (&one.expected, &one.actual);
        format!("\n{}: expected {expected}, got {actual}", one.what)
    });
    lines.collect()
}

pub(crate) fn write(format: Formats, out: &mut dyn Write, tested: &Tested) -> io::Result<()> {
    match format {
        Formats::Own(Format::Human) => human::write(out, tested),
        Formats::Own(Format::Json) => json::write(out, tested),
        // With the time that each case took, and with all differences.
        Formats::Report(reports::Format::Junit) => junit::write(out, tested),
        Formats::Report(reports::Format::Github) => github::write(out, tested),
        // With coverage and mutants.
        Formats::Report(reports::Format::Html) => html::write(out, tested),
        Formats::Report(format) => reports::write(format, out, &report::report(tested)),
    }
}
