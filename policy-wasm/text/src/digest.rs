//! SHA-256 digests of image manifests.

use alloc::string::{String, ToString as _};
use core::fmt;

use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::{HIGH, ONES};

/// A SHA-256 digest, written `sha256:` and 64 lower-case hexadecimal digits
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; DIGITS / 2]);

/// Number of hexadecimal digits of a digest
const DIGITS: usize = 64;

/// Reasons why a text is not a [`Digest`]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DigestError {
    /// Another algorithm, or none
    #[error("expected `sha256:` in front")]
    Algorithm,
    /// Not 64 digits
    #[error("expected 64 hexadecimal digits after `sha256:`, got {0}")]
    Length(usize),
    /// A character other than `0`-`9` and `a`-`f`
    #[error("expected only the digits 0-9 and a-f after `sha256:`")]
    Digits,
}

impl Digest {
    /// Parses the only accepted spelling, without trimming; upper case is an error.
    ///
    /// # Errors
    ///
    /// The text has another spelling.
    pub fn parse(text: &str) -> Result<Self, DigestError> {
        Self::from_hex(text.strip_prefix("sha256:").ok_or(DigestError::Algorithm)?)
    }

    /// Parses the digits alone, as in in-toto's digest sets; upper case is an error.
    ///
    /// # Errors
    ///
    /// The text is not exactly 64 valid digits.
    pub fn from_hex(hex: &str) -> Result<Self, DigestError> {
        let digits = hex.as_bytes().try_into();
        let digits = digits.map_err(|_| DigestError::Length(hex.len()))?;
        Self::from_digits(digits).ok_or(DigestError::Digits)
    }

    fn from_digits(digits: &[u8; DIGITS]) -> Option<Self> {
        let mut bytes = [0_u8; DIGITS / 2];
        let fours = bytes.as_chunks_mut().0;
        for (four, eight) in fours.iter_mut().zip(digits.as_chunks().0) {
            *four = four_bytes(*eight)?;
        }
        Some(Self(bytes))
    }

    /// Returns all digests whose digits are a separate run in a text, and possibly some of longer runs.
    pub fn all_in(text: &str) -> impl Iterator<Item = Self> {
        // These offsets are as far apart as a digest has digits, so every digest covers one of them.
        let places = (0..text.len()).step_by(DIGITS);
        places.filter_map(|place| Self::around(text.as_bytes(), place))
    }

    /// Returns the digest that covers this offset.
    fn around(text: &[u8], place: usize) -> Option<Self> {
        let is_digit = |byte: &&u8| matches!(**byte, b'0'..=b'9' | b'a'..=b'f');
        let (before, behind) = text.split_at_checked(place)?;
        behind.first().filter(is_digit)?;
        let digits_before = before.iter().rev().take(DIGITS).take_while(is_digit);
        let start = place.checked_sub(digits_before.count())?;
        Self::from_digits(text.get(start..)?.first_chunk()?)
    }

    /// Returns the digest with these bytes; `None` unless they are 32.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Returns the digest of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Returns the bytes of the digest.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns the digest for names without a colon: `sha256-` and the digits.
    #[must_use]
    pub fn as_name(&self) -> String {
        self.to_string().replacen(':', "-", 1)
    }
}

/// Decodes eight digits at once, because a request may contain thousands of digests.
fn four_bytes(digits: [u8; 8]) -> Option<[u8; 4]> {
    let eight = u64::from_le_bytes(digits);
    // The high bit of each byte that is not below; it is unused in ASCII.
    let from = |least: u8| (eight | HIGH).wrapping_sub(ONES.wrapping_mul(least.into())) & HIGH;
    let numbers = from(b'0') & !from(b':');
    let letters = from(b'a') & !from(b'g');
    if (numbers | letters) & !eight != HIGH {
        return None;
    }
    let nibbles = (eight & ONES.wrapping_mul(0x0f)).wrapping_add((letters >> 7).wrapping_mul(9));
    let [a, _, b, _, c, _, d, _] = (nibbles << 4 | nibbles >> 8).to_le_bytes();
    Some([a, b, c, d])
}

/// Returns the digit for a number less than 16.
const fn digit(number: u8) -> u8 {
    let first = if number < 10 { b'0' } else { b'a' - 10 };
    first.wrapping_add(number)
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [0; DIGITS];
        for (two, byte) in digits.as_chunks_mut().0.iter_mut().zip(self.0) {
            *two = [byte >> 4, byte & 0x0f].map(digit);
        }
        f.write_str("sha256:")?;
        f.write_str(str::from_utf8(&digits).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_prints_as_it_was_written() {
        let text = "sha256:77b0b75136b9bd0fd36fb50f4c92ae0dbdbbe164ab67885e736fa4374e0cbb8c";
        assert_eq!(Digest::parse(text).unwrap().to_string(), text);
    }

    #[test]
    fn a_digest_of_bytes_and_as_a_name() {
        let empty = "sha256-e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::of(b"").as_name(), empty);
    }

    #[test]
    fn every_digest_in_a_text_is_found_wherever_it_stands() {
        let digits = "0123456789abcdef".repeat(4);
        let digest = Digest::from_hex(&digits).unwrap();
        for before in 0..200 {
            for around in ["\"", ":", "g", "A", "ä"] {
                let text = alloc::format!("{}{around}{digits}{around}", "x".repeat(before));
                assert!(Digest::all_in(&text).eq([digest]), "{text}");
                let twice = alloc::format!("{text}{text}");
                assert!(Digest::all_in(&twice).eq([digest, digest]), "{twice}");
            }
        }
    }

    #[test]
    fn every_byte_is_a_digit_or_none_in_every_place() {
        for byte in 0..=255_u8 {
            for place in 0..8 {
                let mut digits = *b"012789af";
                digits[place] = byte;
                let text = core::str::from_utf8(&digits).unwrap_or("?");
                let lower = !text.contains(|c: char| c.is_ascii_uppercase() || c == '+');
                let expected = u32::from_str_radix(text, 16).ok().filter(|_| lower);
                assert_eq!(
                    four_bytes(digits).map(u32::from_be_bytes),
                    expected,
                    "{digits:?}"
                );
            }
        }
    }

    #[test]
    fn other_spellings_are_refused() {
        let upper = alloc::format!("sha256:{}", "AB".repeat(32));
        for (text, error) in [
            ("sha512:00", DigestError::Algorithm),
            ("sha256:abcd", DigestError::Length(4)),
            (upper.as_str(), DigestError::Digits),
            ("", DigestError::Algorithm),
        ] {
            assert_eq!(Digest::parse(text), Err(error), "{text}");
        }
    }
}
