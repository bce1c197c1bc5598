//! YAML as kubectl reads it, value by value.
//!
//! | what | kubectl | YAML 1.2 |
//! | --- | --- | --- |
//! | `no`, `012`, `1_000` without quotes | `false`, 10, 1000; as keys the texts of these | the texts, and 12 |
//! | `<<` behind a key of the mapping | its value replaces that of the key | the key's own value stays |
//! | U+0085, U+2028, U+2029 | line breaks, which end comments too | characters; refused here |
//! | what follows `...` without `---` | left out | a document; refused here |
//! | `---#` | ends a document | a text; refused here |
//! | a key that stands twice | the last one counts | an error, and here |
//! | two keys that become one text, `no` and `"false"` | either one, at random | two keys; refused here |

use alloc::collections::BTreeMap;
use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, StrInput, Tag};

use super::scalar::{self, Scalar};
use super::{
    Doubt, DoubtKind, Entry, Limits, MAX_DEPTH, Malformed, Node, Notation, Reading, Shape,
};
use crate::source::Span;

/// Reads all documents.
///
/// # Errors
///
/// The text is malformed, has a key twice in one mapping, or repeats too much.
pub(super) fn read(text: &str, file: usize, limits: Limits) -> Result<Reading, Malformed> {
    let options = granit_parser::options! {
        emit_comments: false,
    };
    let mut composer = Composer {
        text,
        file,
        parser: Parser::new_from_str_with_options(text, options),
        anchors: HashMap::new(),
        left: limits,
        reading: Reading::default(),
    };
    composer.refuse_hidden()?;
    composer.documents()?;
    Ok(composer.reading)
}

struct Composer<'t> {
    text: &'t str,
    file: usize,
    parser: Parser<'t, StrInput<'t>>,
    /// Values of the anchors in this document
    anchors: HashMap<usize, Anchored>,
    /// Remaining limit on repeated values
    left: Limits,
    reading: Reading,
}

/// A value that aliases may repeat
struct Anchored {
    part: Part,
    size: Size,
}

/// A value, and the key that it would be
#[derive(Clone)]
struct Part {
    node: Node,
    key: Key,
}

#[derive(Clone)]
enum Key {
    Text(String),
    /// kubectl has no word for such a key
    None,
    Collection,
}

/// Size of a value
#[derive(Clone, Copy)]
struct Size {
    values: usize,
    bytes: usize,
    depth: usize,
}

/// The entries of a mapping so far
#[derive(Default)]
struct Entries {
    all: Vec<Entry>,
    places: BTreeMap<String, Place>,
}

/// The place of a key in its mapping
#[derive(Clone, Copy)]
struct Place {
    index: usize,
    /// Whether the mapping itself has the key, and not one that is merged
    is_own: bool,
}

impl<'t> Composer<'t> {
    /// Rejects characters that hide text from readers, such as an invisible end of a comment.
    fn refuse_hidden(&self) -> Result<(), Malformed> {
        let text = self.text;
        if let Some(at) = text.find(['\u{85}', '\u{2028}', '\u{2029}']) {
            let character = text.get(at..).and_then(|rest| rest.chars().next());
            let character = character.unwrap_or_default();
            let span = Span::of_character(text, at, self.file);
            let message = format!(
                "U+{:04X} ends a line for some readers only; write it as an escape between double quotes",
                u32::from(character)
            );
            return Err(malformed(span, message));
        }
        let mut lines = text.match_indices("---#").map(|(at, _)| at);
        let begins_line = |at: &usize| {
            let before = text.get(..*at).unwrap_or_default();
            before.is_empty() || before.ends_with(['\n', '\r'])
        };
        if let Some(at) = lines.find(begins_line) {
            let span = self.span(at, at.saturating_add(4));
            let message = "`---#` ends a document for some readers only; put a space before `#`";
            return Err(malformed(span, message));
        }
        Ok(())
    }

