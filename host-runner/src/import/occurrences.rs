//! Occurrences: keeps those that the settings read.

use alloc::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::attestors::note_of;
use super::lacking::reads;
use super::{Export, Findings, Level};
use crate::attest::evidence_file::{bundle_of, holds_attestation};
use crate::terminal::{counted, printable};
use policy_wasm::{CheckEvidence, Purpose};

/// The parts of the settings that read occurrences
#[derive(Debug)]
pub(super) struct Readers {
    /// The notes of all attestors
    notes: BTreeSet<String>,
    /// Whether checks read attestations, which know no notes
    reads_every_note: bool,
    /// Whether checks read stored scans
    reads_scans: bool,
    /// Whether checks read signed provenance
    reads_provenance: bool,
}

impl Readers {
    pub(super) fn of(attestors: &[Export], platform_policies: &[Export]) -> Self {
        let reads = |evidence| reads(platform_policies, evidence);
        Self {
            notes: attestors
                .iter()
                .filter_map(note_of)
                .map(str::to_owned)
                .collect(),
            reads_every_note: reads(CheckEvidence::Attestations)
                || reads(CheckEvidence::Signatures),
            reads_scans: reads(CheckEvidence::Statements(Purpose::Vulnerability)),
            reads_provenance: reads(CheckEvidence::Statements(Purpose::Provenance)),
        }
    }

    fn read(&self, occurrence: &Value) -> Result<(), Reason> {
        match kind_of(occurrence) {
            Kind::Attestation => {
                let note = occurrence.get("noteName").and_then(Value::as_str);
                match note {
                    Some(note) if !self.reads_every_note && !self.notes.contains(note) => {
                        Err(Reason::OtherNote)
                    }
                    _ => Ok(()),
                }
            }
            Kind::Scan if self.reads_scans => Ok(()),
            Kind::Scan => Err(Reason::NoScanCheck),
            Kind::Provenance if self.reads_provenance => Ok(()),
            Kind::Provenance => Err(Reason::NoProvenanceCheck),
            Kind::Other(kind) => Err(Reason::OtherKind(kind)),
        }
    }
}

/// Why an occurrence is left out
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    Duplicate,
    OtherNote,
    NoScanCheck,
    NoProvenanceCheck,
    OtherKind(String),
}

#[derive(Debug, PartialEq, Eq)]
enum Kind {
    Attestation,
    Scan,
    /// Of a build, in an envelope
    Provenance,
    Other(String),
}

/// Leaves out occurrences that the settings do not read, and counts them.
pub(super) fn choose(
    occurrences: Vec<Export>,
    readers: &Readers,
    findings: &mut Findings,
) -> Vec<Export> {
    let mut chosen: Vec<Export> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut left_out: BTreeMap<Reason, usize> = BTreeMap::new();
    let mut jwts = 0_usize;
    for occurrence in occurrences {
        if !is_occurrence(&occurrence, findings) {
            continue;
        }
        let read = readers.read(&occurrence.document);
        let is_new = seen.insert(without_metadata(&occurrence.document));
        let read = read.and(if is_new {
            Ok(())
        } else {
            Err(Reason::Duplicate)
        });
        if let Err(reason) = read {
            let count = left_out.entry(reason).or_default();
            *count = count.saturating_add(1);
            continue;
        }
        if is_jwt(&occurrence.document) {
            jwts = jwts.saturating_add(1);
        }
        chosen.push(occurrence);
    }
    for (reason, count) in left_out {
        let why = match reason {
            Reason::Duplicate => "duplicate".to_owned(),
            Reason::OtherNote => "under a note of no imported attestor".to_owned(),
            Reason::NoScanCheck => "scans, which no check reads".to_owned(),
            Reason::NoProvenanceCheck => "signed provenance, which no check reads".to_owned(),
            Reason::OtherKind(kind) => format!("kind `{kind}`, which no check reads"),
        };
        let message = format!("left out {} ({why})", counted(count, "occurrence"));
        findings.push(Level::Note, None, message);
    }
    if jwts > 0 {
        let jwts = counted(jwts, "occurrence");
        let message = format!("JWTs are not supported, and {jwts} contain only JWTs");
        findings.push(Level::Warning, None, message);
    }
    chosen
}

/// Whether a document is an occurrence; reports one that is not.
fn is_occurrence(Export { place, document }: &Export, findings: &mut Findings) -> bool {
    if document.get("kind").is_some_and(Value::is_number) {
        let message = "kind: expected a name, got a number";
        findings.push(Level::Error, place, message);
        findings.help("Google's Python library writes names with `use_integers_for_enums=False`");
        return false;
    }
    if kind_of(document) == Kind::Attestation && !holds_attestation(document) {
        let message = match bundle_of(document) {
            Some(media_type) => format!(
                "this is a Sigstore bundle ({}) and no occurrence; add it to the settings with `countersign \
                 attest import`",
                printable(media_type)
            ),
            None => {
                "this is not an occurrence: it has neither a kind nor an attestation".to_owned()
            }
        };
        findings.push(Level::Error, place, message);
        return false;
    }
    true
}

/// Whether there is an attestation under a note, or under none; without one, under any.
pub(super) fn has_attestation(occurrences: &[Export], note: Option<&str>) -> bool {
    occurrences.iter().any(|Export { document, .. }| {
        let own = document.get("noteName").and_then(Value::as_str);
        let is_under = note.is_none() || own.is_none() || own == note;
        kind_of(document) == Kind::Attestation && is_under && !is_jwt(document)
    })
}

pub(super) fn has_scan(occurrences: &[Export]) -> bool {
    occurrences
        .iter()
        .any(|one| kind_of(&one.document) == Kind::Scan)
}

fn kind_of(occurrence: &Value) -> Kind {
    match occurrence.get("kind").and_then(Value::as_str) {
        None | Some("ATTESTATION" | "DSSE_ATTESTATION") => Kind::Attestation,
        Some("VULNERABILITY" | "DISCOVERY") => Kind::Scan,
        // Without an envelope, it is not signed.
        Some("BUILD") if occurrence.get("envelope").is_some() => Kind::Provenance,
        Some(kind) => Kind::Other(kind.to_owned()),
    }
}

/// Returns an occurrence without the fields that differ between two exports of it.
fn without_metadata(occurrence: &Value) -> String {
    let mut occurrence = occurrence.clone();
    if let Value::Object(fields) = &mut occurrence {
        for key in ["name", "createTime", "updateTime"] {
            fields.shift_remove(key);
        }
        fields.sort_keys();
    }
    occurrence.to_string()
}

fn is_jwt(occurrence: &Value) -> bool {
    let attestation = occurrence.get("attestation");
    let is_there = |key| {
        let list = attestation.and_then(|attestation| attestation.get(key)?.as_array());
        list.is_some_and(|list| !list.is_empty())
    };
    is_there("jwts") && !is_there("signatures")
}
