//! Permissions of a manifest that differ from what the settings need.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Manifest, Settings};
use crate::needs::{ATTESTATION, Needs};
use crate::source::{Node, pointed_at};

pub(super) static RULE: Rule = Rule {
    code: "lint-manifest-capabilities",
    severity: Severity::Error,
    what: "a manifest grants other permissions than its settings need",
    why: "The host rejects calls without a permission, so images are denied with an error. Permissions that are not \
          needed let the module read or change more of the cluster than necessary.",
    example: "apiVersion: policies.kubewarden.io/v1
kind: ClusterAdmissionPolicy
metadata:
  name: countersign
spec:
  module: registry://registry.example/policies/countersign:v0.1.0
  mutating: false
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
        notes:
          projects/example/notes/build: attest-build
",
    avoid: "",
    prefer: "  contextAwareResources:
    - apiVersion: countersign.dev/v1
      kind: Attestation
",
    check: Check::Manifest(check),
};

fn check(manifest: &Manifest<'_>, findings: &mut Findings) {
    for part in manifest.parts() {
        let Some(settings) = part.settings() else {
            continue;
        };
        check_resources(&part, &settings, findings);
        check_mutation(&part, &settings, findings);
        check_capabilities(&part, &settings, findings);
    }
}

fn check_resources(manifest: &Manifest<'_>, settings: &Settings<'_>, findings: &mut Findings) {
    let granted = manifest.entry("contextAwareResources");
    let items = granted.map(|entry| entry.value.items()).unwrap_or_default();
    let is_attestation =
        |item: &Node| (item.text_of("apiVersion"), item.text_of("kind")) == ATTESTATION;
    let asked = settings.entry(&["evidence", "kubernetes"]);
    for item in items {
        if is_attestation(item) && asked.is_some() {
            continue;
        }
        let kind = item.get("kind").unwrap_or(item);
        let message = format!(
            "the policy may read `{}` but never does",
            item.text_of("kind")
        );
        let help = "remove it: the policy only looks up `Attestation`, with `evidence.kubernetes`";
        findings.push(Diagnostic::new(pointed_at(kind), "not needed", message).help(help));
    }
    if let Some(asked) = asked.filter(|_| !items.iter().any(is_attestation)) {
        let place = granted.map_or_else(|| manifest.span(), |entry| entry.key_span);
        let message = "the policy looks up attestations in the cluster but may not read them";
        let (version, kind) = ATTESTATION;
        findings.push(
            Diagnostic::new(place, "does not grant it", message)
                .because(asked.key_span, "looked up here")
                .help(format!(
                    "add `contextAwareResources` with `apiVersion: {version}` and `kind: {kind}`"
                )),
        );
    }
}

fn check_mutation(manifest: &Manifest<'_>, settings: &Settings<'_>, findings: &mut Findings) {
    let pins = settings
        .setting(&["resolveTags"])
        .filter(|node| node.is_true());
    let mutating = manifest.get("mutating");
    match (mutating, pins) {
        (Some(mutating), None) if mutating.is_true() => findings.push(
            Diagnostic::new(
                mutating.span,
                "not needed",
                "the policy may change objects but never does",
            )
            .help("set `mutating: false`; only `resolveTags: true` changes objects"),
        ),
        (mutating, Some(pins)) if !manifest.is_mutating() => findings.push(
            Diagnostic::new(
                mutating.map_or_else(|| manifest.span(), |node| node.span),
                "does not allow it",
                "the policy writes digests into objects but may not change them",
            )
            .because(pins.span, "writes digests")
            .help(if manifest.is_group() {
                "remove `resolveTags`: members of a group cannot change objects"
            } else {
                "set `mutating: true`, or remove `resolveTags`"
            }),
        ),
        _ => {}
    }
}

