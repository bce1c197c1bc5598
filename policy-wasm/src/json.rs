//! Strict, borrowed reading of JSON documents.
//!
//! Every document that reaches the core (settings, requests, signed payloads) is read through
//! [`Value`]: one walk, nothing copied unless a string has escapes, duplicate keys refused in every
//! object that is entered, and each problem reported with its path instead of ending the walk at
//! the first. Tokenising is `serde_json`'s work; this module only decides what to do with tokens.

mod depth;
mod path;
mod raw;
mod report;
mod seen;
mod source;

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::decision::Code;
pub(crate) use depth::depth;
pub(crate) use path::Path;
pub(crate) use raw::Raw;
pub use report::Problem;
pub(crate) use report::Report;
use seen::Seen;
use source::{Fields, Items, Shape, Source};

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

/// One value of a document that is being walked; whoever gets it reads it once, or skips it
#[derive(Debug)]
pub(crate) struct Value<'v, 'de> {
    source: &'v mut dyn Source<'de>,
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

    /// A string, or `None` with a problem reported.
    pub(crate) fn text(self) -> Option<Cow<'de, str>> {
        let mut found = None;
        self.open("a string", &mut |shape| match shape {
            Shape::Text(text) => {
                found = Some(text);
                true
            }
            _ => false,
        });
        found
    }

    /// A boolean, or `None` with a problem reported.
    pub(crate) fn flag(self) -> Option<bool> {
        let mut found = None;
        self.open("a boolean", &mut |shape| match shape {
            Shape::Bool(flag) => {
                found = Some(flag);
                true
            }
            _ => false,
        });
        found
    }

    /// A whole number from 1 to `max`, or `None` with a problem reported: under `out_of_range` for
    /// another number.
    pub(crate) fn count(self, max: u32, out_of_range: Code) -> Option<u32> {
        let Self { path, report, .. } = self;
        let mut found = None;
        let was_number = self.open("a number", &mut |shape| match shape {
            Shape::Number(number) => {
                found = number.and_then(|number| u32::try_from(number).ok());
                true
            }
            _ => false,
        });
        let count = found.filter(|count| (1..=max).contains(count));
        if was_number && count.is_none() {
            let message = alloc::format!("expected a whole number from 1 to {max}");
            report.push(out_of_range, path, message);
        }
        count
    }

    /// A name, or `None` with a problem reported: under `unnamed` for a number or boolean.
    pub(crate) fn name(self, unnamed: Code) -> Option<Cow<'de, str>> {
        let Self { path, report, .. } = self;
        let (mut found, mut refused) = (None, None);
        self.open("a string", &mut |shape| match shape {
            Shape::Text(text) => {
                found = Some(text);
                true
            }
            Shape::Number(_) | Shape::Bool(_) => {
                refused = Some(alloc::format!("expected a name, got {}", shape.name()));
                true
            }
            _ => false,
        });
        if let Some(message) = refused {
            report.push(unnamed, path, message);
        }
        found
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
        let Self {
            dialect,
            path,
            report,
            ..
        } = self;
        self.open("a list", &mut |shape| {
            let Shape::List(items) = shape else {
                return false;
            };
            each_item(items, dialect, path, report, &mut each);
            true
        })
    }

    /// Each field of an object, in order; false when this is not an object, true for a `null` that
    /// counts as absent.
    ///
    /// The second of two equal keys is reported and not handed on.
    pub(crate) fn object(self, mut each: impl FnMut(&str, Value<'_, 'de>)) -> bool {
        let Self {
            dialect,
            path,
            report,
            ..
        } = self;
        self.open("an object", &mut |shape| {
            let Shape::Object(fields) = shape else {
                return false;
            };
            each_field(fields, dialect, path, report, &mut each);
            true
        })
    }

    /// The same; false for `null` too.
    pub(crate) fn object_unless_null(self, mut each: impl FnMut(&str, Value<'_, 'de>)) -> bool {
        let Self {
            dialect,
            path,
            report,
            ..
        } = self;
        let mut is_object = false;
        self.open("an object", &mut |shape| {
            let Shape::Object(fields) = shape else {
                return false;
            };
            each_field(fields, dialect, path, report, &mut each);
            is_object = true;
            true
        });
        is_object
    }

    /// The unread text of this value; `None` (with a problem) only for what is not well-formed.
    pub(crate) fn raw(self) -> Option<Raw<'de>> {
        self.source.raw().map(|raw| Raw::new(raw.get()))
    }

    /// Walks the value for nothing but its duplicate keys.
    pub(crate) fn skim(self) {
        let Self {
            source,
            dialect,
            path,
            report,
        } = self;
        source.open(&mut |shape| match shape {
            Shape::List(items) => {
                each_item(items, dialect, path, report, &mut |_, item| item.skim());
            }
            Shape::Object(fields) => {
                each_field(fields, dialect, path, report, &mut |_, value| value.skim());
            }
            Shape::Null | Shape::Bool(_) | Shape::Number(_) | Shape::Text(_) => {}
        });
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

    /// Hands the shape to `take`; reports a wrong type when `take` refuses it.
    fn open(self, expected: &str, take: &mut dyn FnMut(Shape<'_, 'de>) -> bool) -> bool {
        // Stays `None` where the text ends or breaks before there is a value.
        let mut taken = None;
        let mut actual = "";
        self.source.open(&mut |shape| {
            actual = shape.name();
            let is_absent = actual == "null" && self.dialect.null == Null::Absent;
            taken = Some(is_absent || take(shape));
        });
        if taken == Some(false) {
            let message = alloc::format!("expected {expected}, got {actual}");
            self.report
                .push(self.dialect.wrong_type, self.path, message);
        }
        taken == Some(true)
    }
}

fn each_item<'de>(
    items: &mut dyn Items<'de>,
    dialect: &Dialect,
    path: Path<'_>,
    report: &Report,
    each: &mut dyn FnMut(usize, Value<'_, 'de>),
) {
    let mut index = 0_usize;
    while items.next(&mut |source| {
        each(
            index,
            Value {
                source,
                dialect,
                path: Path::Index(&path, index),
                report,
            },
        );
    }) {
        index = index.saturating_add(1);
    }
}

fn each_field<'de>(
    fields: &mut dyn Fields<'de>,
    dialect: &Dialect,
    path: Path<'_>,
    report: &Report,
    each: &mut dyn FnMut(&str, Value<'_, 'de>),
) {
    let mut seen = Seen::default();
    while fields.next(&mut |key, source| {
        if seen.insert(key.clone()) {
            let path = Path::Field(&path, key.as_ref());
            each(
                key.as_ref(),
                Value {
                    source,
                    dialect,
                    path,
                    report,
                },
            );
        } else {
            let message = alloc::format!("duplicate key {}", crate::quote(key));
            report.push(dialect.duplicate_key, path, message);
        }
    }) {}
}

#[cfg(test)]
mod tests;
