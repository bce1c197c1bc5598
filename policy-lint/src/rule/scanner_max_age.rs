//! Scanners with a long maximum age.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;
use crate::source::Node;

pub(super) static RULE: Rule = Rule {
    code: "lint-scanner-max-age",
    severity: Severity::Info,
    what: "scans are valid for more than 90 days",
    why: "A scan contains no vulnerabilities that were published after it. An attacker who can withhold newer scans can \
          use the oldest valid one.",
    example: "platformPolicies:
  - gkePolicy:
      checkSets:
        - checks:
            - vulnerabilityCheck:
                maximumFixableSeverity: MEDIUM
                maximumUnfixableSeverity: MEDIUM
evidence:
  authenticators:
    vulnerability:
{part}
        publicKeys:
          - pkixPublicKey:
              signatureAlgorithm: ECDSA_P256_SHA256
              publicKeyPem: |
                -----BEGIN PUBLIC KEY-----
                MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEpW5z0WPTBWzTkXgTKfUVPUaMbJC/
                8mD4rpJyymP6aswUQNyTLLC6k9BJ/u1KDUP3auKVRKpW0I6ceMx1WHcNMw==
                -----END PUBLIC KEY-----
",
    avoid: "      - maxAgeDays: 365\n",
    prefer: "      - maxAgeDays: 7\n",
    check: Check::Settings(check),
};

/// Three months; most teams scan more often
const LONG: u64 = 90;

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    let scanners = settings.setting(&["evidence", "authenticators", "vulnerability"]);
    for scanner in scanners.map(Node::items).unwrap_or_default() {
        let Some(age) = scanner.get("maxAgeDays") else {
            continue;
        };
        if let Some(days) = age.number().filter(|days| *days > LONG) {
            findings.push(
                Diagnostic::new(
                    age.span,
                    "no newer vulnerabilities",
                    format!("scans are valid for {days} days"),
                )
                .help("scan regularly, and set for example `maxAgeDays: 7`"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    #[test]
    fn ninety_days_are_not_long() {
        let aged = |days: &str| {
            RULE.preferred()
                .replace("maxAgeDays: 7", &format!("maxAgeDays: {days}"))
        };
        assert_eq!(found(&RULE, &aged("91")), ["91"]);
        for days in ["90", "'365'", "-1"] {
            assert!(found(&RULE, &aged(days)).is_empty(), "{days}");
        }
    }
}
