//! in-toto statements: who says what (the predicate) about which artifacts (the subjects).
//!
//! The shape is that of the in-toto attestation framework, Statement v0.1 and v1. It wants fields
//! that a consumer does not know to be ignored; they are, but not even they may be there twice.

mod provenance;
mod scan;
mod subject;
mod upload;

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::{Rejection, payload};
use crate::digest::Digest;
use crate::json::{Path, Raw, Value};
pub use provenance::Provenance;
pub use scan::{Finding, MAX_FINDINGS, Scan, Severity};
pub use subject::{MAX_DIGESTS, MAX_SUBJECTS, Subject};
pub use upload::Upload;

/// A statement, read from the very bytes that a signature covers; its predicate is not read yet
#[derive(Debug)]
pub struct Statement<'p> {
    /// INVARIANT: not empty, and at most [`MAX_SUBJECTS`]
    subjects: Vec<Subject<'p>>,
    predicate_type: Cow<'p, str>,
    /// An object without duplicate keys, if there is one
    predicate: Option<Raw<'p>>,
}

/// What `_type` may say; nothing else about the two versions differs for a consumer
const VERSIONS: &[(&str, ())] = &[
    ("https://in-toto.io/Statement/v0.1", ()),
    ("https://in-toto.io/Statement/v1", ()),
];

/// Google's statement that an image conforms to a policy. What its predicate looks like is not
/// published; the type and the subjects are all that is used.
pub(super) const POLICY_VERIFICATION_V0_1: &str =
    "https://binaryauthorization.googleapis.com/policy_verification/v0.1";

/// Predicate types that say where an image comes from
pub(crate) const PROVENANCE: &[&str] = &[provenance::V0_2, provenance::V1];
/// Predicate types that say which vulnerabilities it has
pub(crate) const SCANS: &[&str] = &[scan::COSIGN_V1, scan::IN_TOTO_V0_1, scan::IN_TOTO_V0_2];
/// Predicate types that say when it was uploaded
pub(crate) const UPLOADS: &[&str] = &[upload::V1];

/// What a statement says, for the types that are known here
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Predicate<'p> {
    /// SLSA provenance v0.2 or v1
    Provenance(Provenance<'p>),
    /// cosign's vulnerability scan v1, or in-toto's v0.1 or v0.2
    Vulnerabilities(Scan<'p>),
    /// Google's policy verification v0.1, whose subjects conform to a policy
    PolicyVerification,
    /// This project's upload time v1
    Upload(Upload),
    /// Anything else, unread
    Other,
}

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

    /// Reads the predicate, by exactly the types that are known.
    ///
    /// # Errors
    ///
    /// [`Rejection::PayloadInvalid`]: it is of a known type and not of that type's shape.
    pub fn predicate(&self) -> Result<Predicate<'p>, Rejection> {
        let body = || payload::required(self.predicate, "predicate");
        match self.predicate_type() {
            provenance::V0_2 => Provenance::read_v0_2(body()?).map(Predicate::Provenance),
            provenance::V1 => Provenance::read_v1(body()?).map(Predicate::Provenance),
            scan::COSIGN_V1 => Scan::read_cosign(body()?).map(Predicate::Vulnerabilities),
            scan::IN_TOTO_V0_1 | scan::IN_TOTO_V0_2 => {
                Scan::read_in_toto(body()?).map(Predicate::Vulnerabilities)
            }
            upload::V1 => Upload::read(body()?).map(Predicate::Upload),
            POLICY_VERIFICATION_V0_1 => Ok(Predicate::PolicyVerification),
            _ => Ok(Predicate::Other),
        }
    }
}

/// Where the predicate stands, for the texts of its problems
const BODY: Path<'static> = Path::Root("predicate");

/// The text of an object for later, walked for its duplicate keys now.
fn read_object<'p>(value: Value<'_, 'p>) -> Option<Raw<'p>> {
    let (path, report) = (value.path(), value.report());
    let raw = value.raw();
    payload::walk(raw, path, report, |value| {
        value.object(|_, field| field.skim());
    });
    Some(raw)
}

#[cfg(test)]
mod tests;
