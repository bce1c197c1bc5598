//! Policies that can keep the policy server from starting.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{CheckSet, Language, Manifest, Pattern};

pub(super) static RULE: Rule = Rule {
    code: "lint-manifest-own-images",
    severity: Severity::Warning,
    what: "the policy applies to Kubewarden's own namespace and exempts none of Kubewarden's images",
    why: "Kubewarden excludes its own namespace unless `allowInsideAdmissionControllerNamespace` is set. With it, a \
          starting policy server needs a running policy server to be admitted: if all have stopped, none starts \
          until the webhook is deleted.",
    example: "apiVersion: policies.kubewarden.io/v1
kind: ClusterAdmissionPolicy
metadata:
  name: countersign
spec:
  module: registry://registry.example/policies/countersign:v0.1.0
  allowInsideAdmissionControllerNamespace: true
  rules:
    - apiGroups: [\"\"]
      apiVersions: [v1]
      resources: [pods, pods/ephemeralcontainers]
      operations: [CREATE, UPDATE]
    - apiGroups: [apps]
      apiVersions: [v1]
      resources: [daemonsets, deployments, replicasets, statefulsets]
      operations: [CREATE, UPDATE]
  settings:
    policy:
{part}
      defaultAdmissionRule:
        evaluationMode: ALWAYS_DENY
        enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
",
    avoid: "",
    prefer: "      admissionWhitelistPatterns:
        - namePattern: ghcr.io/kubewarden/**
",
    check: Check::Manifest(check),
};

fn check(manifest: &Manifest<'_>, findings: &mut Findings) {
    let inside = manifest.get("allowInsideAdmissionControllerNamespace");
    let Some(inside) = inside.filter(|node| node.is_true()) else {
        return;
    };
    for part in manifest.parts() {
        let Some(settings) = part.settings() else {
            continue;
        };
        let patterns = settings.patterns();
        let is_exempt = patterns.iter().any(|pattern| exempts(pattern));
        // A rule for the namespace shows that its images were considered.
        let rules = settings.rules();
        let has_rule = rules.iter().any(|rule| rule.key().contains("kubewarden"));
        let scopes = settings.check_sets();
        let has_scope = scopes
            .iter()
            .filter_map(CheckSet::scope)
            .any(|(namespace, _)| namespace.contains("kubewarden"));
        if is_exempt || has_rule || has_scope {
            continue;
        }
        findings.push(
            Diagnostic::new(
                inside.span,
                "applies to the policy server's own Pods",
                "the policy applies to Kubewarden's namespace and exempts none of its images",
            )
            .help(
                "remove the field, or exempt `ghcr.io/kubewarden/**` (or your mirror of it), or add a rule for \
                 Kubewarden's namespace",
            ),
        );
    }
}

/// Whether an allowlist pattern is for Kubewarden's images, upstream or in a mirror.
fn exempts(pattern: &Pattern<'_>) -> bool {
    let is_allowlist = [Language::Name, Language::Allow].contains(&pattern.language);
    is_allowlist && (pattern.text.contains("kubewarden") || pattern.text.starts_with("ghcr.io/**"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::RULE;

    #[test]
    fn its_own_namespace_is_left_out_unless_the_field_is_set() {
        let field = "  allowInsideAdmissionControllerNamespace: true\n";
        assert_eq!(found(&RULE, &RULE.avoided()), ["true"]);
        assert!(found(&RULE, &RULE.avoided().replace(field, "")).is_empty());
        assert!(found(&RULE, &RULE.avoided().replace("true\n", "false\n")).is_empty());
    }
}
