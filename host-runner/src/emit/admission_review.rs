//! The `AdmissionReview` that an API server would get back.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::decision::Response;
use crate::judge::Evaluated;

/// Writes a list of reviews.
pub(crate) fn reviews(out: &mut dyn Write, answers: &[Evaluated]) -> io::Result<()> {
    let reviews: Vec<_> = answers.iter().map(review).collect();
    super::json::write(out, &reviews)
}

fn review(evaluated: &Evaluated) -> Value {
    let Response {
        message,
        code,
        warnings,
        audit_annotations,
        mutated_object,
        ..
    } = match evaluated.answer.decision() {
        Ok(decision) => Response {
            message: Some(decision.message.as_str().into()),
            ..Response::default()
        },
        Err(response) => response.clone(),
    };
    let mut review = json!({
        "uid": evaluated.request.request.get("uid").cloned().unwrap_or_default(),
        "allowed": evaluated.is_admitted(),
    });
    let status: serde_json::Map<_, _> = [("message", message), ("code", code)]
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value?)))
        .collect();
    let patch = mutated_object.and_then(|mutated| {
        let object = evaluated.request.request.get("object")?;
        let patch = serde_json::to_vec(&json_patch::diff(object, &mutated)).ok()?;
        Some(Value::String(STANDARD.encode(patch)))
    });
    let fields = [
        (
            "status",
            (!status.is_empty()).then_some(Value::Object(status)),
        ),
        ("patchType", patch.as_ref().map(|_| "JSONPatch".into())),
        ("patch", patch),
        ("warnings", warnings),
        ("auditAnnotations", audit_annotations),
    ];
    if let Some(review) = review.as_object_mut() {
        review.extend(
            fields
                .into_iter()
                .filter_map(|(key, value)| Some((key.to_owned(), value?))),
        );
    }
    json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": review})
}
