//! Scans of Artifact Analysis: an occurrence for each vulnerability, and one of kind `DISCOVERY` with the
//! status of the scan.
//!
//! They are not signed, so they are used only from the settings.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::ToString as _;

use crate::attestation::statement::{Finding, Severity};
use crate::decision::Code;
use crate::digest::Digest;
use crate::json::{Dialect, Null, Path, Raw, Report, Value};
use crate::policy::platform::StoredScan;
use crate::settings::Settings;

/// Occurrences may have unknown fields.
const OCCURRENCE: &Dialect = &Dialect {
    malformed: Code::EvidenceInvalid,
    unknown_field: Code::EvidenceInvalid,
    wrong_type: Code::EvidenceInvalid,
    duplicate_key: Code::EvidenceInvalid,
    null: Null::Absent,
};

/// The kinds of occurrences that belong to scans
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Vulnerability,
    Discovery,
}

/// One occurrence
#[derive(Debug, Default)]
struct Stored<'a> {
    kind: Kind,
    resource: Option<Cow<'a, str>>,
    finding: Finding<'a>,
    is_finished: bool,
}

/// Reads the scans in the settings, by image.
pub(super) fn read_all<'a>(
    settings: &Settings<'a>,
    report: &Report,
) -> BTreeMap<Digest, StoredScan<'a>> {
    let mut scans: BTreeMap<Digest, StoredScan<'_>> = BTreeMap::new();
    for (index, raw) in settings.evidence.occurrences.iter().enumerate() {
        let path = Path::Index(&Path::Root("evidence.occurrences"), index);
        let Some(stored) = Stored::read(*raw, path, report) else {
            continue;
        };
        let resource = stored.resource.as_deref().unwrap_or_default();
        let digest = resource.rsplit_once('@');
        let Some(Ok(digest)) = digest.map(|(_, digest)| Digest::parse(digest)) else {
            let message = "expected a `resourceUri` with a digest";
            report.push(Code::EvidenceInvalid, path, message);
            continue;
        };
        let scan = scans.entry(digest).or_default();
        match stored.kind {
            Kind::Discovery if stored.is_finished => scan.is_complete |= !scan.is_unfinished,
            Kind::Discovery => {
                scan.is_unfinished = true;
                scan.is_complete = false;
            }
            Kind::Vulnerability => scan.findings.push(stored.finding),
        }
    }
    scans
}

impl<'a> Stored<'a> {
    /// Reads an occurrence; returns `None` for other kinds.
    fn read(raw: Raw<'a>, path: Path<'_>, report: &Report) -> Option<Self> {
        let mut stored = Self {
            kind: Kind::of(raw, path, report)?,
            ..Self::default()
        };
        let mut note = None;
        raw.read(OCCURRENCE, path, report, |value| {
            value.object(|key, value| match key {
                "resourceUri" => stored.resource = value.text(),
                "noteName" => note = value.text(),
                "vulnerability" => read_vulnerability(value, &mut stored.finding),
                "discovery" => {
                    value.object(|key, value| {
                        if key == "analysisStatus" {
                            let status = value.text();
                            stored.is_finished = status.as_deref() == Some("FINISHED_SUCCESS");
                        }
                    });
                }
                _ => {}
            });
        });
        if stored.kind == Kind::Vulnerability {
            let note = note.as_deref().unwrap_or_default();
            let id = note.rsplit_once("/notes/").map_or("", |(_, id)| id);
            if id.is_empty() {
                let message = "expected a `noteName` that ends with the id of the vulnerability";
                report.push(Code::EvidenceInvalid, path, message);
            }
            stored.finding.id = Cow::Owned(id.to_string());
        }
        Some(stored)
    }
}

impl Kind {
    /// Returns the kind of an occurrence, if it is one of these. Problems of other kinds are ignored, unless they
    /// have fields of scans: a finding must not be lost because of a wrong kind.
    fn of(raw: Raw<'_>, path: Path<'_>, report: &Report) -> Option<Self> {
        let (mut kind, mut is_of_scan) = (None, false);
        raw.read(OCCURRENCE, Path::Root(""), &Report::default(), |value| {
            value.object(|key, value| match key {
                "kind" => {
                    kind = match value.text().as_deref() {
                        Some("VULNERABILITY") => Some(Self::Vulnerability),
                        Some("DISCOVERY") => Some(Self::Discovery),
                        _ => None,
                    };
                }
                "vulnerability" | "discovery" => is_of_scan = true,
                _ => {}
            });
        });
        if kind.is_none() && is_of_scan {
            let message = "expected `kind` to be `VULNERABILITY` or `DISCOVERY`";
            report.push(Code::EvidenceInvalid, path, message);
        }
        kind
    }
}

const SEVERITIES: &[(&str, Severity)] = &[
    ("SEVERITY_UNSPECIFIED", Severity::Unspecified),
    ("MINIMAL", Severity::Minimal),
    ("LOW", Severity::Low),
    ("MEDIUM", Severity::Medium),
    ("HIGH", Severity::High),
    ("CRITICAL", Severity::Critical),
];

/// Reads a vulnerability. The distributor's severity overrides the note provider's, and the occurrence's fix
/// status overrides that of its packages.
fn read_vulnerability(value: Value<'_, '_>, finding: &mut Finding<'_>) {
    let severity = |value: Value<'_, '_>| {
        value.choice(SEVERITIES, Code::EvidenceInvalid, Code::EvidenceInvalid)
    };
    let (mut assigned, mut effective) = (None, None);
    let (mut fix_available, mut has_fixed_version) = (None, false);
    value.object(|key, value| match key {
        "severity" => assigned = severity(value),
        "effectiveSeverity" => effective = severity(value),
        "fixAvailable" => fix_available = value.flag(),
        "packageIssue" => {
            value.list(|_, issue| {
                issue.object(|key, value| {
                    if key == "fixedVersion" {
                        has_fixed_version |= is_version(value);
                    }
                });
            });
        }
        _ => {}
    });
    finding.severity = effective.or(assigned).unwrap_or_default();
    finding.fix_available = Some(fix_available.unwrap_or(has_fixed_version));
}

/// Whether a version exists; `MAXIMUM` means that there is none.
fn is_version(value: Value<'_, '_>) -> bool {
    let mut kind = None;
    value.object(|key, value| {
        if key == "kind" {
            kind = value.text();
        }
    });
    kind.is_some_and(|kind| !matches!(&*kind, "MAXIMUM" | "VERSION_KIND_UNSPECIFIED" | ""))
}
