//! Prints findings, one format a file.

mod concise;
mod github;
mod human;
mod json;
mod junit;
mod sarif;

use std::io::{self, Write};

use clap::ValueEnum;
use policy_lint::{Diagnostic, Report, SourceFile};

use super::no_result::Shape;
use super::report;

/// Formats of findings
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// With the lines that they are about
    Human,
    /// One line for each
    Concise,
    /// One document: `countersign schema lint-report`
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit: a test suite for each file
    Junit,
    /// Annotations of a GitHub workflow
    Github,
}

/// The linted files and their findings
#[derive(Debug)]
pub(crate) struct Linted {
    pub(crate) files: Vec<SourceFile>,
    pub(crate) report: Report,
    /// Number of findings that were fixed in the files
    pub(crate) fixed: usize,
}

impl Linted {
    fn file(&self, diagnostic: &Diagnostic) -> Option<&SourceFile> {
        self.files.get(diagnostic.span().file)
    }
}

/// The shape of a run without findings, because nothing could be linted.
pub(crate) const fn shape(format: Format) -> Shape {
    match format {
        Format::Human | Format::Concise => Shape::Text,
        Format::Json => Shape::Json("LintReport"),
        Format::Sarif => Shape::Report(report::Format::Sarif),
        Format::Junit => Shape::Report(report::Format::Junit),
        Format::Github => Shape::Report(report::Format::Github),
    }
}

pub(crate) fn write(format: Format, out: &mut dyn Write, linted: &Linted) -> io::Result<()> {
    match format {
        Format::Human => human::write(out, linted),
        Format::Concise => concise::write(out, linted),
        Format::Json => json::write(out, linted),
        Format::Sarif => sarif::write(out, linted),
        Format::Junit => junit::write(out, linted),
        Format::Github => github::write(out, linted),
    }
}
