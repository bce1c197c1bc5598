//! OCI image layouts (<https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md>).

use alloc::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use policy_wasm::digest::Digest;
use serde_json::{Value, json};

use crate::output;

/// Media type of a manifest
pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// Media type of an index
pub(crate) const INDEX: &str = "application/vnd.oci.image.index.v1+json";

const REFERENCE: &str = "org.opencontainers.image.ref.name";
const MARKER: &str = r#"{"imageLayoutVersion":"1.0.0"}"#;

/// A layout that is written
#[derive(Debug)]
pub(crate) struct Layout {
    folder: PathBuf,
}

impl Layout {
    /// Begins a layout in a folder that is empty or missing.
    pub(crate) fn create(folder: &Path) -> Result<Self> {
        let is_new = !folder.exists() || output::names(folder)?.is_empty();
        ensure!(is_new, "`{}` is not empty", folder.display());
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    /// Writes a blob, and returns its descriptor.
    pub(crate) fn blob(&self, media_type: &str, content: &[u8]) -> Result<Value> {
        let digest = Digest::of(content).to_string();
        output::write(&blob_path(&self.folder, &digest)?, content)?;
        Ok(json!({
            "mediaType": media_type,
            "digest": digest,
            "size": content.len(),
        }))
    }

    /// Finishes the layout with one manifest or index under these names; returns its digest.
    pub(crate) fn finish(self, descriptor: &Value, names: &[String]) -> Result<String> {
        let mut manifests = Vec::new();
        for name in names {
            let mut named = descriptor.clone();
            if let Some(fields) = named.as_object_mut() {
                fields.insert("annotations".into(), json!({REFERENCE: name}));
            }
            manifests.push(named);
        }
        let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests});
        output::write(
            &self.folder.join("index.json"),
            canonical(&index)?.as_bytes(),
        )?;
        output::write(&self.folder.join("oci-layout"), MARKER.as_bytes())?;
        Ok(text(descriptor, "digest").to_owned())
    }
}

/// JSON without blanks, and with sorted keys.
pub(crate) fn canonical(value: &Value) -> Result<String> {
    Ok(match value {
        Value::Object(fields) => {
            let sorted: BTreeMap<_, _> = fields.iter().collect();
            let mut parts = Vec::new();
            for (key, value) in sorted {
                let key = serde_json::to_string(key)?;
                parts.push(format!("{key}:{}", canonical(value)?));
            }
            format!("{{{}}}", parts.join(","))
        }
        Value::Array(items) => {
            let items: Result<Vec<_>> = items.iter().map(canonical).collect();
            format!("[{}]", items?.join(","))
        }
        other => serde_json::to_string(other)?,
    })
}

/// A field that is a text; empty where it is not.
pub(crate) fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// A field that is a list; empty where it is not.
pub(crate) fn list<'v>(value: &'v Value, field: &str) -> &'v [Value] {
    let list = value.get(field).and_then(Value::as_array);
    list.map(Vec::as_slice).unwrap_or_default()
}

/// Reads the one thing that a layout holds: its descriptor, and the names that it has.
///
/// # Errors
///
/// The folder is no layout, or its names are of different things.
pub(crate) fn read_index(folder: &Path) -> Result<(Value, Vec<String>)> {
    let marker = output::read_text(&folder.join("oci-layout"))?;
    ensure!(marker == MARKER, "`oci-layout` has unexpected content");
    let index: Value = serde_json::from_str(&output::read_text(&folder.join("index.json"))?)?;
    let mut names = Vec::new();
    let mut found: Option<Value> = None;
    for listed in list(&index, "manifests") {
        let mut descriptor = listed.clone();
        if let Some(fields) = descriptor.as_object_mut()
            && let Some(annotations) = fields.shift_remove("annotations")
        {
            names.push(text(&annotations, REFERENCE).to_owned());
        }
        ensure!(
            found.as_ref().is_none_or(|found| *found == descriptor),
            "the layout holds more than one thing"
        );
        found = Some(descriptor);
    }
    Ok((found.context("the layout is empty")?, names))
}

/// Reads the blob of a descriptor.
///
/// # Errors
///
/// It is missing, or has another digest or size.
pub(crate) fn read_blob(folder: &Path, descriptor: &Value) -> Result<Vec<u8>> {
    let digest = text(descriptor, "digest");
    let content = output::read(&blob_path(folder, digest)?)?;
    ensure!(
        Digest::of(&content).to_string() == digest,
        "the blob `{digest}` has another digest"
    );
    let size = descriptor.get("size").and_then(Value::as_u64);
    ensure!(
        size == u64::try_from(content.len()).ok(),
        "the blob `{digest}` has another size"
    );
    Ok(content)
}

fn blob_path(folder: &Path, digest: &str) -> Result<PathBuf> {
    let hex = digest
        .strip_prefix("sha256:")
        .filter(|hex| hex.len() == 64 && hex.bytes().all(|digit| digit.is_ascii_hexdigit()))
        .with_context(|| format!("`{digest}` is not a SHA-256 digest"))?;
    Ok(folder.join("blobs").join("sha256").join(hex))
}
