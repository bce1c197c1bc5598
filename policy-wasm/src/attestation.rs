//! Verification of attestations: whether an attestor is satisfied, or the reasons why not.
//!
//! As in Binary Authorization, one valid attestation by one key of the attestor suffices; so does one by an identity.
//! Only the verified payload bytes are interpreted.

mod attestor;
mod body;
#[cfg_attr(not(feature = "sigstore"), path = "attestation/bundled/unsupported.rs")]
mod bundled;
mod claim;
pub mod media_type;
mod occurrence;
mod payload;
mod search;
pub(crate) mod simple_signing;
pub mod statement;

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

pub(crate) use attestor::Attestor;
pub(crate) use bundled::Bundled;
use claim::Claim;
pub(crate) use claim::DockerReference;
pub(crate) use occurrence::Occurrence;
pub use occurrence::problem as problem_of_occurrence;
pub(crate) use search::{
    By, Candidates, Encoding, NotFound, Signer, Verified, find, time_is_unknown, verify,
};

pub use crate::rejection::Rejection;

use crate::digest::Digest;
use crate::image::ImageReference;
use crate::key::PublicKey;
use crate::sigstore::Identity;
use statement::predicate_type::{COSIGN_SIGN_V1, POLICY_VERIFICATION_V0_1};

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
    /// A Sigstore bundle; boxed, because it is large and rare
    Bundle(Box<Bundled>),
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
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
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

/// The image to attest, and the payloads that attest it
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) digest: Digest,
    pub(crate) reference: ImageReference<'a>,
    pub(crate) docker_reference: DockerReference,
    /// Predicate types of the statements that attest it; if empty, the payloads that do without them, see `claim`
    pub(crate) predicate_types: &'a [Cow<'a, str>],
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
    pub(crate) fn claimed(&self) -> Option<Rc<Claimed>> {
        match &self.content {
            Content::Signed(Signed { form, payload, .. }) => {
                Claimed::read(form, payload).map(Rc::new)
            }
            Content::Bundle(bundle) => bundle.claimed(),
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
            Content::Bundle(bundle) => bundle.statement(),
            _ => None,
        }
    }

    /// Whether this may be a signature of cosign: a bare payload, the statement that cosign signs instead, or a bundle
    /// of anything but Google's statement, which no client of Sigstore signs. `claimed` is the result of
    /// [`Self::claimed`].
    pub(crate) fn is_of_cosign(&self, claimed: Option<&Claimed>) -> bool {
        let kind = claimed.and_then(|claimed| claimed.predicate_type.as_deref());
        match &self.content {
            Content::Signed(Signed {
                form: Form::Dsse { .. },
                ..
            }) => kind == Some(COSIGN_SIGN_V1),
            Content::Bundle(_) => kind != Some(POLICY_VERIFICATION_V0_1),
            _ => true,
        }
    }

    /// Whether a signature has the key id of one of these keys, or a certificate is for one of these identities.
    pub(crate) fn names_one_of(&self, keys: &[PublicKey], identities: &[Rc<Identity<'_>>]) -> bool {
        let signed = match &self.content {
            Content::Signed(signed) => signed,
            Content::Bundle(bundle) => return bundle.names_one_of(identities),
            Content::Rejected(_) | Content::Excessive(..) => return false,
        };
        let ids = signed.signatures.iter().map(|signature| &signature.key_id);
        keys.iter().any(|key| ids.clone().any(|id| key.has_id(id)))
    }

    /// Whether this is a Sigstore bundle.
    pub(crate) const fn is_bundle(&self) -> bool {
        matches!(self.content, Content::Bundle(_))
    }

    /// Adds the message to a bundle that has only the digest, if `find` knows it.
    pub(crate) fn find_message<'m>(&mut self, find: &dyn Fn(Digest) -> Option<&'m str>) {
        if let Content::Bundle(bundle) = &mut self.content {
            bundle.find_message(find);
        }
    }

    /// Whether only the digest of what was signed is known, so that it may be about any image.
    pub(crate) fn is_of_digest(&self) -> bool {
        match &self.content {
            Content::Bundle(bundle) => bundle.is_of_digest(),
            _ => false,
        }
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
            Self::Bundle(bundle) => Content::Bundle(bundle),
            Self::Rejected(rejection) => Content::Rejected(rejection),
            Self::Excessive(what, limit) => Content::Excessive(what, limit),
        }
    }
}

impl Claimed {
    /// Parses a payload; `None` if it is malformed.
    fn read(form: &Form<'_>, payload: &[u8]) -> Option<Self> {
        let claim = Claim::read(form, payload).ok()?;
        Some(Self {
            digests: crate::set(claim.digests()),
            predicate_type: claim.predicate_type().map(String::from),
        })
    }
}

fn owned(text: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}
