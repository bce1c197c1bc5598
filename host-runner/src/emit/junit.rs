//! Common parts of JUnit reports.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::terminal::{printable, printable_lines};

/// The suite of a file.
pub(super) fn suite(file: &str) -> TestSuite {
    TestSuite::new(printable(file))
}

/// A test of a suite; its class is the tested file.
pub(super) fn case(name: &str, file: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(printable(name), status);
    case.set_classname(printable(file));
    case
}

/// The status of a failed test.
pub(super) fn failed(kind: NonSuccessKind, message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(printable(message));
    status
}

/// Lines of a description, each made safe to print.
pub(super) fn lines(text: &str) -> String {
    printable_lines(text).join("\n")
}

pub(super) fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let text = report.to_string().map_err(io::Error::other)?;
    // JUnit schemas allow `skipped` in each suite, and not in the root. It is always 0.
    let text = text.replacen(" skipped=\"0\"", "", 1);
    out.write_all(text.as_bytes())
}
