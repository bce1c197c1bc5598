//! Values as YAML that people edit: blocks, and quotes only where a reader of any version needs them.

use serde_json::Value;

/// A value as one YAML document, which ends with a line break.
pub(crate) fn document(value: &Value) -> String {
    let options = serde_saphyr::ser_options! {
        compact_list_indent: false,
        // Long lines are digests and signatures. Folded, they could not be copied.
        folded_wrap_chars: usize::MAX,
    };
    let written = serde_saphyr::to_string_with_options(value, options);
    // A value has nothing that YAML cannot express; JSON is YAML too.
    written.unwrap_or_else(|_| format!("{value:#}\n"))
}

/// A text on one line, as a key or as a value: plain where readers of every version take it for a text.
pub(crate) fn scalar(text: &str) -> String {
    let value = Value::from(text);
    if document(&value).strip_suffix('\n') == Some(text) {
        text.to_owned()
    } else {
        value.to_string()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::inputs;

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
            "empty": {}, "none": [], "nested": [["x"], {"a": [{"b": null}]}], "numbers": [1, -3, 1.5, u64::MAX],
            "long": "word ".repeat(100), "longer": "A".repeat(5000),
        });
        let written = document(&value);
        assert_eq!(inputs::parse(&written).unwrap(), [value], "{written}");
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
            assert_eq!(inputs::parse(&document).unwrap(), [json!({quoted: quoted})]);
        }
    }

    #[test]
    fn keys_stand_in_blocks_and_lists_are_indented() {
        let value = json!({"keys": [{"pem": "-----BEGIN\nx\n-----END\n", "algorithm": "ED25519"}]});
        let expected = "keys:\n  - pem: |\n      -----BEGIN\n      x\n      -----END\n    algorithm: ED25519\n";
        assert_eq!(document(&value), expected);
    }
}
