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

use super::images::Image;
use crate::attestation::DockerReference;
use crate::decision::{CheckResult, Code, Exemption, Reason, Verdict};
use crate::digest::Digest;
use crate::evidence::Wanted;
use crate::image::ImageReference;
use crate::json::Report;
use crate::key::PublicKey;
use crate::policy::platform::{Check, CheckKeys, CheckKind, Seeks};
use crate::settings::Settings;
use crate::sigstore::Identity;

/// Input of a check: an image and its evidence
struct Question<'q, 'a> {
    check: &'q Check<'a>,
    /// The check's keys, decoded
    keys: &'q [PublicKey],
    /// The check's identities
    identities: &'q [Rc<Identity<'a>>],
    reference: ImageReference<'q>,
    /// The image's digest, or the reason why it is unknown
    digest: Result<Digest, Reason>,
}

/// Result of a check
#[derive(Debug, Clone)]
struct Outcome {
    verdict: Verdict,
    /// Reasons, the deciding ones first
    reasons: Vec<Reason>,
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

/// Requests the evidence for these checks of one image, each with its keys. Checks have no notes, so every note of the
/// settings is looked up.
pub(super) fn want<'w, 'c, 'a: 'c>(
    checks: impl Iterator<Item = (&'c Check<'a>, Option<&'c CheckKeys<'a>>)>,
    digest: Digest,
    reference: ImageReference<'w>,
    settings: &'w Settings<'_>,
    wanted: &mut Vec<Wanted<'w>>,
) {
    let mut one = Wanted::new(digest, reference, Seeks::Statements);
    let mut needs_evidence = false;
    for (check, keys) in checks {
        match &check.kind {
            // Neither depends on the time.
            CheckKind::AlwaysDeny | CheckKind::TrustedDirectory(_) => continue,
            // The host does not return the signed repository.
            CheckKind::SigstoreSignature(_)
                if settings.docker_reference == DockerReference::Ignore =>
            {
                let keys = keys.into_iter();
                one.cosign_keys
                    .extend(keys.flat_map(|keys| keys.pems.clone()));
            }
            _ => {}
        }
        one.seeks = one.seeks.max(check.kind.seeks());
        needs_evidence = true;
    }
    if needs_evidence {
        let notes = settings.evidence.notes.keys();
        one.notes = crate::set(notes.map(String::as_str));
        one.add_to(wanted);
    }
}

/// Returns the result of one check for an image that is not exempt from it.
pub(super) fn result<'a>(
    check: &Check<'a>,
    keys: Option<&CheckKeys<'a>>,
    image: &Image<'_>,
    reference: ImageReference<'_>,
    statements: &mut TrustedStatements<'_>,
    report: &Report,
) -> CheckResult {
    let question = Question {
        check,
        keys: keys.map_or(&[], |keys| &keys.keys),
        identities: keys.map_or(&[], |keys| &keys.identities),
        reference,
        digest: image.digest_to_attest(),
    };
    let Outcome { verdict, reasons } = judge(&question, statements, report);
    CheckResult {
        verdict,
        reasons,
        ..describe(check)
    }
}

/// Returns the result of a check for an image that is exempt from it.
pub(super) fn exempted(check: &Check<'_>, image: &Image<'_>, exemption: &Exemption) -> CheckResult {
    CheckResult {
        allowlist: Some(exemption.clone()),
        reasons: alloc::vec![exempt(image, exemption)],
        ..describe(check)
    }
}

fn describe(check: &Check<'_>) -> CheckResult {
    CheckResult {
        index: check.place.index(),
        display_name: check.display_name.as_deref().map(String::from),
        kind: check.type_name(),
        verdict: Verdict::Conformant,
        allowlist: None,
        reasons: Vec::new(),
    }
}

/// The reason for an image that a pattern exempts.
pub(super) fn exempt(image: &Image<'_>, exemption: &Exemption) -> Reason {
    let message = alloc::format!(
        "Image {} is exempt: pattern `{}`",
        image.text(),
        exemption.pattern
    );
    Reason::new(Code::ExemptAllowlist, message)
}

/// Runs one check on one image, or returns the known result of an earlier run.
fn judge(
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
