//! Signed payloads: strict JSON, parsed from exactly the bytes that a signature covers.

use alloc::string::{String, ToString as _};

use super::Rejection;
use crate::decision::Code;
use crate::json::{Dialect, Null, Path, Raw, Report, Value};
use crate::time::Time;

/// Code of all problems of payloads
pub(super) const INVALID: Code = Code::AttestationPayloadInvalid;

const PAYLOAD: &Dialect = &Dialect {
    malformed: INVALID,
    unknown_field: INVALID,
    wrong_type: INVALID,
    duplicate_key: INVALID,
    null: Null::Refused,
};

/// Returns the payload's JSON document, unparsed.
///
/// # Errors
///
/// The bytes are not UTF-8.
pub(super) fn document(bytes: &[u8]) -> Result<Raw<'_>, Rejection> {
    match core::str::from_utf8(bytes) {
        Ok(text) => Ok(Raw::new(text)),
        Err(error) => Err(invalid(error.to_string())),
    }
}

/// Parses a payload, or the part of one at `path`.
///
/// # Errors
///
/// Lists all problems in the order in which they were found.
pub(super) fn read<'p>(
    part: Raw<'p>,
    path: Path<'_>,
    read: impl FnMut(Value<'_, 'p>),
) -> Result<(), Rejection> {
    let report = Report::default();
    walk(part, path, &report, read);
    if report.is_empty() {
        Ok(())
    } else {
        Err(invalid(report.to_string()))
    }
}

/// Parses a part of a payload; the caller handles its problems.
pub(super) fn walk<'p>(
    part: Raw<'p>,
    path: Path<'_>,
    report: &Report,
    read: impl FnMut(Value<'_, 'p>),
) {
    part.read(PAYLOAD, path, report, read);
}

/// Returns the value of a required field.
///
/// # Errors
///
/// The field is missing.
pub(super) fn required<T>(found: Option<T>, field: &str) -> Result<T, Rejection> {
    found.ok_or_else(|| invalid(alloc::format!("it has no `{field}`")))
}

/// Returns a point in time, or `None` with a problem reported.
pub(super) fn time(value: Value<'_, '_>) -> Option<Time> {
    let (path, report) = (value.path(), value.report());
    let text = value.text()?;
    Time::parse(&text)
        .map_err(|error| report.push(INVALID, path, error.to_string()))
        .ok()
}

pub(super) const fn invalid(detail: String) -> Rejection {
    Rejection::PayloadInvalid(detail)
}
