//! Ways around what stands in the way whatever a policy says: the request, the image's own name, and
//! what the settings allow to ask.

use policy_wasm::Code;
use policy_wasm::digest::Digest;
use serde_json::Value;

use super::yaml::{quoted, scalar};
use super::{Obstacle, Refused, Way};
use crate::decision::{Decision, ImageDecision, Reason, has};
use crate::fields::text;
use crate::judge::Evaluated;
use crate::terminal::printable;

/// Returns the obstacles of the object as a whole.
pub(super) fn obstacles(evaluated: &Evaluated<Decision>) -> Vec<Obstacle> {
    let Decision {
        allowed,
        images,
        reasons,
        warnings,
        ..
    } = &evaluated.answer;
    if *allowed {
        return Vec::new();
    }
    let request = &evaluated.request.request;
    let namespace = text(request, "namespace");
    let mut obstacles = Vec::new();
    let mut add = |what: &str, way: Way| {
        obstacles.push(Obstacle {
            what: what.to_owned(),
            ways: vec![way],
        });
    };
    if has(reasons, Code::UnsupportedObjectKind) {
        add("its kind", workload(request));
    }
    let lacks_context = |image: &ImageDecision| {
        let mut results = image.results.iter();
        results.any(|result| has(&result.reasons, Code::ContextMissing))
    };
    if has(reasons, Code::ContextMissing) || images.iter().any(lacks_context) {
        add(
            "its namespace",
            Way::in_words("evaluate it with --namespace NAME"),
        );
    }
    let is_refused =
        has(warnings, Code::BreakGlassRefused) || has(warnings, Code::BreakGlassNamespaceRefused);
    if is_refused && !namespace.is_empty() {
        let block = format!("breakGlass:\n  namespaces:\n    - {}\n", scalar(namespace));
        let way = Way::new("allow its break-glass label in this namespace", block);
        add(
            "its break-glass label, instead of what follows",
            way.with_caution("everyone who can create Pods there can then override the policy"),
        );
    }
    obstacles
}

fn workload(request: &Value) -> Way {
    let kind = |key| request.get("kind").map_or("", |kind| text(kind, key));
    let block = format!(
        "workloads:\n  - group: {}\n    kind: {}\n    podSpecs:\n      - spec.template.spec\n",
        scalar(kind("group")),
        scalar(kind("kind"))
    );
    Way::new("add the pod-spec paths of its kind", block)
        .with_caution("the path is an example: use the paths of this kind")
}

/// Ways around reasons that every rule and check can have.
pub(super) fn ways_for_reasons(reasons: &[Reason], refused: &Refused<'_>) -> Vec<Way> {
    let mut ways = Vec::new();
    if has(reasons, Code::DigestRequired) {
        ways.extend(digest(refused));
    }
    let mut denied = reasons.iter();
    let denied = denied.find(|reason| reason.code == Code::DigestDenied);
    // That of the image, or of one that its index lists
    if let Some(digest) = denied.and_then(|reason| Digest::all_in(&reason.message).next()) {
        let title = format!("remove `{digest}` from `deniedDigests`, if it should not be revoked");
        ways.push(Way::in_words(title));
    }
    if has(reasons, Code::RegistryNotAllowed)
        && let Some(reference) = refused.reference
    {
        let host = reference.normalized_host();
        let block = format!("registries:\n  - {}\n", scalar(host));
        ways.push(Way::new(
            format!("allow the registry `{}`", printable(host)),
            block,
        ));
    }
    if has(reasons, Code::ImageReferenceInvalid) || has(reasons, Code::ImageMissing) {
        ways.push(Way::new(
            "set a valid image",
            "image: REPOSITORY@sha256:<digest>\n",
        ));
    }
    for code in [Code::HostCapabilityFailed, Code::TagResolutionFailed] {
        if has(reasons, code) {
            ways.push(Way::in_words(
                "find out why the cluster or the registry did not answer; on the command line, give \
                 --kubernetes or --registry",
            ));
        }
    }
    ways
}

/// A tag, or another digest than a SHA-256, where a digest is needed.
pub(super) fn digest(refused: &Refused<'_>) -> Vec<Way> {
    let mut ways: Vec<_> = by_digest(refused).into_iter().collect();
    if let Some(reference) = refused.reference.filter(|one| one.digest.is_none()) {
        let host = scalar(reference.normalized_host());
        let block = format!("resolveTags: true\nregistries:\n  - {host}\n");
        ways.push(
            Way::new("let the policy resolve the tag", block).with_caution(
                "works only in a mutating policy, which writes the digest into the object",
            ),
        );
    }
    ways
}

/// A digest in the object, in place of a tag.
pub(super) fn by_digest(refused: &Refused<'_>) -> Option<Way> {
    let name = refused.image.split('@').next().unwrap_or_default();
    let reference = policy_wasm::image::ImageReference::parse(name).ok()?;
    Some(Way::new(
        "reference the image by digest; the digest must then satisfy the policy",
        format!("image: {}@sha256:<digest>\n", reference.repository()),
    ))
}

/// `"<sha256>"` of a statement's subject: what looks like a number is a text.
pub(super) fn hex(digest: &str) -> String {
    quoted(digest.strip_prefix("sha256:").unwrap_or(digest))
}
