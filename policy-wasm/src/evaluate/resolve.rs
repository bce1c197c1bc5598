//! Tag resolution. Each tag is resolved once, and the verified digest is the one written into the object.

use alloc::string::String;

use super::documents::{self, Documents};
use super::images::Image;
use crate::Budget;
use crate::decision::{Code, Reason};
use crate::digest::Digest;
use crate::evidence::{ANSWER, Lookups, Need};
use crate::image::ImageReference;
use crate::json::{Path, Raw, Report};
use crate::settings::Settings;

/// Resolves the tags whose digest a document needs. Each reference is looked up once. A tag that was pinned
/// when the object was last admitted keeps its digest, so applying the same object again changes nothing.
///
/// # Errors
///
/// `limit-exceeded`: more strict lookups than one request may cause.
#[inline(never)] // cold: see docs/performance.md#stack
pub(super) fn resolve(
    settings: &Settings<'_>,
    documents: &Documents<'_, '_>,
    images: &mut [Image<'_>],
    lookups: &mut Lookups<'_>,
    budget: &Budget,
) -> Result<(), Reason> {
    for urgency in documents::URGENCIES {
        for (index, image) in images.iter_mut().enumerate() {
            let Some(reference) = image.open().filter(|one| one.digest.is_none()) else {
                continue;
            };
            if image.resolved.is_some() || !documents.seeks_digest(urgency, index, image) {
                continue;
            }
            if let Some(pinned) = image.pinned {
                image.resolved = Some(Ok(pinned));
                continue;
            }
            if let Err(reason) = settings.allows_registry(reference) {
                image.resolved = Some(Err(reason));
                continue;
            }
            let need = Need::Tag {
                reference: complete(reference),
            };
            image.look_up(&need, urgency, lookups, budget)?;
            let digest = learn(&need, lookups, budget);
            image.resolved = Some(digest.map_err(|reason| unresolved(image.text(), reason)));
        }
    }
    Ok(())
}

/// Returns the reference with host and tag, so that hosts do not apply different defaults.
fn complete(reference: ImageReference<'_>) -> String {
    let tag = reference.tag.unwrap_or("latest");
    alloc::format!("{}:{tag}", reference.normalized_repository())
}

fn learn(need: &Need, lookups: &Lookups<'_>, budget: &Budget) -> Result<Digest, Reason> {
    if lookups.is_unavailable(need) {
        let message = "Tag resolution is enabled but the host does not support it";
        return Err(Reason::new(Code::TagResolutionUnavailable, message));
    }
    let failed = |detail: &str| crate::evidence::failed(need, detail);
    let answer = lookups
        .found(need, budget)?
        .ok_or_else(|| failed("there is no such image"))?;
    read(answer).map_err(|problem| failed(&problem))
}

/// Reads `{"digest": "sha256:…"}`.
fn read(answer: Raw<'_>) -> Result<Digest, String> {
    let report = Report::default();
    let mut digest = None;
    answer.read(ANSWER, Path::Root(""), &report, |value| {
        value.object(|key, value| {
            if key == "digest" {
                digest = value.text();
            }
        });
    });
    if !report.is_empty() {
        return Err(alloc::format!("{report}"));
    }
    let digest = digest.ok_or("the answer has no `digest`")?;
    Digest::parse(&digest)
        .map_err(|error| alloc::format!("the answer's digest {}: {error}", crate::quote(&digest)))
}

fn unresolved(image: &str, reason: Reason) -> Reason {
    if reason.code == Code::TagResolutionUnavailable {
        return reason;
    }
    let message = alloc::format!("Tag of image {image} could not be resolved");
    Reason::new(Code::TagResolutionFailed, message).with_details(alloc::vec![reason])
}
