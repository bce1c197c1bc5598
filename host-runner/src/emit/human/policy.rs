//! The result of one policy document for an image.

use std::io::{self, Write};

use policy_wasm::Code;

use super::image_rule::by_image_rules;
use super::{mark, reason, reasons};
use crate::decision::{
    AttestorResult, CheckResult, CheckSetResult, DocumentResult, Enforcement, Exemption, Reason,
    Scope,
};
use crate::terminal::{BOLD_GREEN, BOLD_RED, DIM, RESET, printable};

/// Prints the result of a document, with its name if there are several.
pub(super) fn document(
    out: &mut impl Write,
    result: &DocumentResult,
    is_one_of_several: bool,
) -> io::Result<()> {
    let (is_platform, is_image_policy) = (result.is_platform(), result.is_image_policy());
    let mut depth = 2;
    if is_platform || is_image_policy || is_one_of_several {
        depth = 3;
        let name = match result.name.as_str() {
            "" => &result.document,
            name => name,
        };
        let mode = match result.enforcement {
            Enforcement::DryRun => format!("  {DIM}in dry run{RESET}"),
            _ => String::new(),
        };
        let mark = mark(&result.verdict);
        writeln!(out, "    {mark} {DIM}document{RESET} {name}{mode}")?;
    }
    if let Some(platform) = result.platform() {
        let indent = "  ".repeat(depth);
        writeln!(out, "{indent}{DIM}for{RESET} {}", printable(&platform))?;
    }
    if is_platform {
        by_checks(out, result, depth)
    } else if is_image_policy {
        by_image_rules(out, result, depth)
    } else {
        by_rule(out, result, depth)
    }
}

/// A singleton policy: the rule, and every attestor that it requires.
fn by_rule(out: &mut impl Write, result: &DocumentResult, depth: usize) -> io::Result<()> {
    let indent = "  ".repeat(depth);
    if let Some(rule) = &result.rule {
        let key = match rule.key.as_str() {
            "" => String::new(),
            key => format!(" for {key}"),
        };
        let (kind, mode) = (&rule.kind, &rule.evaluation_mode);
        writeln!(out, "{indent}{DIM}rule{RESET} {kind}{key}: {mode}")?;
    }
    for one in &result.attestors {
        attestor(out, one, "", depth)?;
    }
    if result.attestors.is_empty() {
        reasons(out, &result.reasons, depth)?;
    }
    Ok(())
}

/// An attestor, with a note behind its name.
pub(super) fn attestor(
    out: &mut impl Write,
    attestor: &AttestorResult,
    note: &str,
    depth: usize,
) -> io::Result<()> {
    let indent = "  ".repeat(depth);
    let (colour, mark) = if attestor.verified {
        (BOLD_GREEN, "✓")
    } else {
        (BOLD_RED, "✗")
    };
    let name = &attestor.name;
    let source = match attestor.source.as_str() {
        "" => String::new(),
        source => format!("  {DIM}from {source}{RESET}"),
    };
    writeln!(
        out,
        "{indent}{colour}{mark}{RESET} attestor {name}{note}{source}"
    )?;
    reasons(out, &attestor.reasons, depth.saturating_add(1))
}

/// A platform policy: the check set that applies to the Pod, and each of its checks. The reasons of failed
/// checks are printed with the checks and not repeated for the whole.
fn by_checks(out: &mut impl Write, result: &DocumentResult, depth: usize) -> io::Result<()> {
    let indent = "  ".repeat(depth);
    exempt(out, result.allowlist.as_ref(), depth)?;
    let Some(check_set) = &result.check_set else {
        return own_reasons(out, &result.reasons, result.allowlist.as_ref(), depth);
    };
    writeln!(out, "{indent}{}", check_set_title(check_set))?;
    exempt(out, check_set.allowlist.as_ref(), depth)?;
    for one in &check_set.checks {
        check(out, one, depth)?;
    }
    if check_set.checks.is_empty() {
        own_reasons(out, &result.reasons, check_set.allowlist.as_ref(), depth)?;
    }
    Ok(())
}

/// A check, and its reasons.
pub(super) fn check(out: &mut impl Write, check: &CheckResult, depth: usize) -> io::Result<()> {
    let (indent, below) = ("  ".repeat(depth), depth.saturating_add(1));
    let (mark, kind) = (mark(&check.verdict), &check.kind);
    let name = quoted(&check.display_name);
    writeln!(out, "{indent}{mark} {kind}{name}")?;
    exempt(out, check.allowlist.as_ref(), below)?;
    own_reasons(out, &check.reasons, check.allowlist.as_ref(), below)
}

/// `check set 0 "Prod" for namespace prod`
pub(in crate::emit) fn check_set_title(check_set: &CheckSetResult) -> String {
    let index = match check_set.index {
        Some(index) => format!(" {index}"),
        None => String::new(),
    };
    let (default, scope) = match check_set.scope() {
        Some(Scope::Namespace(name)) => ("", format!(" for namespace {name}")),
        Some(Scope::ServiceAccount(name)) => ("", format!(" for service account {name}")),
        None => ("default ", String::new()),
    };
    let name = quoted(&check_set.display_name);
    format!("{DIM}{default}check set{RESET}{index}{name}{scope}")
}

/// A display name in quotation marks, after a space.
pub(in crate::emit) fn quoted(display_name: &str) -> String {
    match display_name {
        "" => String::new(),
        name => format!(" \"{name}\""),
    }
}

/// The allowlist entry that exempts the image from a part of the policy.
fn exempt(out: &mut impl Write, allowlist: Option<&Exemption>, depth: usize) -> io::Result<()> {
    let Some(Exemption { pattern, .. }) = allowlist else {
        return Ok(());
    };
    let indent = "  ".repeat(depth);
    writeln!(out, "{indent}{DIM}exempt by{RESET} {pattern}")
}

/// Prints reasons, except the one that [`exempt`] has printed for an allowlist.
fn own_reasons(
    out: &mut impl Write,
    reasons: &[Reason],
    allowlist: Option<&Exemption>,
    depth: usize,
) -> io::Result<()> {
    let is_said = |one: &Reason| one.code == Code::ExemptAllowlist && allowlist.is_some();
    let mut own = reasons.iter().filter(|one| !is_said(one));
    own.try_for_each(|one| reason(out, one, depth))
}
