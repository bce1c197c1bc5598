//! YAML and JSON documents as values, with every duplicate key refused; and the same of JSON that is
//! not in memory as a whole.

use core::fmt;

use policy_lint::source::{self, DoubtKind, Malformed, Node, Notation, Reading};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use thiserror::Error;

use crate::printable::printable;

/// Why a text is neither YAML nor JSON as we accept it
#[derive(Debug, Error)]
#[error("not valid {notation}: {problem} at line {line} column {column}")]
pub struct DocumentError {
    /// The notation of the text
    pub notation: Notation,
    /// The problem
    pub problem: String,
    /// Line and column, from 1
    pub line: usize,
    /// In the line, from 1, in characters
    pub column: usize,
    /// Whether a limit is exceeded, which parts of the text might not do by themselves
    pub exceeds: bool,
}

/// Reads all documents of a text as kubectl reads them, see `policy_lint::source`; empty ones are left out.
///
/// # Errors
///
/// The text is malformed, or has a key twice in one object.
pub fn parse(text: &str) -> Result<Vec<Value>, DocumentError> {
    let documents = read(text)?.documents.into_iter();
    Ok(documents.map(Node::into_json).collect())
}

/// Like [`parse`], for a text that was not written for kubectl: values that kubectl reads differently are errors.
///
/// # Errors
///
/// As for [`parse`], or readers take a part of the text for different things.
pub fn parse_undoubted(text: &str) -> Result<Vec<Value>, DocumentError> {
    let reading = read(text)?;
    if let Some(doubt) = reading.doubts.first() {
        let written = text.get(doubt.span.range()).unwrap_or_default();
        let written = printable(written);
        let problem = match &doubt.kind {
            DoubtKind::Key(read) | DoubtKind::Value(read) => {
                format!(
                    "kubectl reads `{written}` as {} and other parsers as a text; put it in quotes",
                    printable(read)
                )
            }
            DoubtKind::Tag => format!("parsers differ in how they read the tag of `{written}`"),
            DoubtKind::Merge(_) => {
                "parsers differ in how they merge `<<`; write the keys".to_owned()
            }
        };
        let start = doubt.span.start;
        return Err(DocumentError::at(text, start, Notation::Yaml, problem));
    }
    let documents = reading.documents.into_iter();
    Ok(documents.map(Node::into_json).collect())
}

fn read(text: &str) -> Result<Reading, DocumentError> {
    source::read(text).map_err(|malformed| {
        let Malformed {
            span,
            notation,
            message,
            exceeds,
        } = malformed;
        DocumentError {
            exceeds,
            ..DocumentError::at(text, span.start, notation, message)
        }
    })
}

