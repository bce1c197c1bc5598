//! Interpretation of signed payloads: whether they attest an image.
//!
//! Three types do: simple signing, the statement that Google's own evaluation signs, and the statement that
//! cosign signs in place of simple signing. So does a signature over the image's manifest itself. Provenance or a
//! scan by the same key describes an image but does not approve it.
//!
//! A requirement with predicate types asks for such a description: only statements of these types satisfy it.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::media_type::{IN_TOTO, SIMPLE_SIGNING};
use super::simple_signing::Payload;
use super::statement::Statement;
use super::statement::predicate_type::{COSIGN_SIGN_V1, POLICY_VERIFICATION_V0_1};
use super::{Form, Rejection, Subject};
use crate::digest::Digest;
use crate::image::ImageReference;

/// `matchDockerReference`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DockerReference {
    /// Only the digest is compared, as at Google
    Ignore,
    /// The repository must be equal, too
    Repository,
}

/// A payload, parsed by the type that its envelope records
#[derive(Debug)]
pub(super) enum Claim<'p> {
    SimpleSigning(Payload<'p>),
    Statement(Statement<'p>),
}

impl<'p> Claim<'p> {
    /// Parses a payload strictly.
    ///
    /// # Errors
    ///
    /// `attestation-payload-type`, or the error of a malformed payload of a known type.
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

    /// Returns all digests in the payload.
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

    /// Returns the predicate type of a statement.
    pub(super) fn predicate_type(&self) -> Option<&str> {
        match self {
            Self::SimpleSigning(_) => None,
            Self::Statement(statement) => Some(statement.predicate_type()),
        }
    }

    /// Checks that the payload attests an image, and returns the payload's own type.
    ///
    /// # Errors
    ///
    /// The payload has another predicate, digest or repository.
    pub(super) fn check(&self, image: Subject<'_>) -> Result<Option<String>, Rejection> {
        check_predicate_type(self.predicate_type(), image)?;
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
                let subject = statement
                    .attests(image.digest)
                    .ok_or_else(|| mismatch(self.digests(), image))?;
                check_repository(subject.name().unwrap_or_default(), image)?;
                Ok(Some(statement.predicate_type().to_string()))
            }
        }
    }
}

/// Checks that a signature over a manifest attests an image. It names no repository.
///
/// # Errors
///
/// It is the manifest of another image, or a repository or predicate type is required.
pub(super) fn check_manifest(
    digest: Digest,
    image: Subject<'_>,
) -> Result<Option<String>, Rejection> {
    check_predicate_type(None, image)?;
    if digest != image.digest {
        return Err(mismatch(alloc::vec![digest], image));
    }
    check_repository("", image)?;
    Ok(None)
}

/// Checks that statements of a predicate type, or other payloads, may attest an image. Types are compared byte by byte.
fn check_predicate_type(found: Option<&str>, image: Subject<'_>) -> Result<(), Rejection> {
    match (found, image.predicate_types) {
        (None | Some(POLICY_VERIFICATION_V0_1 | COSIGN_SIGN_V1), []) => Ok(()),
        (Some(found), []) => Err(Rejection::PredicateType(found.to_string())),
        (Some(found), needed) if needed.iter().any(|one| one == found) => Ok(()),
        (found, needed) => Err(Rejection::OtherPredicateType {
            found: found.map(String::from),
            needed: needed.iter().map(|one| String::from(&**one)).collect(),
        }),
    }
}

fn mismatch(claimed: Vec<Digest>, image: Subject<'_>) -> Rejection {
    let expected = image.digest;
    Rejection::DigestMismatch { claimed, expected }
}

/// Compares repositories if the settings require it. Docker Hub's spellings are equal.
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
