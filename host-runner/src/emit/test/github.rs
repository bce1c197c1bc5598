//! Annotations of a GitHub workflow, at the failed cases.

use std::io::{self, Write};

use super::{Tested, sentence};
use crate::emit::github::Annotation;
use crate::suite::Ended;

pub(super) fn write(out: &mut dyn Write, tested: &Tested) -> io::Result<()> {
    for result in &tested.results {
        let Some((suite, case)) = tested.case(result).filter(|_| !result.is_as_expected()) else {
            continue;
        };
        let mut message = sentence(case, result);
        if let Ended::Decided { mismatches, .. } = &result.ended {
            for one in mismatches {
                let (expected, actual) = (&one.expected, &one.actual);
                message.push_str(&format!(
                    "\n{}: expected {expected}, got {actual}",
                    one.what
                ));
            }
        }
        let annotation = Annotation {
            level: "error",
            file: &suite.name,
            line: case.line,
            column: None,
            title: &case.name,
            message: &message,
        };
        annotation.write(out)?;
    }
    for (file, message) in tested.gaps() {
        let annotation = Annotation {
            level: "error",
            file,
            line: 1,
            column: None,
            title: "suites of this policy",
            message: &message,
        };
        annotation.write(out)?;
    }
    Ok(())
}
