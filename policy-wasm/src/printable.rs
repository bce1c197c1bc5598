//! Untrusted text, made safe for one line of output.

use alloc::borrow::Cow;
use alloc::string::{String, ToString as _};
use core::fmt;

/// Maximum length of quoted text; nearly all valid image references are shorter
const MAX_QUOTED: usize = 600;

/// Formats a text with control and invisible characters escaped, truncated to the maximum length
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.char_indices().nth(MAX_QUOTED) {
            Some((end, _)) => {
                let (head, _) = self.0.split_at(end);
                f.write_str(&escaped(head))?;
                f.write_str("…")
            }
            None => f.write_str(&escaped(self.0)),
        }
    }
}

/// Returns the escaped text, truncated to `max` characters.
pub(crate) fn brief(text: &str, max: usize) -> String {
    let escaped = Escaped(text).to_string();
    match escaped.char_indices().nth(max.saturating_sub(1)) {
        Some((end, _)) if escaped.chars().count() > max => {
            let (head, _) = escaped.split_at(end);
            alloc::format!("{head}…")
        }
        _ => escaped,
    }
}

/// Returns the escaped text in backticks.
pub(crate) fn quote(text: &str) -> String {
    alloc::format!("`{}`", Escaped(text))
}

/// Returns the escaped text without truncating it.
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

/// Whether a character is visible and does not change how others are displayed, which could make a message
/// misleading.
#[must_use]
pub fn is_printable(character: char) -> bool {
    let is_invisible = matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    !character.is_control() && !is_invisible
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_texts_are_escaped_and_end_after_600_characters() {
        for (text, quoted) in [
            (String::new(), String::new()),
            (
                "a\nä\u{202e}\u{1f600}".into(),
                "a\\u{a}ä\\u{202e}\u{1f600}".into(),
            ),
            ("ä".repeat(600), "ä".repeat(600)),
            ("ä".repeat(601), "ä".repeat(600) + "…"),
            ("\0".repeat(601), "\\u{0}".repeat(600) + "…"),
        ] {
            assert_eq!(quote(&text), alloc::format!("`{quoted}`"));
        }
    }
}
