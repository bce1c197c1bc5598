//! Output for editors and grep: one line for each finding.

use std::io::{self, Write};

use super::Linted;
use crate::terminal::printable;

pub(super) fn write(out: &mut dyn Write, linted: &Linted) -> io::Result<()> {
    for finding in &linted.report.diagnostics {
        let Some(file) = linted.file(finding) else {
            continue;
        };
        let position = file.position(finding.span().start);
        writeln!(
            out,
            "{}:{}:{}: {}[{}]: {}",
            printable(file.name()),
            position.line,
            position.column,
            finding.severity,
            finding.code,
            printable(&finding.message)
        )?;
    }
    Ok(())
}
