//! `evidence.referrers` under Kubewarden.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Manifest;

pub(super) static RULE: Rule = Rule {
    code: "lint-referrers-kubewarden",
    severity: Severity::Error,
    what: "a manifest for Kubewarden has `evidence.referrers`",
    why: "Kubewarden's host can neither list referrers nor return blobs, so each lookup of bundles fails with \
          `host-capability-failed`, and an image without other evidence is denied. `countersign attest import` \
          verifies bundles and stores them where Kubewarden's host can read them.",
    example: "apiVersion: policies.kubewarden.io/v1
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
    evidence:
{part}
    registries: [registry.example]
",
    avoid: "      referrers: true\n",
    prefer: "      registry: true\n",
    check: Check::Manifest(check),
};

fn check(manifest: &Manifest<'_>, findings: &mut Findings) {
    for part in manifest.parts() {
        let Some(settings) = part.settings() else {
            continue;
        };
        let referrers = settings.setting(&["evidence", "referrers"]);
        if let Some(node) = referrers.filter(|node| node.is_true()) {
            findings.push(
                Diagnostic::new(
                    node.span,
                    "every lookup fails",
                    "Kubewarden's host cannot list the referrers of an image",
                )
                .help(
                    "remove it, and store the bundles with `countersign attest import` in the registry, the cluster or \
                     the Pod's annotation",
                ),
            );
        }
    }
}
