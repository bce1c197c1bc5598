//! Image manifests and indexes, with the fields that Kubewarden's registry client keeps. It parses a
//! manifest and writes it anew, so a policy never sees anything else.

use alloc::collections::BTreeMap;
use serde::{Deserialize, Serialize};

/// A manifest or an index
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Manifest {
    schema_version: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    config: Option<Descriptor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    layers: Option<Vec<Descriptor>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    manifests: Option<Vec<Descriptor>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<Descriptor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    artifact_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<BTreeMap<String, String>>,
}

/// A descriptor, without embedded `data`
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor {
    pub(super) media_type: String,
    pub(super) digest: String,
    size: i64,
    /// In an index; the host does not keep it
    #[serde(skip_serializing)]
    pub(super) artifact_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    urls: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) annotations: Option<BTreeMap<String, String>>,
}

const IMAGES: [&str; 2] = [
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
];

const INDEXES: [&str; 2] = [
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.index.v1+json",
];

impl Manifest {
    /// Reads one, in either form.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let manifest: Self = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if manifest.schema_version != 2 {
            let version = manifest.schema_version;
            return Err(format!("unsupported schema version: {version}"));
        }
        if let Some(media_type) = &manifest.media_type
            && !IMAGES.contains(&media_type.as_str())
            && !INDEXES.contains(&media_type.as_str())
        {
            return Err(format!("unsupported media type: {media_type}"));
        }
        let is_image = manifest.config.is_some() && manifest.layers.is_some();
        if is_image || manifest.manifests.is_some() {
            Ok(manifest)
        } else {
            Err("neither an image (`config` and `layers`) nor an index (`manifests`)".into())
        }
    }

    /// Returns the layers of an image.
    pub(super) fn layers(&self) -> &[Descriptor] {
        self.layers.as_deref().unwrap_or_default()
    }

    /// Whether its `subject` has this digest.
    pub(super) fn is_about(&self, digest: &str) -> bool {
        let subject = self.subject.as_ref();
        subject.is_some_and(|subject| subject.digest == digest)
    }

    /// Returns the type of an artifact; empty if it has none. Manifests before OCI 1.1 have it in `config`.
    pub(super) fn artifact_type(&self) -> &str {
        let config = self.config.as_ref().map(|config| &config.media_type);
        self.artifact_type
            .as_ref()
            .or(config)
            .map_or("", String::as_str)
    }

    /// Returns the manifests of an index.
    pub(super) fn into_listed(self) -> Vec<Descriptor> {
        self.manifests.unwrap_or_default()
    }

    /// Whether an index lists it.
    pub(super) fn lists(&self, digest: &str) -> bool {
        let mut listed = self.manifests.iter().flatten();
        listed.any(|descriptor| descriptor.digest == digest)
    }
}

impl Descriptor {
    /// Whether it says of itself that it is an index.
    pub(super) fn is_index(&self) -> bool {
        INDEXES.contains(&self.media_type.as_str())
    }
}
