//! A cursor over JSON (RFC 8259) that checks the syntax of everything it skips. After the first syntax error it
//! finds nothing more.
//!
//! `policy-wasm/src/json/tests.rs` compares it with `serde_json`, with two differences: more than [`MAX_DEPTH`]
//! levels are errors, and numbers may exceed a float, since none is read as one.

mod escape;
mod scan;
mod shape;
mod string;

use alloc::borrow::Cow;
use core::ops::Range;

use scan::{END, byte, end_of_value, skip_space};
use shape::{Holes, Shape};
use string::{end_of_plain, end_of_string};

pub use escape::EscapeError;
pub use scan::MAX_DEPTH;
pub use string::has_escapes;

/// A position in a text
///
/// INVARIANT: before a value, it is at the value's first character, not at preceding white space.
#[derive(Debug)]
pub struct Cursor<'de> {
    text: &'de str,
    at: usize,
    /// Number of open lists and objects
    level: usize,
    /// Maximum number of open lists and objects so far
    deepest: usize,
    is_broken: bool,
}

/// An object, and the bytes of the only text of a list in it
pub type SoleItem<'de> = (&'de str, &'de [u8]);

/// The type of a value, by its first character
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Kind {
    Null,
    Bool,
    Number,
    Text,
    List,
    Object,
    /// No value
    Nothing,
}

impl Kind {
    /// Returns the name of the kind in messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "a boolean",
            Self::Number => "a number",
            Self::Text => "a string",
            Self::List => "a list",
            Self::Object => "an object",
            Self::Nothing => "nothing",
        }
    }

    const fn of(first: u8) -> Self {
        match first {
            b'"' => Self::Text,
            b'{' => Self::Object,
            b'[' => Self::List,
            b'n' => Self::Null,
            b't' | b'f' => Self::Bool,
            b'-' | b'0'..=b'9' => Self::Number,
            _ => Self::Nothing,
        }
    }
}

impl<'de> Cursor<'de> {
    /// Returns a cursor at the first value of a text.
    #[must_use]
    pub fn new(text: &'de str) -> Self {
        Self {
            text,
            at: skip_space(text.as_bytes(), 0),
            level: 0,
            deepest: 0,
            is_broken: false,
        }
    }

    /// Returns the number of bytes before the position.
    pub const fn position(&self) -> usize {
        self.at
    }

