//! Text output: a verdict for each image, and the reasons of each denial.

mod policy;
pub(super) mod reason;

use std::io::{self, Write};

use serde_json::Value;

use crate::engine::{Abi, Inspection};
use crate::fields::{list, text};
use crate::judge::Evaluated;
use crate::terminal::{BOLD_GREEN, BOLD_RED, BOLD_YELLOW, DIM, RESET, printable, printable_lines};
use reason::reason;

pub(super) use policy::check_set_title;

/// Prints all answers and counts them.
pub(crate) fn decisions(answers: &[Evaluated], digest: &str) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    for evaluated in answers {
        object(&mut out, evaluated)?;
        writeln!(out)?;
    }
    summary(&mut out, answers, digest)
}

/// `1 admitted, 2 denied (module sha256:…)`
pub(super) fn summary(out: &mut impl Write, answers: &[Evaluated], digest: &str) -> io::Result<()> {
    let admitted = answers.iter().filter(|answer| answer.is_admitted()).count();
    let denied = answers.len().saturating_sub(admitted);
    writeln!(
        out,
        "{admitted} admitted, {denied} denied {DIM}(module {digest}){RESET}"
    )
}

/// The outcome of an object in a few words, and its color.
pub(super) fn admission(evaluated: &Evaluated) -> (&'static str, &'static str) {
    let is_admitted = evaluated.is_admitted();
    match (is_admitted, text(&evaluated.answer, "enforcement")) {
        (false, _) => (BOLD_RED, "denied"),
        (true, "dry-run") => (BOLD_YELLOW, "admitted by dry run"),
        (true, "break-glass") => (BOLD_YELLOW, "admitted with break-glass"),
        (true, _) => (BOLD_GREEN, "admitted"),
    }
}

fn object(out: &mut impl Write, evaluated: &Evaluated) -> io::Result<()> {
    let Evaluated { request, answer } = evaluated;
    let answer = &printable_answer(answer);
    let (colour, word) = admission(evaluated);
    writeln!(
        out,
        "{colour}{word}{RESET}  {}  {DIM}{}{RESET}",
        request.title, request.source
    )?;
    if !evaluated.is_decision() {
        // Of another module, the message is all there is; ours has several lines.
        let message = printable_lines(text(&evaluated.answer, "message"));
        return message
            .iter()
            .try_for_each(|line| writeln!(out, "  {line}"));
    }
    reasons(out, answer, 1)?;
    for image in list(answer, "images") {
        self::image(out, image)?;
    }
    for warning in list(answer, "warnings") {
        let (code, message) = (text(warning, "code"), text(warning, "message"));
        writeln!(out, "  {BOLD_YELLOW}warning[{code}]{RESET}: {message}")?;
    }
    Ok(())
}

fn image(out: &mut impl Write, image: &Value) -> io::Result<()> {
    let name = match text(image, "image") {
        "" => "(no image)",
        name => name,
    };
    writeln!(
        out,
        "  {} {name}  {DIM}{}{RESET}",
        mark(image),
        text(image, "field")
    )?;
    match text(image, "resolvedDigest") {
        "" => {}
        digest => writeln!(out, "    {DIM}resolved to{RESET} {digest}")?,
    }
    reasons(out, image, 2)?;
    let results = list(image, "results");
    for result in results {
        policy::document(out, result, results.len() > 1)?;
    }
    Ok(())
}

/// The verdict of a part of the Decision as one character.
pub(super) fn mark(part: &Value) -> String {
    let (colour, mark) = match text(part, "verdict") {
        "CONFORMANT" => (BOLD_GREEN, "✓"),
        "ERROR" => (BOLD_RED, "!"),
        _ => (BOLD_RED, "✗"),
    };
    format!("{colour}{mark}{RESET}")
}

/// All reasons of a part of the Decision.
fn reasons(out: &mut impl Write, part: &Value, depth: usize) -> io::Result<()> {
    let mut reasons = list(part, "reasons").iter();
    reasons.try_for_each(|one| reason(out, one, depth))
}

/// Prints the reasons of a request as a whole on standard error, for formats without a field for them.
pub(super) fn request_reasons(evaluated: &Evaluated) -> io::Result<()> {
    let answer = printable_answer(&evaluated.answer);
    if list(&answer, "reasons").is_empty() {
        return Ok(());
    }
    let mut out = anstream::stderr().lock();
    writeln!(out, "note: {}", evaluated.request.title)?;
    reasons(&mut out, &answer, 1)
}

/// Prints a module's surface.
pub(crate) fn inspection(inspection: &Inspection, abi: Abi) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    writeln!(out, "abi      {abi}")?;
    writeln!(out, "digest   {}", inspection.digest)?;
    writeln!(out, "size     {} bytes", inspection.size)?;
    for (title, names) in [
        ("imports", &inspection.imports),
        ("exports", &inspection.exports),
    ] {
        writeln!(out, "{title}")?;
        for name in names {
            writeln!(out, "  {}", printable(name))?;
        }
    }
    match &inspection.metadata {
        Some(metadata) => {
            writeln!(out, "metadata")?;
            super::json::write(&mut out, metadata)
        }
        None => writeln!(out, "metadata none"),
    }
}

/// The answer with every text made safe for a terminal, since the author of the object wrote many of them.
pub(super) fn printable_answer(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(printable(text)),
        Value::Array(items) => items.iter().map(printable_answer).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(key, value)| (key.clone(), printable_answer(value)))
            .collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests;
