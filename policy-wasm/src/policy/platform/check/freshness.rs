//! `imageFreshnessCheck`

use super::CheckKind;
use crate::decision::Code;
use crate::json::Value;

/// The field is an `int32`.
const MAX_DAYS: u32 = 0x7fff_ffff;

pub(super) fn read<'a>(value: Value<'_, 'a>) -> Option<CheckKind<'a>> {
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
    Some(CheckKind::ImageFreshness {
        max_upload_age_days: days?,
    })
}
