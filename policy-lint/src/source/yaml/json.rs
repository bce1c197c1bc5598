//! JSON with the place of every value.

use alloc::collections::BTreeSet;

use policy_text::cursor::{Cursor, Kind};
use serde_core::de::IgnoredAny;
use serde_json::Number;

use super::{Entry, MAX_DEPTH, Malformed, Node, Notation, Reading, Shape};
use crate::source::Span;

/// Reads all documents.
///
/// # Errors
///
/// The text is malformed, or has a key twice in one object.
pub(super) fn read(text: &str, file: usize) -> Result<Reading, Malformed> {
    let mut documents = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let base = text.len().saturating_sub(rest.len());
        let mut walk = Walk {
            cursor: Cursor::new(rest),
            base,
            file,
            depth: 0,
        };
        let read = walk.value();
        if !walk.cursor.is_whole() {
            return Err(syntax_error(text, file));
        }
        documents.push(read?);
        let end = walk.cursor.position();
        rest = rest.get(end..).unwrap_or_default().trim_start();
    }
    Ok(Reading {
        documents,
        ..Reading::default()
    })
}

struct Walk<'t> {
    cursor: Cursor<'t>,
    /// Offset of the document in its text
    base: usize,
    file: usize,
    /// Lists and objects that are open
    depth: usize,
}

impl Walk<'_> {
    fn value(&mut self) -> Result<Node, Malformed> {
        let start = self.cursor.position();
        let is_collection = matches!(self.cursor.kind(), Kind::List | Kind::Object);
        self.depth = self.depth.saturating_add(usize::from(is_collection));
        if self.depth > MAX_DEPTH {
            return Err(self.malformed(start, "nested too deeply"));
        }
        let shape = match self.cursor.kind() {
            Kind::Text => Shape::Text(self.text()?),
            Kind::List => {
                let mut items = Vec::new();
                self.cursor.enter();
                while self.cursor.next_item(items.is_empty(), b']') {
                    items.push(self.value()?);
                }
                Shape::List(items)
            }
            Kind::Object => Shape::Map(self.entries()?),
            Kind::Null | Kind::Bool | Kind::Number | Kind::Nothing => match self.cursor.skip() {
                "null" | "" => Shape::Null,
                "true" => Shape::Bool(true),
                "false" => Shape::Bool(false),
                text => {
                    let number = number(text);
                    Shape::Number(
                        number.ok_or_else(|| self.malformed(start, "number out of range"))?,
                    )
                }
            },
        };
        self.depth = self.depth.saturating_sub(usize::from(is_collection));
        Ok(Node {
            span: self.span(start),
            shape,
        })
    }

    fn entries(&mut self) -> Result<Vec<Entry>, Malformed> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut keys = BTreeSet::new();
        self.cursor.enter();
        while self.cursor.next_item(entries.is_empty(), b'}') {
            let start = self.cursor.position();
            let key = self.text()?;
            let key_span = self.span(start);
            if !keys.insert(key.clone()) {
                let message = format!("duplicate key `{}`", key.escape_debug());
                return Err(self.malformed(start, &message));
            }
            self.cursor.pass(b':');
            let value = self.value()?;
            entries.push(Entry {
                key,
                key_span,
                value,
            });
        }
        Ok(entries)
    }

    fn text(&mut self) -> Result<String, Malformed> {
        let start = self.cursor.position();
        let read = self.cursor.string().map(Into::into);
        read.map_err(|_| self.malformed(start, "an escape that is no character"))
    }

    /// From here to where the cursor is.
    fn span(&self, start: usize) -> Span {
        Span {
            file: self.file,
            start: self.base.saturating_add(start),
            end: self.base.saturating_add(self.cursor.position()),
        }
    }

    fn malformed(&self, start: usize, message: &str) -> Malformed {
        Malformed {
            span: self.span(start),
            notation: Notation::Json,
            message: message.to_owned(),
            exceeds: false,
        }
    }
}

/// Reads a number. `serde_json` alone may be off by one unit in the last place of a float.
fn number(text: &str) -> Option<Number> {
    let read: Number = serde_json::from_str(text).ok()?;
    if read.is_f64() {
        return Number::from_f64(text.parse().ok()?);
    }
    Some(read)
}

/// Returns the message of a parser with better messages.
fn syntax_error(text: &str, file: usize) -> Malformed {
    let documents = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
    let error = documents.filter_map(Result::err).next();
    let (line, column, message) = error.map_or_else(
        || (0, 0, "nested too deeply".to_owned()),
        |error| (error.line(), error.column(), error.to_string()),
    );
    let lines = text.split_inclusive('\n').take(line.saturating_sub(1));
    let start = lines.map(str::len).sum::<usize>();
    let start = start.saturating_add(column.saturating_sub(1));
    let message = message.split(" at line ").next().unwrap_or_default();
    Malformed {
        span: Span::of_character(text, start, file),
        notation: Notation::Json,
        message: message.to_owned(),
        exceeds: false,
    }
}
