//! Strict, borrowed reading of JSON documents.
//!
//! Every document that reaches the core (settings, requests, signed payloads) is read through
//! [`Value`]: one walk, nothing copied unless a string has escapes, duplicate keys refused in every
//! object that is entered, and each problem reported with its path instead of ending the walk at
//! the first. What is valid JSON says [`policy_text::cursor`]; what is passed over is checked, too.

mod path;
mod raw;
mod report;
mod seen;

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::decision::Code;
pub(crate) use path::Path;
use policy_text::cursor::{Cursor, Kind, MAX_DEPTH};
pub(crate) use raw::Raw;
pub use report::Problem;
pub(crate) use report::Report;
use seen::Seen;

/// The codes under which a document reports its shape errors, and how it treats `null`
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dialect {
    pub(crate) malformed: Code,
    pub(crate) unknown_field: Code,
    pub(crate) wrong_type: Code,
    pub(crate) duplicate_key: Code,
    pub(crate) null: Null,
}

/// What `null` means where another type is expected
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Null {
    /// The value is absent: Kubernetes' convention
    Absent,
    /// An error: settings and signed content say what they mean
    Refused,
}

/// One value of a document that is being walked; whoever gets it reads it once, or leaves it
#[derive(Debug)]
pub(crate) struct Value<'v, 'de> {
    cursor: &'v mut Cursor<'de>,
    dialect: &'v Dialect,
    path: Path<'v>,
    report: &'v Report,
}

