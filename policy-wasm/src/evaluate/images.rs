//! Every image of a request, and what holds for it whatever a policy says.

use alloc::string::ToString as _;
use alloc::vec::Vec;

use crate::Budget;
use crate::decision::{Code, Reason};
use crate::digest::Digest;
use crate::evidence::Exceeded;
use crate::image::{ImageReference, ReferenceError};
use crate::json::Report;
use crate::request::{FieldKind, ImageField, Operation, Origin, Pod, Request, Workload};
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
    /// The digest that stood behind the same tag in the same place before an update
    pub(super) pinned: Option<Digest>,
}

/// What is known before any policy is asked
#[derive(Debug)]
pub(super) enum Status<'w> {
    /// For the policy to judge
    Open(ImageReference<'w>),
    /// On an update, the same as before
    Unchanged,
    /// An image volume of a template that names no image
    Empty,
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

    /// Whether it brings nothing in, so that no document is asked about it.
    pub(super) const fn is_settled(&self) -> bool {
        matches!(self.status, Status::Unchanged | Status::Empty)
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
pub(super) fn list<'w>(
    settings: &Settings<'_>,
    request: &Request<'_>,
    workload: &'w Workload<'w>,
    budget: &Budget,
    report: &Report,
    warnings: &mut Vec<Reason>,
) -> Vec<Image<'w>> {
    let count = workload.pods.iter().map(|pod| pod.images.len()).sum();
    let mut images = Vec::with_capacity(count);
    for (index, pod) in workload.pods.iter().enumerate() {
        for field in &pod.images {
            images.push(Image {
                pod: index,
                field,
                status: parse(field, workload.origin),
                resolved: None,
                pinned: None,
            });
        }
    }
    if request.operation == Operation::Update {
        compare(settings, request, workload, &mut images, budget, warnings);
    }
    refuse_denied(settings, &mut images, report);
    images
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

fn parse<'w>(field: &'w ImageField<'w>, origin: Origin) -> Status<'w> {
    let Some(text) = field.image.as_deref() else {
        // The API server stores such templates, and takes no Pod made from them.
        let is_template = origin != Origin::Pod;
        return if is_template && field.kind == FieldKind::ImageVolume {
            Status::Empty
        } else {
            Status::Refused(missing(field))
        };
    };
    match ImageReference::parse(text) {
        Ok(reference) => Status::Open(reference),
        Err(ReferenceError::TooLong) => Status::Refused(too_long(field)),
        Err(error @ ReferenceError::Digest) => Status::MalformedDigest(invalid(text, error)),
        Err(error) => Status::Refused(invalid(text, error)),
    }
}

#[cold]
fn missing(field: &ImageField<'_>) -> Reason {
    let message = alloc::format!("{} has no image", field.described());
    Reason::new(Code::ImageMissing, message)
}

#[cold]
fn too_long(field: &ImageField<'_>) -> Reason {
    let what = alloc::format!("bytes in the image reference of {}", field.described());
    Reason::limit(&what, crate::image::MAX_LENGTH)
}

#[cold]
fn invalid(text: &str, error: ReferenceError) -> Reason {
    let message = alloc::format!(
        "Image {} is not a valid image reference: {error}",
        crate::quote(text)
    );
    Reason::new(Code::ImageReferenceInvalid, message)
}

/// Compares the images of an update with what was in the same places before.
///
/// A tightened policy must not stop somebody from removing a finalizer, so that the image of before is
/// no new image, readable or not. Where unchanged images are to be judged all the same, an update that
/// names no new image and starts nothing is the answer to an incident: less of it, or its deletion.
/// Neither a deletion in progress nor a replica count excuses an image that is new.
#[inline(never)] // cold: see docs/performance.md#stack
fn compare(
    settings: &Settings<'_>,
    request: &Request<'_>,
    workload: &Workload<'_>,
    images: &mut [Image<'_>],
    budget: &Budget,
    warnings: &mut Vec<Reason>,
) {
    let old = request.old_workload(&settings.workloads, budget);
    let skips = settings.unchanged_images == UnchangedImages::Skip;
    let Some(old) = old else {
        if skips {
            let message = "oldObject is missing or unreadable; all images are checked".to_string();
            warnings.push(Reason::new(Code::OldObjectUnusable, message));
        }
        return;
    };
    if settings.resolve_tags {
        for image in &mut *images {
            image.pinned = pinned_before(image, &old, workload);
        }
    }
    let is_settled = |image: &Image<'_>| {
        matches!(image.status, Status::Empty) || is_unchanged(image, &old, workload)
    };
    if skips || (images.iter().all(is_settled) && request.starts_nothing(&settings.workloads)) {
        for image in images {
            if is_unchanged(image, &old, workload) {
                image.status = Status::Unchanged;
            }
        }
    }
}

/// Whether the same string stood in the same container, volume or field of the same Pod, under the same
/// service account: another one may mean another rule.
fn is_unchanged(image: &Image<'_>, old: &Workload<'_>, workload: &Workload<'_>) -> bool {
    let Some(pod) = workload.pods.get(image.pod) else {
        return false;
    };
    let is_same_pod =
        |old: &&Pod<'_>| old.path == pod.path && old.service_account == pod.service_account;
    let Some(old) = old.pods.iter().find(is_same_pod) else {
        return false;
    };
    // For kinds that nobody else validates, no image is as good as one that cannot be read.
    let may_be_missing = workload.origin == Origin::Other;
    (image.field.image.is_some() || may_be_missing)
        && image
            .field
            .before(old, workload.origin)
            .any(|before| before.image == image.field.image)
}

/// The digest behind the tag of an image that was pinned when it was last admitted.
fn pinned_before(image: &Image<'_>, old: &Workload<'_>, workload: &Workload<'_>) -> Option<Digest> {
    image.open().filter(|one| one.digest.is_none())?;
    let pod = workload.pods.get(image.pod)?;
    // Images that are in no pod spec are in several of the same path, by service account.
    let old = old.pods.iter().filter(|old| old.path == pod.path);
    let mut before = old.flat_map(|old| image.field.before(old, workload.origin));
    before.find_map(|before| {
        let digest = before.image.as_deref()?.strip_prefix(image.text())?;
        Digest::parse(digest.strip_prefix('@')?).ok()
    })
}

#[cold]
fn denied(digest: Digest) -> Reason {
    let message = alloc::format!("Image digest {digest} is revoked by the settings");
    Reason::new(Code::DigestDenied, message)
}

/// A limit on lookups that one image met.
#[cold]
pub(super) fn too_much(images: &[Image<'_>], exceeded: Exceeded) -> Reason {
    let name = exceeded.need.name();
    let is_asked_about = |image: &&Image<'_>| {
        let digest = image.digest();
        digest.is_some_and(|digest| {
            name.contains(&digest.as_name()) || name.contains(&digest.to_string())
        })
    };
    let place = images.iter().find(is_asked_about);
    exceeded.into_reason(place.map(|image| image.field.described()).as_deref())
}
