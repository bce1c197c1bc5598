//! Untrusted text, made safe for terminals and CI logs.

use alloc::borrow::Cow;
use core::ops::Range;

/// Makes a text safe to print: it cannot move the cursor, change colors, begin a line, change the writing
/// direction, or be read as a workflow command. Private keys are left out.
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut keys = private_keys(text).into_iter().peekable();
    for (at, character) in text.char_indices() {
        // A key ends at the latest where the next begins.
        keys.next_if(|key| key.end <= at);
        match keys.peek() {
            Some(key) if key.start == at => shown.push_str(LEFT_OUT),
            Some(key) if key.contains(&at) => {}
            _ if is_unsafe(character) || begins_command(text, at) => {
                shown.extend(character.escape_unicode());
            }
            _ => shown.push(character),
        }
    }
    shown
}

/// Makes a text of several lines [`printable`], line by line. Private keys are removed first, because a single
/// line of a key cannot be recognized.
pub fn printable_lines(text: &str) -> Vec<String> {
    let text = without_keys(text);
    text.lines().map(printable).collect()
}

/// Removes private keys from the strings of a JSON text; the rest is unchanged.
pub fn json_without_keys(json: &str) -> Cow<'_, str> {
    if private_keys(json).is_empty() {
        return Cow::Borrowed(json);
    }
    let mut shown = String::with_capacity(json.len());
    let mut rest = json;
    while let Some((before, after)) = rest.split_once('"') {
        let length = string_length(after);
        shown.push_str(before);
        shown.push('"');
        // Keys begin and end at dashes, so no escape is split.
        shown.push_str(&without_keys(after.get(..length).unwrap_or_default()));
        rest = after.get(length..).unwrap_or_default();
        if let Some(after) = rest.strip_prefix('"') {
            shown.push('"');
            rest = after;
        }
    }
    shown.push_str(rest);
    Cow::Owned(shown)
}

/// The end of a JSON string, after its opening quote.
fn string_length(text: &str) -> usize {
    let mut is_escaped = false;
    let end = text.bytes().position(|byte| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    });
    end.unwrap_or(text.len())
}

fn without_keys(text: &str) -> Cow<'_, str> {
    let keys = private_keys(text);
    if keys.is_empty() {
        return Cow::Borrowed(text);
    }
    let (mut shown, mut from) = (String::with_capacity(text.len()), 0_usize);
    for key in keys {
        shown.push_str(text.get(from..key.start).unwrap_or_default());
        shown.push_str(LEFT_OUT);
        from = key.end;
    }
    shown.push_str(text.get(from..).unwrap_or_default());
    Cow::Owned(shown)
}

/// Replacement for a private key.
const LEFT_OUT: &str = " (left out) ";

/// Whether a terminal could interpret a character.
pub fn is_unsafe(character: char) -> bool {
    !policy_wasm::is_printable(character)
}

/// Whether a CI runner could read a command at a byte: `::error::` at the beginning of a line
/// (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>), or `##[error]` or
/// `##vso[task.setvariable]` anywhere.
pub fn begins_command(text: &str, at: usize) -> bool {
    let (before, rest) = (text.get(..at), text.get(at..).unwrap_or_default());
    if rest.starts_with("::") {
        return before.is_some_and(|before| before.trim().is_empty());
    }
    rest.strip_prefix("##").is_some_and(|rest| {
        let name = rest.trim_start_matches(|one: char| one.is_ascii_alphabetic());
        // Text of another writer may follow.
        name.is_empty() || name.starts_with('[')
    })
}

const BEGIN: &str = "-----BEGIN";
const END: &str = "-----END";

/// The places of private keys in a text: between their markers, or up to the end if the second is missing.
pub fn private_keys(text: &str) -> Vec<Range<usize>> {
    let mut keys = Vec::new();
    let mut from = 0_usize;
    while let Some(begin) = find(text, from, BEGIN) {
        from = begin.saturating_add(BEGIN.len());
        let Some(label_end) = find(text, from, "-----") else {
            break;
        };
        let is_private = text
            .get(from..label_end)
            .is_some_and(|label| label.len() < MAX_LABEL && is_private_key(label));
        if !is_private {
            continue;
        }
        let start = label_end.saturating_add("-----".len());
        let end = find(text, start, END).unwrap_or(text.len());
        if start < end {
            keys.push(start..end);
        }
        from = end;
    }
    keys
}