impl<'v, 'de> Value<'v, 'de> {
    pub(crate) const fn path(&self) -> Path<'v> {
        self.path
    }

    pub(crate) const fn report(&self) -> &'v Report {
        self.report
    }

    /// The same value, reporting under another document's codes.
    pub(crate) fn with_dialect(self, dialect: &'v Dialect) -> Self {
        Self { dialect, ..self }
    }

    /// The same value as a document of its own.
    pub(crate) const fn under<'r>(
        self,
        dialect: &'r Dialect,
        path: Path<'r>,
        report: &'r Report,
    ) -> Value<'r, 'de>
    where
        'v: 'r,
    {
        Value {
            cursor: self.cursor,
            dialect,
            path,
            report,
        }
    }

    /// A string, or `None` with a problem reported.
    pub(crate) fn text(self) -> Option<Cow<'de, str>> {
        let value = self.expect(Kind::Text).found()?;
        value.string()
    }

    /// A boolean, or `None` with a problem reported.
    pub(crate) fn flag(self) -> Option<bool> {
        let value = self.expect(Kind::Bool).found()?;
        Some(value.cursor.skip() == "true")
    }

    /// A whole number from 1 to `max`, or `None` with a problem reported: under `out_of_range` for
    /// another number.
    pub(crate) fn count(self, max: u32, out_of_range: Code) -> Option<u32> {
        let Self { path, report, .. } = self;
        let value = self.expect(Kind::Number).found()?;
        let count = value.cursor.skip().parse().ok();
        let count = count.filter(|count| (1..=max).contains(count));
        if count.is_none() {
            let message = alloc::format!("expected a whole number from 1 to {max}");
            report.push(out_of_range, path, message);
        }
        count
    }

    /// A name, or `None` with a problem reported: under `unnamed` for a number or boolean.
    pub(crate) fn name(self, unnamed: Code) -> Option<Cow<'de, str>> {
        let Self { path, report, .. } = self;
        match self.cursor.kind() {
            kind @ (Kind::Number | Kind::Bool) => {
                let message = alloc::format!("expected a name, got {}", kind.name());
                report.push(unnamed, path, message);
                None
            }
            _ => self.text(),
        }
    }

    /// One of a fixed set of names, or `None` with a problem reported: under `unknown` for another
    /// name, under `unnamed` for a number or boolean.
    pub(crate) fn choice<T: Copy>(
        self,
        choices: &[(&str, T)],
        unknown: Code,
        unnamed: Code,
    ) -> Option<T> {
        let Self { path, report, .. } = self;
        let text = self.name(unnamed)?;
        let found = choices.iter().find(|(name, _)| *name == text);
        if found.is_none() {
            let names: Vec<_> = choices
                .iter()
                .map(|(name, _)| alloc::format!("`{name}`"))
                .collect();
            let (got, expected) = (crate::quote(&text), names.join(", "));
            let message = alloc::format!("expected one of {expected}, got {got}");
            report.push(unknown, path, message);
        }
        found.map(|(_, choice)| *choice)
    }

    /// Each item of a list, in order; false when this is not a list, true for a `null` that counts
    /// as absent.
    pub(crate) fn list(self, mut each: impl FnMut(usize, Value<'_, 'de>)) -> bool {
        match self.expect(Kind::List) {
            Expected::Found(value) => {
                value.each_item(&mut each);
                true
            }
            Expected::Absent => true,
            Expected::Refused => false,
        }
    }

    /// Each item of a list, in order, of which nearly all are written `{"field":"text"}`.
    pub(crate) fn list_of_texts(self, field: &str, mut each: impl FnMut(Item<'_, 'de>)) {
        if let Some(value) = self.expect(Kind::List).found() {
            value.each_text(field, &mut each);
        }
    }

    /// Each field of an object, in order; false when this is not an object, true for a `null` that
    /// counts as absent.
    ///
    /// The second of two equal keys is reported and not handed on.
    pub(crate) fn object(self, mut each: impl FnMut(&str, Value<'_, 'de>)) -> bool {
        match self.expect(Kind::Object) {
            Expected::Found(value) => {
                value.each_field(&mut each);
                true
            }
            Expected::Absent => true,
            Expected::Refused => false,
        }
    }

    /// The same; false for `null` too.
    pub(crate) fn object_unless_null(self, mut each: impl FnMut(&str, Value<'_, 'de>)) -> bool {
        let found = self.expect(Kind::Object).found();
        found.map(|value| value.each_field(&mut each)).is_some()
    }

    /// Whether this is an object, decided by its first character.
    pub(crate) fn is_object(&self) -> bool {
        self.cursor.kind() == Kind::Object
    }

    /// The unread text of this value.
    pub(crate) fn raw(self) -> Raw<'de> {
        Raw::new(self.cursor.skip())
    }

    /// Walks the value for nothing but its duplicate keys, and what its escapes mean.
    pub(crate) fn skim(self) {
        self.skim_within(MAX_DEPTH);
    }

    /// The one walk whose depth the document chooses.
    fn skim_within(self, levels: usize) {
        let deeper = levels.checked_sub(1);
        match (self.cursor.kind(), deeper) {
            (Kind::List, Some(deeper)) => {
                self.each_item(&mut |_, item| item.skim_within(deeper));
            }
            (Kind::Object, Some(deeper)) => {
                self.each_field(&mut |_, value| value.skim_within(deeper));
            }
            (Kind::List | Kind::Object, None) => self.cursor.fail(),
            (Kind::Text, _) => {
                self.string();
            }
            (Kind::Null | Kind::Bool | Kind::Number | Kind::Nothing, _) => {}
        }
    }

    /// Reports this field as one that the document does not have.
    pub(crate) fn unknown(self) {
        self.report
            .push(self.dialect.unknown_field, self.path, "unknown field");
    }

    /// Reports a problem with this value under `code`.
    pub(crate) fn refuse(&self, code: Code, message: impl Into<alloc::string::String>) {
        self.report.push(code, self.path, message);
    }

    /// The value if it is of a kind; reports a wrong type where it is not.
    fn expect(self, kind: Kind) -> Expected<Self> {
        let actual = self.cursor.kind();
        if actual == kind {
            return Expected::Found(self);
        }
        self.cursor.skip();
        // That the text ends or breaks here is a problem of its own.
        if !self.cursor.is_whole() {
            return Expected::Refused;
        }
        if actual == Kind::Null && self.dialect.null == Null::Absent {
            return Expected::Absent;
        }
        let message = alloc::format!("expected {}, got {}", kind.name(), actual.name());
        self.report
            .push(self.dialect.wrong_type, self.path, message);
        Expected::Refused
    }

    /// What a string says, or `None` with a problem reported.
    fn string(self) -> Option<Cow<'de, str>> {
        let malformed = |error| {
            let message = alloc::format!("not valid JSON: {error}");
            self.report.push(self.dialect.malformed, self.path, message);
        };
        self.cursor.string().map_err(malformed).ok()
    }

    /// The value that begins here, inside this one or as this one.
    const fn child<'c>(&'c mut self, path: Path<'c>) -> Value<'c, 'de> {
        Value {
            cursor: self.cursor,
            dialect: self.dialect,
            path,
            report: self.report,
        }
    }

    fn each_item(mut self, each: &mut dyn FnMut(usize, Value<'_, 'de>)) {
        let (path, mut index) = (self.path, 0_usize);
        self.cursor.enter();
        while self.cursor.next_item(index == 0, b']') {
            let item = self.child(Path::Index(&path, index));
            item.hand_to(|item| each(index, item));
            index = index.saturating_add(1);
        }
    }

    fn each_text(mut self, field: &str, each: &mut dyn FnMut(Item<'_, 'de>)) {
        let (path, mut index) = (self.path, 0_usize);
        self.cursor.enter();
        while self.cursor.next_item(index == 0, b']') {
            let item = self.child(Path::Index(&path, index));
            item.hand_to(|item| each(Item::Other(item)));
            index = index.saturating_add(1);
            self.cursor.sole_texts(field, &mut |text| {
                let item = Path::Index(&path, index);
                each(Item::Text(Path::Field(&item, field), text));
                index = index.saturating_add(1);
            });
        }
    }

    fn each_field(mut self, each: &mut dyn FnMut(&str, Value<'_, 'de>)) {
        let (path, mut seen, mut is_first) = (self.path, Seen::default(), true);
        self.cursor.enter();
        while self.cursor.next_item(is_first, b'}') {
            is_first = false;
            let key = self.child(path).string();
            self.cursor.pass(b':');
            if !self.cursor.is_whole() {
                return;
            }
            let Some(key) = key else {
                self.cursor.skip();
                continue;
            };
            if seen.has(&key) {
                let message = alloc::format!("duplicate key {}", crate::quote(&key));
                self.refuse(self.dialect.duplicate_key, message);
                self.cursor.skip();
            } else {
                let value = self.child(Path::Field(&path, &key));
                value.hand_to(|value| each(&key, value));
                seen.insert(key);
            }
        }
    }

    /// Gives the value away, moves over it where nobody has read it, and returns its text.
    pub(crate) fn hand_to(mut self, take: impl FnOnce(Value<'_, 'de>)) -> Raw<'de> {
        let before = self.cursor.position();
        take(self.child(self.path));
        if self.cursor.position() == before {
            self.cursor.skip();
        }
        Raw::new(self.cursor.since(before))
    }
}

/// An item of a list of texts
pub(crate) enum Item<'v, 'de> {
    /// A text, and where it stands
    Text(Path<'v>, &'de str),
    /// Whatever is not written in the plainest form, or is the first
    Other(Value<'v, 'de>),
}

/// What became of an expectation
enum Expected<V> {
    Found(V),
    /// `null`, where that counts as absent
    Absent,
    Refused,
}

impl<V> Expected<V> {
    fn found(self) -> Option<V> {
        match self {
            Self::Found(value) => Some(value),
            Self::Absent | Self::Refused => None,
        }
    }
}

#[cfg(test)]
mod tests;
