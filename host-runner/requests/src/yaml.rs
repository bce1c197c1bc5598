//! Values as YAML that people edit, and that readers of every version take for these values: blocks, no
//! anchors, and quotes around what some reader takes for something else than a text.

use core::fmt::Write as _;

use policy_lint::source::is_plain_text;
use serde_json::{Map, Number, Value};

/// Returns a value as one YAML document, which ends with a line break.
#[must_use]
pub fn document(value: &Value) -> String {
    indented(value, 2)
}

/// Like [`document`], with another indentation.
#[must_use]
pub fn indented(value: &Value, step: usize) -> String {
    let mut writer = Writer {
        text: String::new(),
        step,
    };
    match value {
        Value::Object(fields) if !fields.is_empty() => writer.fields(fields, 0),
        Value::Array(items) if !items.is_empty() => writer.items(items, 0),
        value => writer.value(value, 0),
    }
    writer.text
}

/// Returns a text on one line, as a key or as a value, also between brackets.
#[must_use]
pub fn scalar(text: &str) -> String {
    if is_plain_text(text) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// Like [`scalar`], outside brackets, where a comma needs no quotes.
fn in_block(text: &str) -> String {
    if is_plain_text(&text.replace(',', ";")) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// Returns a number as readers of every version write it.
#[must_use]
pub fn number(number: &Number) -> String {
    let written = number.to_string();
    // Without a point and a sign, some take it for a text.
    let Some((mantissa, exponent)) = written.split_once('e') else {
        return written;
    };
    let point = if mantissa.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with(['-', '+']) {
        ""
    } else {
        "+"
    };
    format!("{mantissa}{point}e{sign}{exponent}")
}

/// A text between double quotes. What is no character of YAML, or breaks lines for some, is an escape.
fn quoted(text: &str) -> String {
    let json = Value::from(text).to_string();
    let mut quoted = String::with_capacity(json.len());
    for character in json.chars() {
        if is_shown(character) {
            quoted.push(character);
        } else {
            let _ = write!(quoted, "\\U{:08X}", u32::from(character));
        }
    }
    quoted
}

/// Whether a character can stand in YAML as it is. JSON has escaped those before the space.
fn is_shown(character: char) -> bool {
    !character.is_control()
        && !matches!(
            character,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
}

struct Writer {
    text: String,
    /// Columns by which what is below a key is indented
    step: usize,
}

impl Writer {
    /// The lines of a mapping that has some. The first begins where the text ends.
    fn fields(&mut self, fields: &Map<String, Value>, column: usize) {
        for (index, (key, value)) in fields.iter().enumerate() {
            if index > 0 {
                self.indent(column);
            }
            self.text.push_str(&in_block(key));
            self.text.push(':');
            let below = column.saturating_add(self.step);
            match value {
                Value::Object(fields) if !fields.is_empty() => {
                    self.text.push('\n');
                    self.indent(below);
                    self.fields(fields, below);
                }
                Value::Array(items) if !items.is_empty() => {
                    self.text.push('\n');
                    self.indent(below);
                    self.items(items, below);
                }
                value => {
                    self.text.push(' ');
                    self.value(value, below);
                }
            }
        }
    }

    /// The lines of a list that has some. The first begins where the text ends.
    fn items(&mut self, items: &[Value], column: usize) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.indent(column);
            }
            self.text.push_str("- ");
            let inside = column.saturating_add(2);
            match item {
                Value::Object(fields) if !fields.is_empty() => self.fields(fields, inside),
                Value::Array(items) if !items.is_empty() => self.items(items, inside),
                value => self.value(value, inside),
            }
        }
    }

    /// The rest of a line, and of a text in lines of its own those.
    fn value(&mut self, value: &Value, below: usize) {
        match value {
            Value::Null => self.text.push_str("null"),
            Value::Bool(flag) => self.text.push_str(&flag.to_string()),
            Value::Number(value) => self.text.push_str(&number(value)),
            Value::String(text) if is_block(text) => return self.block(text, below),
            Value::String(text) => self.text.push_str(&in_block(text)),
            Value::Array(_) => self.text.push_str("[]"),
            Value::Object(_) => self.text.push_str("{}"),
        }
        self.text.push('\n');
    }

    fn block(&mut self, text: &str, column: usize) {
        let column = column.max(self.step);
        self.text
            .push_str(if text.ends_with('\n') { "|\n" } else { "|-\n" });
        for line in text.lines() {
            if !line.is_empty() {
                self.indent(column);
            }
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    fn indent(&mut self, columns: usize) {
        self.text.extend(core::iter::repeat_n(' ', columns));
    }
}

/// Whether a text has lines that can stand below each other as they are.
fn is_block(text: &str) -> bool {
    let ends_once = !text.ends_with("\n\n");
    let begins = !text.starts_with(|c: char| c.is_whitespace());
    let is_shown = |c| c == '\n' || c == '\t' || is_shown(c);
    let is_line = |line: &str| !line.ends_with([' ', '\t']);
    let is_whole = text.chars().all(is_shown) && text.lines().all(is_line);
    text.contains('\n') && ends_once && begins && is_whole
}

#[cfg(test)]
mod tests {
    use policy_lint::source;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let texts = [
            "off",
            "yes",
            "y",
            "null",
            "~",
            "123",
            "1e3",
            "0x1f",
            "12:30:45",
            ".inf",
            "",
            " a",
            "a ",
            "a: b",
            "a #b",
            "a:",
            "*",
            "- x",
            "@x",
            "%a",
            "!x",
            "&x",
            "|",
            "<<",
            "---",
            "a\nb\n",
            "\n",
            "a\r\nb",
            "a\tb",
            "a\u{1b}b",
            "2026-11-23T12:00:00Z",
            "ni:///sha-256;a_b-c",
            "é",
        ];
        let value = json!({
            "texts": texts.as_slice(), "keys": texts.iter().map(|text| (*text, 1)).collect::<alloc::collections::BTreeMap<_, _>>(),
            "empty": {}, "none": [], "nested": [["x"], {"a": [{"b": null}]}], "numbers": [1, -3, 1.5, u64::MAX, 1e300, 1.5e-300],
            "long": "word ".repeat(100), "longer": "A".repeat(5000),
        });
        let written = document(&value);
        assert_eq!(crate::parse(&written).unwrap(), [value], "{written}");
        assert!(written.contains("1.0e+300"), "{written}");
    }

    #[test]
    fn no_reader_takes_what_is_written_for_something_else() {
        let texts = [
            "no",
            "y",
            "012",
            "0x1F",
            "1e3",
            "007",
            "1_000",
            "12:30",
            "2001-01-01",
            "12e4567",
            ".inf",
            "~",
            "<<",
            "=",
            "*a",
            "&a",
            "!!int 1",
            "a\u{85}b",
            "a\u{2028}b\n",
            "a\u{7f}b",
            "\u{feff}a",
            "a, b",
            "a\n b\n",
            "a\n ",
            "\ta\nb",
            "a\n\n",
            "a\n---\nb",
            "- a\n- b",
            "\u{1F600}",
        ];
        let keyed: Map<_, _> = texts
            .iter()
            .map(|text| ((*text).to_owned(), Value::from(*text)))
            .collect();
        let value = json!({"texts": texts.as_slice(), "keyed": keyed, "nested": [[texts.as_slice()], {"a": keyed}]});
        let written = document(&value);
        let reading = source::read(&written).unwrap();
        assert_eq!(reading.doubts, [], "{written}");
        assert!(!reading.has_references);
        assert_eq!(reading.documents[0].to_json(), value, "{written}");
        for text in ["no", "012", "2001-01-01", "12:30", "12e4567", "<<"] {
            assert!(
                written.contains(&format!("\"{text}\": \"{text}\"")),
                "{written}"
            );
        }
    }

    #[test]
    fn a_scalar_is_quoted_where_a_reader_of_any_version_needs_it() {
        for plain in [
            "registry.example/shop/**",
            "projects/p/notes/a",
            "ni:///sha-256;a_b-c",
        ] {
            assert_eq!(scalar(plain), plain);
        }
        for quoted in [
            "", "off", "y", "0123", "1e3", "1_000", "12:30", "a: b", "*", "- x", "a\nb\n",
        ] {
            assert_eq!(scalar(quoted), json!(quoted).to_string());
            let document = format!("{0}: {0}\n", scalar(quoted));
            assert_eq!(crate::parse(&document).unwrap(), [json!({quoted: quoted})]);
        }
    }

    #[test]
    fn keys_stand_in_blocks_and_lists_are_indented() {
        let value = json!({"keys": [{"pem": "-----BEGIN\nx\n-----END\n", "algorithm": "ED25519"}]});
        let expected = "keys:\n  - pem: |\n      -----BEGIN\n      x\n      -----END\n    algorithm: ED25519\n";
        assert_eq!(document(&value), expected);
    }
}
