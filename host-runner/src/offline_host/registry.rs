//! An OCI image layout that stands for all registries.

mod referrers;
mod verify;

use alloc::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::manifest::{Descriptor, Manifest};
use super::reference::{Reference, is_digest};
use super::{Failure, OfflineHostError};
use crate::terminal::printable;
use crate::terminal::shown;

/// The manifests of an image layout, by the references that its index gives them
#[derive(Debug)]
pub struct Registry {
    folder: PathBuf,
    /// From references with a tag and without a digest
    tags: BTreeMap<String, String>,
    /// For each repository its manifests, and which of them are indexes
    held: BTreeMap<String, BTreeMap<String, bool>>,
    /// Manifests without a name that may be referrers with Sigstore bundles
    unnamed: Vec<String>,
}

/// Required form of `org.opencontainers.image.ref.name`
const FULL_REFERENCE: &str = "a full reference such as `registry.example/app:1`; `skopeo copy SOURCE \
                              oci:DIR:registry.example/app:1` writes it";

/// The annotation that gives a manifest its name
pub(crate) const REFERENCE: &str = "org.opencontainers.image.ref.name";

/// That of the registries.
const MAX_MANIFEST: u64 = 4 << 20;

/// An index lists a manifest in some hundred bytes.
const MAX_INDEX: u64 = 256 << 20;

impl Registry {
    /// Reads the index of a layout: each manifest that has an annotation with a full reference can
    /// be asked for.
    ///
    /// # Errors
    ///
    /// The directory is not an image layout, or its index is inconsistent.
    pub fn open(folder: &Path) -> Result<Self, OfflineHostError> {
        OfflineHostError::unless_folder(folder)?;
        let marker = folder.join("oci-layout");
        let version = read_file(&marker, MAX_MANIFEST).and_then(|marker| {
            let marker: Value = serde_json::from_slice(&marker)?;
            Ok(marker
                .get("imageLayoutVersion")
                .cloned()
                .unwrap_or_default())
        });
        match version {
            Ok(Value::String(version)) if version.starts_with("1.") => {}
            Ok(_) => {
                return Err(wrong(
                    &marker,
                    "expected `{\"imageLayoutVersion\": \"1.0.0\"}`",
                ));
            }
            Err(error) => return Err(wrong(&marker, &format!("no OCI image layout: {error}"))),
        }
        let path = folder.join("index.json");
        let index = read_file(&path, MAX_INDEX).map_err(|error| error.to_string());
        let index = index.and_then(|bytes| Manifest::parse(&bytes));
        let index = index.map_err(|problem| wrong(&path, &problem))?;
        let mut registry = Self {
            folder: folder.to_owned(),
            tags: BTreeMap::new(),
            held: BTreeMap::new(),
            unnamed: Vec::new(),
        };
        for descriptor in index.into_listed() {
            let added = registry.add(&descriptor);
            added.map_err(|problem| wrong(&path, &problem))?;
        }
        Ok(registry)
    }

    /// Adds a manifest. Without a name, it can only be found as a referrer.
    fn add(&mut self, descriptor: &Descriptor) -> Result<(), String> {
        let digest = &descriptor.digest;
        let Some(name) = descriptor
            .annotations
            .as_ref()
            .and_then(|all| all.get(REFERENCE))
        else {
            if referrers::may_have_bundle(descriptor) {
                self.unnamed.push(digest.clone());
            }
            return Ok(());
        };
        let reference = match Reference::parse(name) {
            Ok(reference) if name.contains('/') => reference,
            _ => return Err(format!("{REFERENCE} `{name}` has to be {FULL_REFERENCE}")),
        };
        if !is_digest(digest) {
            return Err(format!(
                "`{name}` has the digest `{digest}`; only sha256 is supported"
            ));
        }
        match reference.digest() {
            Some(own) if own != digest.as_str() => {
                return Err(format!("`{name}` is the name of the manifest {digest}"));
            }
            Some(_) => {}
            None => {
                let before = self.tags.insert(reference.to_string(), digest.clone());
                if before.is_some_and(|before| before != *digest) {
                    return Err(format!(
                        "`{name}` is the name of two manifests; keep one of the two"
                    ));
                }
            }
        }
        let held = self.held.entry(reference.repository()).or_default();
        held.insert(digest.clone(), descriptor.is_index());
        Ok(())
    }

