//! The images of a request, and their status independent of the policy.

use alloc::collections::BTreeSet;
use alloc::string::ToString as _;
use alloc::vec::Vec;

use super::now::Now;
use crate::Budget;
use crate::built_in_kinds::Origin;
use crate::decision::{Code, Reason};
use crate::digest::Digest;
use crate::evidence::{Exceeded, Lookups, Need, Urgency};
use crate::image::{ImageReference, ReferenceError};
use crate::json::Report;
use crate::oci::Listed;
use crate::request::{FieldKind, ImageField, Operation, Pod, Request, Workload};
use crate::settings::{Settings, UnchangedImages};

/// One image of the request
#[derive(Debug)]
pub(super) struct Image<'w> {
    /// Index of its Pod among those of the object
    pub(super) pod: usize,
    pub(super) field: &'w ImageField<'w>,
    pub(super) status: Status<'w>,
    /// The digest of its tag if the policy needs it, or the reason why it is unknown
    pub(super) resolved: Option<Result<Digest, Reason>>,
    /// The digest of the same tag in the same place before an update
    pub(super) pinned: Option<Digest>,
    /// The images that the index behind its digest lists, none if it is no index; or the reason why they are unknown.
    /// `None` unless `indexPolicy` asks for them
    pub(super) listed: Option<Result<Vec<Listed>, Reason>>,
    /// The listed image that is evaluated in place of the index
    pub(super) platform: Option<Digest>,
}

/// Status of an image before any policy is evaluated
#[derive(Debug)]
pub(super) enum Status<'w> {
    /// The policy decides
    Open(ImageReference<'w>),
    /// Unchanged by an update
    Unchanged,
    /// An image volume of a template without an image reference
    Empty,
    /// Denied under every policy, dry run and break-glass
    Refused(Reason),
    /// Denied likewise; the policy only chooses the reason
    MalformedDigest(Reason),
}

impl<'w> Image<'w> {
    /// Returns the image as written; empty if there is none.
    pub(super) fn text(&self) -> &'w str {
        self.field.image.as_deref().unwrap_or_default()
    }

    /// Returns the digest to attest: the reference's own, that of its tag, or that of a listed image.
    pub(super) fn digest(&self) -> Option<Digest> {
        let reference = self.open()?;
        self.platform
            .or_else(|| reference.sha256())
            .or_else(|| self.resolved_digest())
    }

    /// Returns the images that its index lists; none unless `indexPolicy` asks for them.
    pub(super) fn listed(&self) -> &[Listed] {
        match &self.listed {
            Some(Ok(listed)) => listed,
            _ => &[],
        }
    }

    /// Returns the image at a place in its index, to be evaluated in place of the index.
    pub(super) fn platform(&self, place: usize) -> Option<Self> {
        let (reference, listed) = (self.open()?, self.listed().get(place)?);
        Some(Self {
            pod: self.pod,
            field: self.field,
            status: Status::Open(reference),
            resolved: None,
            pinned: None,
            listed: None,
            platform: Some(listed.digest),
        })
    }

    /// Returns the platform for which its index lists an image with this digest.
    fn platform_of(&self, digest: Digest) -> Option<&str> {
        let mut listed = self.listed().iter();
        let found = listed.find(|one| one.digest == digest)?;
        Some(&found.platform)
    }

    /// Whether the image has a digest to attest, or its tag may be resolved to one.
    pub(super) fn may_have_digest(&self, settings: &Settings<'_>) -> bool {
        self.open().is_some_and(|reference| {
            reference.sha256().is_some() || (settings.resolve_tags && reference.digest.is_none())
        })
    }

    /// Like [`Self::digest`], with the reason why there is none.
    pub(super) fn digest_to_attest(&self) -> Result<Digest, Reason> {
        if let Some(Err(reason)) = &self.listed {
            return Err(reason.clone());
        }
        match (self.digest(), &self.resolved) {
            (Some(digest), _) => Ok(digest),
            (None, Some(Err(reason))) => Err(reason.clone()),
            (None, _) => Err(Reason::digest_required()),
        }
    }

    /// Makes a lookup for the image.
    ///
    /// # Errors
    ///
    /// `limit-exceeded`: more strict lookups than one request may cause.
    pub(super) fn look_up(
        &self,
        need: &Need,
        urgency: Urgency,
        lookups: &mut Lookups<'_>,
        budget: &Budget,
    ) -> Result<(), Reason> {
        let asked = lookups.ask([need.clone()], urgency, budget);
        asked.map_err(|exceeded| exceeded.into_reason(Some(&self.field.described())))
    }

    /// Returns the resolved digest of its tag, if any.
    pub(super) fn resolved_digest(&self) -> Option<Digest> {
        self.resolved.as_ref()?.as_ref().ok().copied()
    }

    /// Whether the image is admitted without evaluating any document.
    pub(super) const fn is_settled(&self) -> bool {
        matches!(self.status, Status::Unchanged | Status::Empty)
    }

    /// Returns the reference if the policy decides on the image.
    pub(super) const fn open(&self) -> Option<ImageReference<'w>> {
        match self.status {
            Status::Open(reference) => Some(reference),
            _ => None,
        }
    }
}

