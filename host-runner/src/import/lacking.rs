//! Evidence that Google's service looks up by itself, and that the settings have to configure.

use serde_json::Value;

use super::attestors::{name_of, note_of};
use super::occurrences::{has_attestation, has_scan};
use super::{Export, Findings, Level, Place};
use policy_wasm::{CheckEvidence, CheckType, Purpose};

/// Reports what has to be added for the settings to decide as the policy did.
pub(super) fn report(
    platform_policies: &[Export],
    attestors: &[Export],
    occurrences: &[Export],
    findings: &mut Findings,
) {
    report_attestors(attestors, occurrences, findings);
    report_checks(platform_policies, occurrences, findings);
    if let Some(first) = platform_policies.first() {
        let message = "platform policies only log at Google, and deny here";
        findings.push(Level::Warning, &first.place, message);
        findings.help("to only warn, add `platformPolicyEnforcement: dryrun` to the settings");
    }
    let projects: Vec<_> = checks(platform_policies)
        .flat_map(|(_, check)| projects(check))
        .collect();
    if !projects.is_empty() {
        let message = "`containerAnalysis…Projects` list Google projects with evidence, and have no effect here";
        findings.push(Level::Note, None, message);
    }
}

/// Warns of attestors without attestations. There may be none, or they are stored elsewhere.
fn report_attestors(attestors: &[Export], occurrences: &[Export], findings: &mut Findings) {
    let silent: Vec<_> = attestors
        .iter()
        .filter(|attestor| !has_attestation(occurrences, note_of(attestor)))
        .filter_map(|attestor| Some(format!("`{}`", name_of(attestor)?)))
        .collect();
    if silent.is_empty() {
        return;
    }
    let message = format!("no attestations were given for {}", silent.join(", "));
    findings.push(Level::Warning, None, message);
    findings.help(
        "give the output of `gcloud container binauthz attestations list --attestor=… --format=json` with \
         --attestations, or configure their source in `evidence` of the settings",
    );
}

/// Help on configuring the evidence of a check; `None` if it needs none.
const fn evidence_help(evidence: CheckEvidence) -> Option<&'static str> {
    Some(match evidence {
        CheckEvidence::Nothing => return None,
        CheckEvidence::Statements(Purpose::Freshness) => {
            "list in `evidence.authenticators.freshness` the keys that sign upload times"
        }
        CheckEvidence::Signatures => {
            "set `evidence.registry: true`, and list the registries in `registries`"
        }
        CheckEvidence::Attestations => {
            "give the attestations with --attestations, or configure their source in `evidence` of the settings"
        }
        CheckEvidence::Statements(Purpose::Provenance) => {
            "list in `evidence.authenticators.provenance` each `builderId` and the keys that sign its provenance, and give the provenance with --attestations"
        }
        CheckEvidence::Statements(Purpose::Vulnerability) => {
            "list in `evidence.authenticators.vulnerability` the keys that sign scans, with `maxAgeDays`; or give the stored occurrences with --attestations"
        }
    })
}

fn report_checks(platform_policies: &[Export], occurrences: &[Export], findings: &mut Findings) {
    for kind in CheckType::ALL {
        let Some(help) = evidence_help(kind.evidence()) else {
            continue;
        };
        let has_type = |(_, check): &(Place, &Value)| check.get(kind.field()).is_some();
        let mut found = checks(platform_policies).filter(has_type);
        let Some((place, _)) = found.next() else {
            continue;
        };
        let is_told = match kind.evidence() {
            CheckEvidence::Attestations => has_attestation(occurrences, None),
            CheckEvidence::Statements(Purpose::Vulnerability) => has_scan(occurrences),
            _ => false,
        };
        if is_told {
            continue;
        }
        let more = match found.count() {
            0 => String::new(),
            count => format!(" (and in {count} more)"),
        };
        let message = format!(
            "Google looks up the evidence of this check by itself; here no source is configured{more}"
        );
        findings.push(Level::Lacking, &place.field(kind.field()), message);
        findings.help(help);
    }
}

/// Whether a check of one of the policies reads this evidence.
pub(super) fn reads(platform_policies: &[Export], evidence: CheckEvidence) -> bool {
    let types = CheckType::ALL.into_iter();
    let mut types = types.filter(|kind| kind.evidence() == evidence);
    types.any(|kind| checks(platform_policies).any(|(_, check)| check.get(kind.field()).is_some()))
}

/// All checks, each with its place.
fn checks(platform_policies: &[Export]) -> impl Iterator<Item = (Place, &Value)> {
    platform_policies.iter().flat_map(|policy| {
        let sets = policy.document.pointer("/gkePolicy/checkSets");
        let place = policy.place.field("gkePolicy").field("checkSets");
        items(sets).flat_map(move |(index, set)| {
            let place = place.item(index).field("checks");
            items(set.get("checks")).map(move |(index, check)| (place.item(index), check))
        })
    })
}

fn items(list: Option<&Value>) -> impl Iterator<Item = (usize, &Value)> {
    let list = list.and_then(Value::as_array);
    list.into_iter().flatten().enumerate()
}

/// The lists of projects in a check.
fn projects(check: &Value) -> Vec<&Value> {
    let mut found = Vec::new();
    let mut waiting = vec![check];
    while let Some(value) = waiting.pop() {
        match value {
            Value::Object(fields) => {
                for (key, value) in fields {
                    if key.starts_with("containerAnalysis") {
                        found.push(value);
                    }
                    waiting.push(value);
                }
            }
            Value::Array(items) => waiting.extend(items),
            _ => {}
        }
    }
    found
}
