//! Search for a valid signature by a trusted key: tries candidates until one verifies.

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::rc::Rc;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::cell::OnceCell;
use core::cmp::Reverse;

use super::claim::{self, Claim};
use super::media_type;
use super::{Attestation, Bundled, Content, Form, Rejection, Signature, Signed, Source, Subject};
use crate::attestation::Attestor;
use crate::decision::{Code, NOT_SIGNED, Reason};
use crate::digest::Digest;
use crate::dsse;
use crate::key::{NotValid, PublicKey, VerifyError};
use crate::sigstore::{Identity, NotVerified, Signatory, TrustedRoots};
use crate::verification::VerificationContext;

/// The signer whose signature is searched for
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signer<'k> {
    /// Keys of which any one suffices
    pub(crate) keys: &'k [PublicKey],
    /// Identities of which any one suffices, for bundles with certificates
    pub(crate) identities: &'k [Rc<Identity<'k>>],
    #[cfg_attr(
        not(feature = "sigstore"),
        expect(dead_code, reason = "only bundles have it")
    )]
    pub(crate) roots: &'k TrustedRoots<'k>,
    /// Note of the signer; attestations under another note are rejected
    pub(crate) note: Option<&'k str>,
    pub(crate) encoding: Encoding,
    /// Other attestors; signatures by their keys are not reported as signed with an unknown key
    pub(crate) others: &'k [Attestor<'k>],
}

/// Encoding of the signed bytes, for attestations that do not record it; envelopes always do
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// The payload bytes
    Raw,
    /// The payload bytes, or else the payload's DSSE encoding
    RawThenPae,
    /// The payload's DSSE encoding, or else the payload bytes, as in platform policies
    PaeThenRaw,
}

/// The signer of an attestation that was verified
#[derive(Debug, Clone)]
pub(crate) enum By<'k> {
    Key(&'k PublicKey),
    #[cfg_attr(
        not(feature = "sigstore"),
        expect(dead_code, reason = "only bundles have it")
    )]
    Identity(Rc<Signatory>),
}

impl By<'_> {
    /// Describes the signer for messages.
    pub(crate) fn description(&self) -> String {
        match self {
            Self::Key(key) => alloc::format!("key {}", crate::quote(key.id())),
            Self::Identity(signatory) => alloc::format!("identity {}", signatory.description()),
        }
    }

    /// Returns the identity, if one signed.
    pub(crate) fn signatory(&self) -> Option<Rc<Signatory>> {
        match self {
            Self::Key(_) => None,
            Self::Identity(signatory) => Some(Rc::clone(signatory)),
        }
    }
}

/// Signed content of an attestation, after verification
#[derive(Debug, Clone, Copy)]
pub(super) enum Said<'s> {
    Payload(&'s Form<'s>, &'s [u8]),
    /// The image's manifest, by its digest
    #[cfg_attr(
        not(feature = "sigstore"),
        expect(dead_code, reason = "only bundles have it")
    )]
    Manifest(Digest),
}

/// The signer of an attestation of an image, and the payload's own type
#[derive(Debug)]
pub(crate) struct Verified<'k> {
    pub(crate) by: By<'k>,
    pub(crate) payload_type: Option<String>,
    pub(crate) source: Source,
}

/// Candidate attestations for one signer and image
#[derive(Debug)]
pub(crate) struct Candidates<'c, 'e> {
    attestations: Vec<&'c Attestation<'e>>,
    /// Number of those that may be valid; the others only explain a denial
    counting: usize,
}

impl<'c, 'e> Candidates<'c, 'e> {
    pub(crate) const fn new(attestations: Vec<&'c Attestation<'e>>, counting: usize) -> Self {
        Self {
            attestations,
            counting,
        }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.attestations.is_empty()
    }

    /// Returns each candidate alone.
    #[cfg(feature = "sigstore")]
    pub(crate) fn each(&self) -> impl Iterator<Item = Self> {
        let numbered = self.attestations.iter().enumerate();
        numbered
            .map(|(place, one)| Self::new(alloc::vec![*one], usize::from(place < self.counting)))
    }
}

