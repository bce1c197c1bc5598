//! Annotations for workflows of GitHub.

use std::io::{self, Write};

use policy_lint::Severity;

use super::Linted;
use crate::emit::github::Annotation;

pub(super) fn write(out: &mut dyn Write, linted: &Linted) -> io::Result<()> {
    for finding in &linted.report.diagnostics {
        let Some(file) = linted.file(finding) else {
            continue;
        };
        let position = file.position(finding.span().start);
        let message = match &finding.help {
            Some(help) => format!("{}\nhelp: {help}", finding.message),
            None => finding.message.clone(),
        };
        let annotation = Annotation {
            level: match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "notice",
            },
            file: Some(file.name()),
            line: position.line,
            column: Some(position.column),
            title: &finding.code,
            message: &message,
        };
        annotation.write(out)?;
    }
    Ok(())
}
