//! JUnit: a test suite for each suite, a test for each case.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCaseStatus, TestSuite};

use super::{Tested, sentence};
use crate::emit::junit;
use crate::suite::{Case, CaseResult, Ended};

pub(super) fn write(out: &mut dyn Write, tested: &Tested) -> io::Result<()> {
    let mut report = Report::new("countersign test");
    for (suite, results) in tested.by_suite() {
        let mut tests = TestSuite::new(&suite.name);
        for result in results {
            if let Some((_, case)) = tested.case(result) {
                let mut test = junit::case(&case.name, &suite.name, status(case, result));
                test.set_time(result.took);
                tests.add_test_case(test);
            }
        }
        report.add_test_suite(tests);
    }
    for (file, message) in tested.gaps() {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(message.clone());
        let mut suite = TestSuite::new(file);
        suite.add_test_case(junit::case(&message, file, status));
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
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(sentence(case, result));
    if let Ended::Decided { mismatches, .. } = &result.ended {
        let lines = mismatches
            .iter()
            .map(|one| format!("- {0}: {1}\n+ {0}: {2}", one.what, one.expected, one.actual));
        status.set_description(lines.collect::<Vec<_>>().join("\n"));
    }
    status
}