/// Searches for one valid attestation of an image.
///
/// `candidates` are untrusted; `signer` comes from the settings. `failures` are failed lookups, which are
/// reported only if no attestation is valid.
///
/// # Errors
///
/// No attestation is valid, or a budget is exhausted.
pub(crate) fn find<'k>(
    signer: Signer<'k>,
    subject: Subject<'_>,
    candidates: &Candidates<'_, '_>,
    failures: Vec<Reason>,
    context: &VerificationContext,
) -> Result<Verified<'k>, NotFound> {
    let mut search = Search::new(signer, Some(subject), context);
    search.failures = failures;
    let attestations = &candidates.attestations;
    refuse_excess(attestations, signer.note).map_err(NotFound::from)?;
    for (place, attestation) in attestations.iter().enumerate() {
        search.only_explains = place >= candidates.counting;
        if search.only_explains && !context.meter.may_say() {
            let rest = attestations.len().saturating_sub(place);
            search.not_kept = search.not_kept.saturating_add(rest);
            break;
        }
        let found = search.verify(attestation, |said| match said {
            Said::Payload(form, payload) => Claim::read(form, payload)?.check(subject),
            Said::Manifest(digest) => claim::check_manifest(digest, subject),
        });
        match found {
            Err(limit) => return Err(limit.into()),
            Ok(None) => {}
            Ok(Some((by, payload_type))) => {
                return Ok(Verified {
                    by,
                    payload_type,
                    source: attestation.source,
                });
            }
        }
    }
    Err(search.give_up())
}

/// Verifies that a signer has signed an attestation, whatever its payload is, and returns the signer.
///
/// # Errors
///
/// The signer has not, or a budget is exhausted.
pub(crate) fn verify<'k>(
    signer: Signer<'k>,
    attestation: &Attestation<'_>,
    context: &VerificationContext,
) -> Result<By<'k>, NotFound> {
    let mut search = Search::new(signer, None, context);
    match search.verify(attestation, |_| Ok(()))? {
        Some((by, ())) => Ok(by),
        None => Err(search.give_up()),
    }
}

/// Fails if a limit is exceeded. Checked before any verification, so that the result does not depend on the
/// order of attestations.
fn refuse_excess(attestations: &[&Attestation<'_>], note: Option<&str>) -> Result<(), Reason> {
    for attestation in attestations {
        if let Content::Excessive(what, limit) = attestation.content
            && note.is_none_or(|note| attestation.is_under(note))
        {
            return Err(Reason::limit(what, limit));
        }
    }
    Ok(())
}

/// Returns the reason for a key with a period of validity, or with a signature that has one.
pub(crate) fn time_is_unknown(key_id: &str) -> Reason {
    let message = alloc::format!(
        "The evaluation time is unknown, and key {} or its signature is valid only for a period",
        crate::quote(key_id)
    );
    Reason::new(Code::ClockUnavailable, message)
}

/// Reasons why no attestation is valid
#[derive(Debug)]
pub(crate) struct NotFound {
    /// Errors that prevented a result, as opposed to invalid attestations
    pub(crate) failures: Vec<Reason>,
    /// Invalid attestations, those that got furthest in verification first
    pub(crate) rejections: Vec<Reason>,
    /// A key of the signer signed, and the key or the signature is not valid now: why
    pub(crate) void: Option<NotValid>,
    /// The most telling of these, in words
    pub(crate) cause: Cow<'static, str>,
}

/// Cause of a missing attestation; of several, the greatest is reported
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cause {
    /// No attestation by this signer about this digest; there may be others
    NotSigned,
    /// A key of the signer signed something of another type, perhaps for another requirement
    OtherPredicateType,
    /// An attestation cannot be decoded
    Unreadable,
    /// A key signed that neither this signer nor another attestor has
    UnknownKey,
    /// A certificate signed, and the signer has only keys
    IdentityMissing,
    /// The certificate is for an identity that neither this signer nor another attestor has
    UnknownIdentity,
    /// A signature that names a key of the signer does not verify
    BadSignature,
    /// An attestation that names a key of the signer is under another note
    OtherNote,
    /// A bundle under an identity of the signer does not verify
    BundleNotVerified,
    /// An identity of the signer signed when its certificate was not valid
    CertificateNotValid,
    /// A key of the signer signed, and the key or the signature is not valid
    KeyNotValid(NotValid),
    /// A key of the signer signed something that attests no image
    NotAnAttestation,
    /// A key of the signer signed this digest in another repository
    OtherRepository,
}

impl Cause {
    /// Message for an attestor or a check.
    fn text(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::NotSigned => NOT_SIGNED,
            Self::OtherPredicateType => "What was signed has another predicate type",
            Self::Unreadable => "An attestation was found that cannot be read",
            Self::UnknownKey => "Signed with a key that is not trusted for it",
            Self::IdentityMissing => "Signed with a certificate, and only keys are trusted for it",
            Self::UnknownIdentity => "Signed by an identity that is not trusted for it",
            Self::BundleNotVerified => {
                "Signed by a trusted identity, but its Sigstore bundle does not verify"
            }
            Self::CertificateNotValid => {
                "Signed by a trusted identity when its certificate was not valid"
            }
            Self::BadSignature => "The signature does not verify with the key that it names",
            Self::OtherNote => "Signed, but under another note",
            Self::KeyNotValid(why) => {
                return alloc::format!("Signed with {}", why.description()).into();
            }
            Self::NotAnAttestation => "What was signed does not attest an image",
            Self::OtherRepository => "Signed for another repository",
        })
    }
}

