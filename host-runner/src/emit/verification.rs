//! Output of `attest verify`.

use std::io::{self, Write as _};

use serde_json::json;

use super::human::printable_answer;
use super::human::reason::reason;
use crate::attest::attestor::Attestor;
use crate::attest::image::Image;
use crate::attest::verification::Finding;
use crate::fields::text;
use crate::terminal::{BOLD_GREEN, BOLD_RED, DIM, RESET, printable};

const VERIFIED: &str = "VERIFIED";
const NOT_VERIFIABLE: &str = "ATTESTATION_NOT_VERIFIABLE";

/// Prints the result and its reasons.
pub(crate) fn human(image: &Image, attestor: &Attestor, finding: &Finding) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    let (colour, result) = if finding.is_verified() {
        (BOLD_GREEN, VERIFIED)
    } else {
        (BOLD_RED, NOT_VERIFIABLE)
    };
    let image = printable(&image.reference());
    writeln!(out, "{colour}{result}{RESET}  {image}")?;
    let source = match text(finding.attestor(), "source") {
        "" => String::new(),
        source => format!("  {DIM}from {}{RESET}", printable(source)),
    };
    writeln!(out, "  attestor {}{source}", printable(&attestor.name))?;
    finding
        .reasons()
        .iter()
        .try_for_each(|one| reason(&mut out, &printable_answer(one), 1))
}

/// Prints Google's `ValidateAttestationOccurrenceResponse` and the reasons with their codes.
pub(crate) fn json(finding: &Finding) -> io::Result<()> {
    let mut response = if finding.is_verified() {
        json!({"result": VERIFIED})
    } else {
        json!({"result": NOT_VERIFIABLE, "denialReason": finding.denial()})
    };
    if let Some(fields) = response.as_object_mut() {
        fields.insert("reasons".into(), finding.reasons().into());
    }
    super::json::print(&response)
}
