//! The value at an offset, and what it belongs to.

use serde_json::Value;

use super::text::Text;
use crate::config::is_config;
use crate::document::{Document, Origin, Settings};
use crate::schema::Schema;
use crate::source::{Entry, Node, Shape, Span};

/// The key or value at an offset
#[derive(Debug, Clone)]
pub(super) struct Found<'n> {
    text: &'n Text,
    /// The YAML document
    pub(super) document: &'n Node,
    /// The keys from the document to the place, each `None` for an item of a list
    pub(super) keys: Vec<Option<&'n str>>,
    /// The nearest key with its value
    pub(super) entry: Option<&'n Entry>,
    /// The mapping of the key
    pub(super) mapping: Option<&'n Node>,
    /// The place itself
    pub(super) on: On<'n>,
}

/// A key or a value
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum On<'n> {
    /// The key of [`Found::entry`]
    Key(&'n Entry),
    /// A value
    Value(&'n Node),
}

/// The settings, suite or configuration around a place
#[derive(Debug, Clone)]
pub(super) struct Section<'n> {
    pub(super) kind: Kind<'n>,
    /// The keys within the section
    pub(super) keys: Vec<Option<&'n str>>,
    /// Its JSON Schema; none of a configuration
    pub(super) schema: Option<Schema<'n>>,
}

/// Kind of a section
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind<'n> {
    /// Settings
    Settings(Settings<'n>),
    /// A suite
    Suite(&'n Node),
    /// A configuration of the linter
    Config,
}

/// Finds the key or value at an offset.
pub(super) fn find(text: &Text, offset: usize) -> Option<Found<'_>> {
    let mut documents = text.documents.iter();
    let document = documents.find(|node| covers(node.span, offset))?;
    let mut found = Found {
        text,
        document,
        keys: Vec::new(),
        entry: None,
        mapping: None,
        on: On::Value(document),
    };
    while let On::Value(node) = found.on {
        match &node.shape {
            Shape::Map(entries) => {
                let is_key = |entry: &&Entry| covers(entry.key_span, offset);
                let is_value = |entry: &&Entry| covers(entry.value.span, offset);
                let key = entries.iter().find(is_key);
                let Some(entry) = key.or_else(|| entries.iter().find(is_value)) else {
                    break;
                };
                found.keys.push(Some(&entry.key));
                found.entry = Some(entry);
                found.mapping = Some(node);
                found.on = match key {
                    Some(_) => On::Key(entry),
                    None => On::Value(&entry.value),
                };
            }
            Shape::List(items) => {
                let mut items = items.iter();
                let Some(item) = items.find(|item| covers(item.span, offset)) else {
                    break;
                };
                found.keys.push(None);
                found.on = On::Value(item);
            }
            Shape::Null | Shape::Bool(_) | Shape::Number(_) | Shape::Text(_) => break,
        }
    }
    Some(found)
}

const fn covers(span: Span, offset: usize) -> bool {
    span.start <= offset && offset <= span.end
}

impl<'n> Found<'n> {
    /// Returns the place.
    pub(super) const fn span(&self) -> Span {
        match self.on {
            On::Key(entry) => entry.key_span,
            On::Value(node) => node.span,
        }
    }

    /// Returns the section around the place.
    pub(super) fn section<'s: 'n>(&self, suite_schema: &'s Value) -> Option<Section<'n>> {
        let section = |kind, schema, above: usize| {
            let keys = self.keys.get(above..).unwrap_or_default().to_vec();
            Section { kind, keys, schema }
        };
        let of_settings = |settings: Settings<'n>, above| {
            let schema = Schema::of(settings.origin);
            section(Kind::Settings(settings), Some(schema), above)
        };
        match self.text.kind(self.document) {
            Document::Settings(settings) => Some(of_settings(settings, 0)),
            Document::Manifest(manifest) => {
                let above: usize = if manifest.is_group() { 4 } else { 2 };
                let is_within = |settings: &Settings<'n>| {
                    self.keys.get(above.saturating_sub(1)) == Some(&Some("settings"))
                        && (settings.root.span.contains(self.span()))
                };
                let mut settings = manifest
                    .parts()
                    .into_iter()
                    .filter_map(|one| one.settings());
                Some(of_settings(settings.find(is_within)?, above))
            }
            Document::Suite(node) => Some(section(
                Kind::Suite(node),
                Some(Schema::new(suite_schema)),
                0,
            )),
            Document::Other if is_config(self.document) => Some(section(Kind::Config, None, 0)),
            Document::Other if self.is_begun() => {
                let text = self.text.source().text();
                let settings = Settings::new(self.document, Origin::Settings, text);
                Some(of_settings(settings, 0))
            }
            Document::Unknown(_) | Document::Other => None,
        }
    }

    /// Whether the document may become settings: but for the place itself, it has only keys that settings have.
    fn is_begun(&self) -> bool {
        let schema = Schema::of(Origin::Settings);
        let is_field = |name: &str| schema.fields().any(|(field, _)| field == name);
        let first = self.keys.first().copied().flatten();
        let is_map = matches!(self.document.shape, Shape::Map(_));
        let is_own = |entry: &Entry| is_field(&entry.key) || Some(entry.key.as_str()) == first;
        is_map && self.document.entries().iter().all(is_own)
    }
}
