//! Logs whose algorithm is not supported.

use super::example::KEYLESS;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;
use crate::source::{pointed_at, resolve};

pub(super) static RULE: Rule = Rule {
    code: "lint-root-log-unusable",
    severity: Severity::Info,
    what: "a trusted root has a log of an unsupported algorithm",
    why: "Entries and promises of the log never count, and bundles with no other log are denied. A log that has ended \
          is usually of no importance.",
    example: KEYLESS,
    avoid: "ctlogs:
          - baseUrl: https://ctfe.example.com/old
            hashAlgorithm: SHA2_256
            publicKey:
              rawBytes: AAAA
              keyDetails: PKCS1_RSA_PKCS1V5
              validFor: {start: \"2020-01-01T00:00:00Z\", end: \"2022-01-01T00:00:00Z\"}
            logId: {keyId: AAAA}",
    prefer: "ctlogs:",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for root in settings.roots() {
        let (Some(document), Some(parsed)) = (root.document(), root.parse()) else {
            continue;
        };
        for path in parsed.unusable_logs() {
            let details = resolve(document, &format!("{path}.publicKey.keyDetails"));
            let message = format!("a log of trusted root `{}` cannot be used", root.name());
            findings.push(
                Diagnostic::new(details, "not supported", message)
                    .because(pointed_at(document), format!("`{path}` of this document"))
                    .help("nothing to do if the log has ended; it may also be removed from the document"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::{found, messages};

    #[test]
    fn the_algorithm_is_shown() {
        assert_eq!(found(&RULE, &RULE.avoided()), ["PKCS1_RSA_PKCS1V5"]);
        assert_eq!(
            messages(&RULE, &RULE.avoided()),
            ["a log of trusted root `example` cannot be used"]
        );
    }
}
