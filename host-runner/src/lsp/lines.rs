//! Positions as the protocol counts them: lines from 0, and UTF-16 code units in a line. Lines end in LF, CR LF or CR.

use core::ops::Range;

use super::protocol::{self, Position};

/// The lines of a text
#[derive(Debug, Clone)]
pub(super) struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|(at, byte)| match byte {
            b'\n' => true,
            b'\r' => bytes.get(at.saturating_add(1)) != Some(&b'\n'),
            _ => false,
        });
        let starts = ends.map(|(at, _)| at.saturating_add(1));
        Self {
            starts: core::iter::once(0).chain(starts).collect(),
        }
    }

    /// Returns the position of a byte; of one behind the end, that of the end.
    pub(super) fn position(&self, text: &str, offset: usize) -> Position {
        let offset = text.floor_char_boundary(offset);
        let line = self.starts.partition_point(|start| *start <= offset);
        let line = line.saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or_default();
        let before = text.get(start..offset).unwrap_or_default();
        let units = match before.is_ascii() {
            true => before.len(),
            false => before.encode_utf16().count(),
        };
        let number = |number| u32::try_from(number).unwrap_or(u32::MAX);
        Position {
            line: number(line),
            character: number(units),
        }
    }

    /// Returns the range between two bytes.
    pub(super) fn range(&self, text: &str, bytes: &Range<usize>) -> protocol::Range {
        protocol::Range {
            start: self.position(text, bytes.start),
            end: self.position(text, bytes.end),
        }
    }

    /// Returns the byte at a position; behind the end of a line or of the text, that end.
    pub(super) fn offset(&self, text: &str, position: Position) -> usize {
        let line = usize::try_from(position.line).unwrap_or(usize::MAX);
        let Some(start) = self.starts.get(line).copied() else {
            return text.len();
        };
        let rest = text.get(start..).unwrap_or_default();
        let line = rest.split(['\n', '\r']).next().unwrap_or_default();
        let mut units = usize::try_from(position.character).unwrap_or(usize::MAX);
        for (at, c) in line.char_indices() {
            if units < c.len_utf16() {
                return start.saturating_add(at);
            }
            units = units.saturating_sub(c.len_utf16());
        }
        start.saturating_add(line.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_and_offsets_count_utf_16_in_lines_of_every_ending() {
        let text = "a\r\né🙂b\rc\n";
        let lines = Lines::of(text);
        for (offset, line, character) in [
            (0, 0, 0),
            (1, 0, 1),
            (3, 1, 0),
            (5, 1, 1),
            (9, 1, 3),
            (10, 1, 4),
            (11, 2, 0),
            (12, 2, 1),
            (13, 3, 0),
        ] {
            let position = Position { line, character };
            assert_eq!(lines.position(text, offset), position, "{offset}");
            assert_eq!(lines.offset(text, position), offset, "{position:?}");
        }
        assert_eq!(lines.position(text, 99), lines.position(text, 13));
        let offset = |line, character| lines.offset(text, Position { line, character });
        // Within a pair of surrogates, behind the end of a line, and behind the end
        assert_eq!((offset(1, 2), offset(0, 9), offset(9, 0)), (5, 1, 13));
    }
}
