//! Manifests whose Pods carry their attestations in an annotation. Comments, order and quotes of a
//! manifest stay as they are.

mod pods;

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use policy_wasm::Budget;
use policy_wasm::digest::Digest;
use serde_json::{Map, Value, json};

use super::list::{full, room_for_image};
use super::splice::{Splice, apply};
use super::{Change, Entry, Place, StoreError, Yaml, identity, read, write};
use crate::inputs;

/// The annotation in which a Pod carries envelopes
pub(crate) const ANNOTATION: &str = "binaryauthorization.googleapis.com/attestations";

/// Kubernetes' limit on all annotations of an object together
const MAX_BYTES: usize = 256 << 10;

/// Adds an envelope to every Pod, and every template of one, in a file of manifests that has an image with this digest.
/// `workloads` are the further kinds of the settings.
///
/// # Errors
///
/// No Pod has the image, the file is written in a way in which this cannot be done, or it cannot be
/// read or written.
pub(crate) fn add(
    path: &Path,
    entry: &Entry,
    digest: &Digest,
    workloads: &Value,
) -> Result<Change, StoreError> {
    let text = match read(path)? {
        Some(text) => text,
        None => inputs::read(path)?.text,
    };
    let refused = |problem: String| StoreError::refused(path, problem);
    let (text, change) = add_to(&text, entry, digest, workloads).map_err(refused)?;
    if change != Change::Unchanged {
        write(path, &text)?;
    }
    Ok(change)
}

/// The envelopes of every Pod, and every template of one, that has an image. What cannot be decoded is
/// an attestation that cannot count.
///
/// # Errors
///
/// No Pod has the image, or a manifest cannot be read as what it claims to be.
pub(crate) fn read_from(documents: &[Value], digest: &Digest) -> Result<Vec<Value>, String> {
    let mut documents = documents.to_vec();
    let mut found = Vec::new();
    for template in pods::with_image(&documents, digest, &Value::Null)? {
        let value = template.value(&mut documents).ok_or(BY_HAND)?;
        let items = current(value)?;
        let items = items.split(',').map(str::trim_ascii);
        let envelopes = items.filter(|item| !item.is_empty()).map(|item| {
            let bytes = identity::decode(item).unwrap_or_default();
            serde_json::from_slice(&bytes).unwrap_or_else(|_| json!({"kind": "ATTESTATION"}))
        });
        found.extend(envelopes);
    }
    Ok(found)
}

/// Like [`add`], for the text of a file.
///
/// # Errors
///
/// Says what is wrong with it, and what to do.
pub(crate) fn add_to(
    text: &str,
    entry: &Entry,
    digest: &Digest,
    workloads: &Value,
) -> Result<(String, Change), String> {
    if !identity::is_envelope(&entry.document) {
        return Err("an annotation holds only DSSE envelopes; sign with --envelope".into());
    }
    let yaml = Yaml::parse("", text)?;
    let mut expected = yaml.values();
    let mut edits = Vec::new();
    let mut change = Change::Unchanged;
    for template in pods::with_image(&expected, digest, workloads)? {
        let value = template.value(&mut expected).ok_or(BY_HAND)?;
        let Some((new, own)) = joined(&current(value)?, entry)? else {
            continue;
        };
        let new = Value::from(new);
        annotate(value, new.clone())?;
        let target = template.target(&yaml).ok_or(BY_HAND)?;
        let splice = Splice::new(&yaml.source).indenting_like(target.node);
        let edit = splice.set(target, &PATH, &new);
        edits.extend(edit.map_err(|problem| format!("{problem}; {BY_HAND}"))?);
        change = change.max(own);
    }
    let text = apply(text, edits);
    match Yaml::parse("", &text) {
        Ok(again) if again.values() == expected => Ok((text, change)),
        _ => Err(format!(
            "the annotation cannot be added without changing other parts; {BY_HAND}"
        )),
    }
}

const PATH: [&str; 3] = ["metadata", "annotations", ANNOTATION];

const BY_HAND: &str = "print it with `--format annotation` and add it manually";

/// The items with one more, and what became of them; `None` where it is one of them.
fn joined(items: &str, entry: &Entry) -> Result<Option<(String, Change)>, String> {
    let items = items.split(',').map(str::trim_ascii);
    let mut items: Vec<_> = items.filter(|item| !item.is_empty()).collect();
    // An item that cannot be read is equal to no other, and stays.
    let decoded = |item: &&str| serde_json::from_slice(&identity::decode(item)?).ok();
    let documents: Vec<Value> = items
        .iter()
        .map(|item| decoded(item).unwrap_or_default())
        .collect();
    let place = Place::among(documents.iter(), &entry.document);
    let own = STANDARD.encode(entry.document.to_string());
    match place {
        Place::Same => return Ok(None),
        Place::InsteadOf(index) => {
            if let Some(item) = items.get_mut(index) {
                *item = &own;
            }
        }
        Place::Last => {
            let max = Budget::DEFAULT.annotation_items;
            if items.len() >= max {
                return Err(full(max, "an obsolete one from the annotation"));
            }
            room_for_image(documents.iter(), entry)?;
            items.push(&own);
        }
    }
    Ok(Some((items.join(","), place.change())))
}

/// Returns the annotation of a template.
fn current(template: &Value) -> Result<String, String> {
    let annotation = PATH.iter().try_fold(template, |value, key| value.get(key));
    match annotation {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(format!("the annotation {ANNOTATION} is not a text")),
    }
}

/// Sets the annotation of a template.
fn annotate(template: &mut Value, text: Value) -> Result<(), String> {
    let mut value = template;
    for key in ["metadata", "annotations"] {
        let fields = value.as_object_mut().ok_or("it is not a mapping")?;
        value = fields.entry(key).or_insert(Value::Null);
        if value.is_null() {
            *value = Value::Object(Map::new());
        }
        if !value.is_object() {
            return Err(format!("`{key}` is not a mapping"));
        }
    }
    let annotations = value
        .as_object_mut()
        .ok_or("`annotations` is not a mapping")?;
    annotations.insert(ANNOTATION.to_owned(), text);
    let length = |value: &Value| value.as_str().map_or(0, str::len);
    let bytes = annotations.iter().fold(0_usize, |sum, (key, value)| {
        sum.saturating_add(key.len()).saturating_add(length(value))
    });
    if bytes <= MAX_BYTES {
        Ok(())
    } else {
        Err(format!(
            "the annotations would have {bytes} bytes, and Kubernetes allows {MAX_BYTES}; remove obsolete \
             attestations from the annotation {ANNOTATION}"
        ))
    }
}

#[cfg(test)]
mod tests;
