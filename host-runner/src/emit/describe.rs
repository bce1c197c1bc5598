//! Demands of a policy, one format a file.

mod html;
mod human;
mod json;
mod markdown;
mod mermaid;
mod words;

use std::io::{self, Write};

use clap::ValueEnum;
use policy_lint::{Matrix, SourceFile};

use super::no_result::Shape;
use super::report;

/// Formats of descriptions
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Text: a table that fits the terminal, or 80 columns
    Human,
    /// JSON: a `PolicyDescription`
    Json,
    /// Markdown: a table
    Markdown,
    /// Mermaid: a flowchart
    Mermaid,
    /// HTML: one page without dependencies
    Html,
}

/// The settings of one file
#[derive(Debug)]
pub(crate) struct Described {
    pub(crate) file: SourceFile,
    pub(crate) matrix: Matrix,
}

/// Writes a description.
pub(crate) fn write(format: Format, out: &mut dyn Write, described: &Described) -> io::Result<()> {
    match format {
        Format::Human => human::write(out, &described.matrix),
        Format::Json => json::write(out, described),
        Format::Markdown => markdown::write(out, described),
        Format::Mermaid => mermaid::write(out, &described.matrix),
        Format::Html => html::write(out, described),
    }
}

/// The shape of a format's error.
pub(crate) const fn shape(format: Format) -> Shape {
    match format {
        Format::Human => Shape::Text,
        Format::Json => Shape::Json(json::KIND),
        Format::Markdown => Shape::Report(report::Format::Markdown),
        Format::Mermaid => Shape::Empty,
        Format::Html => Shape::Report(report::Format::Html),
    }
}
