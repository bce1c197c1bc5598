//! Short names of images and attestors, for texts that people read.

use alloc::borrow::Cow;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::{DocumentResult, ImageDecision};
use crate::brief;
use crate::image::ImageReference;

/// Longer names are shown without their middle.
const MAX_NAME: usize = 80;
/// Longer texts that are not image references are truncated.
const MAX_TEXT: usize = 60;
/// A container's name is a DNS label of Kubernetes: this long.
const MAX_LABEL: usize = 63;

/// The part of a digest that is shown
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Digest {
    /// Its first and last four digits
    Ends,
    /// All of it
    Whole,
}

/// Returns the short names of images, in their order: `registry.example/shop/web@sha256:2222…2222`. Digests are
/// whole if two images would otherwise look alike.
pub(super) fn images(images: &[&ImageDecision]) -> Vec<String> {
    let short: Vec<_> = images.iter().map(|one| image(one, Digest::Ends)).collect();
    let is_alike = |index: usize| {
        let (own, name) = (images.get(index), short.get(index));
        let mut others = images.iter().zip(&short);
        others.any(|(other, others_name)| {
            Some(others_name) == name && own.is_some_and(|own| !is_same(own, other))
        })
    };
    let named = images.iter().zip(&short).enumerate();
    named
        .map(|(index, (one, short))| {
            if is_alike(index) {
                image(one, Digest::Whole)
            } else {
                short.clone()
            }
        })
        .collect()
}

fn is_same(one: &ImageDecision, other: &ImageDecision) -> bool {
    one.image == other.image && one.resolved_digest == other.resolved_digest
}

fn image(image: &ImageDecision, shown: Digest) -> String {
    if image.image.is_empty() {
        return "no image".to_string();
    }
    let Ok(reference) = ImageReference::parse(&image.image) else {
        return brief(&image.image, MAX_TEXT);
    };
    let (written, digest) = match image.image.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (image.image.as_str(), image.resolved_digest.as_deref()),
    };
    let mut name = if written.len() > MAX_NAME {
        brief(&without_middle(reference), MAX_NAME)
    } else {
        written.to_string()
    };
    if let Some(digest) = digest {
        name.push('@');
        name.push_str(&self::digest(digest, shown));
    }
    name
}

/// Returns registry, last segment and tag.
fn without_middle(reference: ImageReference<'_>) -> String {
    let host = reference.host.map_or(Cow::Borrowed("…/"), |host| {
        alloc::format!("{host}/…/").into()
    });
    let tag = reference
        .tag
        .map_or_else(String::new, |tag| alloc::format!(":{tag}"));
    alloc::format!("{host}{}{tag}", last_segment(reference.path))
}

fn digest(digest: &str, shown: Digest) -> Cow<'_, str> {
    let Some((algorithm, hex)) = digest.split_once(':') else {
        return digest.into();
    };
    match (hex.get(..4), hex.get(hex.len().saturating_sub(4)..)) {
        (Some(first), Some(last)) if shown == Digest::Ends && hex.len() > 12 => {
            alloc::format!("{algorithm}:{first}…{last}").into()
        }
        _ => digest.into(),
    }
}

/// Returns the name of the image's container or volume, or else its field.
pub(super) fn place(image: &ImageDecision) -> &str {
    image.container.as_deref().unwrap_or(&image.field)
}

/// Returns [`place`], short and printable.
pub(super) fn container(image: &ImageDecision) -> String {
    brief(place(image), MAX_LABEL)
}

/// Names of attestors: the last segment, unless two attestors in the results of these images share it
#[derive(Debug, Clone, Copy)]
pub(super) struct AttestorNames<'d>(pub(super) &'d [&'d ImageDecision]);

impl AttestorNames<'_> {
    /// `qa`, or `projects/shop/attestors/qa` where there are two of them.
    pub(super) fn short(self, name: &str) -> String {
        let last = last_segment(name);
        let results = self.0.iter().flat_map(|image| &image.results);
        let mut all = results.flat_map(DocumentResult::all_attestors);
        if all.any(|one| one.name != name && last_segment(&one.name) == last) {
            brief(name, MAX_NAME)
        } else {
            brief(last, MAX_LABEL)
        }
    }
}

fn last_segment(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    fn named(image: &str) -> ImageDecision {
        ImageDecision {
            image: image.into(),
            field: "spec.containers[0].image".into(),
            pod: 0,
            container: None,
            platforms: Vec::new(),
            resolved_digest: None,
            verdict: Verdict::NonConformant,
            results: Vec::new(),
            reasons: Vec::new(),
        }
    }

    #[test]
    fn digests_are_shortened_unless_two_images_would_look_alike() {
        let of = |hex: &str| alloc::format!("registry.example/shop/web:1@sha256:{hex}");
        let (one, other) = ("2".repeat(64), alloc::format!("22223{}", "2".repeat(59)));
        let both = [named(&of(&one)), named(&of(&other))];
        assert_eq!(
            images(&[&both[0], &both[0]]),
            ["registry.example/shop/web:1@sha256:2222…2222"; 2]
        );
        assert_eq!(images(&[&both[0], &both[1]]), [of(&one), of(&other)]);
    }

    #[test]
    fn a_resolved_tag_shows_its_digest() {
        let mut image = named("shop/web:1");
        image.resolved_digest = Some(alloc::format!("sha256:{}", "a".repeat(64)));
        assert_eq!(images(&[&image]), ["shop/web:1@sha256:aaaa…aaaa"]);
    }

    #[test]
    fn long_and_hostile_names_stay_short_and_printable() {
        let long = alloc::format!(
            "registry.example/{}/web:1",
            "a/".repeat(100).trim_end_matches('/')
        );
        for (text, shown) in [
            (long.as_str(), "registry.example/…/web:1"),
            ("a b\nc\u{202e}", r"a b\u{a}c\u{202e}"),
            ("", "no image"),
        ] {
            assert_eq!(images(&[&named(text)]), [shown]);
        }
        let [name]: [String; 1] = images(&[&named(&"x ".repeat(500))]).try_into().unwrap();
        assert_eq!(name.chars().count(), MAX_TEXT);
        let mut image = named("a");
        image.container = Some("\u{1b}".repeat(200));
        assert_eq!(container(&image).chars().count(), MAX_LABEL);
    }
}
