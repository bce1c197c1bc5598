//! What JUnit reports have in common.

use std::io::{self, Write};

use quick_junit::{Report, TestCase, TestCaseStatus};

/// A test of a suite; its class is the file that it is about.
pub(super) fn case(name: &str, file: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(name, status);
    case.set_classname(file);
    case
}

pub(super) fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let text = report.to_string().map_err(io::Error::other)?;
    // The schemas of JUnit count what is skipped in each suite, and not in all of them. Nothing is.
    let text = text.replacen(" skipped=\"0\"", "", 1);
    out.write_all(text.as_bytes())
}