/// Whether a label is one of private keys. A message may have a line break in it, or the escape of one.
fn is_private_key(label: &str) -> bool {
    let letters: String = label.chars().filter(char::is_ascii_uppercase).collect();
    letters.contains("PRIVATEKEY")
}

/// Maximum length of a PEM label
const MAX_LABEL: usize = 64;

fn find(text: &str, from: usize, what: &str) -> Option<usize> {
    let found = text.get(from..)?.find(what)?;
    Some(from.saturating_add(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_moves_the_cursor_or_begins_a_line() {
        assert_eq!(
            printable("a\n\u{1b}[2Jb\u{202e}"),
            "a\\u{a}\\u{1b}[2Jb\\u{202e}"
        );
        assert_eq!(printable("é 🙂"), "é 🙂");
    }

    #[test]
    fn nothing_is_a_command_of_a_workflow() {
        for (text, shown) in [
            ("::error::x", "\\u{3a}:error::x"),
            (" \t::set-env name=a::b", " \\u{9}\\u{3a}:set-env name=a::b"),
            ("a ##[error]b", "a \\u{23}#[error]b"),
            ("###[error]b", "#\\u{23}#[error]b"),
            ("##vso[task.setvariable]b", "\\u{23}#vso[task.setvariable]b"),
            ("ends in ##", "ends in \\u{23}#"),
            (
                "std::io, # x, ## y, C##, [1]",
                "std::io, # x, ## y, C##, [1]",
            ),
        ] {
            assert_eq!(printable(text), shown);
        }
    }

    #[test]
    fn nothing_between_the_markers_of_a_private_key_is_shown() {
        for kind in ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "] {
            let begin = format!("-----BEGIN {kind}PRIVATE KEY-----");
            let end = format!("-----END {kind}PRIVATE KEY-----");
            let shown = printable(&format!("got `{begin}\nMIIsecret\n{end}` and `{begin}"));
            assert_eq!(
                shown,
                format!("got `{begin} (left out) {end}` and `{begin}")
            );
            let shown = printable(&format!("{begin} MIIsecret é"));
            assert_eq!(shown, format!("{begin} (left out) "));
        }
        let key = "-----BEGIN PRIVATE KEY-----\nMIIsecret\n\"x\n-----END PRIVATE KEY-----";
        let masked = "-----BEGIN PRIVATE KEY----- (left out) -----END PRIVATE KEY-----";
        assert_eq!(
            printable_lines(&format!("a\n{key}\n::error::b")),
            ["a", masked, "\\u{3a}:error::b"]
        );
        let open = "-----BEGIN PRIVATE KEY-----\nMIIsecret";
        let document =
            serde_json::json!({"a\\": [key, "b\"", open], "z": "\\", "é": open, open: 1});
        let shown = json_without_keys(&document.to_string()).into_owned();
        assert!(!shown.contains("secret"), "{shown}");
        let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
        let open = "-----BEGIN PRIVATE KEY----- (left out) ";
        let expected =
            serde_json::json!({"a\\": [masked, "b\"", open], "z": "\\", "é": open, open: 1});
        assert_eq!(shown, expected);
        // As wrapped in the message of a denial, and in JSON.
        let wrapped =
            "kind `-----BEGIN PRIVATE\n    KEY-----\nMIIsecret\n-----END PRIVATE KEY-----`";
        for shown in [
            printable_lines(wrapped).join("\n"),
            json_without_keys(&serde_json::json!(wrapped).to_string()).into_owned(),
        ] {
            assert!(!shown.contains("secret"), "{shown}");
            assert!(shown.contains("KEY----- (left out) -----END"), "{shown}");
        }
        let public = "-----BEGIN PUBLIC KEY----- MII -----END PUBLIC KEY-----";
        assert_eq!(printable(public), public);
    }
}
