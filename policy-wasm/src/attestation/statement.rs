//! in-toto statements: who says what (the predicate) about which artifacts (the subjects).
//!
//! The shape is that of the in-toto attestation framework, Statement v0.1 and v1. It wants fields
//! that a consumer does not know to be ignored; they are, but not even they may be there twice.

mod subject;

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::{Rejection, payload};
use crate::digest::Digest;
use crate::json::{Path, Raw, Value};
pub use subject::{MAX_DIGESTS, MAX_SUBJECTS, Subject};

/// A statement, read from the very bytes that a signature covers; its predicate is not read yet
#[derive(Debug)]
pub struct Statement<'p> {
    /// INVARIANT: not empty, and at most [`MAX_SUBJECTS`]
    subjects: Vec<Subject<'p>>,
    predicate_type: Cow<'p, str>,
    /// An object without duplicate keys, if there is one
    #[expect(dead_code, reason = "the predicates that are read follow")]
    predicate: Option<Raw<'p>>,
}

/// What `_type` may say; nothing else about the two versions differs for a consumer
const VERSIONS: &[(&str, ())] = &[
    ("https://in-toto.io/Statement/v0.1", ()),
    ("https://in-toto.io/Statement/v1", ()),
];

impl<'p> Statement<'p> {
    /// Reads a statement strictly: one JSON document, no key twice at any depth.
    ///
    /// # Errors
    ///
    /// [`Rejection::PayloadInvalid`], saying everything that is wrong.
    pub fn read(bytes: &'p [u8]) -> Result<Self, Rejection> {
        let (mut version, mut subjects) = (None, None);
        let (mut predicate_type, mut predicate) = (None, None);
        payload::read(payload::document(bytes)?, Path::Root(""), |statement| {
            statement.object(|key, value| match key {
                "_type" => version = value.choice(VERSIONS, payload::INVALID, payload::INVALID),
                "subject" => subjects = Some(subject::read(value)),
                "predicateType" => predicate_type = value.text(),
                "predicate" => predicate = read_object(value),
                _ => value.skim(),
            });
        })?;
        let () = payload::required(version, "_type")?;
        Ok(Self {
            subjects: payload::required(subjects, "subject")?,
            predicate_type: payload::required(predicate_type, "predicateType")?,
            predicate,
        })
    }

    /// The artifacts that the statement is about, in its order; at least one.
    #[must_use]
    pub fn subjects(&self) -> &[Subject<'p>] {
        &self.subjects
    }

    /// The first subject that has this digest, if any: the statement is about every one of them.
    #[must_use]
    pub fn attests(&self, digest: Digest) -> Option<&Subject<'p>> {
        self.subjects
            .iter()
            .find(|subject| subject.sha256() == Some(digest))
    }

    /// The URI that says what the predicate means.
    #[must_use]
    pub fn predicate_type(&self) -> &str {
        &self.predicate_type
    }
}

/// The text of an object for later, walked for its duplicate keys now.
fn read_object<'p>(value: Value<'_, 'p>) -> Option<Raw<'p>> {
    let (path, report) = (value.path(), value.report());
    let raw = value.raw()?;
    payload::walk(raw, path, report, |value| {
        value.object(|_, field| field.skim());
    });
    Some(raw)
}

#[cfg(test)]
mod tests;
