//! `trustedDirectoryCheck`

use super::{Place, TextList};
use crate::decision::Code;
use crate::json::{Report, Value};
use crate::pattern::TrustedDirectory;

/// Reads the list of patterns, unread.
pub(super) fn read<'a>(place: Place, value: Value<'_, 'a>) -> Option<TextList<'a>> {
    let (path, report) = (value.path(), value.report());
    let (mut patterns, mut saw_patterns) = (None, false);
    let was_object = value.object(|key, value| match key {
        "trustedDirPatterns" => {
            saw_patterns = true;
            let fields = ["trustedDirectoryCheck", "trustedDirPatterns"];
            patterns = TextList::read_filled(place, fields, value);
        }
        _ => value.unknown(),
    });
    if was_object && !saw_patterns {
        report.push(Code::PolicyLimit, path, "`trustedDirPatterns` is required");
    }
    patterns
}

/// Walks the patterns.
pub(crate) fn each(
    patterns: &TextList<'_>,
    report: &Report,
    mut each: impl FnMut(TrustedDirectory<'_>),
) {
    patterns.each(report, |path, text| match TrustedDirectory::parse(text) {
        Ok(pattern) => each(pattern),
        Err(error) => {
            let message = alloc::format!("pattern {}: {error}", crate::quote(text));
            report.push(Code::PatternInvalid, path, message);
        }
    });
}
