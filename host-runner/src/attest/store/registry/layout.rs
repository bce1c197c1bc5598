//! The files of an OCI image layout.

use std::fs;
use std::path::{Path, PathBuf};

use policy_wasm::digest::Digest;
use serde_json::{Value, json};

use super::super::{StoreError, create_folder, refuse_link, write};
use crate::inputs;
use crate::offline_host::{Failure, LAYOUT_REFERENCE, Reference, Registry};

pub(super) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// The descriptor of a blob that has nothing to say.
pub(super) fn empty() -> Value {
    descriptor("application/vnd.oci.empty.v1+json", EMPTY)
}

const EMPTY: &[u8] = b"{}";

/// A layout, or a folder that will be one
#[derive(Debug)]
pub(super) struct Layout {
    folder: PathBuf,
    /// None where there is none yet
    registry: Option<Registry>,
    index: Value,
}

impl Layout {
    /// Reads a layout; a folder that is empty or missing may become one.
    ///
    /// # Errors
    ///
    /// The folder is something else, or the layout is inconsistent.
    pub(super) fn open(folder: &Path) -> Result<Self, StoreError> {
        let is_new = match fs::read_dir(folder) {
            Ok(mut entries) => entries.next().is_none(),
            Err(_) => !folder.exists(),
        };
        let folder = folder.to_owned();
        if is_new {
            return Ok(Self {
                folder,
                registry: None,
                index: json!({
                    "schemaVersion": 2,
                    "mediaType": "application/vnd.oci.image.index.v1+json",
                    "manifests": [],
                }),
            });
        }
        refuse_links(&folder)?;
        let registry = Registry::open(&folder)?;
        let path = folder.join("index.json");
        let (_, mut documents) = inputs::documents(&path)?;
        let index = documents.pop().unwrap_or_default();
        if !index.get("manifests").is_some_and(Value::is_array) {
            return Err(StoreError::refused(&path, "it lists no manifests"));
        }
        Ok(Self {
            folder,
            registry: Some(registry),
            index,
        })
    }

