//! Reasons: the code, the words, and what the reader can do.

use std::io::{self, Write};

use serde_json::Value;

use crate::advice;
use crate::emit::{DIM, RESET, list, text};

/// A reason and what lies below it, each a step further in.
pub(in crate::emit) fn reason(
    out: &mut impl Write,
    reason: &Value,
    depth: usize,
) -> io::Result<()> {
    below(out, reason, depth, "")
}

/// The same below a reason of this code: what helps against that, is said there.
fn below(out: &mut impl Write, reason: &Value, depth: usize, above: &str) -> io::Result<()> {
    let indent = "  ".repeat(depth);
    let (code, message) = (text(reason, "code"), text(reason, "message"));
    writeln!(out, "{indent}{DIM}{code}{RESET}: {message}")?;
    let details = list(reason, "details");
    for detail in details {
        below(out, detail, depth.saturating_add(1), code)?;
    }
    match advice::unasked(code, !details.is_empty()).filter(|_| code != above) {
        Some(help) => writeln!(out, "{indent}  {DIM}help: {help}{RESET}"),
        None => Ok(()),
    }
}
