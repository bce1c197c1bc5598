//! Attestations in documents: occurrences, envelopes and Sigstore bundles, as files and APIs list them.

use policy_wasm::attestation::media_type::SIGSTORE_BUNDLE;
use serde_json::{Value, json};

/// A part of a document
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// An occurrence, an envelope or a bundle, as it may stand in `evidence.occurrences` of settings
    Attestation(Value),
    /// An `Attestation` resource, which the policy looks up by its name
    Resource(Value),
    /// Another object, whose Pods may carry envelopes in an annotation
    Manifest(Value),
}

/// Returns the parts of a document, in its order.
///
/// # Errors
///
/// A part is none of these.
pub fn parts(document: Value) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    collect(document, &mut parts)?;
    Ok(parts)
}

fn collect(document: Value, parts: &mut Vec<Part>) -> Result<(), String> {
    let text = |key: &str| {
        document
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let kind = text("kind");
    let has = |key: &str| document.get(key).is_some();
    match &document {
        Value::Array(items) => items
            .iter()
            .try_for_each(|item| collect(item.clone(), parts)),
        _ if holds_attestation(&document) || bundle_of(&document).is_some() => {
            parts.push(Part::Attestation(document));
            Ok(())
        }
        _ if kind == "Attestation" => {
            parts.push(Part::Resource(document));
            Ok(())
        }
        _ if kind.ends_with("List") => items(&document, "/items", parts),
        // As the REST API lists them.
        _ if has("occurrences") => items(&document, "/occurrences", parts),
        // As gcloud describes an image.
        _ if document.pointer("/provenance_summary/provenance").is_some() => {
            items(&document, "/provenance_summary/provenance", parts)
        }
        // As the APIs of GitHub and npm answer.
        _ if document.pointer("/attestations/0/bundle").is_some() => {
            let items = document.get("attestations").and_then(Value::as_array);
            let bundles = items.into_iter().flatten();
            let bundles = bundles.filter_map(|item| item.get("bundle").cloned());
            parts.extend(bundles.map(Part::Attestation));
            Ok(())
        }
        _ if document.pointer("/evidence/occurrences").is_some() => {
            items(&document, "/evidence/occurrences", parts)
        }
        _ if !kind.is_empty() && has("apiVersion") => {
            parts.push(Part::Manifest(document));
            Ok(())
        }
        _ => Err(
            "expected occurrences, envelopes, Sigstore bundles, Attestation resources, or manifests \
             whose Pods are annotated"
                .to_owned(),
        ),
    }
}

fn items(document: &Value, pointer: &str, parts: &mut Vec<Part>) -> Result<(), String> {
    let items = document.pointer(pointer).and_then(Value::as_array);
    let not_a_list = || format!("`{}` is not a list", pointer.trim_matches('/'));
    let items = items.ok_or_else(not_a_list)?;
    items
        .iter()
        .try_for_each(|item| collect(item.clone(), parts))
}

/// Whether a document is an occurrence of an attestation, an envelope by itself, or a bundle that is filed under an
/// image.
#[must_use]
pub fn holds_attestation(document: &Value) -> bool {
    let is_filed_bundle = document
        .get("bundle")
        .is_some_and(|inner| bundle_of(inner).is_some());
    let keys = ["attestation", "envelope", "dsseAttestation", "payloadType"];
    is_filed_bundle || keys.iter().any(|key| document.get(key).is_some())
}

/// The media type of a Sigstore bundle, if a document is one.
#[must_use]
pub fn bundle_of(document: &Value) -> Option<&str> {
    let media_type = document.get("mediaType")?.as_str()?;
    media_type
        .starts_with(SIGSTORE_BUNDLE)
        .then_some(media_type)
}

/// Adds attestations to `evidence.occurrences` of settings; `None` if the settings have no place for them.
#[must_use]
pub fn attach(mut settings: Value, attestations: &[Value]) -> Option<Value> {
    if !attestations.is_empty() {
        let evidence = settings.as_object_mut()?.entry("evidence");
        let evidence = evidence.or_insert_with(|| json!({})).as_object_mut()?;
        let occurrences = evidence.entry("occurrences");
        let occurrences = occurrences.or_insert_with(|| json!([])).as_array_mut()?;
        occurrences.extend(attestations.iter().cloned());
    }
    Some(settings)
}
