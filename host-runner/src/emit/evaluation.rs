//! The versioned document of `evaluate`: a list of objects with their Decisions, also for one object.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::judge::Evaluated;

/// Writes an `EvaluationReport`; `failed` is the number of problems instead of results.
pub(crate) fn json(
    out: &mut dyn Write,
    answers: &[Evaluated],
    digest: &str,
    failed: usize,
) -> io::Result<()> {
    let objects = answers.iter().map(object);
    let objects = objects.collect::<serde_json::Result<Vec<_>>>()?;
    let admitted = answers.iter().filter(|one| one.is_admitted()).count();
    let document = json!({
        "apiVersion": "countersign.dev/v1",
        "kind": "EvaluationReport",
        "module": {"digest": digest},
        "objects": objects,
        "summary": {
            "objects": answers.len(), "admitted": admitted,
            "denied": answers.len().saturating_sub(admitted), "failed": failed,
        },
    });
    super::json::write(out, &document)
}

/// An object of the document.
pub(super) fn object(evaluated: &Evaluated) -> serde_json::Result<Value> {
    let Evaluated { request, answer } = evaluated;
    let kind = match answer.decision() {
        Ok(_) => "decision",
        Err(_) => "response",
    };
    Ok(json!({
        "object": request.title, "source": request.source, "allowed": answer.is_admitted(),
        kind: answer.json()?,
    }))
}
