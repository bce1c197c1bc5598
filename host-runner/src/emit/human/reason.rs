//! Reasons: the code, the message, and help.

use std::io::{self, Write};

use policy_lint::help;

use crate::decision::Reason;
use crate::terminal::{DIM, RESET};

/// Prints a reason and its details, each indented below it.
pub(in crate::emit) fn reason(
    out: &mut impl Write,
    reason: &Reason,
    depth: usize,
) -> io::Result<()> {
    below(out, reason, depth, "")
}

/// Like [`reason`], below a reason with the code `above`, whose help is printed there.
fn below(out: &mut impl Write, reason: &Reason, depth: usize, above: &str) -> io::Result<()> {
    let indent = "  ".repeat(depth);
    let Reason {
        code,
        message,
        details,
    } = reason;
    let code = code.as_str();
    writeln!(out, "{indent}{DIM}{code}{RESET}: {message}")?;
    for detail in details {
        below(out, detail, depth.saturating_add(1), code)?;
    }
    match help::with_reason(code, !details.is_empty()).filter(|_| code != above) {
        Some(help) => writeln!(out, "{indent}  {DIM}help: {help}{RESET}"),
        None => Ok(()),
    }
}
