//! Combines the verdicts of images into one Decision, and applies dry run and break-glass.
//!
//! Verdicts are combined first and modes are applied afterwards, so that a softer rule for one Pod cannot
//! weaken the verdict of another.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::documents::{Documents, PlatformVerdict};
use super::images::{Image, Status};
use super::pin::{self, Pin};
use crate::decision::{
    Code, Decision, DocumentResult, Enforcement, Fate, Hints, ImageDecision, Override,
    PlatformDecision, Reason, Verdict, annotate, annotate_verdict, deny, listed, warnings,
};
use crate::settings::Settings;

/// The obstacle to admitting an image
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Obstacle {
    Nothing,
    /// The policy denies it, under a rule in dry run
    DryRun,
    /// The policy denies it, and the Pod's break-glass label is effective
    BreakGlass,
    /// The policy denies it
    Policy,
    /// Denied independent of the policy
    Absolute,
}

/// Makes the Decision from the results of all images.
pub(super) fn conclude(
    images: Vec<Image<'_>>,
    (results, platforms): (Vec<Vec<DocumentResult>>, Vec<PlatformVerdict>),
    documents: &Documents<'_, '_>,
    settings: &Settings<'_>,
    warnings: Vec<Reason>,
    object: &str,
) -> Decision {
    let mut decision = Decision {
        warnings,
        ..Decision::new()
    };
    let (mut obstacles, mut pins) = (Vec::with_capacity(images.len()), Vec::new());
    decision.images.reserve_exact(images.len());
    for (index, (image, results)) in images.into_iter().zip(results).enumerate() {
        let is_marked = documents.marks(&image);
        let learned = image.resolved_digest();
        let enforces_digest = documents.enforces_digest(index, &image);
        let requires_digest = documents.requires_digest(index, &image);
        let pin = learned.and_then(|digest| Pin::new(object, &image, digest));
        let listed = listed_images(index, &image, &platforms);
        let entry = describe(image, results, listed, requires_digest);
        if learned.is_some() && is_verified(&entry, enforces_digest) {
            pins.push(pin);
        }
        obstacles.push(obstacle(&entry, is_marked));
        decision.verdict = decision.verdict.max(entry.verdict);
        decision.images.push(entry);
    }
    let met = |obstacle| obstacles.contains(&obstacle);
    decision.allowed = !met(Obstacle::Policy) && !met(Obstacle::Absolute);
    if !decision.allowed {
        report_denial(&mut decision, &obstacles, settings);
    } else if met(Obstacle::BreakGlass) {
        decision.enforcement = Enforcement::BreakGlass;
    } else if met(Obstacle::DryRun) {
        decision.enforcement = Enforcement::DryRun;
    }
    if decision.allowed && !pins.is_empty() {
        decision.mutated_object = pin::apply(object, pins);
        // A verified tag that is not replaced could be moved to another image before it is pulled.
        if decision.mutated_object.is_none() {
            let message = "The verified digests could not be written into the object";
            let reason = Reason::new(Code::TagResolutionFailed, message);
            return Decision::refused(reason, settings.contact.as_deref());
        }
    }
    if documents.lacks_system_policy() && decision.verdict != Verdict::Conformant {
        let message = "system policy not supplied: system images are not exempted";
        decision
            .warnings
            .push(Reason::new(Code::SystemPolicyMissing, message));
    }
    // Only admitted objects are overridden.
    if decision.enforcement != Enforcement::Enforced {
        report_overrides(&mut decision, &obstacles, settings);
    }
    if documents.is_marked() {
        report_break_glass(&mut decision, &obstacles);
    }
    decision
}

/// Returns the images that the index of an image lists, each with its greatest verdict; none unless they were evaluated.
fn listed_images(
    index: usize,
    image: &Image<'_>,
    platforms: &[PlatformVerdict],
) -> Vec<PlatformDecision> {
    let listed = image.listed().iter().enumerate();
    let listed = listed.filter_map(|(place, listed)| {
        let own = platforms.iter();
        let own = own.filter(|one| (one.index, one.place) == (index, place));
        Some(PlatformDecision {
            platform: listed.platform.clone(),
            digest: listed.digest.to_string(),
            verdict: own.map(|one| one.verdict).max()?,
        })
    });
    listed.collect()
}

fn describe(
    image: Image<'_>,
    results: Vec<DocumentResult>,
    platforms: Vec<PlatformDecision>,
    requires_digest: bool,
) -> ImageDecision {
    let text = image.text().to_string();
    let resolved_digest = image.resolved_digest().map(|digest| digest.to_string());
    // An image without a result is not conformant.
    let verdicts = results.iter().map(|result| result.verdict);
    let judged = verdicts.max().unwrap_or(Verdict::Error);
    let (verdict, reason) = match image.status {
        Status::Open(_) => (judged, None),
        Status::Unchanged => {
            let image = crate::Escaped(&text);
            let message = alloc::format!("Image {image} was already in this Pod");
            (
                Verdict::Conformant,
                Some(Reason::new(Code::UnchangedImage, message)),
            )
        }
        Status::Empty => {
            let message = alloc::format!("{} has no image reference", image.field.described());
            (
                Verdict::Conformant,
                Some(Reason::new(Code::ImageVolumeEmpty, message)),
            )
        }
        Status::MalformedDigest(_) if requires_digest => {
            (Verdict::NonConformant, Some(Reason::digest_required()))
        }
        Status::MalformedDigest(reason) | Status::Refused(reason) => {
            (reason.code.verdict(), Some(reason))
        }
    };
    ImageDecision {
        image: text,
        field: image.field.path.clone(),
        pod: image.pod,
        container: image.field.name.as_deref().map(String::from),
        resolved_digest,
        platforms,
        verdict,
        results,
        reasons: reason.into_iter().collect(),
    }
}

