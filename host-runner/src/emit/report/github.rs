//! Annotations of a GitHub workflow: one for each reason, at its image.

use std::io::{self, Write};

use super::Report;
use crate::emit::github::Annotation;
use crate::inputs::STDIN;
use crate::inputs::lines::START;

pub(super) fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    for item in &report.items {
        for finding in &item.findings {
            let Some(level) = finding.level.word() else {
                continue;
            };
            let annotation = Annotation {
                level,
                file: Some(item.file.as_str()).filter(|file| *file != STDIN),
                line: finding.position.line,
                column: Some(finding.position.column),
                title: item.code(finding),
                message: &item.sentence(finding),
            };
            annotation.write(out)?;
        }
    }
    for (level, message) in &report.notes {
        let Some(level) = level.word() else {
            continue;
        };
        let annotation = Annotation {
            level,
            file: None,
            line: START.line,
            column: None,
            title: report.title,
            message,
        };
        annotation.write(out)?;
    }
    Ok(())
}
