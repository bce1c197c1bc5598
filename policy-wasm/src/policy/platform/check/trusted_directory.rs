//! `trustedDirectoryCheck`

use super::{Place, TextList};
use crate::decision::Code;
use crate::json::{Report, Value};
use crate::pattern::TrustedDirectory;
use crate::policy::refuse_pattern;

/// Reads the list of patterns without parsing them.
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
    let fields = [("trustedDirPatterns", saw_patterns)];
    report.require(was_object, &fields, path, Code::PolicyLimit);
    patterns
}

/// Calls `each` with every pattern.
pub(crate) fn each(
    patterns: &TextList<'_>,
    report: &Report,
    mut each: impl FnMut(TrustedDirectory<'_>),
) {
    patterns.each(report, |path, text| match TrustedDirectory::parse(text) {
        Ok(pattern) => each(pattern),
        Err(error) => refuse_pattern(text, &error, path, report),
    });
}
