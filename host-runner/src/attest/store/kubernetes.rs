//! Objects of the kind `Attestation`, one for each image in the namespace of a note: in files that
//! `kubectl apply` takes, and that `evaluate --kubernetes` reads.

use std::path::{Path, PathBuf};

use policy_lint::is_dns_label;
use policy_wasm::digest::Digest;
use serde_json::{Map, Value, json};

use super::list::{Added, List, has_comments};
use super::{Change, Entry, Identity, StoreError, Yaml, create_folder, read, refuse_link, write};
use crate::inputs;
use crate::terminal::{printable, shown};
use crate::yaml;

const API_VERSION: &str = policy_lint::ATTESTATION.0;
const KIND: &str = policy_lint::ATTESTATION.1;

/// Limit in the definition of the kind
const MAX_ATTESTATIONS: usize = 16;

const ATTESTATIONS: List<'static> = List {
    document: 0,
    path: &["spec", "attestations"],
};

/// Fields that the server writes into an object. An outdated `resourceVersion` would make `kubectl apply` fail.
const WRITTEN_BY_SERVER: [&str; 6] = [
    "creationTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
];

/// The object with the attestations of one image.
pub(crate) fn resource(namespace: &str, digest: &Digest, attestations: &[Value]) -> Value {
    let attestations: Vec<_> = attestations.iter().map(named).collect();
    json!({
        "apiVersion": API_VERSION,
        "kind": KIND,
        "metadata": {"name": digest.as_name(), "namespace": namespace},
        "spec": {"attestations": attestations},
    })
}

/// An attestation with the key that tells it from others in the list: of the same signers for the same
/// payload it is the same. One that has a name, such as an occurrence of Google's, keeps it.
fn named(document: &Value) -> Value {
    match document {
        Value::Object(fields) if !fields.contains_key(LIST_KEY) => {
            let name = match Identity::of(document) {
                Some(identity) => identity.hex(),
                None => Identity::hex_of(document.to_string().as_bytes()),
            };
            let mut named = Map::new();
            named.insert(LIST_KEY.to_owned(), name.into());
            named.extend(fields.clone());
            Value::Object(named)
        }
        other => other.clone(),
    }
}

/// The key of the list `spec.attestations`, as the definition of the kind has it.
const LIST_KEY: &str = "name";

/// Adds an attestation to the object of its image in a folder of manifests: in
/// `<namespace>/sha256-<hex>.yaml`, which is returned.
///
/// # Errors
///
/// The file has something else in it, the object is in another file, has no room, or cannot be read
/// or written.
pub(crate) fn add(
    folder: &Path,
    namespace: &str,
    entry: &Entry,
) -> Result<(PathBuf, Change), StoreError> {
    if !is_dns_label(namespace) {
        let problem = format!("`{}` is not a namespace", printable(namespace));
        return Err(StoreError::refused(folder, problem));
    }
    let name = entry.digest.as_name();
    let home = folder.join(namespace);
    let path = home.join(format!("{name}.yaml"));
    refuse_link(&home)?;
    refuse_link(&path)?;
    refuse_elsewhere(folder, &path, namespace, &name)?;
    let (change, text) = match read(&path)? {
        // As it was stored before attestations had names.
        Some(text) if has_unnamed(&text, &entry.document) => (Change::Unchanged, text),
        None => {
            let object = resource(
                namespace,
                &entry.digest,
                core::slice::from_ref(&entry.document),
            );
            (Change::Added, yaml::document(&object))
        }
        Some(text) => in_yaml(&text, namespace, &name, &entry.with(named(&entry.document)))
            .map_err(|problem| StoreError::refused(&path, problem))?,
    };
    if change != Change::Unchanged {
        create_folder(&home)?;
        write(&path, &text)?;
    }
    Ok((path, change))
}

/// The text of an object with an attestation more.
fn in_yaml(
    text: &str,
    namespace: &str,
    name: &str,
    entry: &Entry,
) -> Result<(Change, String), String> {
    let yaml = Yaml::parse("", text)?;
    let documents = yaml.values();
    match documents.as_slice() {
        [Value::Object(object)] if is_object(object, namespace, name) => {}
        _ => {
            return Err(format!(
                "it must contain only the object `{KIND}` {namespace}/{name} of {API_VERSION}"
            ));
        }
    }
    let added = ATTESTATIONS.add(documents, entry, MAX_ATTESTATIONS)?;
    if added.change() == Change::Unchanged {
        return Ok((Change::Unchanged, text.to_owned()));
    }
    let spliced = ATTESTATIONS.splice(&yaml, &added, entry);
    let text = match (tidied(&added), spliced) {
        (None, Some(spliced)) => spliced,
        (cleaned, _) if !has_comments(text) => {
            let document = cleaned.or_else(|| added.documents.first().cloned());
            yaml::document(&document.unwrap_or_default())
        }
        _ => return Err("its comments would be lost; move them elsewhere".into()),
    };
    Ok((added.change(), text))
}

/// Whether an object has an attestation as it is, without a name.
fn has_unnamed(text: &str, document: &Value) -> bool {
    let documents = inputs::parse(text).unwrap_or_default();
    let lists = documents
        .iter()
        .filter_map(|one| one.pointer("/spec/attestations"));
    lists
        .filter_map(Value::as_array)
        .flatten()
        .any(|one| one == document)
}

/// The object without what the server has written into it, and with a name for each attestation where several
/// have none, which the server would take for one. `None` where neither is needed.
fn tidied(added: &Added) -> Option<Value> {
    let mut object = added.documents.first()?.clone();
    let metadata = object.get_mut("metadata")?.as_object_mut()?;
    let before = metadata.len();
    metadata.retain(|key, _| !WRITTEN_BY_SERVER.contains(&key.as_str()));
    let is_cleaned = metadata.len() < before;
    let items = object.pointer_mut("/spec/attestations")?.as_array_mut()?;
    let is_unnamed = |item: &&Value| item.is_object() && item.get(LIST_KEY).is_none();
    let are_unnamed = items.iter().filter(is_unnamed).count() > 1;
    if are_unnamed {
        for item in items {
            *item = named(item);
        }
    }
    (is_cleaned || are_unnamed).then_some(object)
}

/// Two files must not say what one object is.
fn refuse_elsewhere(
    folder: &Path,
    path: &Path,
    namespace: &str,
    name: &str,
) -> Result<(), StoreError> {
    if !folder.is_dir() {
        return Ok(());
    }
    let files = match inputs::files(folder) {
        Err(inputs::InputError::EmptyFolder(_)) => return Ok(()),
        files => files?,
    };
    for file in files.iter().filter(|file| *file != path) {
        // Most files are about other images.
        if !inputs::read(file)?.text.contains(name) {
            continue;
        }
        let objects = inputs::objects(file)?;
        if objects
            .iter()
            .any(|object| is_object(object, namespace, name))
        {
            let problem = format!(
                "`{KIND}` {namespace}/{name} is already in this file; move it to `{}`",
                shown(path)
            );
            return Err(StoreError::refused(file, problem));
        }
    }
    Ok(())
}

fn is_object(object: &Map<String, Value>, namespace: &str, name: &str) -> bool {
    let is =
        |value: Option<&Value>, expected: &str| value.and_then(Value::as_str) == Some(expected);
    let metadata = object.get("metadata");
    let of_metadata = |key| metadata.and_then(|metadata| metadata.get(key));
    is(object.get("apiVersion"), API_VERSION)
        && is(object.get("kind"), KIND)
        && is(of_metadata("name"), name)
        && is(of_metadata("namespace"), namespace)
}

#[cfg(test)]
mod tests;
