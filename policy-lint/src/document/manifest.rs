//! Kubewarden's policies, as far as they say when and with what a module is asked.

use super::{Origin, Settings};
use crate::source::{Entry, Node, Span, pointed_at};

/// A `ClusterAdmissionPolicy` or `AdmissionPolicy`
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manifest<'n> {
    /// The whole document
    pub(crate) root: &'n Node,
    /// `spec`, where there is one
    pub(crate) spec: Option<&'n Node>,
    /// The file that it stands in
    text: &'n str,
}

/// One entry of `spec.rules`
#[derive(Debug, Clone, Copy)]
pub(crate) struct WebhookRule<'n>(pub(crate) &'n Node);

impl<'n> Manifest<'n> {
    /// Reads a document, if it is one.
    pub(crate) fn of(root: &'n Node, text: &'n str) -> Option<Self> {
        let is_group = root
            .text_of("apiVersion")
            .starts_with("policies.kubewarden.io/");
        let is_kind = ["ClusterAdmissionPolicy", "AdmissionPolicy"].contains(&root.text_of("kind"));
        (is_group && is_kind).then(|| Self {
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

    /// The same with its key.
    #[must_use]
    pub(crate) fn entry(&self, key: &str) -> Option<&'n Entry> {
        self.spec?.entry(key)
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

    /// When the module is asked.
    #[must_use]
    pub(crate) fn rules(&self) -> Vec<WebhookRule<'n>> {
        let rules = self.get("rules").map(Node::items).unwrap_or_default();
        rules.iter().map(WebhookRule).collect()
    }

    /// Where to point when the whole is meant: its name.
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
