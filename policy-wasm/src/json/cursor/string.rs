//! Where a string ends. Most of JSON is strings, and most strings are short: eight bytes at a time.

/// The place behind the quotation mark that ends a string which begins at `at`, and whether the string
/// has escapes; `None` where it does not end, or has what no string has. No place of a text wraps around.
pub(super) fn end_of_string(bytes: &[u8], mut at: usize) -> Option<(usize, bool)> {
    let mut has_escapes = false;
    loop {
        let rest = bytes.get(at..)?;
        let special = match rest.first_chunk() {
            Some(eight) => match first_special(u64::from_le_bytes(*eight)) {
                Some(place) => place,
                None => {
                    at = at.wrapping_add(8);
                    continue;
                }
            },
            None => rest.iter().position(|byte| is_special(*byte))?,
        };
        at = at.wrapping_add(special);
        match bytes.get(at)? {
            b'"' => return Some((at.wrapping_add(1), has_escapes)),
            b'\\' => {
                has_escapes = true;
                at = at.wrapping_add(length_of_escape(bytes.get(at..)?)?);
            }
            _ => return None,
        }
    }
}

/// Ends a string, begins an escape, or stands in no string.
const fn is_special(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | ..=0x1f)
}

/// The place of the first such among eight bytes, the lowest first.
fn first_special(eight: u64) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // The high bit of each byte below `bound`. The lowest is right, those above may be too many.
    const fn below(word: u64, bound: u64) -> u64 {
        word.wrapping_sub(ONES.wrapping_mul(bound)) & !word & HIGH
    }
    let controls = below(eight, 0x20);
    let quotes = below(eight ^ ONES.wrapping_mul(0x22), 1);
    let backslashes = below(eight ^ ONES.wrapping_mul(0x5c), 1);
    let found = controls | quotes | backslashes;
    // No branch on the place: strings have all lengths.
    let place = usize::try_from(found.trailing_zeros() / 8).ok();
    place.filter(|_| found != 0)
}

fn length_of_escape(escape: &[u8]) -> Option<usize> {
    match escape.get(1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
        b'u' => {
            let digits = escape.get(2..6)?;
            digits.iter().all(u8::is_ascii_hexdigit).then_some(6)
        }
        _ => None,
    }
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
                    Some((length + 1, false)),
                    "{closed:?}"
                );
                let escaped = [b"\\\"".as_slice(), &closed].concat();
                assert_eq!(
                    end_of_string(&escaped, 0),
                    Some((length + 3, true)),
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
                    b'"' => Some((place + 1, false)),
                    // `\a` is no escape.
                    b'\\' | ..=0x1f => None,
                    _ => Some((23, false)),
                };
                assert_eq!(end_of_string(&bytes, 0), expected, "{bytes:?}");
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
                Some((text.len(), true)),
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
