//! Certificates of a trusted root that the next one has not signed.

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
    avoid: with_roots!(root!(
        "example",
        authorities!(foreign_chain!(), "{start: \"2026-01-01T00:00:00Z\"}")
    )),
    prefer: with_roots!(root!(
        "example",
        authorities!(chain!(), "{start: \"2026-01-01T00:00:00Z\"}")
    )),
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
        assert_eq!(found(&RULE, RULE.avoid), ["rawBytes"]);
        // An unreadable document is another finding.
        let unreadable = RULE.avoid.replace("mediaType", "mediatype");
        assert!(found(&RULE, &unreadable).is_empty());
    }
}
