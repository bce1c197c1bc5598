//! Text that somebody else wrote, for everything that is read by people or by the log of a build.

use core::ops::Range;

/// Text fit for a terminal and for a log: nothing in it can move the cursor, change colours, begin a line,
/// turn the direction of writing, or be taken for a command of a workflow. A private key is left out.
pub(crate) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut keys = private_keys(text).into_iter().peekable();
    for (at, character) in text.char_indices() {
        // One ends at the latest where the next begins.
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

/// In the place of a private key.
const LEFT_OUT: &str = " (left out) ";

/// Whether a character could do something to a terminal.
pub(super) fn is_unsafe(character: char) -> bool {
    let is_invisible = matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    character.is_control() || is_invisible
}

/// Whether a runner of workflows could take what begins at a byte for a command: `::error::` at the
/// beginning of a line (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>),
/// and anywhere in it `##[error]` or `##vso[task.setvariable]`.
pub(super) fn begins_command(text: &str, at: usize) -> bool {
    let (before, rest) = (text.get(..at), text.get(at..).unwrap_or_default());
    if rest.starts_with("::") {
        return before.is_some_and(|before| before.trim().is_empty());
    }
    rest.strip_prefix("##").is_some_and(|rest| {
        let name = rest.trim_start_matches(|one: char| one.is_ascii_alphabetic());
        // What follows is not ours to know.
        name.is_empty() || name.starts_with('[')
    })
}

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";

/// Where private keys stand in a text: what is between their markers, and without the second one all that
/// follows.
pub(super) fn private_keys(text: &str) -> Vec<Range<usize>> {
    let mut keys = Vec::new();
    let mut from = 0_usize;
    while let Some(begin) = find(text, from, BEGIN) {
        from = begin.saturating_add(BEGIN.len());
        let Some(label_end) = find(text, from, "-----") else {
            break;
        };
        let is_private = text
            .get(from..label_end)
            .is_some_and(|label| label.len() < MAX_LABEL && label.contains("PRIVATE KEY"));
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

/// Longer ones are no labels.
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
        let public = "-----BEGIN PUBLIC KEY----- MII -----END PUBLIC KEY-----";
        assert_eq!(printable(public), public);
    }
}
