//! Output of `attest show`.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::human::printable_part;
use super::human::reason::reason;
use super::verification::{mark, of_types};
use crate::attest::decoded::{Content, Decoded, Identity, LogEntry, Signer};
use crate::attest::jury::{AttestorFinding, Findings};
use crate::attest::typed::OfType;
use crate::decision::Reason;
use crate::terminal::{DIM, RESET, printable};
use crate::yaml::scalar;

/// An attestation of a file, with the answers of the module, if it was asked
#[derive(Debug)]
pub(crate) struct Shown {
    /// The file
    pub(crate) file: String,
    pub(crate) decoded: Decoded,
    pub(crate) findings: Option<Findings>,
}

impl Shown {
    /// Whether it counts for an attestor or a check.
    pub(crate) fn counts(&self) -> bool {
        let findings = self.findings.as_ref();
        findings.is_some_and(|findings| !findings.uses().is_empty())
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
        if let Some(Findings { attestors, checks }) = findings {
            for AttestorFinding { finding, typed } in attestors {
                let attestor = &finding.attestor;
                let name = format!("attestor {}", attestor.name);
                print_finding(out, &name, attestor.verified, &attestor.reasons)?;
                of_types(out, typed, 2)?;
            }
            for check in checks {
                print_finding(out, &check.name, check.counts, &check.reasons)?;
            }
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
                let attestors = findings.attestors.iter().map(|AttestorFinding { finding, typed }| {
                    let mut one = json!({
                        "attestor": finding.attestor.name, "verified": finding.attestor.verified,
                        "reasons": finding.reasons,
                    });
                    if let (Some(fields), [_, ..]) = (one.as_object_mut(), typed.as_slice()) {
                        let typed = typed.iter().map(OfType::json).collect();
                        fields.insert("predicateTypes".to_owned(), typed);
                    }
                    one
                });
                fields.insert("attestors".to_owned(), attestors.collect());
                let checks = findings.checks.iter().map(|finding| {
                    json!({"check": finding.name, "counts": finding.counts, "reasons": finding.json})
                });
                let checks: Vec<_> = checks.collect();
                if !checks.is_empty() {
                    fields.insert("checks".to_owned(), checks.into());
                }
            }
        }
        value
    });
    super::json::write(out, &all.collect::<Vec<Value>>())
}

fn line(out: &mut dyn Write, name: &str, text: &str) -> io::Result<()> {
    writeln!(out, "  {name:<11} {}", printable(text))
}

/// Claims that stay from run to run, and belong into an identity
const LASTING: [&str; 3] = [
    "sourceRepositoryURI",
    "sourceRepositoryOwnerIdentifier",
    "runnerEnvironment",
];

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
    let holder = match *kind {
        "URI" => "a workflow or service (URI)",
        "e-mail" => "a person (e-mail)",
        _ => "a user (user name)",
    };
    let validity = format!("of {holder}, valid from {not_before} to {not_after}");
    line(out, "certificate", &validity)?;
    writeln!(out, "  identity, for a list in `sigstore.identities`")?;
    let field = |out: &mut dyn Write, indent: &str, name: &str, text: &str| {
        writeln!(out, "  {indent}{name}: {}", printable(&scalar(text)))
    };
    writeln!(
        out,
        "    - trustedRoot: NAME {DIM}# its name in `sigstore.trustedRoots`{RESET}"
    )?;
    match issuer {
        Some(issuer) => field(out, "    ", "issuer", issuer)?,
        None => writeln!(out, "      {DIM}# has no issuer{RESET}")?,
    }
    field(out, "    ", "subject", subject)?;
    let (lasting, others): (Vec<_>, Vec<_>) =
        claims.iter().partition(|(name, _)| LASTING.contains(name));
    if !lasting.is_empty() {
        writeln!(out, "      claims:")?;
    }
    for (name, text) in lasting {
        field(out, "      ", name, text)?;
    }
    if !others.is_empty() {
        writeln!(out, "  other claims (change with every run)")?;
    }
    for (name, text) in others {
        field(out, "  ", name, text)?;
    }
    Ok(())
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
                line(out, "about", &text)
            })
        }
        Content::SimpleSigning { reference, digest } => {
            line(out, "about", &format!("{reference} {digest}"))
        }
        Content::Message(digest) => line(out, "about", digest),
        Content::Other(payload_type) => line(out, "payload", payload_type),
    }
}

fn print_finding(
    mut out: &mut dyn Write,
    name: &str,
    counts: bool,
    reasons: &[Reason],
) -> io::Result<()> {
    let (colour, mark) = mark(counts);
    writeln!(out, "  {colour}{mark}{RESET} {}", printable(name))?;
    let mut reasons = reasons.iter().map(printable_part);
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
