//! Documents mean what they mean to kubectl, whatever the command.

use crate::program::{file, run};

/// A reader of YAML 1.2 takes these rules for others: production is closed, and one rule is about the
/// namespace `no`.
const SETTINGS: &str = "policy:
  defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
  kubernetesNamespaceAdmissionRules:
    staging: &open
      evaluationMode: ALWAYS_ALLOW
      enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
    production:
      evaluationMode: ALWAYS_DENY
      <<: *open
    no: {evaluationMode: ALWAYS_ALLOW, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
    012: {evaluationMode: ALWAYS_ALLOW, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
";

#[test]
fn a_later_merge_key_wins_and_keys_are_retyped_as_in_kubectl() {
    let (_folder, path) = file("settings.yaml", SETTINGS);
    for (namespace, status) in [
        ("production", 0),
        ("no", 1),
        ("false", 0),
        ("012", 1),
        ("10", 0),
    ] {
        let pod = format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: web, namespace: \"{namespace}\", labels: {{commit: 12e4567}}}}\n\
             spec:\n  containers: [{{name: web, image: registry.example/web:1}}]\n"
        );
        for command in ["evaluate", "audit"] {
            run(
                &format!("{command} --settings {} -", path.display()),
                &pod,
                status,
            );
        }
    }
}

#[test]
fn the_image_of_a_manifest_is_the_one_that_kubectl_sends() {
    let (_folder, path) = file("settings.yaml", SETTINGS);
    let manifest = "apiVersion: v1
kind: Pod
metadata: {name: web, namespace: development}
spec:
  containers:
    - &base {name: base, image: registry.example/base:2}
    - image: registry.example/web:1
      <<: *base
";
    let arguments = format!("evaluate --settings {} -", path.display());
    let (stdout, _) = run(&arguments, manifest, 1);
    assert!(stdout.contains("registry.example/base:2"), "{stdout}");
    assert!(!stdout.contains("registry.example/web:1"), "{stdout}");
}

#[test]
fn what_is_exported_is_the_same_to_every_reader() {
    for format in ["", "--format policies-yml"] {
        let arguments = format!("export kubewarden --settings - {format}");
        let (stdout, _) = run(&arguments, SETTINGS, 0);
        for line in ["\"false\":\n", "\"10\":\n", "production:\n"] {
            assert!(stdout.contains(line), "lacks {line}:\n{stdout}");
        }
        for sign in ["<<", "&open", "*open", " no:", " 012:"] {
            assert!(!stdout.contains(sign), "{sign}:\n{stdout}");
        }
        let denied = stdout.matches("evaluationMode: ALWAYS_DENY").count();
        assert_eq!(denied, 1, "only the default rule:\n{stdout}");
    }
}

#[test]
fn a_place_that_readers_take_for_different_things_is_linted() {
    let (_folder, path) = file("settings.yaml", SETTINGS);
    let arguments = format!("lint --format concise {}", path.display());
    let (stdout, _) = run(&arguments, "", 1);
    for finding in [
        "lint-yaml-merge]: in kubectl, this `<<` replaces `evaluationMode` above it",
        "lint-yaml-ambiguous]: kubectl reads the key `no` as `false`",
        "lint-yaml-ambiguous]: kubectl reads the key `012` as `10`",
    ] {
        assert!(stdout.contains(finding), "lacks {finding:?}:\n{stdout}");
    }
}
