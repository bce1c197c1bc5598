//! The texts that are linted: names, lines, and the places of findings in them.

mod resolve;
mod stream;
mod yaml;

use core::ops::Range;

pub use resolve::resolve;
pub(crate) use resolve::{pointed_at, resolve_key, resolve_node, steps};
pub use stream::documents;
pub use yaml::{
    Doubt, DoubtKind, Entry, Malformed, Node, Notation, Reading, Shape, begins_like_json,
    is_plain_text,
};

/// A file, or what stands for one
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    name: String,
    text: String,
    /// Offsets of the lines
    lines: Vec<usize>,
}

/// A place in one of the files that were handed in together
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Span {
    /// Index of the file
    pub file: usize,
    /// First byte
    pub start: usize,
    /// Behind the last byte
    pub end: usize,
}

impl Span {
    /// The bytes in their file.
    #[must_use]
    pub const fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// The character that a byte belongs to; nothing at the end of the text.
    pub(crate) fn of_character(text: &str, at: usize, file: usize) -> Self {
        let start = text.floor_char_boundary(at);
        let width = text.get(start..).and_then(|rest| rest.chars().next());
        let end = start.saturating_add(width.map_or(0, char::len_utf8));
        Self { file, start, end }
    }

    /// Whether another place lies inside this one.
    pub(crate) const fn contains(self, other: Self) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }
}

/// Line and column of a byte, from 1; columns in characters
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line
    pub line: usize,
    /// Character of the line
    pub column: usize,
}

impl SourceFile {
    /// A file by the name under which it is shown; files of one call are told apart by it.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let breaks = text.match_indices('\n');
        let starts = breaks.map(|(at, _)| at.saturating_add(1));
        Self {
            lines: [0].into_iter().chain(starts).collect(),
            name: name.into(),
            text,
        }
    }

    /// As it is shown
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its content
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The position of a byte; of one behind the end, that of the end.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let line = self.lines.partition_point(|start| *start <= offset);
        let start = self.line_start(line);
        let in_line = self.text.get(start..offset).unwrap_or_default();
        Position {
            line,
            column: in_line.chars().count().saturating_add(1),
        }
    }

    /// The byte at which a line begins, from 1; of one behind the end, the end.
    #[must_use]
    pub fn line_start(&self, line: usize) -> usize {
        let start = self.lines.get(line.saturating_sub(1));
        start.copied().unwrap_or(self.text.len())
    }

    /// Every document of the file as nodes with their places.
    ///
    /// # Errors
    ///
    /// The text is neither YAML nor JSON, or has a key twice in one mapping.
    pub fn parse(&self, file: usize) -> Result<Vec<Node>, Malformed> {
        self.read(file).map(|reading| reading.documents)
    }

    /// Like [`Self::parse`], and returns the places that YAML parsers read differently.
    ///
    /// # Errors
    ///
    /// As for [`Self::parse`].
    pub fn read(&self, file: usize) -> Result<Reading, Malformed> {
        yaml::read(&self.text, file)
    }
}

/// Reads a text that has no name; its places are in file 0.
///
/// # Errors
///
/// The text is neither YAML nor JSON, or has a key twice in one mapping.
pub fn read(text: &str) -> Result<Reading, Malformed> {
    yaml::read(text, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters() {
        let file = SourceFile::new("", "a\né🙂b\r\n\nlast");
        let at = |offset| {
            let Position { line, column } = file.position(offset);
            (line, column)
        };
        assert_eq!((at(0), at(1), at(2)), ((1, 1), (1, 2), (2, 1)));
        assert_eq!((at(4), at(8)), ((2, 2), (2, 3)));
        assert_eq!((at(11), at(12), at(99)), ((3, 1), (4, 1), (4, 5)));
        assert_eq!((file.line_start(2), file.line_start(9)), (2, 16));
    }
}
