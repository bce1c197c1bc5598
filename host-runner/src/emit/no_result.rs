//! Output of a run without results: its error in each format, so that no report of an earlier run is taken for one of
//! this run.

use std::io::{self, Write};

use anyhow::Result;
use policy_lint::API_VERSION;
use serde_json::json;

use super::output::{self, OrReport, Output};
use super::report::{self, Report};
use super::settings_problems;
use crate::Exit;
use crate::no_result::NoResult;
use crate::terminal;

/// The shape of a format's error
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The lines of standard error
    Text,
    /// A document of this kind with `errors` alone
    Json(&'static str),
    /// A report with the errors
    Report(report::Format),
    /// Nothing, which no reader takes for a result: the format has no place for an error
    Empty,
}

/// Writes the error to every destination, and prints it to standard error.
///
/// # Errors
///
/// The error, if it is one of the whole run.
pub(crate) fn write<F: Copy>(
    outputs: &[Output<F>],
    title: &'static str,
    no_result: NoResult,
    shape: impl Fn(F) -> Shape,
) -> Result<Exit> {
    let report = Report::without_results(title, &no_result);
    // The terminal has the text already.
    let is_told = |format| matches!(shape(format), Shape::Text | Shape::Empty);
    let outputs = outputs
        .iter()
        .filter(|one| !one.is_to_stdout() || !is_told(one.format()));
    let outputs: Vec<_> = outputs.cloned().collect();
    let written = output::write(&outputs, |format, out| match shape(format) {
        Shape::Text => text(out, &report),
        Shape::Json(kind) => {
            let errors: Vec<_> = report.errors().collect();
            let document = json!({"apiVersion": API_VERSION, "kind": kind, "errors": errors});
            super::json::write(out, &document)
        }
        Shape::Report(format) => report::write(format, out, &report),
        Shape::Empty => Ok(()),
    });
    if let Err(error) = &written {
        terminal::error(error);
    }
    tell(no_result)
}

/// The shapes of a command with the formats of all reports.
pub(crate) fn or_report<F>(format: OrReport<F>, own: impl Fn(F) -> Shape) -> Shape {
    match format {
        OrReport::Own(format) => own(format),
        OrReport::Report(format) => Shape::Report(format),
    }
}

/// Prints the error to standard error.
///
/// # Errors
///
/// The error, if it is one of the whole run.
pub(crate) fn tell(no_result: NoResult) -> Result<Exit> {
    match no_result {
        NoResult::Settings(all) => {
            for (path, problems) in &all {
                settings_problems(path, problems);
            }
            Ok(Exit::CouldNot)
        }
        NoResult::Problems(problems) => Ok(problems.finish(Exit::CouldNot)),
        NoResult::Error(error) => Err(error),
    }
}

fn text(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    report
        .errors()
        .try_for_each(|error| writeln!(out, "error: {error}"))
}
