//! The plain form of image patterns: `registry.example/path/to/app`, or with a final `*`, or a final `/**`
//!
//! Nearly all patterns of a long list have it. It is read in one pass, with one look-up a byte for its class and one
//! for the next state.

use super::MAX_PATH;
use crate::pattern::glob::{Rest, table};

/// Reads a pattern of the plain form. Returns the length of its literal part, and the wildcard after that. `None` says
/// only that the pattern has to be read part by part.
#[inline]
pub(super) fn read(text: &[u8], start: &mut Start) -> Option<(usize, Rest)> {
    if text.len() > MAX_PATH {
        return None;
    }
    let (state, others) = match text.split_first_chunk() {
        Some((eight, others)) => (start.state_after(eight), others),
        None => (HOST_START, text),
    };
    let (fours, last) = others.as_chunks();
    let four_more = |state, four: &[u8; 4]| four.iter().fold(state, next);
    let state = last.iter().fold(fours.iter().fold(state, four_more), next);
    let (rest, stars) = *WILDCARDS.get(usize::from(state >> 4))?.as_ref()?;
    Some((text.len().wrapping_sub(usize::from(stars)), rest))
}

/// The first eight bytes of a pattern, which most patterns of a long list share, and the state after them
///
/// At first eight zeros, with which no pattern begins.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Start {
    eight: u64,
    state: u8,
}

impl Start {
    #[inline]
    fn state_after(&mut self, eight: &[u8; 8]) -> u8 {
        if u64::from_le_bytes(*eight) != self.eight {
            self.keep(eight);
        }
        self.state
    }

    #[inline(never)] // out of the loop over rules
    fn keep(&mut self, eight: &[u8; 8]) {
        // Docker Hub's names have rules of their own.
        let is_of_hub = matches!(eight, b"docker.i" | b"index.do");
        let state = if is_of_hub { OTHER } else { HOST_START };
        self.eight = u64::from_le_bytes(*eight);
        self.state = eight.iter().fold(state, next);
    }
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
fn next(state: u8, byte: &u8) -> u8 {
    let class = CLASSES.get(usize::from(*byte)).copied().unwrap_or_default();
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

/// The wildcard of a pattern that ends in a state, and its length
const fn wildcard(state: u8) -> Option<(Rest, u8)> {
    match state {
        WORD => Some((Rest::Nothing, 0)),
        STAR | STAR_ALONE => Some((Rest::WithoutSlash, 1)),
        DOUBLE_STAR => Some((Rest::Anything, 2)),
        _ => None,
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
/// By the high four bits of the state
const WILDCARDS: [Option<(Rest, u8)>; 16] = {
    let mut wildcards = [None; 16];
    let (mut rest, mut state) = (wildcards.as_mut_slice(), 0_u8);
    while let [first, others @ ..] = rest {
        *first = wildcard(state);
        state = state.wrapping_add(0x10);
        rest = others;
    }
    wildcards
};

#[cfg(test)]
mod tests {
    use super::super::{DOCKER_HUB, DOCKER_HUB_ALIAS};
    use super::*;

    fn read(text: &str) -> Option<(usize, Rest)> {
        super::read(text.as_bytes(), &mut Start::default())
    }

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
