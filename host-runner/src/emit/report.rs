//! Results by object for CI systems and pull requests, one format a file. Every command that evaluates objects or runs
//! suites has these formats.

mod changes;
mod github;
mod junit;
mod markdown;
mod no_result;
mod objects;
mod sarif;

use alloc::collections::BTreeMap;
use std::io::{self, Write};

use clap::ValueEnum;
use policy_lint::Position;

use super::html;
use crate::problems::Problems;

pub(crate) use changes::changes;
pub(crate) use objects::{audited, evaluated};
pub(super) use objects::{level, words};

/// Formats that several commands have
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// JUnit XML: a test suite for each file
    Junit,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of a GitHub workflow
    Github,
    /// Markdown, for job summaries and comments on pull requests
    Markdown,
    /// HTML: one page without dependencies, with filters
    Html,
}

/// The results of one run
#[derive(Debug)]
pub(crate) struct Report {
    /// `countersign evaluate`
    pub(super) title: &'static str,
    /// Name of a result in headings: `object` or `case`
    pub(super) noun: &'static str,
    /// `2 admitted, 1 denied`
    pub(super) summary: String,
    /// Tables beside the results
    pub(super) sums: Vec<Sums>,
    pub(super) items: Vec<Item>,
    /// About everything that is not among the items
    pub(super) notes: Vec<(Level, String)>,
}

/// A table of counts
#[derive(Debug)]
pub(super) struct Sums {
    pub(super) head: Vec<&'static str>,
    pub(super) rows: Vec<Vec<String>>,
}

/// The result of an object or a case
#[derive(Debug)]
pub(super) struct Item {
    /// `Pod default/web`
    pub(super) title: String,
    pub(super) file: String,
    pub(super) position: Position,
    /// In a few words
    pub(super) outcome: String,
    pub(super) level: Level,
    pub(super) findings: Vec<Finding>,
}

/// A reason of a result
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) level: Level,
    /// Empty if there is none
    pub(super) code: String,
    pub(super) message: String,
    /// Empty if the reason concerns the whole object
    pub(super) image: String,
    pub(super) position: Position,
}

/// Meaning of a result for the run, the worst first
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// There is no result
    Error,
    /// The result makes the run fail
    Failure,
    /// The result does not make the run fail, and should be looked at
    Warning,
    Passed,
}

/// Writes a report.
pub(crate) fn write(format: Format, out: &mut dyn Write, report: &Report) -> io::Result<()> {
    match format {
        Format::Junit => junit::write(out, report),
        Format::Sarif => sarif::write(out, report),
        Format::Github => github::write(out, report),
        Format::Markdown => markdown::write(out, report),
        Format::Html => html::report(out, report),
    }
}

impl Level {
    /// `error` or `warning`; `None` if there is nothing to look at.
    pub(super) const fn word(self) -> Option<&'static str> {
        match self {
            Self::Error | Self::Failure => Some("error"),
            Self::Warning => Some("warning"),
            Self::Passed => None,
        }
    }
}

impl Item {
    /// The code of a finding, or the outcome if it has none.
    fn code<'a>(&'a self, finding: &'a Finding) -> &'a str {
        match finding.code.as_str() {
            "" => &self.outcome,
            code => code,
        }
    }

    /// `Pod default/web, denied: registry.example/web:1: the message`
    fn sentence(&self, finding: &Finding) -> String {
        let image = match finding.image.as_str() {
            "" => String::new(),
            image => format!("{image}: "),
        };
        format!(
            "{}, {}: {image}{}",
            self.title, self.outcome, finding.message
        )
    }
}

/// Counts results by level and outcome, the worst first.
pub(super) fn by_outcome<'o>(
    results: impl Iterator<Item = (Level, &'o str)>,
) -> BTreeMap<(Level, &'o str), usize> {
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for result in results {
        let count = counts.entry(result).or_default();
        *count = count.saturating_add(1);
    }
    counts
}

/// Adds the problems of objects and files without a result.
pub(super) fn without_result(notes: &mut Vec<(Level, String)>, problems: &Problems) {
    notes.extend(problems.texts().map(|text| (Level::Error, text)));
}

#[cfg(test)]
mod tests;
