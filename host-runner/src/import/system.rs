//! The systems whose policies `countersign import --from` reads, one row each.

use serde_json::Value;

use super::draft::Draft;
use super::source::Document;

/// A system with its importer
#[derive(Debug)]
pub(crate) struct System {
    /// Value of `--from`
    pub(crate) name: &'static str,
    /// Name in messages
    pub(crate) title: &'static str,
    /// Whether a document is one of its policies, or is read beside them
    pub(crate) reads: fn(&Value) -> bool,
    /// Writes what the documents demand to the draft, and reports everything else
    pub(crate) import: fn(&[Document], &mut Draft),
    /// Whether its documents are Google's in another spelling
    pub(crate) has_google_documents: bool,
}

impl System {
    /// All systems, in the order of help
    pub(crate) const ALL: &[Self] = &[
        super::kritis::SYSTEM,
        super::policy_controller::SYSTEM,
        super::connaisseur::SYSTEM,
        super::kyverno::SYSTEM,
        super::kubewarden::SYSTEM,
        super::terraform::SYSTEM,
        super::config_connector::SYSTEM,
    ];

    /// The values of `--from`.
    pub(crate) fn names() -> Vec<&'static str> {
        Self::ALL.iter().map(|system| system.name).collect()
    }

    pub(crate) fn by_name(name: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|system| system.name == name)
    }

    /// The system that reads a document, or an item of a Kubernetes list.
    pub(crate) fn of(document: &Value) -> Option<&'static Self> {
        let of_one = |one: &Value| Self::ALL.iter().find(|system| (system.reads)(one));
        let items = document.get("items").and_then(Value::as_array);
        of_one(document).or_else(|| items?.iter().find_map(of_one))
    }
}

/// Whether a document is a Kubernetes object of an API group, and of one of the kinds if there are any.
pub(crate) fn is_object(document: &Value, group: &str, kinds: &[&str]) -> bool {
    let text = |key: &str| document.get(key).and_then(Value::as_str);
    let version = text("apiVersion").unwrap_or_default();
    let is_group = version
        .split_once('/')
        .is_some_and(|(found, _)| found == group);
    is_group && (kinds.is_empty() || text("kind").is_some_and(|kind| kinds.contains(&kind)))
}
