//! Namespaced policies that look up attestations in the cluster.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Manifest;
use crate::source::pointed_at;

pub(super) static RULE: Rule = Rule {
    code: "lint-manifest-namespaced",
    severity: Severity::Error,
    what: "a namespaced policy looks up attestations in the cluster",
    why: "Kubewarden allows `contextAwareResources` only in cluster-wide policies. For an `AdmissionPolicy` or a \
          member of an `AdmissionPolicyGroup`, the policy server rejects each lookup, so every image that needs an \
          attestation is denied.",
    example: "apiVersion: policies.kubewarden.io/v1
{part}
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
        evaluationMode: REQUIRE_ATTESTATION
        enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
        requireAttestationsBy: [projects/example/attestors/build]
    attestors:
      - name: projects/example/attestors/build
        userOwnedGrafeasNote:
          noteReference: projects/example/notes/build
          publicKeys:
            - pkixPublicKey:
                signatureAlgorithm: ECDSA_P256_SHA256
                publicKeyPem: |
                  -----BEGIN PUBLIC KEY-----
                  MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEpW5z0WPTBWzTkXgTKfUVPUaMbJC/
                  8mD4rpJyymP6aswUQNyTLLC6k9BJ/u1KDUP3auKVRKpW0I6ceMx1WHcNMw==
                  -----END PUBLIC KEY-----
    evidence:
      kubernetes:
        notes: {projects/example/notes/build: attest-build}
",
    avoid: "kind: AdmissionPolicy
metadata:
  name: countersign
  namespace: production
spec:
  module: registry://registry.example/policies/countersign:v0.1.0
",
    prefer: "kind: ClusterAdmissionPolicy
metadata:
  name: countersign
spec:
  module: registry://registry.example/policies/countersign:v0.1.0
  contextAwareResources:
    - apiVersion: countersign.dev/v1
      kind: Attestation
",
    check: Check::Manifest(check),
};

fn check(manifest: &Manifest<'_>, findings: &mut Findings) {
    if !manifest.is_namespaced() {
        return;
    }
    let kind = manifest.root.get("kind").unwrap_or(manifest.root);
    for part in manifest.parts() {
        let settings = part.settings();
        let Some(asked) = settings.and_then(|one| one.entry(&["evidence", "kubernetes"])) else {
            continue;
        };
        findings.push(
            Diagnostic::new(
                pointed_at(kind),
                "may not read cluster resources",
                "the policy looks up attestations in the cluster, which its kind may not read",
            )
            .because(asked.key_span, "looked up here")
            .help(format!(
                "use `kind: Cluster{}` with rules for the namespace, or store attestations in the registry",
                kind.text().unwrap_or_default()
            )),
        );
    }
}
