//! YAML behind types of our own: values, each with its place. JSON is YAML too.

use core::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::{Location, Spanned};

use super::Span;

/// A value and where it stands
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// From its first character to the end of its last part
    pub span: Span,
    /// What it is
    pub shape: Shape,
}

/// What a value is
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
    /// Where the key stands
    pub key_span: Span,
    /// The value
    pub value: Node,
}

/// Why a text is not YAML, and where
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// Where reading ended
    pub span: Span,
    /// In words, without the place
    pub message: String,
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

    /// What it is, as a sentence names it.
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
    /// Where the key's text stands, without quotes around it.
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

/// That of the JSON parser. Deeper documents are no policies.
const MAX_DEPTH: usize = 128;

/// Reads all documents of a text; empty ones are left out.
///
/// # Errors
///
/// The text is malformed, or has a key twice in one mapping.
pub(super) fn parse(text: &str, file: usize) -> Result<Vec<Node>, Malformed> {
    let options = serde_saphyr::options! {
        // Policies list ten thousand patterns: more of everything but depth and aliases than the
        // defaults allow.
        budget: serde_saphyr::budget! {
            max_events: usize::MAX,
            max_nodes: usize::MAX,
            max_total_scalar_bytes: usize::MAX,
            max_documents: usize::MAX,
            max_depth: MAX_DEPTH,
        },
        with_snippet: false,
    };
    let documents: Vec<Spanned<Raw>> = serde_saphyr::from_multiple_with_options(text, options)
        .map_err(|error| {
            let at = error.location().map_or(0, |at| offset(text, at));
            let width = text.get(at..).and_then(|rest| rest.chars().next());
            let width = width.map_or(0, char::len_utf8);
            let end = at.saturating_add(width);
            let span = Span {
                file,
                start: at,
                end,
            };
            Malformed {
                span,
                message: without_place(&error.to_string()),
            }
        })?;
    Ok(documents
        .into_iter()
        .map(|document| document.place(file))
        .filter(|node| node.shape != Shape::Null)
        .collect())
}

/// The parser's words, without the place that it puts before or behind them.
fn without_place(message: &str) -> String {
    let message = message.lines().next().unwrap_or_default();
    let message = message.trim_start_matches("error: ");
    let message = match message.strip_prefix("line ") {
        Some(rest) => rest.split_once(": ").map_or(rest, |(_, words)| words),
        None => message,
    };
    let message = message.split(" at line ").next().unwrap_or(message);
    // Advice about the parser's own options is not for whoever wrote the file.
    message
        .split(", set DuplicateKeyPolicy")
        .next()
        .unwrap_or(message)
        .to_owned()
}

/// The byte of a place that the parser may know by line and column only.
fn offset(text: &str, location: Location) -> usize {
    let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    if let Some(bytes) = location.span().byte_offset() {
        return number(bytes);
    }
    let lines_before = number(location.line()).saturating_sub(1);
    let before: usize = text
        .split_inclusive('\n')
        .take(lines_before)
        .map(str::len)
        .sum();
    let line = text.get(before..).unwrap_or_default();
    let column = number(location.column()).saturating_sub(1);
    let in_line = line.char_indices().nth(column);
    before.saturating_add(in_line.map_or(0, |(at, _)| at))
}

fn span(location: Location, file: usize) -> Span {
    let bytes = |offset: Option<u64>| offset.and_then(|at| usize::try_from(at).ok()).unwrap_or(0);
    let start = bytes(location.span().byte_offset());
    Span {
        file,
        start,
        end: start.saturating_add(bytes(location.span().byte_len())),
    }
}

/// A value as the parser hands it over
enum Raw {
    Scalar(Shape),
    List(Vec<Spanned<Self>>),
    Map(Vec<(Spanned<String>, Spanned<Self>)>),
}

/// Turns what the parser says about places into spans that cover all of a value
trait Place {
    fn place(self, file: usize) -> Node;
}

impl Place for Spanned<Raw> {
    fn place(self, file: usize) -> Node {
        let mut own = span(self.referenced, file);
        let shape = match self.value {
            Raw::Scalar(shape) => shape,
            // The parser gives the beginning of a collection only.
            Raw::List(items) => {
                let items: Vec<_> = items.into_iter().map(|item| item.place(file)).collect();
                cover(&mut own, items.iter().map(|item| item.span));
                Shape::List(items)
            }
            Raw::Map(entries) => {
                let entries: Vec<_> = entries
                    .into_iter()
                    .map(|(key, value)| Entry {
                        key_span: span(key.referenced, file),
                        key: key.value,
                        value: value.place(file),
                    })
                    .collect();
                let parts = entries
                    .iter()
                    .flat_map(|entry| [entry.key_span, entry.value.span]);
                cover(&mut own, parts);
                Shape::Map(entries)
            }
        };
        Node { span: own, shape }
    }
}

fn cover(own: &mut Span, parts: impl Iterator<Item = Span>) {
    for part in parts {
        // An alias or a merged entry may stand before.
        own.end = own.end.max(part.end);
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Visit)
    }
}

struct Visit;

impl<'de> Visitor<'de> for Visit {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that JSON can express")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Scalar(Shape::Null))
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Scalar(Shape::Null))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Raw, E> {
        Ok(Raw::Scalar(Shape::Bool(flag)))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Raw, E> {
        Ok(Raw::Scalar(Shape::Number(number.into())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Raw, E> {
        Ok(Raw::Scalar(Shape::Number(number.into())))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Raw, E> {
        let number = Number::from_f64(number)
            .ok_or_else(|| E::custom("not a number that JSON can express"))?;
        Ok(Raw::Scalar(Shape::Number(number)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Scalar(Shape::Text(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sliced<'t>(text: &'t str, node: &Node) -> &'t str {
        text.get(node.span.range()).unwrap()
    }

    #[test]
    fn every_value_knows_its_place() {
        let text = "# c\na: [1, 'two', é]\nb:\n  - c: |\n      line\n    d: x\n";
        let documents = parse(text, 0).unwrap();
        let [document] = documents.as_slice() else {
            panic!("one document")
        };
        let list = document.get("a").unwrap();
        assert_eq!(sliced(text, &list.items()[1]), "'two'");
        assert_eq!(sliced(text, &list.items()[2]), "é");
        let item = &document.items_of("b")[0];
        assert_eq!(sliced(text, item.get("d").unwrap()), "x");
        assert!(sliced(text, item).starts_with("c: |") && sliced(text, item).ends_with("d: x"));
        let key = document.entry("b").unwrap().key_span;
        assert_eq!(text.get(key.range()), Some("b"));
    }

    #[test]
    fn json_is_read_as_well() {
        let text = r#"{"a": [1, {"b": null}], "c": 1.5}"#;
        let documents = parse(text, 0).unwrap();
        assert_eq!(
            documents[0].to_json().to_string(),
            r#"{"a":[1,{"b":null}],"c":1.5}"#
        );
    }

    #[test]
    fn what_is_malformed_says_where() {
        let error = parse("a: 1\na: 2\n", 3).unwrap_err();
        assert_eq!(
            error.span,
            Span {
                file: 3,
                start: 5,
                end: 6
            }
        );
        assert_eq!(error.message, "duplicate mapping key: a");
        let error = parse("a: 1\nb: [\n", 0).unwrap_err();
        assert_eq!(error.message, "unclosed bracket '['");
        assert_eq!(error.span.start, 8);
    }
}
