//! The checks of platform policies, one type a file. Checks are independent of each other.

mod freshness;
mod provenance;
mod signature;
mod trusted_directory;
mod trusted_statements;
mod vulnerability;

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

pub(super) use trusted_statements::TrustedStatements;

use crate::decision::{Code, Reason, Verdict};
use crate::digest::Digest;
use crate::image::ImageReference;
use crate::json::Report;
use crate::key::PublicKey;
use crate::policy::platform::{Check, CheckKind};
use crate::sigstore::Identity;

/// Input of a check: an image and its evidence
pub(super) struct Question<'q, 'a> {
    pub(super) check: &'q Check<'a>,
    /// The check's keys, decoded
    pub(super) keys: &'q [PublicKey],
    /// The check's identities
    pub(super) identities: &'q [Rc<Identity<'a>>],
    pub(super) reference: ImageReference<'q>,
    /// The image's digest, or the reason why it is unknown
    pub(super) digest: Result<Digest, Reason>,
}

/// Result of a check
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub(super) verdict: Verdict,
    /// Reasons, the deciding ones first
    pub(super) reasons: Vec<Reason>,
}

impl Outcome {
    fn passed(message: impl Into<String>) -> Self {
        Self::because(Reason::new(Code::CheckPassed, message))
    }

    /// Like [`Self::refused`], with one reason.
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

    /// Adds a reason that does not affect the verdict.
    fn with_note(mut self, note: Option<Reason>) -> Self {
        self.reasons.extend(note);
        self
    }
}

/// Runs one check on one image, or returns the known result of an earlier run.
pub(super) fn judge(
    question: &Question<'_, '_>,
    statements: &mut TrustedStatements<'_>,
    report: &Report,
) -> Outcome {
    let digest = match &question.digest {
        Ok(digest) => *digest,
        Err(reason) => {
            let by_name = ask(question, None, statements, report);
            let refusals = by_name.filter(|outcome| outcome.verdict != Verdict::Conformant);
            let mut reasons = refusals.map_or_else(Vec::new, |outcome| outcome.reasons);
            reasons.push(reason.clone());
            return Outcome::refused(reasons);
        }
    };
    let place = question.check.place;
    let key = (place, question.reference.repository().into_owned(), digest);
    if let Some(known) = statements.outcomes.get(&key) {
        return known.clone();
    }
    let outcome = ask(question, Some(digest), statements, report)
        .unwrap_or_else(|| Outcome::refused(Vec::new()));
    statements.outcomes.insert(key, outcome.clone());
    outcome
}

/// Runs a check by its type. Without a digest, only checks of the image's name have a result.
fn ask(
    question: &Question<'_, '_>,
    digest: Option<Digest>,
    statements: &mut TrustedStatements<'_>,
    report: &Report,
) -> Option<Outcome> {
    Some(match (&question.check.kind, digest) {
        (CheckKind::AlwaysDeny, _) => {
            let message = "Denied by an always_deny check";
            Outcome::refused(alloc::vec![Reason::new(Code::AlwaysDeny, message)])
        }
        (CheckKind::TrustedDirectory(patterns), _) => {
            trusted_directory::judge(patterns, question.reference, report)
        }
        (_, None) => return None,
        (
            CheckKind::ImageFreshness {
                max_upload_age_days,
            },
            Some(digest),
        ) => freshness::judge(*max_upload_age_days, digest, question, statements, report),
        (CheckKind::Vulnerability(check), Some(digest)) => {
            vulnerability::judge(check, digest, question, statements, report)
        }
        (CheckKind::Slsa(rules), Some(digest)) => {
            provenance::judge(rules, digest, question, statements, report)
        }
        (CheckKind::SimpleSigningAttestation(_), Some(digest)) => {
            signature::attestation(digest, question, statements)
        }
        (CheckKind::SigstoreSignature(_), Some(digest)) => {
            signature::sigstore(digest, question, statements)
        }
    })
}
