//! From stored attestations to a satisfied attestor, or to the reasons why not.
//!
//! The procedure is that of Binary Authorization: any one valid attestation by any one key of the
//! attestor suffices, and the payload that is believed is the payload that was verified.

mod occurrence;
mod payload;
mod rejection;
mod simple_signing;
pub mod statement;

use alloc::borrow::Cow;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::cell::Cell;

pub(crate) use occurrence::Occurrence;
pub use rejection::Rejection;
use simple_signing::Payload;

use crate::decision::{AttestorResult, Code, Reason, Verdict};
use crate::digest::Digest;
use crate::image::ImageReference;
use crate::key::PublicKey;
use crate::policy::attestor::Attestor;
use crate::settings::DockerReference;

/// One attestation: what was signed, by which signatures, filed under which note
///
/// Attestations have an order so that a decision does not depend on the one in which they came.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Attestation<'a> {
    /// Absent means that it may belong to any attestor
    pub(crate) note: Option<Cow<'a, str>>,
    pub(crate) content: Content<'a>,
}

/// What an attestation consists of
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Content<'a> {
    Signed {
        payload: Vec<u8>,
        signatures: Vec<Signature<'a>>,
    },
    /// Cannot count, whoever signed it
    Rejected(Rejection),
    /// More of something than anybody should look at, and how much of it
    Excessive(&'static str, usize),
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

/// How many signatures may still be verified for this request
#[derive(Debug)]
pub(crate) struct Meter {
    left: Cell<usize>,
    limit: usize,
}

impl Meter {
    pub(crate) const fn new(limit: usize) -> Self {
        Self {
            left: Cell::new(limit),
            limit,
        }
    }

    /// Takes one verification from the budget.
    fn spend(&self) -> Result<(), Reason> {
        let left =
            self.left.get().checked_sub(1).ok_or_else(|| {
                Reason::limit("signature verifications in one request", self.limit)
            })?;
        self.left.set(left);
        Ok(())
    }
}

/// Judges whether an attestor has signed an image.
///
/// `attestations` are untrusted, whoever stored them; `attestor` is configuration.
pub(crate) fn judge(
    attestor: &Attestor<'_>,
    subject: Subject<'_>,
    attestations: &[&Attestation<'_>],
    meter: &Meter,
) -> (Verdict, AttestorResult) {
    let refused = |reason| AttestorResult::refused(&attestor.name, reason);
    if attestor.keys.is_empty() {
        let message = alloc::format!("Attestor {} has no usable public keys", attestor.name);
        return refused(Reason::new(Code::AttestorWithoutKeys, message));
    }
    let mut rejections = Vec::new();
    // Before any verification, so that it does not depend on what stands in front.
    for attestation in attestations {
        if let Content::Excessive(what, limit) = attestation.content
            && attestation.is_under(&attestor.note)
        {
            return refused(Reason::limit(what, limit));
        }
    }
    for attestation in attestations {
        match attestation.verify(attestor, subject, meter, &mut rejections) {
            Err(limit) => return refused(limit),
            Ok(None) => {}
            Ok(Some(verified)) => return (Verdict::Conformant, verified.into_result(attestor)),
        }
    }
    rejections.sort_by_key(|rejection| (core::cmp::Reverse(rejection.rank()), rejection.clone()));
    rejections.dedup();
    let details = rejections.iter().map(Reason::from).collect();
    let reason = Reason::new(
        Code::NoValidAttestation,
        "No attestations found that were valid and signed by a key trusted by the attestor",
    );
    refused(reason.with_details(details))
}

/// A key that signed for an image, and what it says it signed
struct Verified<'k> {
    key: &'k PublicKey,
    payload_type: Option<String>,
}

impl Verified<'_> {
    fn into_result(self, attestor: &Attestor<'_>) -> AttestorResult {
        let id = self.key.id();
        let message = alloc::format!(
            "Attestor {} satisfied by key {}",
            attestor.name,
            crate::quote(id)
        );
        AttestorResult {
            name: attestor.name.to_string(),
            verified: true,
            key_id: Some(id.to_string()),
            payload_type: self.payload_type,
            reasons: alloc::vec![Reason::new(Code::Attested, message)],
        }
    }
}

impl Attestation<'_> {
    /// Finds the key of the attestor that signed this attestation for this image.
    ///
    /// # Errors
    ///
    /// The budget for verifications is used up.
    fn verify<'k>(
        &self,
        attestor: &'k Attestor<'_>,
        subject: Subject<'_>,
        meter: &Meter,
        rejections: &mut Vec<Rejection>,
    ) -> Result<Option<Verified<'k>>, Reason> {
        if !self.is_under(&attestor.note) {
            rejections.push(Rejection::NoteMismatch {
                note: self.note.as_deref().unwrap_or_default().to_string(),
                expected: attestor.note.to_string(),
            });
            return Ok(None);
        }
        let (payload, signatures) = match &self.content {
            Content::Signed {
                payload,
                signatures,
            } => (payload, signatures),
            Content::Rejected(rejection) => {
                rejections.push(rejection.clone());
                return Ok(None);
            }
            Content::Excessive(what, limit) => return Err(Reason::limit(what, *limit)),
        };
        for signature in signatures {
            let named: Vec<_> = attestor
                .keys
                .iter()
                .filter(|key| signature.key_id.is_empty() || key.id() == signature.key_id)
                .collect();
            if named.is_empty() {
                let mut configured: Vec<_> = attestor
                    .keys
                    .iter()
                    .map(|key| key.id().to_string())
                    .collect();
                configured.sort();
                let id = signature.key_id.to_string();
                rejections.push(Rejection::UnknownKeyId { id, configured });
            }
            for key in named {
                meter.spend()?;
                if key.verify(payload, &signature.bytes).is_err() {
                    rejections.push(Rejection::BadSignature {
                        key_id: key.id().to_string(),
                    });
                    continue;
                }
                match Payload::read(payload).and_then(|payload| payload.check(subject)) {
                    Ok(payload_type) => return Ok(Some(Verified { key, payload_type })),
                    Err(rejection) => rejections.push(rejection),
                }
            }
        }
        Ok(None)
    }

    /// What the payload claims to be about, before anybody has verified it: good for choosing which
    /// attestations to look at, and for nothing else.
    pub(crate) fn claimed_digest(&self) -> Option<Digest> {
        match &self.content {
            Content::Signed { payload, .. } => Payload::read(payload).ok()?.digest().ok(),
            Content::Rejected(_) | Content::Excessive(..) => None,
        }
    }

    /// Whether the attestation may belong to a note: filed under it, or under none.
    pub(crate) fn is_under(&self, note: &str) -> bool {
        self.note.as_deref().is_none_or(|own| own == note)
    }
}
