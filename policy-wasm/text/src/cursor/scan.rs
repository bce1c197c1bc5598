//! The grammar of JSON, for what nobody looks into. Every function takes the place where its part begins,
//! and returns the place behind it; no place of a text wraps around.

use core::num::NonZeroUsize;

use super::string::end_of_string;

/// Stands behind the end of every text; JSON has it nowhere.
pub(super) const END: u8 = 0;

/// Lists and objects inside one another in a value that is passed over. A call may have far fewer.
pub const MAX_DEPTH: usize = 128;

/// A place behind something: never the first, so that whether there is one needs no word of its own.
pub(super) type Behind = NonZeroUsize;

/// What stands at a place.
#[inline]
pub(super) fn byte(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(END)
}

/// Behind space, of which there mostly is none.
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

/// Behind one value; `None` where it is none. `deepest` becomes the most brackets that were open, also
/// where it is none.
pub(super) fn end_of_value(bytes: &[u8], mut at: usize, deepest: &mut usize) -> Option<Behind> {
    // One bit for each open bracket, the innermost lowest: whether it is an object's.
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
                // A bracket closes with the character two behind it in ASCII.
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
        // Behind a value: the next one, or the end of what it is in.
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

/// Behind the colon.
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

/// At least one.
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
