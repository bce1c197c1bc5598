//! Annotations of a GitHub workflow, at the failed cases.

use std::io::{self, Write};

use super::{Gap, TITLE, Tested, details, sentence};
use crate::emit::github::Annotation;
use crate::inputs::lines::START;

pub(super) fn write(out: &mut dyn Write, tested: &Tested) -> io::Result<()> {
    for result in &tested.results {
        let Some((suite, case)) = tested.case(result).filter(|_| !result.is_as_expected()) else {
            continue;
        };
        let message = sentence(case, result) + &details(result);
        let annotation = Annotation {
            level: "error",
            file: Some(&suite.name),
            line: case.line,
            column: None,
            title: &case.name,
            message: &message,
        };
        annotation.write(out)?;
    }
    for Gap {
        file,
        line,
        message,
    } in tested.gaps()
    {
        let annotation = Annotation {
            level: "error",
            file: Some(file),
            line,
            column: None,
            title: "suites of this policy",
            message: &message,
        };
        annotation.write(out)?;
    }
    for problem in &tested.problems {
        let annotation = Annotation {
            level: "error",
            file: None,
            line: START.line,
            column: None,
            title: TITLE,
            message: problem,
        };
        annotation.write(out)?;
    }
    Ok(())
}
