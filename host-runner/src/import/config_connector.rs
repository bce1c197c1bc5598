//! Config Connector: its kinds `BinaryAuthorizationPolicy`, `BinaryAuthorizationAttestor` and
//! `BinaryAuthorizationPlatformPolicy`, with the `ContainerAnalysisNotes` and Projects that they refer to.
//!
//! Fields are those of the API, but for references: an object by its `name`, or a resource as `external`. Names are
//! those of Config Connector 1.140 (`v1beta1`, platform policies `v1alpha1`).

use serde_json::{Value, json};

use super::draft::Draft;
use super::google::{Fields, Found, resource_name};
use super::source::{At, Document};
use super::system::{System, is_object};
use crate::terminal::printable;
use policy_wasm::RuleKind;

const GROUP: &str = "binaryauthorization.cnrm.cloud.google.com";
const POLICY: &str = "BinaryAuthorizationPolicy";
const ATTESTOR: &str = "BinaryAuthorizationAttestor";
const PLATFORM_POLICY: &str = "BinaryAuthorizationPlatformPolicy";
const NOTE: (&str, &str) = (
    "containeranalysis.cnrm.cloud.google.com",
    "ContainerAnalysisNote",
);
const PROJECT: (&str, &str) = ("resourcemanager.cnrm.cloud.google.com", "Project");

/// The row of the table
pub(super) const SYSTEM: System = System {
    name: "config-connector",
    title: "Config Connector",
    reads,
    import,
    has_google_documents: true,
};

/// Whether a document is one of these kinds.
fn reads(document: &Value) -> bool {
    let is_referred = |(group, kind): (&str, &str)| is_object(document, group, &[kind]);
    is_object(document, GROUP, &[POLICY, ATTESTOR, PLATFORM_POLICY])
        || is_referred(NOTE)
        || is_referred(PROJECT)
}

/// Takes the objects over.
fn import(documents: &[Document], draft: &mut Draft) {
    let objects = Objects(documents);
    let mut found = Found::default();
    for document in documents {
        let root = document.root();
        let Some(spec) = root.get("spec") else {
            continue;
        };
        match root.text_of("kind") {
            POLICY => {
                let policy = objects.policy(&root, &spec, draft);
                let project = objects.project(&root, draft);
                found.policies.push((project, policy.export(spec.place())));
            }
            ATTESTOR => {
                let attestor = objects.attestor(&root, &spec, draft);
                found.attestors.push(attestor.export(spec.place()));
            }
            PLATFORM_POLICY => {
                let policy = objects.platform_policy(&root, &spec, draft);
                found.platform_policies.push(policy.export(spec.place()));
            }
            _ => {}
        }
    }
    found.take_over(draft);
}

/// All objects that were given
struct Objects<'d>(&'d [Document]);

impl<'d> Objects<'d> {
    fn policy(&self, object: &At<'d>, spec: &At<'d>, draft: &mut Draft) -> Fields {
        let maps = RuleKind::ALL.map(RuleKind::map_name);
        let copied = [
            "description",
            "globalPolicyEvaluationMode",
            "admissionWhitelistPatterns",
        ];
        let known = [
            &["projectRef", "defaultAdmissionRule"],
            &copied[..],
            &maps[..],
        ]
        .concat();
        spec.only(&known, &mut draft.findings);
        let mut policy = Fields::default();
        policy.values(spec, &copied);
        if let Some(rule) = spec.get("defaultAdmissionRule") {
            policy.set("defaultAdmissionRule", self.rule(object, &rule, draft));
        }
        for map in maps {
            let Some(rules) = spec.get(map) else {
                continue;
            };
            let mut converted = Fields::default();
            for (key, rule) in rules.entries() {
                converted.set(key, self.rule(object, &rule, draft));
            }
            policy.set(map, converted.into_value());
        }
        policy
    }

    fn rule(&self, object: &At<'d>, rule: &At<'d>, draft: &mut Draft) -> Value {
        let copied = ["evaluationMode", "enforcementMode"];
        let known = [&["requireAttestationsBy"], &copied[..]].concat();
        rule.only(&known, &mut draft.findings);
        let mut fields = Fields::default();
        fields.values(rule, &copied);
        let references = rule.items_of("requireAttestationsBy");
        let names = references.iter().map(|reference| {
            let found = self.referred(object, reference, (GROUP, ATTESTOR), "attestors", draft);
            found.map_or_else(|| reference.to_json(), Value::from)
        });
        fields.list("requireAttestationsBy", &names.collect::<Vec<_>>());
        fields.into_value()
    }

