//! in-toto statements: a predicate about artifacts, the subjects.
//!
//! Follows the in-toto attestation framework, Statement v0.1 and v1. Unknown fields are ignored, as it
//! requires, but duplicate keys are errors.

pub mod predicate_type;
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

/// A statement, parsed from exactly the signed bytes; its predicate is not parsed yet
#[derive(Debug)]
pub struct Statement<'p> {
    /// INVARIANT: not empty, and at most [`MAX_SUBJECTS`]
    subjects: Vec<Subject<'p>>,
    predicate_type: Cow<'p, str>,
    /// The predicate, an object without duplicate keys, if present
    predicate: Option<Raw<'p>>,
}

/// Values of `_type`; the two versions do not differ otherwise for a consumer
const VERSIONS: &[(&str, ())] = &[
    ("https://in-toto.io/Statement/v0.1", ()),
    ("https://in-toto.io/Statement/v1", ()),
];

/// Predicate types of provenance
pub(crate) const PROVENANCE: &[&str] = &[
    predicate_type::PROVENANCE_V0_2,
    predicate_type::PROVENANCE_V1,
];
/// Predicate types of vulnerability scans
pub(crate) const SCANS: &[&str] = &[
    predicate_type::COSIGN_SCAN_V1,
    predicate_type::IN_TOTO_SCAN_V0_1,
    predicate_type::IN_TOTO_SCAN_V0_2,
];
/// Predicate types of upload times
pub(crate) const UPLOADS: &[&str] = &[predicate_type::UPLOAD_V1];

/// The predicate of a statement, for the supported types
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
    /// Any other predicate, unparsed
    Other,
}

impl<'p> Statement<'p> {
    /// Parses a statement strictly: one JSON document without duplicate keys at any depth.
    ///
    /// # Errors
    ///
    /// [`Rejection::PayloadInvalid`] with all problems.
    pub fn read(bytes: &'p [u8]) -> Result<Self, Rejection> {
        let (mut version, mut subjects) = (None, None);
        let (mut predicate_type, mut predicate, mut not_object) = (None, None, None);
        payload::read(payload::document(bytes)?, Path::Root(""), |statement| {
            statement.object(|key, value| match key {
                "_type" => version = value.choice(VERSIONS, payload::INVALID, payload::INVALID),
                "subject" => subjects = Some(subject::read(value)),
                "predicateType" => predicate_type = value.text(),
                "predicate" if value.is_object() => predicate = read_object(value),
                // Only cosign's signatures may have another one, and their type may come later.
                "predicate" => not_object = Some(value.raw()),
                _ => value.skim(),
            });
        })?;
        if let Some(raw) = not_object {
            let is_read = predicate_type.as_deref() != Some(predicate_type::COSIGN_SIGN_V1);
            payload::read(raw, BODY, |value| {
                if is_read {
                    value.object(|_, _| {});
                } else {
                    value.skim();
                }
            })?;
        }
        let () = payload::required(version, "_type")?;
        Ok(Self {
            subjects: payload::required(subjects, "subject")?,
            predicate_type: payload::required(predicate_type, "predicateType")?,
            predicate,
        })
    }

    /// Returns the subjects in their order; at least one.
    #[must_use]
    pub fn subjects(&self) -> &[Subject<'p>] {
        &self.subjects
    }

    /// Returns the first subject with this digest, if any. The statement is about all of its subjects.
    #[must_use]
    pub fn attests(&self, digest: Digest) -> Option<&Subject<'p>> {
        self.subjects
            .iter()
            .find(|subject| subject.sha256() == Some(digest))
    }

    /// Returns the URI of the predicate type.
    #[must_use]
    pub fn predicate_type(&self) -> &str {
        &self.predicate_type
    }

    /// Parses the predicate of a supported type.
    ///
    /// # Errors
    ///
    /// [`Rejection::PayloadInvalid`]: the predicate does not have the shape of its type.
    pub fn predicate(&self) -> Result<Predicate<'p>, Rejection> {
        let body = || payload::required(self.predicate, "predicate");
        match self.predicate_type() {
            predicate_type::PROVENANCE_V0_2 => {
                Provenance::read_v0_2(body()?).map(Predicate::Provenance)
            }
            predicate_type::PROVENANCE_V1 => {
                Provenance::read_v1(body()?).map(Predicate::Provenance)
            }
            predicate_type::COSIGN_SCAN_V1 => {
                Scan::read_cosign(body()?).map(Predicate::Vulnerabilities)
            }
            predicate_type::IN_TOTO_SCAN_V0_1 | predicate_type::IN_TOTO_SCAN_V0_2 => {
                Scan::read_in_toto(body()?).map(Predicate::Vulnerabilities)
            }
            predicate_type::UPLOAD_V1 => Upload::read(body()?).map(Predicate::Upload),
            predicate_type::POLICY_VERIFICATION_V0_1 => Ok(Predicate::PolicyVerification),
            _ => Ok(Predicate::Other),
        }
    }
}

/// Path of the predicate, for its problems
const BODY: Path<'static> = Path::Root("predicate");

/// Checks an object for duplicate keys and returns its text, to be parsed later.
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
