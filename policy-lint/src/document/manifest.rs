//! Kubewarden's policies and policy groups: modules, settings and webhook rules.

use super::{Origin, Settings};
use crate::source::{Entry, Node, Span, pointed_at};

/// A `ClusterAdmissionPolicy`, an `AdmissionPolicy`, or a group of either
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manifest<'n> {
    /// The whole document
    pub(crate) root: &'n Node,
    /// `spec`, where there is one; of a member of a group its own part
    pub(crate) spec: Option<&'n Node>,
    /// The text of its file
    text: &'n str,
}

const KINDS: [&str; 4] = [
    "AdmissionPolicy",
    "AdmissionPolicyGroup",
    "ClusterAdmissionPolicy",
    "ClusterAdmissionPolicyGroup",
];

/// Keys that settings have and nothing else does
pub(crate) const SETTINGS_KEYS: &[&str] = &[
    "policy",
    "platformPolicies",
    "imagePolicy",
    "systemPolicy",
    "attestors",
    "evidence",
    "deniedDigests",
    "breakGlass",
    "resolveTags",
];

/// One entry of `spec.rules`
#[derive(Debug, Clone, Copy)]
pub(crate) struct WebhookRule<'n>(pub(crate) &'n Node);

impl<'n> Manifest<'n> {
    /// Reads a document, if it is one.
    pub(crate) fn of(root: &'n Node, text: &'n str) -> Option<Self> {
        let is_group = root
            .text_of("apiVersion")
            .starts_with("policies.kubewarden.io/");
        (is_group && KINDS.contains(&root.text_of("kind"))).then(|| Self {
            root,
            spec: root.get("spec"),
            text,
        })
    }

    /// A part of `spec`.
    #[must_use]
    pub(crate) fn get(&self, key: &str) -> Option<&'n Node> {
        self.spec?.get(key)
    }

    /// Like [`Self::get`], with its key.
    #[must_use]
    pub(crate) fn entry(&self, key: &str) -> Option<&'n Entry> {
        self.spec?.entry(key)
    }

    /// Whether it is a group: its policies are asked one by one, and an expression joins the answers.
    #[must_use]
    pub(crate) fn is_group(&self) -> bool {
        self.root.text_of("kind").ends_with("Group")
    }

    /// Whether it belongs to a namespace, and so may read nothing of the cluster.
    #[must_use]
    pub(crate) fn is_namespaced(&self) -> bool {
        self.root.text_of("kind").starts_with("Admission")
    }

    /// The policies of a group by the names that its expression calls; none where it is no group.
    #[must_use]
    pub(crate) fn members(&self) -> &'n [Entry] {
        let policies = self.get("policies").filter(|_| self.is_group());
        policies.map(Node::entries).unwrap_or_default()
    }

    /// The parts that name a module and its settings: the policy itself, or the members of the group
    /// that are ours.
    #[must_use]
    pub(crate) fn parts(&self) -> Vec<Self> {
        if !self.is_group() {
            return vec![*self];
        }
        let member = |entry: &'n Entry| Self {
            spec: Some(&entry.value),
            ..*self
        };
        let members = self.members().iter().map(member);
        members.filter(Self::is_own).collect()
    }

    /// Whether its module is this one: the manifests of other modules look alike, but for the module and
    /// its settings.
    #[must_use]
    pub(crate) fn is_own(&self) -> bool {
        if self.members().iter().any(|entry| is_own(&entry.value)) {
            return true;
        }
        self.spec.is_some_and(is_own)
    }

    /// Its name; empty where it has none.
    #[must_use]
    pub(crate) fn name(&self) -> &'n str {
        let name = self.root.at(&["metadata", "name"]);
        name.and_then(Node::text).unwrap_or_default()
    }

    /// The settings that the policy server hands to the module.
    #[must_use]
    pub(crate) fn settings(&self) -> Option<Settings<'n>> {
        let settings = self.get("settings")?;
        Some(Settings::new(settings, Origin::Settings, self.text))
    }

    /// Returns the webhook rules.
    #[must_use]
    pub(crate) fn rules(&self) -> Vec<WebhookRule<'n>> {
        let rules = self.get("rules").map(Node::items).unwrap_or_default();
        rules.iter().map(WebhookRule).collect()
    }

    /// Returns the place of the manifest as a whole: its name.
    #[must_use]
    pub(crate) fn span(&self) -> Span {
        let name = self.root.at(&["metadata", "name"]);
        pointed_at(name.unwrap_or(self.root))
    }

    /// `spec.mutating`
    #[must_use]
    pub(crate) fn is_mutating(&self) -> bool {
        self.get("mutating").is_some_and(Node::is_true)
    }
}

impl<'n> WebhookRule<'n> {
    /// The resources that it names, with their places.
    #[must_use]
    pub(crate) fn resources(&self) -> Vec<(&'n str, Span)> {
        let items = self.0.items_of("resources").iter();
        items
            .filter_map(|item| Some((item.text()?, item.span)))
            .collect()
    }

    /// Whether the rule brings an operation on a resource of the core group before the policy.
    #[must_use]
    pub(crate) fn covers(&self, resource: &str, operation: &str) -> bool {
        let has = |key: &str, wanted: &str| {
            self.0
                .items_of(key)
                .iter()
                .any(|item| matches!(item.text(), Some("*")) || item.text() == Some(wanted))
        };
        // `*` covers every resource but no subresource, `pods/*` every subresource of one.
        let resources = self.resources();
        let is_covered = |pattern: &str| match resource.split_once('/') {
            None => pattern == resource || pattern == "*" || pattern == "*/*",
            Some((parent, child)) => {
                pattern == resource
                    || pattern == "*/*"
                    || pattern == format!("{parent}/*")
                    || pattern == format!("*/{child}")
            }
        };
        has("apiGroups", "")
            && has("apiVersions", "v1")
            && has("operations", operation)
            && resources.iter().any(|(pattern, _)| is_covered(pattern))
    }
}

/// Whether a mapping names this module, or has its settings.
pub(crate) fn is_own(part: &Node) -> bool {
    let has = |key: &&str| {
        part.get("settings")
            .is_some_and(|node| node.get(key).is_some())
    };
    part.text_of("module").contains("countersign") || SETTINGS_KEYS.iter().any(has)
}
