//! The attestors that rules name, and whether each is satisfied for an image.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
#[cfg(feature = "sigstore")]
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

use super::images::Image;
use crate::Budget;
use crate::attestation::{
    self, Attestor, By, Candidates, DockerReference, Encoding, Signer, Subject, Verified,
};
use crate::decision::{AttestorResult, Code, IdentityResult, Reason, Verdict};
use crate::digest::Digest;
use crate::evidence::{Evidence, Wanted};
use crate::image::ImageReference;
use crate::json::Report;
use crate::policy::attestor::{self, unknown_attestor};
use crate::policy::platform::Seeks;
use crate::policy::public_key::Loading;
use crate::settings::{Settings, SingletonPae};
use crate::sigstore::{Signatory, TrustedRoots};
use crate::verification::VerificationContext;

/// The attestors that the rules for one request name
#[derive(Debug, Default)]
pub(super) struct Attestors<'a>(Vec<Attestor<'a>>);

impl<'a> Attestors<'a> {
    /// Loads the attestors with wanted names.
    #[inline(never)] // cold: see docs/performance.md#stack
    pub(super) fn load(
        settings: &Settings<'a>,
        is_wanted: impl Fn(&str) -> bool,
        report: &Report,
    ) -> Self {
        Self(attestor::load(
            &settings.attestors,
            settings.sigstore.as_ref(),
            is_wanted,
            Loading::when_needed(&settings.key_windows),
            report,
        ))
    }

    pub(super) fn get(&self, name: &str) -> Option<&Attestor<'a>> {
        self.0.iter().find(|attestor| attestor.name == name)
    }

    /// Requests the attestations of one image by the attestors of these names.
    pub(super) fn want<'w>(
        &'w self,
        names: impl Iterator<Item = &'w Cow<'w, str>>,
        digest: Digest,
        reference: ImageReference<'w>,
        wanted: &mut Vec<Wanted<'w>>,
    ) {
        let attestors = names.filter_map(|name| self.get(name));
        let notes = crate::set(attestors.map(|attestor| attestor.note.as_ref()));
        if !notes.is_empty() {
            let one = Wanted::new(digest, reference, Seeks::Attestations);
            Wanted { notes, ..one }.add_to(wanted);
        }
    }

    /// Returns those of these names, in the order of the settings.
    pub(super) fn named(&self, names: &[Cow<'_, str>]) -> Vec<&Attestor<'a>> {
        let named = self.0.iter().filter(|one| names.contains(&one.name));
        named.collect()
    }
}

/// Results of attestors, so that an image in ten containers costs one verification
#[derive(Debug, Default)]
pub(super) struct Known<'p> {
    /// Boxed, since a map has room for eleven from the first on
    answers: BTreeMap<Question<'p>, Box<(Verdict, AttestorResult)>>,
    #[cfg(feature = "sigstore")]
    signers: BTreeMap<Question<'p>, Rc<Signers>>,
}

/// The name of an attestor, and the predicate types that count, if not those of approvals
pub(super) type Asked<'p> = (&'p str, &'p [Cow<'p, str>]);

/// A question about an attestor, and the repository and digest of the image
type Question<'p> = (Asked<'p>, String);

impl Known<'_> {
    /// Drops the results that more evidence could change.
    pub(super) fn keep_satisfied(&mut self) {
        // `retain` would add the code that removes keys of a map to the module.
        let answers = core::mem::take(&mut self.answers);
        let satisfied = answers
            .into_iter()
            .filter(|(_, answer)| answer.0 == Verdict::Conformant);
        self.answers.extend(satisfied);
        #[cfg(feature = "sigstore")]
        self.signers.clear();
    }
}

/// Asks attestors about images
pub(super) struct Inquiry<'p, 'k> {
    attestors: &'p Attestors<'p>,
    evidence: &'k Evidence<'k>,
    docker_reference: DockerReference,
    encoding: Encoding,
    budget: &'k Budget,
    context: &'k VerificationContext,
    roots: &'k TrustedRoots<'k>,
    known: &'k mut Known<'p>,
}

