//! Attestations from files, in whatever they are kept: occurrences, envelopes, resources of the
//! cluster, annotations of Pods, settings.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::emit::{list, text};
use crate::inputs;

/// The annotation that carries envelopes
pub(crate) const ANNOTATION: &str = "binaryauthorization.googleapis.com/attestations";

/// The attestations of a file; none is left out.
pub(crate) fn attestations(path: &Path) -> Result<Vec<Value>> {
    let (name, documents) = inputs::documents(path)?;
    let mut found = Vec::new();
    for document in documents {
        collect(document, &mut found).with_context(|| format!("`{name}`"))?;
    }
    if found.is_empty() {
        bail!("`{name}` has no attestation");
    }
    Ok(found)
}

fn collect(document: Value, found: &mut Vec<Value>) -> Result<()> {
    let kind = text(&document, "kind").to_owned();
    let is_occurrence = ["attestation", "envelope", "dsseAttestation", "payloadType"]
        .iter()
        .any(|key| document.get(key).is_some());
    match document {
        Value::Array(items) => {
            for item in items {
                collect(item, found)?;
            }
        }
        document if is_occurrence => found.push(document),
        document if kind == "Attestation" => {
            let items = document
                .pointer("/spec")
                .map(|spec| list(spec, "attestations"));
            found.extend(items.unwrap_or_default().iter().cloned());
        }
        document if kind.ends_with("List") => {
            for item in list(&document, "items") {
                collect(item.clone(), found)?;
            }
        }
        // As the REST API lists them.
        document if document.get("occurrences").is_some() => {
            found.extend(list(&document, "occurrences").iter().cloned());
        }
        document if document.pointer("/evidence/occurrences").is_some() => {
            let evidence = document.get("evidence").unwrap_or(&Value::Null);
            found.extend(list(evidence, "occurrences").iter().cloned());
        }
        document => match annotations(&document).as_slice() {
            [] => bail!(
                "expected occurrences, envelopes, Attestation resources, or a manifest with the \
                 annotation {ANNOTATION}"
            ),
            annotations => {
                for annotation in annotations {
                    envelopes(annotation, found)?;
                }
            }
        },
    }
    Ok(())
}

/// The values of the annotation, wherever in a manifest a Pod's metadata stands.
fn annotations(value: &Value) -> Vec<&str> {
    match value {
        Value::Object(fields) => {
            let own = fields.get(ANNOTATION).and_then(Value::as_str);
            let nested = fields.values().flat_map(annotations);
            own.into_iter().chain(nested).collect()
        }
        Value::Array(items) => items.iter().flat_map(annotations).collect(),
        _ => Vec::new(),
    }
}

fn envelopes(annotation: &str, found: &mut Vec<Value>) -> Result<()> {
    let items = annotation.split(',').map(str::trim);
    for item in items.filter(|item| !item.is_empty()) {
        let decoded = STANDARD.decode(item).ok();
        let envelope = decoded.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        found.push(envelope.context("an item of the annotation is no envelope in base64")?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_way_to_keep_attestations_is_read() {
        let occurrence = json!({"kind": "ATTESTATION", "attestation": {}});
        let envelope = json!({"payloadType": "t", "payload": "", "signatures": []});
        let item = STANDARD.encode(envelope.to_string());
        let annotated = json!({"kind": "Deployment", "spec": {"template": {"metadata": {
            "annotations": {ANNOTATION: format!("{item}, {item}")}}}}});
        let resource = json!({"kind": "Attestation", "spec": {"attestations": [occurrence]}});
        for (document, expected) in [
            (occurrence.clone(), vec![&occurrence]),
            (json!([occurrence, envelope]), vec![&occurrence, &envelope]),
            (json!({"occurrences": [occurrence]}), vec![&occurrence]),
            (
                json!({"evidence": {"occurrences": [occurrence]}}),
                vec![&occurrence],
            ),
            (resource.clone(), vec![&occurrence]),
            (
                json!({"kind": "AttestationList", "items": [resource]}),
                vec![&occurrence],
            ),
            (annotated, vec![&envelope, &envelope]),
        ] {
            let mut found = Vec::new();
            collect(document.clone(), &mut found).unwrap();
            assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{document}");
        }
    }

    #[test]
    fn what_holds_none_is_an_error() {
        for document in [
            json!({"kind": "Pod"}),
            json!("text"),
            json!({"kind": "Pod", "metadata": {"annotations": {ANNOTATION: "???"}}}),
        ] {
            assert!(
                collect(document.clone(), &mut Vec::new()).is_err(),
                "{document}"
            );
        }
    }
}
