//! The images that run, whatever their outcome: where they run, and who has attested them.

use alloc::collections::{BTreeMap, BTreeSet};

use super::{Judged, increment};

/// Images by name
#[derive(Debug, Default)]
pub(crate) struct Inventory(BTreeMap<String, Running>);

/// An image
#[derive(Debug, Default)]
pub(crate) struct Running {
    pub(crate) objects: usize,
    /// Number of objects in each namespace
    pub(crate) namespaces: BTreeMap<String, usize>,
    pub(crate) attested: BTreeSet<Attested>,
}

/// An attestation that counts
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Attested {
    /// Name of the attestor
    pub(crate) attestor: String,
    /// Id of the key, or the identity
    pub(crate) by: String,
    /// Source of the attestation
    pub(crate) source: String,
}

impl Inventory {
    /// Adds the images of an object; images beyond the limit are left out.
    pub(super) fn add(&mut self, object: &Judged, limit: usize) {
        for name in &object.images {
            if !self.0.contains_key(name) && self.0.len() >= limit {
                continue;
            }
            let running = self.0.entry(name.clone()).or_default();
            increment(&mut running.objects);
            let namespace = running.namespaces.entry(object.namespace.clone());
            increment(namespace.or_default());
            let attested = object.attested.iter().filter(|(image, _)| image == name);
            running
                .attested
                .extend(attested.map(|(_, one)| one.clone()));
        }
    }

    /// The images by name.
    pub(crate) fn images(&self) -> impl Iterator<Item = (&str, &Running)> {
        self.0
            .iter()
            .map(|(name, running)| (name.as_str(), running))
    }
}
