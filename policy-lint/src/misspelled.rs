//! Settings of which a key is misspelled.

use crate::document::{Document, Origin, SETTINGS_KEYS, Settings};
use crate::schema::Schema;
use crate::source::{Entry, Node, Shape};
use crate::spelling::closest;

/// Recognizes a document like [`Document::of`], and also settings without a single key as it should be.
pub(crate) fn document<'n>(node: &'n Node, text: &'n str) -> Document<'n> {
    match Document::of(node, text) {
        Document::Other if is_settings(node) => {
            Document::Settings(Settings::new(node, Origin::Settings, text))
        }
        document => document,
    }
}

/// Whether all keys are one edit away from keys of settings, or are such keys, and one is misspelled for certain.
fn is_settings(node: &Node) -> bool {
    let schema = Schema::of(Origin::Settings);
    let is_near = |entry: &Entry| {
        schema
            .fields()
            .any(|(name, _)| edits(&entry.key, name) <= 1)
    };
    let entries = node.entries();
    entries.iter().all(is_near) && entries.iter().any(|entry| key(entry).is_some())
}

/// Returns the key of settings that is one edit away from a key, if the value is like one of settings.
pub(crate) fn key(entry: &Entry) -> Option<&'static str> {
    let key = closest(&entry.key, SETTINGS_KEYS.iter().copied())?;
    (edits(&entry.key, key) == 1 && has_fields_of(key, &entry.value)).then_some(key)
}

fn edits(written: &str, name: &str) -> usize {
    strsim::damerau_levenshtein(written, name)
}

/// Whether a value is an empty mapping, or most of its fields, or of those of its first item, are those of a key of
/// settings.
fn has_fields_of(key: &str, value: &Node) -> bool {
    if matches!(&value.shape, Shape::Map(entries) if entries.is_empty()) {
        return true;
    }
    let schema = Schema::of(Origin::Settings).step(Some(key));
    let (schema, value) = match &value.shape {
        Shape::List(items) => (schema.step(None), items.first().unwrap_or(value)),
        _ => (schema, value),
    };
    let is_known = |entry: &&Entry| schema.fields().any(|(name, _)| name == entry.key);
    let known = value.entries().iter().filter(is_known).count();
    known.saturating_mul(2) > value.entries().len()
}