    fn documents(&mut self) -> Result<(), Malformed> {
        let mut is_first = true;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::DocumentStart(is_explicit, _) => {
                    if !is_explicit && !is_first {
                        let message =
                            "kubectl leaves out what follows `...`; begin a document with `---`";
                        return Err(malformed(span, message));
                    }
                    is_first = false;
                    self.anchors.clear();
                    let (event, span) = self.next()?;
                    let part = self.part(event, span, 0)?;
                    self.reading.documents.push(part.node);
                }
                Event::StreamEnd => return Ok(()),
                _ => {}
            }
        }
    }

    /// The next event with its place; the end of the stream where there is none.
    fn next(&mut self) -> Result<(Event<'t>, Span), Malformed> {
        match self.parser.next_event() {
            None => Ok((Event::StreamEnd, self.span(0, 0))),
            Some(Ok((event, span))) => {
                let range = span.byte_range().unwrap_or_default();
                Ok((event, self.span(range.start, range.end)))
            }
            Some(Err(error)) => Err(self.parser_error(&error)),
        }
    }

    fn part(&mut self, event: Event<'t>, span: Span, depth: usize) -> Result<Part, Malformed> {
        let below = depth.saturating_add(1);
        let is_collection = matches!(event, Event::SequenceStart(..) | Event::MappingStart(..));
        if is_collection && below > MAX_DEPTH {
            return Err(malformed(span, TOO_DEEP));
        }
        let (anchor, part) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                (anchor, self.scalar(&text, style, tag.as_deref(), span)?)
            }
            Event::Alias(anchor) => return self.alias(anchor, span, depth),
            Event::SequenceStart(_, anchor, tag) => {
                self.doubt_tag(tag.as_deref(), span);
                let items = self.items(below)?;
                let end = items.iter().map(|item| item.node.span.end).max();
                let shape = Shape::List(items.into_iter().map(|item| item.node).collect());
                (anchor, Part::collection(shape, span, end))
            }
            Event::MappingStart(_, anchor, tag) => {
                self.doubt_tag(tag.as_deref(), span);
                let entries = self.entries(below)?;
                let ends = entries
                    .iter()
                    .map(|entry| entry.key_span.end.max(entry.value.span.end));
                let end = ends.max();
                (anchor, Part::collection(Shape::Map(entries), span, end))
            }
            _ => return Err(malformed(span, "expected a value")),
        };
        if anchor != 0 {
            self.reading.has_references = true;
            let size = Size::of(&part.node);
            self.charge(size, span)?;
            let part = part.clone();
            self.anchors.insert(anchor, Anchored { part, size });
        }
        Ok(part)
    }

    fn items(&mut self, depth: usize) -> Result<Vec<Part>, Malformed> {
        let mut items = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::SequenceEnd {
                return Ok(items);
            }
            items.push(self.part(event, span, depth)?);
        }
    }

    fn entries(&mut self, depth: usize) -> Result<Vec<Entry>, Malformed> {
        let mut entries = Entries::default();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                return Ok(entries.all);
            }
            if is_merge(&event) {
                let (event, source) = self.next()?;
                let over = self.merge(event, source, depth, &mut entries)?;
                self.reading.has_references = true;
                self.doubt(span, DoubtKind::Merge(over));
                continue;
            }
            let key = self.key(event, span, depth)?;
            let (event, value_span) = self.next()?;
            let value = self.part(event, value_span, depth)?.node;
            let entry = Entry {
                key,
                key_span: span,
                value,
            };
            entries.add(entry)?;
        }
    }

    /// A key as the text that JSON needs.
    fn key(&mut self, event: Event<'t>, span: Span, depth: usize) -> Result<String, Malformed> {
        let key = match event {
            // As a key may be good what is no value, such as `.inf`.
            Event::Scalar(text, style, 0, tag) => {
                let tag = tag.as_deref();
                self.doubt_tag(tag, span);
                let (meaning, text) = meaning(&text, style, tag, span)?;
                let key = meaning.key(&text);
                if let Some(key) = key.as_ref().filter(|key| tag.is_none() && **key != text) {
                    self.doubt(span, DoubtKind::Key(key.clone()));
                }
                key.map_or(Key::None, Key::Text)
            }
            event => self.part(event, span, depth)?.key,
        };
        match key {
            Key::Text(key) => Ok(key),
            Key::None => Err(malformed(span, "not a text; put the key between quotes")),
            Key::Collection => Err(malformed(span, "expected a text as the key")),
        }
    }

    /// Adds the entries of one mapping or of several, the earlier of which win; the keys before it whose
    /// values it replaces.
    fn merge(
        &mut self,
        event: Event<'t>,
        span: Span,
        depth: usize,
        entries: &mut Entries,
    ) -> Result<Vec<String>, Malformed> {
        let is_list = matches!(event, Event::SequenceStart(..));
        let source = self.part(event, span, depth)?.node;
        let sources = match source.shape {
            Shape::List(items) if is_list => items,
            _ => vec![source],
        };
        let mut over: Vec<String> = Vec::new();
        for source in sources.into_iter().rev() {
            let Shape::Map(merged) = source.shape else {
                return Err(malformed(
                    source.span,
                    "`<<` takes a mapping or a list of mappings",
                ));
            };
            for mut entry in merged {
                entry.key_span = source.span;
                entry.value.moved_to(source.span);
                let replaced = entries.merge(entry)?;
                over.extend(replaced.filter(|key| !over.contains(key)));
            }
        }
        Ok(over)
    }

    fn alias(&mut self, anchor: usize, span: Span, depth: usize) -> Result<Part, Malformed> {
        self.reading.has_references = true;
        let Some(anchored) = self.anchors.get(&anchor) else {
            return Err(malformed(span, "an alias inside of what it stands for"));
        };
        let size = anchored.size;
        if depth.saturating_add(size.depth) > MAX_DEPTH {
            return Err(malformed(span, TOO_DEEP));
        }
        self.charge(size, span)?;
        let anchored = self.anchors.get(&anchor);
        let mut part = anchored.map(|anchored| anchored.part.clone());
        if let Some(part) = &mut part {
            part.node.moved_to(span);
        }
        part.ok_or_else(|| malformed(span, "an alias of nothing"))
    }

    /// Counts what is about to be copied, before it is.
    fn charge(&mut self, size: Size, span: Span) -> Result<(), Malformed> {
        let Limits { values, bytes } = self.left;
        let left = values
            .checked_sub(size.values)
            .zip(bytes.checked_sub(size.bytes));
        let (values, bytes) = left.ok_or_else(|| Malformed {
            exceeds: true,
            ..malformed(
                span,
                "anchors and aliases repeat more than is read; write it out",
            )
        })?;
        self.left = Limits { values, bytes };
        Ok(())
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<Part, Malformed> {
        self.doubt_tag(tag, span);
        let (meaning, text) = meaning(text, style, tag, span)?;
        let shape = meaning.shape(&text);
        let shape = shape.ok_or_else(|| malformed(span, "not a number that JSON can express"))?;
        let node = Node { span, shape };
        if tag.is_none() && !meaning.is_common(&text) {
            self.doubt(span, DoubtKind::Value(node.to_json().to_string()));
        }
        let key = meaning.key(&text).map_or(Key::None, Key::Text);
        Ok(Part { node, key })
    }

    fn doubt_tag(&mut self, tag: Option<&Tag>, span: Span) {
        let is_known = |tag: &Tag| matches!(tag.core_suffix(), Some("str" | "map" | "seq"));
        if tag.is_some_and(|tag| !is_known(tag)) {
            self.doubt(span, DoubtKind::Tag);
        }
    }

    fn doubt(&mut self, span: Span, kind: DoubtKind) {
        self.reading.doubts.push(Doubt { span, kind });
    }

    const fn span(&self, start: usize, end: usize) -> Span {
        Span {
            file: self.file,
            start,
            end,
        }
    }

    fn parser_error(&self, error: &ScanError) -> Malformed {
        let at = error.marker().byte_offset().unwrap_or(0);
        let message = match error.kind() {
            ErrorKind::RecursionLimitExceeded => TOO_DEEP.to_owned(),
            _ => error.info(),
        };
        malformed(Span::of_character(self.text, at, self.file), message)
    }
}

