//! Webhook rules with wildcards.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Manifest;

pub(super) static RULE: Rule = Rule {
    code: "lint-manifest-wildcard-resources",
    severity: Severity::Error,
    what: "a rule of a manifest matches resources by a wildcard",
    why: "The policy denies objects of kinds that it does not know, because it cannot find their images. A wildcard \
          also matches evictions, scaling, bindings, `exec` and other requests that the cluster needs.",
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
