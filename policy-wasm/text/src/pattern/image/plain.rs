//! The plain form of image patterns: `registry.example/path/to/app`, or with a final `*`, or a final `/**`
//!
//! Nearly all patterns of a long list have it. It is read in one pass, with one look-up a byte for its class and one
//! for the next state.

use super::MAX_PATH;
use crate::pattern::glob::{Glob, Rest, table};

/// Reads a pattern of the plain form. `None` says only that the pattern has to be read part by part.
#[inline]
pub(super) fn read(text: &str) -> Option<Glob<'_>> {
    // Docker Hub's names have rules of their own. Their first eight bytes are known without reading them one by one.
    let is_of_hub = matches!(
        text.as_bytes().first_chunk(),
        Some(b"docker.i" | b"index.do")
    );
    if is_of_hub || text.len() > MAX_PATH {
        return None;
    }
    let (rest, stars) = match text.bytes().fold(HOST_START, next) {
        WORD => (Rest::Nothing, 0),
        STAR | STAR_ALONE => (Rest::WithoutSlash, 1),
        DOUBLE_STAR => (Rest::Anything, 2),
        _ => return None,
    };
    let literal = text.get(..text.len().wrapping_sub(stars))?;
    Some(Glob { literal, rest })
}

// States: where in a pattern a byte was. They are in the high four bits, classes in the low ones.
/// Not of the plain form
const OTHER: u8 = 0;
/// Before and in a first label, behind which has to be another
const HOST_START: u8 = 0x10;
const HOST_WORD: u8 = 0x20;
const HOST_HYPHEN: u8 = 0x30;
/// Before and in a later label
const LABEL_START: u8 = 0x40;
const LABEL_WORD: u8 = 0x50;
const LABEL_HYPHEN: u8 = 0x60;
/// Before and in a segment of the path
const SEGMENT_START: u8 = 0x70;
const WORD: u8 = 0x80;
const SEPARATOR: u8 = 0x90;
/// After a wildcard, which ends the pattern
const STAR: u8 = 0xa0;
/// After a wildcard that is a segment, or the first half of one
const STAR_ALONE: u8 = 0xb0;
const DOUBLE_STAR: u8 = 0xc0;

// Classes of bytes
const STRAY: u8 = 0;
const LETTER_OR_DIGIT: u8 = 1;
const DOT: u8 = 2;
const HYPHEN: u8 = 3;
const UNDERSCORE: u8 = 4;
const SLASH: u8 = 5;
const ASTERISK: u8 = 6;

#[inline]
fn next(state: u8, byte: u8) -> u8 {
    let class = CLASSES.get(usize::from(byte)).copied().unwrap_or_default();
    NEXT.get(usize::from(state | class))
        .copied()
        .unwrap_or_default()
}

const fn class_of(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' | b'0'..=b'9' => LETTER_OR_DIGIT,
        b'.' => DOT,
        b'-' => HYPHEN,
        b'_' => UNDERSCORE,
        b'/' => SLASH,
        b'*' => ASTERISK,
        _ => STRAY,
    }
}

/// The state after a byte of a class. Separators of more than one character are left to the reader of parts.
const fn state_after(state_and_class: u8) -> u8 {
    match (state_and_class & 0xf0, state_and_class & 0x0f) {
        (HOST_START | HOST_WORD | HOST_HYPHEN, LETTER_OR_DIGIT) => HOST_WORD,
        (HOST_WORD | HOST_HYPHEN, HYPHEN) => HOST_HYPHEN,
        (HOST_WORD | LABEL_WORD, DOT) => LABEL_START,
        (LABEL_START | LABEL_WORD | LABEL_HYPHEN, LETTER_OR_DIGIT) => LABEL_WORD,
        (LABEL_WORD | LABEL_HYPHEN, HYPHEN) => LABEL_HYPHEN,
        (LABEL_WORD | WORD, SLASH) => SEGMENT_START,
        (SEGMENT_START | WORD | SEPARATOR, LETTER_OR_DIGIT) => WORD,
        (WORD, DOT | HYPHEN | UNDERSCORE) => SEPARATOR,
        (WORD | SEPARATOR, ASTERISK) => STAR,
        (SEGMENT_START, ASTERISK) => STAR_ALONE,
        (STAR_ALONE, ASTERISK) => DOUBLE_STAR,
        _ => OTHER,
    }
}

const CLASSES: [u8; 256] = table!(class_of);
const NEXT: [u8; 256] = table!(state_after);

#[cfg(test)]
mod tests {
    use super::super::{DOCKER_HUB, DOCKER_HUB_ALIAS};
    use super::*;

    #[test]
    fn names_of_docker_hub_are_left_to_the_reader_of_parts() {
        for hub in [DOCKER_HUB, DOCKER_HUB_ALIAS] {
            assert!(
                read(&alloc::format!("{hub}/library/app")).is_none(),
                "{hub}"
            );
        }
        assert!(read("docker.example/library/app").is_some());
    }
}