/// Returns the images of an object in the object's order.
pub(super) fn list<'w>(
    settings: &Settings<'_>,
    request: &Request<'_>,
    workload: &'w Workload<'w>,
    budget: &Budget,
    report: &Report,
    warnings: &mut Vec<Reason>,
    now: &Now<'_>,
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
                listed: None,
                platform: None,
            });
        }
    }
    if request.operation == Operation::Update {
        compare(settings, request, workload, &mut images, budget, warnings);
    }
    refuse_denied(settings, &mut images, now, warnings, report);
    images
}

/// Denies images whose digest is in `deniedDigests`, and warns of entries for them that have ended. The order of the
/// entries has no effect.
pub(super) fn refuse_denied(
    settings: &Settings<'_>,
    images: &mut [Image<'_>],
    now: &Now<'_>,
    warnings: &mut Vec<Reason>,
    report: &Report,
) {
    let mut revoked: Vec<Option<Reason>> = images.iter().map(|_| None).collect();
    let mut ended = BTreeSet::new();
    settings.each_denied_digest(report, &mut |denied| {
        for (image, revoked) in images.iter().zip(&mut revoked) {
            let platform = image.platform_of(denied.digest);
            if image.digest() != Some(denied.digest) && platform.is_none() {
                continue;
            }
            match denied.apply(platform, || now.get()) {
                // The greatest, so that one with the settings' own reason comes before one without.
                Ok(reason) => *revoked = revoked.take().max(Some(reason)),
                Err(warning) => {
                    ended.insert(warning);
                }
            }
        }
    });
    for (image, revoked) in images.iter_mut().zip(revoked) {
        if let Some(reason) = revoked {
            image.status = Status::Refused(reason);
        }
    }
    for warning in ended {
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }
}

fn parse<'w>(field: &'w ImageField<'w>, origin: Origin) -> Status<'w> {
    let Some(text) = field.image.as_deref() else {
        // The API server accepts such templates, but no Pod created from them.
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

/// Compares the images of an update with the earlier ones in the same places.
///
/// A stricter policy must not block updates such as removing a finalizer, so unchanged images are admitted,
/// valid or not. With `unchangedImages: check`, they are admitted only in updates that start nothing, such as
/// scaling down or deleting after an incident. New images are always evaluated, also during a deletion.
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

/// Whether the image string, its container, volume or field, its Pod and the service account are unchanged.
/// Another service account may have another rule.
fn is_unchanged(image: &Image<'_>, old: &Workload<'_>, workload: &Workload<'_>) -> bool {
    let Some(pod) = workload.pods.get(image.pod) else {
        return false;
    };
    let is_same_pod =
        |old: &&Pod<'_>| old.path == pod.path && old.service_account == pod.service_account;
    let Some(old) = old.pods.iter().find(is_same_pod) else {
        return false;
    };
    // Kinds without other validation may have malformed images.
    let may_be_missing = workload.origin == Origin::Other;
    (image.field.image.is_some() || may_be_missing)
        && image
            .field
            .before(old, workload.origin)
            .any(|before| before.image == image.field.image)
}

/// Returns the digest of an image's tag that was pinned when the object was last admitted.
fn pinned_before(image: &Image<'_>, old: &Workload<'_>, workload: &Workload<'_>) -> Option<Digest> {
    image.open().filter(|one| one.digest.is_none())?;
    let pod = workload.pods.get(image.pod)?;
    // Images outside pod specs are in several Pods of the same path, one for each service account.
    let old = old.pods.iter().filter(|old| old.path == pod.path);
    let mut before = old.flat_map(|old| image.field.before(old, workload.origin));
    before.find_map(|before| {
        let digest = before.image.as_deref()?.strip_prefix(image.text())?;
        Digest::parse(digest.strip_prefix('@')?).ok()
    })
}

/// Denies the image that exceeded a limit on lookups.
#[cold]
pub(super) fn too_much(images: &[Image<'_>], exceeded: Exceeded) -> Reason {
    let name = exceeded.need.name();
    let is_asked_about = |image: &&Image<'_>| {
        let listed = image.listed().iter().map(|one| one.digest);
        let mut digests = image.digest().into_iter().chain(listed);
        digests.any(|digest| name.contains(&digest.as_name()) || name.contains(&digest.to_string()))
    };
    let place = images.iter().find(is_asked_about);
    exceeded.into_reason(place.map(|image| image.field.described()).as_deref())
}
