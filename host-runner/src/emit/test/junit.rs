//! JUnit: a test suite for each suite, a test for each case.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCaseStatus};

use super::{Gap, TITLE, Tested, sentence};
use crate::emit::junit;
use crate::suite::{Case, CaseResult, Ended};
use crate::terminal::printable;

pub(super) fn write(out: &mut dyn Write, tested: &Tested) -> io::Result<()> {
    let mut report = Report::new(TITLE);
    for (suite, results) in tested.by_suite() {
        let mut tests = junit::suite(&suite.name);
        for result in results {
            if let Some((_, case)) = tested.case(result) {
                let mut test = junit::case(&case.name, &suite.name, status(case, result));
                test.set_time(result.took);
                tests.add_test_case(test);
            }
        }
        report.add_test_suite(tests);
    }
    for Gap { file, message, .. } in tested.gaps() {
        let status = junit::failed(NonSuccessKind::Failure, &message);
        let mut suite = junit::suite(file);
        suite.add_test_case(junit::case(&message, file, status));
        report.add_test_suite(suite);
    }
    if !tested.problems.is_empty() {
        let mut suite = junit::suite(TITLE);
        for problem in &tested.problems {
            let status = junit::failed(NonSuccessKind::Error, problem);
            suite.add_test_case(junit::case(problem, TITLE, status));
        }
        report.add_test_suite(suite);
    }
    junit::write(out, &report)
}

fn status(case: &Case, result: &CaseResult) -> TestCaseStatus {
    let kind = match &result.ended {
        Ended::Failed(_) => NonSuccessKind::Error,
        Ended::Decided { mismatches, .. } if mismatches.is_empty() => {
            return TestCaseStatus::success();
        }
        Ended::Decided { .. } => NonSuccessKind::Failure,
    };
    let mut status = junit::failed(kind, &sentence(case, result));
    if let Ended::Decided { mismatches, .. } = &result.ended {
        let lines = mismatches.iter().map(|one| {
            let (expected, actual) = (printable(&one.expected), printable(&one.actual));
            format!("- {0}: {expected}\n+ {0}: {actual}", printable(&one.what))
        });
        status.set_description(junit::lines(&lines.collect::<Vec<_>>().join("\n")));
    }
    status
}