impl From<Reason> for NotFound {
    fn from(limit: Reason) -> Self {
        Self {
            failures: alloc::vec![limit],
            rejections: Vec::new(),
            void: None,
            cause: Cause::NotSigned.text(),
        }
    }
}

impl NotFound {
    /// Returns the failures and, unless they explain everything, a reason with the cause.
    pub(crate) fn into_refusal(mut self) -> Vec<Reason> {
        let text = core::mem::take(&mut self.cause);
        self.into_reasons(Code::NoValidAttestation, &text)
    }

    /// Returns the failures and, unless they explain everything, a reason with `code`.
    pub(crate) fn into_reasons(self, code: Code, message: &str) -> Vec<Reason> {
        let Self {
            failures: mut reasons,
            rejections,
            void: _,
            cause: _,
        } = self;
        if reasons.is_empty() || !rejections.is_empty() {
            reasons.push(Reason::new(code, message).with_details(rejections));
        }
        reasons
    }
}

/// A search in progress, with the rejections so far
struct Search<'s, 'c> {
    signer: Signer<'s>,
    /// The image to attest; `None` for statements, which name their images
    image: Option<Subject<'c>>,
    context: &'c VerificationContext,
    rejections: BTreeSet<(Reverse<u8>, Rejection)>,
    /// Number of rejections that are only counted, since no details may be reported any more
    not_kept: usize,
    failures: Vec<Reason>,
    /// The most telling cause so far
    cause: Cause,
    /// For [`Cause::UnknownIdentity`], the nearest certificate so far, in words
    identity: Option<((u8, usize), String)>,
    /// Key ids that the signer does not have
    unknown: BTreeSet<String>,
    /// The current attestation cannot be valid, and is no cause
    only_explains: bool,
}

impl<'s, 'c> Search<'s, 'c> {
    const fn new(
        signer: Signer<'s>,
        image: Option<Subject<'c>>,
        context: &'c VerificationContext,
    ) -> Self {
        Self {
            signer,
            image,
            context,
            rejections: BTreeSet::new(),
            not_kept: 0,
            failures: Vec::new(),
            cause: Cause::NotSigned,
            identity: None,
            unknown: BTreeSet::new(),
            only_explains: false,
        }
    }

