//! Terraform: the resources of Binary Authorization in the output of `terraform show -json`, for a state or a plan.
//!
//! Names are those of the provider `hashicorp/google` 7. Blocks are lists of objects, and absent texts are empty.

use serde_json::{Value, json};

use super::draft::Draft;
use super::google::{Fields, Found, resource_name};
use super::source::{At, Document};
use super::system::System;
use crate::terminal::printable;

const POLICY: &str = "google_binary_authorization_policy";
const ATTESTOR: &str = "google_binary_authorization_attestor";

/// The row of the table
pub(super) const SYSTEM: System = System {
    name: "terraform",
    title: "Terraform",
    reads,
    import,
    has_google_documents: true,
};

/// Whether a document is the output of `terraform show -json` with resources of Binary Authorization.
fn reads(document: &Value) -> bool {
    let is_output = ["format_version", "terraform_version"]
        .iter()
        .all(|key| document.get(*key).is_some_and(Value::is_string));
    is_output && has_resource(document)
}

fn has_resource(value: &Value) -> bool {
    match value {
        Value::Object(fields) => {
            let kind = fields.get("type").and_then(Value::as_str);
            kind.is_some_and(|kind| [POLICY, ATTESTOR].contains(&kind))
                || fields.values().any(has_resource)
        }
        Value::Array(items) => items.iter().any(has_resource),
        _ => false,
    }
}

/// Takes the resources over.
fn import(documents: &[Document], draft: &mut Draft) {
    let mut found = Found::default();
    for document in documents {
        let root = document.root();
        for resource in resources(&root) {
            let Some(values) = resource.get("values") else {
                continue;
            };
            match resource.text_of("type") {
                POLICY => {
                    report_unknown(&root, &resource, draft);
                    let project = values.text_of("project").to_owned();
                    let policy = policy(&values, &project, draft);
                    found
                        .policies
                        .push((project, policy.export(values.place())));
                }
                ATTESTOR => {
                    report_unknown(&root, &resource, draft);
                    let attestor = attestor(&values, draft);
                    found.attestors.push(attestor.export(values.place()));
                }
                _ => {}
            }
        }
    }
    found.take_over(draft);
}

/// The managed resources of all modules, of a state or as a plan leaves them.
fn resources<'d>(root: &At<'d>) -> Vec<At<'d>> {
    let mut resources = Vec::new();
    let state = ["values", "planned_values"]
        .iter()
        .find_map(|key| root.at(&[key, "root_module"]));
    let mut modules: Vec<_> = state.into_iter().collect();
    while let Some(module) = modules.pop() {
        let is_managed = |resource: &At<'_>| resource.text_of("mode") == "managed";
        let own = module.items_of("resources");
        resources.extend(own.into_iter().filter(is_managed));
        modules.extend(module.items_of("child_modules"));
    }
    resources
}

fn policy(values: &At<'_>, project: &str, draft: &mut Draft) -> Fields {
    let known = [
        "admission_whitelist_patterns",
        "cluster_admission_rules",
        "default_admission_rule",
        "description",
        "global_policy_evaluation_mode",
    ];
    values.only(&[&known[..], &COMPUTED].concat(), &mut draft.findings);
    let mut policy = Fields::default();
    let names = [
        ("description", "description"),
        (
            "global_policy_evaluation_mode",
            "globalPolicyEvaluationMode",
        ),
    ];
    policy.texts(values, &names);
    let patterns = values.items_of("admission_whitelist_patterns");
    let patterns = patterns.iter().map(|pattern| {
        pattern.only(&["name_pattern"], &mut draft.findings);
        let mut fields = Fields::default();
        fields.texts(pattern, &[("name_pattern", "namePattern")]);
        fields.into_value()
    });
    let patterns: Vec<_> = patterns.collect();
    policy.list("admissionWhitelistPatterns", &patterns);
    if let Some(default) = values.items_of("default_admission_rule").first() {
        policy.set("defaultAdmissionRule", rule(default, project, draft));
    }
    let mut of_clusters = Fields::default();
    for of_cluster in values.items_of("cluster_admission_rules") {
        let cluster = of_cluster.text_of("cluster");
        of_clusters.set(cluster, rule(&of_cluster, project, draft));
    }
    policy.map("clusterAdmissionRules", of_clusters);
    policy
}

