//! Whether an attestor has signed an image: every candidate is looked at until one satisfies it.

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::cmp::Reverse;

use super::claim::{self, Claim};
use super::{
    Attestation, Content, Form, Meter, Rejection, Signature, Signed, Source, Subject, dsse,
};
use crate::decision::{AttestorResult, Code, Reason, Verdict};
use crate::key::{PublicKey, VerifyError};
use crate::policy::attestor::Attestor;
use crate::settings::SingletonPae;
use crate::time::Time;

/// What holds for every verification of one request
#[derive(Debug)]
pub(crate) struct Circumstances {
    pub(crate) meter: Meter,
    pub(crate) singleton_pae: SingletonPae,
    pub(crate) now: Option<Time>,
    /// Bytes of a payload that a signature brings with it
    pub(crate) max_payload: usize,
}

/// Judges whether an attestor has signed an image.
///
/// `attestations` are untrusted, whoever stored them; `attestor` is configuration. `failures` are
/// the places that could not be asked: they count only where nothing else satisfies the attestor.
pub(crate) fn judge(
    attestor: &Attestor<'_>,
    subject: Subject<'_>,
    attestations: &[&Attestation<'_>],
    failures: Vec<Reason>,
    circumstances: &Circumstances,
) -> (Verdict, AttestorResult) {
    let refused = |reason| AttestorResult::refused(&attestor.name, alloc::vec![reason]);
    if attestor.keys.is_empty() {
        let message = alloc::format!("Attestor {} has no usable public keys", attestor.name);
        return refused(Reason::new(Code::AttestorWithoutKeys, message));
    }
    // Before any verification, so that it does not depend on what stands in front.
    for attestation in attestations {
        if let Content::Excessive(what, limit) = attestation.content
            && attestation.is_under(&attestor.note)
        {
            return refused(Reason::limit(what, limit));
        }
    }
    let mut search = Search {
        attestor,
        subject,
        circumstances,
        rejections: BTreeSet::new(),
        failures,
    };
    for attestation in attestations {
        match search.verify(attestation) {
            Err(limit) => return refused(limit),
            Ok(None) => {}
            Ok(Some(verified)) => return (Verdict::Conformant, verified.into_result(attestor)),
        }
    }
    search.refuse()
}

/// A key that signed for an image, and what it says it signed
struct Verified<'k> {
    key: &'k PublicKey,
    payload_type: Option<String>,
    source: Source,
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
            source: Some(self.source.name()),
            reasons: alloc::vec![Reason::new(Code::Attested, message)],
        }
    }
}

/// Looks for one signature by the attestor, and remembers why others did not count
struct Search<'s> {
    attestor: &'s Attestor<'s>,
    subject: Subject<'s>,
    circumstances: &'s Circumstances,
    /// The one that got furthest first
    rejections: BTreeSet<(Reverse<u8>, Rejection)>,
    /// What kept us from knowing, as opposed to what was found wrong
    failures: Vec<Reason>,
}

impl<'s> Search<'s> {
    /// Finds the key of the attestor that signed this attestation for this image.
    ///
    /// # Errors
    ///
    /// A budget is used up.
    fn verify(&mut self, attestation: &Attestation<'_>) -> Result<Option<Verified<'s>>, Reason> {
        if !attestation.is_under(&self.attestor.note) {
            self.reject(Rejection::NoteMismatch {
                note: attestation.note.as_deref().unwrap_or_default().to_string(),
                expected: self.attestor.note.to_string(),
            });
            return Ok(None);
        }
        let signed = match &attestation.content {
            Content::Signed(signed) => signed,
            Content::Rejected(rejection) => {
                self.reject(rejection.clone());
                return Ok(None);
            }
            Content::Excessive(what, limit) => return Err(Reason::limit(what, *limit)),
        };
        let messages = self.messages(signed);
        for signature in &signed.signatures {
            for key in self.keys_named(&signature.key_id)? {
                if let (Some(algorithm), Form::Raw) = (key.envelope_algorithm(), &signed.form) {
                    let format = alloc::format!("a bare payload signed with {}", algorithm.name());
                    self.reject(Rejection::FormatUnsupported(format));
                    continue;
                }
                for message in &messages {
                    if let Some(payload_type) = self.try_key(key, signed, message, signature)? {
                        return Ok(Some(Verified {
                            key,
                            payload_type,
                            source: attestation.source,
                        }));
                    }
                }
            }
        }
        Ok(None)
    }

    /// The keys of that id; all of them for a signature that names none.
    ///
    /// # Errors
    ///
    /// A budget is used up.
    fn keys_named(&mut self, id: &str) -> Result<Vec<&'s PublicKey>, Reason> {
        let keys = &self.attestor.keys;
        let named: Vec<_> = keys
            .iter()
            .filter(|key| id.is_empty() || key.id() == id)
            .collect();
        if named.is_empty() {
            self.circumstances.meter.look()?;
            let configured = keys.iter().map(|key| key.id().to_string()).collect();
            let id = id.to_string();
            self.reject(Rejection::UnknownKeyId { id, configured });
        }
        Ok(named)
    }

