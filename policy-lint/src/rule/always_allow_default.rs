//! A default rule that admits every image.

use super::example::DENIES_ALL;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-always-allow-default",
    severity: Severity::Warning,
    what: "the default rule allows every image",
    why: "Images that no other rule covers are admitted unchecked: in new namespaces and clusters, and for any \
          service account that a deployer picks. This is also the initial policy of a Google project.",
    example: DENIES_ALL,
    avoid: "evaluationMode: ALWAYS_ALLOW",
    prefer: "evaluationMode: ALWAYS_DENY",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    let default = settings
        .rules()
        .into_iter()
        .find(|rule| rule.entry.is_none());
    if let Some(("ALWAYS_ALLOW", span)) = default.and_then(|rule| rule.evaluation()) {
        findings.push(
            Diagnostic::new(
                span,
                "admits every image unless a more specific rule applies",
                "the default rule allows every image",
            )
            .help("use `ALWAYS_DENY`, or `REQUIRE_ATTESTATION` with `requireAttestationsBy`"),
        );
    }
}
