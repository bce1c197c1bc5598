use serde_json::json;

use super::*;
use crate::import::Level;
use crate::import::tests::other::{outcome, outcome_with};
use crate::inputs;

const PEM: &str = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEoaC7XUAQ6Aj3D6bZOcJl6l7NbFqJ\nPzRfYArej0+VlaULtY1pGYYRvC9UwWh8x8gehRtiGlh4Lw/uahkjcS91Og==\n-----END PUBLIC KEY-----\n";

/// A document of `terraform show -json`, in which arguments that are not set are null, empty or an empty list.
fn state(resources: &Value) -> String {
    let state = json!({
        "format_version": "1.0", "terraform_version": "1.13.5",
        "values": {"root_module": {"resources": resources}},
    });
    state.to_string()
}

fn policy_of(project: &str, values: &Value) -> Value {
    let mut all = json!({
        "admission_whitelist_patterns": [], "cluster_admission_rules": [], "description": "",
        "global_policy_evaluation_mode": "DISABLE", "id": format!("projects/{project}"), "project": project,
        "timeouts": null,
    });
    all.as_object_mut()
        .unwrap()
        .extend(values.as_object().unwrap().clone());
    resource("google_binary_authorization_policy", "policy", &all)
}

fn attestor_of(project: &str, name: &str, note: &str) -> Value {
    let values = json!({
        "attestation_authority_note": [{
            "delegation_service_account_email": "a@b.iam.gserviceaccount.com", "note_reference": note,
            "public_keys": [{
                "ascii_armored_pgp_public_key": "", "comment": "", "id": "ni:///sha-256;KnEZfzwi7FspO3Ol7-Q9gxp7rBQUentydKeIT2f7C_g",
                "pkix_public_key": [{"public_key_pem": PEM, "signature_algorithm": "ECDSA_P256_SHA256"}],
            }],
        }],
        "description": null, "id": format!("projects/{project}/attestors/{name}"), "name": name, "project": project,
        "timeouts": null,
    });
    resource("google_binary_authorization_attestor", name, &values)
}

fn resource(kind: &str, name: &str, values: &Value) -> Value {
    json!({
        "address": format!("{kind}.{name}"), "mode": "managed", "type": kind, "name": name,
        "provider_name": "registry.terraform.io/hashicorp/google", "schema_version": 0, "values": values,
        "sensitive_values": {},
    })
}

fn rule(mode: &str, attestors: &Value) -> Value {
    json!([{
        "evaluation_mode": mode, "enforcement_mode": "ENFORCED_BLOCK_AND_AUDIT_LOG",
        "require_attestations_by": attestors,
    }])
}

fn exported(yaml: &str) -> Value {
    inputs::parse(yaml).unwrap().remove(0)
}