    /// Returns the text from an earlier position to this one.
    pub fn since(&self, earlier: usize) -> &'de str {
        self.text.get(earlier..self.at).unwrap_or_default()
    }

    /// Returns the maximum nesting before the position.
    pub const fn deepest(&self) -> usize {
        self.deepest
    }

    /// Whether there was no syntax error so far.
    pub const fn is_whole(&self) -> bool {
        !self.is_broken
    }

    /// Skips trailing white space; anything after it is a syntax error.
    pub fn finish(&mut self) {
        if self.next_byte() != END || self.at < self.text.len() {
            self.fail();
        }
    }

    /// Returns the kind of the value at the position.
    pub fn kind(&self) -> Kind {
        Kind::of(self.byte())
    }

    /// Skips a value, and returns its text.
    pub fn skip(&mut self) -> &'de str {
        let start = self.at;
        let mut deepest = 0;
        let end = end_of_value(self.text.as_bytes(), start, &mut deepest);
        self.deepest = self.deepest.max(self.level.saturating_add(deepest));
        let Some(end) = end else {
            self.fail();
            return "";
        };
        self.at = end.get();
        self.since(start)
    }

    /// Reads a string.
    ///
    /// # Errors
    ///
    /// The string has an invalid escape: half of a surrogate pair.
    pub fn string(&mut self) -> Result<Cow<'de, str>, EscapeError> {
        let is_string = self.byte() == b'"';
        let bytes = self.text.as_bytes();
        let (token, start) = (self.at, self.at.saturating_add(1));
        let plain = end_of_plain(bytes, start);
        if is_string && byte(bytes, plain) == b'"' {
            self.at = plain.saturating_add(1);
            let text = self.text.get(start..plain);
            return Ok(Cow::Borrowed(text.unwrap_or_default()));
        }
        let Some(end) = end_of_string(bytes, plain).filter(|_| is_string) else {
            self.fail();
            return Ok(Cow::Borrowed(""));
        };
        self.at = end.get();
        escape::decode(self.since(token)).map(Cow::Owned)
    }

    /// Reads and skips `{"field":"text"}` in exactly this form, without white space and escapes; otherwise returns
    /// `None` and does not move.
    pub fn sole_text(&mut self, field: &str) -> Option<&'de str> {
        let rest = self.text.get(self.at..)?;
        let value = rest.strip_prefix("{\"")?.strip_prefix(field)?;
        let value = value.strip_prefix("\":\"")?;
        let end = end_of_plain(value.as_bytes(), 0);
        let behind = value.get(end..)?.strip_prefix("\"}")?;
        self.at = self.text.len().saturating_sub(behind.len());
        self.deepest = self.deepest.max(self.level.saturating_add(1));
        value.get(..end)
    }

    /// After an item of a list, reads the following items in the form of [`Self::sole_text`], separated by only a
    /// comma.
    pub fn sole_texts(&mut self, field: &str, each: &mut dyn FnMut(&'de str)) {
        while self.byte() == b',' {
            let comma = self.at;
            self.at = comma.saturating_add(1);
            let Some(text) = self.sole_text(field) else {
                self.at = comma;
                return;
            };
            each(text);
        }
    }

    /// Reads and skips an object whose fields are among `fields`, each once, and whose value of the first of these is a
    /// list of one text: without white space between its tokens, and without escapes in its keys and in the text.
    /// Returns the object and the bytes of the text. Otherwise returns `None` and does not move.
    pub fn sole_item(&mut self, fields: &[&str]) -> Option<SoleItem<'de>> {
        self.shaped_item(fields).map(|(found, _)| found)
    }

    /// Like [`Self::sole_item`], and returns the shape of the object, if it can be compared with others.
    fn shaped_item(&mut self, fields: &[&str]) -> Option<(SoleItem<'de>, Option<Shape<'de>>)> {
        let (start, level, deepest) = (self.at, self.level, self.deepest);
        let was_broken = self.is_broken;
        let mut holes = Holes::default();
        let item = self.sole_item_of(fields, &mut holes);
        self.level = level;
        if item.is_none() {
            self.at = start;
            self.deepest = deepest;
            self.is_broken = was_broken;
        }
        let shape = Shape::new(self.text, start..self.at, &holes);
        Some(((self.since(start), item?), shape))
    }

    /// Like [`Self::sole_item`], but may move and enter the object if it has another form.
    fn sole_item_of(&mut self, fields: &[&str], holes: &mut Holes) -> Option<&'de [u8]> {
        let bytes = self.text.as_bytes();
        let (mut seen, mut item) = (0_u32, None);
        if self.byte() != b'{' {
            return None;
        }
        self.level = self.level.saturating_add(1);
        self.deepest = self.deepest.max(self.level.saturating_add(1));
        loop {
            // Past the opening bracket or the comma, and the quotation mark.
            let start = self.at.wrapping_add(2);
            let end = end_of_plain(bytes, start);
            if byte(bytes, self.at.wrapping_add(1)) != b'"' || !is_at(bytes, end, b"\":") {
                return None;
            }
            let key = self.text.get(start..end)?;
            let place = fields.iter().position(|field| *field == key)?;
            let bit = 1_u32.wrapping_shl(u32::try_from(place).ok()?);
            if seen & bit != 0 {
                return None;
            }
            seen |= bit;
            self.at = end.wrapping_add(2);
            if place == 0 {
                let start = self.at.wrapping_add(2);
                let end = end_of_plain(bytes, start);
                if !is_at(bytes, self.at, b"[\"") || !is_at(bytes, end, b"\"]") {
                    return None;
                }
                item = bytes.get(start..end);
                holes.add_item(start..end);
                self.at = end.wrapping_add(2);
            } else if let Some(text) = self.skip_plain() {
                holes.add(text);
            }
            match self.byte() {
                b',' => {}
                b'}' => {
                    self.at = self.at.wrapping_add(1);
                    return item.filter(|_| self.is_whole());
                }
                _ => return None,
            }
        }
    }

    /// Skips a value, most often a string without escapes, whose place it returns.
    #[inline]
    fn skip_plain(&mut self) -> Option<Range<usize>> {
        let bytes = self.text.as_bytes();
        if self.byte() == b'"' {
            let start = self.at.wrapping_add(1);
            let end = end_of_plain(bytes, start);
            if byte(bytes, end) == b'"' {
                self.at = end.wrapping_add(1);
                return Some(start..end);
            }
        }
        self.skip();
        None
    }

    /// After an item of a list, reads the following items in the form of [`Self::sole_item`], separated by only a comma.
    /// Most objects of a long list differ from the one before only in their texts, and are not read key by key.
    #[inline] // into the loop over rules
    pub fn sole_items(&mut self, fields: &[&str], mut each: impl FnMut(&'de str, &'de [u8])) {
        while self.byte() == b',' {
            let comma = self.at;
            self.at = comma.saturating_add(1);
            let Some(((object, item), shape)) = self.shaped_item(fields) else {
                self.at = comma;
                return;
            };
            each(object, item);
            let Some(shape) = shape else {
                continue;
            };
            let mut rest = self.text.get(self.at..).unwrap_or_default();
            while let Some(next) = rest.strip_prefix(',')
                && let Some((object, item, behind)) = shape.read(next)
            {
                each(object, item);
                rest = behind;
            }
            self.at = self.text.len().wrapping_sub(rest.len());
        }
    }

    /// Enters a list or an object.
    pub fn enter(&mut self) {
        self.at = self.at.saturating_add(1);
        self.level = self.level.saturating_add(1);
        self.deepest = self.deepest.max(self.level);
    }

    /// Moves to the next item and returns true, or past the closing bracket and returns false.
    pub fn next_item(&mut self, is_first: bool, close: u8) -> bool {
        let byte = self.next_byte();
        if byte == close {
            self.at = self.at.saturating_add(1);
            self.level = self.level.saturating_sub(1);
            return false;
        }
        if !is_first && self.pass(b',') == close {
            self.fail();
        }
        self.is_whole()
    }

    /// Skips a required character and the surrounding white space, and returns the next byte.
    pub fn pass(&mut self, expected: u8) -> u8 {
        if self.next_byte() == expected {
            self.at = self.at.saturating_add(1);
            return self.next_byte();
        }
        self.fail();
        END
    }

    /// Skips white space, and returns the next byte.
    fn next_byte(&mut self) -> u8 {
        self.at = skip_space(self.text.as_bytes(), self.at);
        self.byte()
    }

    fn byte(&self) -> u8 {
        byte(self.text.as_bytes(), self.at)
    }

    /// Records a syntax error, so that nothing more is found.
    pub const fn fail(&mut self) {
        self.is_broken = true;
        self.at = self.text.len();
    }
}

