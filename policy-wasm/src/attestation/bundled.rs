//! Sigstore bundles as attestations: what was signed, and by which key or identity.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::rc::Rc;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::search::{By, Said, Signer};
use super::{Claimed, Content, Form, Rejection, Signature, Signed, Source, Subject, media_type};
use crate::Budget;
use crate::digest::Digest;
use crate::json::Raw;
use crate::key::VerifyError;
use crate::sigstore::{
    self, Annotations, Artifact, Bundle, Identity, NotVerified, Signatory, Unreadable, Verifier,
};
use crate::verification::VerificationContext;

/// A bundle that is an attestation
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Bundled {
    bundle: Bundle,
    /// The signed message and its digest, if it is known; bundles contain only a digest
    message: Option<(Digest, Vec<u8>)>,
    /// Unverified claims; `None` if they are unknown
    claimed: Option<Rc<Claimed>>,
}

/// Verified content
pub(super) enum Spoken<'s> {
    Payload(Form<'s>, &'s [u8]),
    /// The image's manifest, by its digest
    Manifest(Digest),
}

impl Spoken<'_> {
    pub(super) fn said(&self) -> Said<'_> {
        match self {
            Self::Payload(form, payload) => Said::Payload(form, payload),
            Self::Manifest(digest) => Said::Manifest(*digest),
        }
    }
}

impl Bundled {
    /// Reads a bundle. An envelope that a key signed is an attestation like any other envelope: its log entries and
    /// timestamps prove nothing that a key needs.
    pub(crate) fn read(raw: Raw<'_>, source: Source, budget: &Budget) -> Content<'static> {
        // The API server adds it to the items of an `Attestation`, since it merges them by it.
        let added = (source == Source::Kubernetes).then_some("name");
        match Bundle::read_beside(added, raw, budget) {
            Ok(Bundle {
                content:
                    sigstore::Content::Envelope {
                        payload_type,
                        payload,
                    },
                verifier: Verifier::Key,
                signature,
                ..
            }) => Content::Signed(Signed {
                form: Form::Dsse {
                    payload_type: Cow::Owned(payload_type),
                },
                payload,
                signatures: alloc::vec![Signature {
                    key_id: Cow::Borrowed(""),
                    bytes: signature,
                }],
            }),
            Ok(bundle) => Content::Bundle(Self::new(bundle, None).into()),
            Err(Unreadable::Rejected(rejection)) => Content::Rejected(rejection),
            Err(Unreadable::Excessive(what, limit)) => Content::Excessive(what, limit),
        }
    }

    /// Reads the annotations of a signature in cosign's format before bundles, over a known message.
    ///
    /// # Errors
    ///
    /// The annotations are malformed.
    pub(crate) fn of_annotations(
        annotations: Annotations<'_>,
        signature: Vec<u8>,
        message: Vec<u8>,
    ) -> Result<Self, Rejection> {
        let bundle = annotations.into_bundle(signature)?;
        Ok(Self::new(bundle, Some(message)))
    }

    fn new(bundle: Bundle, message: Option<Vec<u8>>) -> Self {
        let claimed = claimed(&bundle.content, message.as_deref()).map(Rc::new);
        Self {
            bundle,
            message: message.map(|message| (Digest::of(&message), message)),
            claimed,
        }
    }

    /// Adds the message if the bundle has only its digest and `find` knows it.
    #[inline(never)] // cold: see docs/performance.md#stack
    pub(super) fn find_message<'m>(&mut self, find: &dyn Fn(Digest) -> Option<&'m str>) {
        let sigstore::Content::Message(Some((_, hint))) = &self.bundle.content else {
            return;
        };
        if self.message.is_some() {
            return;
        }
        let message = Digest::from_bytes(hint).and_then(|digest| Some((digest, find(digest)?)));
        if let Some((digest, message)) = message {
            self.claimed = claimed(&self.bundle.content, Some(message.as_bytes())).map(Rc::new);
            self.message = Some((digest, message.as_bytes().to_vec()));
        }
    }

    /// Returns the unverified claims, or `None` if they are unknown.
    pub(super) fn claimed(&self) -> Option<Rc<Claimed>> {
        self.claimed.clone()
    }

    /// Returns the in-toto statement, unverified and unparsed.
    pub(super) fn statement(&self) -> Option<&[u8]> {
        match &self.bundle.content {
            sigstore::Content::Envelope {
                payload_type,
                payload,
            } if payload_type == media_type::IN_TOTO => Some(payload),
            _ => None,
        }
    }

    /// Whether the bundle has only the digest of what was signed. If that is a payload, it may be about any image.
    pub(super) const fn is_of_digest(&self) -> bool {
        matches!(
            (&self.bundle.content, &self.message),
            (sigstore::Content::Message(_), None)
        )
    }

