//! The texts that are linted: names, lines, and the places of findings in them.

pub(crate) mod directive;
mod resolve;
mod yaml;

use core::ops::Range;

pub(crate) use resolve::{pointed_at, resolve, resolve_key};
pub use yaml::{Entry, Malformed, Node, Shape};

/// A file, or what stands for one
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// As it is shown; findings of one file are told apart from those of another by it
    pub name: String,
    /// Its content
    pub text: String,
}

/// A place in one of the files that were handed in together
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

    /// Whether another place lies inside this one.
    pub(crate) const fn contains(self, other: Self) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }
}

/// Where a byte stands for a person: both from 1, columns in characters
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line
    pub line: usize,
    /// Character of the line
    pub column: usize,
}

impl SourceFile {
    /// The position of a byte; of one behind the end, that of the end.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at.saturating_add(1));
        let in_line = before.get(line_start..).unwrap_or_default();
        Position {
            line: before.matches('\n').count().saturating_add(1),
            column: in_line.chars().count().saturating_add(1),
        }
    }

    /// Every document of the file as nodes with their places.
    ///
    /// # Errors
    ///
    /// The text is not YAML, or has a key twice in one mapping.
    pub fn parse(&self, file: usize) -> Result<Vec<Node>, Malformed> {
        yaml::parse(&self.text, file)
    }
}