    /// The byte strings that a signature may be over.
    fn messages<'m>(&self, signed: &'m Signed<'_>) -> Vec<Cow<'m, [u8]>> {
        match &signed.form {
            Form::Dsse { payload_type } => {
                alloc::vec![Cow::Owned(dsse::pae(payload_type, &signed.payload))]
            }
            Form::Raw => {
                let mut messages = alloc::vec![Cow::Borrowed(signed.payload.as_slice())];
                if self.circumstances.singleton_pae == SingletonPae::Try {
                    let pae = dsse::pae(claim::SIMPLE_SIGNING, &signed.payload);
                    messages.push(Cow::Owned(pae));
                }
                messages
            }
        }
    }

    /// Verifies one signature with one key, then reads the very payload that was verified. Returns
    /// what the payload calls itself.
    fn try_key(
        &mut self,
        key: &PublicKey,
        signed: &Signed<'_>,
        message: &[u8],
        signature: &Signature<'_>,
    ) -> Result<Option<Option<String>>, Reason> {
        let Circumstances {
            meter,
            now,
            max_payload,
            ..
        } = self.circumstances;
        meter.verify(key.cost(), message.len())?;
        let verified = match key.authenticate(message, &signature.bytes, *now, *max_payload) {
            Ok(verified) => verified,
            Err(error) => {
                self.reject_signature(error, key);
                return Ok(None);
            }
        };
        // A signature that brought its payload is believed for that; else what it covers is ours.
        let payload = if signed.payload.is_empty() {
            &verified
        } else {
            signed.payload.as_slice()
        };
        let claim = Claim::read(&signed.form, payload);
        match claim.and_then(|claim| claim.check(self.subject)) {
            Ok(payload_type) => Ok(Some(payload_type)),
            Err(rejection) => {
                self.reject(rejection);
                Ok(None)
            }
        }
    }

    /// Remembers what is wrong with a signature, or that nobody can tell.
    fn reject_signature(&mut self, error: VerifyError, key: &PublicKey) {
        let key_id = key.id().to_string();
        let rejection = match error {
            VerifyError::BadSignature(why) => Rejection::BadSignature { key_id, why },
            VerifyError::KeyNotValid(why) => Rejection::KeyNotValid { key_id, why },
            VerifyError::PayloadMismatch => Rejection::PgpPayloadMismatch,
            VerifyError::FormatUnsupported(format) => {
                Rejection::FormatUnsupported(format.to_string())
            }
            VerifyError::TooLong => {
                let limit = self.circumstances.max_payload;
                self.failures
                    .push(Reason::limit("bytes in one payload", limit));
                return;
            }
            VerifyError::ClockUnavailable => {
                let message = alloc::format!(
                    "The evaluation time is not known, and key {} or its signature expires",
                    crate::quote(&key_id)
                );
                self.failures
                    .push(Reason::new(Code::ClockUnavailable, message));
                return;
            }
        };
        self.reject(rejection);
    }

    fn reject(&mut self, rejection: Rejection) {
        self.rejections
            .insert((Reverse(rejection.rank()), rejection));
    }

    /// The refusal, with everything that stood in the way.
    fn refuse(self) -> (Verdict, AttestorResult) {
        let Self {
            attestor,
            circumstances,
            rejections,
            failures: mut reasons,
            ..
        } = self;
        reasons.dedup();
        if reasons.is_empty() || !rejections.is_empty() {
            let reason = Reason::new(
                Code::NoValidAttestation,
                "No attestations found that were valid and signed by a key trusted by the attestor",
            );
            let said = circumstances.meter.say(rejections.len());
            let told = rejections.iter().take(said);
            let mut details: Vec<_> = told.map(|(_, one)| Reason::from(one)).collect();
            let unsaid = rejections.len().saturating_sub(said);
            if unsaid > 0 {
                let message = alloc::format!("and {unsaid} more that do not count");
                details.push(Reason::new(Code::NoValidAttestation, message));
            }
            reasons.push(reason.with_details(details));
        }
        AttestorResult::refused(&attestor.name, reasons)
    }
}
