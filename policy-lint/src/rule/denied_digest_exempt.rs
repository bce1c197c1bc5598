//! Revoked digests of images that a pattern exempts.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Language, Pattern, Settings};

pub(super) static RULE: Rule = Rule {
    code: "lint-denied-digest-exempt",
    severity: Severity::Info,
    what: "digests are revoked, and a pattern exempts images by name",
    why: "`deniedDigests` matches only the listed digests. The digest of an image index covers neither its platform \
          manifests nor the same content under another digest algorithm, so an allowlist pattern still admits the \
          revoked image under those digests. Rules that need attestations deny them.",
    example: "policy:
  admissionWhitelistPatterns:
{part}
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
deniedDigests:
  - sha256:1111111111111111111111111111111111111111111111111111111111111111
",
    avoid: "    - namePattern: registry.example/shop/**\n",
    prefer: "    - namePattern: registry.example/shop/web@sha256:2222222222222222222222222222222222222222222222222222222222222222\n",
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
            "covers only these digests of the images",
            "a pattern exempts revoked images under other digests",
        )
        .because(pattern.span, "exempts all digests of such names")
        .help(
            "list the digests of the platforms' manifests too, and exempt images by patterns with a \
             digest",
        ),
    );
}

/// Whether a pattern exempts images under digests that it does not list.
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
            let yaml = RULE.avoided().replace(open, pattern);
            assert_eq!(found(&RULE, &yaml).len(), expected, "{pattern}");
        }
        let several = RULE.avoided().replace(
            "    - namePattern: registry.example/shop/**\n",
            "    - namePattern: registry.example/a/**\n    - namePattern: registry.example/b/**\n",
        );
        assert_eq!(found(&RULE, &several), ["deniedDigests"]);
        let avoided = RULE.avoided();
        let (nothing, _) = avoided.split_once("deniedDigests").unwrap();
        assert!(found(&RULE, &format!("{nothing}deniedDigests: []\n")).is_empty());
    }
}
