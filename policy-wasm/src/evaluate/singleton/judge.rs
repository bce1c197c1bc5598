//! Evaluates the policy for each image, after evidence has been gathered.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::plan::{ChosenRule, Plan};
use crate::Budget;
use crate::attestation::Attestor;
use crate::attestation::DockerReference;
use crate::attestation::{self, By, Encoding, Signer, Subject, Verified};
use crate::decision::{
    AppliedRule, AttestorResult, Code, DocumentResult, Enforcement, Exemption, IdentityResult,
    Reason, Searched, Verdict,
};
use crate::digest::Digest;
use crate::evaluate::images::Image;
use crate::evidence::Evidence;
use crate::image::ImageReference;
use crate::policy::attestor::unknown_attestor;
use crate::policy::platform::Seeks;
use crate::policy::rule::{EnforcementMode, EvaluationMode};
use crate::policy::singleton::Document;
use crate::settings::{Settings, SingletonPae};
use crate::sigstore::TrustedRoots;
use crate::verification::VerificationContext;

impl Plan<'_> {
    /// Evaluates every open image; other images have no result.
    pub(in crate::evaluate) fn judge<'p>(
        &'p self,
        images: &[Option<&Image<'_>>],
        evidence: &Evidence<'_>,
        settings: &Settings<'_>,
        (context, roots): (&VerificationContext, &TrustedRoots<'_>),
        budget: &Budget,
        known: &mut Known<'p>,
    ) -> Vec<Option<DocumentResult>> {
        let mut judged = Judged {
            plan: self,
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
        };
        let results = images
            .iter()
            .zip(&self.exemptions)
            .map(|(image, exemption)| {
                let image = (*image)?;
                let reference = image.open()?;
                match exemption {
                    Some(exemption) => Some(exempted(image, exemption)),
                    None => match &self.unknown {
                        Some(unknown) => Some(self.undecided(image, unknown.reason.clone())),
                        None => self
                            .rule(image)
                            .map(|chosen| judged.by_rule(image, reference, chosen)),
                    },
                }
            });
        results.collect()
    }

    /// Returns the result for an image that the policy cannot evaluate.
    #[cold]
    pub(in crate::evaluate) fn undecided(
        &self,
        image: &Image<'_>,
        reason: Reason,
    ) -> DocumentResult {
        let verdict = reason.code.verdict();
        DocumentResult {
            enforcement: enforcement(self.enforcement(image)),
            reasons: alloc::vec![reason],
            ..DocumentResult::new(Document::Policy.key().into(), verdict)
        }
    }
}

const fn enforcement(mode: EnforcementMode) -> Enforcement {
    match mode {
        EnforcementMode::Enforced => Enforcement::Enforced,
        EnforcementMode::DryRun => Enforcement::DryRun,
    }
}

fn exempted(image: &Image<'_>, exemption: &Exemption) -> DocumentResult {
    let (code, whose) = if exemption.document == Document::SystemPolicy.key() {
        (Code::ExemptSystemPolicy, "system policy pattern")
    } else {
        (Code::ExemptAllowlist, "pattern")
    };
    let (image, pattern) = (image.text(), exemption.pattern.as_str());
    let message = ["Image ", image, " is exempt: ", whose, " `", pattern, "`"].concat();
    DocumentResult {
        allowlist: Some(exemption.clone()),
        reasons: alloc::vec![Reason::new(code, message)],
        ..DocumentResult::new(Document::Policy.key().into(), Verdict::Conformant)
    }
}

/// An evaluation in progress
struct Judged<'p, 'k> {
    plan: &'p Plan<'p>,
    evidence: &'k Evidence<'k>,
    docker_reference: DockerReference,
    encoding: Encoding,
    budget: &'k Budget,
    context: &'k VerificationContext,
    roots: &'k TrustedRoots<'k>,
    known: &'k mut Known<'p>,
}

