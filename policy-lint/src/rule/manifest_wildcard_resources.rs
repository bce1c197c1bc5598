//! More comes before the policy than it understands.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Manifest;

pub(super) static RULE: Rule = Rule {
    code: "lint-manifest-wildcard-resources",
    severity: Severity::Error,
    what: "a rule of a manifest names resources by a wildcard",
    why: "The policy refuses an object of a kind that it does not know, since it cannot say which \
          images are in it. With a wildcard that includes evictions, scaling, bindings, `exec` and \
          much that the cluster needs to work.",
    avoid: "apiVersion: policies.kubewarden.io/v1
kind: ClusterAdmissionPolicy
metadata:
  name: countersign
spec:
  module: registry://registry.example/policies/countersign:v0.1.0
  rules:
    - apiGroups: [\"\"]
      apiVersions: [v1]
      resources: [pods, \"pods/*\"]
      operations: [CREATE, UPDATE]
    - apiGroups: [apps]
      apiVersions: [v1]
      resources: [daemonsets, deployments, replicasets, statefulsets]
      operations: [CREATE, UPDATE]
  settings:
    policy:
      defaultAdmissionRule:
        evaluationMode: ALWAYS_DENY
        enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
",
    prefer: "apiVersion: policies.kubewarden.io/v1
kind: ClusterAdmissionPolicy
metadata:
  name: countersign
spec:
  module: registry://registry.example/policies/countersign:v0.1.0
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
      defaultAdmissionRule:
        evaluationMode: ALWAYS_DENY
        enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
",
    check: Check::Manifest(check),
};

fn check(manifest: &Manifest<'_>, findings: &mut Findings) {
    for rule in manifest.rules() {
        for (name, span) in rule.resources() {
            if !name.contains('*') {
                continue;
            }
            let help = match name.split_once('/') {
                Some(("pods", _)) => "write `pods/ephemeralcontainers`, the only one with images",
                _ => "name the resources that have images, such as `pods` and `deployments`",
            };
            findings.push(
                Diagnostic::new(
                    span,
                    "includes what has no images, and is refused",
                    format!("`{name}` brings objects of unknown kinds before the policy"),
                )
                .help(help),
            );
        }
    }
}