const TOO_DEEP: &str = "nested too deeply";

fn malformed(span: Span, message: impl Into<String>) -> Malformed {
    Malformed {
        span,
        notation: Notation::Yaml,
        message: message.into(),
        exceeds: false,
    }
}

/// Returns the value of a scalar, and its text.
fn meaning(
    text: &str,
    style: ScalarStyle,
    tag: Option<&Tag>,
    span: Span,
) -> Result<(Scalar, String), Malformed> {
    match tag {
        None if style == ScalarStyle::Plain => Ok((scalar::plain(text), text.to_owned())),
        None => Ok((Scalar::Text, text.to_owned())),
        Some(tag) => tagged(tag, text)
            .ok_or_else(|| malformed(span, format!("not what its tag `{}` says", tag.original()))),
    }
}

/// Whether this is the key that merges other mappings into its own.
fn is_merge(event: &Event<'_>) -> bool {
    match event {
        Event::Scalar(text, style, _, tag) if text == "<<" => match tag {
            None => *style == ScalarStyle::Plain,
            Some(tag) => type_of(tag).as_deref() == Some("merge"),
        },
        _ => false,
    }
}

/// The name of a type of YAML's own, such as `int`.
fn type_of(tag: &Tag) -> Option<alloc::borrow::Cow<'_, str>> {
    tag.suffix_in_namespace("tag:yaml.org,2002:")
}

