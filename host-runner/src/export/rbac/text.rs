//! Grants as manifests: roles, namespaces and bindings.

use super::{Grants, Note, Subject};
use crate::export::webhook::WebhookRule;
use crate::yaml;

const CREATOR: &str = "countersign-policy-creator";
const ATTESTOR: &str = "countersign-attestor";
const DEPLOYER: &str = "countersign-deployer";
const READER: &str = "countersign-attestation-reader";

const HEAD: &str = "\
# The roles of Binary Authorization: who writes policies, who attests, who deploys. Nobody should hold two
# of them, since whoever does can let in what nobody else has looked at.
#
# Attestors are kept apart by namespaces, because RBAC cannot restrict `create` by name: each note has a
# namespace of its own, and only its attestor writes there. Never bind countersign-attestor with a
# ClusterRoleBinding: whoever holds it everywhere can fill the namespaces of all others.
";

const CREATOR_RULES: &str = "  \
  # A policy names its module, and what the module may read as the policy server: whoever writes policies
  # can do whatever that server's service account can.
  - apiGroups: [policies.kubewarden.io]
    resources: [clusteradmissionpolicies]
    verbs: [create, delete, get, list, patch, update, watch]
  - apiGroups: [policies.kubewarden.io]
    resources: [clusteradmissionpolicies/status]
    verbs: [get]
";

const ATTESTOR_RULES: &str = "  \
  # To add an attestation to an object that is there, read it and patch it.
  - apiGroups: [countersign.dev]
    resources: [attestations]
    verbs: [create, get, patch]
";

const DEPLOYER_NOTE: &str = "  \
  # Bind it in namespaces to deploy in, by a RoleBinding. It cannot change a namespace, whose labels a
  # selector of a policy may read. Pods run as any service account of their namespace: keep those of
  # attestors, of policy creators and of the policy server elsewhere.
";

const DEPLOYER_REST: &str = "  \
  # To scale, which goes by the size alone, and to see why something does not start.
  - apiGroups: [apps]
    resources: [deployments/scale, replicasets/scale, statefulsets/scale]
    verbs: [get, patch, update]
  - apiGroups: [\"\"]
    resources: [replicationcontrollers/scale]
    verbs: [get, patch, update]
  - apiGroups: [\"\"]
    resources: [events, pods/log]
    verbs: [get, list, watch]
";

const READER_RULES: &str = "  \
  # For the policy server, whose look-up is one GET by name; and for deployers, who may want to know why
  # an image was refused.
  - apiGroups: [countersign.dev]
    resources: [attestations]
    verbs: [get]
";

const UNBOUND: &str = "\
# Nobody holds the roles yet. With settings, there is a namespace for each note as well:
#   countersign export rbac --settings policy.yaml \\
#     --creator-account group:platform-team \\
#     --attestor-account projects/example/notes/build=ci/build \\
#     --deployer-account production=cd/deployer
";

impl Grants {
    /// All manifests, as one file.
    pub(crate) fn text(&self) -> String {
        let mut documents = vec![
            role(CREATOR, CREATOR_RULES),
            role(ATTESTOR, ATTESTOR_RULES),
            role(DEPLOYER, &self.deployer_rules()),
            role(READER, READER_RULES),
        ];
        if !self.creators.is_empty() {
            let creators: Vec<_> = self.creators.iter().collect();
            documents.push(binding(CREATOR, None, &creators));
        }
        for (index, (namespace, _)) in self.deployers.iter().enumerate() {
            let mut earlier = self.deployers.iter().take(index);
            if earlier.all(|(other, _)| other != namespace) {
                let there = self
                    .deployers
                    .iter()
                    .filter(|(other, _)| other == namespace);
                let there: Vec<_> = there.map(|(_, deployer)| deployer).collect();
                documents.push(binding(DEPLOYER, Some(namespace), &there));
            }
        }
        for note in &self.notes {
            self.add_note(note, &mut documents);
        }
        let is_unbound =
            self.notes.is_empty() && self.creators.is_empty() && self.deployers.is_empty();
        let tail = if is_unbound { UNBOUND } else { "" };
        format!("{HEAD}{}{tail}", documents.join("---\n"))
    }

    /// The namespace of a note, who writes and who reads there.
    fn add_note(&self, note: &Note, documents: &mut Vec<String>) {
        let Note { name, namespace } = note;
        let attestors = self.attestors.iter().filter(|(other, _)| other == name);
        let attestors: Vec<_> = attestors.map(|(_, attestor)| attestor).collect();
        let lacks = if attestors.is_empty() {
            format!("# Nobody attests here yet: --attestor-account {name}=NAMESPACE/NAME\n")
        } else {
            String::new()
        };
        documents.push(format!(
            "# Attestations of {name}.\n{lacks}apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {}\n",
            yaml::scalar(namespace)
        ));
        if !attestors.is_empty() {
            documents.push(binding(ATTESTOR, Some(namespace), &attestors));
        }
        let mut readers = vec![&self.policy_server];
        for (_, deployer) in &self.deployers {
            if !readers.contains(&deployer) {
                readers.push(deployer);
            }
        }
        documents.push(binding(READER, Some(namespace), &readers));
    }

    fn deployer_rules(&self) -> String {
        let rules = self.judged.iter().flat_map(|rule| {
            let (subresources, resources): (Vec<_>, Vec<_>) =
                rule.resources.iter().partition(|name| name.contains('/'));
            [
                (resources, "create, delete, get, list, patch, update, watch"),
                // A debugging container is added by a change.
                (subresources, "patch, update"),
            ]
            .map(|(resources, verbs)| rule_text(rule, &resources, verbs))
        });
        let rules: String = rules.collect();
        format!("{DEPLOYER_NOTE}{rules}{DEPLOYER_REST}")
    }
}

fn rule_text(rule: &WebhookRule, resources: &[&String], verbs: &str) -> String {
    if resources.is_empty() {
        return String::new();
    }
    let list = |items: &mut dyn Iterator<Item = &String>| {
        let items: Vec<_> = items.map(|item| yaml::scalar(item)).collect();
        items.join(", ")
    };
    format!(
        "  - apiGroups: [{}]\n    resources: [{}]\n    verbs: [{verbs}]\n",
        list(&mut rule.api_groups.iter()),
        list(&mut resources.iter().copied())
    )
}

fn role(name: &str, rules: &str) -> String {
    format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: {name}\nrules:\n{rules}"
    )
}

/// A binding in a namespace, or everywhere.
fn binding(role: &str, namespace: Option<&str>, subjects: &[&Subject]) -> String {
    let (kind, place) = match namespace {
        Some(namespace) => (
            "RoleBinding",
            format!("  namespace: {}\n", yaml::scalar(namespace)),
        ),
        None => ("ClusterRoleBinding", String::new()),
    };
    let subjects: String = subjects.iter().map(|subject| subject.item()).collect();
    format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata:\n  name: {role}\n{place}\
         roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: {role}\n\
         subjects:\n{subjects}"
    )
}
