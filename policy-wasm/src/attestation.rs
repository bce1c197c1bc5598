//! From stored attestations to a satisfied attestor, or to the reasons why not.
//!
//! The procedure is that of Binary Authorization: any one valid attestation by any one key of the
//! attestor suffices, and the payload that is believed is the payload that was verified.

pub(crate) mod base64;
mod body;
mod claim;
mod dsse;
mod meter;
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

use claim::Claim;
pub(crate) use claim::SIMPLE_SIGNING;
pub(crate) use meter::{Exhausted, Meter};
pub(crate) use occurrence::Occurrence;
pub use rejection::Rejection;
pub(crate) use search::{Circumstances, Encoding, NotFound, Signer, Verified, find, verify};

use crate::digest::Digest;
use crate::image::ImageReference;
use crate::key::PublicKey;
use crate::settings::DockerReference;

/// One attestation: what was signed, by which signatures, filed under which note
///
/// Attestations have an order so that a decision does not depend on the one in which they came.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Attestation<'a> {
    /// Absent means that it may belong to any attestor
    pub(crate) note: Option<Cow<'a, str>>,
    pub(crate) content: Content<'a>,
    pub(crate) source: Source,
}

/// Where an attestation was found
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

/// What an attestation consists of
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Content<'a> {
    Signed(Signed<'a>),
    /// Cannot count, whoever signed it
    Rejected(Rejection),
    /// More of something than anybody should look at, and how much of it
    Excessive(&'static str, usize),
}

/// A payload and the signatures over it
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Signed<'a> {
    pub(crate) form: Form<'a>,
    /// Empty where the signature brings the payload with it
    pub(crate) payload: Vec<u8>,
    pub(crate) signatures: Vec<Signature<'a>>,
}

/// What a payload says of itself, before anybody has verified it: good for choosing which attestations to
/// look at, and for nothing else. A payload may be large, and is read for this once.
#[derive(Debug)]
pub(crate) struct Claimed {
    pub(crate) digests: BTreeSet<Digest>,
    /// Of a statement
    pub(crate) predicate_type: Option<String>,
}

/// Which bytes the signatures are over
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form<'a> {
    /// The payload itself
    Raw,
    /// The payload with its type, as DSSE encodes them
    Dsse { payload_type: Cow<'a, str> },
}

/// One signature of an attestation
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Signature<'a> {
    /// Empty when the signature names no key
    pub(crate) key_id: Cow<'a, str>,
    pub(crate) bytes: Vec<u8>,
}

/// The image that is to be attested
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) digest: Digest,
    pub(crate) reference: ImageReference<'a>,
    pub(crate) docker_reference: DockerReference,
}

impl Attestation<'_> {
    /// Stands for more attestations of an image than anybody should look at.
    pub(crate) const fn excessive(source: Source, limit: usize) -> Self {
        Self {
            note: None,
            content: Content::Excessive("attestations of one image", limit),
            source,
        }
    }

    /// The same, independent of the text that it was read from.
    pub(crate) fn into_owned(self) -> Attestation<'static> {
        Attestation {
            note: self.note.map(owned),
            content: self.content.into_owned(),
            source: self.source,
        }
    }

    /// What the payload says of itself; `None` where it cannot be read.
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

    /// The in-toto statement in an envelope, not verified and not read.
    pub(crate) fn statement(&self) -> Option<&[u8]> {
        match &self.content {
            Content::Signed(Signed {
                form: Form::Dsse { payload_type },
                payload,
                ..
            }) if payload_type == claim::IN_TOTO => Some(payload),
            _ => None,
        }
    }

    /// Whether this is an envelope, which says how its payload was encoded for signing.
    pub(crate) const fn is_envelope(&self) -> bool {
        matches!(
            &self.content,
            Content::Signed(Signed {
                form: Form::Dsse { .. },
                ..
            })
        )
    }

    /// Whether a signature says that it is by one of these keys.
    pub(crate) fn names_one_of(&self, keys: &[PublicKey]) -> bool {
        let Content::Signed(signed) = &self.content else {
            return false;
        };
        let ids = signed.signatures.iter().map(|signature| &signature.key_id);
        keys.iter().any(|key| ids.clone().any(|id| key.has_id(id)))
    }

    /// Whether the attestation may belong to a note: filed under it, or under none.
    pub(crate) fn is_under(&self, note: &str) -> bool {
        self.note.as_deref().is_none_or(|own| own == note)
    }
}

impl Content<'_> {
    /// The same, independent of the text that it was read from.
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