    /// Finds a key of the signer that signed this attestation with a payload that `accept` accepts. `accept` gets
    /// exactly the verified bytes.
    ///
    /// # Errors
    ///
    /// A budget is exhausted.
    fn verify<T>(
        &mut self,
        attestation: &Attestation<'_>,
        accept: impl Fn(Said<'_>) -> Result<T, Rejection>,
    ) -> Result<Option<(By<'s>, T)>, Reason> {
        if let Some(note) = self.signer.note
            && !attestation.is_under(note)
        {
            // The claim is not verified; it only chooses the message.
            if let Content::Signed(signed) = &attestation.content
                && attestation.names_one_of(self.signer.keys, self.signer.identities)
                && accept(Said::Payload(&signed.form, &signed.payload)).is_ok()
            {
                self.cause = self.cause.max(Cause::OtherNote);
            }
            self.reject(Rejection::NoteMismatch {
                note: attestation.note.as_deref().unwrap_or_default().to_string(),
                expected: note.to_string(),
            });
            return Ok(None);
        }
        let signed = match &attestation.content {
            Content::Signed(signed) => signed,
            Content::Bundle(bundle) => return self.verify_bundle(bundle, accept),
            Content::Rejected(rejection) => {
                // Stored where the attestations of the signer are, but under another note.
                if matches!(rejection, Rejection::NoteMismatch { .. }) {
                    self.tell(Cause::OtherNote);
                }
                self.reject(rejection.clone());
                return Ok(None);
            }
            Content::Excessive(what, limit) => return Err(Reason::limit(what, *limit)),
        };
        // Encoded only if a signature has a known key id, because payloads may be large.
        let messages = OnceCell::new();
        for signature in &signed.signatures {
            for key in self.keys_named(&signature.key_id)? {
                if let (Some(algorithm), Form::Raw) = (key.envelope_algorithm(), &signed.form) {
                    let format = alloc::format!("a bare payload signed with {}", algorithm.name());
                    self.reject(Rejection::FormatUnsupported(format));
                    continue;
                }
                let messages = messages.get_or_init(|| self.messages(signed));
                let Some(payload) = self.try_key(key, signed, messages, signature)? else {
                    continue;
                };
                match accept(Said::Payload(&signed.form, &payload)) {
                    Ok(accepted) => return Ok(Some((By::Key(key), accepted))),
                    Err(rejection) => self.reject(rejection),
                }
            }
        }
        Ok(None)
    }

    /// Like [`Self::verify`], for a bundle.
    fn verify_bundle<T>(
        &mut self,
        bundle: &Bundled,
        accept: impl Fn(Said<'_>) -> Result<T, Rejection>,
    ) -> Result<Option<(By<'s>, T)>, Reason> {
        let verified = bundle.verify(self.signer, self.image, self.context);
        let found = verified.and_then(|(by, spoken)| {
            let accepted = accept(spoken.said());
            accepted
                .map(|accepted| (by, accepted))
                .map_err(|rejection| NotVerified::Rejected(rejection.into()))
        });
        match found {
            Ok(found) => return Ok(Some(found)),
            Err(NotVerified::Rejected(rejection)) => {
                let others = self.signer.others.iter();
                let others = others.flat_map(|other| &other.identities);
                // Attestations by other attestors are not failed ones.
                if self.is_telling(&rejection)
                    && (bundle.names_one_of(self.signer.identities) || !bundle.names_one_of(others))
                {
                    self.reject(*rejection);
                } else {
                    self.add(*rejection);
                }
            }
            Err(NotVerified::Exhausted(exhausted)) => return Err(exhausted.into()),
            Err(NotVerified::ClockUnavailable(key_id)) => {
                self.failures.push(time_is_unknown(&key_id));
            }
            Err(NotVerified::RootUnusable(why)) => {
                return Err(Reason::new(Code::SettingsInvalid, why));
            }
        }
        Ok(None)
    }

    /// Returns the keys with that id, or all keys for a signature without one.
    ///
    /// # Errors
    ///
    /// A budget is exhausted.
    fn keys_named(&mut self, id: &str) -> Result<Vec<&'s PublicKey>, Reason> {
        let keys = self.signer.keys;
        let named: Vec<_> = keys
            .iter()
            .filter(|key| id.is_empty() || key.has_id(id))
            .collect();
        if named.is_empty() {
            self.context.meter.look(0)?;
            let configured = crate::set(keys.iter().map(|key| key.id().to_string()));
            let id = id.to_string();
            if !self.only_explains {
                self.unknown.insert(id.clone());
            }
            self.reject(Rejection::UnknownKeyId { id, configured });
        }
        Ok(named)
    }

    /// Returns the byte strings that a signature may cover.
    fn messages<'m>(&self, signed: &'m Signed<'_>) -> Vec<Cow<'m, [u8]>> {
        let pae = |payload_type: &str| Cow::Owned(dsse::pae(payload_type, &signed.payload));
        let raw = || Cow::Borrowed(signed.payload.as_slice());
        match (&signed.form, self.signer.encoding) {
            (Form::Dsse { payload_type }, _) => alloc::vec![pae(payload_type)],
            (Form::Raw, Encoding::Raw) => alloc::vec![raw()],
            (Form::Raw, Encoding::RawThenPae) => {
                alloc::vec![raw(), pae(media_type::SIMPLE_SIGNING)]
            }
            (Form::Raw, Encoding::PaeThenRaw) => {
                alloc::vec![pae(media_type::SIMPLE_SIGNING), raw()]
            }
        }
    }

    /// Verifies one signature with one key over any of the messages, and returns the verified payload.
    ///
    /// # Errors
    ///
    /// A budget is exhausted.
    fn try_key<'m>(
        &mut self,
        key: &PublicKey,
        signed: &'m Signed<'_>,
        messages: &'m [Cow<'m, [u8]>],
        signature: &Signature<'_>,
    ) -> Result<Option<Cow<'m, [u8]>>, Reason> {
        for message in messages {
            match key.authenticate(message, &signature.bytes, self.context) {
                // An OpenPGP message verifies the payload that it contains, a detached signature the attestation's.
                Ok(verified) if signed.payload.is_empty() => return Ok(Some(verified)),
                Ok(_) => return Ok(Some(Cow::Borrowed(&signed.payload))),
                Err(VerifyError::Exhausted(exhausted)) => return Err(exhausted.into()),
                Err(error) => {
                    // A signature without a key id is tried with all keys, and mostly belongs to another signer.
                    if matches!(error, VerifyError::BadSignature(_)) && !signature.key_id.is_empty()
                    {
                        self.tell(Cause::BadSignature);
                    }
                    self.reject_signature(error, key);
                }
            }
        }
        Ok(None)
    }

    /// Records the reason why a signature is invalid, or that it cannot be checked.
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
                let limit = self.context.max_payload;
                self.failures
                    .push(Reason::limit("bytes in one payload", limit));
                return;
            }
            VerifyError::Exhausted(exhausted) => {
                self.failures.push(exhausted.into());
                return;
            }
            VerifyError::KeyNotUsable(why) => {
                let message = alloc::format!("Key {} {why}", crate::quote(&key_id));
                self.failures
                    .push(Reason::new(Code::SettingsInvalid, message));
                return;
            }
            VerifyError::ClockUnavailable => {
                self.failures.push(time_is_unknown(&key_id));
                return;
            }
        };
        self.reject(rejection);
    }

    fn reject(&mut self, rejection: Rejection) {
        self.tell(match &rejection {
            // These depend on more than the rejection.
            Rejection::NoteMismatch { .. }
            | Rejection::UnknownKeyId { .. }
            | Rejection::BadSignature { .. }
            | Rejection::DigestMismatch { .. }
            | Rejection::OtherDigest { .. } => Cause::NotSigned,
            Rejection::Undecodable(_)
            | Rejection::FormatUnsupported(_)
            | Rejection::JwtUnsupported
            | Rejection::PayloadUnavailable(_) => Cause::Unreadable,
            Rejection::BadCertificateSignature { .. } => Cause::BundleNotVerified,
            Rejection::KeyNotValid { why, .. } => Cause::KeyNotValid(*why),
            Rejection::PgpPayloadMismatch
            | Rejection::PayloadType(_)
            | Rejection::PayloadInvalid(_)
            | Rejection::PredicateType(_) => Cause::NotAnAttestation,
            Rejection::OtherPredicateType { .. } => Cause::OtherPredicateType,
            Rejection::ReferenceMismatch { .. } => Cause::OtherRepository,
            Rejection::IdentityMismatch { .. } => Cause::UnknownIdentity,
            Rejection::Sigstore { code, .. } => cause_in_bundle(*code),
        });
        if let Rejection::IdentityMismatch { nearness, said, .. } = &rejection
            && !self.only_explains
        {
            let found = Some((*nearness, said.clone()));
            let known = self.identity.take();
            self.identity = known.max(found);
        }
        self.add(rejection);
    }

    /// Whether the rejection may be the cause. Bundles about other images are not, and may be many.
    const fn is_telling(&self, rejection: &Rejection) -> bool {
        !self.only_explains && !matches!(rejection, Rejection::OtherDigest { .. })
    }

    fn add(&mut self, rejection: Rejection) {
        // Attestations by a key that is not valid may count against an image.
        let is_kept = matches!(rejection, Rejection::KeyNotValid { .. });
        if is_kept || self.context.meter.may_say() {
            self.rejections
                .insert((Reverse(rejection.rank()), rejection));
        } else {
            self.not_kept = self.not_kept.saturating_add(1);
        }
    }

    fn tell(&mut self, cause: Cause) {
        if !self.only_explains {
            self.cause = self.cause.max(cause);
        }
    }

    /// Returns whether an unknown key signed. Attestations by other attestors are not failed ones.
    fn unknown_key(&self) -> Cause {
        let others = self.signer.others.iter();
        let keys: Vec<_> = others.flat_map(|other| &other.keys).collect();
        let is_others = |id: &String| keys.iter().any(|key| key.has_id(id));
        if self.unknown.iter().all(is_others) {
            Cause::NotSigned
        } else {
            Cause::UnknownKey
        }
    }

    /// Returns all failures and rejections, as many as the budget for details allows.
    fn give_up(self) -> NotFound {
        let cause = self.cause.max(self.unknown_key());
        let Self {
            signer,
            context,
            rejections,
            not_kept,
            mut failures,
            identity,
            ..
        } = self;
        failures.dedup();
        let void = rejections.iter().find_map(|(_, one)| match one {
            Rejection::KeyNotValid { why, .. } => Some(*why),
            _ => None,
        });
        let said = context.meter.say(rejections.len());
        let told = rejections.iter().take(said);
        let mut details: Vec<_> = told.map(|(_, one)| Reason::from(one)).collect();
        let unsaid = rejections.len().saturating_sub(said);
        let unsaid = unsaid.saturating_add(not_kept);
        if unsaid > 0 {
            let message = alloc::format!("and {unsaid} more unusable ones");
            details.push(Reason::new(Code::NoValidAttestation, message));
        }
        NotFound {
            failures,
            rejections: details,
            void,
            cause: match (cause, identity) {
                (Cause::UnknownIdentity, Some((_, said))) if !said.is_empty() => said.into(),
                (Cause::NotSigned, _) => not_signed(signer).into(),
                (Cause::OtherPredicateType, _) => {
                    other_predicate_type(&rejections).map_or_else(|| cause.text(), Cow::Owned)
                }
                _ => cause.text(),
            },
        }
    }
}

