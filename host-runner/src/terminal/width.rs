//! Lines that fit a terminal: broken at spaces, with short digests. Pipes and files get whole lines.

use alloc::borrow::Cow;
use alloc::collections::{BTreeMap, BTreeSet};
use std::io;

use terminal_size::{Width, terminal_size_of};

/// The number of columns of standard output, if it is a terminal.
pub(crate) fn columns() -> Option<usize> {
    terminal_size_of(io::stdout()).map(|(Width(columns), _)| columns.into())
}

/// Breaks a line at spaces so that every part has at most `width` columns, or one word. Colors have no width.
pub(crate) fn wrapped(line: &str, width: usize) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut used = 0_usize;
    for word in line.split_inclusive(' ') {
        let own = columns_of(word.trim_end_matches(' '));
        match parts.last_mut() {
            Some(part) if used.saturating_add(own) <= width => part.push_str(word),
            _ => {
                used = 0;
                parts.push(word.to_owned());
            }
        }
        used = used.saturating_add(columns_of(word));
    }
    for part in &mut parts {
        part.truncate(part.trim_end_matches(' ').len());
    }
    parts
}

/// Like [`wrapped`], and breaks words that are longer than the width, behind a `/` where possible. The line has no
/// colors.
pub(crate) fn fitted(line: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut parts = Vec::new();
    for part in wrapped(line, width) {
        let mut rest = part.as_str();
        while let Some((end, _)) = rest.char_indices().nth(width) {
            let first = rest.get(..end).unwrap_or_default();
            let breaks = first.rmatch_indices(['/', ',', '@', ':']).map(|(at, _)| at);
            let ends = breaks.map(|at| at.saturating_add(1));
            let at = ends.take(1).find(|at| at.saturating_mul(2) > end);
            let (first, others) = rest
                .split_at_checked(at.unwrap_or(end))
                .unwrap_or((rest, ""));
            parts.push(first.to_owned());
            rest = others;
        }
        parts.push(rest.to_owned());
    }
    parts
}

/// The columns of a text without its escape sequences for colors.
fn columns_of(text: &str) -> usize {
    anstream::adapter::strip_str(text)
        .map(|part| part.chars().count())
        .sum()
}

/// Digests of texts that are shown together, each with its short form: `sha256:2222…2222`
#[derive(Debug, Default)]
pub(crate) struct ShortDigests(BTreeMap<String, String>);

impl ShortDigests {
    /// The digests of these texts; those that would look alike stay whole.
    pub(crate) fn of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let all: BTreeSet<_> = texts.into_iter().flat_map(digests).collect();
        let mut alike: BTreeMap<String, usize> = BTreeMap::new();
        for digest in &all {
            let count = alike.entry(short(digest)).or_default();
            *count = count.saturating_add(1);
        }
        let shown = all
            .into_iter()
            .map(|digest| (digest.to_owned(), short(digest)));
        Self(
            shown
                .filter(|(_, short)| alike.get(short) == Some(&1))
                .collect(),
        )
    }

    /// Replaces the digests in a text.
    pub(crate) fn shorten<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut shown = Cow::Borrowed(text);
        for digest in digests(text) {
            if let Some(short) = self.0.get(digest) {
                shown = Cow::Owned(shown.replace(digest, short));
            }
        }
        shown
    }
}

const PREFIX: &str = "sha256:";
const DIGITS: usize = 64;

fn digests(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices(PREFIX).filter_map(|(start, _)| {
        let end = start.checked_add(PREFIX.len().checked_add(DIGITS)?)?;
        let digest = text.get(start..end)?;
        let digits = digest.strip_prefix(PREFIX)?.bytes();
        let goes_on = text
            .get(end..)?
            .starts_with(|one: char| one.is_ascii_alphanumeric());
        let is_digest = digits.into_iter().all(|one| one.is_ascii_hexdigit()) && !goes_on;
        is_digest.then_some(digest)
    })
}

fn short(digest: &str) -> String {
    let digits = digest.strip_prefix(PREFIX).unwrap_or_default();
    let (first, last) = (digits.get(..4), digits.get(DIGITS.saturating_sub(4)..));
    format!(
        "{PREFIX}{}…{}",
        first.unwrap_or_default(),
        last.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal::{BOLD_RED, RESET};

    #[test]
    fn lines_break_at_spaces() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("one two three", 8), ["one two", "three"]);
        assert_eq!(wrapped("one two three", 80), ["one two three"]);
        assert_eq!(wrapped("verylongword a", 4), ["verylongword", "a"]);
        assert!(wrapped("", 4).is_empty());
    }

    #[test]
    fn long_words_break_where_there_is_no_space() {
        assert_eq!(
            fitted("registry.example/shop", 18),
            ["registry.example/", "shop"]
        );
        assert_eq!(fitted("a/bcdefgh ij", 5), ["a/bcd", "efgh", "ij"]);
        assert_eq!(fitted("ééééé", 2), ["éé", "éé", "é"]);
        assert_eq!(fitted("one two", 0), ["o", "n", "e", "t", "w", "o"]);
    }

    #[test]
    fn colors_have_no_width() {
        let line = format!("{BOLD_RED}one{RESET} two");
        assert_eq!(wrapped(&line, 7), [line]);
    }

    #[test]
    fn digests_are_short_unless_two_look_alike() {
        let digest = |middle: &str| format!("sha256:1234{}5678", middle.repeat(56));
        let (one, other) = (digest("a"), digest("b"));
        let text = format!("r.example/a@{one} and {one}");
        let alone = ShortDigests::of([text.as_str()]);
        let short = "sha256:1234…5678";
        assert_eq!(
            alone.shorten(&text),
            format!("r.example/a@{short} and {short}")
        );
        let alike = ShortDigests::of([one.as_str(), other.as_str()]);
        assert_eq!(alike.shorten(&text), text);
        let longer = format!("{one}0");
        assert_eq!(ShortDigests::of([longer.as_str()]).shorten(&longer), longer);
    }
}
