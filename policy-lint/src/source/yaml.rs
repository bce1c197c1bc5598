//! Values, each with its place, as kubectl reads them: every command takes a document for what the
//! cluster would be given.
//!
//! kubectl reads JSON where a text begins like it, and otherwise YAML 1.1 (`gopkg.in/yaml.v2`), of which it
//! makes JSON. `tests/kubectl.yaml` has its answers.

mod compose;
mod json;
mod scalar;

use core::fmt;

use serde_json::{Map, Number, Value};

use super::Span;

/// A value and where it stands
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// From its first character to the end of its last part
    pub span: Span,
    /// Its value
    pub shape: Shape,
}

/// A value
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// `null`, `~` or nothing
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number that JSON can express
    Number(Number),
    /// Text, unquoted
    Text(String),
    /// A list
    List(Vec<Node>),
    /// A mapping in its own order; no key stands twice
    Map(Vec<Entry>),
}

/// A key with its value
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key's text
    pub key: String,
    /// Place of the key
    pub key_span: Span,
    /// The value
    pub value: Node,
}

/// Why a text cannot be read, and where
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// Place of the error
    pub span: Span,
    /// Notation of the text
    pub notation: Notation,
    /// In words, without the place
    pub message: String,
    /// Whether a limit is exceeded, which parts of the text might not do by themselves
    pub exceeds: bool,
}

/// Notation of a text
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notation {
    /// JSON
    Json,
    /// YAML
    Yaml,
}

/// All of a text, and what is uncertain about it
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// The documents, without empty ones
    pub documents: Vec<Node>,
    /// The places that other readers than kubectl take for something else
    pub doubts: Vec<Doubt>,
    /// Whether the text has an anchor, an alias or a merge key
    pub has_references: bool,
}

/// A place that readers of YAML take for different things
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// Its place
    pub span: Span,
    /// Kind of the difference
    pub kind: DoubtKind,
}

/// Differences between readers of YAML
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DoubtKind {
    /// kubectl takes a key for this one
    Key(String),
    /// kubectl takes a value for this one, written as JSON
    Value(String),
    /// A tag that not every reader knows
    Tag,
    /// A merge key. These keys stand in the mapping before it, and kubectl replaces their values
    Merge(Vec<String>),
}

impl fmt::Display for Notation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Json => "JSON",
            Self::Yaml => "YAML",
        })
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not valid {}: {}", self.notation, self.message)
    }
}

impl Node {
    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// A key with its value.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The value at the end of several keys.
    #[must_use]
    pub fn at(&self, keys: &[&str]) -> Option<&Self> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The text, where it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.shape {
            Shape::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a key; empty where there is none.
    #[must_use]
    pub fn text_of(&self, key: &str) -> &str {
        self.get(key).and_then(Self::text).unwrap_or_default()
    }

    /// The number, where it is one without a sign or fraction.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        match &self.shape {
            Shape::Number(number) => number.as_u64(),
            _ => None,
        }
    }

    /// Whether it is `true`.
    #[must_use]
    pub fn is_true(&self) -> bool {
        self.shape == Shape::Bool(true)
    }

    /// The items; none where it is no list.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match &self.shape {
            Shape::List(items) => items,
            _ => &[],
        }
    }

    /// The items under a key.
    #[must_use]
    pub fn items_of(&self, key: &str) -> &[Self] {
        self.get(key).map(Self::items).unwrap_or_default()
    }

    /// The keys with their values; none where it is no mapping.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        match &self.shape {
            Shape::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The value without places.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match &self.shape {
            Shape::Null => Value::Null,
            Shape::Bool(flag) => Value::Bool(*flag),
            Shape::Number(number) => Value::Number(number.clone()),
            Shape::Text(text) => Value::String(text.clone()),
            Shape::List(items) => items.iter().map(Self::to_json).collect(),
            Shape::Map(entries) => {
                let fields = entries
                    .iter()
                    .map(|entry| (entry.key.clone(), entry.value.to_json()));
                Value::Object(fields.collect::<Map<_, _>>())
            }
        }
    }

    /// The value without places, taken out of them.
    #[must_use]
    pub fn into_json(self) -> Value {
        match self.shape {
            Shape::Null => Value::Null,
            Shape::Bool(flag) => Value::Bool(flag),
            Shape::Number(number) => Value::Number(number),
            Shape::Text(text) => Value::String(text),
            Shape::List(items) => items.into_iter().map(Self::into_json).collect(),
            Shape::Map(entries) => {
                let fields = entries
                    .into_iter()
                    .map(|entry| (entry.key, entry.value.into_json()));
                Value::Object(fields.collect::<Map<_, _>>())
            }
        }
    }

    /// Returns its name in messages.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self.shape {
            Shape::Null => "nothing",
            Shape::Bool(_) => "a boolean",
            Shape::Number(_) => "a number",
            Shape::Text(_) => "a text",
            Shape::List(_) => "a list",
            Shape::Map(_) => "a mapping",
        }
    }
}

