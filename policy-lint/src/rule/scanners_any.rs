//! Several scanners with `scanners: any`.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;
use crate::source::Node;

pub(super) static RULE: Rule = Rule {
    code: "lint-scanners-any",
    severity: Severity::Warning,
    what: "a scan by one of several scanners is enough",
    why: "Anyone who can delete a stored scan, damage its signature, or wait until it is too old can suppress the \
          scanner that found a vulnerability. With `all`, the default, each scanner must have a current scan of the \
          image.",
    example: "platformPolicies:
  - gkePolicy:
      checkSets:
        - checks:
            - vulnerabilityCheck:
                maximumFixableSeverity: MEDIUM
                maximumUnfixableSeverity: MEDIUM
evidence:
  authenticators:
{part}
    vulnerability:
      - name: trivy
        maxAgeDays: 7
        publicKeys:
          - pkixPublicKey:
              signatureAlgorithm: ECDSA_P256_SHA256
              publicKeyPem: |
                -----BEGIN PUBLIC KEY-----
                MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEpW5z0WPTBWzTkXgTKfUVPUaMbJC/
                8mD4rpJyymP6aswUQNyTLLC6k9BJ/u1KDUP3auKVRKpW0I6ceMx1WHcNMw==
                -----END PUBLIC KEY-----
      - name: grype
        maxAgeDays: 7
        publicKeys:
          - pkixPublicKey:
              signatureAlgorithm: ECDSA_P256_SHA256
              publicKeyPem: |
                -----BEGIN PUBLIC KEY-----
                MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEDIvXSs/VXU8mu1ICAjwRHWNL6SRJ
                87Oafm+/lDTIQ8vG2uErJ7LFAlruS/lsoqoSEzTB9Mqp2lYBhR3CSdZIIw==
                -----END PUBLIC KEY-----
",
    avoid: "    scanners: any\n",
    prefer: "    scanners: all\n",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    let at = |key| settings.setting(&["evidence", "authenticators", key]);
    let scanners = at("vulnerability").map(Node::items).unwrap_or_default();
    let mode = at("scanners").filter(|mode| mode.text() == Some("any"));
    // With one scanner, `any` equals `all`.
    if let (Some(mode), [_, _, ..]) = (mode, scanners) {
        let message = format!("one of {} scanners is enough", scanners.len());
        findings.push(
            Diagnostic::new(mode.span, "the others' scans can be withheld", message)
                .help("set `scanners: all`, or remove the setting"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    #[test]
    fn any_of_one_scanner_is_all() {
        let avoided = RULE.avoided();
        let (one, _) = avoided.split_once("      - name: grype").unwrap();
        assert!(found(&RULE, one).is_empty());
        assert_eq!(found(&RULE, &RULE.avoided()), ["any"]);
        let unsaid = RULE.avoided().replace("    scanners: any\n", "");
        assert!(found(&RULE, &unsaid).is_empty());
    }
}
