//! `indexPolicy: platforms`. The manifest behind each digest that a document needs is looked up once; if it is an index,
//! the images that it lists are evaluated in place of it.

use alloc::vec::Vec;

use super::documents::{self, Documents};
use super::images::Image;
use crate::Budget;
use crate::decision::{Code, Reason};
use crate::digest::Digest;
use crate::evidence::{Lookups, Need};
use crate::oci::{self, Listed};
use crate::settings::Settings;

/// Lists the images of all indexes.
///
/// # Errors
///
/// `limit-exceeded`: more strict lookups than one request may cause.
#[inline(never)] // cold: see docs/performance.md#stack
pub(super) fn list(
    settings: &Settings<'_>,
    documents: &Documents<'_, '_>,
    images: &mut [Image<'_>],
    lookups: &mut Lookups<'_>,
    budget: &Budget,
) -> Result<(), Reason> {
    let mut manifests = Manifests::new(budget);
    for urgency in documents::URGENCIES {
        for (index, image) in images.iter_mut().enumerate() {
            let (Some(reference), Some(digest)) = (image.open(), image.digest()) else {
                continue;
            };
            if image.listed.is_some() || !documents.seeks_digest(urgency, index, image) {
                continue;
            }
            if let Err(reason) = settings.allows_registry(reference) {
                image.listed = Some(Err(reason));
                continue;
            }
            let repository = reference.normalized_repository();
            let need = Need::Manifest {
                reference: alloc::format!("{repository}@{digest}"),
            };
            image.look_up(&need, urgency, lookups, budget)?;
            image.listed = Some(manifests.listed(need, digest, lookups));
        }
    }
    Ok(())
}

/// The manifests of one request
struct Manifests<'b> {
    budget: &'b Budget,
    bytes_left: usize,
    images_left: usize,
    /// Each is verified once
    known: Vec<(Need, Result<Vec<Listed>, Reason>)>,
}

impl<'b> Manifests<'b> {
    const fn new(budget: &'b Budget) -> Self {
        Self {
            budget,
            bytes_left: budget.index_bytes,
            images_left: budget.listed_images,
            known: Vec::new(),
        }
    }

    /// Returns the images that a manifest lists. The limit on their number counts them for each image of the request.
    fn listed(
        &mut self,
        need: Need,
        digest: Digest,
        lookups: &Lookups<'_>,
    ) -> Result<Vec<Listed>, Reason> {
        let known = self.known.iter().find(|(known, _)| *known == need);
        let listed = match known {
            Some((_, listed)) => listed.clone(),
            None => {
                let listed = self.read(&need, digest, lookups);
                self.known.push((need, listed.clone()));
                listed
            }
        }?;
        let Some(left) = self.images_left.checked_sub(listed.len()) else {
            let what = "images listed by the indexes of one request";
            return Err(Reason::limit(what, self.budget.listed_images));
        };
        self.images_left = left;
        Ok(listed)
    }

    fn read(
        &mut self,
        need: &Need,
        digest: Digest,
        lookups: &Lookups<'_>,
    ) -> Result<Vec<Listed>, Reason> {
        if lookups.is_unavailable(need) {
            let message = "`indexPolicy` is `platforms`, but the host does not return manifests";
            return Err(Reason::new(Code::IndexUnavailable, message));
        }
        let answer = lookups.found(need, self.budget).map_err(unavailable)?;
        let answer = answer.ok_or_else(|| {
            let message = "The registry has no manifest with the image's digest in its repository";
            Reason::new(Code::IndexUnavailable, message)
        })?;
        let Some(left) = self.bytes_left.checked_sub(answer.text().len()) else {
            let what = "bytes in the manifests that `indexPolicy` reads";
            return Err(Reason::limit(what, self.budget.index_bytes));
        };
        self.bytes_left = left;
        oci::listed(answer, digest)
    }
}

fn unavailable(reason: Reason) -> Reason {
    if reason.code == Code::LimitExceeded {
        return reason;
    }
    let message = "The manifest behind the image's digest could not be read";
    Reason::new(Code::IndexUnavailable, message).with_details(alloc::vec![reason])
}
