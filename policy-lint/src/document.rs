//! Kinds of YAML documents, recognized by their content and never by the file name.

mod evidence;
mod glob;
mod image_policy;
mod keys;
mod lines;
mod manifest;
pub(crate) mod registry;
mod settings;
mod sigstore;
mod workflow_name;

use policy_wasm::RuleKind;

use crate::read::API_VERSION;
use crate::source::{Node, Shape};
use crate::suite;

pub(crate) use evidence::Occurrence;
pub(crate) use glob::{AllowParts, Coverage, Glob, Wildcard, covers};
pub(crate) use image_policy::{Effect, ImageRule, Quorum, RulePattern};
pub(crate) use keys::{Key, Owner};
pub(crate) use manifest::SETTINGS_KEYS;
pub(crate) use manifest::{Manifest, WebhookRule, is_own};
pub use policy_text::name::{is_dns_label, is_dns_subdomain};
pub(crate) use settings::{
    AdmissionRule, Attestor, Check, CheckSet, Language, NOTES, Origin, Pattern, Settings,
};
pub(crate) use sigstore::{Identity, IdentitySet, Root, SetUse};

/// Kind of a document
#[derive(Debug)]
pub(crate) enum Document<'n> {
    /// Settings, or a single document of Google's
    Settings(Settings<'n>),
    /// A policy of Kubewarden; its settings are linted as settings too
    Manifest(Manifest<'n>),
    /// Tests of a policy
    Suite(&'n Node),
    /// An unknown kind of Countersign's or Kubewarden's API
    Unknown(&'n Node),
    /// Something else, such as the manifest of a workload
    Other,
}

/// Kinds of Countersign's API
const OWN_KINDS: &[&str] = &[
    "Attestation",
    "Decision",
    "DiffReport",
    "LintConfig",
    "LintReport",
    "TestReport",
    suite::KIND,
];

const KUBEWARDEN_KINDS: &[&str] = &[
    "AdmissionPolicy",
    "AdmissionPolicyGroup",
    "ClusterAdmissionPolicy",
    "ClusterAdmissionPolicyGroup",
    "PolicyServer",
];

/// Keys of a project-singleton policy beside its maps of rules
const POLICY_KEYS: &[&str] = &["defaultAdmissionRule", "admissionWhitelistPatterns"];

impl<'n> Document<'n> {
    /// Recognizes a document, given the text of its file.
    pub(crate) fn of(node: &'n Node, text: &'n str) -> Self {
        let has = |keys: &[&str]| keys.iter().any(|key| node.get(key).is_some());
        let version = node.text_of("apiVersion");
        if node.text_of("kind") == suite::KIND {
            return Self::Suite(node);
        }
        if let Some(manifest) = Manifest::of(node, text) {
            return if manifest.is_own() {
                Self::Manifest(manifest)
            } else {
                Self::Other
            };
        }
        let kind = node.text_of("kind");
        let groups = [
            (API_VERSION, OWN_KINDS),
            ("policies.kubewarden.io/", KUBEWARDEN_KINDS),
        ];
        if let Some((_, kinds)) = groups.iter().find(|(group, _)| version.starts_with(group))
            && !kinds.contains(&kind)
        {
            return Self::Unknown(node.get("kind").unwrap_or(node));
        }
        if !version.is_empty() || !matches!(node.shape, Shape::Map(_)) {
            return Self::Other;
        }
        // Connaisseur's configuration
        let is_list =
            |key| matches!(node.get(key), Some(value) if matches!(value.shape, Shape::List(_)));
        if is_list("policy") && is_list("validators") {
            return Self::Other;
        }
        if has(POLICY_KEYS) || has(&RuleKind::ALL.map(RuleKind::map_name)) {
            Self::Settings(Settings::new(node, Origin::SingletonPolicy, text))
        } else if has(&["gkePolicy", "cloudRunPolicy"]) {
            Self::Settings(Settings::new(node, Origin::PlatformPolicy, text))
        } else if has(SETTINGS_KEYS) {
            Self::Settings(Settings::new(node, Origin::Settings, text))
        } else {
            Self::Other
        }
    }
}