    /// The manifest of a name.
    ///
    /// # Errors
    ///
    /// The manifest is listed but missing.
    pub(super) fn manifest(&self, name: &str) -> Result<Option<Value>, StoreError> {
        let digest = self.listed().find(|listed| is_named(listed, name));
        let (Some(digest), Some(registry)) = (digest.map(digest_of), &self.registry) else {
            return Ok(None);
        };
        let failed = |failure: &Failure| StoreError::refused(&self.folder, failure.message());
        let bytes = registry.blob(digest).map_err(|failure| failed(&failure))?;
        serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| StoreError::refused(&registry.path(digest), error.to_string()))
    }

    /// The descriptor of an image, where the index lists it, as another manifest may refer to it.
    pub(super) fn subject(&self, digest: &Digest) -> Option<Value> {
        let digest = digest.to_string();
        let image = self.listed().find(|listed| digest_of(listed) == digest)?;
        let (media_type, size) = (image.get("mediaType")?, image.get("size")?);
        Some(json!({"mediaType": media_type, "digest": digest, "size": size}))
    }

    /// Gives a name to a manifest. The one that had it goes, unless something else refers to it.
    ///
    /// # Errors
    ///
    /// A file cannot be written.
    pub(super) fn put(
        mut self,
        name: &str,
        artifact_type: &str,
        manifest: &[u8],
    ) -> Result<(), StoreError> {
        let new = descriptor(MANIFEST, manifest);
        let (digest, size) = (digest_of(&new).to_owned(), new.get("size").cloned());
        let mut old = None;
        if let Some(manifests) = self
            .index
            .get_mut("manifests")
            .and_then(Value::as_array_mut)
        {
            for listed in manifests.iter_mut().filter(|listed| is_named(listed, name)) {
                old = Some(digest_of(listed).to_owned());
                if let Some(fields) = listed.as_object_mut() {
                    fields.insert("digest".into(), digest.clone().into());
                    fields.insert("size".into(), size.clone().unwrap_or_default());
                }
            }
            if old.is_none() {
                manifests.push(json!({
                    "mediaType": MANIFEST,
                    "artifactType": artifact_type,
                    "digest": digest,
                    "size": size,
                    "annotations": {LAYOUT_REFERENCE: name},
                }));
            }
        }
        self.write_blob(EMPTY)?;
        self.write_blob(manifest)?;
        if self.registry.is_none() {
            let marker = self.folder.join("oci-layout");
            write(&marker, br#"{"imageLayoutVersion":"1.0.0"}"#)?;
        }
        let index = self.index.to_string();
        write(&self.folder.join("index.json"), index.as_bytes())?;
        if let Some(old) = old.filter(|old| *old != digest) {
            self.discard(&old);
        }
        Ok(())
    }

    fn listed(&self) -> impl Iterator<Item = &Value> {
        let listed = self.index.get("manifests").and_then(Value::as_array);
        listed.into_iter().flatten()
    }

    fn write_blob(&self, content: &[u8]) -> Result<(), StoreError> {
        let digest = Digest::of(content).to_string();
        let is_there = |registry: &Registry| registry.blob(&digest).is_ok();
        if self.registry.as_ref().is_some_and(is_there) {
            return Ok(());
        }
        let blobs = self.folder.join("blobs/sha256");
        create_folder(&blobs)?;
        let path = blobs.join(digest.trim_start_matches("sha256:"));
        refuse_link(&path)?;
        write(&path, content)
    }

    /// Removes a manifest that nothing refers to any more. One that stays does no harm.
    fn discard(&self, digest: &str) {
        if let Some(registry) = &self.registry
            && !self.refers_to(registry, digest)
        {
            let _ = fs::remove_file(registry.path(digest));
        }
    }

    /// Whether anything that can be reached refers to a blob, as far as all of it can be read.
    fn refers_to(&self, registry: &Registry, digest: &str) -> bool {
        let mut seen = Vec::new();
        let mut open: Vec<String> = self.listed().map(|one| digest_of(one).to_owned()).collect();
        while let Some(next) = open.pop() {
            if next == digest {
                return true;
            }
            if seen.contains(&next) {
                continue;
            }
            let Ok(bytes) = registry.blob(&next) else {
                return true;
            };
            let manifest: Value = serde_json::from_slice(&bytes).unwrap_or_default();
            // As part of an image, as subject, or as one of several.
            if manifest.to_string().contains(digest) {
                return true;
            }
            let listed = manifest.get("manifests").and_then(Value::as_array);
            open.extend(
                listed
                    .into_iter()
                    .flatten()
                    .map(|one| digest_of(one).to_owned()),
            );
            seen.push(next);
        }
        false
    }
}

/// Rejects links: a link in a foreign layout could overwrite any file.
fn refuse_links(folder: &Path) -> Result<(), StoreError> {
    ["oci-layout", "index.json", "blobs", "blobs/sha256"]
        .iter()
        .try_for_each(|part| refuse_link(&folder.join(part)))
}

/// Returns the descriptor of a blob.
fn descriptor(media_type: &str, content: &[u8]) -> Value {
    json!({
        "mediaType": media_type,
        "digest": Digest::of(content).to_string(),
        "size": content.len(),
    })
}

fn digest_of(descriptor: &Value) -> &str {
    crate::fields::text(descriptor, "digest")
}

/// Whether a listed manifest has a name, however that is spelled.
fn is_named(listed: &Value, name: &str) -> bool {
    let own = listed
        .get("annotations")
        .map(|annotations| crate::fields::text(annotations, LAYOUT_REFERENCE));
    let reference = Reference::parse(name);
    reference.is_ok() && own.is_some_and(|own| Reference::parse(own) == reference)
}
