//! Strict, borrowed reading of JSON documents.
//!
//! Every document that reaches the core (settings, requests, signed payloads) is read through
//! [`Value`]: one walk, nothing copied unless a string has escapes, duplicate keys refused in every
//! object that is entered, and each problem reported with its path instead of ending the walk at
//! the first. What is valid JSON says [`policy_text::cursor`]; what is passed over is checked, too.

mod fields;
mod path;
mod raw;
mod report;
mod walk;

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::decision::Code;
use fields::Fields;
pub(crate) use path::Path;
use policy_text::cursor::{Kind, MAX_DEPTH};
pub(crate) use raw::Raw;
pub use report::Problem;
pub(crate) use report::Report;
use walk::Walk;

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
    walk: &'v mut Walk<'de>,
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
            walk: self.walk,
            dialect,
            path,
            report,
        }
    }

    /// A string, or `None` with a problem reported.
    pub(crate) fn text(mut self) -> Option<Cow<'de, str>> {
        if self.finds(Kind::Text) {
            self.string()
        } else {
            None
        }
    }

    /// A boolean, or `None` with a problem reported.
    pub(crate) fn flag(mut self) -> Option<bool> {
        self.finds(Kind::Bool)
            .then(|| self.walk.cursor.skip() == "true")
    }

    /// A whole number from 1 to `max`, or `None` with a problem reported: under `out_of_range` for
    /// another number.
    pub(crate) fn count(mut self, max: u32, out_of_range: Code) -> Option<u32> {
        if !self.finds(Kind::Number) {
            return None;
        }
        let count = self.walk.cursor.skip().parse().ok();
        let count = count.filter(|count| (1..=max).contains(count));
        if count.is_none() {
            let message = alloc::format!("expected a whole number from 1 to {max}");
            self.refuse(out_of_range, message);
        }
        count
    }

    /// A name, or `None` with a problem reported: under `unnamed` for a number or boolean.
    pub(crate) fn name(self, unnamed: Code) -> Option<Cow<'de, str>> {
        let Self { path, report, .. } = self;
        match self.walk.cursor.kind() {
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
    pub(crate) fn list(mut self, mut each: impl FnMut(usize, Value<'_, 'de>)) -> bool {
        match self.expect(Kind::List) {
            Expected::Found => {
                self.each_item(&mut each);
                true
            }
            Expected::Absent => true,
            Expected::Refused => false,
        }
    }

    /// Like [`Self::list`], for a list whose items are kept: each may be two bytes long, and takes a hundred
    /// times as much. One that is longer is reported and read no further.
    pub(crate) fn list_within(
        self,
        limit: usize,
        mut each: impl FnMut(usize, Value<'_, 'de>),
    ) -> bool {
        self.list(|index, item| {
            if index < limit {
                each(index, item);
            } else if index == limit {
                let message = alloc::format!("more than {limit} entries of one list");
                item.refuse(Code::LimitExceeded, message);
            }
        })
    }

    /// Each item of a list, in order, of which nearly all are written `{"field":"text"}`.
    pub(crate) fn list_of_texts(mut self, field: &str, mut each: impl FnMut(Item<'_, 'de>)) {
        if self.finds(Kind::List) {
            self.each_text(field, &mut each);
        }
    }

    /// Each field of an object, in order; false when this is not an object, true for a `null` that
    /// counts as absent.
    ///
    /// The second of two equal keys is reported and not handed on.
    pub(crate) fn object(self, mut each: impl FnMut(&str, Value<'_, 'de>)) -> bool {
        let each: &mut dyn FnMut(&str, Value<'_, 'de>) = &mut each;
        self.object_inline(each)
    }

    /// The same with a loop for this reader alone, which makes the module larger: for what nearly every
    /// request has. docs/performance.md says what an engine takes for a function that is pointed to.
    pub(crate) fn object_inline(mut self, each: impl FnMut(&str, Value<'_, 'de>)) -> bool {
        match self.expect(Kind::Object) {
            Expected::Found => {
                self.each_field(each);
                true
            }
            Expected::Absent => true,
            Expected::Refused => false,
        }
    }

    /// As [`Self::object`], but false for `null` too.
    pub(crate) fn object_unless_null(mut self, each: impl FnMut(&str, Value<'_, 'de>)) -> bool {
        let is_found = self.finds(Kind::Object);
        if is_found {
            self.each_field(each);
        }
        is_found
    }

    /// Whether this is an object, decided by its first character.
    pub(crate) fn is_object(&self) -> bool {
        self.walk.cursor.kind() == Kind::Object
    }

    /// Whether this is `null`, decided by its first character.
    pub(crate) fn is_null(&self) -> bool {
        self.walk.cursor.kind() == Kind::Null
    }

    /// The unread text of this value.
    pub(crate) fn raw(self) -> Raw<'de> {
        Raw::new(self.walk.cursor.skip())
    }

    /// Walks the value for nothing but its duplicate keys, and what its escapes mean.
    pub(crate) fn skim(self) {
        self.skim_within(MAX_DEPTH);
    }

    /// The one walk whose depth the document chooses.
    fn skim_within(mut self, levels: usize) {
        let deeper = levels.checked_sub(1);
        match (self.walk.cursor.kind(), deeper) {
            (Kind::List, Some(deeper)) => {
                self.each_item(&mut |_, item| item.skim_within(deeper));
            }
            (Kind::Object, Some(deeper)) => {
                self.each_field(|_, value| value.skim_within(deeper));
            }
            (Kind::List | Kind::Object, None) => self.walk.cursor.fail(),
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

    /// Whether the value is of a kind; reports a wrong type where it is not.
    fn finds(&mut self, kind: Kind) -> bool {
        self.expect(kind) == Expected::Found
    }

    /// The same, telling a `null` that counts as absent from what is refused.
    fn expect(&mut self, kind: Kind) -> Expected {
        let actual = self.walk.cursor.kind();
        if actual == kind {
            return Expected::Found;
        }
        self.walk.cursor.skip();
        // That the text ends or breaks here is a problem of its own.
        if !self.walk.cursor.is_whole() {
            return Expected::Refused;
        }
        if actual == Kind::Null && self.dialect.null == Null::Absent {
            return Expected::Absent;
        }
        let message = alloc::format!("expected {}, got {}", kind.name(), actual.name());
        self.refuse(self.dialect.wrong_type, message);
        Expected::Refused
    }

    /// What a string says, or `None` with a problem reported.
    fn string(&mut self) -> Option<Cow<'de, str>> {
        let text = self.walk.cursor.string();
        text.map_err(|error| {
            let message = alloc::format!("not valid JSON: {error}");
            self.refuse(self.dialect.malformed, message);
        })
        .ok()
    }

    /// The value that begins here, inside this one or as this one.
    const fn child<'c>(&'c mut self, path: Path<'c>) -> Value<'c, 'de> {
        Value {
            walk: self.walk,
            dialect: self.dialect,
            path,
            report: self.report,
        }
    }

    fn each_item(&mut self, each: &mut dyn FnMut(usize, Value<'_, 'de>)) {
        let (path, mut index) = (self.path, 0_usize);
        self.walk.cursor.enter();
        while self.walk.cursor.next_item(index == 0, b']') {
            let before = self.walk.cursor.position();
            each(index, self.child(Path::Index(&path, index)));
            self.walk.skip_unread(before);
            index = index.saturating_add(1);
        }
    }

    fn each_field(&mut self, mut each: impl FnMut(&str, Value<'_, 'de>)) {
        let mut fields = Fields::of(self);
        while let Some((key, value)) = fields.next() {
            each(key, value);
        }
    }

    fn each_text(&mut self, field: &str, each: &mut dyn FnMut(Item<'_, 'de>)) {
        let (path, mut index) = (self.path, 0_usize);
        self.walk.cursor.enter();
        while self.walk.cursor.next_item(index == 0, b']') {
            let item = self.child(Path::Index(&path, index));
            item.hand_to(|item| each(Item::Other(item)));
            index = index.saturating_add(1);
            self.walk.cursor.sole_texts(field, &mut |text| {
                let item = Path::Index(&path, index);
                each(Item::Text(Path::Field(&item, field), text));
                index = index.saturating_add(1);
            });
        }
    }

    /// Gives the value away, moves over it where nobody has read it, and returns its text.
    pub(crate) fn hand_to(mut self, take: impl FnOnce(Value<'_, 'de>)) -> Raw<'de> {
        let before = self.walk.cursor.position();
        take(self.child(self.path));
        self.walk.skip_unread(before);
        Raw::new(self.walk.cursor.since(before))
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
#[derive(PartialEq, Eq)]
enum Expected {
    Found,
    /// `null`, where that counts as absent
    Absent,
    Refused,
}

#[cfg(test)]
mod tests;
