//! Reasons why an attestation is rejected.

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use thiserror::Error;

use crate::decision::{Code, Reason};
use crate::digest::Digest;
use crate::key::NotValid;

/// The reason why an attestation, or one of its signatures, is rejected
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Error)]
#[expect(missing_docs, reason = "the messages describe the variants")]
pub enum Rejection {
    #[error("Attestation could not be decoded: {0}")]
    Undecodable(String),
    #[error("Attestation format {0} is not supported")]
    FormatUnsupported(String),
    #[error("JWT attestations are not supported")]
    JwtUnsupported,
    #[error(
        "Attestation belongs to note {}, the attestor uses note {}",
        crate::quote(note),
        crate::quote(expected)
    )]
    NoteMismatch { note: String, expected: String },
    #[error(
        "No trusted key has id {} (configured: {}){}",
        crate::quote(id),
        quoted(configured, ", "),
        near_miss(id, configured)
    )]
    UnknownKeyId {
        id: String,
        configured: BTreeSet<String>,
    },
    #[error(
        "Signature does not verify with key {}{}{why}",
        crate::quote(key_id),
        if why.is_empty() { "" } else { ": " }
    )]
    BadSignature { key_id: String, why: &'static str },
    #[error(
        "Signature does not verify with the key of the certificate for {}",
        crate::quote(subject)
    )]
    BadCertificateSignature { subject: String },
    #[error(
        "{} {} {why}",
        if matches!(why, NotValid::Signature(_)) { "Signature by key" } else { "Key" },
        crate::quote(key_id)
    )]
    KeyNotValid { key_id: String, why: NotValid },
    #[error("The message inside the PGP signature differs from serializedPayload")]
    PgpPayloadMismatch,
    #[error("Signature verified, but unexpected message was signed: {0}")]
    PayloadInvalid(String),
    #[error("Attestation has payload type {}, which does not attest an image", crate::quote(.0))]
    PayloadType(String),
    #[error("Statement has predicate type {}, which does not attest an image", crate::quote(.0))]
    PredicateType(String),
    /// Like [`Self::PredicateType`], where statements of other types are required
    #[error(
        "{}, and {} is required",
        match found {
            Some(found) => alloc::format!("Statement has predicate type {}", crate::quote(found)),
            None => "Payload has no predicate type".into(),
        },
        quoted(needed, " or ")
    )]
    OtherPredicateType {
        /// `None` if the payload is no statement
        found: Option<String>,
        needed: Vec<String>,
    },
    #[error(
        "The signed payload cannot be reconstructed from the registry's manifest (layer {}), unless it \
         has no annotations and the repository as spelled here",
        crate::quote(.0)
    )]
    PayloadUnavailable(String),
    #[error(
        "Attestation is for digest {}, image has digest {expected}",
        digests(claimed.first(), claimed.len().saturating_sub(1))
    )]
    DigestMismatch {
        claimed: Vec<Digest>,
        expected: Digest,
    },
    /// Like [`Self::DigestMismatch`], found before any signature was verified
    #[error(
        "Bundle is for digest {}, image has digest {expected}; its signature was not verified",
        digests(first.as_deref(), *others)
    )]
    OtherDigest {
        /// One of the claimed digests; boxed, because lists of thousands of attestations have other rejections
        first: Option<Box<Digest>>,
        /// Number of the others
        others: usize,
        expected: Digest,
    },
    #[error(
        "Attestation is for repository {}, image is in repository {}",
        crate::quote(claimed),
        crate::quote(expected)
    )]
    ReferenceMismatch { claimed: String, expected: String },
    /// The certificate of a bundle is for no identity of the signer
    #[error("{}: {why}", const { Code::SigstoreIdentityMismatch.meaning() })]
    IdentityMismatch {
        /// The certificate and the nearest identity
        why: String,
        /// Similarity to that identity; of several certificates, the most similar is reported
        nearness: (u8, usize),
        /// The difference, short; empty if it cannot be told in short
        said: String,
    },
    /// One of the codes of Sigstore bundles; the message is what it means, and what exactly is wrong
    #[error("{message}")]
    Sigstore { code: Code, message: String },
}

