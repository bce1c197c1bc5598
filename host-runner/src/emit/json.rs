//! Machine-readable output: the module's own documents.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};

use crate::engine::{Abi, Inspection};
use crate::judge::Evaluated;
use crate::terminal::printable::{begins_command, is_unsafe, json_without_keys};

/// Prints one answer as is, and several as a list; `is_one` if there was one object.
pub(crate) fn decisions(answers: &[Evaluated], is_one: bool) -> io::Result<()> {
    match answers {
        [one] if is_one => print(&one.answer.json()?),
        many => {
            let documents = many.iter().map(|evaluated| evaluated.answer.json());
            print(&documents.collect::<serde_json::Result<Vec<_>>>()?)
        }
    }
}

/// A module's surface.
pub(crate) fn inspection(inspection: &Inspection, abi: Abi) -> io::Result<()> {
    let mut document = json!({"abi": abi.to_string()});
    if let (Some(fields), Ok(Value::Object(surface))) =
        (document.as_object_mut(), serde_json::to_value(inspection))
    {
        fields.extend(surface);
    }
    print(&document)
}

pub(super) fn print(document: &impl Serialize) -> io::Result<()> {
    write(&mut io::stdout().lock(), document)
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
