//! Simple-signing payloads of the wanted images, for bundles that have only the digest of what was signed.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::OnceCell;

use super::Wanted;
use crate::attestation::simple_signing;
use crate::digest::Digest;

/// The payloads that cosign may have signed for any wanted image
#[derive(Debug, Default)]
pub(super) struct Payloads {
    /// Digests and repositories
    images: Vec<(Digest, String)>,
    /// All payloads by their digests, built for the first bundle that needs one
    known: OnceCell<BTreeMap<Digest, String>>,
}

impl Payloads {
    pub(super) fn new<'w>(wanted: impl Iterator<Item = &'w Wanted<'w>>) -> Self {
        let images = wanted.map(|one| (one.digest, one.reference.repository().into_owned()));
        Self {
            images: images.collect(),
            known: OnceCell::new(),
        }
    }

    /// Returns the payload with this digest.
    pub(super) fn find(&self, digest: Digest) -> Option<&str> {
        let known = self.known.get_or_init(|| {
            let images = self.images.iter();
            let payloads = images.flat_map(|(image, repository)| {
                simple_signing::payloads(*image, &crate::set([repository.clone()]))
            });
            // One by one: collected, a map would bring code that sorts.
            let mut known = BTreeMap::new();
            known.extend(payloads);
            known
        });
        known.get(&digest).map(String::as_str)
    }
}
