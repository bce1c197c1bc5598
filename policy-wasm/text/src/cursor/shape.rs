//! Objects that differ only in their texts. What is between the texts is compared, eight bytes at a time, instead of
//! being read.

use core::ops::Range;

use super::string::end_of_plain;

/// Places of strings without escapes in an object, in their order
#[derive(Debug, Default)]
pub(super) struct Holes {
    places: [Range<usize>; MOST],
    count: usize,
    /// Index of the text that is wanted
    item: usize,
}

/// Maximum number of texts in an object with a shape
const MOST: usize = 4;

impl Holes {
    pub(super) fn add(&mut self, place: Range<usize>) {
        if let Some(hole) = self.places.get_mut(self.count) {
            *hole = place;
        }
        self.count = self.count.saturating_add(1);
    }

    pub(super) fn add_item(&mut self, place: Range<usize>) {
        self.item = self.count;
        self.add(place);
    }
}

/// An object without its texts
///
/// INVARIANT: between two pieces there was a text without escapes, from its first character to its last. So an object
/// with the same pieces, and such texts between them, has the same keys in the same places.
#[derive(Debug)]
pub(super) struct Shape<'de> {
    first: Piece<'de>,
    /// The pieces after each text
    pieces: [Piece<'de>; MOST],
    count: usize,
    item: usize,
}

impl<'de> Shape<'de> {
    /// Returns the shape of an object; `None` if it has too many texts.
    pub(super) fn new(text: &'de str, object: Range<usize>, holes: &Holes) -> Option<Self> {
        let bytes = text.as_bytes();
        let places = holes.places.get(..holes.count)?;
        let first = Piece::new(bytes.get(object.start..places.first()?.start)?);
        let mut pieces = [Piece::default(); MOST];
        let ends = places.iter().skip(1).map(|next| next.start);
        let ends = ends.chain([object.end]);
        for ((piece, hole), end) in pieces.iter_mut().zip(places).zip(ends) {
            *piece = Piece::new(bytes.get(hole.end..end)?);
        }
        Some(Self {
            first,
            pieces,
            count: holes.count,
            item: holes.item,
        })
    }

    /// Returns an object of this shape at an offset, and the text that is wanted.
    #[inline]
    pub(super) fn read(&self, text: &'de str, start: usize) -> Option<(&'de str, &'de str)> {
        let bytes = text.as_bytes();
        let mut at = self.first.end(bytes, start)?;
        let mut item = 0..0;
        for (index, piece) in self.pieces.iter().take(self.count).enumerate() {
            // The piece begins with the quotation mark.
            let end = end_of_plain(bytes, at);
            if index == self.item {
                item = at..end;
            }
            at = piece.end(bytes, end)?;
        }
        Some((text.get(start..at)?, text.get(item)?))
    }
}

/// A part of an object between texts
#[derive(Debug, Clone, Copy, Default)]
struct Piece<'de> {
    eights: &'de [[u8; 8]],
    /// The bytes after the eights, the first of them lowest
    rest: u64,
    /// The bits of `rest` that count
    mask: u64,
    length: usize,
}

impl<'de> Piece<'de> {
    fn new(bytes: &'de [u8]) -> Self {
        let (eights, others) = bytes.as_chunks();
        let shifted = |word: u64, byte: u8| word.wrapping_shl(8) | u64::from(byte);
        let word = |bytes: &[u8]| {
            bytes
                .iter()
                .rev()
                .fold(0, |word, byte| shifted(word, *byte))
        };
        Self {
            eights,
            rest: word(others),
            mask: others.iter().fold(0, |mask, _| shifted(mask, 0xff)),
            length: bytes.len(),
        }
    }

    /// Returns the offset just past the piece, if it is at an offset; `None` near the end of the text too.
    #[inline]
    fn end(&self, bytes: &[u8], start: usize) -> Option<usize> {
        let mut rest = bytes.get(start..)?;
        for eight in self.eights {
            let (first, others) = rest.split_first_chunk::<8>()?;
            if u64::from_le_bytes(*first) != u64::from_le_bytes(*eight) {
                return None;
            }
            rest = others;
        }
        let last = u64::from_le_bytes(*rest.first_chunk()?);
        (last & self.mask == self.rest).then_some(start.wrapping_add(self.length))
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::super::Cursor;

    const FIELDS: [&str; 7] = ["list", "a", "b", "c", "d", "e", "f"];

    /// The objects of a list, up to the first of another form, and whether the cursor is at the comma before that.
    fn read(list: &str, at_once: bool) -> (Vec<(&str, &str)>, usize, usize) {
        let mut cursor = Cursor::new(list);
        cursor.enter();
        let mut found = Vec::new();
        found.extend(cursor.sole_item(&FIELDS));
        if at_once {
            cursor.sole_items(&FIELDS, &mut |object, item| found.push((object, item)));
        } else {
            while cursor.byte() == b',' {
                let comma = cursor.at;
                cursor.at = comma.wrapping_add(1);
                let Some(next) = cursor.sole_item(&FIELDS) else {
                    cursor.at = comma;
                    break;
                };
                found.push(next);
            }
        }
        (found, cursor.position(), cursor.deepest())
    }

    #[test]
    fn objects_are_read_alike_with_and_without_the_shape_of_the_one_before() {
        let objects = [
            r#"{"a":"x","list":["one"]}"#,
            r#"{"a":"longer than eight","list":["and this as well"]}"#,
            r#"{"a":"","list":[""]}"#,
            r#"{"a":"\u00e9","list":["é"]}"#,
            r#"{"a":"x","list":["\""]}"#,
            r#"{"a":"x","list":["one","two"]}"#,
            r#"{"a":"x","list":["one"],"b":{"c":["deep"]}}"#,
            r#"{"a":"x","list":["one"],"b":{"c":["deeq"]}}"#,
            r#"{"a":"x","list":["one"] }"#,
            r#"{"a":"x","lisp":["one"]}"#,
            r#"{"a":"x","list":["one"],"b":"1","c":"2"}"#,
            r#"{"a":"x","list":["one"],"b":"1","c":"2","d":"3"}"#,
            r#"{"list":["one"]}"#,
            r#"{"a":1,"list":["one"]}"#,
            r#"{"a":2,"list":["one"]}"#,
            "{\"a\":\"\u{1}\",\"list\":[\"one\"]}",
            r#"{"a":"x""#,
        ];
        for first in objects {
            for second in objects {
                for third in objects {
                    let list = alloc::format!("[{first},{second},{second},{third}]");
                    assert_eq!(read(&list, true), read(&list, false), "{list}");
                    let cut = list.get(..list.len().wrapping_sub(3)).unwrap_or_default();
                    assert_eq!(read(cut, true), read(cut, false), "{cut}");
                }
            }
        }
    }
}
