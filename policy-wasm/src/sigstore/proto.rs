//! ProtoJSON, the encoding of bundles and trusted roots: zeros may be left out, `null` is absent, 64-bit integers
//! may be strings, and base64 may use either alphabet.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::base64::{self, NotBase64};
use crate::decision::Code;
use crate::json::{Dialect, Null, Value};
use crate::rejection::Rejection;

/// The dialect of a document whose problems all have one code.
pub(super) const fn dialect(code: Code) -> Dialect {
    Dialect {
        malformed: code,
        unknown_field: code,
        wrong_type: code,
        duplicate_key: code,
        null: Null::Absent,
    }
}

/// Whether a value is not `null`, which ProtoJSON reads as an absent field.
pub(super) fn is_present(value: &Value<'_, '_>) -> bool {
    !value.is_null()
}

/// Reads a string; empty if it is absent.
#[inline(never)]
pub(super) fn text<'a>(value: Value<'_, 'a>) -> Cow<'a, str> {
    value.text().unwrap_or_default()
}

/// Like [`text`], copied.
#[inline(never)]
pub(super) fn owned_text(value: Value<'_, '_>) -> String {
    text(value).into_owned()
}

/// Reads a 64-bit integer that is not negative, as a number or as a string of digits; 0 if it is absent.
#[inline(never)]
pub(super) fn int64(value: Value<'_, '_>) -> u64 {
    let (path, report, code) = (value.path(), value.report(), value.dialect().wrong_type);
    let Some(digits) = value.digits() else {
        return 0;
    };
    let is_plain = digits == "0" || !digits.starts_with('0');
    let is_decimal = is_plain && digits.bytes().all(|byte| byte.is_ascii_digit());
    // Protobuf's int64 ends there.
    let number = digits
        .parse()
        .ok()
        .filter(|number| i64::try_from(*number).is_ok());
    match number.filter(|_| is_decimal) {
        Some(number) => number,
        None => {
            report.push(code, path, "expected a whole number from 0 to 2^63 - 1");
            0
        }
    }
}

/// Decodes base64 on one line, in either alphabet, with its whole padding or none.
///
/// # Errors
///
/// [`NotBase64`]
#[inline(never)]
pub(super) fn decode(text: &str) -> Result<Vec<u8>, NotBase64> {
    if text.ends_with('=') && !text.len().is_multiple_of(4) {
        return Err(NotBase64);
    }
    base64::decode_line(text)
}

/// Reads base64, see [`decode`]; empty if it is absent.
#[inline(never)]
pub(super) fn bytes(value: Value<'_, '_>) -> Vec<u8> {
    let (path, report, code) = (value.path(), value.report(), value.dialect().wrong_type);
    let text = value.text().unwrap_or_default();
    decode(&text).unwrap_or_else(|error| {
        report.push(code, path, alloc::format!("{error}"));
        Vec::new()
    })
}

/// Reads an object with one field, of bytes.
#[inline(never)]
pub(super) fn sole_bytes(value: Value<'_, '_>, field: &str) -> Vec<u8> {
    let mut found = Vec::new();
    value.object(|key, value| {
        if key == field {
            found = bytes(value);
        } else {
            value.unknown();
        }
    });
    found
}

/// The problems of a document, without their code, which is the same.
#[inline(never)]
pub(super) fn problems(report: crate::json::Report) -> String {
    let problems = report.into_problems().into_iter().take(MAX_PROBLEMS);
    let sentences = problems.map(|problem| {
        if problem.path.is_empty() {
            problem.message
        } else {
            alloc::format!("{}: {}", problem.path, problem.message)
        }
    });
    sentences.collect::<Vec<_>>().join("; ")
}

/// Maximum number of problems in one message
const MAX_PROBLEMS: usize = 4;

#[cold]
#[inline(never)]
pub(super) fn rejection(code: Code, why: impl Into<String>) -> Rejection {
    let mut message = String::from(code.meaning());
    let why = why.into();
    if !why.is_empty() {
        message.push_str(": ");
        message.push_str(&why);
    }
    Rejection::Sigstore { code, message }
}

/// Formats bytes as lower-case hexadecimal digits.
#[inline(never)]
pub(super) fn hex(bytes: &[u8]) -> String {
    use core::fmt::Write as _;

    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string never fails.
        write!(text, "{byte:02x}").unwrap_or_default();
        text
    })
}