fn check_capabilities(manifest: &Manifest<'_>, settings: &Settings<'_>, findings: &mut Findings) {
    // Not every version of Kubewarden has such a list.
    let Some(list) = manifest.entry("hostCapabilities") else {
        return;
    };
    let needed = Needs::of(settings.root).capabilities;
    let covers = |granted: &str, name: &str| {
        granted == name
            || granted
                .strip_suffix('*')
                .is_some_and(|start| name.starts_with(start))
    };
    let granted = list.value.items().iter();
    let granted: Vec<_> = granted
        .filter_map(|item| Some((item.text()?, item.span)))
        .collect();
    for (name, span) in &granted {
        if needed.contains(name) {
            continue;
        }
        let used = needed.iter().filter(|needed| covers(name, needed));
        let used: Vec<_> = used.map(|needed| format!("`{needed}`")).collect();
        let help = if used.is_empty() {
            "remove it".to_owned()
        } else {
            format!("use {}", used.join(", "))
        };
        let message = format!("`{name}` grants more than these settings need");
        findings.push(Diagnostic::new(*span, "not needed", message).help(help));
    }
    let missing = needed
        .iter()
        .filter(|needed| !granted.iter().any(|(granted, _)| covers(granted, needed)));
    let missing: Vec<_> = missing.map(|needed| format!("`{needed}`")).collect();
    if !missing.is_empty() {
        let missing = missing.join(", ");
        let message = format!("the settings need the host capability {missing}");
        findings.push(
            Diagnostic::new(list.key_span, "does not grant it", message)
                .help(format!("add {missing}")),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    #[track_caller]
    fn finds(from: &str, to: &str, expected: &[&str]) {
        assert!(RULE.preferred().contains(from), "{from}");
        let yaml = RULE.preferred().replace(from, to);
        assert_eq!(found(&RULE, &yaml), expected, "{yaml}");
    }

    const KUBERNETES: &str = "      kubernetes:
        notes:
          projects/example/notes/build: attest-build
";

    #[test]
    fn other_kinds_are_not_needed() {
        finds(
            "kind: Attestation",
            "kind: Secret",
            &["contextAwareResources", "Secret"],
        );
        finds(
            "countersign.dev/v1",
            "v1",
            &["contextAwareResources", "Attestation"],
        );
        finds(KUBERNETES, "      podAnnotation: true\n", &["Attestation"]);
    }

    #[test]
    fn whoever_writes_digests_must_be_allowed_to() {
        let settings = "  settings:\n";
        let pinning = "  settings:\n    registries: [registry.example]\n    resolveTags: true\n";
        finds("mutating: false", "mutating: true", &["true"]);
        finds(settings, pinning, &["false"]);
        let yaml = RULE.preferred().replace(settings, pinning);
        let allowed = yaml.replace("mutating: false", "mutating: true");
        assert!(found(&RULE, &allowed).is_empty());
        let silent = yaml.replace("  mutating: false\n", "");
        assert_eq!(found(&RULE, &silent), ["countersign"]);
    }

    #[test]
    fn capabilities_are_those_that_are_needed() {
        let registry = "      registry: true\n";
        for (evidence, list, expected) in [
            (KUBERNETES, "[kubernetes/get_resource]", &[][..]),
            (KUBERNETES, "[]", &["hostCapabilities"]),
            (KUBERNETES, "['kubernetes/*']", &["'kubernetes/*'"]),
            (KUBERNETES, "['*']", &["'*'"]),
            (
                KUBERNETES,
                "[oci/v2/verify]",
                &["hostCapabilities", "oci/v2/verify"],
            ),
            (registry, "[oci/v1/oci_manifest]", &["Attestation"]),
            (
                registry,
                "[oci/v1/oci_manifest, net/v1/dns_lookup_host]",
                &["net/v1/dns_lookup_host", "Attestation"],
            ),
        ] {
            let yaml = RULE.preferred().replace(KUBERNETES, evidence).replace(
                "  mutating: false\n",
                &format!("  hostCapabilities: {list}\n"),
            );
            assert_eq!(found(&RULE, &yaml), expected, "{list}");
        }
    }

    #[test]
    fn a_sigstore_check_needs_a_host_that_verifies() {
        let platform = "    platformPolicies:
    - gkePolicy:
        checkSets:
        - checks:
          - sigstoreSignatureCheck: {sigstoreAuthorities: []}
    evidence:
      registry: true
";
        let preferred = RULE.preferred();
        let (head, _) = preferred.split_once("    policy:\n").unwrap();
        let (head, _) = head.split_once("  contextAware").unwrap();
        let yaml =
            |list: &str| format!("{head}  hostCapabilities: {list}\n  settings:\n{platform}");
        assert!(found(&RULE, &yaml("[oci/v1/oci_manifest, oci/v2/verify]")).is_empty());
        assert_eq!(
            found(&RULE, &yaml("[oci/v1/oci_manifest]")),
            ["hostCapabilities"]
        );
    }
}
