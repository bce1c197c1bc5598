//! What a signed payload says, and whether that attests an image.
//!
//! The list is closed: simple signing, and the statement that Google's own evaluation signs.
//! Provenance or a scan by the same key says something about an image, not that it may run.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::simple_signing::Payload;
use super::statement::{POLICY_VERIFICATION_V0_1, Statement};
use super::{Form, Rejection, Subject};
use crate::digest::Digest;
use crate::image::ImageReference;
use crate::settings::DockerReference;

/// The payload type of simple signing, in an envelope or where none is recorded
pub(crate) const SIMPLE_SIGNING: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
/// The payload type of in-toto statements
pub(super) const IN_TOTO: &str = "application/vnd.in-toto+json";

/// A payload that was read as what its envelope says it is
#[derive(Debug)]
pub(super) enum Claim<'p> {
    SimpleSigning(Payload<'p>),
    Statement(Statement<'p>),
}

impl<'p> Claim<'p> {
    /// Reads a payload strictly.
    ///
    /// # Errors
    ///
    /// `attestation-payload-type`, or whatever is wrong with a payload of a type that we read.
    pub(super) fn read(form: &Form<'_>, payload: &'p [u8]) -> Result<Self, Rejection> {
        let payload_type = match form {
            Form::Raw => SIMPLE_SIGNING,
            Form::Dsse { payload_type } => payload_type,
        };
        match payload_type {
            SIMPLE_SIGNING => Payload::read(payload).map(Self::SimpleSigning),
            IN_TOTO => Statement::read(payload).map(Self::Statement),
            other => Err(Rejection::PayloadType(other.to_string())),
        }
    }

    /// Every digest that it names.
    pub(super) fn digests(&self) -> Vec<Digest> {
        match self {
            Self::SimpleSigning(payload) => payload.digest().into_iter().collect(),
            Self::Statement(statement) => statement
                .subjects()
                .iter()
                .filter_map(|subject| subject.sha256())
                .collect(),
        }
    }

    /// The type of a statement's predicate.
    pub(super) fn predicate_type(&self) -> Option<&str> {
        match self {
            Self::SimpleSigning(_) => None,
            Self::Statement(statement) => Some(statement.predicate_type()),
        }
    }

    /// Checks that it attests an image, and returns what it calls itself.
    ///
    /// # Errors
    ///
    /// It is about something else: another predicate, digest or repository.
    pub(super) fn check(&self, image: Subject<'_>) -> Result<Option<String>, Rejection> {
        match self {
            Self::SimpleSigning(payload) => {
                let claimed = payload.digest()?;
                if claimed != image.digest {
                    let claimed = alloc::vec![claimed];
                    return Err(mismatch(claimed, image));
                }
                check_repository(payload.docker_reference(), image)?;
                Ok(payload.kind().map(String::from))
            }
            Self::Statement(statement) => {
                let predicate_type = statement.predicate_type();
                if predicate_type != POLICY_VERIFICATION_V0_1 {
                    return Err(Rejection::PredicateType(predicate_type.to_string()));
                }
                let subject = statement
                    .attests(image.digest)
                    .ok_or_else(|| mismatch(self.digests(), image))?;
                check_repository(subject.name().unwrap_or_default(), image)?;
                Ok(Some(predicate_type.to_string()))
            }
        }
    }
}

fn mismatch(claimed: Vec<Digest>, image: Subject<'_>) -> Rejection {
    let expected = image.digest;
    Rejection::DigestMismatch { claimed, expected }
}

/// Compares repositories, where the settings ask for it: Docker Hub's spellings are one.
fn check_repository(claimed: &str, image: Subject<'_>) -> Result<(), Rejection> {
    if image.docker_reference == DockerReference::Ignore {
        return Ok(());
    }
    let expected = image.reference.normalized_repository();
    let is_same = ImageReference::parse(claimed)
        .is_ok_and(|claimed| claimed.normalized_repository() == expected);
    if is_same {
        return Ok(());
    }
    Err(Rejection::ReferenceMismatch {
        claimed: claimed.to_string(),
        expected,
    })
}
