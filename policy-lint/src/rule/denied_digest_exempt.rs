//! Revoked digests, and patterns that exempt everything but them.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Language, Pattern, Settings};

pub(super) static RULE: Rule = Rule {
    code: "lint-denied-digest-exempt",
    severity: Severity::Info,
    what: "digests are revoked, and a pattern exempts images by name",
    why: "A digest stands for itself alone. That of an image index covers neither the manifests of its platforms nor \
          the same content under another digest algorithm, so that a revoked image comes in under one of those \
          where an allowlist exempts its name. Where attestations are asked for it does not, since nobody has \
          attested those digests.",
    avoid: "policy:
  admissionWhitelistPatterns:
    - namePattern: registry.example/shop/**
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
deniedDigests:
  - sha256:1111111111111111111111111111111111111111111111111111111111111111
",
    prefer: "policy:
  admissionWhitelistPatterns:
    - namePattern: registry.example/shop/web@sha256:2222222222222222222222222222222222222222222222222222222222222222
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
deniedDigests:
  - sha256:1111111111111111111111111111111111111111111111111111111111111111
",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    let denied = settings.entry(&["deniedDigests"]);
    let Some(denied) = denied.filter(|entry| !entry.value.items().is_empty()) else {
        return;
    };
    let patterns = settings.patterns();
    let Some(pattern) = patterns.iter().find(|pattern| covers_any_digest(pattern)) else {
        return;
    };
    findings.push(
        Diagnostic::new(
            denied.key_span,
            "covers these digests, and no others of the same images",
            "a pattern exempts revoked images under other digests",
        )
        .because(pattern.span, "exempts whatever has such a name")
        .help(
            "list the digests of the platforms' manifests too, and exempt images by patterns with a \
             digest",
        ),
    );
}

/// Whether a pattern exempts images under digests that it does not name.
fn covers_any_digest(pattern: &Pattern<'_>) -> bool {
    let is_allowlist = matches!(pattern.language, Language::Name | Language::Allow);
    let names_digest = pattern
        .text
        .rsplit_once('@')
        .is_some_and(|(_, digest)| !digest.ends_with('*'));
    is_allowlist && !pattern.is_system && !names_digest
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    #[test]
    fn only_patterns_that_leave_the_digest_open_are_found() {
        let open = "registry.example/shop/**";
        for (pattern, expected) in [
            ("registry.example/shop/web@sha256:*", 1),
            ("registry.example/shop/web@*", 1),
            ("registry.example/shop/web:1", 1),
            ("registry.example/shop/*", 1),
        ] {
            let yaml = RULE.avoid.replace(open, pattern);
            assert_eq!(found(&RULE, &yaml).len(), expected, "{pattern}");
        }
        let several = RULE.avoid.replace(
            "    - namePattern: registry.example/shop/**\n",
            "    - namePattern: registry.example/a/**\n    - namePattern: registry.example/b/**\n",
        );
        assert_eq!(found(&RULE, &several), ["deniedDigests"]);
        let (nothing, _) = RULE.avoid.split_once("deniedDigests").unwrap();
        assert!(found(&RULE, &format!("{nothing}deniedDigests: []\n")).is_empty());
    }
}
