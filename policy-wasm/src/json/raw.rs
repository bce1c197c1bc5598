//! Text that is read later, or not at all.

use super::{Dialect, Path, Report, Value, source};

/// A part of a JSON document that is known to be well-formed and is read later, or not at all
#[derive(Debug, Clone, Copy)]
pub(crate) struct Raw<'de> {
    text: &'de str,
}

impl<'de> Raw<'de> {
    /// The whole text as one unread value. Nothing is checked before it is read.
    pub(crate) const fn new(text: &'de str) -> Self {
        Self { text }
    }

    pub(crate) const fn text(self) -> &'de str {
        self.text
    }

    /// Whether this is `{}`, decided without reading anything else.
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
        self.text.starts_with('{')
    }

    /// Whether this is `null`.
    pub(crate) fn is_null(self) -> bool {
        self.text == "null"
    }

    /// Reads the value, handing it to `read` once.
    ///
    /// A syntax error is reported like any other problem and ends the walk: what follows it cannot
    /// be read.
    pub(crate) fn read(
        self,
        dialect: &Dialect,
        path: Path<'_>,
        report: &Report,
        read: impl FnMut(Value<'_, 'de>),
    ) {
        let mut read = read;
        let result = source::read(self.text, &mut |source| {
            read(Value {
                source,
                dialect,
                path,
                report,
            });
        });
        if let Err(error) = result {
            report.push(
                dialect.malformed,
                path,
                alloc::format!("not valid JSON: {error}"),
            );
        }
    }
}