    /// Whether the certificate is for one of these identities. It is not verified.
    pub(super) fn names_one_of<'i, 'a: 'i>(
        &self,
        identities: impl IntoIterator<Item = &'i Rc<Identity<'a>>>,
    ) -> bool {
        self.bundle.names_one_of(identities)
    }

    /// Verifies that the signer signed the bundle, about an image if the bundle may be about several, and returns
    /// the signer and exactly what was signed.
    pub(super) fn verify<'k>(
        &self,
        signer: Signer<'k>,
        image: Option<Subject<'_>>,
        context: &VerificationContext,
    ) -> Result<(By<'k>, Spoken<'_>), NotVerified> {
        let (payload_type, payload) = match &self.bundle.content {
            sigstore::Content::Envelope {
                payload_type,
                payload,
            } => (payload_type, payload),
            sigstore::Content::Message(_) => return self.verify_message(signer, image, context),
        };
        let form = dsse_form(payload_type);
        if let Some(image) = image {
            self.check_relevance(image)?;
        }
        let by = self.identify(Artifact::Enveloped, signer, context)?;
        // A known verdict costs nothing, and the payload is parsed again.
        context.meter.read(payload.len())?;
        Ok((by, Spoken::Payload(form, payload)))
    }

    /// Checks that the payload is about an image, before any signature is verified: workload authors can copy bundles
    /// about other images from a public log. Malformed payloads are left to the time after verification.
    fn check_relevance(&self, image: Subject<'_>) -> Result<(), Rejection> {
        let Some(claimed) = &self.claimed else {
            return Ok(());
        };
        if claimed.digests.contains(&image.digest) {
            return Ok(());
        }
        Err(Rejection::OtherDigest {
            first: claimed.digests.first().copied().map(Box::new),
            others: claimed.digests.len().saturating_sub(1),
            expected: image.digest,
        })
    }

    /// Verifies the signature over a message: a simple-signing payload, or the image's manifest.
    fn verify_message<'k>(
        &self,
        signer: Signer<'k>,
        image: Option<Subject<'_>>,
        context: &VerificationContext,
    ) -> Result<(By<'k>, Spoken<'_>), NotVerified> {
        let Some(image) = image else {
            let format = "message signature".to_string();
            return Err(Rejection::FormatUnsupported(format).into());
        };
        let (artifact, spoken) = match &self.message {
            Some((digest, message)) => {
                self.check_relevance(image)?;
                context.meter.read(message.len())?;
                (
                    Artifact::Message(*digest, message),
                    Spoken::Payload(Form::Raw, message),
                )
            }
            None => (
                Artifact::Digest(image.digest),
                Spoken::Manifest(image.digest),
            ),
        };
        let by = if self.bundle.verifier == Verifier::Key {
            self.bundle.check_hint(artifact)?;
            self.find_key(&spoken, signer, context)?
        } else {
            self.identify(artifact, signer, context)?
        };
        Ok((by, spoken))
    }

    /// Verifies the signature with an identity of the signer.
    fn identify<'k>(
        &self,
        artifact: Artifact<'_>,
        signer: Signer<'k>,
        context: &VerificationContext,
    ) -> Result<By<'k>, NotVerified> {
        let Signer {
            identities, roots, ..
        } = signer;
        let times = sigstore::verify(&self.bundle, artifact, identities, roots, context)?;
        let signatory = Signatory::read(&self.bundle, &times)?;
        Ok(By::Identity(Rc::new(signatory)))
    }

    /// Verifies the signature over a message with a key of the signer; the bundle does not tell which.
    fn find_key<'k>(
        &self,
        spoken: &Spoken<'_>,
        signer: Signer<'k>,
        context: &VerificationContext,
    ) -> Result<By<'k>, NotVerified> {
        let mut rejection = Rejection::UnknownKeyId {
            id: String::new(),
            configured: BTreeSet::new(),
        };
        for key in signer.keys {
            let signature = &self.bundle.signature;
            let verified = match spoken {
                Spoken::Payload(_, message) => {
                    key.authenticate(message, signature, context).map(drop)
                }
                Spoken::Manifest(digest) => {
                    key.authenticate_digest(digest.as_bytes(), signature, context)
                }
            };
            let key_id = key.id().to_string();
            match verified {
                Ok(()) => return Ok(By::Key(key)),
                Err(VerifyError::Exhausted(exhausted)) => return Err(exhausted.into()),
                Err(VerifyError::ClockUnavailable) => {
                    return Err(NotVerified::ClockUnavailable(key_id));
                }
                Err(VerifyError::KeyNotValid(why)) => {
                    return Err(Rejection::KeyNotValid { key_id, why }.into());
                }
                Err(_) => {
                    rejection = Rejection::BadSignature { key_id, why: "" };
                }
            }
        }
        Err(rejection.into())
    }
}

/// Reads the unverified claims of a bundle.
fn claimed(content: &sigstore::Content, message: Option<&[u8]>) -> Option<Claimed> {
    match (content, message) {
        (sigstore::Content::Message(_), Some(message)) => Claimed::read(&Form::Raw, message),
        // The digest is that of a manifest, or of a payload that names the image; see [`Bundled::is_of_digest`].
        (sigstore::Content::Message(hint), None) => {
            let (_, hint) = hint.as_ref()?;
            Some(Claimed {
                digests: crate::set([Digest::from_bytes(hint)?]),
                predicate_type: None,
            })
        }
        (
            sigstore::Content::Envelope {
                payload_type,
                payload,
            },
            _,
        ) => Claimed::read(&dsse_form(payload_type), payload),
    }
}

const fn dsse_form(payload_type: &str) -> Form<'_> {
    Form::Dsse {
        payload_type: Cow::Borrowed(payload_type),
    }
}
