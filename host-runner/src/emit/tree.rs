//! Trees of lines, drawn with box characters.

use std::io::{self, Write};

use crate::terminal::{DIM, RESET, ShortDigests, wrapped};

/// A line, and what lies below it
#[derive(Debug)]
pub(super) struct Node {
    line: String,
    children: Vec<Self>,
}

impl Node {
    pub(super) fn new(line: impl Into<String>) -> Self {
        Self {
            line: line.into(),
            children: Vec::new(),
        }
    }

    /// Adds children.
    pub(super) fn with(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children.extend(children);
        self
    }

    /// Writes the tree; for a terminal of so many columns, wrapped and with short digests.
    pub(super) fn write(
        &self,
        out: &mut impl Write,
        columns: Option<usize>,
        digests: &ShortDigests,
    ) -> io::Result<()> {
        let mut lines = Vec::new();
        self.lines("", "", &mut lines);
        for Line { first, next, text } in &lines {
            let text = digests.shorten(text);
            let width = columns.unwrap_or(usize::MAX);
            // A narrow terminal breaks lines by itself.
            let width = width.saturating_sub(next.chars().count()).max(MIN_WIDTH);
            let mut indent = first;
            for part in wrapped(&text, width) {
                match indent.as_str() {
                    "" => writeln!(out, "{part}")?,
                    indent => writeln!(out, "{DIM}{indent}{RESET}{part}")?,
                }
                indent = next;
            }
        }
        Ok(())
    }

    /// Adds this line, indented, and the lines below it.
    fn lines<'n>(&'n self, branch: &str, trunk: &str, lines: &mut Vec<Line<'n>>) {
        let goes_on = if self.children.is_empty() {
            ""
        } else {
            "│  "
        };
        lines.push(Line {
            first: branch.to_owned(),
            next: format!("{trunk}{goes_on}"),
            text: &self.line,
        });
        let last = self.children.len().saturating_sub(1);
        for (index, child) in self.children.iter().enumerate() {
            let (corner, down) = if index == last {
                ("└─ ", "   ")
            } else {
                ("├─ ", "│  ")
            };
            child.lines(
                &format!("{trunk}{corner}"),
                &format!("{trunk}{down}"),
                lines,
            );
        }
    }
}

/// The digests of trees that are read together, which are short on a terminal.
pub(super) fn short_digests<'n>(
    trees: impl IntoIterator<Item = &'n Node>,
    columns: Option<usize>,
) -> ShortDigests {
    if columns.is_none() {
        return ShortDigests::default();
    }
    let mut lines = Vec::new();
    trees
        .into_iter()
        .for_each(|tree| tree.lines("", "", &mut lines));
    ShortDigests::of(lines.iter().map(|line| line.text))
}

/// Lines are not broken into parts shorter than this.
const MIN_WIDTH: usize = 30;

/// A line with what stands before it
struct Line<'n> {
    first: String,
    /// Before its parts after the first
    next: String,
    text: &'n str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_branch_ends_the_trunk() {
        let tree = Node::new("root").with([
            Node::new("a").with([Node::new("b"), Node::new("c")]),
            Node::new("d").with([Node::new("e")]),
        ]);
        let mut out = Vec::new();
        tree.write(&mut out, None, &ShortDigests::default())
            .unwrap();
        let text = String::from_utf8(out).unwrap();
        let text = anstream::adapter::strip_str(&text).to_string();
        let expected = "root\n├─ a\n│  ├─ b\n│  └─ c\n└─ d\n   └─ e\n";
        assert_eq!(text, expected);
    }

    /// A reader compares the objects with each other.
    #[test]
    fn digests_that_look_alike_in_two_trees_stay_whole() {
        let digest = |middle: &str| format!("sha256:1234{}5678", middle.repeat(56));
        let (one, other) = (digest("a"), digest("b"));
        let trees = [Node::new(one.clone()), Node::new(other)];
        let both = short_digests(&trees, Some(80));
        assert_eq!(both.shorten(&one), one);
        let alone = short_digests(&trees[..1], Some(80));
        assert_eq!(alone.shorten(&one), "sha256:1234…5678");
    }

    #[test]
    fn lines_wrap_below_their_own_beginning() {
        let long = "a line of a tree that is longer than the terminal is wide";
        let tree =
            Node::new("root").with([Node::new(long).with([Node::new("a")]), Node::new(long)]);
        let mut out = Vec::new();
        tree.write(&mut out, Some(40), &ShortDigests::default())
            .unwrap();
        let text = String::from_utf8(out).unwrap();
        let text = anstream::adapter::strip_str(&text).to_string();
        let expected = "\
root
├─ a line of a tree that is longer
│  │  than the terminal is wide
│  └─ a
└─ a line of a tree that is longer than
   the terminal is wide
";
        assert_eq!(text, expected);
    }
}
