//! Certificates of a trusted root that the next one has not signed.

use super::example::KEYLESS;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;
use crate::source::resolve;

pub(super) static RULE: Rule = Rule {
    code: "lint-root-links",
    severity: Severity::Error,
    what: "a certificate of an authority is not signed by the next one",
    why: "Each certificate of a trusted root is trusted by itself, so the policy does not verify these signatures. A \
          wrong one means that certificates of different authorities were mixed up, or that the document was changed.",
    example: KEYLESS,
    avoid: "AwIDSAAwRQIgHrHvVDBKOfouL8ecEIxXTNAHMbaIdRi3zqvVicJ+CxQCIQDxlML/bxNaHIUhp2rk7lmnGdJU3Aw4/0QuRTlcoqnTSQ==",
    prefer: "AwIDSAAwRQIhAPTZ3afkv3w4bvVJ4ByNa6eTHBaRcr8SOPx0lgqduEcPAiBD2KmgyPKjhJCJ7xlNJWPxCjC8YOOa03UVeWRVORe50w==",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for root in settings.roots() {
        let (Some(document), Some(parsed)) = (root.document(), root.parse()) else {
            continue;
        };
        for path in parsed.broken_links() {
            let message = format!(
                "a certificate of trusted root `{}` has a wrong signature",
                root.name()
            );
            findings.push(
                Diagnostic::new(
                    resolve(document, &path),
                    "not signed by the next one",
                    message,
                )
                .help("fetch the document again, and compare it with its publisher's"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    #[test]
    fn the_certificate_below_is_shown() {
        assert_eq!(found(&RULE, &RULE.avoided()), ["rawBytes"]);
        // An unreadable document is another finding.
        let unreadable = RULE.avoided().replace("mediaType", "mediatype");
        assert!(found(&RULE, &unreadable).is_empty());
    }
}
