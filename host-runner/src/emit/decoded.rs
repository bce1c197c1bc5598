//! Output of `attest show`.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::human::printable_part;
use super::human::reason::reason;
use crate::attest::decoded::{Content, Decoded, Identity, LogEntry, Signer};
use crate::attest::verification::Finding;
use crate::terminal::{BOLD_GREEN, BOLD_RED, DIM, RESET, printable};
use crate::yaml::scalar;

/// An attestation of a file, with the answers of the module, if it was asked
#[derive(Debug)]
pub(crate) struct Shown {
    /// The file
    pub(crate) file: String,
    pub(crate) decoded: Decoded,
    /// One for each attestor
    pub(crate) findings: Option<Vec<Finding>>,
}

impl Shown {
    /// Whether it counts for an attestor.
    pub(crate) fn counts(&self) -> bool {
        let findings = self.findings.iter().flatten();
        findings
            .into_iter()
            .any(|finding| finding.attestor.verified || finding.is_signed_statement())
    }
}

/// Prints everything that is known about each attestation.
pub(crate) fn human(out: &mut dyn Write, shown: &[Shown]) -> io::Result<()> {
    for (index, one) in shown.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        let Shown {
            file,
            decoded,
            findings,
        } = one;
        let format = printable(&decoded.format);
        let state = if findings.is_none() {
            ", not verified"
        } else {
            ""
        };
        writeln!(out, "{}: {format}{DIM}{state}{RESET}", printable(file))?;
        if let Some(note) = &decoded.note {
            line(out, "note", note)?;
        }
        for signer in &decoded.signers {
            print_signer(out, signer)?;
        }
        for entry in &decoded.entries {
            line(out, "log entry", &entry.text())?;
        }
        for time in &decoded.timestamps {
            let text = match time {
                Ok(time) => time.to_string(),
                Err(problem) => format!("unreadable: {problem}"),
            };
            line(out, "timestamp", &text)?;
        }
        for content in &decoded.contents {
            print_content(out, content)?;
        }
        for finding in findings.iter().flatten() {
            print_finding(out, finding)?;
        }
    }
    Ok(())
}

/// Prints a list of all attestations.
pub(crate) fn json(out: &mut dyn Write, shown: &[Shown]) -> io::Result<()> {
    let all = shown.iter().map(|one| {
        let mut value = one.decoded.json();
        if let Some(fields) = value.as_object_mut() {
            fields.insert("file".to_owned(), one.file.as_str().into());
            if let Some(findings) = &one.findings {
                let findings = findings.iter().map(|finding| {
                    json!({
                        "attestor": finding.attestor.name, "verified": finding.attestor.verified,
                        "reasons": finding.reasons,
                    })
                });
                fields.insert("attestors".to_owned(), findings.collect());
            }
        }
        value
    });
    super::json::write(out, &all.collect::<Vec<Value>>())
}

fn line(out: &mut dyn Write, name: &str, text: &str) -> io::Result<()> {
    writeln!(out, "  {name:<11} {}", printable(text))
}

/// An identity as the settings have it under `sigstore.identities`, to be copied
fn print_signer(out: &mut dyn Write, signer: &Signer) -> io::Result<()> {
    let identity = match signer {
        Signer::Key(id) => return line(out, "key", id),
        Signer::Unreadable(problem) => {
            return line(out, "certificate", &format!("unreadable: {problem}"));
        }
        Signer::Certificate(identity) => identity,
    };
    let Identity {
        subject,
        kind,
        issuer,
        claims,
        not_before,
        not_after,
    } = identity;
    let validity = format!("for a {kind}, valid from {not_before} to {not_after}");
    line(out, "certificate", &validity)?;
    writeln!(out, "  identity")?;
    let field = |out: &mut dyn Write, indent: &str, name: &str, text: &str| {
        writeln!(out, "  {indent}{name}: {}", printable(&scalar(text)))
    };
    match issuer {
        Some(issuer) => field(out, "  ", "issuer", issuer)?,
        None => writeln!(out, "    {DIM}# has no issuer{RESET}")?,
    }
    field(out, "  ", "subject", subject)?;
    if !claims.is_empty() {
        writeln!(out, "    claims:")?;
    }
    claims
        .iter()
        .try_for_each(|(name, text)| field(out, "    ", name, text))
}

fn print_content(out: &mut dyn Write, content: &Content) -> io::Result<()> {
    match content {
        Content::Statement {
            predicate_type,
            subjects,
        } => {
            line(out, "statement", predicate_type)?;
            subjects.iter().try_for_each(|(name, digests)| {
                let digests = digests.join(" ");
                let text = match name.as_str() {
                    "" => digests,
                    name => format!("{name} {digests}"),
                };
                line(out, "subject", &text)
            })
        }
        Content::SimpleSigning { reference, digest } => {
            line(out, "subject", &format!("{reference} {digest}"))
        }
        Content::Message(digest) => line(out, "digest", digest),
        Content::Other(payload_type) => line(out, "payload", payload_type),
    }
}

fn print_finding(mut out: &mut dyn Write, finding: &Finding) -> io::Result<()> {
    let (colour, mark) = if finding.attestor.verified {
        (BOLD_GREEN, "✓")
    } else {
        (BOLD_RED, "✗")
    };
    let name = printable(&finding.attestor.name);
    writeln!(out, "  {colour}{mark}{RESET} attestor {name}")?;
    let mut reasons = finding.attestor.reasons.iter().map(printable_part);
    reasons.try_for_each(|one| reason(&mut out, &one, 2))
}

impl LogEntry {
    fn text(&self) -> String {
        let Self {
            kind,
            index,
            log,
            integrated,
            has_promise,
            has_proof,
        } = self;
        let log = log.as_ref().map(|log| format!(" of {log}"));
        let time = integrated.map(|time| format!(", integrated {time}"));
        let evidence = match (has_promise, has_proof) {
            (true, true) => "promise and proof",
            (true, false) => "promise only",
            (false, true) => "proof",
            (false, false) => "neither promise nor proof",
        };
        let (log, time) = (log.unwrap_or_default(), time.unwrap_or_default());
        format!("{kind} at {index}{log}{time}, {evidence}")
    }
}
