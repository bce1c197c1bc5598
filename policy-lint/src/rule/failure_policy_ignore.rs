//! `failurePolicy: Ignore`.

use super::example::MANIFEST;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Manifest;

pub(super) static RULE: Rule = Rule {
    code: "lint-failure-policy-ignore",
    severity: Severity::Error,
    what: "requests are admitted when the policy server does not answer",
    why: "With `failurePolicy: Ignore`, every image is admitted while the policy server is down, overloaded or \
          starting. An attacker only has to make it slow.",
    example: MANIFEST,
    avoid: "failurePolicy: Ignore",
    prefer: "failurePolicy: Fail",
    check: Check::Manifest(check),
};

fn check(manifest: &Manifest<'_>, findings: &mut Findings) {
    let policy = manifest.get("failurePolicy");
    if let Some(node) = policy.filter(|node| node.text() == Some("Ignore")) {
        findings.push(
            Diagnostic::new(
                node.span,
                "admits when the server does not answer",
                "requests are admitted when the policy server does not answer",
            )
            .help("set `failurePolicy: Fail`, or remove the field"),
        );
    }
}
