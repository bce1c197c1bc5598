//! Every image of a request, and what holds for it whatever a policy says.

use alloc::string::ToString as _;
use alloc::vec::Vec;

use crate::Budget;
use crate::decision::{Code, Reason};
use crate::digest::Digest;
use crate::image::{ImageReference, ReferenceError};
use crate::json::Report;
use crate::request::{ImageField, Operation, Pod, Request, Workload};
use crate::settings::{Settings, UnchangedImages};

/// One image of the request
#[derive(Debug)]
pub(super) struct Image<'w> {
    /// Index of its Pod among those of the object
    pub(super) pod: usize,
    pub(super) field: &'w ImageField<'w>,
    pub(super) status: Status<'w>,
    /// The digest behind its tag, where the policy wanted to know, or why nobody does
    pub(super) resolved: Option<Result<Digest, Reason>>,
}

/// What is known before any policy is asked
#[derive(Debug)]
pub(super) enum Status<'w> {
    /// For the policy to judge
    Open(ImageReference<'w>),
    /// On an update, the same as before
    Unchanged,
    /// Refused under every policy, dry run and break-glass
    Refused(Reason),
    /// Refused likewise; the policy only chooses the words
    MalformedDigest(Reason),
}

impl<'w> Image<'w> {
    /// The image as written; empty when there is none.
    pub(super) fn text(&self) -> &'w str {
        self.field.image.as_deref().unwrap_or_default()
    }

    /// The digest that has to be attested: the reference's own, or the one behind its tag.
    pub(super) fn digest(&self) -> Option<Digest> {
        self.open()?.sha256().or_else(|| self.resolved_digest())
    }

    /// The digest behind its tag, where that was asked for and is known.
    pub(super) fn resolved_digest(&self) -> Option<Digest> {
        self.resolved.as_ref()?.as_ref().ok().copied()
    }

    /// The reference, where the policy is to judge it.
    pub(super) const fn open(&self) -> Option<ImageReference<'w>> {
        match self.status {
            Status::Open(reference) => Some(reference),
            _ => None,
        }
    }
}

/// Lists the images of an object in its own order.
///
/// # Errors
///
/// `limit-exceeded`: more images, or a longer one, than the budget has.
pub(super) fn list<'w>(
    settings: &Settings<'_>,
    request: &Request<'_>,
    workload: &'w Workload<'w>,
    budget: &Budget,
    report: &Report,
    warnings: &mut Vec<Reason>,
) -> Result<Vec<Image<'w>>, Reason> {
    let count = workload.pods.iter().map(|pod| pod.images.len()).sum();
    let mut images = Vec::with_capacity(count);
    for (index, pod) in workload.pods.iter().enumerate() {
        for field in &pod.images {
            let status = parse(field)?;
            images.push(Image {
                pod: index,
                field,
                status,
                resolved: None,
            });
        }
    }
    if request.operation == Operation::Update && settings.unchanged_images == UnchangedImages::Skip
    {
        let old = request.old_workload(&settings.workloads, budget);
        skip_unchanged(old.as_ref(), workload, &mut images, warnings);
    }
    refuse_denied(settings, &mut images, report);
    Ok(images)
}

/// Refuses the images whose digest the settings revoke.
pub(super) fn refuse_denied(settings: &Settings<'_>, images: &mut [Image<'_>], report: &Report) {
    settings.each_denied_digest(report, |digest| {
        for image in &mut *images {
            if image.digest() == Some(digest) {
                image.status = Status::Refused(denied(digest));
            }
        }
    });
}

fn parse<'w>(field: &'w ImageField<'w>) -> Result<Status<'w>, Reason> {
    let Some(text) = field.image.as_deref() else {
        return Ok(Status::Refused(missing(field)));
    };
    match ImageReference::parse(text) {
        Ok(reference) => Ok(Status::Open(reference)),
        Err(ReferenceError::TooLong) => Err(Reason::limit(
            "bytes in an image reference",
            crate::image::MAX_LENGTH,
        )),
        Err(error @ ReferenceError::Digest) => Ok(Status::MalformedDigest(invalid(text, error))),
        Err(error) => Ok(Status::Refused(invalid(text, error))),
    }
}

#[cold]
fn missing(field: &ImageField<'_>) -> Reason {
    let name = field
        .name
        .as_deref()
        .map_or_else(|| field.path.clone(), crate::quote);
    let message = alloc::format!("{} {name} has no image", field.kind.noun());
    Reason::new(Code::ImageMissing, message)
}

#[cold]
fn invalid(text: &str, error: ReferenceError) -> Reason {
    let message = alloc::format!(
        "Image {} is not a valid image reference: {error}",
        crate::quote(text)
    );
    Reason::new(Code::ImageReferenceInvalid, message)
}

/// Marks images that the same container or volume of the same Pod had before. A tightened policy
/// must not stop somebody from removing a finalizer; a deletion in progress is no reason to skip.
#[inline(never)] // only some requests come here
fn skip_unchanged(
    old: Option<&Workload<'_>>,
    workload: &Workload<'_>,
    images: &mut [Image<'_>],
    warnings: &mut Vec<Reason>,
) {
    let Some(old) = old else {
        let message = "oldObject is missing or unreadable; all images are checked".to_string();
        warnings.push(Reason::new(Code::OldObjectUnusable, message));
        return;
    };
    for image in images {
        let Some(pod) = workload.pods.get(image.pod) else {
            continue;
        };
        // Another service account may mean another rule.
        let is_same_pod =
            |old: &&Pod<'_>| old.path == pod.path && old.service_account == pod.service_account;
        let old_pod = old.pods.iter().find(is_same_pod);
        let is_readable = matches!(image.status, Status::Open(_));
        if is_readable && old_pod.is_some_and(|old| image.field.is_unchanged_in(old)) {
            image.status = Status::Unchanged;
        }
    }
}

#[cold]
fn denied(digest: Digest) -> Reason {
    let message = alloc::format!("Image digest {digest} is revoked by the settings");
    Reason::new(Code::DigestDenied, message)
}
