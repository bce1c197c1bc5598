//! Mutating policies without a validating one.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Manifest, Settings};
use crate::source::Node;

pub(super) static RULE: Rule = Rule {
    code: "lint-mutating-without-validating",
    severity: Severity::Error,
    what: "a mutating manifest has no validating manifest with the same settings",
    why: "Other mutating webhooks may run after this policy and change images. Only a validating webhook sees the \
          final object, so deploy the policy a second time as a validating one.",
    example: "apiVersion: policies.kubewarden.io/v1
kind: ClusterAdmissionPolicy
metadata:
  name: countersign-pin
spec:
  module: registry://registry.example/policies/countersign:v0.1.0
  mutating: true
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
    resolveTags: true
    registries: [registry.example]
{part}
",
    avoid: "",
    prefer: "---
apiVersion: policies.kubewarden.io/v1
kind: ClusterAdmissionPolicy
metadata:
  name: countersign
spec:
  module: registry://registry.example/policies/countersign:v0.1.0
  mutating: false
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
    check: Check::Manifests(check),
};

fn check(manifests: &[Manifest<'_>], findings: &mut Findings) {
    let (mutating, validating): (Vec<Manifest<'_>>, Vec<_>) = manifests
        .iter()
        .partition(|manifest| manifest.is_mutating());
    for manifest in mutating {
        let (Some(flag), Some(settings)) = (manifest.get("mutating"), manifest.settings()) else {
            continue;
        };
        let twins = || {
            // A policy in monitor mode, or for one namespace, does not check all objects that the other changes.
            let twins = validating.iter().filter(|twin| {
                let monitors = twin.get("mode").and_then(Node::text) == Some("monitor");
                !monitors && twin.root.text_of("kind") == manifest.root.text_of("kind")
            });
            twins.filter_map(|twin| Some((twin, twin.settings()?)))
        };
        if twins().any(|(_, twin)| is_twin(&settings, &twin)) {
            continue;
        }
        let finding = Diagnostic::new(
            flag.span,
            "later changes are not checked",
            format!(
                "no validating policy checks the objects that `{}` changes",
                manifest.name()
            ),
        );
        let finding = match twins().next() {
            Some((other, _)) => finding.because(other.span(), "validates with other settings"),
            None => finding,
        };
        findings.push(finding.help(
            "add a manifest with `mutating: false` and the same settings without `resolveTags`, and \
             lint both together",
        ));
    }
}

/// Whether validating settings equal the mutating ones, except for settings that only these need.
fn is_twin(mutating: &Settings<'_>, validating: &Settings<'_>) -> bool {
    if validating.is_on(&["resolveTags"]) {
        return false;
    }
    let mut ignored = vec!["resolveTags", "tagsPinnedBefore"];
    if validating.setting(&["registries"]).is_none() {
        ignored.push("registries");
    }
    let compared = |settings: &Settings<'_>| {
        let mut json = settings.root.to_json();
        if let Some(fields) = json.as_object_mut() {
            fields.retain(|key, _| !ignored.contains(&key.as_str()));
        }
        json
    };
    compared(mutating) == compared(validating)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    #[test]
    fn only_the_same_settings_make_a_twin() {
        let preferred = RULE.preferred();
        let (pinning, twin) = preferred.split_once("---\n").unwrap();
        for (more, expected) in [
            ("    registries: [registry.example]\n", &[][..]),
            ("    resolveTags: false\n", &[]),
            ("    registries: [other.example]\n", &["true"]),
            (
                "    resolveTags: true\n    registries: [registry.example]\n",
                &["true"],
            ),
            ("    podTemplates: ignore\n", &["true"]),
        ] {
            let yaml = format!("{pinning}---\n{twin}{more}");
            assert_eq!(found(&RULE, &yaml), expected, "{more}");
        }
        let both_mutate = format!("{pinning}---\n{pinning}");
        assert_eq!(found(&RULE, &both_mutate), ["true", "true"]);
    }

    #[test]
    fn the_twin_may_stand_in_another_file() {
        let preferred = RULE.preferred();
        let (pinning, twin) = preferred.split_once("---\n").unwrap();
        let files = [pinning, twin]
            .map(|text| crate::SourceFile::new("manifest.yaml".to_owned(), text.to_owned()));
        let report = crate::lint(&files, &crate::Config::default());
        assert!(report.diagnostics.iter().all(|one| one.code != RULE.code));
    }
}
