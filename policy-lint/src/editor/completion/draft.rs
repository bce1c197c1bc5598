//! A document with a mark at the cursor. What is typed is mostly malformed, so several texts are tried: the document
//! with the mark as a value or as a key, and, if something else is malformed, only the lines that lead to the cursor.

use core::ops::Range;

use crate::editor::cursor::{Found, On, find};
use crate::editor::text::Text;
use crate::source::documents;

/// Stands for the word at the cursor
pub(super) const MARK: &str = "countersign_cursor";

/// A document that can be read
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) text: Text,
    mark: usize,
    /// Whether it has only the lines that lead to the cursor
    pub(super) is_part: bool,
}

/// Text after the mark: nothing for a value, a colon for a key, and the same between quotes
const ENDS: [&str; 3] = ["", ": ", "\": \""];

/// Reads the document around a word with the mark in its place: as a value or as a key, and as both if a key may begin
/// here.
pub(super) fn drafts(text: &str, word: &Range<usize>, may_be_key: bool) -> Vec<Draft> {
    let parts = documents(text).into_iter();
    let mut around = parts.filter(|part| part.start <= word.start && word.end <= part.end);
    let part = around.next_back().unwrap_or_default();
    let before = text.get(part.start..word.start).unwrap_or_default();
    let after = text.get(word.end..part.end).unwrap_or_default();
    let whole = readable(may_be_key, |end| {
        Draft::read(&format!("{before}{MARK}{end}{after}"), before.len(), false)
    });
    if !whole.is_empty() {
        return whole;
    }
    let (above, line) = before.rsplit_once('\n').unwrap_or(("", before));
    let lines = leading(above, line);
    let mark = lines.len().saturating_add(line.len());
    readable(may_be_key, |end| {
        let marked = format!("{lines}{line}{MARK}{end}{}", closing(line));
        Draft::read(&marked, mark, true)
    })
}

/// Returns the drafts that can be read: the first, or the first two if a key may begin at the mark.
fn readable(may_be_key: bool, read: impl Fn(&str) -> Option<Draft>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for end in ENDS {
        if let Some(draft) = read(end) {
            let is_value = matches!(draft.found(), Some(found) if matches!(found.on, On::Value(_)));
            drafts.push(draft);
            if !(is_value && may_be_key) {
                break;
            }
        }
    }
    drafts
}

impl Draft {
    fn read(text: &str, mark: usize, is_part: bool) -> Option<Self> {
        let text = Text::new("", text, 0);
        text.is_readable().then_some(Self {
            text,
            mark,
            is_part,
        })
    }

    /// Returns the place of the mark.
    pub(super) fn found(&self) -> Option<Found<'_>> {
        let found = find(&self.text, self.mark.saturating_add(1))?;
        let text = match found.on {
            On::Key(entry) => entry.key.as_str(),
            On::Value(node) => node.text()?,
        };
        // Codes may follow an exclamation mark.
        (text.trim_start_matches('!') == MARK).then_some(found)
    }
}

/// Returns the lines above that lead to a line: each is indented less than the one after it.
fn leading(above: &str, line: &str) -> String {
    let mut limit = indentation(line);
    let mut is_item = line.trim_start().starts_with("- ");
    let mut lines = Vec::new();
    for line in above.lines().rev() {
        let content = line.trim();
        if content.is_empty() || content.starts_with(['#', '%']) || content.starts_with("---") {
            continue;
        }
        let begins_item = content.starts_with("- ");
        let here = indentation(line);
        // The items of a list may be as far to the left as its key.
        let leads = here < limit || (here == limit && is_item && !begins_item);
        let tells_kind = KIND.iter().any(|key| content.starts_with(key));
        if leads {
            (limit, is_item) = (here, begins_item);
        }
        if leads || (here == limit && tells_kind) {
            lines.push(line);
        }
    }
    lines.iter().rev().flat_map(|line| [*line, "\n"]).collect()
}

/// Keys that tell the kind of a document
const KIND: &[&str] = &["apiVersion:", "kind:", "module:"];

fn indentation(line: &str) -> usize {
    line.len()
        .saturating_sub(line.trim_start_matches(' ').len())
}

/// Returns the brackets that close those of a line.
fn closing(line: &str) -> String {
    let mut open = Vec::new();
    let mut quote = None;
    for c in line.chars() {
        match (quote, c) {
            (Some(mark), c) if mark == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '{') => open.push('}'),
            (None, '[') => open.push(']'),
            (None, '}' | ']') => {
                open.pop();
            }
            (None, _) => {}
        }
    }
    quote.into_iter().chain(open.into_iter().rev()).collect()
}
