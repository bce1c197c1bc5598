use super::*;
use crate::import::Level;
use crate::import::tests::other::{key, outcome, outcome_with};
use crate::inputs;

fn attestor(more: &str) -> String {
    let key = key(0, 12);
    format!(
        "apiVersion: binaryauthorization.cnrm.cloud.google.com/v1beta1
kind: BinaryAuthorizationAttestor
metadata: {{name: build, namespace: security}}
spec:
  {more}
  userOwnedDrydockNote:
    noteRef: {{name: build-note}}
    publicKeys:
      - pkixPublicKey:
          signatureAlgorithm: ECDSA_P256_SHA256
          publicKeyPem: {key}
"
    )
}

const NOTE: &str = "---
apiVersion: containeranalysis.cnrm.cloud.google.com/v1beta1
kind: ContainerAnalysisNote
metadata:
  name: build-note
  namespace: security
  annotations: {cnrm.cloud.google.com/project-id: notes-project}
spec: {resourceID: build, attestationAuthority: {hint: {humanReadableName: build}}}
";

fn policy(namespace: &str, spec: &str) -> String {
    format!(
        "---
apiVersion: binaryauthorization.cnrm.cloud.google.com/v1beta1
kind: BinaryAuthorizationPolicy
metadata: {{name: policy, namespace: {namespace}}}
spec:
  globalPolicyEvaluationMode: DISABLE
{spec}"
    )
}

const REQUIRE: &str = "  defaultAdmissionRule:
    evaluationMode: REQUIRE_ATTESTATION
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
    requireAttestationsBy: [{name: build}]
";

fn exported(yaml: &str) -> Value {
    inputs::parse(yaml).unwrap().remove(0)
}

/// The resource names of a policy's attestors, and of the attestors with their notes.
fn names(settings: &Value) -> (Vec<&str>, Vec<(&str, &str)>) {
    let rule = &settings["policy"]["defaultAdmissionRule"];
    let required = rule["requireAttestationsBy"].as_array().unwrap();
    let attestors = settings["attestors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|attestor| {
            let note = &attestor["userOwnedGrafeasNote"]["noteReference"];
            (attestor["name"].as_str().unwrap(), note.as_str().unwrap())
        });
    (
        required.iter().map(|name| name.as_str().unwrap()).collect(),
        attestors.collect(),
    )
}

#[test]
fn references_become_resource_names() {
    let text = attestor("projectRef: {external: projects/p}") + NOTE + &policy("security", REQUIRE);
    let outcome = outcome(&SYSTEM, &text, None);
    outcome.says(&[("", Level::Warning, "no attestations were given")]);
    outcome.is_valid();
    let (required, attestors) = names(&outcome.import.settings);
    assert_eq!(required, ["projects/p/attestors/build"]);
    assert_eq!(
        attestors,
        [(
            "projects/p/attestors/build",
            "projects/notes-project/notes/build"
        )]
    );
}

/// The project is that of `projectRef`, of an annotation, or has the namespace's name.
#[test]
fn the_project_is_that_of_config_connector() {
    let by_resource = "---
apiVersion: resourcemanager.cnrm.cloud.google.com/v1beta1
kind: Project
metadata: {name: shop, namespace: security}
spec: {name: Shop, resourceID: shop-1234}
";
    for (attestor, expected) in [
        (
            attestor("projectRef: {external: p}"),
            "projects/p/attestors/build",
        ),
        (
            attestor("projectRef: {name: shop}") + by_resource,
            "projects/shop-1234/attestors/build",
        ),
        (
            attestor("projectRef: {name: shop}"),
            "projects/shop/attestors/build",
        ),
        (
            attestor("resourceID: build-2"),
            "projects/security/attestors/build-2",
        ),
    ] {
        let text = attestor + NOTE + &policy("security", REQUIRE);
        let outcome = outcome(&SYSTEM, &text, None);
        let (required, attestors) = names(&outcome.import.settings);
        assert_eq!((required[0], attestors[0].0), (expected, expected));
    }
}

