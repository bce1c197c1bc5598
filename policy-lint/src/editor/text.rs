//! A document as an editor has it.

use policy_wasm::Code;

use crate::apart::without_malformed;
use crate::config::is_config;
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Document, SETTINGS_KEYS, Settings};
use crate::misspelled;
use crate::source::{Node, SourceFile, documents};

/// Whether settings are recognized by a key.
#[must_use]
pub fn is_settings_key(key: &str) -> bool {
    SETTINGS_KEYS.contains(&key)
}

/// A text with its YAML documents; those that are malformed are left out
#[derive(Debug, Clone)]
pub struct Text {
    source: SourceFile,
    pub(super) documents: Vec<Node>,
    is_readable: bool,
}

impl Text {
    /// Reads a text whose places are in a file of this index.
    #[must_use]
    pub fn new(name: &str, text: &str, file: usize) -> Self {
        let source = SourceFile::new(name, text);
        let (documents, is_readable) = match source.parse(file) {
            Ok(documents) => (documents, true),
            Err(_) => {
                let (rest, _) = without_malformed(&source, file, documents(text));
                let rest = SourceFile::new("", rest).parse(file);
                (rest.unwrap_or_default(), false)
            }
        };
        Self {
            source,
            documents,
            is_readable,
        }
    }

    /// Returns its name and text.
    #[must_use]
    pub const fn source(&self) -> &SourceFile {
        &self.source
    }

    /// Whether no document is malformed.
    #[must_use]
    pub const fn is_readable(&self) -> bool {
        self.is_readable
    }

    /// Whether one of its documents is for this program.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.documents.iter().any(|node| match self.kind(node) {
            Document::Settings(_) | Document::Manifest(_) | Document::Suite(_) => true,
            Document::Unknown(_) => false,
            Document::Other => is_config(node),
        })
    }

    /// Returns a finding about a misspelled key, if but for it a document would be settings.
    #[must_use]
    pub fn misspelled(&self) -> Option<Diagnostic> {
        let others = self.documents.iter();
        let mut others = others.filter(|node| matches!(self.kind(node), Document::Other));
        others.find_map(finding)
    }

    /// Returns the path of the settings that a suite in the text names.
    #[must_use]
    pub fn suite_settings(&self) -> Option<&str> {
        self.documents.iter().find_map(|node| {
            let is_suite = matches!(self.kind(node), Document::Suite(_));
            is_suite.then(|| node.get("settings")?.text()).flatten()
        })
    }

    /// Returns the kind of one of its documents.
    pub(super) fn kind<'n>(&'n self, node: &'n Node) -> Document<'n> {
        misspelled::document(node, self.source.text())
    }

    /// Returns the first settings, also those of a manifest.
    pub(super) fn settings(&self) -> Option<Settings<'_>> {
        self.documents
            .iter()
            .find_map(|node| match self.kind(node) {
                Document::Settings(settings) => Some(settings),
                Document::Manifest(manifest) => {
                    manifest.parts().iter().find_map(|part| part.settings())
                }
                Document::Suite(_) | Document::Unknown(_) | Document::Other => None,
            })
    }
}

/// Returns a finding about a key that is one edit away from a key of settings, where the value is like one of settings:
/// most other documents are not for this program.
fn finding(document: &Node) -> Option<Diagnostic> {
    if document.get("apiVersion").is_some() || document.get("kind").is_some() {
        return None;
    }
    let mut entries = document.entries().iter();
    let (entry, key) = entries.find_map(|entry| Some((entry, misspelled::key(entry)?)))?;
    let message = format!("unknown field `{}`", entry.key);
    let finding = Diagnostic::new(entry.key_span, "", message)
        .coded(Code::SettingsUnknownField.as_str())
        .help(format!("did you mean `{key}`?"));
    Some(Diagnostic {
        severity: Severity::Warning,
        ..finding
    })
}