impl Entry {
    /// Returns the place of the key's text, without quotes.
    pub(crate) fn key_text_span(&self, text: &str) -> Option<Span> {
        let Span { file, start, end } = self.key_span;
        let quotes = end.saturating_sub(start).saturating_sub(self.key.len());
        // One on either side.
        let quote = quotes / 2;
        let span = Span {
            file,
            start: start.saturating_add(quote),
            end: end.saturating_sub(quote),
        };
        // An escape would make it longer than it reads.
        (text.get(span.range()) == Some(self.key.as_str())).then_some(span)
    }
}

/// Lists and mappings inside one another, as many as `serde_json` reads. Deeper documents are no policies.
const MAX_DEPTH: usize = 127;

/// Limits on the repetition by anchors and aliases of a text
#[derive(Debug, Clone, Copy)]
struct Limits {
    values: usize,
    bytes: usize,
}

/// Documents repeat a few defaults in a few hundred places.
const LIMITS: Limits = Limits {
    values: 250_000,
    bytes: 16 << 20,
};

/// Reads a text; JSON texts may follow each other.
///
/// # Errors
///
/// The text is malformed, or has a key twice in one mapping.
pub(super) fn read(text: &str, file: usize) -> Result<Reading, Malformed> {
    read_within(text, file, LIMITS)
}

fn read_within(text: &str, file: usize, limits: Limits) -> Result<Reading, Malformed> {
    let yaml = || compose::read(text, file, limits);
    let mut reading = if begins_like_json(text.as_bytes()) {
        json::read(text, file)?
    } else if text.trim_start().starts_with(['{', '[']) {
        // YAML has such brackets, too.
        json::read(text, file).or_else(|error| yaml().map_err(|_| error))?
    } else if text.trim_start().starts_with('"') {
        json::read(text, file).or_else(|_| yaml())?
    } else {
        yaml()?
    };
    reading.documents.retain(|node| node.shape != Shape::Null);
    Ok(reading)
}

/// Whether a text is JSON: it begins with a brace and a quoted key. YAML between braces has plain keys.
#[must_use]
pub fn begins_like_json(text: &[u8]) -> bool {
    let mut visible = text.iter().filter(|byte| !byte.is_ascii_whitespace());
    visible.next() == Some(&b'{') && matches!(visible.next(), Some(b'"' | b'}'))
}

/// Whether readers of every version of YAML take a text without quotes for that text, as a key too.
#[must_use]
pub fn is_plain_text(text: &str) -> bool {
    let is_word = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word));
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._/;@=+-*: ".contains(c);
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
    let is_key = text.ends_with(':') || text.contains(": ");
    let is_whole = text.chars().all(is_plain) && !text.ends_with(' ');
    begins && !is_word && !is_key && is_whole
}

#[cfg(test)]
mod tests;
