//! Image references, and the patterns that cover them.

use policy_text::image::{ImageReference, NormalizedReference};
use policy_text::pattern::{
    AllowPattern, ImagePattern, NamePattern, SourceRepository, TrustedDirectory,
};

/// A reference that parses has the parts that it is written with, in their order. A pattern of names
/// covers what a matcher written as its definition reads covers.
///
/// The bytes are an image and a pattern, with a line break between them.
pub fn image(bytes: &[u8]) {
    let Ok(text) = core::str::from_utf8(bytes) else {
        return;
    };
    let (image, pattern) = text.split_once('\n').unwrap_or((text, text));
    let reference = ImageReference::parse(image).ok();
    if let Some(reference) = reference {
        let tag = reference.tag.map(|tag| format!(":{tag}"));
        let without_digest = image.split('@').next().unwrap_or_default();
        assert_eq!(
            format!("{}{}", reference.repository(), tag.unwrap_or_default()),
            without_digest
        );
        assert_eq!(reference.digest.is_some(), image.contains('@'), "{image}");
        let normalized = reference.normalized_repository();
        let again =
            ImageReference::parse(&normalized).map(|reference| reference.normalized_repository());
        // Completed with a registry, a name may become too long, and nothing else.
        assert!(again.is_err() || again == Ok(normalized), "{image}");
    }
    if let Ok(name) = NamePattern::parse(pattern) {
        assert_eq!(name.matches(image), covers(pattern, image), "{text:?}");
        assert_eq!(
            NamePattern::first(core::slice::from_ref(&name), image).is_some(),
            name.matches(image)
        );
    }
    let literal = pattern.split(['*', ':', '@']).next().unwrap_or_default();
    if let Some(reference) = reference {
        if AllowPattern::parse(pattern).is_ok_and(|allow| allow.matches(reference)) {
            assert!(image.starts_with(literal), "{text:?}");
        }
        let normalized = NormalizedReference::from(reference);
        if ImagePattern::parse(pattern).is_ok_and(|parsed| parsed.matches(&normalized)) {
            assert!(
                normalized.name.starts_with(literal_name(pattern)),
                "{text:?}"
            );
        }
        if TrustedDirectory::parse(pattern).is_ok_and(|directory| directory.matches(reference)) {
            assert!(
                pattern.contains('*') || image.starts_with(&format!("{pattern}/")),
                "{text:?}"
            );
        }
    }
    if SourceRepository::parse(pattern).is_ok_and(|repository| repository.matches(image)) {
        assert!(image.contains(literal), "{text:?}");
    }
}

/// What a name has to begin with: the host with its port, and the path up to a wildcard, a tag or a digest.
fn literal_name(pattern: &str) -> &str {
    let before_wildcard = pattern.split(['*', '@']).next().unwrap_or_default();
    let path = before_wildcard.find('/').unwrap_or(before_wildcard.len());
    let tag = before_wildcard.get(path..).and_then(|path| path.find(':'));
    let end = tag.map_or(before_wildcard.len(), |tag| path + tag);
    before_wildcard.get(..end).unwrap_or_default()
}

/// The definition: `**` is any text, `*` any text without a slash, all else is itself.
fn covers(pattern: &str, image: &str) -> bool {
    if let Some(rest) = pattern.strip_prefix("**") {
        return (0..=image.len())
            .filter_map(|at| image.get(at..))
            .any(|image| covers(rest, image));
    }
    if let Some(rest) = pattern.strip_prefix('*') {
        let end = image.find('/').unwrap_or(image.len());
        return (0..=end)
            .filter_map(|at| image.get(at..))
            .any(|image| covers(rest, image));
    }
    let mut characters = pattern.chars();
    match characters.next() {
        None => image.is_empty(),
        Some(first) => image
            .strip_prefix(first)
            .is_some_and(|rest| covers(characters.as_str(), rest)),
    }
}
