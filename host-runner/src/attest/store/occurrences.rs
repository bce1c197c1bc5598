//! A file with a list of occurrences, as `gcloud container binauthz attestations list` prints it, or
//! settings with such a list in them.

use std::path::Path;

use serde_json::{Value, json};

use super::list::{Added, List, has_comments};
use super::{Change, Entry, StoreError, Yaml, read, write};
use crate::{inputs, yaml};

/// Adds an attestation to a file, which is JSON if its name ends so, and YAML otherwise.
///
/// # Errors
///
/// The file is something else, cannot be read or written, or has no room.
pub(crate) fn add(path: &Path, entry: &Entry) -> Result<Change, StoreError> {
    let text = read(path)?.unwrap_or_default();
    let is_json = path.extension().is_some_and(|ending| ending == "json");
    let (change, text) = if is_json {
        in_json(&text, entry)
    } else {
        in_yaml(&text, entry)
    }
    .map_err(|problem| StoreError::refused(path, problem))?;
    if change != Change::Unchanged {
        write(path, &text)?;
    }
    Ok(change)
}

fn in_json(text: &str, entry: &Entry) -> Result<(Change, String), String> {
    let mut documents = if text.trim().is_empty() {
        vec![json!([])]
    } else {
        inputs::parse(text).map_err(|error| error.to_string())?
    };
    let list = list_in(&documents)?;
    let added = list.add(core::mem::take(&mut documents), entry, usize::MAX)?;
    match added.documents.as_slice() {
        [document] => Ok((added.change(), format!("{document:#}\n"))),
        _ => Err(BY_HAND.into()),
    }
}

fn in_yaml(text: &str, entry: &Entry) -> Result<(Change, String), String> {
    let yaml = Yaml::parse("", text)?;
    if yaml.documents.is_empty() {
        // There may be comments.
        let separator = if text.is_empty() || text.ends_with('\n') {
            ""
        } else {
            "\n"
        };
        let list = yaml::document(&json!([entry.document]));
        return Ok((Change::Added, format!("{text}{separator}{list}")));
    }
    let list = list_in(&yaml.values())?;
    let added = list.add(yaml.values(), entry, usize::MAX)?;
    let text = list
        .splice(&yaml, &added, entry)
        .or_else(|| written_anew(list, text, &added));
    Ok((added.change(), text.ok_or(BY_HAND)?))
}

/// Whether a file contains only the list, so that it can be serialized again.
fn written_anew(list: List<'_>, text: &str, added: &Added) -> Option<String> {
    match added.documents.as_slice() {
        [document] if list.path.is_empty() && !has_comments(text) => Some(yaml::document(document)),
        _ => None,
    }
}

const BY_HAND: &str = "the occurrence cannot be added without changing other parts; print it with \
                       `--format occurrence` and add it manually";

const IN_SETTINGS: &[&str] = &["evidence", "occurrences"];
const IN_MANIFEST: &[&str] = &["spec", "settings", "evidence", "occurrences"];

/// Finds the list of occurrences in the documents of a file.
fn list_in(documents: &[Value]) -> Result<List<'static>, String> {
    let is_settings = |value: &Value| {
        ["evidence", "policy", "platformPolicies"]
            .iter()
            .any(|key| value.get(key).is_some())
    };
    let is_manifest = |value: &&Value| {
        let version = value.get("apiVersion").and_then(Value::as_str);
        version.is_some_and(|version| version.starts_with("policies.kubewarden.io/"))
    };
    if let [document] = documents {
        let is_occurrence = |item: &Value| item.is_object() && item.get("apiVersion").is_none();
        if document
            .as_array()
            .is_some_and(|items| items.iter().all(is_occurrence))
        {
            return Ok(List {
                document: 0,
                path: &[],
            });
        }
        if is_settings(document) && !is_manifest(&document) {
            return Ok(List {
                document: 0,
                path: IN_SETTINGS,
            });
        }
    }
    let has_settings = |value: &&Value| {
        is_manifest(value) && value.pointer("/spec/settings").is_some_and(is_settings)
    };
    match documents.iter().filter(has_settings).count() {
        0 => Err("expected a list of occurrences, or settings with `evidence.occurrences`".into()),
        1 => Ok(List {
            document: documents
                .iter()
                .position(|one| has_settings(&one))
                .unwrap_or_default(),
            path: IN_MANIFEST,
        }),
        _ => Err(
            "it has several policies; print the occurrence with `--format occurrence` and add it to \
             `spec.settings.evidence.occurrences` of the right ones"
                .into(),
        ),
    }
}

#[cfg(test)]
mod tests;