    /// Answers `v1/manifest_digest`.
    pub(super) fn digest(&self, image: &str) -> Result<String, Failure> {
        let (digest, _) = self.find(image)?;
        Ok(json!({"digest": digest}).to_string())
    }

    /// Answers `v1/oci_manifest`.
    pub(super) fn manifest(&self, image: &str) -> Result<String, Failure> {
        let (digest, bytes) = self.find(image)?;
        let manifest = self.parse(&digest, &bytes)?;
        serde_json::to_string(&manifest).map_err(|error| Failure::new(error.to_string()))
    }

    /// The manifest that a reference names, and its digest.
    fn find(&self, image: &str) -> Result<(String, Vec<u8>), Failure> {
        let reference = Reference::parse(image).map_err(Failure::new)?;
        let digest = match reference.digest() {
            None => self.tags.get(&reference.to_string()).cloned(),
            Some(digest) if self.holds(&reference.repository(), digest)? => Some(digest.to_owned()),
            Some(_) => None,
        };
        let digest = digest.ok_or_else(|| unknown(&reference))?;
        let bytes = self.blob(&digest)?;
        Ok((digest, bytes))
    }

    /// Whether a repository has a manifest: under a name, or in an index that has a name.
    fn holds(&self, repository: &str, digest: &str) -> Result<bool, Failure> {
        let Some(held) = self.held.get(repository) else {
            return Ok(false);
        };
        if held.contains_key(digest) {
            return Ok(true);
        }
        for (index, _) in held.iter().filter(|(_, is_index)| **is_index) {
            if self.parse(index, &self.blob(index)?)?.lists(digest) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn parse(&self, digest: &str, bytes: &[u8]) -> Result<Manifest, Failure> {
        let path = self.path(digest);
        Manifest::parse(bytes)
            .map_err(|problem| Failure::new(format!("`{}`: {problem}", shown(&path))))
    }

    /// Reads a blob and checks that it is what its name says.
    pub(crate) fn blob(&self, digest: &str) -> Result<Vec<u8>, Failure> {
        if !is_digest(digest) {
            return Err(Failure::new(format!(
                "a blob has the digest `{}`; only sha256 is supported",
                printable(digest)
            )));
        }
        let path = self.path(digest);
        let failure = |problem: String| Failure::new(format!("`{}`: {problem}", shown(&path)));
        let bytes = read_file(&path, MAX_MANIFEST).map_err(|error| failure(error.to_string()))?;
        let hex: String = Sha256::digest(&bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        if digest == format!("sha256:{hex}") {
            Ok(bytes)
        } else {
            Err(failure(format!(
                "its content has the digest sha256:{hex}, not {digest}"
            )))
        }
    }

    /// Returns the path of a blob; the digest has to be valid.
    pub(crate) fn path(&self, digest: &str) -> PathBuf {
        let name = digest.trim_start_matches("sha256:");
        self.folder.join("blobs/sha256").join(name)
    }
}

/// The error of Kubewarden's registry client for an unknown manifest. The text in the brackets is the
/// registry's; most use this one.
fn unknown(reference: &Reference) -> Failure {
    let cause = format!(
        "Registry error: url {}, envelope: OCI API errors: [OCI API error: manifest unknown]",
        reference.url()
    );
    Failure::new(format!("Fail to interact with OCI registry: {cause}")).caused_by(cause)
}

fn wrong(path: &Path, problem: &str) -> OfflineHostError {
    OfflineHostError::Layout {
        path: shown(path),
        problem: problem.to_owned(),
    }
}

fn read_file(path: &Path, max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let length = File::open(path)?
        .take(max.saturating_add(1))
        .read_to_end(&mut bytes)?;
    if u64::try_from(length).is_ok_and(|length| length <= max) {
        Ok(bytes)
    } else {
        let message = format!("longer than {max} bytes");
        Err(io::Error::new(io::ErrorKind::FileTooLarge, message))
    }
}

#[cfg(test)]
mod tests;
