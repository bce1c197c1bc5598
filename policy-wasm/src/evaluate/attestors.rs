//! The attestors that rules name, and whether each is satisfied for an image.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::images::Image;
use crate::Budget;
use crate::attestation::{
    self, Attestor, By, DockerReference, Encoding, Signer, Subject, Verified,
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
use crate::sigstore::TrustedRoots;
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
pub(super) struct Known<'p>(BTreeMap<Question<'p>, (Verdict, AttestorResult)>);

/// The attestor, and the repository and digest of the image
type Question<'p> = (&'p str, String);

impl Known<'_> {
    /// Drops the results that more evidence could change.
    pub(super) fn keep_satisfied(&mut self) {
        self.0
            .retain(|_, (verdict, _)| *verdict == Verdict::Conformant);
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

    /// Returns whether the attestor of this name is satisfied for an image. Each question is answered once.
    pub(super) fn ask(
        &mut self,
        name: &'p str,
        image: &Image<'_>,
        reference: ImageReference<'_>,
    ) -> (Verdict, AttestorResult) {
        let digest = match image.digest_to_attest() {
            Ok(digest) => digest,
            Err(reason) => return refused(name, reason),
        };
        let image = alloc::format!("{}@{digest}", reference.repository());
        let question = (name, image);
        if let Some(known) = self.known.0.get(&question) {
            return known.clone();
        }
        let Some(attestor) = self.attestors.get(name) else {
            let reason = Reason::new(Code::SettingsInvalid, unknown_attestor(name));
            return refused(name, reason);
        };
        let subject = Subject {
            digest,
            reference,
            docker_reference: self.docker_reference,
        };
        let answer = self.search(attestor, subject);
        self.known.0.insert(question, answer.clone());
        answer
    }

    /// Searches for one valid attestation of the attestor.
    fn search(&self, attestor: &Attestor<'_>, subject: Subject<'_>) -> (Verdict, AttestorResult) {
        let Attestor {
            name,
            note,
            keys,
            identities,
        } = attestor;
        if keys.is_empty() && identities.is_empty() {
            let message = alloc::format!("Attestor {name} has no usable public keys");
            return refused(name, Reason::new(Code::AttestorWithoutKeys, message));
        }
        let note = Some(note.as_ref());
        let attestations = match self.evidence.about(subject.digest, note, self.budget) {
            Ok(attestations) => attestations,
            Err(limit) => return refused(name, limit),
        };
        let signer = Signer {
            keys,
            identities,
            roots: self.roots,
            note,
            encoding: self.encoding,
            others: &self.attestors.0,
        };
        let repository = subject.reference.normalized_repository();
        let failures =
            self.evidence
                .failures(subject.digest, note, &repository, Seeks::Attestations);
        let context = self.context;
        match attestation::find(signer, subject, &attestations, failures, context) {
            Ok(verified) => (Verdict::Conformant, satisfied(name, verified)),
            Err(not_found) => AttestorResult::refused(name, not_found.into_refusal()),
        }
    }
}

fn satisfied(name: &str, verified: Verified<'_>) -> AttestorResult {
    let message = alloc::format!("Attestor {name} satisfied by {}", verified.by.description());
    let (key_id, identity) = match &verified.by {
        By::Key(key) => (Some(key.id().into()), None),
        By::Identity(signatory) => {
            let identity = IdentityResult {
                subject: signatory.subject().into(),
                issuer: signatory.issuer().into(),
            };
            (None, Some(identity))
        }
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

fn refused(name: &str, reason: Reason) -> (Verdict, AttestorResult) {
    AttestorResult::refused(name, alloc::vec![reason])
}

/// Returns an attestor's reasons without their details, which are in the attestor's result.
pub(super) fn summary(result: &AttestorResult) -> impl Iterator<Item = Reason> {
    result.reasons.iter().map(Reason::without_details)
}
