//! Webhook rules with wildcards.

use super::example::MANIFEST;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Manifest;

pub(super) static RULE: Rule = Rule {
    code: "lint-manifest-wildcard-resources",
    severity: Severity::Error,
    what: "a rule of a manifest matches resources by a wildcard",
    why: "The policy denies objects of kinds that it does not know, because it cannot find their images. A wildcard \
          also matches evictions, scaling, bindings, `exec` and other requests that the cluster needs.",
    example: MANIFEST,
    avoid: "resources: [pods, \"pods/*\"]",
    prefer: "resources: [pods, pods/ephemeralcontainers]",
    check: Check::Manifest(check),
};

fn check(manifest: &Manifest<'_>, findings: &mut Findings) {
    for rule in manifest.rules() {
        for (name, span) in rule.resources() {
            if !name.contains('*') {
                continue;
            }
            let help = match name.split_once('/') {
                Some(("pods", _)) => "use `pods/ephemeralcontainers`, the only one with images",
                _ => "list the resources that have images, such as `pods` and `deployments`",
            };
            findings.push(
                Diagnostic::new(
                    span,
                    "matches kinds that the policy denies",
                    format!("`{name}` matches objects of unknown kinds"),
                )
                .help(help),
            );
        }
    }
}
