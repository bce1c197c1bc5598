//! Text output: every finding with its lines, and a count.

use std::io::{self, Write};

use policy_lint::Severity;

use super::Linted;
use crate::emit::diagnostic;
use crate::terminal::{BOLD_GREEN, BOLD_RED, BOLD_YELLOW, DIM, RESET, counted};

pub(super) fn write(out: &mut dyn Write, linted: &Linted) -> io::Result<()> {
    diagnostic::write_all(out, &linted.report.diagnostics, &linted.files)?;
    let report = &linted.report;
    let documents = counted(report.documents, "document");
    let mut found = Vec::new();
    for (severity, colour, noun) in [
        (Severity::Error, BOLD_RED, "error"),
        (Severity::Warning, BOLD_YELLOW, "warning"),
        (Severity::Info, DIM, "info"),
    ] {
        let count = report.count(severity);
        if count > 0 {
            found.push(format!("{colour}{}{RESET}", counted(count, noun)));
        }
    }
    if found.is_empty() {
        found.push(format!("{BOLD_GREEN}nothing found{RESET}"));
    }
    let mut line = format!("{documents}: {}", found.join(", "));
    for (count, what) in [
        (report.ignored, "ignored with a reason"),
        (linted.fixed, "fixed"),
        (report.passed_over, "skipped (not policy documents)"),
    ] {
        if count > 0 {
            line.push_str(&format!("{DIM}, {count} {what}{RESET}"));
        }
    }
    let fixable = report.diagnostics.iter().filter(|one| one.fix.is_some());
    match fixable.count() {
        0 => writeln!(out, "{line}"),
        count => writeln!(out, "{line}{DIM} ({count} fixable with `--fix`){RESET}"),
    }
}