    fn attestor(&self, object: &At<'d>, spec: &At<'d>, draft: &mut Draft) -> Fields {
        let known = [
            "description",
            "projectRef",
            "resourceID",
            "userOwnedDrydockNote",
        ];
        spec.only(&known, &mut draft.findings);
        let mut attestor = Fields::default();
        let name = self.own_name(object, "attestors", draft);
        attestor.set("name", json!(name));
        attestor.values(spec, &["description"]);
        let Some(note) = spec.get("userOwnedDrydockNote") else {
            return attestor;
        };
        note.only(&["noteRef", "publicKeys"], &mut draft.findings);
        let mut fields = Fields::default();
        let reference = note.get("noteRef");
        let referred =
            reference.and_then(|reference| self.referred(object, &reference, NOTE, "notes", draft));
        if let Some(name) = referred {
            fields.set("noteReference", json!(name));
        }
        fields.values(&note, &["publicKeys"]);
        attestor.set("userOwnedGrafeasNote", fields.into_value());
        attestor
    }

    fn platform_policy(&self, object: &At<'d>, spec: &At<'d>, draft: &mut Draft) -> Fields {
        let copied = ["description", "gkePolicy"];
        let known = [&["platform", "projectRef", "resourceID"], &copied[..]].concat();
        spec.only(&known, &mut draft.findings);
        let kind = format!("platforms/{}/policies", spec.text_of("platform"));
        let mut policy = Fields::default();
        let name = self.own_name(object, &kind, draft);
        policy.set("name", json!(name));
        policy.values(spec, &copied);
        policy
    }

    /// The resource name of an object.
    fn own_name(&self, object: &At<'d>, kind: &str, draft: &mut Draft) -> String {
        resource_name(id(object), &self.project(object, draft), kind)
    }

    /// The resource name that a reference means; `None`, with a finding, if it means none.
    fn referred(
        &self,
        from: &At<'d>,
        reference: &At<'d>,
        (group, kind): (&str, &str),
        kinds: &str,
        draft: &mut Draft,
    ) -> Option<String> {
        if let Some(external) = reference
            .get("external")
            .and_then(|external| external.text())
        {
            let project = self.project(from, draft);
            return Some(resource_name(external, &project, kinds));
        }
        let name = reference.text_of("name");
        if name.is_empty() {
            draft.lost(reference, "the reference has neither `name` nor `external`");
            return None;
        }
        let namespace = match reference.text_of("namespace") {
            "" => namespace(from),
            namespace => namespace,
        };
        match self.find(group, kind, namespace, name) {
            Some(object) => Some(self.own_name(&object, kinds, draft)),
            None => {
                let message = format!("no file has the {kind} `{}`", printable(name));
                draft.warn(
                    reference,
                    format!("{message}; it is taken for one of the same project"),
                );
                draft.help(format!(
                    "give the output of `kubectl get {kind} {name} -o yaml` as well"
                ));
                Some(resource_name(name, &self.project(from, draft), kinds))
            }
        }
    }

    /// The id of the project that an object belongs to.
    fn project(&self, object: &At<'d>, draft: &mut Draft) -> String {
        let reference = object.at(&["spec", "projectRef"]);
        if let Some(reference) = &reference {
            if let Some(external) = reference
                .get("external")
                .and_then(|external| external.text())
            {
                return external.trim_start_matches("projects/").to_owned();
            }
            let namespace = match reference.text_of("namespace") {
                "" => namespace(object),
                namespace => namespace,
            };
            let name = reference.text_of("name");
            let project = self.find(PROJECT.0, PROJECT.1, namespace, name);
            return project.map_or(name, |project| id(&project)).to_owned();
        }
        let annotation = object.at(&[
            "metadata",
            "annotations",
            "cnrm.cloud.google.com/project-id",
        ]);
        let annotation = annotation.and_then(|annotation| annotation.text());
        let project = annotation.unwrap_or_else(|| namespace(object));
        if project.is_empty() {
            draft.lost(
                object,
                "neither `projectRef`, nor an annotation, nor a namespace names the project",
            );
            return "project".to_owned();
        }
        project.to_owned()
    }

    fn find(&self, group: &str, kind: &str, namespace: &str, name: &str) -> Option<At<'d>> {
        let mut objects = self.0.iter().map(Document::root);
        objects.find(|object| {
            let version = object.text_of("apiVersion");
            let found = object.at(&["metadata", "name"]);
            version.split('/').next() == Some(group)
                && object.text_of("kind") == kind
                && found.is_some_and(|found| found.text() == Some(name))
                && self::namespace(object) == namespace
        })
    }
}

/// The last segment of an object's resource name.
fn id<'d>(object: &At<'d>) -> &'d str {
    let id = object.at(&["spec", "resourceID"]);
    let id = id.or_else(|| object.at(&["metadata", "name"]));
    id.and_then(|id| id.text()).unwrap_or_default()
}

fn namespace<'d>(object: &At<'d>) -> &'d str {
    let namespace = object.at(&["metadata", "namespace"]);
    namespace
        .and_then(|namespace| namespace.text())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
