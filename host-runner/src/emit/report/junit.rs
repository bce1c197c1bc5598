//! JUnit: a test suite for each file, a test for each object.

use alloc::collections::BTreeMap;
use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report as Tests, TestCaseStatus};

use super::{Item, Level, Report};
use crate::emit::junit;
use crate::terminal::printable;

pub(super) fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let mut tests = Tests::new(report.title);
    // Suites in the order of their first objects.
    let mut places = BTreeMap::new();
    let mut suites = Vec::new();
    for item in &report.items {
        let place = *places.entry(&item.file).or_insert_with(|| {
            suites.push(junit::suite(&item.file));
            suites.len().saturating_sub(1)
        });
        if let Some(suite) = suites.get_mut(place) {
            suite.add_test_case(junit::case(&item.title, &item.file, status(item)));
        }
    }
    tests.add_test_suites(suites);
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
