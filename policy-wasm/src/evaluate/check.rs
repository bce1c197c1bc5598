//! The checks of platform policies, one type a file: each asked about one image, none knowing of the
//! others.

mod freshness;
mod provenance;
mod signature;
mod testimony;
mod trusted_directory;
mod vulnerability;

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
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) verdict: Verdict,
    /// What decided first
    pub(super) reasons: Vec<Reason>,
}

impl Outcome {
    fn passed(reason: Reason) -> Self {
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

    /// An error, if there is any: where something kept us from knowing, nothing is known to be
    /// wrong.
    fn not_found(reasons: Vec<Reason>) -> Self {
        let verdicts = reasons.iter().map(|reason| reason.code.verdict());
        Self {
            verdict: verdicts.min().unwrap_or(Verdict::Error),
            reasons,
        }
    }

    /// The same with more to say that decides nothing.
    fn with_notes<'n>(mut self, notes: impl IntoIterator<Item = &'n Reason>) -> Self {
        self.reasons.extend(notes.into_iter().cloned());
        self
    }
}

/// Asks one check about one image.
pub(super) fn judge(
    question: &Question<'_, '_>,
    testimonies: &mut Testimonies<'_>,
    report: &Report,
) -> Outcome {
    let refusal = match &question.check.kind {
        CheckKind::AlwaysDeny => {
            let message = "Denied by an always_deny check";
            Some(Reason::new(Code::AlwaysDeny, message))
        }
        CheckKind::TrustedDirectory(patterns) => {
            trusted_directory::refuse(patterns, question.reference, report)
        }
        _ => None,
    };
    let digest = match &question.digest {
        Ok(digest) => *digest,
        // Every check is about an image that is known by its digest, even one that looks only at
        // its name.
        Err(reason) => {
            let reasons = refusal.into_iter().chain([reason.clone()]);
            return Outcome::refused(reasons.collect());
        }
    };
    if let Some(refusal) = refusal {
        return Outcome::refused(alloc::vec![refusal]);
    }
    match &question.check.kind {
        CheckKind::AlwaysDeny => Outcome::refused(Vec::new()),
        CheckKind::TrustedDirectory(_) => {
            let message = "Image is in a trusted directory";
            Outcome::passed(Reason::new(Code::CheckPassed, message))
        }
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
