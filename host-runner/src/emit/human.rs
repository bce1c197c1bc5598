//! For people: a verdict for each image, and for each refusal what was missing.

use std::io::{self, Write};

use serde_json::Value;

use super::{BOLD_GREEN, BOLD_RED, BOLD_YELLOW, DIM, Evaluated, RESET, printable};
use crate::engine::{Abi, Inspection};

/// Prints all answers and counts them.
pub(crate) fn decisions(answers: &[Evaluated], digest: &str) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    for evaluated in answers {
        object(&mut out, evaluated)?;
        writeln!(out)?;
    }
    let admitted = answers.iter().filter(|answer| answer.is_admitted()).count();
    let denied = answers.len().saturating_sub(admitted);
    writeln!(
        out,
        "{admitted} admitted, {denied} denied {DIM}(module {digest}){RESET}"
    )
}

fn object(out: &mut impl Write, evaluated: &Evaluated) -> io::Result<()> {
    let Evaluated { request, answer } = evaluated;
    let answer = &printable_answer(answer);
    let enforcement = text(answer, "enforcement");
    let (colour, word) = match (evaluated.is_admitted(), enforcement) {
        (false, _) => (BOLD_RED, "denied"),
        (true, "dry-run") => (BOLD_YELLOW, "admitted by dry run"),
        (true, "break-glass") => (BOLD_YELLOW, "admitted with break-glass"),
        (true, _) => (BOLD_GREEN, "admitted"),
    };
    writeln!(
        out,
        "{colour}{word}{RESET}  {}  {DIM}{}{RESET}",
        request.title, request.source
    )?;
    if !evaluated.is_decision() {
        let message = text(answer, "message");
        return if message.is_empty() {
            Ok(())
        } else {
            writeln!(out, "  {message}")
        };
    }
    for reason in list(answer, "reasons") {
        self::reason(out, reason, 1)?;
    }
    for image in list(answer, "images") {
        self::image(out, image)?;
    }
    for warning in list(answer, "warnings") {
        let (code, message) = (text(warning, "code"), text(warning, "message"));
        // What would have been denied stands above, image by image.
        let message = match code {
            "dry-run" | "break-glass" => message.split(':').next().unwrap_or(message),
            _ => message,
        };
        writeln!(out, "  {BOLD_YELLOW}warning[{code}]{RESET}: {message}")?;
    }
    Ok(())
}

fn image(out: &mut impl Write, image: &Value) -> io::Result<()> {
    let (colour, mark) = match text(image, "verdict") {
        "CONFORMANT" => (BOLD_GREEN, "✓"),
        "ERROR" => (BOLD_RED, "!"),
        _ => (BOLD_RED, "✗"),
    };
    let name = match text(image, "image") {
        "" => "(no image)",
        name => name,
    };
    writeln!(
        out,
        "  {colour}{mark}{RESET} {name}  {DIM}{}{RESET}",
        text(image, "field")
    )?;
    match text(image, "resolvedDigest") {
        "" => {}
        digest => writeln!(out, "    {DIM}resolved to{RESET} {digest}")?,
    }
    for reason in list(image, "reasons") {
        self::reason(out, reason, 2)?;
    }
    for result in list(image, "results") {
        if let Some(rule) = result.get("rule") {
            let key = match text(rule, "key") {
                "" => String::new(),
                key => format!(" for {key}"),
            };
            let (kind, mode) = (text(rule, "kind"), text(rule, "evaluationMode"));
            writeln!(out, "    {DIM}rule{RESET} {kind}{key}: {mode}")?;
        }
        let attestors = list(result, "attestors");
        for attestor in attestors {
            let is_verified = attestor
                .get("verified")
                .and_then(Value::as_bool)
                .unwrap_or_default();
            let (colour, mark) = if is_verified {
                (BOLD_GREEN, "✓")
            } else {
                (BOLD_RED, "✗")
            };
            let source = match text(attestor, "source") {
                "" => String::new(),
                source => format!("  {DIM}from {source}{RESET}"),
            };
            writeln!(
                out,
                "    {colour}{mark}{RESET} attestor {}{source}",
                text(attestor, "name")
            )?;
            for reason in list(attestor, "reasons") {
                self::reason(out, reason, 3)?;
            }
        }
        if attestors.is_empty() {
            for reason in list(result, "reasons") {
                self::reason(out, reason, 2)?;
            }
        }
    }
    Ok(())
}

/// A reason and what lies below it, each a step further in.
fn reason(out: &mut impl Write, reason: &Value, depth: usize) -> io::Result<()> {
    let indent = "  ".repeat(depth);
    let (code, message) = (text(reason, "code"), text(reason, "message"));
    writeln!(out, "{indent}{DIM}{code}{RESET}: {message}")?;
    let details = list(reason, "details");
    for detail in details {
        self::reason(out, detail, depth.saturating_add(1))?;
    }
    match help(code, details.is_empty()) {
        Some(help) => writeln!(out, "{indent}  {DIM}help: {help}{RESET}"),
        None => Ok(()),
    }
}

/// What the reader can do, where that is not plain from the reason.
fn help(code: &str, without_details: bool) -> Option<&'static str> {
    match code {
        "digest-required" => Some("name the image by its digest: REPOSITORY@sha256:<digest>"),
        "no-valid-attestation" if without_details => {
            Some("no attestation about this digest was found; the attestor has to sign it")
        }
        "unsupported-object-kind" => Some(
            "if it creates Pods, say where its pod specs are under `workloads` in the settings",
        ),
        "context-missing" => Some("give the namespace of the request with --namespace"),
        "host-capability-failed" | "tag-resolution-failed" | "tag-resolution-unavailable" => Some(
            "here --kubernetes and --registry stand for the cluster and its registries; in a cluster, \
             see whether the policy is granted what it asks",
        ),
        "registry-not-allowed" => Some("add the registry to `registries` in the settings"),
        "clock-unavailable" => Some("a key without an expiry needs no clock"),
        _ => None,
    }
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
            writeln!(out, "  {name}")?;
        }
    }
    match &inspection.metadata {
        Some(metadata) => writeln!(out, "metadata\n{metadata:#}"),
        None => writeln!(out, "metadata none"),
    }
}

/// The answer with every text in it fit for a terminal: much of it was written by the author of
/// the object.
fn printable_answer(value: &Value) -> Value {
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

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}
