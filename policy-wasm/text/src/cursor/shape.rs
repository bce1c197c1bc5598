//! Objects that differ only in their texts. What is between the texts is compared, sixteen bytes at a time, instead of
//! being read.

use core::ops::Range;

use super::string::after_plain;

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
    pieces: [Piece<'de>; MOST.wrapping_add(1)],
    /// Number of pieces
    count: usize,
}

impl<'de> Shape<'de> {
    /// Returns the shape of an object; `None` if it has too many texts.
    pub(super) fn new(text: &'de str, object: Range<usize>, holes: &Holes) -> Option<Self> {
        let bytes = text.as_bytes();
        let places = holes.places.get(..holes.count)?;
        let starts = [object.start].into_iter();
        let starts = starts.chain(places.iter().map(|hole| hole.end));
        let ends = places.iter().map(|hole| hole.start).chain([object.end]);
        let mut pieces = [Piece::default(); MOST.wrapping_add(1)];
        for (index, (start, end)) in starts.zip(ends).enumerate() {
            let is_after_item = index == holes.item.wrapping_add(1);
            *pieces.get_mut(index)? = Piece::new(bytes.get(start..end)?, is_after_item);
        }
        Some(Self {
            pieces,
            count: holes.count.wrapping_add(1),
        })
    }

    /// Returns the object of this shape with which a text begins, the bytes of the text in it that is wanted, and what is
    /// behind the object.
    #[inline]
    pub(super) fn read<'t>(&self, text: &'t str) -> Option<(&'t str, &'t [u8], &'t str)> {
        let (first, others) = self.pieces.get(..self.count)?.split_first()?;
        let mut rest = first.strip(text.as_bytes())?;
        let mut item = 0..0;
        for piece in others {
            // The piece begins with the quotation mark.
            let behind = after_plain(rest)?;
            if piece.is_after_item {
                item = rest.len()..behind.len();
            }
            rest = piece.strip(behind)?;
        }
        let place = |left: usize| text.len().wrapping_sub(left);
        let (object, behind) = text.split_at_checked(place(rest.len()))?;
        let item = object.as_bytes().get(place(item.start)..place(item.end))?;
        Some((object, item, behind))
    }
}

/// A part of an object between texts, which is not empty
#[derive(Debug, Clone, Copy, Default)]
struct Piece<'de> {
    /// Up to sixteen bytes, the first of them lowest
    first: u128,
    /// The bits of `first` that count
    mask: u128,
    /// Number of these bytes
    length: usize,
    /// The bytes after them
    others: &'de [[u8; 16]],
    /// Whether the text before the piece is the one that is wanted
    is_after_item: bool,
}

impl<'de> Piece<'de> {
    fn new(bytes: &'de [u8], is_after_item: bool) -> Self {
        let length = (bytes.len().wrapping_sub(1) % 16).wrapping_add(1);
        let (first, others) = bytes.split_at_checked(length).unwrap_or_default();
        let word = |byte_of: fn(u8) -> u8| {
            let bytes = first.iter().rev();
            bytes.fold(0, |word: u128, byte| {
                word.wrapping_shl(8) | u128::from(byte_of(*byte))
            })
        };
        Self {
            first: word(|byte| byte),
            mask: word(|_| 0xff),
            length,
            others: others.as_chunks().0,
            is_after_item,
        }
    }

    /// Returns the rest of a text that begins with the piece; `None` near the end of the text too.
    #[inline]
    fn strip<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        if u128::from_le_bytes(*text.first_chunk()?) & self.mask != self.first {
            return None;
        }
        let mut rest = text.get(self.length..)?;
        for sixteen in self.others {
            let (first, others) = rest.split_first_chunk()?;
            if u128::from_le_bytes(*first) != u128::from_le_bytes(*sixteen) {
                return None;
            }
            rest = others;
        }
        Some(rest)
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::super::Cursor;

    const FIELDS: [&str; 7] = ["list", "a", "b", "c", "d", "e", "f"];

    /// The objects of a list, up to the first of another form, and whether the cursor is at the comma before that.
    fn read(list: &str, at_once: bool) -> (Vec<(&str, &[u8])>, usize, usize) {
        let mut cursor = Cursor::new(list);
        cursor.enter();
        let mut found = Vec::new();
        found.extend(cursor.sole_item(&FIELDS));
        if at_once {
            cursor.sole_items(&FIELDS, |object, item| found.push((object, item)));
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

    /// A text may end in any of the words that are examined at once, and the list anywhere behind it.
    #[test]
    fn texts_of_every_length_are_read_alike_with_and_without_the_shape_of_the_one_before() {
        let text = "\u{e9}t\u{e9} of 2026, in a text of more than thirty-two bytes";
        let lengths = (0..40).filter(|length| text.is_char_boundary(*length));
        let texts: Vec<_> = lengths.map(|length| text.split_at(length).0).collect();
        let mut alike = 0;
        for (a, b) in texts.iter().zip(texts.iter().rev()) {
            let objects = [("x", "y"), (a, b), (b, a), ("", "")].map(|(name, item)| {
                alloc::format!("{{\"a\":\"{name}\",\"list\":[\"{item}\"],\"b\":{{}}}}")
            });
            let list = alloc::format!("[{}]", objects.join(","));
            let found = read(&list, true);
            assert_eq!(found, read(&list, false), "{list}");
            alike += found.0.len();
            for (end, _) in list.char_indices() {
                let (cut, _) = list.split_at(end);
                assert_eq!(read(cut, true), read(cut, false), "{cut}");
            }
        }
        assert_eq!(alike, texts.len() * 4);
    }

    /// A copy that differs in any byte is read as without the shape of the rule before it.
    #[test]
    fn copies_with_another_byte_are_read_alike_with_and_without_the_shape_of_the_one_before() {
        let objects = [
            r#"{"a":"x","list":["one"],"b":{"c":["a part of thirty-two bytes and more"]}}"#,
            r#"{"list":["registry.example/team/**"],"a":"seventeen bytes"}"#,
            r#"{"b":[1,2],"list":[""],"a":""}"#,
        ];
        let mut alike = 0;
        for object in objects {
            for at in 0..object.len() {
                for byte in [
                    "", "y", "\"", "\\", "[", "]", "{", "}", ",", ":", " ", "\u{1}", "é",
                ] {
                    let (before, after) = object.split_at(at);
                    let after = after.get(1..).unwrap_or_default();
                    let copy = alloc::format!("{before}{byte}{after}");
                    let list = alloc::format!("[{object},{object},{copy},{object},{object}]");
                    let found = read(&list, true);
                    assert_eq!(found, read(&list, false), "{list}");
                    alike += usize::from(found.0.len() == 5);
                }
            }
        }
        assert!(alike > 200, "{alike}");
    }
}
