//! Old scans in the settings.

use policy_wasm::time::Time;

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;
use crate::source::Node;

pub(super) static RULE: Rule = Rule {
    code: "lint-scan-old",
    severity: Severity::Warning,
    what: "a scan in the settings is older than 90 days",
    why: "Scans in the settings need no signature and have no maximum age: they are used until they are removed. A scan \
          contains no vulnerabilities that were published after it.",
    example: "platformPolicies:
  - gkePolicy:
      checkSets:
        - checks:
            - vulnerabilityCheck:
                maximumFixableSeverity: MEDIUM
                maximumUnfixableSeverity: MEDIUM
evidence:
  statements:
    - _type: https://in-toto.io/Statement/v1
      subject:
        - digest: {sha256: '1111111111111111111111111111111111111111111111111111111111111111'}
      predicateType: https://cosign.sigstore.dev/attestation/vuln/v1
      predicate:
        scanner: {uri: https://scanner.example, result: {matches: []}}
{part}
",
    avoid: "        metadata: {scanFinishedOn: '2024-01-31T12:00:00Z'}\n",
    prefer: "        metadata: {scanFinishedOn: '2026-11-20T12:00:00Z'}\n",
    check: Check::Dated(check),
};

/// As for scanners, see `scanner_max_age.rs`
const DAYS: u64 = 90;
const SECONDS_A_DAY: u64 = 86_400;

fn check(settings: &Settings<'_>, now: Time, findings: &mut Findings) {
    for list in ["statements", "occurrences"] {
        let list = settings.setting(&["evidence", list]).map(Node::items);
        for (node, finished) in list.unwrap_or_default().iter().filter_map(finished) {
            let age = now.as_unix().saturating_sub(finished.as_unix());
            let days = age.checked_div(SECONDS_A_DAY).unwrap_or_default();
            if days <= DAYS {
                continue;
            }
            findings.push(
                Diagnostic::new(
                    node.span,
                    "no newer vulnerabilities",
                    format!("a scan in the settings is {days} days old and never expires"),
                )
                .help(
                    "scan again, or sign scans with a key of `evidence.authenticators.vulnerability`, which sets a \
                     maximum age",
                ),
            );
        }
    }
}

/// The time of a scan, in a statement or in a Google occurrence.
fn finished(evidence: &Node) -> Option<(&Node, Time)> {
    let is_scan = evidence.text_of("predicateType").contains("/vuln");
    let statement = evidence.at(&["predicate", "metadata", "scanFinishedOn"]);
    let occurrence = evidence.at(&["discovery", "lastScanTime"]);
    let node = statement.filter(|_| is_scan).or(occurrence)?;
    Some((node, Time::parse(node.text()?).ok()?))
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::RULE;

    /// The examples are judged as of 23 November 2026.
    #[test]
    fn ninety_days_are_not_old() {
        for (time, is_found) in [
            ("2026-08-25T12:00:00Z", false),
            ("2026-08-24T12:00:00Z", true),
            ("2027-01-01T12:00:00Z", false),
            ("yesterday", false),
        ] {
            let yaml = RULE.preferred().replace("2026-11-20T12:00:00Z", time);
            assert_eq!(found(&RULE, &yaml).len(), usize::from(is_found), "{time}");
        }
    }

    #[test]
    fn discoveries_and_other_predicates() {
        let discovery = "policy: {defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}}\nevidence: {statements: [{kind: DISCOVERY, discovery: {lastScanTime: '2020-01-01T00:00:00Z'}}]}\n";
        assert_eq!(found(&RULE, discovery), ["'2020-01-01T00:00:00Z'"]);
        let other = RULE
            .avoided()
            .replace("attestation/vuln/v1", "attestation/v1");
        assert!(found(&RULE, &other).is_empty());
    }
}
