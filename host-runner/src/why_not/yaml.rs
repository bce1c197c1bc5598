//! Untrusted text, made safe to paste into YAML and into a shell.

use core::fmt::Write as _;

/// A scalar that means this very text, whatever the text looks like.
pub(super) fn scalar(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._/:;@=+-*".contains(c);
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic());
    let is_word = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word));
    if begins && !is_word && !text.ends_with(':') && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// Returns the text in double quotes, even if it looks like a number.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            ' '..='~' => quoted.push(character),
            // Characters that are invisible or turn the direction of writing are escaped.
            _ => {
                let _ = write!(quoted, "\\U{:08X}", u32::from(character));
            }
        }
    }
    quoted.push('"');
    quoted
}

/// A line of a here-document in which the shell expands what is ours and nothing else.
pub(super) fn in_here_document(line: &str) -> String {
    let mut escaped = String::with_capacity(line.len());
    for character in line.chars() {
        if matches!(character, '$' | '`' | '\\') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inputs;

    #[test]
    fn a_scalar_means_the_text() {
        for text in [
            "registry.example/shop/web@sha256:11",
            "ni:///sha-256;a_b-c",
            "true",
            "123",
            "1e3",
            "",
            "a: b",
            "a #b",
            "a:",
            "*",
            "- x",
            "\"q\\\"",
            "a\nb\u{1b}\u{202e}é",
        ] {
            let document = format!("key: {}\n", scalar(text));
            assert_eq!(
                inputs::parse(&document).unwrap()[0]["key"],
                text,
                "{document}"
            );
        }
        assert_eq!(scalar("registry.example/a:1"), "registry.example/a:1");
        assert_eq!(scalar("a\u{202e}"), "\"a\\U0000202E\"");
    }

    #[test]
    fn a_shell_expands_nothing_of_somebody_else() {
        assert_eq!(in_here_document("a $(b) `c` \\d"), "a \\$(b) \\`c\\` \\\\d");
    }
}
