//! `v1/sigstore_bundles`, a call that Kubewarden lacks: the Sigstore bundles among the referrers of an image
//! (<https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers>).
//!
//! In a layout, these are manifests whose `subject` is the image: listed in `index.json`, or in the index under the tag
//! `sha256-<hex>` that registries without the referrers API have.

use alloc::collections::BTreeSet;

use policy_wasm::attestation::media_type::SIGSTORE_BUNDLE;

use super::super::Failure;
use super::super::manifest::{Descriptor, Manifest};
use super::super::reference::Reference;
use super::Registry;

/// One more than the policy reads, so that it notices that there are too many.
const MAX_BUNDLES: usize = 101;

impl Registry {
    /// Answers with a JSON list of texts, each the blob of a bundle.
    ///
    /// # Errors
    ///
    /// The reference has no digest, or a blob is missing, longer than 4 MiB, or has another digest.
    pub(in crate::offline_host) fn bundles(&self, image: &str) -> Result<String, Failure> {
        let reference = Reference::parse(image).map_err(Failure::new)?;
        let Some(digest) = reference.digest() else {
            return Err(Failure::new("referrers are listed for a digest"));
        };
        let mut texts = Vec::new();
        for referrer in self.possible_referrers(&reference.repository(), digest)? {
            let bytes = self.blob(&referrer)?;
            // A blob that is no manifest names no subject.
            let manifest = Manifest::parse(&bytes).ok();
            let is_wanted = |manifest: &Manifest| {
                manifest.is_about(digest) && manifest.artifact_type().starts_with(SIGSTORE_BUNDLE)
            };
            let Some(manifest) = manifest.filter(is_wanted) else {
                continue;
            };
            for layer in manifest.layers() {
                if texts.len() < MAX_BUNDLES {
                    let blob = self.blob(&layer.digest)?;
                    texts.push(String::from_utf8_lossy(&blob).into_owned());
                }
            }
        }
        serde_json::to_string(&texts).map_err(|error| Failure::new(error.to_string()))
    }

    /// The digests of manifests that may be referrers of the image with a bundle. Those without a name may belong to any
    /// repository.
    fn possible_referrers(
        &self,
        repository: &str,
        digest: &str,
    ) -> Result<BTreeSet<String>, Failure> {
        let named = self.held.get(repository).into_iter().flatten();
        let images = named.filter(|(_, is_index)| !**is_index);
        let mut found: BTreeSet<_> = images.map(|(digest, _)| digest.clone()).collect();
        found.extend(self.unnamed.iter().cloned());
        let fallback = format!("{repository}:{}", digest.replace(':', "-"));
        if let Some(index) = self.tags.get(&fallback) {
            let index = self.parse(index, &self.blob(index)?)?;
            let listed = index.into_listed();
            let bundles = listed.into_iter().filter(may_have_bundle);
            found.extend(bundles.map(|descriptor| descriptor.digest));
        }
        Ok(found)
    }
}

/// Whether the manifest may have a bundle, as far as its descriptor says. Many descriptors do not state the type.
pub(super) fn may_have_bundle(descriptor: &Descriptor) -> bool {
    let stated = descriptor.artifact_type.as_deref();
    !descriptor.is_index() && stated.is_none_or(|stated| stated.starts_with(SIGSTORE_BUNDLE))
}

#[cfg(test)]
mod tests;
