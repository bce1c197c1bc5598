//! Attestations in an OCI image layout: referrers that are Sigstore bundles, and annotations of our own manifests.

use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use policy_wasm::attestation::media_type::SIGSTORE_BUNDLE;
use serde_json::Value;

use crate::attest::store::registry::PREFIX;
use crate::fields::{list, text};
use crate::inputs;
use crate::offline_host::Registry;

/// All attestations of a layout, in the order of its index.
pub(super) fn attestations(folder: &Path) -> Result<Vec<Value>> {
    let registry = Registry::open(folder)?;
    let path = folder.join("index.json");
    let (_, documents) = inputs::documents(&path)?;
    let index = documents.first().context("`index.json` is empty")?;
    let mut found = Vec::new();
    for listed in list(index, "manifests") {
        let manifest = blob(&registry, listed)?;
        // Referrers are in an index of their own where a registry has no referrers API.
        for below in list(&manifest, "manifests") {
            if is_bundle(below) {
                found.extend(held(&registry, &blob(&registry, below)?)?);
            }
        }
        found.extend(held(&registry, &manifest)?);
    }
    Ok(found)
}

/// The attestations of one manifest
fn held(registry: &Registry, manifest: &Value) -> Result<Vec<Value>> {
    let annotations = manifest.get("annotations").and_then(Value::as_object);
    let own = annotations.into_iter().flatten();
    let own = own.filter(|(key, _)| key.starts_with(PREFIX));
    let own = own.filter_map(|(_, value)| serde_json::from_str(value.as_str()?).ok());
    let mut found: Vec<_> = own.collect();
    let layers = list(manifest, "layers").iter();
    for layer in layers.filter(|layer| text(layer, "mediaType").starts_with(SIGSTORE_BUNDLE)) {
        found.push(blob(registry, layer)?);
    }
    Ok(found)
}

fn is_bundle(descriptor: &Value) -> bool {
    text(descriptor, "artifactType").starts_with(SIGSTORE_BUNDLE)
}

/// The content of a descriptor. Layers of images are not read.
fn blob(registry: &Registry, descriptor: &Value) -> Result<Value> {
    let digest = text(descriptor, "digest");
    let bytes = registry.blob(digest);
    let bytes = bytes.map_err(|failure| anyhow!(failure.message().to_owned()))?;
    serde_json::from_slice(&bytes).with_context(|| format!("`{digest}` is not JSON"))
}
