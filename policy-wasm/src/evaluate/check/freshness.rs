//! `imageFreshnessCheck`: whether the image was uploaded recently enough.

use super::testimony::missing;
use super::{Outcome, Question, Testimonies};
use crate::attestation::statement::Predicate;
use crate::decision::{Code, Reason};
use crate::digest::Digest;
use crate::json::Report;
use crate::settings::Purpose;
use crate::time::Time;

/// Of several upload times the earliest counts, so that a place that cannot be asked may hide one.
pub(super) fn judge(
    max_days: u32,
    digest: Digest,
    question: &Question<'_, '_>,
    testimonies: &mut Testimonies<'_>,
    report: &Report,
) -> Outcome {
    let testimony = testimonies.about(digest, Purpose::Freshness, report);
    let uploads = testimony
        .statements
        .iter()
        .filter_map(|said| match &said.predicate {
            Predicate::Upload(upload) => Some(upload.time),
            _ => None,
        });
    let found = match (uploads.min(), testimonies.circumstances.now) {
        (None, _) => Err(missing("when the image was uploaded")),
        (Some(_), None) => {
            let message = "The evaluation time is not known";
            Err(Reason::new(Code::ClockUnavailable, message))
        }
        (Some(uploaded), Some(now)) => compare(uploaded, now, max_days),
    };
    let mut errors = testimonies.failures(digest, question);
    errors.extend(testimony.errors.iter().cloned());
    let outcome = match found {
        Err(reason) => {
            errors.insert(0, reason);
            Outcome::refused(errors)
        }
        Ok(_) if !errors.is_empty() => Outcome::refused(errors),
        Ok(reason) => Outcome::passed(reason),
    };
    outcome.with_notes(&testimony.untrusted)
}

/// Exactly so many days pass.
fn compare(uploaded: Time, now: Time, max_days: u32) -> Result<Reason, Reason> {
    let Some(age) = now.as_unix().checked_sub(uploaded.as_unix()) else {
        let message = alloc::format!(
            "Evidence could not be used: the image was uploaded at {uploaded}, which is in the future"
        );
        return Err(Reason::new(Code::EvidenceInvalid, message));
    };
    let days = age / DAY;
    if age > u64::from(max_days).saturating_mul(DAY) {
        let message = alloc::format!(
            "Image was uploaded {days} days ago (at {uploaded}), maximum is {max_days}"
        );
        return Err(Reason::new(Code::ImageNotFresh, message));
    }
    let message = alloc::format!("Image was uploaded {days} days ago");
    Ok(Reason::new(Code::CheckPassed, message))
}

/// Seconds
pub(super) const DAY: u64 = 24 * 60 * 60;
