//! The `AdmissionReview` that an API server would get back.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::json::print;
use crate::judge::Evaluated;

/// Prints one review as is, and several as a list.
pub(crate) fn reviews(answers: &[Evaluated]) -> io::Result<()> {
    let reviews: Vec<_> = answers.iter().map(review).collect();
    match reviews.as_slice() {
        [one] => print(one),
        many => print(&many),
    }
}

fn review(evaluated: &Evaluated) -> Value {
    let answer = |key: &str| {
        evaluated
            .answer
            .get(key)
            .filter(|value| !value.is_null())
            .cloned()
    };
    let mut response = json!({
        "uid": evaluated.request.request.get("uid").cloned().unwrap_or_default(),
        "allowed": evaluated.is_admitted(),
    });
    let status: serde_json::Map<_, _> = ["message", "code"]
        .into_iter()
        .filter_map(|key| Some((key.to_owned(), answer(key)?)))
        .collect();
    let patch = answer("mutated_object").and_then(|mutated| {
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
        ("warnings", answer("warnings")),
        ("auditAnnotations", answer("audit_annotations")),
    ];
    if let Some(response) = response.as_object_mut() {
        response.extend(
            fields
                .into_iter()
                .filter_map(|(key, value)| Some((key.to_owned(), value?))),
        );
    }
    json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response})
}