impl<'p, 'k> Inquiry<'p, 'k> {
    pub(super) const fn new(
        attestors: &'p Attestors<'p>,
        evidence: &'k Evidence<'k>,
        settings: &Settings<'_>,
        (context, roots): (&'k VerificationContext, &'k TrustedRoots<'k>),
        budget: &'k Budget,
        known: &'k mut Known<'p>,
    ) -> Self {
        Self {
            attestors,
            evidence,
            docker_reference: settings.docker_reference,
            encoding: match settings.singleton_pae {
                SingletonPae::Off => Encoding::Raw,
                SingletonPae::Try => Encoding::RawThenPae,
            },
            budget,
            context,
            roots,
            known,
        }
    }

    /// Returns whether an attestor is satisfied for an image. Each question is answered once.
    pub(super) fn ask(
        &mut self,
        asked: Asked<'p>,
        image: &Image<'_>,
        reference: ImageReference<'_>,
    ) -> (Verdict, AttestorResult) {
        let (name, predicate_types) = asked;
        let digest = match image.digest_to_attest() {
            Ok(digest) => digest,
            Err(reason) => return refused(name, reason),
        };
        let question = question(asked, digest, reference);
        if let Some(known) = self.known.answers.get(&question) {
            return known.as_ref().clone();
        }
        let Some(attestor) = self.attestors.get(name) else {
            let reason = Reason::new(Code::SettingsInvalid, unknown_attestor(name));
            return refused(name, reason);
        };
        let answer = self.search(attestor, self.subject(digest, reference, predicate_types));
        let known = &mut self.known.answers;
        known.insert(question, Box::new(answer.clone()));
        answer
    }

    /// Returns all signers that satisfy an attestor for an image, among all attestations. Each question is answered
    /// once.
    #[cfg(feature = "sigstore")]
    #[cold]
    pub(super) fn signers(
        &mut self,
        asked: Asked<'p>,
        image: &Image<'_>,
        reference: ImageReference<'_>,
    ) -> Rc<Signers> {
        let (name, predicate_types) = asked;
        let (Ok(digest), Some(attestor)) = (image.digest_to_attest(), self.attestors.get(name))
        else {
            return Rc::default();
        };
        let question = question(asked, digest, reference);
        if let Some(known) = self.known.signers.get(&question) {
            return Rc::clone(known);
        }
        let subject = self.subject(digest, reference, predicate_types);
        let signers = Rc::new(self.search_all(attestor, subject));
        self.known.signers.insert(question, Rc::clone(&signers));
        signers
    }

    /// Searches for all valid attestations of the attestor.
    #[cfg(feature = "sigstore")]
    #[cold]
    fn search_all(&self, attestor: &Attestor<'_>, subject: Subject<'_>) -> Signers {
        let mut signers = Signers::default();
        let candidates = match self.candidates(attestor, subject) {
            Ok(candidates) => candidates,
            Err(limit) => {
                signers.failures.push(limit);
                return signers;
            }
        };
        signers.failures = self.failures(attestor, subject);
        for one in candidates.each() {
            let signer = self.signer(attestor);
            match attestation::find(signer, subject, &one, Vec::new(), self.context) {
                Ok(verified) => match verified.by {
                    By::Key(_) => signers.has_key = true,
                    By::Identity(signatory) => {
                        signers.identities.insert(identity(&signatory));
                    }
                },
                Err(not_found) => signers.failures.extend(not_found.failures),
            }
        }
        signers
    }

    /// Searches for one valid attestation of the attestor.
    fn search(&self, attestor: &Attestor<'_>, subject: Subject<'_>) -> (Verdict, AttestorResult) {
        let name = &attestor.name;
        if attestor.keys.is_empty() && attestor.identities.is_empty() {
            let message = alloc::format!("Attestor {name} has no usable public keys");
            return refused(name, Reason::new(Code::AttestorWithoutKeys, message));
        }
        let attestations = match self.candidates(attestor, subject) {
            Ok(attestations) => attestations,
            Err(limit) => return refused(name, limit),
        };
        let (signer, failures) = (self.signer(attestor), self.failures(attestor, subject));
        match attestation::find(signer, subject, &attestations, failures, self.context) {
            Ok(verified) => (Verdict::Conformant, satisfied(name, verified)),
            Err(not_found) => AttestorResult::refused(name, not_found.into_refusal()),
        }
    }

    const fn subject<'s>(
        &self,
        digest: Digest,
        reference: ImageReference<'s>,
        predicate_types: &'s [Cow<'s, str>],
    ) -> Subject<'s> {
        Subject {
            digest,
            reference,
            docker_reference: self.docker_reference,
            predicate_types,
        }
    }

    /// Returns the attestations that may satisfy the attestor.
    ///
    /// # Errors
    ///
    /// `limit-exceeded`
    fn candidates(
        &self,
        attestor: &Attestor<'_>,
        subject: Subject<'_>,
    ) -> Result<Candidates<'k, 'k>, Reason> {
        let note = Some(attestor.note.as_ref());
        self.evidence.about(subject.digest, note, self.budget)
    }

    fn signer<'s>(&'s self, attestor: &'s Attestor<'_>) -> Signer<'s> {
        Signer {
            keys: &attestor.keys,
            identities: &attestor.identities,
            roots: self.roots,
            note: Some(attestor.note.as_ref()),
            encoding: self.encoding,
            others: &self.attestors.0,
        }
    }

    /// Returns the failed lookups for attestations of the attestor.
    fn failures(&self, attestor: &Attestor<'_>, subject: Subject<'_>) -> Vec<Reason> {
        let note = Some(attestor.note.as_ref());
        let repository = subject.reference.normalized_repository();
        self.evidence
            .failures(subject.digest, note, &repository, Seeks::Attestations)
    }
}

