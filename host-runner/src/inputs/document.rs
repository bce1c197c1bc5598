//! YAML and JSON documents as values, with every duplicate key refused.

use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use thiserror::Error;

use crate::emit::printable;

/// Why a text is neither YAML nor JSON as we accept it
#[derive(Debug, Error)]
pub enum DocumentError {
    /// With line and column
    #[error("not valid JSON: {0}")]
    Json(String),
    /// With line and column
    #[error("not valid YAML: {0}")]
    Yaml(String),
}

/// Reads all documents of a text; empty ones are left out.
///
/// JSON texts may follow each other. What only looks like JSON may still be YAML's own notation
/// for it.
///
/// # Errors
///
/// The text is malformed, or has a key twice in one object.
pub fn parse(text: &str) -> Result<Vec<Value>, DocumentError> {
    let documents = if text.trim_start().starts_with(['{', '[']) {
        json(text).or_else(|error| yaml(text).map_err(|_| error))?
    } else {
        yaml(text)?
    };
    Ok(documents
        .into_iter()
        .map(|document| document.0)
        .filter(|value| !value.is_null())
        .collect())
}

fn json(text: &str) -> Result<Vec<Document>, DocumentError> {
    let documents = serde_json::Deserializer::from_str(text).into_iter();
    documents
        .collect::<Result<_, _>>()
        .map_err(|error| DocumentError::Json(error.to_string()))
}

/// That of the JSON parser. Deeper documents are no Kubernetes objects.
const MAX_DEPTH: usize = 128;

fn yaml(text: &str) -> Result<Vec<Document>, DocumentError> {
    let options = serde_saphyr::options! {
        // `kubectl get -A -o yaml` of a large cluster has more of everything but depth and aliases
        // than the defaults allow.
        budget: serde_saphyr::budget! {
            max_events: usize::MAX,
            max_nodes: usize::MAX,
            max_total_scalar_bytes: usize::MAX,
            max_documents: usize::MAX,
            max_depth: MAX_DEPTH,
        },
    };
    serde_saphyr::from_multiple_with_options(text, options).map_err(|error| {
        // Neither lines of the file, which may be anybody's secret, nor advice to programmers.
        let words = error.without_snippet().to_string();
        let words = words.replace(", set DuplicateKeyPolicy in Options if acceptable", "");
        DocumentError::Yaml(words.trim_start_matches("error: ").to_owned())
    })
}

/// A value without duplicate keys
struct Document(Value);

impl<'de> serde::Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Strict.deserialize(deserializer).map(Self)
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
    fn malformed_text_is_an_error() {
        for text in ["{", "a: [", "a: b: c", "{} x"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
