//! An OCI image layout that stands for a registry: beside each image a manifest whose annotations
//! hold its attestations.

mod layout;

use std::path::Path;

use policy_wasm::Budget;
use serde_json::{Map, Value, json};

use super::list::{full, room_for_image};
use super::{Change, Entry, Identity, Place, StoreError};

use layout::Layout;

/// Prefix of the annotations that hold an attestation each
pub(crate) const PREFIX: &str = "attestation.countersign.dev/";

const ARTIFACT_TYPE: &str = "application/vnd.countersign.attestation.v1+json";

/// Adds an attestation to a layout, which comes into being where there is none.
///
/// # Errors
///
/// The folder is something else, has no room, or cannot be read or written.
pub(crate) fn add(folder: &Path, entry: &Entry) -> Result<Change, StoreError> {
    let layout = Layout::open(folder)?;
    let name = format!(
        "{}:{}.countersign",
        entry.repository,
        entry.digest.as_name()
    );
    let refused = |problem: String| StoreError::refused(folder, format!("`{name}`: {problem}"));
    let mut manifest = match layout.manifest(&name)? {
        Some(manifest) => manifest,
        None => artifact(layout.subject(&entry.digest)),
    };
    let change = annotate(&mut manifest, entry).map_err(refused)?;
    if change == Change::Unchanged {
        return Ok(change);
    }
    let (text, max) = (manifest.to_string(), Budget::DEFAULT.answer_bytes);
    if text.len() > max {
        let bytes = text.len();
        return Err(refused(format!(
            "it would have {bytes} bytes, and registries accept {max}; {START_ANEW}"
        )));
    }
    layout.put(&name, ARTIFACT_TYPE, text.as_bytes())?;
    Ok(change)
}

const START_ANEW: &str =
    "remove its entry from `index.json`, and add the current attestations again";

/// A manifest without content. Its subject is the image, where more than its digest is known.
fn artifact(subject: Option<Value>) -> Value {
    let empty = layout::empty();
    let mut manifest = json!({
        "schemaVersion": 2,
        "mediaType": layout::MANIFEST,
        "artifactType": ARTIFACT_TYPE,
        "config": empty,
        "layers": [empty],
    });
    if let (Some(fields), Some(subject)) = (manifest.as_object_mut(), subject) {
        fields.insert("subject".to_owned(), subject);
    }
    manifest
}

/// Adds an attestation to the annotations of a manifest.
fn annotate(manifest: &mut Value, entry: &Entry) -> Result<Change, String> {
    let annotations = annotations(manifest)?;
    let is_ours = |(key, _): &(&String, &Value)| key.starts_with(PREFIX);
    let held = annotations.iter().filter(is_ours);
    let (keys, documents): (Vec<_>, Vec<_>) =
        held.map(|(key, value)| (key.clone(), read(value))).unzip();
    let place = Place::among(documents.iter(), &entry.document);
    let key = match place {
        Place::Same => return Ok(Change::Unchanged),
        Place::InsteadOf(index) => keys.get(index).cloned().ok_or("it has changed")?,
        Place::Last => {
            let max = Budget::DEFAULT.attestations_per_image;
            if keys.len() >= max {
                return Err(full(max, &format!("obsolete ones ({START_ANEW})")));
            }
            room_for_image(documents.iter(), entry)?;
            free_key(annotations, &entry.document)
        }
    };
    annotations.insert(key, entry.document.to_string().into());
    Ok(place.change())
}

fn annotations(manifest: &mut Value) -> Result<&mut Map<String, Value>, String> {
    let fields = manifest
        .as_object_mut()
        .filter(|fields| !fields.contains_key("manifests"));
    let fields = fields.ok_or("it is not an image manifest")?;
    let annotations = fields.entry("annotations").or_insert(Value::Null);
    if annotations.is_null() {
        *annotations = Value::Object(Map::new());
    }
    let annotations = annotations.as_object_mut();
    annotations.ok_or_else(|| "its `annotations` are not a mapping".into())
}

/// Parses an annotation; a malformed one equals no attestation.
fn read(annotation: &Value) -> Value {
    let document = annotation.as_str().map(serde_json::from_str);
    document.and_then(Result::ok).unwrap_or_default()
}

/// A name that depends on the attestation, and that nothing else has.
fn free_key(annotations: &Map<String, Value>, document: &Value) -> String {
    let hex = match Identity::of(document) {
        Some(identity) => identity.hex(),
        None => Identity::hex_of(document.to_string().as_bytes()),
    };
    let mut key = format!("{PREFIX}{hex}");
    // Annotations of others are kept.
    while annotations.contains_key(&key) {
        key.push('_');
    }
    key
}

#[cfg(test)]
mod tests;