#[test]
fn a_policy_becomes_the_one_that_gcloud_exports() {
    let policy = policy_of(
        "p",
        &json!({
            "admission_whitelist_patterns": [{"name_pattern": "gcr.io/p/tools/*"}],
            "default_admission_rule": rule("ALWAYS_DENY", &Value::Null),
        }),
    );
    let outcome = outcome(&SYSTEM, &state(&json!([policy])), None);
    outcome.says(&[]);
    outcome.is_valid();
    let expected = exported(
        "globalPolicyEvaluationMode: DISABLE
admissionWhitelistPatterns: [{namePattern: gcr.io/p/tools/*}]
defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
",
    );
    assert_eq!(outcome.import.settings["policy"], expected);
}

/// A configuration may name attestors and notes by their last segment.
#[test]
fn names_are_completed_by_the_project() {
    let resources = json!([
        policy_of(
            "p",
            &json!({"default_admission_rule": rule("REQUIRE_ATTESTATION", &json!(["build", "projects/q/attestors/qa"]))})
        ),
        attestor_of("p", "build", "build-note"),
        attestor_of("q", "qa", "projects/notes/notes/qa"),
    ]);
    let outcome = outcome(&SYSTEM, &state(&resources), None);
    outcome.says(&[("", Level::Warning, "no attestations were given")]);
    let settings = &outcome.import.settings;
    assert_eq!(
        settings["policy"]["defaultAdmissionRule"]["requireAttestationsBy"],
        json!(["projects/p/attestors/build", "projects/q/attestors/qa"])
    );
    let notes: Vec<_> = settings["attestors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|attestor| {
            (
                attestor["name"].as_str().unwrap(),
                attestor["userOwnedGrafeasNote"]["noteReference"]
                    .as_str()
                    .unwrap(),
            )
        })
        .collect();
    assert_eq!(
        notes,
        [
            ("projects/p/attestors/build", "projects/p/notes/build-note"),
            ("projects/q/attestors/qa", "projects/notes/notes/qa"),
        ]
    );
    assert_eq!(
        settings["attestors"][0]["userOwnedGrafeasNote"]["publicKeys"],
        json!([{
            "id": "ni:///sha-256;KnEZfzwi7FspO3Ol7-Q9gxp7rBQUentydKeIT2f7C_g",
            "pkixPublicKey": {"publicKeyPem": PEM, "signatureAlgorithm": "ECDSA_P256_SHA256"},
        }])
    );
}

#[test]
fn resources_of_modules_are_read_and_data_sources_are_not() {
    let mut data = attestor_of("p", "other", "other");
    data["mode"] = json!("data");
    let policy = policy_of(
        "p",
        &json!({"default_admission_rule": rule("REQUIRE_ATTESTATION", &json!(["build"]))}),
    );
    let document = json!({
        "format_version": "1.0", "terraform_version": "1.13.5",
        "values": {"root_module": {
            "resources": [data],
            "child_modules": [{"address": "module.a", "resources": [policy], "child_modules": [
                {"address": "module.a.module.b", "resources": [attestor_of("p", "build", "build")]},
            ]}],
        }},
    });
    let outcome = outcome(&SYSTEM, &document.to_string(), None);
    let attestors = outcome.import.settings["attestors"].as_array().unwrap();
    let names: Vec<_> = attestors
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["projects/p/attestors/build"]);
    outcome.is_valid();
}

#[test]
fn rules_of_clusters_need_the_cluster() {
    let mut of_cluster = rule("REQUIRE_ATTESTATION", &json!(["build"]));
    of_cluster[0]["cluster"] = json!("us-central1-a.production");
    let resources = json!([
        policy_of(
            "p",
            &json!({"default_admission_rule": rule("ALWAYS_ALLOW", &json!([])), "cluster_admission_rules": of_cluster})
        ),
        attestor_of("p", "build", "build"),
    ]);
    let text = state(&resources);
    let without = outcome(&SYSTEM, &text, None);
    assert_eq!(without.import.level(), Some(Level::Error));
    let mut draft = Draft::new(None);
    draft.google.cluster = Some("us-central1-a.production".to_owned());
    outcome_with(&SYSTEM, &text, &mut draft);
    let import = draft.finish().import;
    assert_eq!(import.level(), Some(Level::Warning));
    assert_eq!(import.settings["cluster"], "us-central1-a.production");
    let rules = &import.settings["policy"]["clusterAdmissionRules"];
    assert_eq!(
        rules,
        &exported(
            "us-central1-a.production: {evaluationMode: REQUIRE_ATTESTATION, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG, requireAttestationsBy: [projects/p/attestors/build]}"
        )
    );
}

/// `terraform show -json PLAN` leaves out what is known only after the plan is applied.
#[test]
fn unknown_values_of_a_plan_are_reported() {
    let policy = policy_of(
        "p",
        &json!({"default_admission_rule": [
            {"evaluation_mode": "REQUIRE_ATTESTATION", "enforcement_mode": "ENFORCED_BLOCK_AND_AUDIT_LOG"},
        ]}),
    );
    let plan = json!({
        "format_version": "1.2", "terraform_version": "1.13.5",
        "planned_values": {"root_module": {"resources": [policy]}},
        "resource_changes": [{
            "address": "google_binary_authorization_policy.policy", "type": "google_binary_authorization_policy",
            "change": {"actions": ["create"], "before": null, "after_unknown": {
                "id": true, "default_admission_rule": [{"require_attestations_by": true}],
            }},
        }],
    });
    let outcome = outcome(&SYSTEM, &plan.to_string(), None);
    outcome.says(&[(
        "1",
        Level::Lacking,
        "known after the plan is applied: require_attestations_by",
    )]);
}

#[test]
fn settings_have_one_policy() {
    let default = json!({"default_admission_rule": rule("ALWAYS_ALLOW", &Value::Null)});
    let resources = json!([policy_of("p", &default), policy_of("q", &default)]);
    let outcome = outcome(&SYSTEM, &state(&resources), None);
    outcome.says(&[(
        "1",
        Level::Error,
        "this policy is of the project `q`, and another is of `p`",
    )]);
}

#[test]
fn an_argument_that_is_not_known_is_reported() {
    let policy = policy_of(
        "p",
        &json!({"default_admission_rule": rule("ALWAYS_DENY", &Value::Null), "new_argument": [1]}),
    );
    let outcome = outcome(&SYSTEM, &state(&json!([policy])), None);
    outcome.says(&[("1", Level::Lacking, "does not know `new_argument`")]);
}

#[test]
fn other_states_are_not_of_binary_authorization() {
    let network = resource("google_compute_network", "main", &json!({"name": "main"}));
    let state: Value = serde_json::from_str(&state(&json!([network]))).unwrap();
    assert!(!reads(&state));
}