/// Whether the admitted image is the verified one. If a document enforces, documents in dry run neither weaken
/// it nor pin tags that it does not need. If none enforces, a reported denial verifies nothing.
fn is_verified(image: &ImageDecision, enforces_digest: bool) -> bool {
    let mut enforced = image
        .results
        .iter()
        .filter(|result| result.enforcement == Enforcement::Enforced)
        .peekable();
    if enforced.peek().is_none() {
        return image.verdict == Verdict::Conformant;
    }
    enforces_digest && enforced.all(|result| result.verdict == Verdict::Conformant)
}

fn obstacle(image: &ImageDecision, break_glass: bool) -> Obstacle {
    if image.verdict == Verdict::Conformant {
        return Obstacle::Nothing;
    }
    // An image without a result is denied even in dry run and break-glass.
    if !image.reasons.is_empty() || image.results.is_empty() {
        return Obstacle::Absolute;
    }
    let is_dry_run = image
        .results
        .iter()
        .filter(|result| result.verdict != Verdict::Conformant)
        .all(|result| result.enforcement == Enforcement::DryRun);
    match (is_dry_run, break_glass) {
        (true, _) => Obstacle::DryRun,
        (false, true) => Obstacle::BreakGlass,
        (false, false) => Obstacle::Policy,
    }
}

/// Reports in the message and in audit annotations why images are denied. Images that dry run or break-glass
/// would have admitted are not a reason of the denial.
#[inline(never)] // cold: see docs/performance.md#stack
fn report_denial(decision: &mut Decision, obstacles: &[Obstacle], settings: &Settings<'_>) {
    let is_denied = |obstacle: &Obstacle| matches!(obstacle, Obstacle::Policy | Obstacle::Absolute);
    let images = decision.images.iter().zip(obstacles);
    let denied = images.filter(|(_, obstacle)| is_denied(obstacle));
    let denied: Vec<_> = denied.map(|(image, _)| image).collect();
    let annotations = &mut decision.audit_annotations;
    annotate_verdict(annotations, decision.verdict);
    annotate(annotations, &denied, Fate::Denied);
    decision.message = deny(&denied, decision.images.len(), &hints(settings));
}

/// Reports in warnings and audit annotations which images were admitted despite their verdict. Tags that an
/// earlier mutating policy resolved and left are reported by that policy, which knows the digest.
#[inline(never)] // cold: see docs/performance.md#stack
fn report_overrides(decision: &mut Decision, obstacles: &[Obstacle], settings: &Settings<'_>) {
    let mut overridden = Vec::new();
    let annotations = &mut decision.audit_annotations;
    annotate_verdict(annotations, decision.verdict);
    for (image, obstacle) in decision.images.iter().zip(obstacles) {
        let by = match obstacle {
            Obstacle::DryRun => Override::DryRun,
            Obstacle::BreakGlass => Override::BreakGlass,
            Obstacle::Nothing | Obstacle::Policy | Obstacle::Absolute => continue,
        };
        // The annotations are named like the codes.
        annotations.insert(by.code().as_str(), "true".to_string());
        if !(settings.tags_pinned_before && needs_digest(image)) {
            overridden.push((image, by));
        }
    }
    let images: Vec<_> = overridden.iter().map(|(image, _)| *image).collect();
    annotate(annotations, &images, Fate::Overridden);
    let warnings = warnings(&overridden, &hints(settings));
    decision.warnings.extend(warnings);
}

/// Returns the settings that help a deployer.
fn hints<'s>(settings: &'s Settings<'_>) -> Hints<'s> {
    let policy = settings.policy.as_ref();
    let patterns = policy.into_iter().flat_map(|policy| policy.patterns());
    Hints {
        contact: settings.contact.as_deref(),
        registries: listed(settings.registry_hosts()),
        allowlist: listed(patterns.map(|pattern| pattern.text())),
    }
}

/// Whether a document lacks the digest behind a tag.
fn needs_digest(image: &ImageDecision) -> bool {
    let mut reasons = image.results.iter().flat_map(|result| &result.reasons);
    reasons.any(|reason| reason.code == Code::DigestRequired)
}

/// Reports break-glass labels, even if they were not needed.
#[inline(never)] // cold: see docs/performance.md#stack
fn report_break_glass(decision: &mut Decision, obstacles: &[Obstacle]) {
    let annotations = &mut decision.audit_annotations;
    annotations.insert(Code::BreakGlass.as_str(), "true".to_string());
    annotate_verdict(annotations, decision.verdict);
    let is_needed = decision.allowed && obstacles.contains(&Obstacle::BreakGlass);
    if !is_needed {
        let message = match (decision.verdict, decision.allowed) {
            (Verdict::Conformant, _) => "Break-glass was not needed; the policy was satisfied",
            (_, true) => "Break-glass was not needed; the rule is in dry-run mode",
            (_, false) => "Break-glass does not admit what is refused here",
        };
        decision
            .warnings
            .push(Reason::new(Code::BreakGlass, message));
    }
}
