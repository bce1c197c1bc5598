//! Signed payloads: strict JSON documents, read from the very bytes that a signature covers.

use alloc::string::{String, ToString as _};

use super::Rejection;
use crate::decision::Code;
use crate::json::{Dialect, Null, Path, Raw, Report, Value};
use crate::time::Time;

/// Whatever is wrong with a payload makes it invalid.
pub(super) const INVALID: Code = Code::AttestationPayloadInvalid;

const PAYLOAD: &Dialect = &Dialect {
    malformed: INVALID,
    unknown_field: INVALID,
    wrong_type: INVALID,
    duplicate_key: INVALID,
    null: Null::Refused,
};

/// The document that a payload consists of, unread.
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

/// Reads a payload, or a part of one that stands at `path`.
///
/// # Errors
///
/// Anything at all was reported: all of it, in the order in which it was found.
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

/// Reads a part whose problems somebody else collects.
pub(super) fn walk<'p>(
    part: Raw<'p>,
    path: Path<'_>,
    report: &Report,
    read: impl FnMut(Value<'_, 'p>),
) {
    part.read(PAYLOAD, path, report, read);
}

/// A field without which the payload says nothing.
///
/// # Errors
///
/// It was not there.
pub(super) fn required<T>(found: Option<T>, field: &str) -> Result<T, Rejection> {
    found.ok_or_else(|| invalid(alloc::format!("it has no `{field}`")))
}

/// A point in time, or `None` with a problem reported.
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
