//! Fields of JSON objects that have no type here: settings, requests, Kubernetes objects and evidence.

use serde_json::Value;

/// A text; empty if it is missing.
pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// A list; empty if it is missing.
pub(crate) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    items(value.get(key))
}

/// The items of a list; none if it is missing.
pub(crate) fn items(list: Option<&Value>) -> &[Value] {
    list.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A value that is a text, or the text in a field of one that is an object; empty if it is neither.
pub(crate) fn text_or_field<'a>(value: &'a Value, key: &str) -> &'a str {
    value.as_str().unwrap_or_else(|| text(value, key))
}
