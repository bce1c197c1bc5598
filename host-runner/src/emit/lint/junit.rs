//! JUnit: a test suite for each file, a failed test for each finding in it.

use std::io::{self, Write};

use policy_lint::Severity;
use quick_junit::{NonSuccessKind, Report, TestCaseStatus};

use super::Linted;
use crate::emit::junit;
use crate::terminal::printable;

pub(super) fn write(out: &mut dyn Write, linted: &Linted) -> io::Result<()> {
    let mut report = Report::new("countersign lint");
    for (index, file) in linted.files.iter().enumerate() {
        let mut suite = junit::suite(file.name());
        let findings = linted.report.diagnostics.iter();
        for finding in findings.filter(|finding| finding.span().file == index) {
            let position = file.position(finding.span().start);
            // Findings of severity `info` are not failures.
            let mut status = if finding.severity == Severity::Info {
                TestCaseStatus::success()
            } else {
                TestCaseStatus::non_success(NonSuccessKind::Failure)
            };
            status.set_message(printable(&finding.message));
            status.set_type(printable(&finding.code));
            let mut description = format!("{}:{}:{}", file.name(), position.line, position.column);
            if let Some(help) = &finding.help {
                description.push_str(&format!("\nhelp: {help}"));
            }
            status.set_description(junit::lines(&description));
            let name = format!("{} at line {}", finding.code, position.line);
            suite.add_test_case(junit::case(&name, file.name(), status));
        }
        if suite.test_cases.is_empty() {
            if !linted.report.files.contains(&index) {
                continue;
            }
            let status = TestCaseStatus::success();
            suite.add_test_case(junit::case("nothing found", file.name(), status));
        }
        report.add_test_suite(suite);
    }
    junit::write(out, &report)
}
