//! Grants as manifests: roles, namespaces and bindings.

use super::{Grants, Note, Subject};
use crate::export::webhook::WebhookRule;
use crate::yaml;

const CREATOR: &str = "countersign-policy-creator";
const ATTESTOR: &str = "countersign-attestor";
const DEPLOYER: &str = "countersign-deployer";
const READER: &str = "countersign-attestation-reader";

const HEAD: &str = "\
# The roles of Binary Authorization: policy creator, attestor and deployer. No account should hold two of
# them, because it could then admit its own images without review.
#
# Attestors are separated by namespaces, because RBAC cannot restrict `create` by name: each note has its
# own namespace, and only its attestor writes there. Never bind countersign-attestor with a
# ClusterRoleBinding: the account could then write to the namespaces of all other attestors.
";

const CREATOR_RULES: &str = "  \
  # A policy names its module and the resources that the module reads with the policy server's account, so a
  # policy creator can do everything that this account can.
  - apiGroups: [policies.kubewarden.io]
    resources: [clusteradmissionpolicies]
    verbs: [create, delete, get, list, patch, update, watch]
  - apiGroups: [policies.kubewarden.io]
    resources: [clusteradmissionpolicies/status]
    verbs: [get]
";

const ATTESTOR_RULES: &str = "  \
  # An attestation is added to an existing object by get and patch.
  - apiGroups: [countersign.dev]
    resources: [attestations]
    verbs: [create, get, patch]
";

const DEPLOYER_NOTE: &str = "  \
  # Bind it with a RoleBinding in each namespace to deploy to. It cannot change namespaces, whose labels a
  # policy's selector may use. Pods can run as any service account of their namespace, so keep the accounts
  # of attestors, policy creators and the policy server in other namespaces.
";

const DEPLOYER_REST: &str = "  \
  # For scaling, and for finding out why a Pod does not start.
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
  # For the policy server, which gets attestations by name, and for deployers, to find out why an image was
  # denied.
  - apiGroups: [countersign.dev]
    resources: [attestations]
    verbs: [get]
";

const UNBOUND: &str = "\
# No account holds these roles yet. Bind them, and create a namespace for each note, with:
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
            format!("# No account attests here yet: --attestor-account {name}=NAMESPACE/NAME\n")
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
