//! Text that somebody else wrote, made fit for one line of output.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

/// Longer than nearly every valid image reference, so that those are not cut.
const MAX_QUOTED: usize = 600;

/// Control characters and invisible ones escaped, and cut where it goes on for too long
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, character) in self.0.chars().enumerate() {
            if index == MAX_QUOTED {
                return f.write_str("…");
            }
            if is_printable(character) {
                write!(f, "{character}")?;
            } else {
                write!(f, "{}", character.escape_unicode())?;
            }
        }
        Ok(())
    }
}

/// The same between backticks.
pub(crate) fn quote(text: &str) -> String {
    alloc::format!("`{}`", Escaped(text))
}

/// The same in full length.
pub(crate) fn escaped(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_printable) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if is_printable(character) {
            escaped.push(character);
        } else {
            escaped.extend(character.escape_unicode());
        }
    }
    Cow::Owned(escaped)
}

/// Whether a character shows as itself: it is no control character, and none that changes how its
/// neighbours are shown and could make a message lie.
#[must_use]
pub fn is_printable(character: char) -> bool {
    let is_invisible = matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    !character.is_control() && !is_invisible
}
