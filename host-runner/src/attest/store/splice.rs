//! Changes one place of a YAML text and leaves every other byte as it is: comments, order, quotes,
//! line breaks. JSON is YAML too.
//!
//! Only the ends of scalars are known, and anchors may be used elsewhere. So the result is a proposal, which the
//! caller must parse and compare.

mod list;
mod mapping;

use core::ops::Range;

use policy_lint::SourceFile;
use policy_lint::source::{Entry, Node};

/// A text in which places are changed
#[derive(Debug, Clone, Copy)]
pub(super) struct Splice<'t> {
    source: &'t SourceFile,
    /// Columns by which the text indents
    step: usize,
}

/// A value, and the key that it stands under, if there is one
#[derive(Debug, Clone, Copy)]
pub(super) struct Target<'n> {
    pub(super) key: Option<&'n Entry>,
    pub(super) node: &'n Node,
}

/// A text in the place of another
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Edit {
    range: Range<usize>,
    text: String,
}

/// The text with its edits.
pub(super) fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| core::cmp::Reverse((edit.range.start, edit.range.end)));
    let eol = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut text = text.to_owned();
    for Edit { range, text: new } in edits {
        if text.get(range.clone()).is_some() {
            text.replace_range(range, &new.replace('\n', eol));
        }
    }
    text
}

impl<'n> Target<'n> {
    /// Follows keys down from a value, as far as they lead; what is left of them.
    pub(super) fn follow<'p>(mut self, path: &'p [&'p str]) -> (Self, &'p [&'p str]) {
        let mut rest = path;
        while let Some((step, below)) = rest.split_first() {
            let Some(entry) = self.node.entry(step) else {
                break;
            };
            self = Self {
                key: Some(entry),
                node: &entry.value,
            };
            rest = below;
        }
        (self, rest)
    }
}

impl<'t> Splice<'t> {
    pub(super) const fn new(source: &'t SourceFile) -> Self {
        Self { source, step: 2 }
    }

    /// Indents as a mapping indents what is below its keys.
    pub(super) fn indenting_like(self, node: &Node) -> Self {
        let columns = node.entries().iter().find_map(|entry| {
            let (key, below) = (entry.key_span, entry.value.entries().first()?.key_span);
            let is_below = key.end <= self.line_start(below.start);
            let columns = self.column(below.start).checked_sub(self.column(key.start));
            columns.filter(|columns| is_below && (1..=MAX_STEP).contains(columns))
        });
        Self {
            step: columns.unwrap_or(self.step),
            ..self
        }
    }

    /// Returns the end of a value, without separators.
    fn end(&self, node: &Node) -> usize {
        self.text(0..node.span.end).trim_end().len()
    }

    /// Lines to insert at the end of another one.
    fn block(&self, lines: &str, indent: usize) -> String {
        let indent = " ".repeat(indent);
        let lines = lines.trim_end().lines();
        lines.map(|line| format!("\n{indent}{line}")).collect()
    }

    fn text(&self, range: Range<usize>) -> &'t str {
        self.source.text().get(range).unwrap_or_default()
    }

    fn line_start(&self, at: usize) -> usize {
        let before = self.text(0..at);
        before.rfind('\n').map_or(0, |line| line.saturating_add(1))
    }

    /// The end of the line, in front of its break.
    fn line_end(&self, at: usize) -> usize {
        let rest = self.text(at..self.source.text().len());
        let line = rest.split('\n').next().unwrap_or(rest);
        at.saturating_add(line.trim_end_matches('\r').len())
    }

    fn column(&self, at: usize) -> usize {
        self.text(self.line_start(at)..at)
            .trim_start_matches('\u{feff}')
            .chars()
            .count()
    }
}

impl Edit {
    const fn insert(at: usize, text: String) -> Self {
        Self {
            range: at..at,
            text,
        }
    }
}

/// Maximum indentation of one level
const MAX_STEP: usize = 8;
