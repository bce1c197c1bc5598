//! Reading of settings: their codes, and values that occur all over them.

use alloc::borrow::Cow;
use alloc::string::ToString as _;
use core::fmt;

use super::{Dialect, Null, Value};
use crate::decision::Code;

/// Codes of problems in settings
pub(crate) const SETTINGS: &Dialect = &Dialect {
    malformed: Code::SettingsMalformed,
    unknown_field: Code::SettingsUnknownField,
    wrong_type: Code::SettingsWrongType,
    duplicate_key: Code::SettingsDuplicateKey,
    null: Null::Refused,
};

/// Maximum number of attestors, attestations or statements; valid settings have room for fewer
pub(crate) const MAX_ENTRIES: usize = 32 << 10;

/// Reads a non-empty string.
pub(crate) fn filled<'a>(value: Value<'_, 'a>) -> Option<Cow<'a, str>> {
    let (path, report) = (value.path(), value.report());
    let text = value.text()?;
    if text.is_empty() {
        report.push(Code::SettingsInvalidValue, path, "must not be empty");
        return None;
    }
    Some(text)
}

/// Reads a text that `parse` accepts, such as [`DateOrTime::parse`](crate::date_or_time::DateOrTime::parse).
pub(crate) fn parsed<T, E: fmt::Display>(
    value: Value<'_, '_>,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Option<T> {
    let (path, report) = (value.path(), value.report());
    let text = value.text()?;
    match parse(&text) {
        Ok(parsed) => Some(parsed),
        Err(error) => {
            report.push(Code::SettingsInvalidValue, path, error.to_string());
            None
        }
    }
}

/// Reads one non-empty line of at most `max` printable characters, and reports other texts under `code`. They are
/// part of messages.
#[inline(never)] // cold: see docs/performance.md#stack
pub(crate) fn line<'a>(value: Value<'_, 'a>, max: usize, code: Code) -> Option<Cow<'a, str>> {
    let (path, report) = (value.path(), value.report());
    let text = value.text()?;
    let length = text.chars().count();
    let message = if text.is_empty() {
        "must not be empty".into()
    } else if length > max {
        alloc::format!("has {length} characters, more than {max}")
    } else if !text.chars().all(crate::is_printable) {
        "must be one line of printable characters".into()
    } else {
        return Some(text);
    };
    report.push(code, path, message);
    None
}

/// Reads one of a fixed set of names.
pub(crate) fn choice<T: Copy>(value: Value<'_, '_>, choices: &[(&str, T)]) -> Option<T> {
    value.choice(choices, Code::SettingsInvalidValue, Code::SettingsWrongType)
}

/// Maximum number of characters of `contact` and other lines for people, which are part of messages of less than 1,200
const MAX_LINE: usize = 200;

/// Reads one short line of text for people.
pub(crate) fn short_line<'a>(value: Value<'_, 'a>) -> Option<Cow<'a, str>> {
    line(value, MAX_LINE, Code::SettingsInvalidValue)
}
