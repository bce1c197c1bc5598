//! Offsets in UTF-16, as JavaScript counts them.

use core::ops::Range;

use serde::Serialize;

/// A range of a text in UTF-16 code units
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Units {
    /// First unit
    pub(crate) from: usize,
    /// Behind the last unit
    pub(crate) to: usize,
}

impl Units {
    /// Converts a range of bytes.
    pub(crate) fn of(text: &str, bytes: &Range<usize>) -> Self {
        let units = |byte: usize| {
            let before = text.get(..byte.min(text.len())).unwrap_or(text);
            if before.is_ascii() {
                before.len()
            } else {
                before.encode_utf16().count()
            }
        };
        let from = units(bytes.start);
        Self {
            from,
            to: units(bytes.end).max(from),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_outside_the_first_plane_are_two_units() {
        let text = "é🙂b";
        let all = Units::of(text, &(2..7));
        assert_eq!((all.from, all.to), (1, 4));
        let end = Units::of(text, &(7..99));
        assert_eq!((end.from, end.to), (4, 4));
    }
}
