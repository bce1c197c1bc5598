//! Output of `attest verify`.

use core::ptr;
use std::io::{self, Write};

use policy_wasm::Purpose;
use serde_json::json;

use super::human::printable_part;
use super::human::reason::reason;
use crate::attest::attestor::Attestor;
use crate::attest::image::Image;
use crate::attest::jury::Findings;
use crate::attest::purpose;
use crate::attest::typed::OfType;
use crate::attest::verification::Finding;
use crate::terminal::{BOLD_GREEN, BOLD_RED, DIM, RESET, printable};

const VERIFIED: &str = "VERIFIED";
const NOT_VERIFIABLE: &str = "ATTESTATION_NOT_VERIFIABLE";

/// Prints the result and its reasons, and for which rules statements of a type count.
pub(crate) fn human(
    mut out: &mut dyn Write,
    image: &Image,
    attestor: &Attestor,
    finding: &Finding,
    typed: &[OfType],
) -> io::Result<()> {
    let (colour, result) = if finding.attestor.verified {
        (BOLD_GREEN, VERIFIED)
    } else {
        (BOLD_RED, NOT_VERIFIABLE)
    };
    let image = printable(&image.reference());
    writeln!(out, "{colour}{result}{RESET}  {image}")?;
    let source = match finding.attestor.source.as_str() {
        "" => String::new(),
        source => format!("  {DIM}from {}{RESET}", printable(source)),
    };
    writeln!(out, "  attestor {}{source}", printable(&attestor.name))?;
    // The reasons for a type are printed with its rules.
    if !typed.iter().any(|one| ptr::eq(&one.finding, finding)) {
        let mut reasons = finding.attestor.reasons.iter().map(printable_part);
        reasons.try_for_each(|one| reason(&mut out, &one, 1))?;
    }
    of_types(out, typed, 1)
}

/// Prints for which rules statements of a type count.
pub(super) fn of_types(mut out: &mut dyn Write, typed: &[OfType], depth: usize) -> io::Result<()> {
    let indent = "  ".repeat(depth);
    for one in typed {
        let attestor = &one.finding.attestor;
        let (colour, mark) = mark(attestor.verified);
        let (rules, uri) = (printable(&one.rules()), printable(&one.predicate_type));
        writeln!(
            out,
            "{indent}{colour}{mark}{RESET} {rules}, with predicate type {uri}"
        )?;
        let mut reasons = attestor.reasons.iter().map(printable_part);
        let below = depth.saturating_add(1);
        reasons.try_for_each(|one| reason(&mut out, &one, below))?;
    }
    Ok(())
}

/// The colour and the character for what counts, or does not.
pub(super) const fn mark(counts: bool) -> (&'static str, &'static str) {
    if counts {
        (BOLD_GREEN, "✓")
    } else {
        (BOLD_RED, "✗")
    }
}

/// Prints to standard error why an attestation was not stored.
pub(crate) fn left_out(
    name: &str,
    purpose: Option<Purpose>,
    findings: &Findings,
) -> io::Result<()> {
    let mut out = anstream::stderr().lock();
    // A statement for a check never counts for an attestor, so that the checks' reasons are the interesting ones.
    let hint = match purpose.filter(|_| findings.checks.is_empty()) {
        Some(purpose) => format!(": {}", purpose::hint(purpose)),
        None => String::new(),
    };
    writeln!(out, "{BOLD_RED}left out{RESET} {}{hint}", printable(name))?;
    let checks = findings
        .checks
        .iter()
        .map(|check| (check.name.clone(), &check.reasons));
    let attestors = findings.attestors.iter();
    let attestors = attestors.filter(|_| purpose.is_none() || findings.checks.is_empty());
    let attestors = attestors
        .map(|one| &one.finding.attestor)
        .map(|attestor| (format!("attestor {}", attestor.name), &attestor.reasons));
    for (name, reasons) in attestors.chain(checks) {
        writeln!(out, "  {}", printable(&name))?;
        let mut reasons = reasons.iter().map(printable_part);
        reasons.try_for_each(|one| reason(&mut out, &one, 2))?;
    }
    Ok(())
}

/// Prints to standard error who signed an attestation, and for what it counts.
pub(crate) fn counts(signer: &str, uses: &[String]) -> io::Result<()> {
    let mut out = anstream::stderr().lock();
    let (signer, uses) = (printable(signer), printable(&uses.join(", ")));
    writeln!(out, "{BOLD_GREEN}verified{RESET}: {signer} for {uses}")
}

/// Prints Google's `ValidateAttestationOccurrenceResponse` and the reasons with their codes.
pub(crate) fn json(out: &mut dyn Write, finding: &Finding, typed: &[OfType]) -> io::Result<()> {
    let mut response = if finding.attestor.verified {
        json!({"result": VERIFIED})
    } else {
        json!({"result": NOT_VERIFIABLE, "denialReason": finding.denial()})
    };
    if let Some(fields) = response.as_object_mut() {
        fields.insert("reasons".into(), finding.reasons.clone());
        if !typed.is_empty() {
            let typed = typed.iter().map(OfType::json).collect();
            fields.insert("predicateTypes".into(), typed);
        }
    }
    super::json::write(out, &response)
}
