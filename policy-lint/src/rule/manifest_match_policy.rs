//! `matchPolicy: Exact`.

use super::example::MANIFEST;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Manifest;

pub(super) static RULE: Rule = Rule {
    code: "lint-manifest-match-policy",
    severity: Severity::Warning,
    what: "a manifest has `matchPolicy: Exact`",
    why: "With `Exact`, the rules match only the API groups and versions that they list. Objects sent through another \
          version of the API, such as one that a later Kubernetes adds, are admitted without the policy. \
          `Equivalent`, the default, converts them first.",
    example: MANIFEST,
    avoid: "matchPolicy: Exact",
    prefer: "matchPolicy: Equivalent",
    check: Check::Manifest(check),
};

fn check(manifest: &Manifest<'_>, findings: &mut Findings) {
    let policy = manifest.get("matchPolicy");
    if let Some(node) = policy.filter(|node| node.text() == Some("Exact")) {
        findings.push(
            Diagnostic::new(
                node.span,
                "other API versions bypass the policy",
                "the rules match only the listed API versions",
            )
            .help("set `matchPolicy: Equivalent`, or remove the field"),
        );
    }
}
