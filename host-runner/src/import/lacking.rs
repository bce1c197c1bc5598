//! What Google's service looks up by itself, and the settings have to be told.

use serde_json::Value;

use super::attestors::{name_of, note_of};
use super::occurrences::{has_attestation, has_scan};
use super::{Export, Findings, Level, Place};

/// Says what has to be added for the settings to decide as the policy did.
pub(super) fn report(
    platform_policies: &[Export],
    attestors: &[Export],
    occurrences: &[Export],
    findings: &mut Findings,
) {
    report_attestors(attestors, occurrences, findings);
    report_checks(platform_policies, occurrences, findings);
    if let Some(first) = platform_policies.first() {
        let message = "platform policies only log at Google, and refuse here";
        findings.push(Level::Warning, &first.place, message);
        findings.help(
            "add `platformPolicyEnforcement: dryrun` to the settings where they should only warn",
        );
    }
    let projects: Vec<_> = checks(platform_policies)
        .flat_map(|(_, check)| projects(check))
        .collect();
    if !projects.is_empty() {
        let message = "`containerAnalysis…Projects` say where Google looks for evidence, and have no effect here";
        findings.push(Level::Note, None, message);
    }
}

/// Attestors without a single attestation. Nothing is lost by it: there may be none, or they lie elsewhere.
fn report_attestors(attestors: &[Export], occurrences: &[Export], findings: &mut Findings) {
    let silent: Vec<_> = attestors
        .iter()
        .filter(|attestor| !has_attestation(occurrences, note_of(attestor)))
        .filter_map(|attestor| Some(format!("`{}`", name_of(attestor)?)))
        .collect();
    if silent.is_empty() {
        return;
    }
    let message = format!("there is no attestation by {}", silent.join(", "));
    findings.push(Level::Warning, None, message);
    findings.help(
        "give what `gcloud container binauthz attestations list --attestor=… --format=json` prints with \
         --attestations, or say under `evidence` in the settings where they are",
    );
}

/// Checks of these types find nothing by themselves.
const CHECKS: &[(&str, &str)] = &[
    (
        "imageFreshnessCheck",
        "name under `evidence.authenticators.freshness` whose signed statements say when an image was uploaded",
    ),
    (
        "sigstoreSignatureCheck",
        "set `evidence.registry: true`, and list under `registries` the hosts that may be asked",
    ),
    (
        "simpleSigningAttestationCheck",
        "give the attestations with --attestations, or say under `evidence` in the settings where they are",
    ),
    (
        "slsaCheck",
        "name under `evidence.authenticators.provenance` each `builderId` and the keys that sign its provenance, and give the provenance with --attestations",
    ),
    (
        "vulnerabilityCheck",
        "name under `evidence.authenticators.vulnerability` whose signed scans count, with `maxAgeDays`; or give the stored occurrences with --attestations",
    ),
];

fn report_checks(platform_policies: &[Export], occurrences: &[Export], findings: &mut Findings) {
    for (kind, help) in CHECKS {
        let mut found = checks(platform_policies).filter(|(_, check)| check.get(kind).is_some());
        let Some((place, _)) = found.next() else {
            continue;
        };
        let is_told = match *kind {
            "simpleSigningAttestationCheck" => has_attestation(occurrences, None),
            "vulnerabilityCheck" => has_scan(occurrences),
            _ => false,
        };
        if is_told {
            continue;
        }
        let more = match found.count() {
            0 => String::new(),
            count => format!(" (and in {count} more)"),
        };
        let message =
            format!("what this check reads, Google looks up by itself; here nothing says it{more}");
        findings.push(Level::Lacking, &place.field(kind), message);
        findings.help(*help);
    }
}

/// Whether one of the policies has a check of this type.
pub(super) fn has_check(platform_policies: &[Export], kind: &str) -> bool {
    checks(platform_policies).any(|(_, check)| check.get(kind).is_some())
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