/// Returns the text of [`Cause::NotSigned`] for a signer.
const fn not_signed(signer: Signer<'_>) -> &'static str {
    match (signer.keys, signer.identities) {
        (_, []) => NOT_SIGNED,
        ([], _) => "No trusted identity has signed this digest",
        _ => "No trusted key or identity has signed this digest",
    }
}

/// Returns the text of [`Cause::OtherPredicateType`] with the type that was signed. Of several, statements come before
/// approvals.
fn other_predicate_type(rejections: &BTreeSet<(Reverse<u8>, Rejection)>) -> Option<String> {
    rejections.iter().rev().find_map(|(_, one)| match one {
        Rejection::OtherPredicateType { found, .. } => Some(match found {
            Some(found) => {
                alloc::format!("What was signed has predicate type {}", crate::quote(found))
            }
            None => "What was signed is an approval, which has no predicate type".to_string(),
        }),
        _ => None,
    })
}

/// Returns the cause that a code of bundles stands for. Most are found after the certificate's identity.
const fn cause_in_bundle(code: Code) -> Cause {
    match code {
        Code::SigstoreIdentityMissing => Cause::IdentityMissing,
        Code::SigstoreBundleVersion
        | Code::SigstoreBundleInvalid
        | Code::SigstoreCertificateInvalid
        | Code::SigstoreUnsupported => Cause::Unreadable,
        Code::SigstoreCertificateOutsideValidity => Cause::CertificateNotValid,
        _ => Cause::BundleNotVerified,
    }
}
