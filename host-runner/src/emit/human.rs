//! Text output: a verdict for each image, and the reasons of each denial.

mod image_rule;
mod policy;
pub(super) mod reason;

use std::io::{self, Write};

use crate::decision::{Decision, Enforcement, ImageDecision, Part, Reason, Verdict};
use crate::engine::{Abi, Engines, Inspection};
use crate::judge::Evaluated;
use crate::terminal::{BOLD_GREEN, BOLD_RED, BOLD_YELLOW, DIM, RESET, printable, printable_lines};
use reason::reason;

pub(super) use image_rule::needed;
pub(super) use policy::{check_set_title, quoted};

/// Prints all answers and counts them.
pub(crate) fn decisions(
    mut out: &mut dyn Write,
    answers: &[Evaluated],
    module: Option<&str>,
) -> io::Result<()> {
    for evaluated in answers {
        object(&mut out, evaluated)?;
        writeln!(out)?;
    }
    summary(&mut out, answers.iter().map(Evaluated::is_admitted), module)
}

/// The digest of the module, behind a summary.
pub(super) fn module_note(digest: Option<&str>) -> String {
    digest.map_or_else(String::new, |digest| {
        format!(" {DIM}(module {digest}){RESET}")
    })
}

/// `1 admitted, 2 denied`, and the module if its digest is to be printed
pub(super) fn summary(
    out: &mut impl Write,
    answers: impl Iterator<Item = bool>,
    module: Option<&str>,
) -> io::Result<()> {
    let (admitted, denied): (Vec<_>, Vec<_>) = answers.partition(|is_admitted| *is_admitted);
    let (admitted, denied) = (admitted.len(), denied.len());
    writeln!(
        out,
        "{admitted} admitted, {denied} denied{}",
        module_note(module)
    )
}

/// The outcome of an object in a few words, and its color.
pub(super) const fn admission(
    is_admitted: bool,
    enforcement: &Enforcement,
) -> (&'static str, &'static str) {
    match (is_admitted, enforcement) {
        (false, _) => (BOLD_RED, "denied"),
        (true, Enforcement::DryRun) => (BOLD_YELLOW, "admitted by dry run"),
        (true, Enforcement::BreakGlass) => (BOLD_YELLOW, "admitted with break-glass"),
        (true, Enforcement::Enforced | Enforcement::Other(_)) => (BOLD_GREEN, "admitted"),
    }
}

fn object(out: &mut impl Write, evaluated: &Evaluated) -> io::Result<()> {
    let Evaluated { request, answer } = evaluated;
    let decision = answer.decision().map(printable_part);
    let enforcement = decision.as_ref().map(|decision| &decision.enforcement);
    let enforcement = enforcement.unwrap_or(&Enforcement::Enforced);
    let (colour, word) = admission(evaluated.is_admitted(), enforcement);
    writeln!(
        out,
        "{colour}{word}{RESET}  {}  {DIM}{}{RESET}",
        request.title, request.source
    )?;
    let decision = match decision {
        Ok(decision) => decision,
        Err(response) => {
            // Of another module, the message is all there is; ours has several lines.
            let message = printable_lines(response.message());
            return message
                .iter()
                .try_for_each(|line| writeln!(out, "  {line}"));
        }
    };
    reasons(out, &decision.reasons, 1)?;
    for image in &decision.images {
        self::image(out, image)?;
    }
    for Reason { code, message, .. } in &decision.warnings {
        writeln!(out, "  {BOLD_YELLOW}warning[{code}]{RESET}: {message}")?;
    }
    Ok(())
}

fn image(out: &mut impl Write, image: &ImageDecision) -> io::Result<()> {
    let name = match image.image.as_str() {
        "" => "(no image)",
        name => name,
    };
    let field = &image.field;
    writeln!(
        out,
        "  {} {name}  {DIM}{field}{RESET}",
        mark(&image.verdict)
    )?;
    match image.resolved_digest.as_str() {
        "" => {}
        digest => writeln!(out, "    {DIM}resolved to{RESET} {digest}")?,
    }
    for one in &image.platforms {
        let mark = mark(&one.verdict);
        writeln!(
            out,
            "    {mark} {}  {DIM}{}{RESET}",
            one.platform, one.digest
        )?;
    }
    reasons(out, &image.reasons, 2)?;
    let results = &image.results;
    for result in results {
        policy::document(out, result, results.len() > 1)?;
    }
    Ok(())
}

/// A verdict as one character.
pub(super) fn mark(verdict: &Verdict) -> String {
    let (colour, mark) = match verdict {
        Verdict::Conformant => (BOLD_GREEN, "✓"),
        Verdict::Error => (BOLD_RED, "!"),
        Verdict::NonConformant | Verdict::Other(_) => (BOLD_RED, "✗"),
    };
    format!("{colour}{mark}{RESET}")
}

/// Prints all reasons of a part of the Decision.
fn reasons(out: &mut impl Write, reasons: &[Reason], depth: usize) -> io::Result<()> {
    let mut reasons = reasons.iter();
    reasons.try_for_each(|one| reason(out, one, depth))
}

/// Prints the reasons of a request as a whole on standard error, for formats without a field for them.
pub(super) fn request_reasons(evaluated: &Evaluated<Decision>) -> io::Result<()> {
    let Evaluated { request, answer } = evaluated;
    if answer.reasons.is_empty() {
        return Ok(());
    }
    let mut out = anstream::stderr().lock();
    writeln!(out, "note: {}", request.title)?;
    let mut reasons = answer.reasons.iter().map(printable_part);
    reasons.try_for_each(|one| reason(&mut out, &one, 1))
}

/// Prints the reasons of `imagePolicy` on standard error, for formats without a field for it.
pub(super) fn image_policy_reasons(evaluated: &Evaluated<Decision>) -> io::Result<()> {
    let mut out = anstream::stderr().lock();
    for image in &evaluated.answer.images {
        let results = image.results.iter().filter(|one| one.is_image_policy());
        for result in results.filter(|one| one.verdict != Verdict::Conformant) {
            let (title, name) = (&evaluated.request.title, printable(&image.image));
            writeln!(out, "note: {title}, {name}, by `imagePolicy`")?;
            let mut reasons = result.reasons.iter().map(printable_part);
            reasons.try_for_each(|one| reason(&mut out, &one, 1))?;
        }
    }
    Ok(())
}

/// Prints a module's surface.
pub(crate) fn inspection(
    out: &mut dyn Write,
    inspection: &Inspection,
    abi: Abi,
    engines: Engines,
) -> io::Result<()> {
    writeln!(out, "abi      {abi}")?;
    writeln!(out, "digest   {}", inspection.digest)?;
    writeln!(out, "size     {} bytes", inspection.size)?;
    let engines = match engines {
        Engines::Wasm2 => "with WebAssembly 2.0",
        Engines::WideArithmetic => {
            "with WebAssembly 2.0 and wide arithmetic, such as wasmtime from 49 on; not Node.js 20"
        }
        Engines::Other => "with more than WebAssembly 2.0 and wide arithmetic",
    };
    writeln!(out, "engines  {engines}")?;
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
            super::json::write(out, metadata)
        }
        None => writeln!(out, "metadata none"),
    }
}

/// A part of an answer with every text made safe for a terminal, since the author of the object wrote many of them.
pub(super) fn printable_part<T: Part + Clone>(part: &T) -> T {
    let mut part = part.clone();
    part.each_text(&mut |text| *text = printable(text));
    part
}

#[cfg(test)]
mod tests;
