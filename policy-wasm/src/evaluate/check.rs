//! The checks of platform policies: gathers the facts about an image, and asks each check about them. Checks are
//! independent of each other.

mod signature;
mod trusted_statements;

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
use crate::policy::authenticators::{Authenticators, Purpose};
use crate::policy::platform::{
    Check, CheckEvidence, CheckKeys, Facts, ImageStatements, Outcome, Seeks,
};
use crate::settings::Settings;
use crate::sigstore::Identity;
use crate::verification::VerificationContext;

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
        match check.kind.check_type().evidence() {
            CheckEvidence::Nothing => continue,
            // The host does not return the signed repository.
            CheckEvidence::Signatures if settings.docker_reference == DockerReference::Ignore => {
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
        kind: check.kind.check_type().name(),
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

/// Runs a check. Without a digest, only checks of the image's name have a result.
fn ask(
    question: &Question<'_, '_>,
    digest: Option<Digest>,
    statements: &mut TrustedStatements<'_>,
    report: &Report,
) -> Option<Outcome> {
    let mut facts = digest.map(|digest| ImageFacts {
        question,
        digest,
        statements,
        report,
    });
    let kind = &question.check.kind;
    kind.judge(&question.reference, facts.as_mut(), report)
}

/// The facts about the image of a question
struct ImageFacts<'f, 'q, 'a, 't> {
    question: &'f Question<'q, 'a>,
    digest: Digest,
    statements: &'f mut TrustedStatements<'t>,
    report: &'f Report,
}

impl<'t> Facts<'t> for ImageFacts<'_, '_, '_, 't> {
    fn statements(&mut self, purpose: Purpose) -> Rc<ImageStatements<'t>> {
        self.statements.about(self.digest, purpose, self.report)
    }

    fn failures(&self) -> Vec<Reason> {
        self.statements.failures(self.digest, self.question)
    }

    fn attestation(&self) -> Outcome {
        signature::attestation(self.digest, self.question, self.statements)
    }

    fn signature(&self) -> Outcome {
        signature::sigstore(self.digest, self.question, self.statements)
    }

    fn authenticators(&self) -> &'t Authenticators<'t> {
        &self.statements.settings.evidence.authenticators
    }

    fn context(&self) -> &'t VerificationContext {
        self.statements.context
    }
}
