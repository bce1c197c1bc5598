//! Machine-readable output.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};

use crate::engine::{Abi, Engines, Inspection};
use crate::terminal::printable::{begins_command, is_unsafe, json_without_keys};

/// A module's surface.
pub(crate) fn inspection(
    out: &mut dyn Write,
    inspection: &Inspection,
    abi: Abi,
    engines: Engines,
) -> io::Result<()> {
    let mut document = json!({"abi": abi.to_string(), "engines": engines});
    if let (Some(fields), Ok(Value::Object(surface))) =
        (document.as_object_mut(), serde_json::to_value(inspection))
    {
        fields.extend(surface);
    }
    write(out, &document)
}

/// Writes a document. Characters that a terminal or a CI log could interpret are written as JSON escapes, and
/// private keys are left out.
pub(crate) fn write(out: &mut dyn Write, document: &impl Serialize) -> io::Result<()> {
    let text = serde_json::to_string_pretty(document)?;
    let text = json_without_keys(&text);
    let mut shown = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        // The line breaks of the document itself are the only others.
        let is_unsafe = character != '\n' && is_unsafe(character);
        if is_unsafe || begins_command(&text, at) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                shown.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            shown.push(character);
        }
    }
    writeln!(out, "{shown}")
}
