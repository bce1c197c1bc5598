//! Grype's JSON report: `matches[]`, each with one vulnerability of one package.

use super::findings::{Finding, Findings};
use super::payload::INVALID;
use super::severity::Severity;
use crate::json::Value;

/// Reads `matches`. Findings that the user told Grype to ignore are in `ignoredMatches` and are not read.
pub(super) fn read<'p>(matches: Value<'_, 'p>, findings: &mut Findings<'p>) {
    matches.list(|_, item| findings.add(item, read_match));
}

fn read_match<'p>(item: Value<'_, 'p>, finding: &mut Finding<'p>) {
    item.object(|key, value| match key {
        "vulnerability" => {
            value.object(|key, value| match key {
                "id" => finding.id = value.text().unwrap_or_default(),
                "severity" => finding.severity = Severity::read(value),
                "fix" => finding.fix_available = read_fix(value),
                _ => {}
            });
        }
        "relatedVulnerabilities" => {
            value.list(|_, item| {
                item.object(|key, value| {
                    if key == "id" {
                        finding.related.extend(value.text());
                    }
                });
            });
        }
        _ => {}
    });
}

/// Values of `state`, and whether they mean that a fix exists
const STATES: &[(&str, Option<bool>)] = &[
    ("fixed", Some(true)),
    ("not-fixed", Some(false)),
    ("wont-fix", Some(false)),
    ("unknown", None),
    ("", None),
];

fn read_fix(value: Value<'_, '_>) -> Option<bool> {
    let mut state = None;
    value.object(|key, value| {
        if key == "state" {
            state = value.choice(STATES, INVALID, INVALID);
        }
    });
    state.flatten()
}
