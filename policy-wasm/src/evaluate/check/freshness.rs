//! `imageFreshnessCheck`: whether the image was uploaded recently enough.

use alloc::string::String;

use super::trusted_statements::missing;
use super::{Outcome, Question, TrustedStatements};
use crate::attestation::statement::Predicate;
use crate::decision::{Code, Reason};
use crate::digest::Digest;
use crate::json::Report;
use crate::policy::authenticators::Purpose;
use crate::time::Time;

/// Uses the earliest of several upload times, so a source that fails could hide an earlier one.
pub(super) fn judge(
    max_days: u32,
    digest: Digest,
    question: &Question<'_, '_>,
    statements: &mut TrustedStatements<'_>,
    report: &Report,
) -> Outcome {
    let about_image = statements.about(digest, Purpose::Freshness, report);
    let uploads = about_image
        .trusted
        .iter()
        .filter_map(|said| match &said.predicate {
            Predicate::Upload(upload) => Some(upload.time),
            _ => None,
        });
    let found = match (uploads.min(), statements.context.now) {
        (None, _) => Err(missing("upload time")),
        (Some(_), None) => {
            let message = "The evaluation time is unknown";
            Err(Reason::new(Code::ClockUnavailable, message))
        }
        (Some(uploaded), Some(now)) => compare(uploaded, now, max_days),
    };
    let mut errors = statements.failures(digest, question);
    errors.extend(about_image.errors.iter().cloned());
    let outcome = match found {
        Err(reason) => {
            errors.insert(0, reason);
            Outcome::refused(errors)
        }
        Ok(_) if !errors.is_empty() => Outcome::refused(errors),
        Ok(message) => Outcome::passed(message),
    };
    outcome.with_note(about_image.untrusted())
}

/// Compares the upload time with the maximum age.
fn compare(uploaded: Time, now: Time, max_days: u32) -> Result<String, Reason> {
    match now.is_older(uploaded, max_days) {
        None => {
            let message = alloc::format!(
                "Evidence could not be used: the image was uploaded at {uploaded}, which is in the future"
            );
            Err(Reason::new(Code::EvidenceInvalid, message))
        }
        Some(true) => {
            let message =
                alloc::format!("Image was uploaded at {uploaded}, more than {max_days} days ago");
            Err(Reason::new(Code::ImageNotFresh, message))
        }
        Some(false) => Ok(alloc::format!("Image was uploaded at {uploaded}")),
    }
}