#[test]
fn rules_and_allowlists_stay_as_they_are() {
    let spec = "  admissionWhitelistPatterns: [{namePattern: registry.k8s.io/*}]
  kubernetesNamespaceAdmissionRules:
    qa: {evaluationMode: ALWAYS_ALLOW, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
    production:
      evaluationMode: REQUIRE_ATTESTATION
      enforcementMode: DRYRUN_AUDIT_LOG_ONLY
      requireAttestationsBy: [{external: projects/p/attestors/build}]
  defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
";
    let text = attestor("projectRef: {external: projects/p}") + NOTE + &policy("security", spec);
    let outcome = outcome(&SYSTEM, &text, None);
    outcome.is_valid();
    let expected = exported(
        "globalPolicyEvaluationMode: DISABLE
admissionWhitelistPatterns: [{namePattern: registry.k8s.io/*}]
kubernetesNamespaceAdmissionRules:
  qa: {evaluationMode: ALWAYS_ALLOW, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
  production:
    evaluationMode: REQUIRE_ATTESTATION
    enforcementMode: DRYRUN_AUDIT_LOG_ONLY
    requireAttestationsBy: [projects/p/attestors/build]
defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
",
    );
    assert_eq!(outcome.import.settings["policy"], expected);
}

#[test]
fn a_reference_to_an_object_that_was_not_given_is_completed_and_reported() {
    let text = attestor("projectRef: {external: projects/p}") + &policy("security", REQUIRE);
    let outcome = outcome(&SYSTEM, &text, None);
    outcome.says(&[
        (
            "7",
            Level::Warning,
            "no file has the ContainerAnalysisNote `build-note`",
        ),
        ("", Level::Warning, "no attestations were given"),
    ]);
    let (_, attestors) = names(&outcome.import.settings);
    assert_eq!(
        attestors,
        [("projects/p/attestors/build", "projects/p/notes/build-note")]
    );
}

#[test]
fn rules_of_clusters_need_the_cluster() {
    let spec = "  clusterAdmissionRules:
    us-central1-a.production: {evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
  defaultAdmissionRule: {evaluationMode: ALWAYS_ALLOW, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
";
    let text = policy("security", spec);
    let without = outcome(&SYSTEM, &text, None);
    without.says(&[(
        "5",
        Level::Error,
        "rules for a cluster, and --cluster was not given",
    )]);
    let mut draft = Draft::new(None);
    draft.google.cluster = Some("us-central1-a.production".to_owned());
    outcome_with(&SYSTEM, &text, &mut draft);
    let import = draft.finish().import;
    assert_eq!(import.level(), None, "{:?}", import.findings);
}

#[test]
fn a_platform_policy_is_named_by_its_platform() {
    let text = "apiVersion: binaryauthorization.cnrm.cloud.google.com/v1alpha1
kind: BinaryAuthorizationPlatformPolicy
metadata: {name: directories, namespace: security}
spec:
  projectRef: {external: projects/p}
  platform: gke
  gkePolicy:
    checkSets:
      - displayName: all
        checks: [{trustedDirectoryCheck: {trustedDirPatterns: [registry.example/shop]}}]
";
    let outcome = outcome(&SYSTEM, text, None);
    outcome.says(&[("4", Level::Warning, "platform policies only log at Google")]);
    outcome.is_valid();
    let policy = &outcome.import.settings["platformPolicies"][0];
    assert_eq!(
        policy["name"],
        "projects/p/platforms/gke/policies/directories"
    );
}

#[test]
fn a_field_that_is_not_known_is_reported() {
    let text = attestor("newField: 1") + NOTE + &policy("security", REQUIRE);
    let outcome = outcome(&SYSTEM, &text, None);
    assert_eq!(outcome.import.level(), Some(Level::Lacking));
}
