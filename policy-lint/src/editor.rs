//! Answers about a document for an editor: pages at the cursor, completion, definitions, and an outline.
//!
//! | to read about | go to |
//! | --- | --- |
//! | a document as an editor has it, malformed parts left out | `text.rs` |
//! | the value at an offset, and the settings or suite around it | `cursor.rs` |
//! | names that one place declares and others use | `names.rs`, `declared.rs` |
//! | the document that is completed, which is mostly malformed | `completion/draft.rs` |
//!
//! Offsets are in bytes, and places are [`Span`]s: file 0 is the document, file 1 the settings of a suite.

mod completion;
mod cursor;
mod declared;
mod hover;
mod names;
mod outline;
#[cfg(test)]
mod tests;
mod text;

use serde_json::Value;

use crate::source::Span;

pub use completion::{Completion, CompletionKind};
pub use hover::Hover;
pub use outline::{Symbol, SymbolKind, symbols};
pub use text::{Text, is_settings_key};

/// An open document, and what its answers depend on
#[derive(Debug, Clone, Copy)]
pub struct Editor<'t> {
    /// The document
    pub text: &'t Text,
    /// The document before it became malformed
    pub readable: Option<&'t Text>,
    /// The settings that the document, a suite, names; places in it are in file 1
    pub settings: Option<&'t Text>,
    /// The JSON Schema of suites
    pub suite_schema: &'t Value,
}

impl Editor<'_> {
    /// Returns the page of the key, name or code at an offset.
    #[must_use]
    pub fn hover(&self, offset: usize) -> Option<Hover> {
        hover::hover(self, offset)
    }

    /// Returns what can be written at an offset.
    #[must_use]
    pub fn complete(&self, offset: usize) -> Vec<Completion> {
        completion::complete(self, offset)
    }

    /// Returns the place that declares the name at an offset.
    #[must_use]
    pub fn definition(&self, offset: usize) -> Option<Span> {
        let found = cursor::find(self.text, offset)?;
        let section = found.section(self.suite_schema)?;
        let (noun, name) = names::used(&section, &found)?;
        let declared = declared::World::of(self, &section).declared(noun);
        declared.into_iter().find(|one| one.name == name)?.span
    }
}