fn rule(block: &At<'_>, project: &str, draft: &mut Draft) -> Value {
    let known = [
        "cluster",
        "evaluation_mode",
        "enforcement_mode",
        "require_attestations_by",
    ];
    block.only(&known, &mut draft.findings);
    let mut rule = Fields::default();
    let names = [
        ("evaluation_mode", "evaluationMode"),
        ("enforcement_mode", "enforcementMode"),
    ];
    rule.texts(block, &names);
    let attestors = block.items_of("require_attestations_by");
    let attestors = attestors.iter().map(|attestor| match attestor.text() {
        Some(name) => json!(resource_name(name, project, "attestors")),
        None => attestor.to_json(),
    });
    rule.list("requireAttestationsBy", &attestors.collect::<Vec<_>>());
    rule.into_value()
}

fn attestor(values: &At<'_>, draft: &mut Draft) -> Fields {
    let known = ["attestation_authority_note", "description", "name"];
    values.only(&[&known[..], &COMPUTED].concat(), &mut draft.findings);
    let project = values.text_of("project");
    let mut attestor = Fields::default();
    let name = resource_name(values.text_of("name"), project, "attestors");
    attestor.set("name", json!(name));
    attestor.texts(values, &[("description", "description")]);
    let Some(block) = values
        .items_of("attestation_authority_note")
        .into_iter()
        .next()
    else {
        return attestor;
    };
    let known = [
        "note_reference",
        "public_keys",
        "delegation_service_account_email",
    ];
    block.only(&known, &mut draft.findings);
    let mut note = Fields::default();
    let reference = resource_name(block.text_of("note_reference"), project, "notes");
    note.set("noteReference", json!(reference));
    let keys = block.items_of("public_keys");
    let keys = keys.iter().map(|key| public_key(key, draft));
    note.list("publicKeys", &keys.collect::<Vec<_>>());
    attestor.set("userOwnedGrafeasNote", note.into_value());
    attestor
}

fn public_key(block: &At<'_>, draft: &mut Draft) -> Value {
    let known = [
        "ascii_armored_pgp_public_key",
        "comment",
        "id",
        "pkix_public_key",
    ];
    block.only(&known, &mut draft.findings);
    let mut key = Fields::default();
    let names = [
        ("id", "id"),
        ("comment", "comment"),
        ("ascii_armored_pgp_public_key", "asciiArmoredPgpPublicKey"),
    ];
    key.texts(block, &names);
    if let Some(block) = block.items_of("pkix_public_key").first() {
        let mut pkix = Fields::default();
        let names = [
            ("public_key_pem", "publicKeyPem"),
            ("signature_algorithm", "signatureAlgorithm"),
        ];
        pkix.texts(block, &names);
        key.set("pkixPublicKey", pkix.into_value());
    }
    key.into_value()
}

/// Arguments that say nothing about decisions
const COMPUTED: [&str; 4] = ["id", "project", "timeouts", "deletion_policy"];

/// Reports values that a plan does not know before it is applied.
fn report_unknown(root: &At<'_>, resource: &At<'_>, draft: &mut Draft) {
    let address = resource.text_of("address");
    let changes = root.items_of("resource_changes");
    let change = changes
        .iter()
        .find(|change| change.text_of("address") == address);
    let unknown = change.and_then(|change| change.at(&["change", "after_unknown"]));
    let unknown = unknown.map(|unknown| unknown.to_json()).unwrap_or_default();
    let mut names = Vec::new();
    collect_unknown(&unknown, "", &mut names);
    names.retain(|name| !COMPUTED.contains(name) && *name != "delegation_service_account_email");
    if names.is_empty() {
        return;
    }
    let message = format!(
        "values of {} are known after the plan is applied: {}",
        printable(address),
        names.join(", ")
    );
    draft.lost(resource, message);
    draft.help("apply the plan, and give the output of `terraform show -json` for the state");
}

/// The names of arguments that are `true` in `after_unknown`.
fn collect_unknown<'v>(value: &'v Value, name: &'v str, names: &mut Vec<&'v str>) {
    match value {
        Value::Bool(true) if !names.contains(&name) => names.push(name),
        Value::Array(items) => items
            .iter()
            .for_each(|item| collect_unknown(item, name, names)),
        Value::Object(fields) => fields
            .iter()
            .for_each(|(name, value)| collect_unknown(value, name, names)),
        _ => {}
    }
}

#[cfg(test)]
mod tests;
