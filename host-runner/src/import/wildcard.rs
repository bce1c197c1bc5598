//! Wildcards of other systems as patterns of `imagePolicy`.
//!
//! There, `*` stands for any text of the reference, also across slashes, and `?` for one character. Here, `*` stays
//! within one label, segment or tag. A wildcard without patterns for exactly its images becomes the closest patterns
//! that admit nothing more: a rule that demands or denies covers more images, an exception fewer.

mod glob;
mod name;
mod suffix;

use policy_wasm::pattern::ImagePattern;

use super::draft::Draft;
use super::source::At;
use crate::terminal::printable;
use name::Name;

/// The text that a wildcard is compared with
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compared {
    /// `HOST/PATH@DIGEST` if the reference has a digest, otherwise `HOST/PATH:TAG`, as Kyverno's `verifyImages` does
    TagOrDigest,
    /// The reference as the object has it
    AsWritten,
    /// The reference as runtimes complete it, with `docker.io/library/`
    Completed,
    /// Registry and repository of that
    Repository,
}

impl Compared {
    /// Whether Docker Hub's images without a user are in `library/`
    const fn has_library(self) -> bool {
        matches!(self, Self::Completed | Self::Repository)
    }
}

/// The patterns that are wanted where there are none for exactly the same images
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Covers {
    /// Those that cover more images: for rules that demand or deny
    More,
    /// Those that cover fewer images: for exceptions
    Fewer,
}

/// A wildcard in patterns
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Patterns {
    pub(crate) patterns: Vec<String>,
    pub(crate) fit: Fit,
}

/// Difference between the images that patterns cover and those of the wildcard; later ones prevail
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fit {
    Exact,
    /// They cover more
    More,
    /// They cover fewer
    Fewer,
    /// There are no patterns
    Unsayable,
    /// There are no patterns, because the wildcard itself covers no image
    NoImage,
}

impl Patterns {
    /// Translates a wildcard.
    pub(crate) fn of(wildcard: &str, compared: Compared, covers: Covers) -> Self {
        let (text, is_exact) = simplified(wildcard);
        if !is_exact && covers == Covers::Fewer {
            return Self::without(Fit::Unsayable);
        }
        let (end, suffix) = split_suffix(&text);
        let name = match Name::of(end, compared, covers) {
            Ok(name) => name,
            Err(fit) => return Self::without(fit),
        };
        let suffix = match suffix::of(suffix, name.is_open, compared, covers) {
            Ok(suffix) => suffix,
            Err(fit) => return Self::without(fit),
        };
        let names = name.names.into_iter();
        let patterns: Vec<_> = names.map(|name| name + &suffix.text).collect();
        let is_valid = |pattern: &String| ImagePattern::parse(pattern).is_ok();
        if !patterns.iter().all(is_valid) {
            let has_upper = end.bytes().any(|byte| byte.is_ascii_uppercase());
            return Self::without(if has_upper {
                Fit::NoImage
            } else {
                Fit::Unsayable
            });
        }
        let of_characters = if is_exact { Fit::Exact } else { Fit::More };
        let fit = of_characters.max(name.fit).max(suffix.fit);
        Self { patterns, fit }
    }

    const fn without(fit: Fit) -> Self {
        Self {
            patterns: Vec::new(),
            fit,
        }
    }
}

/// The patterns of a wildcard in a document. Reports how they differ from it.
pub(super) fn written(
    at: &At<'_>,
    compared: Compared,
    covers: Covers,
    draft: &mut Draft,
) -> Vec<String> {
    let text = at.text().unwrap_or_default();
    report(at, Patterns::of(text, compared, covers), covers, draft)
}

/// Like [`written`], for a glob with alternatives such as `{a,b}` and classes such as `[a-z]`.
pub(super) fn written_glob(
    at: &At<'_>,
    compared: Compared,
    covers: Covers,
    draft: &mut Draft,
) -> Vec<String> {
    let mut all = Patterns {
        patterns: Vec::new(),
        fit: Fit::Exact,
    };
    for text in glob::alternatives(at.text().unwrap_or_default()) {
        let Patterns { patterns, fit } = Patterns::of(&text, compared, covers);
        all.patterns.extend(patterns);
        all.fit = all.fit.max(fit);
    }
    report(at, all, covers, draft)
}

/// The patterns. Reports how they differ from the wildcard at this place.
pub(super) fn report(
    at: &At<'_>,
    patterns: Patterns,
    covers: Covers,
    draft: &mut Draft,
) -> Vec<String> {
    let text = printable(at.text().unwrap_or_default());
    let Patterns { patterns, fit } = patterns;
    let shown: Vec<_> = patterns.iter().map(|one| format!("`{one}`")).collect();
    let shown = shown.join(" and ");
    const WHY: &str = "because a `*` here stays within one part of a name";
    match (fit, covers) {
        (Fit::Exact, _) => {}
        (Fit::More, _) => draft.lost(at, format!("`{text}` covers more images as {shown}, {WHY}")),
        (Fit::Fewer, _) => draft.lost(
            at,
            format!("`{text}` covers fewer images as {shown}, {WHY}"),
        ),
        (Fit::Unsayable, Covers::More) => {
            draft.lost(
                at,
                format!(
                    "`{text}` cannot be written as patterns, {WHY}; images are not checked for it"
                ),
            );
            draft.help("write the registries that are meant, as in `registry.example/**`");
        }
        (Fit::Unsayable, Covers::Fewer) => {
            draft.lost(
                at,
                format!(
                    "`{text}` cannot be written as patterns, {WHY}; no image is excepted for it"
                ),
            );
        }
        (Fit::NoImage, _) => draft.warn(at, format!("`{text}` matches no image, and was left out")),
    }
    patterns
}

/// The wildcard with `*` for every `?` and for every row of `*`, and whether it covers the same images.
fn simplified(wildcard: &str) -> (String, bool) {
    let mut text = String::with_capacity(wildcard.len());
    for one in wildcard.chars() {
        match one {
            '*' | '?' if text.ends_with('*') => {}
            '*' | '?' => text.push('*'),
            one => text.push(one),
        }
    }
    (text, !wildcard.contains('?'))
}

/// Splits off tag and digest, which begin at the first `:` or `@` behind the host's slash; without a slash, at the first.
fn split_suffix(text: &str) -> (&str, &str) {
    let path = text.find('/').unwrap_or_default();
    let found = text.get(path..).and_then(|rest| rest.find([':', '@']));
    let end = found.map_or(text.len(), |found| path.saturating_add(found));
    text.split_at_checked(end).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests;
