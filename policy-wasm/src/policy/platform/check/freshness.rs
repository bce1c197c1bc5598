//! `imageFreshnessCheck`: whether the image was uploaded recently enough.

use alloc::string::String;

use super::facts::{TrustedStatement, missing};
use super::{CheckDocument, Facts, Outcome, Place};
use crate::attestation::statement::Predicate;
use crate::decision::{Code, Reason};
use crate::image::ImageReference;
use crate::json::{Report, Value};
use crate::policy::authenticators::Purpose;
use crate::time::Time;

/// Maximum age of an image
#[derive(Debug)]
pub(crate) struct FreshnessCheck {
    max_upload_age_days: u32,
}

/// The field is an `int32`.
const MAX_DAYS: u32 = 0x7fff_ffff;

impl<'a> CheckDocument<'a> for FreshnessCheck {
    fn read(_: Place, value: Value<'_, 'a>) -> Option<Self> {
        let (path, report) = (value.path(), value.report());
        let (mut days, mut saw_days) = (None, false);
        let was_object = value.object(|key, value| match key {
            "maxUploadAgeDays" => {
                saw_days = true;
                days = value.count(MAX_DAYS, Code::PolicyLimit);
            }
            _ => value.unknown(),
        });
        let fields = [("maxUploadAgeDays", saw_days)];
        report.require(was_object, &fields, path, Code::PolicyLimit);
        Some(Self {
            max_upload_age_days: days?,
        })
    }

    /// Uses the earliest of several upload times, so a source that fails could hide an earlier one. One by a key that
    /// is not valid now is no evidence, but may be the earliest.
    fn judge<'t>(
        &self,
        _: &ImageReference<'_>,
        facts: Option<&mut impl Facts<'t>>,
        _: &Report,
    ) -> Option<Outcome> {
        let facts = facts?;
        let about_image = facts.statements(Purpose::Freshness);
        let time = |said: &TrustedStatement<'_>| match &said.predicate {
            Predicate::Upload(upload) => Some(upload.time),
            _ => None,
        };
        let is_known = about_image.trusted().any(|said| time(said).is_some());
        let earliest = about_image.statements.iter().filter_map(time).min();
        let found = match (earliest.filter(|_| is_known), facts.context().now) {
            (None, _) => Err(missing("upload time")),
            (Some(_), None) => {
                let message = "The evaluation time is unknown";
                Err(Reason::new(Code::ClockUnavailable, message))
            }
            (Some(uploaded), Some(now)) => compare(uploaded, now, self.max_upload_age_days),
        };
        let mut errors = facts.failures();
        errors.extend(about_image.errors.iter().cloned());
        let outcome = match found {
            Err(reason) => {
                errors.insert(0, reason);
                Outcome::refused(errors)
            }
            Ok(_) if !errors.is_empty() => Outcome::refused(errors),
            Ok(message) => Outcome::passed(message),
        };
        Some(outcome.with_note(about_image.untrusted()))
    }
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
