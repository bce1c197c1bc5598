//! Objects of the kind `Attestation`, one for each image in the namespace of a note: in files that
//! `kubectl apply` takes, and that `evaluate --kubernetes` reads.

use std::path::{Path, PathBuf};

use policy_wasm::digest::Digest;
use serde_json::{Map, Value, json};

use super::list::{Added, List, has_comments};
use super::{Change, Entry, StoreError, Yaml, create_folder, read, refuse_link, write};
use crate::emit::printable;
use crate::inputs::{self, shown};
use crate::yaml;

const API_VERSION: &str = policy_lint::ATTESTATION.0;
const KIND: &str = policy_lint::ATTESTATION.1;

/// As the definition of the kind has it.
const MAX_ATTESTATIONS: usize = 16;

const ATTESTATIONS: List<'static> = List {
    document: 0,
    path: &["spec", "attestations"],
};

/// What the server writes into an object. An old `resourceVersion` would make it refuse the next one.
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
    json!({
        "apiVersion": API_VERSION,
        "kind": KIND,
        "metadata": {"name": digest.as_name(), "namespace": namespace},
        "spec": {"attestations": attestations},
    })
}

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
        None => {
            let object = resource(
                namespace,
                &entry.digest,
                core::slice::from_ref(&entry.document),
            );
            (Change::Added, yaml::document(&object))
        }
        Some(text) => in_yaml(&text, namespace, &name, entry)
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
                "it is not the object `{KIND}` {namespace}/{name} of {API_VERSION}, and nothing else may be in this file"
            ));
        }
    }
    let added = ATTESTATIONS.add(documents, entry, MAX_ATTESTATIONS)?;
    if added.change() == Change::Unchanged {
        return Ok((Change::Unchanged, text.to_owned()));
    }
    let spliced = ATTESTATIONS.splice(&yaml, &added, entry);
    let text = match (without_server(&added), spliced) {
        (None, Some(spliced)) => spliced,
        (cleaned, _) if !has_comments(text) => {
            let document = cleaned.or_else(|| added.documents.first().cloned());
            yaml::document(&document.unwrap_or_default())
        }
        _ => return Err("its comments would be lost; move them elsewhere".into()),
    };
    Ok((added.change(), text))
}

/// The object without what the server has written into it, where there is such.
fn without_server(added: &Added) -> Option<Value> {
    let mut object = added.documents.first()?.clone();
    let metadata = object.get_mut("metadata")?.as_object_mut()?;
    let before = metadata.len();
    metadata.retain(|key, _| !WRITTEN_BY_SERVER.contains(&key.as_str()));
    let is_cleaned = metadata.len() < before;
    is_cleaned.then_some(object)
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
                "`{KIND}` {namespace}/{name} is in this file already; move it to `{}`",
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

/// As namespaces are named (RFC 1123), which is also what may become the name of a folder.
fn is_dns_label(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&text.len())
        && text.bytes().all(is_inner)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

#[cfg(test)]
mod tests;