/// Returns the value of a scalar with a tag; `None` if it is not of that type.
fn tagged(tag: &Tag, text: &str) -> Option<(Scalar, String)> {
    let meaning = scalar::plain(text);
    let meaning = match (type_of(tag).as_deref(), meaning) {
        (Some("int"), Scalar::Integer(_) | Scalar::Natural(_))
        | (Some("float"), Scalar::Integer(_) | Scalar::Natural(_) | Scalar::Float(_))
        | (Some("bool"), Scalar::Bool(_))
        | (Some("null"), Scalar::Null) => meaning,
        (Some("int" | "float" | "bool" | "null"), _) => return None,
        (Some("binary"), _) => {
            let bytes = STANDARD.decode(text).ok()?;
            return Some((Scalar::Text, String::from_utf8(bytes).ok()?));
        }
        _ => Scalar::Text,
    };
    Some((meaning, text.to_owned()))
}

impl Part {
    /// The parser gives the beginning of a collection only.
    fn collection(shape: Shape, span: Span, end: Option<usize>) -> Self {
        // An alias or a merged entry may stand before.
        let end = span.end.max(end.unwrap_or(0));
        Self {
            node: Node {
                span: Span { end, ..span },
                shape,
            },
            key: Key::Collection,
        }
    }
}

impl Size {
    fn of(node: &Node) -> Self {
        let is_collection = matches!(node.shape, Shape::List(_) | Shape::Map(_));
        let mut size = Self {
            values: 1,
            bytes: 0,
            depth: usize::from(is_collection),
        };
        match &node.shape {
            Shape::Text(text) => size.bytes = text.len(),
            Shape::List(items) => items.iter().for_each(|item| size.add(Self::of(item))),
            Shape::Map(entries) => {
                for entry in entries {
                    size.add(Self::of(&entry.value));
                    size.bytes = size.bytes.saturating_add(entry.key.len());
                }
            }
            Shape::Null | Shape::Bool(_) | Shape::Number(_) => {}
        }
        size
    }

    fn add(&mut self, below: Self) {
        self.values = self.values.saturating_add(below.values);
        self.bytes = self.bytes.saturating_add(below.bytes);
        self.depth = self.depth.max(below.depth.saturating_add(1));
    }
}

impl Entries {
    /// Adds an entry of the mapping itself, which wins over what was merged before it.
    fn add(&mut self, entry: Entry) -> Result<(), Malformed> {
        let place = self.places.get(&entry.key);
        if place.is_some_and(|place| place.is_own) {
            let message = format!("duplicate key `{}`", entry.key.escape_debug());
            return Err(malformed(entry.key_span, message));
        }
        if place.is_some() {
            refuse_random(&entry)?;
        }
        self.put(entry, true);
        Ok(())
    }

    /// Adds a merged entry, which wins over everything before it; its key, if that was the mapping's own.
    fn merge(&mut self, entry: Entry) -> Result<Option<String>, Malformed> {
        let place = self.places.get(&entry.key).copied();
        if place.is_some() {
            refuse_random(&entry)?;
        }
        let replaced = place
            .filter(|place| place.is_own)
            .map(|_| entry.key.clone());
        self.put(entry, false);
        Ok(replaced)
    }

    fn put(&mut self, entry: Entry, is_own: bool) {
        let known = self.places.get(&entry.key);
        let index = known.map_or(self.all.len(), |place| place.index);
        self.places
            .insert(entry.key.clone(), Place { index, is_own });
        match self.all.get_mut(index) {
            Some(known) => *known = entry,
            None => self.all.push(entry),
        }
    }
}

/// Refuses an entry that replaces another if the two may come from different keys, such as `no` and `"false"`:
/// kubectl keeps one of them, at random.
fn refuse_random(entry: &Entry) -> Result<(), Malformed> {
    if scalar::plain(&entry.key) == Scalar::Text {
        return Ok(());
    }
    let key = entry.key.escape_debug();
    let message = format!("`{key}` is set on both sides of `<<`; remove one of the two");
    Err(malformed(entry.key_span, message))
}

impl Node {
    /// Puts the whole value to another place: that of the alias which stands for it.
    fn moved_to(&mut self, span: Span) {
        self.span = span;
        match &mut self.shape {
            Shape::List(items) => items.iter_mut().for_each(|item| item.moved_to(span)),
            Shape::Map(entries) => {
                for entry in entries {
                    entry.key_span = span;
                    entry.value.moved_to(span);
                }
            }
            Shape::Null | Shape::Bool(_) | Shape::Number(_) | Shape::Text(_) => {}
        }
    }
}