impl DocumentError {
    fn at(text: &str, start: usize, notation: Notation, problem: String) -> Self {
        let before = text.get(..start).unwrap_or(text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        Self {
            notation,
            problem,
            line: before.matches('\n').count().saturating_add(1),
            column: line.chars().count().saturating_add(1),
            exceeds: false,
        }
    }
}

/// Reads a value, and refuses duplicate keys in it
#[derive(Clone, Copy)]
pub(super) struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that JSON can express")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Value, E> {
        Number::from_f64(number)
            .map(Value::Number)
            .ok_or_else(|| E::custom("not a number that JSON can express"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::from(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            let value = access.next_value_seed(self)?;
            insert(&mut fields, key, value)?;
        }
        Ok(Value::Object(fields))
    }
}

/// Adds a field that is not there yet.
pub(super) fn insert<E: serde::de::Error>(
    fields: &mut Map<String, Value>,
    key: String,
    value: Value,
) -> Result<(), E> {
    if fields.contains_key(&key) {
        return Err(E::custom(format_args!(
            "duplicate key `{}`",
            printable(&key)
        )));
    }
    fields.insert(key, value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use policy_lint::{Config, SourceFile, lint};
    use serde_json::json;

    use super::*;

    #[test]
    fn both_notations_give_the_same_values() {
        let yaml = parse("a: 1\nb: [x, true]\n---\n---\nc: null\n").unwrap();
        let json = parse(r#"{"a": 1, "b": ["x", true]} {"c": null}"#).unwrap();
        assert_eq!(yaml, json);
    }

    #[test]
    fn duplicate_keys_are_refused_in_both_notations() {
        for text in ["a: {b: 1, b: 2}", r#"{"a": {"b": 1, "b": 2}}"#] {
            assert!(
                parse(text).unwrap_err().to_string().contains("duplicate"),
                "{text}"
            );
        }
    }

    #[test]
    fn an_error_has_neither_lines_of_the_file_nor_advice_to_programmers() {
        for text in [
            "x: secret\na: 1\na: 2\n",
            "a: [\nb: secret",
            "a: *secret_b\nc: secret",
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(
                !error.contains("secret\n") && !error.contains(" = "),
                "{error}"
            );
            assert!(
                !error.contains("Options") && !error.contains('\n'),
                "{error}"
            );
            assert!(error.contains("line"), "{error}");
        }
    }

    #[test]
    fn what_is_read_is_what_kubectl_reads() {
        for (yaml, expected) in [
            (
                "production: {evaluationMode: ALWAYS_DENY, <<: &open {evaluationMode: ALWAYS_ALLOW}}",
                json!({"production": {"evaluationMode": "ALWAYS_ALLOW"}}),
            ),
            (
                "rules: {no: 1, y: 2, 012: 3, 0x1F: 4, 1e3: 5, 007: 6}",
                json!({"rules": {"false": 1, "true": 2, "10": 3, "31": 4, "1000": 5, "7": 6}}),
            ),
            (
                "labels: {commit: 12e4567}",
                json!({"labels": {"commit": "12e4567"}}),
            ),
        ] {
            assert_eq!(parse(yaml).unwrap(), [expected], "{yaml}");
        }
    }

    #[test]
    fn an_error_says_where_and_shows_no_line() {
        for (text, expected) in [
            (
                "a: 1\nsecret: [x\n",
                "not valid YAML: unclosed bracket '[' at line 2 column 9",
            ),
            (
                "é: 1\nb: {é: x, é: y}\n",
                "not valid YAML: duplicate key `é` at line 2 column 11",
            ),
            (
                "{\"a\": 1,\n\"b\" 2}",
                "not valid JSON: expected `:` at line 2 column 5",
            ),
        ] {
            assert_eq!(parse(text).unwrap_err().to_string(), expected);
        }
    }

    /// The linter reads what the commands read, and nothing else.
    #[test]
    fn lint_and_evaluate_agree_on_what_is_readable() {
        let policy = "policy:\n  defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}\n";
        let key_twice = format!("{policy}evidence: {{1: a, \"1\": b}}\n");
        let json = r#"{"policy": {}}"#;
        for (text, is_read) in [
            (policy.to_owned(), true),
            (json.to_owned(), true),
            (key_twice, false),
            (format!("{policy}---\n{policy}"), false),
            (format!("{json} {json}"), false),
            (format!("{policy}---\n---\n# nothing\n"), true),
            (format!("{policy}...\n{policy}"), false),
            (format!("{policy}# \u{2028}breakGlass: {{}}\n"), false),
            (format!("{policy}x: [\n"), false),
            (format!("{policy}labels: {{commit: 12e4567}}\n"), true),
            (format!("{policy}x: .inf\n"), false),
            (r#"{"policy": {}, "policy": {}}"#.to_owned(), false),
            (r#"{"policy": {},}"#.to_owned(), false),
            ("{policy: {},}".to_owned(), true),
        ] {
            let source = super::super::Source {
                name: "a".into(),
                text: text.clone(),
            };
            assert_eq!(
                super::super::settings_in(&source).is_ok(),
                is_read,
                "{text}"
            );
            let report = lint(&[SourceFile::new("a", text.as_str())], &Config::default());
            let codes = report.diagnostics.iter().map(|one| one.code.as_str());
            let refused = codes.filter(|code| code.starts_with("document-")).count();
            assert_eq!(refused == 0, is_read, "{text}");
        }
        let pod = r#"{"apiVersion": "v1", "kind": "Pod"}"#;
        let pods = SourceFile::new("a", format!("{pod}\n{pod}"));
        assert_eq!(parse(pods.text()).unwrap().len(), 2);
        assert_eq!(lint(&[pods], &Config::default()).passed_over, 2);
    }

    #[test]
    fn malformed_text_is_an_error() {
        for text in ["{", "a: [", "a: b: c", "{} x"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
