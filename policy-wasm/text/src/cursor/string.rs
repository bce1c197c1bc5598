//! Ends of strings, found eight bytes at a time. Most of JSON is strings, and most strings are short.

use super::scan::{Behind, byte};
use crate::{HIGH, ONES};

/// Returns the offset just past the closing quotation mark of a string whose first character is at `at`, or
/// `None` if it does not end or has an invalid character.
#[inline]
pub(super) fn end_of_string(bytes: &[u8], mut at: usize) -> Option<Behind> {
    loop {
        at = end_of_plain(bytes, at);
        match byte(bytes, at) {
            b'"' => return Behind::new(at.wrapping_add(1)),
            b'\\' => at = end_of_escape(bytes, at)?.get(),
            _ => return None,
        }
    }
}

/// Returns the offset of the first byte that ends a string, begins an escape, or is invalid in strings.
#[inline]
pub(super) fn end_of_plain(bytes: &[u8], mut at: usize) -> usize {
    while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let found = special(u64::from_le_bytes(*eight));
        if found != 0 {
            let place = usize::try_from(found.trailing_zeros() / 8);
            return at.wrapping_add(place.unwrap_or_default());
        }
        at = at.wrapping_add(8);
    }
    end_of_short(bytes, at)
}

/// Like [`end_of_plain`], and returns the text from that byte on; `None` near the end of the text.
#[inline]
pub(super) fn after_plain(mut text: &[u8]) -> Option<&[u8]> {
    loop {
        let (eight, others) = text.split_first_chunk()?;
        let found = special(u64::from_le_bytes(*eight));
        if found != 0 {
            return text.get(usize::try_from(found.trailing_zeros() / 8).ok()?..);
        }
        text = others;
    }
}

/// Like [`end_of_plain`], near the end of the text.
#[inline(never)]
fn end_of_short(bytes: &[u8], mut at: usize) -> usize {
    while !matches!(byte(bytes, at), b'"' | b'\\' | ..=0x1f) {
        at = at.wrapping_add(1);
    }
    at
}

/// Whether a text has a backslash anywhere.
#[must_use]
pub fn has_escapes(text: &str) -> bool {
    let (eights, rest) = text.as_bytes().as_chunks();
    let mut eights = eights.iter().map(|eight| u64::from_le_bytes(*eight));
    eights.any(|eight| backslashes(eight) != 0) || rest.contains(&b'\\')
}

/// Returns the high bit of each byte that ends a string, begins an escape, or is invalid in strings. Only the
/// lowest set bit is exact; higher ones may be wrong.
const fn special(eight: u64) -> u64 {
    // With one bit flipped, only the quotation mark joins the control characters.
    let turned = eight ^ ONES.wrapping_mul(0x02);
    let quotes_and_controls = turned.wrapping_sub(ONES.wrapping_mul(0x21));
    quotes_and_controls & !eight & HIGH | backslashes(eight)
}

/// Like [`special`], for backslashes only.
const fn backslashes(eight: u64) -> u64 {
    (eight ^ ONES.wrapping_mul(0x5c)).wrapping_sub(ONES) & !eight & HIGH
}

#[inline(never)]
fn end_of_escape(bytes: &[u8], at: usize) -> Option<Behind> {
    let escape = bytes.get(at..)?;
    let length = match escape.get(1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 2,
        b'u' if escape.get(2..6)?.iter().all(u8::is_ascii_hexdigit) => 6,
        _ => return None,
    };
    Behind::new(at.wrapping_add(length))
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn a_string_ends_at_its_quotation_mark_wherever_that_is() {
        for length in 0..40_usize {
            let plain: Vec<u8> = (0..length)
                .map(|index| b"a!#[]z\xa2\xdc"[index % 8])
                .collect();
            for behind in ["", "\"", "\\\"", "\u{1}", "abcdefghijklm"] {
                let closed = [&plain, b"\"".as_slice(), behind.as_bytes()].concat();
                assert_eq!(
                    end_of_string(&closed, 0),
                    Behind::new(length + 1),
                    "{closed:?}"
                );
                let escaped = [b"\\\"".as_slice(), &closed].concat();
                assert_eq!(
                    end_of_string(&escaped, 0),
                    Behind::new(length + 3),
                    "{escaped:?}"
                );
            }
            assert_eq!(end_of_string(&plain, 0), None, "{plain:?}");
        }
    }

    #[test]
    fn every_byte_is_what_it_is_in_every_place() {
        for byte in 0..=255_u8 {
            for place in 0..20 {
                let mut bytes = [b'a'; 24];
                bytes[place] = byte;
                bytes[22] = b'"';
                let expected = match byte {
                    b'"' => Behind::new(place + 1),
                    // `\a` is not a valid escape.
                    b'\\' | ..=0x1f => None,
                    _ => Behind::new(23),
                };
                assert_eq!(end_of_string(&bytes, 0), expected, "{bytes:?}");
            }
        }
    }

    #[test]
    fn a_backslash_is_found_wherever_it_stands() {
        for length in 0..40 {
            let plain = "]\u{710}[z".repeat(8);
            let plain: alloc::string::String = plain.chars().take(length).collect();
            assert!(!has_escapes(&plain), "{plain}");
            for behind in ["", "a", "abcdefghij"] {
                assert!(has_escapes(&alloc::format!("{plain}\\{behind}")), "{plain}");
            }
        }
    }

    #[test]
    fn escapes_are_those_of_json() {
        for escape in [
            "\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u00Fa", "\\ud800",
        ] {
            let text = alloc::format!("{escape}\"");
            assert_eq!(
                end_of_string(text.as_bytes(), 0),
                Behind::new(text.len()),
                "{text}"
            );
        }
        for escape in [
            "\\", "\\a", "\\'", "\\x41", "\\u00f", "\\u00fg", "\\U0041", "\\0", "\\\n",
        ] {
            let text = alloc::format!("{escape}\"");
            assert_eq!(end_of_string(text.as_bytes(), 0), None, "{text}");
        }
    }
}
