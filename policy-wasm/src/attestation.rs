//! Verification of attestations: whether an attestor is satisfied, or the reasons why not.
//!
//! As in Binary Authorization, one valid attestation by one key of the attestor suffices. Only the verified
//! payload bytes are interpreted.

mod attestor;
pub(crate) mod base64;
mod body;
mod claim;
pub(crate) mod dsse;
pub mod media_type;
mod occurrence;
mod payload;
mod rejection;
mod search;
mod simple_signing;
pub mod statement;

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

pub(crate) use attestor::Attestor;
use claim::Claim;
pub(crate) use claim::DockerReference;
pub(crate) use occurrence::Occurrence;
pub use rejection::Rejection;
pub(crate) use search::{Candidates, Encoding, NotFound, Signer, Verified, find, verify};

use crate::digest::Digest;
use crate::image::ImageReference;
use crate::key::PublicKey;

/// One attestation: the signed content, its signatures, and its note
///
/// Attestations are ordered, so that a decision does not depend on the order in which they were supplied.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Attestation<'a> {
    /// `None` if it may belong to any attestor
    pub(crate) note: Option<Cow<'a, str>>,
    pub(crate) content: Content<'a>,
    pub(crate) source: Source,
}

/// Source of an attestation
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    Settings,
    PodAnnotation,
    Kubernetes,
    Registry,
}

impl Source {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::PodAnnotation => "pod-annotation",
            Self::Kubernetes => "kubernetes",
            Self::Registry => "registry",
        }
    }
}

/// Content of an attestation
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Content<'a> {
    Signed(Signed<'a>),
    /// Invalid, whatever its signatures are
    Rejected(Rejection),
    /// Exceeds a limit: the name of the limited thing, and the limit
    Excessive(&'static str, usize),
}

/// A payload and the signatures over it
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Signed<'a> {
    pub(crate) form: Form<'a>,
    /// Empty if the signature contains the payload
    pub(crate) payload: Vec<u8>,
    pub(crate) signatures: Vec<Signature<'a>>,
}

/// Unverified claims of a payload, used only to select the attestations to verify. They are read once, because
/// payloads may be large.
#[derive(Debug)]
pub(crate) struct Claimed {
    pub(crate) digests: BTreeSet<Digest>,
    /// Predicate type of a statement
    pub(crate) predicate_type: Option<String>,
}

/// Encoding of the signed bytes
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form<'a> {
    /// The payload itself
    Raw,
    /// The payload with its type, in DSSE's pre-authentication encoding
    Dsse { payload_type: Cow<'a, str> },
}

/// One signature of an attestation
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Signature<'a> {
    /// Empty if the signature has no key id
    pub(crate) key_id: Cow<'a, str>,
    pub(crate) bytes: Vec<u8>,
}

/// The image to attest
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) digest: Digest,
    pub(crate) reference: ImageReference<'a>,
    pub(crate) docker_reference: DockerReference,
}

impl Attestation<'_> {
    /// Returns a placeholder for more attestations of an image than the limit.
    pub(crate) const fn excessive(source: Source, limit: usize) -> Self {
        Self {
            note: None,
            content: Content::Excessive("attestations of one image", limit),
            source,
        }
    }

    /// Copies borrowed parts, so that the value outlives the text that it was read from.
    pub(crate) fn into_owned(self) -> Attestation<'static> {
        Attestation {
            note: self.note.map(owned),
            content: self.content.into_owned(),
            source: self.source,
        }
    }

    /// Returns the payload's unverified claims, or `None` if it cannot be parsed.
    pub(crate) fn claimed(&self) -> Option<Claimed> {
        match &self.content {
            Content::Signed(Signed { form, payload, .. }) => {
                let claim = Claim::read(form, payload).ok()?;
                Some(Claimed {
                    digests: crate::set(claim.digests()),
                    predicate_type: claim.predicate_type().map(String::from),
                })
            }
            Content::Rejected(_) | Content::Excessive(..) => None,
        }
    }

    /// Returns the in-toto statement in an envelope, unverified and unparsed.
    pub(crate) fn statement(&self) -> Option<&[u8]> {
        match &self.content {
            Content::Signed(Signed {
                form: Form::Dsse { payload_type },
                payload,
                ..
            }) if payload_type == media_type::IN_TOTO => Some(payload),
            _ => None,
        }
    }

    /// Whether this is an envelope, which records how its payload was encoded for signing.
    pub(crate) const fn is_envelope(&self) -> bool {
        matches!(
            &self.content,
            Content::Signed(Signed {
                form: Form::Dsse { .. },
                ..
            })
        )
    }

    /// Whether a signature has the key id of one of these keys.
    pub(crate) fn names_one_of(&self, keys: &[PublicKey]) -> bool {
        let Content::Signed(signed) = &self.content else {
            return false;
        };
        let ids = signed.signatures.iter().map(|signature| &signature.key_id);
        keys.iter().any(|key| ids.clone().any(|id| key.has_id(id)))
    }

    /// Whether the attestation has this note or none.
    pub(crate) fn is_under(&self, note: &str) -> bool {
        self.note.as_deref().is_none_or(|own| own == note)
    }
}

impl Content<'_> {
    /// Copies borrowed parts, so that the value outlives the text that it was read from.
    fn into_owned(self) -> Content<'static> {
        match self {
            Self::Signed(signed) => Content::Signed(Signed {
                form: match signed.form {
                    Form::Raw => Form::Raw,
                    Form::Dsse { payload_type } => Form::Dsse {
                        payload_type: owned(payload_type),
                    },
                },
                payload: signed.payload,
                signatures: signed
                    .signatures
                    .into_iter()
                    .map(|Signature { key_id, bytes }| Signature {
                        key_id: owned(key_id),
                        bytes,
                    })
                    .collect(),
            }),
            Self::Rejected(rejection) => Content::Rejected(rejection),
            Self::Excessive(what, limit) => Content::Excessive(what, limit),
        }
    }
}

fn owned(text: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}
