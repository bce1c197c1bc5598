//! The grammar of JSON, for skipped values. Every function takes the offset of its part and returns the offset
//! just past it; offsets never wrap around.

use core::num::NonZeroUsize;

use super::string::end_of_string;

/// Byte past the end of every text, which cannot occur in JSON
pub(super) const END: u8 = 0;

/// Maximum nesting of lists and objects in a skipped value. The limit on a call is lower.
pub const MAX_DEPTH: usize = 128;

/// An offset past something, which is never 0, so that `Option` takes no extra space
pub(super) type Behind = NonZeroUsize;

/// Returns the byte at an offset.
#[inline]
pub(super) fn byte(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(END)
}

/// Returns the offset of the first non-whitespace byte at or after `at`. Fast if there is no whitespace.
#[inline]
pub(super) fn skip_space(bytes: &[u8], at: usize) -> usize {
    if byte(bytes, at) > b' ' {
        return at;
    }
    end_of_space(bytes, at)
}

#[inline(never)]
fn end_of_space(bytes: &[u8], mut at: usize) -> usize {
    while matches!(byte(bytes, at), b' ' | b'\n' | b'\r' | b'\t') {
        at = next(at);
    }
    at
}

/// Returns the offset just past the value at `at`, or `None` if it is not valid JSON. Sets `deepest` to the
/// maximum number of open brackets in either case.
pub(super) fn end_of_value(bytes: &[u8], mut at: usize, deepest: &mut usize) -> Option<Behind> {
    // One bit for each open bracket, the innermost lowest: set for objects.
    let (mut open, mut level) = (0_u128, 0_usize);
    loop {
        at = skip_space(bytes, at);
        at = match byte(bytes, at) {
            b'"' => end_of_string(bytes, next(at))?.get(),
            bracket @ (b'{' | b'[') => {
                level = level.wrapping_add(1);
                *deepest = (*deepest).max(level);
                if level > MAX_DEPTH {
                    return None;
                }
                open = open << 1 | u128::from(bracket == b'{');
                at = skip_space(bytes, next(at));
                // The closing bracket is two after the opening one in ASCII.
                if byte(bytes, at) != bracket.wrapping_add(2) {
                    if bracket == b'{' {
                        at = end_of_key(bytes, at)?.get();
                    }
                    continue;
                }
                at
            }
            _ => end_of_scalar(bytes, at)?.get(),
        };
        // After a value: the next one, or the end of its list or object.
        loop {
            if level == 0 {
                return Behind::new(at);
            }
            let is_object = open & 1 == 1;
            at = skip_space(bytes, at);
            match byte(bytes, at) {
                b',' => {
                    at = next(at);
                    if is_object {
                        at = end_of_key(bytes, skip_space(bytes, at))?.get();
                    }
                    break;
                }
                close if close == if is_object { b'}' } else { b']' } => {
                    at = next(at);
                    open >>= 1;
                    level = level.wrapping_sub(1);
                }
                _ => return None,
            }
        }
    }
}

/// Returns the offset just past the colon after a key.
fn end_of_key(bytes: &[u8], at: usize) -> Option<Behind> {
    if byte(bytes, at) != b'"' {
        return None;
    }
    let at = skip_space(bytes, end_of_string(bytes, next(at))?.get());
    if byte(bytes, at) != b':' {
        return None;
    }
    Behind::new(next(at))
}

fn end_of_scalar(bytes: &[u8], at: usize) -> Option<Behind> {
    let word: &[u8] = match byte(bytes, at) {
        b'n' => b"null",
        b't' => b"true",
        b'f' => b"false",
        _ => return end_of_number(bytes, at),
    };
    if !bytes.get(at..)?.starts_with(word) {
        return None;
    }
    Behind::new(at.wrapping_add(word.len()))
}

fn end_of_number(bytes: &[u8], mut at: usize) -> Option<Behind> {
    if byte(bytes, at) == b'-' {
        at = next(at);
    }
    if byte(bytes, at) == b'0' {
        at = next(at);
    } else {
        at = end_of_digits(bytes, at)?.get();
    }
    if byte(bytes, at) == b'.' {
        at = end_of_digits(bytes, next(at))?.get();
    }
    if byte(bytes, at) | 0x20 == b'e' {
        at = next(at);
        if matches!(byte(bytes, at), b'+' | b'-') {
            at = next(at);
        }
        at = end_of_digits(bytes, at)?.get();
    }
    Behind::new(at)
}

/// Returns the offset just past one or more digits.
fn end_of_digits(bytes: &[u8], start: usize) -> Option<Behind> {
    let mut at = start;
    while byte(bytes, at).is_ascii_digit() {
        at = next(at);
    }
    Behind::new(at).filter(|_| at > start)
}

#[inline]
const fn next(at: usize) -> usize {
    at.wrapping_add(1)
}
