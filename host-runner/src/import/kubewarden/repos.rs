//! The settings of `trusted-repos`: lists of registries, tags and images that are allowed or rejected. Each list that is
//! not empty must accept an image.
//!
//! A list of what is allowed becomes a rule that denies everything except that, so that other rules apply all the same.

use super::Scope;
use crate::import::draft::{Draft, Effect};
use crate::import::source::At;
use crate::import::wildcard::{self, Compared, Covers, Patterns};
use crate::terminal::printable;
use policy_wasm::image::{ImageReference, ReferenceDigest};

const EVERY_IMAGE: &str = "**";
const DOCKER_HUB: &str = "docker.io/";
/// Tag that the policy assumes where there is none, also beside a digest
const DEFAULT_TAG: &str = "latest";

pub(super) fn import(settings: &At<'_>, scope: &Scope, draft: &mut Draft) {
    settings.only(&["registries", "tags", "images"], &mut draft.findings);
    if let Some(registries) = settings.get("registries") {
        registries.only(&["allow", "reject"], &mut draft.findings);
        let text = "The registry is not allowed.";
        allow(&registries, "registries", text, scope, draft, registry);
        reject(
            &registries,
            "registries",
            "The registry is rejected.",
            scope,
            draft,
            registry,
        );
    }
    if let Some(tags) = settings.get("tags") {
        tags.only(&["reject"], &mut draft.findings);
        reject(&tags, "tags", "The tag is rejected.", scope, draft, tag);
    }
    if let Some(images) = settings.get("images") {
        images.only(&["allow", "reject"], &mut draft.findings);
        let text = "The image is not in the list of allowed images.";
        allow(&images, "images", text, scope, draft, image);
        reject(
            &images,
            "images",
            "The image is rejected.",
            scope,
            draft,
            image,
        );
    }
}

/// Patterns of an entry of a list
type Entry = fn(&At<'_>, Covers, &mut Draft) -> Vec<String>;

/// Denies all images but those of a list.
fn allow(lists: &At<'_>, about: &str, text: &str, scope: &Scope, draft: &mut Draft, entry: Entry) {
    let entries = lists.items_of("allow");
    let Some(list) = lists.get("allow").filter(|_| !entries.is_empty()) else {
        return;
    };
    let allowed = entries
        .iter()
        .flat_map(|one| entry(one, Covers::Fewer, draft));
    let except_images: Vec<_> = allowed.collect();
    let effect = Effect::Deny(text.to_owned());
    let mut rule = scope.rule(
        &list,
        &format!("{about}.allow"),
        vec![EVERY_IMAGE.to_owned()],
        effect,
    );
    // An exception for every image leaves nothing to deny.
    if except_images.iter().any(|one| one == EVERY_IMAGE) {
        return;
    }
    rule.except_images = except_images;
    draft.rule(rule);
}

/// Denies the images of a list.
fn reject(lists: &At<'_>, about: &str, text: &str, scope: &Scope, draft: &mut Draft, entry: Entry) {
    let entries = lists.items_of("reject");
    let Some(list) = lists.get("reject") else {
        return;
    };
    let rejected = entries
        .iter()
        .flat_map(|one| entry(one, Covers::More, draft));
    let images: Vec<_> = rejected.collect();
    if !images.is_empty() {
        let effect = Effect::Deny(text.to_owned());
        draft.rule(scope.rule(&list, &format!("{about}.reject"), images, effect));
    }
}

/// A registry, as references without one have `docker.io`.
fn registry(at: &At<'_>, covers: Covers, draft: &mut Draft) -> Vec<String> {
    let text = at.text().unwrap_or_default();
    match text {
        "*" => vec![EVERY_IMAGE.to_owned()],
        // The policy compares with `docker.io`.
        "index.docker.io" => {
            draft.warn(at, "`index.docker.io` matches no image, and was left out");
            Vec::new()
        }
        text => wildcard::report(
            at,
            Patterns::of(&format!("{text}/*"), Compared::AsWritten, covers),
            covers,
            draft,
        ),
    }
}

/// A tag of any image. A reference with a digest and without a tag has the tag `latest` for the policy.
fn tag(at: &At<'_>, _: Covers, draft: &mut Draft) -> Vec<String> {
    let text = at.text().unwrap_or_default();
    let (before, after) = text.split_once('*').unwrap_or((text, ""));
    if after.contains('*') || text.contains('?') {
        let text = printable(text);
        draft.lost(at, format!("`{text}` cannot be written as a pattern of tags, which has one `*`; such tags are not denied"));
        draft.help("write a pattern for each kind of tag, as in `**:*-rc1`");
        return Vec::new();
    }
    let has_wildcard = text.contains('*');
    let is_default = match has_wildcard {
        true => DEFAULT_TAG
            .strip_prefix(before)
            .is_some_and(|rest| rest.ends_with(after)),
        false => text == DEFAULT_TAG,
    };
    let mut patterns = vec![format!("{EVERY_IMAGE}:{text}")];
    if is_default {
        patterns.push(format!("{EVERY_IMAGE}:-"));
        draft.warn(at, "a digest without a tag counts as `latest` in trusted-repos, so such images are denied as well");
        draft.help("remove `**:-` from the rule to admit images by digest");
    }
    patterns
}

/// A reference, or a wildcard.
fn image(at: &At<'_>, covers: Covers, draft: &mut Draft) -> Vec<String> {
    let text = at.text().unwrap_or_default();
    if text.contains(['*', '?']) {
        let compared = match text.contains([':', '@']) {
            true => Compared::Completed,
            false => Compared::Repository,
        };
        return wildcard::written(at, compared, covers, draft);
    }
    let Ok(reference) = ImageReference::parse(text) else {
        draft.warn(
            at,
            format!(
                "`{}` is no image reference, and was left out",
                printable(text)
            ),
        );
        return Vec::new();
    };
    let name = reference.normalized_repository();
    let has_digest = matches!(reference.digest, Some(ReferenceDigest::Sha256(_)));
    let digest = text.split_once('@').map_or("", |(_, digest)| digest);
    match (reference.tag, has_digest) {
        (tag, true) => vec![format!("{name}:{}@{digest}", tag.unwrap_or("-"))],
        (Some(tag), false) if tag != DEFAULT_TAG => vec![format!("{name}:{tag}@-")],
        (_, false) => {
            if let Some(path) = name.strip_prefix(DOCKER_HUB) {
                in_other_registries(at, path, covers, draft);
            }
            vec![name]
        }
    }
}

/// Reports that the policy compares an image of Docker Hub with those of every registry.
fn in_other_registries(at: &At<'_>, path: &str, covers: Covers, draft: &mut Draft) {
    let done = match covers {
        Covers::More => "only Docker Hub's is denied here",
        Covers::Fewer => "only Docker Hub's is allowed here",
    };
    draft.lost(
        at,
        format!("trusted-repos also means the image `{path}` of every other registry; {done}"),
    );
    draft.help("add a pattern for each registry that is meant");
}