/// Whether two bytes are at an offset.
#[inline]
fn is_at(bytes: &[u8], at: usize, expected: &[u8; 2]) -> bool {
    bytes.get(at..).and_then(<[u8]>::first_chunk) == Some(expected)
}

#[cfg(test)]
mod tests {
    use alloc::borrow::ToOwned as _;

    use super::*;

    #[test]
    fn an_object_with_one_item_is_read_at_once_in_its_plainest_form_only() {
        let read = |text| {
            let around = alloc::format!("[{text},1]");
            let mut cursor = Cursor::new(&around);
            cursor.enter();
            let start = cursor.position();
            let found = cursor.sole_item(&["list", "a", "b"]);
            let found = found.map(|(object, item)| (object.to_owned(), item.to_vec()));
            if found.is_none() {
                assert_eq!((cursor.position(), cursor.deepest()), (start, 1), "{text}");
            }
            let mut skipping = Cursor::new(&around);
            skipping.enter();
            skipping.skip();
            if found.is_some() {
                assert_eq!(cursor.position(), skipping.position(), "{text}");
                assert_eq!(cursor.deepest(), skipping.deepest(), "{text}");
            }
            found
        };
        for text in [
            r#"{"list":["x y"]}"#,
            r#"{"a":1,"list":["x y"]}"#,
            r#"{"list":["x y"],"b":{"c":[[1 , 2]]},"a":"\u0061"}"#,
        ] {
            assert_eq!(
                read(text),
                Some((text.to_owned(), b"x y".to_vec())),
                "{text}"
            );
        }
        for text in [
            r#"{"list":[]}"#,
            r#"{"list":["x","y"]}"#,
            r#"{"list":["\u0078"]}"#,
            r#"{"list":[ "x"]}"#,
            r#"{"list":["x" ]}"#,
            r#"{"list":[1]}"#,
            r#"{"list":"x"}"#,
            r#"{"list":["x"] }"#,
            r#"{"list" :["x"]}"#,
            r#"{ "list":["x"]}"#,
            r#"{"list":["x"], "a":1}"#,
            r#"{"list":["x"],"a": 1 }"#,
            r#"{"list":["x"],"list":["x"]}"#,
            r#"{"a":1,"list":["x"],"a":1}"#,
            r#"{"list":["x"],"c":1}"#,
            r#"{"l\u0069st":["x"]}"#,
            r#"{"a":1}"#,
            r#"{}"#,
            r#"["list"]"#,
            "\"list\"",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        for text in [
            r#"{"list":["x"]"#,
            r#"{"list":["x"],"#,
            r#"{"list":["x"],"a":}"#,
            r#"{"list":["x"#,
            "{",
            "",
        ] {
            assert_eq!(Cursor::new(text).sole_item(&["list", "a"]), None, "{text}");
        }
    }

    #[test]
    fn values_end_where_they_end() {
        for value in [
            "null",
            "true",
            "-1.5e+3",
            r#""""#,
            r#""\\""#,
            r#""]\"}""#,
            "[]",
            "{}",
            r#"{"[": ["}", {"\"": 1}, []]}"#,
            "[1 , 2\n]",
        ] {
            for around in [("", ""), (" \n", " "), ("", ","), ("\t", "}"), ("", "]")] {
                let text = alloc::format!("{}{value}{}", around.0, around.1);
                let mut cursor = Cursor::new(&text);
                assert_eq!(cursor.skip(), value, "{text:?}");
                assert_eq!(cursor.position(), around.0.len() + value.len());
            }
        }
    }

    #[test]
    fn nesting_is_counted_outside_of_strings_only() {
        for (text, expected) in [
            ("1", 0),
            ("[[]]", 2),
            (r#"{"[[[": "]\"[["}"#, 1),
            ("[{},[[]]]", 3),
        ] {
            let mut skipping = Cursor::new(text);
            skipping.skip();
            assert_eq!(skipping.deepest(), expected, "{text}");
            let around = alloc::format!("[{text},[]]");
            let mut entering = Cursor::new(&around);
            entering.enter();
            assert!(entering.next_item(true, b']'));
            entering.skip();
            assert!(entering.next_item(false, b']'));
            assert_eq!(entering.deepest(), expected + 1, "{around}");
        }
    }

    #[test]
    fn an_object_of_one_text_is_read_at_once_in_its_plainest_form_only() {
        let mut cursor = Cursor::new(r#"[{"a":"b c"}]"#);
        cursor.enter();
        assert_eq!(cursor.sole_text("a"), Some("b c"));
        assert!(!cursor.next_item(false, b']') && cursor.is_whole());
        assert_eq!(cursor.deepest(), 2);
        for other in [
            r#"{"b":"c"}"#,
            r#"{"a" :"c"}"#,
            r#"{"a":"\u0062"}"#,
            r#"{"a":"b","a":"c"}"#,
            r#"{"a":"b" }"#,
            r#"{"a":null}"#,
            "{\"a\":\"b\u{1}\"}",
            r#"{"a":"b"#,
            r#"{"a":"b""#,
            "{}",
            "",
        ] {
            let mut cursor = Cursor::new(other);
            assert_eq!(cursor.sole_text("a"), None, "{other}");
            assert_eq!((cursor.position(), cursor.deepest()), (0, 0));
        }
    }

    #[test]
    fn texts_are_read_at_once_up_to_what_is_no_text() {
        for (rest, expected) in [
            (r#",{"a":"b"},{"a":"c"}]"#, &["b", "c"][..]),
            (r#",{"a":"b"}, {"a":"c"}]"#, &["b"]),
            (r#",{"a":"b"},{"a":1},{"a":"c"}]"#, &["b"]),
            (r#" ,{"a":"b"}]"#, &[]),
            (r#",{"a":"b"},]"#, &["b"]),
            (r#",]"#, &[]),
            ("]", &[]),
            ("", &[]),
        ] {
            let text = alloc::format!("[0{rest}");
            let mut cursor = Cursor::new(&text);
            cursor.enter();
            cursor.skip();
            let mut texts = alloc::vec::Vec::new();
            cursor.sole_texts("a", &mut |text| texts.push(text));
            assert_eq!(texts, expected, "{text}");
            // The position is after an item, as if each had been skipped.
            let read: usize = expected.iter().map(|_| r#",{"a":"b"}"#.len()).sum();
            assert_eq!(cursor.position(), 2 + read, "{text}");
        }
    }

    #[test]
    fn nothing_is_found_behind_what_is_not_json() {
        for text in [
            "", "[", "{\"", "\"\\", "[\"a\\\"", "]", "}", "[}", "\u{0}", "[1,,", ":",
        ] {
            let mut cursor = Cursor::new(text);
            cursor.skip();
            assert!(
                !cursor.is_whole() && cursor.position() == text.len(),
                "{text}"
            );
            assert_eq!(cursor.kind(), Kind::Nothing);
            assert!(!cursor.next_item(true, b']'));
        }
    }

    #[test]
    fn deep_nesting_is_no_json() {
        for (depth, expected) in [(128, true), (129, false), (100_000, false)] {
            let text = alloc::format!("{}{}", "[".repeat(depth), "]".repeat(depth));
            let mut cursor = Cursor::new(&text);
            cursor.skip();
            assert_eq!(cursor.is_whole(), expected);
        }
    }
}
