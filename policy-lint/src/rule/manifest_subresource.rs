//! Webhook rules for subresources without images.

use super::example::MANIFEST;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Manifest;

pub(super) static RULE: Rule = Rule {
    code: "lint-manifest-subresource",
    severity: Severity::Warning,
    what: "a rule of a manifest matches a subresource without images",
    why: "Scaling, evictions, bindings and status updates change no image, yet each request waits for the policy. \
          With `failurePolicy: Fail`, nodes cannot report and Pods cannot be evicted, bound or scaled while the \
          policy server is down. `pods/ephemeralcontainers` is the only subresource with images.",
    example: MANIFEST,
    avoid: "resources: [pods, pods/ephemeralcontainers, pods/status]",
    prefer: "resources: [pods, pods/ephemeralcontainers]",
    check: Check::Manifest(check),
};

fn check(manifest: &Manifest<'_>, findings: &mut Findings) {
    for rule in manifest.rules() {
        for (name, span) in rule.resources() {
            let is_subresource = name.contains('/') && !name.contains('*');
            if !is_subresource || name == "pods/ephemeralcontainers" {
                continue;
            }
            findings.push(
                Diagnostic::new(
                    span,
                    "has no images",
                    format!("the rules match `{name}`, which has no images"),
                )
                .help("remove it"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::RULE;

    #[test]
    fn only_debug_containers_come_by_a_subresource() {
        for name in [
            "pods/status",
            "pods/binding",
            "pods/eviction",
            "pods/resize",
            "deployments/scale",
        ] {
            let yaml = RULE.avoided().replace("pods/status", name);
            assert_eq!(found(&RULE, &yaml), [name]);
        }
        let yaml = RULE.avoided().replace("pods/status", "'pods/*'");
        assert!(
            found(&RULE, &yaml).is_empty(),
            "a wildcard has a lint of its own"
        );
    }
}