/// Results of attestors, so that an image in ten containers costs one verification
#[derive(Debug, Default)]
pub(in crate::evaluate) struct Known<'p>(BTreeMap<Question<'p>, (Verdict, AttestorResult)>);

/// The attestor, and the repository and digest of the image
type Question<'p> = (&'p str, String);

impl Known<'_> {
    /// Drops the results that more evidence could change.
    pub(in crate::evaluate) fn keep_satisfied(&mut self) {
        self.0
            .retain(|_, (verdict, _)| *verdict == Verdict::Conformant);
    }
}

impl<'p> Judged<'p, '_> {
    #[inline(never)] // cold: see docs/performance.md#stack
    fn by_rule(
        &mut self,
        image: &Image<'_>,
        reference: ImageReference<'_>,
        chosen: &'p ChosenRule<'p>,
    ) -> DocumentResult {
        let rule = &chosen.rule;
        let mut attestors = Vec::new();
        let (verdict, reasons) = match rule.evaluation {
            EvaluationMode::AlwaysAllow => {
                let message = "Allowed by always_allow admission rule";
                (
                    Verdict::Conformant,
                    alloc::vec![Reason::new(Code::AlwaysAllow, message)],
                )
            }
            EvaluationMode::AlwaysDeny => {
                let message = "Denied by always_deny admission rule";
                (
                    Verdict::NonConformant,
                    alloc::vec![Reason::new(Code::AlwaysDeny, message)],
                )
            }
            EvaluationMode::RequireAttestation => {
                let mut verdict = Verdict::Conformant;
                for name in &rule.attestors {
                    let (found, result) = match (image.digest(), &image.resolved) {
                        (Some(digest), _) => self.by_attestor(name, digest, reference),
                        (None, Some(Err(reason))) => refused(name, reason.clone()),
                        (None, _) => refused(name, Reason::digest_required()),
                    };
                    verdict = verdict.max(found);
                    attestors.push(result);
                }
                // An attestor without keys is never satisfied.
                if attestors.is_empty() {
                    verdict = Verdict::Error;
                }
                let mut reasons: Vec<_> = attestors.iter().flat_map(summary).collect();
                reasons.dedup();
                (verdict, reasons)
            }
        };
        DocumentResult {
            enforcement: enforcement(rule.enforcement),
            rule: Some(AppliedRule {
                kind: chosen
                    .specific
                    .as_ref()
                    .map_or("default", |(kind, _)| kind.name()),
                key: chosen.specific.as_ref().map(|(_, key)| key.clone()),
                searched: chosen
                    .searched
                    .as_ref()
                    .map(|(kind, key)| Searched::new(kind.map_name(), key)),
                evaluation_mode: rule.evaluation.name(),
                enforcement_mode: rule.enforcement.name(),
            }),
            attestors,
            reasons,
            ..DocumentResult::new(Document::Policy.key().into(), verdict)
        }
    }

    fn by_attestor(
        &mut self,
        name: &'p str,
        digest: Digest,
        reference: ImageReference<'_>,
    ) -> (Verdict, AttestorResult) {
        let image = alloc::format!("{}@{digest}", reference.repository());
        let question = (name, image);
        if let Some(known) = self.known.0.get(&question) {
            return known.clone();
        }
        let Some(attestor) = self.plan.attestor(name) else {
            let reason = Reason::new(Code::SettingsInvalid, unknown_attestor(name));
            return refused(name, reason);
        };
        let subject = Subject {
            digest,
            reference,
            docker_reference: self.docker_reference,
        };
        let answer = self.ask(attestor, subject);
        self.known.0.insert(question, answer.clone());
        answer
    }

    /// Searches for one valid attestation of the attestor.
    fn ask(&self, attestor: &Attestor<'_>, subject: Subject<'_>) -> (Verdict, AttestorResult) {
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
            others: self.plan.attestors(),
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
fn summary(result: &AttestorResult) -> impl Iterator<Item = Reason> {
    result
        .reasons
        .iter()
        .map(|reason| Reason::new(reason.code, reason.message.clone()))
}