fn question<'p>(asked: Asked<'p>, digest: Digest, reference: ImageReference<'_>) -> Question<'p> {
    let image = alloc::format!("{}@{digest}", reference.repository());
    (asked, image)
}

/// The signers that satisfy an attestor for an image
#[cfg(feature = "sigstore")]
#[derive(Debug, Default)]
pub(super) struct Signers {
    /// Whether one of its keys does
    pub(super) has_key: bool,
    pub(super) identities: alloc::collections::BTreeSet<IdentityResult>,
    /// Errors that may hide others
    pub(super) failures: Vec<Reason>,
}

fn satisfied(name: &str, verified: Verified<'_>) -> AttestorResult {
    let message = alloc::format!("Attestor {name} satisfied by {}", verified.by.description());
    let (key_id, identity) = match &verified.by {
        By::Key(key) => (Some(key.id().into()), None),
        By::Identity(signatory) => (None, Some(identity(signatory))),
    };
    AttestorResult {
        name: name.into(),
        verified: true,
        key_id,
        identity,
        payload_type: verified.payload_type,
        source: Some(verified.source.name()),
        reasons: alloc::vec![Reason::new(Code::Attested, message)],
    }
}

fn identity(signatory: &Signatory) -> IdentityResult {
    IdentityResult {
        subject: signatory.subject().into(),
        issuer: signatory.issuer().into(),
    }
}

fn refused(name: &str, reason: Reason) -> (Verdict, AttestorResult) {
    AttestorResult::refused(name, alloc::vec![reason])
}

/// Returns an attestor's reasons without their details, which are in the attestor's result.
pub(super) fn summary(result: &AttestorResult) -> impl Iterator<Item = Reason> {
    result.reasons.iter().map(Reason::without_details)
}