impl Rejection {
    /// Returns the stable code of this rejection.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Undecodable(_) => Code::AttestationUndecodable,
            Self::FormatUnsupported(_) => Code::AttestationFormatUnsupported,
            Self::JwtUnsupported => Code::AttestationJwtUnsupported,
            Self::NoteMismatch { .. } => Code::AttestationNoteMismatch,
            Self::UnknownKeyId { .. } => Code::AttestationUnknownKeyId,
            Self::BadSignature { .. } | Self::BadCertificateSignature { .. } => {
                Code::AttestationBadSignature
            }
            Self::KeyNotValid { .. } => Code::AttestationKeyNotValid,
            Self::PgpPayloadMismatch => Code::AttestationPgpPayloadMismatch,
            Self::PayloadInvalid(_) => Code::AttestationPayloadInvalid,
            Self::PayloadType(_) => Code::AttestationPayloadType,
            Self::PredicateType(_) | Self::OtherPredicateType { .. } => {
                Code::AttestationPredicateType
            }
            Self::PayloadUnavailable(_) => Code::AttestationPayloadUnavailable,
            Self::DigestMismatch { .. } | Self::OtherDigest { .. } => {
                Code::AttestationDigestMismatch
            }
            Self::ReferenceMismatch { .. } => Code::AttestationReferenceMismatch,
            Self::IdentityMismatch { .. } => Code::SigstoreIdentityMismatch,
            Self::Sigstore { code, .. } => *code,
        }
    }

    /// Returns how far verification got before it failed; the rejection that got furthest is reported first.
    #[must_use]
    pub const fn rank(&self) -> u8 {
        match self {
            Self::NoteMismatch { .. } => 0,
            Self::Undecodable(_)
            | Self::FormatUnsupported(_)
            | Self::JwtUnsupported
            | Self::PayloadUnavailable(_)
            | Self::OtherDigest { .. } => 1,
            Self::UnknownKeyId { .. } => 2,
            Self::IdentityMismatch { .. } => rank_in_bundle(Code::SigstoreIdentityMismatch),
            Self::BadSignature { .. } | Self::BadCertificateSignature { .. } => 4,
            Self::Sigstore { code, .. } => rank_in_bundle(*code),
            Self::KeyNotValid { .. } | Self::PgpPayloadMismatch => 9,
            Self::PayloadType(_) => 10,
            Self::PayloadInvalid(_) => 11,
            Self::PredicateType(_) | Self::OtherPredicateType { .. } => 12,
            Self::DigestMismatch { .. } => 13,
            Self::ReferenceMismatch { .. } => 14,
        }
    }
}

/// Ranks the steps of verifying a bundle, in their order; see `sigstore::verify`.
const fn rank_in_bundle(code: Code) -> u8 {
    match code {
        Code::SigstoreIdentityMissing | Code::SigstoreCertificateInvalid => 2,
        Code::SigstoreIdentityMismatch => 3,
        Code::SigstoreAlgorithmUnsupported => 4,
        Code::SigstoreEntryUnsupported
        | Code::SigstoreEntryInvalid
        | Code::SigstoreEntryMismatch
        | Code::SigstoreInclusionProofMissing => 5,
        Code::SigstoreSetInvalid
        | Code::SigstoreCheckpointInvalid
        | Code::SigstoreInclusionProofInvalid
        | Code::SigstoreLogUnknown
        | Code::SigstoreLogEntryMissing => 6,
        Code::SigstoreTimestampInvalid
        | Code::SigstoreTimestampOutsideValidity
        | Code::SigstoreTimestampUntrusted
        | Code::SigstoreTimeMissing => 7,
        Code::SigstoreCertificateOutsideValidity
        | Code::SigstoreCertificateUntrusted
        | Code::SigstoreAuthorityOutsideValidity
        | Code::SigstoreSctMissing
        | Code::SigstoreSctInvalid
        | Code::SigstoreLogOutsideValidity => 8,
        _ => 1,
    }
}

impl From<&Rejection> for Reason {
    fn from(rejection: &Rejection) -> Self {
        Self::new(rejection.code(), rejection.to_string())
    }
}

/// Formats the first digest and the number of others.
fn digests(first: Option<&Digest>, others: usize) -> String {
    match (first, others) {
        (None, _) => "(none of sha256)".to_string(),
        (Some(first), 0) => first.to_string(),
        (Some(first), others) => alloc::format!("{first} and {others} more"),
    }
}

fn quoted<'t>(texts: impl IntoIterator<Item = &'t String>, separator: &str) -> String {
    let quoted: Vec<_> = texts.into_iter().map(|text| crate::quote(text)).collect();
    quoted.join(separator)
}

/// Hints at a misspelled id. Ids are compared byte by byte.
fn near_miss(id: &str, configured: &BTreeSet<String>) -> &'static str {
    let differs_by =
        |alike: fn(&str, &str) -> bool| configured.iter().any(|other| alike(id, other));
    if differs_by(|a, b| a.eq_ignore_ascii_case(b)) {
        "; they differ only in letter case"
    } else if differs_by(|a, b| a.trim() == b.trim()) {
        "; they differ only in white space"
    } else if differs_by(|a, b| bare(a) == bare(b)) {
        "; they differ only in their prefix"
    } else {
        ""
    }
}

fn bare(id: &str) -> &str {
    [
        "ni:///sha-256;",
        "nih:///sha-256;",
        "openpgp4fpr:",
        "//cloudkms.googleapis.com/v1/",
    ]
    .iter()
    .find_map(|prefix| id.strip_prefix(prefix))
    .unwrap_or(id)
}
