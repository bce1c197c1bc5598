//! The result of one policy document for an image.

use std::io::{self, Write};

use serde_json::Value;

use super::{mark, reason, reasons};
use crate::fields::{list, text};
use crate::terminal::{BOLD_GREEN, BOLD_RED, DIM, RESET};

/// Prints the result of a document, with its name if there are several.
pub(super) fn document(
    out: &mut impl Write,
    result: &Value,
    is_one_of_several: bool,
) -> io::Result<()> {
    let key = text(result, "document");
    let is_platform = key.starts_with("platformPolicies");
    let mut depth = 2;
    if is_platform || is_one_of_several {
        depth = 3;
        let name = match text(result, "name") {
            "" => key,
            name => name,
        };
        let mode = match text(result, "enforcement") {
            "dry-run" => format!("  {DIM}in dry run{RESET}"),
            _ => String::new(),
        };
        let mark = mark(result);
        writeln!(out, "    {mark} {DIM}document{RESET} {name}{mode}")?;
    }
    if is_platform {
        by_checks(out, result, depth)
    } else {
        by_rule(out, result, depth)
    }
}

/// A singleton policy: the rule, and every attestor that it requires.
fn by_rule(out: &mut impl Write, result: &Value, depth: usize) -> io::Result<()> {
    let indent = "  ".repeat(depth);
    if let Some(rule) = result.get("rule") {
        let key = match text(rule, "key") {
            "" => String::new(),
            key => format!(" for {key}"),
        };
        let (kind, mode) = (text(rule, "kind"), text(rule, "evaluationMode"));
        writeln!(out, "{indent}{DIM}rule{RESET} {kind}{key}: {mode}")?;
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
            "{indent}{colour}{mark}{RESET} attestor {}{source}",
            text(attestor, "name")
        )?;
        reasons(out, attestor, depth.saturating_add(1))?;
    }
    if attestors.is_empty() {
        reasons(out, result, depth)?;
    }
    Ok(())
}

/// A platform policy: the check set that applies to the Pod, and each of its checks. The reasons of failed
/// checks are printed with the checks and not repeated for the whole.
fn by_checks(out: &mut impl Write, result: &Value, depth: usize) -> io::Result<()> {
    let (indent, below) = ("  ".repeat(depth), depth.saturating_add(1));
    exempt(out, result, depth)?;
    let Some(check_set) = result.get("checkSet") else {
        return own_reasons(out, result, result, depth);
    };
    writeln!(out, "{indent}{}", check_set_title(check_set))?;
    exempt(out, check_set, depth)?;
    let checks = list(check_set, "checks");
    for check in checks {
        let (kind, name) = (text(check, "type"), quoted(check));
        writeln!(out, "{indent}{} {kind}{name}", mark(check))?;
        exempt(out, check, below)?;
        own_reasons(out, check, check, below)?;
    }
    if checks.is_empty() {
        own_reasons(out, result, check_set, depth)?;
    }
    Ok(())
}

/// `check set 0 "Prod" for namespace prod`
pub(in crate::emit) fn check_set_title(check_set: &Value) -> String {
    let scope = check_set.get("scope");
    let scope = |key, noun| {
        let name = scope.map_or("", |scope| text(scope, key));
        (!name.is_empty()).then(|| format!(" for {noun} {name}"))
    };
    let scope = scope("kubernetesServiceAccount", "service account")
        .or_else(|| scope("kubernetesNamespace", "namespace"));
    let index = match check_set.get("index") {
        Some(index) => format!(" {index}"),
        None => String::new(),
    };
    let (default, scope) = match scope {
        Some(scope) => ("", scope),
        None => ("default ", String::new()),
    };
    let name = quoted(check_set);
    format!("{DIM}{default}check set{RESET}{index}{name}{scope}")
}

/// The display name in quotation marks, after a space.
fn quoted(part: &Value) -> String {
    match text(part, "displayName") {
        "" => String::new(),
        name => format!(" \"{name}\""),
    }
}

/// The allowlist entry that exempts the image from a part of the policy.
fn exempt(out: &mut impl Write, part: &Value, depth: usize) -> io::Result<()> {
    let Some(allowlist) = part.get("allowlist") else {
        return Ok(());
    };
    let (indent, pattern) = ("  ".repeat(depth), text(allowlist, "pattern"));
    writeln!(out, "{indent}{DIM}exempt by{RESET} {pattern}")
}

/// The reasons of a part, except the one that [`exempt`] has printed for the `exempted` part.
fn own_reasons(
    out: &mut impl Write,
    part: &Value,
    exempted: &Value,
    depth: usize,
) -> io::Result<()> {
    let is_said = |code: &str| code == "exempt-allowlist" && exempted.get("allowlist").is_some();
    list(part, "reasons")
        .iter()
        .filter(|one| !is_said(text(one, "code")))
        .try_for_each(|one| reason(out, one, depth))
}
