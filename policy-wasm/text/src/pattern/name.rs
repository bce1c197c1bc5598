//! Patterns of project-singleton policies, on the image string as the Pod spells it.

use alloc::borrow::Cow;

use thiserror::Error;

use super::MAX_LENGTH;
use super::glob::{Characters, Glob, first_stray};

/// A pattern of a project-singleton policy (`admissionWhitelistPatterns[].namePattern`)
///
/// It is compared with the raw bytes of the image string, including tag and digest, without normalization. A
/// final `*` stands for any text without a slash, `**` for any text; both match an empty text. See
/// <https://cloud.google.com/binary-authorization/docs/policy-yaml-reference>.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePattern<'a>(Cow<'a, str>);

/// Reasons why a text is not a [`NamePattern`]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NamePatternError {
    /// The pattern is empty
    #[error("a pattern must not be empty")]
    Empty,
    /// Longer than any image reference
    #[error("longer than {MAX_LENGTH} bytes")]
    TooLong,
    /// A wildcard that is not at the end
    #[error("`*` and `**` may stand only at the end")]
    WildcardInside,
    /// A wildcard that could stand for a registry
    #[error(
        "a wildcard may stand only after the registry: write `/`, `:` or `@` before it, as in `registry.example/*`"
    )]
    WildcardAlone,
    /// A character class, as in Cloud Run's inline policies
    #[error("`[` and `]` are not supported: write two patterns, `name:*` and `name@*`")]
    CharacterClass,
    /// A character that no image reference has
    #[error("`{}` cannot occur in an image reference", .0.escape_debug())]
    Character(char),
}

impl<'a> NamePattern<'a> {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// The pattern breaks a rule of the grammar, or could never match an image.
    pub fn parse(text: impl Into<Cow<'a, str>>) -> Result<Self, NamePatternError> {
        Self::of(text.into())
    }

    #[inline] // into the loop over a list
    fn of(text: Cow<'a, str>) -> Result<Self, NamePatternError> {
        if text.is_empty() {
            return Err(NamePatternError::Empty);
        }
        if text.len() > MAX_LENGTH {
            return Err(NamePatternError::TooLong);
        }
        let glob = Glob::split(&text);
        let characters = Characters::of(glob.literal);
        if !characters.are_allowed
            && let Some(stray) = first_stray(glob.literal)
        {
            return Err(match stray {
                '*' => NamePatternError::WildcardInside,
                '[' | ']' => NamePatternError::CharacterClass,
                stray => NamePatternError::Character(stray),
            });
        }
        if glob.is_open() && !characters.has_separator {
            return Err(NamePatternError::WildcardAlone);
        }
        Ok(Self(text))
    }

    /// Returns the pattern as written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Returns the first pattern that covers an image string.
    #[must_use]
    pub fn first<'p>(patterns: &'p [Self], image: &str) -> Option<&'p Self> {
        // No pattern begins with a wildcard, so one character excludes most of them.
        let begin = image.as_bytes().first();
        let covers =
            |pattern: &&Self| pattern.0.as_bytes().first() == begin && pattern.matches(image);
        patterns.iter().find(covers)
    }

    /// Whether the pattern covers an image string, compared byte by byte.
    #[must_use]
    pub fn matches(&self, image: &str) -> bool {
        Glob::split(&self.0).covers(image)
    }
}

#[cfg(test)]
mod tests;
