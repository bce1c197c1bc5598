//! JUnit: a test suite for each file, a test for each object.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report as Tests, TestCaseStatus};

use super::{Item, Level, Report};
use crate::emit::junit;
use crate::terminal::printable;

pub(super) fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let mut tests = Tests::new(report.title);
    let mut files: Vec<&str> = Vec::new();
    for item in &report.items {
        if !files.contains(&item.file.as_str()) {
            files.push(&item.file);
        }
    }
    for file in files {
        let mut suite = junit::suite(file);
        for item in report.items.iter().filter(|item| item.file == file) {
            suite.add_test_case(junit::case(&item.title, file, status(item)));
        }
        tests.add_test_suite(suite);
    }
    if !report.notes.is_empty() {
        let mut suite = junit::suite(report.title);
        for (level, text) in &report.notes {
            let status = match kind(*level) {
                Some(kind) => junit::failed(kind, text),
                None => TestCaseStatus::success(),
            };
            suite.add_test_case(junit::case(text, report.title, status));
        }
        tests.add_test_suite(suite);
    }
    junit::write(out, &tests)
}

fn status(item: &Item) -> TestCaseStatus {
    let Some(kind) = kind(item.level) else {
        return TestCaseStatus::success();
    };
    let mut status = junit::failed(kind, &item.outcome);
    if let Some(first) = item.findings.first() {
        status.set_message(printable(&first.message));
        status.set_type(printable(item.code(first)));
    }
    let lines = item.findings.iter().map(|finding| {
        let (file, line) = (printable(&item.file), finding.position.line);
        let (code, message) = (item.code(finding), printable(&finding.message));
        format!("{file}:{line}: {}: {message}", printable(code))
    });
    status.set_description(lines.collect::<Vec<_>>().join("\n"));
    status
}

const fn kind(level: Level) -> Option<NonSuccessKind> {
    match level {
        Level::Error => Some(NonSuccessKind::Error),
        Level::Failure => Some(NonSuccessKind::Failure),
        Level::Warning | Level::Passed => None,
    }
}
