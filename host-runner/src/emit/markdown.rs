//! Markdown that authors of objects cannot change: texts and tables of a limited length.
//!
//! Authors of objects write titles, images and a part of the messages. These are HTML `code` elements with every
//! special character as an entity, so that they cannot end the cell, be markup or a link, or mention somebody.

use crate::terminal::printable;

/// Maximum length of a document: comments have a limit of 65,536 characters.
pub(super) const MAX_BYTES: usize = 58_000;
/// Maximum number of characters of a text
const MAX_TEXT: usize = 200;

/// A table of as many rows as have place in `budget` bytes, and the number of the others. The cells are Markdown.
pub(super) fn table(
    head: &[String],
    rows: impl IntoIterator<Item = Vec<String>>,
    budget: usize,
) -> (String, usize) {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let rule: Vec<_> = head.iter().map(|_| "---".to_owned()).collect();
    let mut text = line(head) + &line(&rule);
    let mut left = 0_usize;
    for row in rows {
        let row = line(&row);
        if left > 0 || text.len().saturating_add(row.len()) > budget {
            left = left.saturating_add(1);
        } else {
            text.push_str(&row);
        }
    }
    (text, left)
}

/// Text of any author; nothing in it has a meaning.
pub(super) fn code(text: &str) -> String {
    match text {
        "" => String::new(),
        text => format!("<code>{}</code>", escaped(text)),
    }
}

/// Replaces all characters that Markdown or HTML could interpret by entities, and truncates the text. GitHub makes
/// links of addresses everywhere: a comment keeps the parts of mail addresses apart.
pub(super) fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let text = printable(text);
    for (at, character) in text.char_indices().take(MAX_TEXT) {
        let begins_link = || text.get(at..).is_some_and(|rest| rest.starts_with("://"));
        match character {
            ':' if !begins_link() => shown.push(':'),
            '@' => shown.push_str("@<!-- -->"),
            '.' if shown.ends_with("www") => shown.push_str("&#46;"),
            '-' | '.' | '/' | ',' | '(' | ')' | '=' | ';' | '\'' | '"' => shown.push(character),
            special if special.is_ascii_punctuation() => {
                shown.push_str(&format!("&#{};", u32::from(special)));
            }
            plain => shown.push(plain),
        }
    }
    if text.chars().nth(MAX_TEXT).is_some() {
        shown.push('…');
    }
    shown
}
