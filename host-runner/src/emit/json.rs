//! Machine-readable output: the module's own documents.

use std::io::{self, Write as _};

use serde::Serialize;
use serde_json::{Value, json};

use super::Evaluated;
use crate::engine::{Abi, Inspection};

/// One answer as it is, several as a list.
pub(crate) fn decisions(answers: &[Evaluated]) -> io::Result<()> {
    match answers {
        [one] => print(&one.answer),
        many => print(
            &many
                .iter()
                .map(|evaluated| &evaluated.answer)
                .collect::<Vec<_>>(),
        ),
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
    let mut stdout = io::stdout().lock();
    serde_json::to_writer_pretty(&mut stdout, document)?;
    writeln!(stdout)
}
