//! Base64 of attestations: in either alphabet, with or without padding, on one or several lines.

use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use thiserror::Error;

/// Padding is optional: the API pads, hand-written documents often do not.
const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Decodes either alphabet: the REST API prints the standard one, gcloud the URL-safe one. A text that mixes
/// them is an error.
///
/// Line breaks and spaces are ignored: GNU `base64` and `openssl base64` wrap lines, and YAML folds wrapped
/// lines into spaces.
pub(crate) fn decode(text: &str) -> Result<Vec<u8>, NotBase64> {
    let text = text.trim_ascii();
    if let Ok(decoded) = decode_line(text) {
        return Ok(decoded);
    }
    // Copy only the rare text with white space.
    let joined: String = text.split_ascii_whitespace().collect();
    if joined.len() == text.len() {
        return Err(NotBase64);
    }
    decode_line(&joined)
}

/// Decodes either alphabet on one line, for formats that have no line breaks.
pub(crate) fn decode_line(text: &str) -> Result<Vec<u8>, NotBase64> {
    let decoded = STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text));
    decoded.map_err(|_| NotBase64)
}

/// The text is in neither of the two alphabets
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not base64")]
pub(crate) struct NotBase64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_alphabets_decode_with_or_without_padding() {
        for text in ["+/8=", "+/8", "-_8=", "-_8"] {
            assert_eq!(decode(text), Ok(alloc::vec![0xfb, 0xff]), "{text}");
        }
    }

    /// At any width, with either line ending, as a block of YAML keeps them or a folded one joins them.
    #[test]
    fn line_breaks_are_no_part_of_base64() {
        for text in [
            "+/8=\n",
            "+/\n8=",
            "+/\r\n8=\r\n",
            "-_\n8",
            "+\n/\n8\n=\n",
            "+/ 8=",
        ] {
            assert_eq!(decode(text), Ok(alloc::vec![0xfb, 0xff]), "{text:?}");
        }
    }

    #[test]
    fn mixed_alphabets_and_stray_characters_are_refused() {
        for text in ["+_8=", "-/8=", "+/8=.", "+\u{a0}/8", "+/9=", "+", "+ / 9 ="] {
            assert!(decode(text).is_err(), "{text:?}");
        }
    }
}
