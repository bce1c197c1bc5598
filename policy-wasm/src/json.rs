//! Strict, borrowed parsing of JSON documents.
//!
//! Every document of the core (settings, requests, signed payloads) is read through [`Value`]: in one walk,
//! without copying strings unless they have escapes. Duplicate keys are errors in every object that is entered,
//! and all problems are reported with their paths. [`policy_text::cursor`] checks the syntax, also of skipped
//! values.

mod fields;
mod path;
mod raw;
mod report;
mod settings;
mod walk;

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::decision::Code;
use fields::Fields;
pub(crate) use path::Path;
pub(crate) use policy_text::cursor::Kind;
use policy_text::cursor::MAX_DEPTH;
pub(crate) use raw::Raw;
pub use report::Problem;
pub(crate) use report::Report;
pub(crate) use settings::{MAX_ENTRIES, SETTINGS, choice, filled, line, parsed, short_line};
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

/// Meaning of `null` in place of another type
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Null {
    /// The value is absent, as in Kubernetes
    Absent,
    /// An error, as in settings and signed content
    Refused,
}

/// One value of a document during the walk; it is read once or skipped
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

    #[cfg(feature = "sigstore")]
    pub(crate) const fn dialect(&self) -> &'v Dialect {
        self.dialect
    }

    /// Returns the value with the codes of another dialect.
    pub(crate) fn with_dialect(self, dialect: &'v Dialect) -> Self {
        Self { dialect, ..self }
    }

    /// Returns the value as a document with its own path and report.
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

    /// Reads a string; `None` with a problem reported for other types.
    pub(crate) fn text(mut self) -> Option<Cow<'de, str>> {
        if self.finds(Kind::Text) {
            self.string()
        } else {
            None
        }
    }

    /// Reads a boolean; `None` with a problem reported for other types.
    pub(crate) fn flag(mut self) -> Option<bool> {
        self.finds(Kind::Bool)
            .then(|| self.walk.cursor.skip() == "true")
    }

    /// Reads a whole number from 1 to `max`; `None` with a problem reported otherwise, under `out_of_range` for
    /// other numbers.
    pub(crate) fn count(self, max: u32, out_of_range: Code) -> Option<u32> {
        self.count_from(1, max, out_of_range)
    }

    /// Like [`Self::count`], with another smallest number.
    pub(crate) fn count_from(mut self, min: u32, max: u32, out_of_range: Code) -> Option<u32> {
        if !self.finds(Kind::Number) {
            return None;
        }
        let count = self.walk.cursor.skip().parse().ok();
        let count = count.filter(|count| (min..=max).contains(count));
        if count.is_none() {
            let message = alloc::format!("expected a whole number from {min} to {max}");
            self.refuse(out_of_range, message);
        }
        count
    }

    /// Reads a number or a string, of which the caller expects digits; `None` with a problem reported for other
    /// types.
    #[cfg(feature = "sigstore")]
    pub(crate) fn digits(self) -> Option<Cow<'de, str>> {
        if self.walk.cursor.kind() == Kind::Number {
            Some(Cow::Borrowed(self.walk.cursor.skip()))
        } else {
            self.text()
        }
    }

    /// Reads a name; `None` with a problem reported otherwise, under `unnamed` for a number or boolean.
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

    /// Reads one of a fixed set of names; `None` with a problem reported otherwise, under `unknown` for other names
    /// and under `unnamed` for a number or boolean.
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

    /// Reads each item of a list in order. Returns false if this is not a list, and true for a `null` that counts
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

    /// Like [`Self::list`], with a limit on the number of items, for lists whose items are kept: an item may have
    /// two bytes and take a hundred times as much memory. A longer list is a problem and is read no further.
    pub(crate) fn list_within(
        self,
        limit: usize,
        mut each: impl FnMut(usize, Value<'_, 'de>),
    ) -> bool {
        self.list_within_dyn(limit, &mut each)
    }

    #[inline(never)]
    fn list_within_dyn(self, limit: usize, each: &mut dyn FnMut(usize, Value<'_, 'de>)) -> bool {
        self.list(|index, item| {
            if index < limit {
                each(index, item);
            } else if index == limit {
                let message = alloc::format!("more than {limit} entries of one list");
                item.refuse(Code::LimitExceeded, message);
            }
        })
    }

    /// Like [`Self::list_within`], for a list that must have an item. An empty one is a problem with this code.
    /// Returns whether the list has one.
    pub(crate) fn filled_list_within(
        self,
        limit: usize,
        code: Code,
        mut each: impl FnMut(usize, Value<'_, 'de>),
    ) -> bool {
        let (path, report) = (self.path(), self.report());
        let mut is_empty = true;
        let was_list = self.list_within_dyn(limit, &mut |index, item| {
            is_empty = false;
            each(index, item);
        });
        if was_list && is_empty {
            report.push(code, path, "must not be empty");
        }
        was_list && !is_empty
    }

    /// Like [`Self::list`], optimized for items of the form `{"field":"text"}`.
    pub(crate) fn list_of_texts(mut self, field: &str, mut each: impl FnMut(Item<'_, 'de>)) {
        if self.finds(Kind::List) {
            self.each_text(field, &mut each);
        }
    }

    /// Like [`Self::list`], optimized for items in the form of
    /// [`Cursor::sole_item`](policy_text::cursor::Cursor::sole_item). Calls `each` with the index of each item.
    pub(crate) fn list_of_objects(
        mut self,
        fields: &[&str],
        each: impl FnMut(usize, ObjectItem<'_, 'de>),
    ) {
        if self.finds(Kind::List) {
            self.each_object(fields, each);
        }
    }

    /// Reads each field of an object in order. Returns false if this is not an object, and true for a `null` that
    /// counts as absent.
    ///
    /// The second of two equal keys is reported and skipped.
    pub(crate) fn object(self, mut each: impl FnMut(&str, Value<'_, 'de>)) -> bool {
        let each: &mut dyn FnMut(&str, Value<'_, 'de>) = &mut each;
        self.object_inline(each)
    }

    /// Like [`Self::object`], monomorphized for this closure. This makes the module larger, so it is used only for
    /// parts of nearly every request; docs/performance.md has the cost of calls through pointers.
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

    /// Like [`Self::object`], but returns false for `null`.
    pub(crate) fn object_unless_null(mut self, each: impl FnMut(&str, Value<'_, 'de>)) -> bool {
        let is_found = self.finds(Kind::Object);
        if is_found {
            self.each_field(each);
        }
        is_found
    }

    /// Returns the type of this value, decided by its first character.
    pub(crate) fn kind(&self) -> Kind {
        self.walk.cursor.kind()
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

    /// Checks the value for duplicate keys and invalid escapes.
    pub(crate) fn skim(self) {
        self.skim_within(MAX_DEPTH);
    }

    /// Recursive part of [`Self::skim`]; the only recursion whose depth the document determines.
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

    /// Reports this field as unknown.
    #[cold]
    #[inline(never)]
    pub(crate) fn unknown(self) {
        self.report
            .push(self.dialect.unknown_field, self.path, "unknown field");
    }

    /// Reports a problem with this value under `code`.
    pub(crate) fn refuse(&self, code: Code, message: impl Into<alloc::string::String>) {
        self.report.push(code, self.path, message);
    }

    /// Whether the value is of a kind; reports a wrong type otherwise.
    fn finds(&mut self, kind: Kind) -> bool {
        self.expect(kind) == Expected::Found
    }

    /// Like [`Self::finds`], and distinguishes a `null` that counts as absent from a wrong type.
    fn expect(&mut self, kind: Kind) -> Expected {
        let actual = self.walk.cursor.kind();
        if actual == kind {
            return Expected::Found;
        }
        self.walk.cursor.skip();
        // A syntax error here is reported separately.
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

    /// Decodes a string; `None` with a problem reported for invalid escapes.
    fn string(&mut self) -> Option<Cow<'de, str>> {
        let text = self.walk.cursor.string();
        text.map_err(|error| {
            let message = alloc::format!("not valid JSON: {error}");
            self.refuse(self.dialect.malformed, message);
        })
        .ok()
    }

    /// Returns the value at the current position, inside this one or equal to it.
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

    /// Monomorphized for its closure, of which there is one: it is called for each rule.
    fn each_object(&mut self, fields: &[&str], mut each: impl FnMut(usize, ObjectItem<'_, 'de>)) {
        let (path, mut index) = (self.path, 0_usize);
        self.walk.cursor.enter();
        while self.walk.cursor.next_item(index == 0, b']') {
            let item = self.child(Path::Index(&path, index));
            item.hand_to(|item| each(index, ObjectItem::Other(item)));
            index = index.saturating_add(1);
            self.walk.cursor.sole_items(fields, |object, item| {
                each(index, ObjectItem::Sole(Raw::new(object), item));
                index = index.wrapping_add(1);
            });
        }
    }

    /// Passes the value to `take`, skips it if it was not read, and returns its text.
    pub(crate) fn hand_to(mut self, take: impl FnOnce(Value<'_, 'de>)) -> Raw<'de> {
        let before = self.walk.cursor.position();
        take(self.child(self.path));
        self.walk.skip_unread(before);
        Raw::new(self.walk.cursor.since(before))
    }
}

/// An item of a list of texts
pub(crate) enum Item<'v, 'de> {
    /// A text with its path
    Text(Path<'v>, &'de str),
    /// Any item in another form, and the first item
    Other(Value<'v, 'de>),
}

/// An item of a list of objects
pub(crate) enum ObjectItem<'v, 'de> {
    /// An object and the bytes of a text in it, the only item of a list
    Sole(Raw<'de>, &'de [u8]),
    /// Any item in another form, and the first item
    Other(Value<'v, 'de>),
}

/// Result of an expectation
#[derive(PartialEq, Eq)]
enum Expected {
    Found,
    /// `null` that counts as absent
    Absent,
    Refused,
}

#[cfg(test)]
mod tests;
