//! The checks of platform policies, one type a file: each asked about one image, none knowing of the
//! others.

mod freshness;
mod provenance;
mod signature;
mod testimony;
mod trusted_directory;
mod vulnerability;

use alloc::string::String;
use alloc::vec::Vec;

pub(super) use testimony::Testimonies;

use crate::decision::{Code, Reason, Verdict};
use crate::digest::Digest;
use crate::image::ImageReference;
use crate::json::Report;
use crate::key::PublicKey;
use crate::policy::platform::{Check, CheckKind};

/// What a check is asked
pub(super) struct Question<'q, 'a> {
    pub(super) check: &'q Check<'a>,
    /// Those of the check, decoded
    pub(super) keys: &'q [PublicKey],
    pub(super) reference: ImageReference<'q>,
    /// The image's, or why it is not known
    pub(super) digest: Result<Digest, Reason>,
}

/// What a check found
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub(super) verdict: Verdict,
    /// What decided first
    pub(super) reasons: Vec<Reason>,
}

impl Outcome {
    fn passed(message: impl Into<String>) -> Self {
        Self::because(Reason::new(Code::CheckPassed, message))
    }

    /// The same for a reason of its own.
    fn because(reason: Reason) -> Self {
        Self {
            verdict: Verdict::Conformant,
            reasons: alloc::vec![reason],
        }
    }

    /// A violation, unless all reasons are errors.
    fn refused(reasons: Vec<Reason>) -> Self {
        let verdicts = reasons.iter().map(|reason| reason.code.verdict());
        Self {
            verdict: verdicts.max().unwrap_or(Verdict::Error),
            reasons,
        }
    }

    /// An error, if there is any.
    fn not_found(reasons: Vec<Reason>) -> Self {
        Self {
            verdict: Reason::verdict_unless_unknown(&reasons),
            reasons,
        }
    }

    /// The same with something more to say that decides nothing.
    fn with_note(mut self, note: Option<Reason>) -> Self {
        self.reasons.extend(note);
        self
    }
}

/// Asks one check about one image. What was asked before is known.
pub(super) fn judge(
    question: &Question<'_, '_>,
    testimonies: &mut Testimonies<'_>,
    report: &Report,
) -> Outcome {
    let digest = match &question.digest {
        Ok(digest) => *digest,
        // Every check is about an image that is known by its digest, even one that looks only at
        // its name.
        Err(reason) => {
            let by_name = by_name(question, report);
            let refusals = by_name
                .into_iter()
                .flat_map(|outcome| match outcome.verdict {
                    Verdict::Conformant => Vec::new(),
                    Verdict::Error | Verdict::NonConformant => outcome.reasons,
                });
            return Outcome::refused(refusals.chain([reason.clone()]).collect());
        }
    };
    let key = (
        question.check.place,
        question.reference.repository().into_owned(),
        digest,
    );
    if let Some(known) = testimonies.outcomes.get(&key) {
        return known.clone();
    }
    let outcome = by_name(question, report)
        .unwrap_or_else(|| by_evidence(digest, question, testimonies, report));
    testimonies.outcomes.insert(key, outcome.clone());
    outcome
}

/// Asks a check that needs to know nothing but the image's name.
fn by_name(question: &Question<'_, '_>, report: &Report) -> Option<Outcome> {
    match &question.check.kind {
        CheckKind::AlwaysDeny => {
            let message = "Denied by an always_deny check";
            let reason = Reason::new(Code::AlwaysDeny, message);
            Some(Outcome::refused(alloc::vec![reason]))
        }
        CheckKind::TrustedDirectory(patterns) => Some(trusted_directory::judge(
            patterns,
            question.reference,
            report,
        )),
        _ => None,
    }
}

/// Asks a check that somebody has to have told something.
fn by_evidence(
    digest: Digest,
    question: &Question<'_, '_>,
    testimonies: &mut Testimonies<'_>,
    report: &Report,
) -> Outcome {
    match &question.check.kind {
        // Judged by name, before anybody is asked.
        CheckKind::AlwaysDeny | CheckKind::TrustedDirectory(_) => Outcome::refused(Vec::new()),
        CheckKind::ImageFreshness {
            max_upload_age_days,
        } => freshness::judge(*max_upload_age_days, digest, question, testimonies, report),
        CheckKind::Vulnerability(check) => {
            vulnerability::judge(check, digest, question, testimonies, report)
        }
        CheckKind::Slsa(rules) => provenance::judge(rules, digest, question, testimonies, report),
        CheckKind::SimpleSigningAttestation(_) => {
            signature::attestation(digest, question, testimonies)
        }
        CheckKind::SigstoreSignature(_) => signature::sigstore(digest, question, testimonies),
    }
}
