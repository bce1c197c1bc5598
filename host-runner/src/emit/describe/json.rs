//! JSON output: the matrix, with lines and columns as places.

use core::ops::Range;
use std::io::{self, Write};

use policy_lint::API_VERSION;
use serde_json::{Value, json};

use super::Described;

pub(super) const KIND: &str = "PolicyDescription";

pub(super) fn write(out: &mut dyn Write, described: &Described) -> io::Result<()> {
    let Described { file, matrix } = described;
    let mut document = json!({"apiVersion": API_VERSION, "kind": KIND, "settings": file.name()});
    let position = |byte| {
        let position = file.position(byte);
        json!({"line": position.line, "column": position.column})
    };
    let place = |bytes: Range<usize>| {
        let (start, end) = (position(bytes.start), position(bytes.end));
        json!({"start": start, "end": end})
    };
    if let (Some(fields), Value::Object(more)) = (document.as_object_mut(), matrix.document(&place))
    {
        fields.extend(more);
    }
    crate::emit::json::write(out, &document)
}
