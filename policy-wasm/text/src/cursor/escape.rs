//! Meaning of escapes in strings.

use alloc::string::String;

use super::scan::byte;
use super::string::end_of_plain;

/// Half of a surrogate pair, without the other half
///
/// Its message is that of `serde_json`, which describes all other syntax errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what} at line 1 column {column}")]
pub struct EscapeError {
    what: &'static str,
    /// Number of bytes up to the error, from the opening quotation mark
    column: usize,
}

impl EscapeError {
    const fn lone(column: usize) -> Self {
        let what = "lone leading surrogate in hex escape";
        Self { what, column }
    }

    const fn unexpected_end(column: usize) -> Self {
        let what = "unexpected end of hex escape";
        Self { what, column }
    }
}

/// Decodes a string with its quotation marks, whose syntax was checked.
#[inline(never)] // cold: see docs/performance.md#stack
pub(super) fn decode(string: &str) -> Result<String, EscapeError> {
    let bytes = string.as_bytes();
    let mut text = String::with_capacity(bytes.len());
    let mut start = 1_usize;
    loop {
        let at = end_of_plain(bytes, start);
        text.push_str(string.get(start..at).unwrap_or_default());
        if byte(bytes, at) != b'\\' {
            return Ok(text);
        }
        start = at.saturating_add(2);
        text.push(match byte(bytes, at.saturating_add(1)) {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => character(bytes, &mut start)?,
            // A quotation mark, a backslash or a slash.
            itself => char::from(itself),
        });
    }
}

/// Reads the digits of a character outside of ASCII or of both halves of a pair, and moves past them.
fn character(bytes: &[u8], at: &mut usize) -> Result<char, EscapeError> {
    let first = unit(bytes, at);
    if let Some(character) = char::from_u32(first) {
        return Ok(character);
    }
    if first >= TRAILING {
        return Err(EscapeError::lone(*at));
    }
    for expected in *b"\\u" {
        let found = byte(bytes, *at);
        *at = at.saturating_add(1);
        if found != expected {
            return Err(EscapeError::unexpected_end(*at));
        }
    }
    let second = unit(bytes, at);
    let (high, low) = (first.wrapping_sub(LEADING), second.wrapping_sub(TRAILING));
    let pair = (high << 10 | low).wrapping_add(0x1_0000);
    let pair = char::from_u32(pair).filter(|_| low < 0x400);
    pair.ok_or_else(|| EscapeError::lone(*at))
}

/// The lowest half of each kind
const LEADING: u32 = 0xd800;
const TRAILING: u32 = 0xdc00;

/// Reads four hexadecimal digits, and moves past them.
#[inline(never)] // twice in a pair
fn unit(bytes: &[u8], at: &mut usize) -> u32 {
    let mut unit = 0;
    for _ in 0..4 {
        let digit = char::from(byte(bytes, *at)).to_digit(16);
        unit = unit << 4 | digit.unwrap_or_default();
        *at = at.saturating_add(1);
    }
    unit
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::ToString as _;

    use super::*;

    /// Decodes a string as `serde_json` does, or fails with the same message.
    fn check(inner: &str) {
        let string = format!("\"{inner}\"");
        let expected = serde_json::from_str::<String>(&string);
        assert_eq!(
            decode(&string).map_err(|error| error.to_string()),
            expected.map_err(|error| error.to_string()),
            "{string}"
        );
    }

    #[test]
    fn every_unit_is_what_it_is_for_serde_json() {
        for unit in 0..=0xffff_u16 {
            check(&format!("\\u{unit:04x}"));
            check(&format!("a\\u{unit:04X}é"));
            check(&format!("\\ud83d\\u{unit:04x}"));
            check(&format!("\\u{unit:04x}\\udE00"));
        }
    }

    #[test]
    fn escapes_mean_what_they_mean_to_serde_json_in_every_order() {
        let parts = [
            "",
            "\\\"",
            "\\\\",
            "\\/",
            "\\b",
            "\\f",
            "\\n",
            "\\r",
            "\\t",
            "\\u0000",
            "\\u00e9",
            "\\uFFFF",
            "\\ud800",
            "\\uDBFF",
            "\\udc00",
            "\\udfff",
            "u",
            "é",
            "\u{1f600}",
            "plain, and longer than eight bytes",
        ];
        for first in parts {
            for second in parts {
                for third in parts {
                    check(&format!("{first}{second}{third}"));
                }
            }
        }
    }
}
