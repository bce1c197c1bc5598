//! Unparsed JSON.

use alloc::string::{String, ToString as _};

use serde_json::value::RawValue;

use super::walk::Walk;
use super::{Dialect, Path, Report, Value};
use policy_text::cursor::{Cursor, Kind, MAX_DEPTH};

/// An unparsed JSON document, or a part of one
#[derive(Debug, Clone, Copy)]
pub(crate) struct Raw<'de> {
    text: &'de str,
}

impl<'de> Raw<'de> {
    /// Wraps a text without checking it.
    pub(crate) const fn new(text: &'de str) -> Self {
        Self { text }
    }

    pub(crate) const fn text(self) -> &'de str {
        self.text
    }

    /// Returns the maximum nesting of lists and objects, up to the first syntax error.
    pub(crate) fn depth(self) -> usize {
        let mut cursor = Cursor::new(self.text);
        cursor.skip();
        cursor.deepest()
    }

    /// Whether this is `{}`, without parsing further.
    pub(crate) fn is_empty_object(self) -> bool {
        self.is_empty_within('{', '}')
    }

    /// Whether this is `[]`.
    pub(crate) fn is_empty_list(self) -> bool {
        self.is_empty_within('[', ']')
    }

    fn is_empty_within(self, open: char, close: char) -> bool {
        self.text
            .strip_prefix(open)
            .and_then(|rest| rest.strip_suffix(close))
            .is_some_and(|inner| inner.trim_ascii().is_empty())
    }

    /// Whether this is an object, decided by its first character.
    pub(crate) fn is_object(self) -> bool {
        Cursor::new(self.text).kind() == Kind::Object
    }

    /// Whether this is `null`.
    pub(crate) fn is_null(self) -> bool {
        self.text == "null"
    }

    /// Reads the value, and returns its maximum nesting.
    ///
    /// A syntax error is reported like any other problem and ends the walk.
    pub(crate) fn read(
        self,
        dialect: &Dialect,
        path: Path<'_>,
        report: &Report,
        read: impl FnOnce(Value<'_, 'de>),
    ) -> usize {
        let mut walk = Walk::new(self.text);
        let value = Value {
            walk: &mut walk,
            dialect,
            path,
            report,
        };
        value.hand_to(read);
        let mut cursor = walk.cursor;
        cursor.finish();
        if !cursor.is_whole() {
            let error = self.error(cursor.deepest());
            report.push(
                dialect.malformed,
                path,
                alloc::format!("not valid JSON: {error}"),
            );
        }
        cursor.deepest()
    }

    /// Describes a syntax error with its position, by parsing the text a second time.
    #[cold]
    fn error(self, deepest: usize) -> String {
        match RawValue::from_string(self.text.to_string()) {
            Err(error) => error.to_string(),
            Ok(_) if deepest >= MAX_DEPTH => "nested too deeply".to_string(),
            Ok(_) => "not valid JSON for this parser".to_string(),
        }
    }
}
