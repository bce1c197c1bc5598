//! Patterns of platform policies' allowlists, on the parts of an image reference.

use thiserror::Error;

use super::MAX_LENGTH;
use super::glob::{Glob, Rest, first_stray};
use crate::digest::Digest;
use crate::image::{ImageReference, is_tag};

/// A pattern of a platform policy (`imageAllowlist.allowPattern[]`): `name[:tag][@digest]`
///
/// Name, tag and digest are compared separately, as written. Parts that the pattern omits may be anything or
/// absent. A final `*` stands for the rest of a tag, or for the rest of a name up to the next slash; `/**` for
/// any rest of a name. See
/// <https://cloud.google.com/binary-authorization/docs/overview-cv>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AllowPattern<'a> {
    name: Glob<'a>,
    tag: Option<Glob<'a>>,
    digest: Option<Digest>,
}

/// Reasons why a text is not an [`AllowPattern`]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AllowPatternError {
    /// The pattern is empty
    #[error("a pattern must not be empty")]
    Empty,
    /// Longer than any image reference
    #[error("longer than {MAX_LENGTH} bytes")]
    TooLong,
    /// A wildcard that is not at the end
    #[error("`*` and `**` may stand only at the end, with no tag or digest behind them")]
    WildcardInside,
    /// A wildcard that could stand for a registry
    #[error(
        "a wildcard may stand only after the registry: write `/` before it, as in `registry.example/*`"
    )]
    WildcardAlone,
    /// A `**` in the middle of a word, or in a tag
    #[error("`**` may stand only right after `/`; `*` stands for the rest of a name or tag")]
    DoubleWildcard,
    /// A tag that is only a wildcard
    #[error("a tag needs text before `*`: to cover every tag, write the name alone")]
    TagWildcardAlone,
    /// A digest with a wildcard
    #[error("a digest has no wildcard: to cover every digest, leave it out")]
    DigestWildcard,
    /// A character class, as in Cloud Run's inline policies
    #[error("`[` and `]` are not supported: a name alone covers every tag and digest")]
    CharacterClass,
    /// A character that no image reference has
    #[error("`{}` cannot occur in an image reference", .0.escape_debug())]
    Character(char),
    /// A name that no image can have
    #[error(
        "a name is `registry/path/to/image`: words between single slashes, and a colon only before the registry's port"
    )]
    Name,
    /// A tag that no image can have
    #[error("a tag has up to 128 letters, digits, `_`, `.` and `-`")]
    Tag,
    /// A digest that is not complete
    #[error("a digest is `sha256:` and 64 lower-case hexadecimal digits")]
    Digest,
}

impl<'a> AllowPattern<'a> {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// The pattern breaks a rule of the grammar, or could never match an image.
    pub fn parse(text: &'a str) -> Result<Self, AllowPatternError> {
        if text.is_empty() {
            return Err(AllowPatternError::Empty);
        }
        if text.len() > MAX_LENGTH {
            return Err(AllowPatternError::TooLong);
        }
        let Glob { literal, rest } = Glob::split(text);
        check_characters(literal)?;
        let (name_and_tag, digest) = match literal.split_once('@') {
            Some(_) if rest != Rest::Nothing => return Err(AllowPatternError::DigestWildcard),
            Some((name, digest)) => (name, Some(parse_digest(digest)?)),
            None => (literal, None),
        };
        // The wildcard belongs to the tag, if there is one, and otherwise to the name.
        let (name, tag) = match name_and_tag.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => {
                (closed(name), Some(Glob { literal: tag, rest }))
            }
            _ => (
                Glob {
                    literal: name_and_tag,
                    rest,
                },
                None,
            ),
        };
        check_name(name)?;
        tag.map_or(Ok(()), check_tag)?;
        Ok(Self { name, tag, digest })
    }

    /// Whether the pattern covers an image.
    #[must_use]
    pub fn matches(&self, image: ImageReference<'_>) -> bool {
        covers_name(self.name, image)
            && self
                .tag
                .is_none_or(|tag| image.tag.is_some_and(|text| tag.covers(text)))
            && self
                .digest
                .is_none_or(|digest| image.sha256() == Some(digest))
    }
}

fn check_characters(literal: &str) -> Result<(), AllowPatternError> {
    match first_stray(literal) {
        None => Ok(()),
        Some('*') => Err(AllowPatternError::WildcardInside),
        Some('[' | ']') => Err(AllowPatternError::CharacterClass),
        Some(character) => Err(AllowPatternError::Character(character)),
    }
}

fn parse_digest(text: &str) -> Result<Digest, AllowPatternError> {
    Digest::parse(text).map_err(|_| AllowPatternError::Digest)
}

const fn closed(literal: &str) -> Glob<'_> {
    Glob {
        literal,
        rest: Rest::Nothing,
    }
}

/// Checks a name in any letter case: Google's own examples have names in upper case, although registries do not.
fn check_name(name: Glob<'_>) -> Result<(), AllowPatternError> {
    let path = match name.literal.split_once('/') {
        Some((_registry, path)) => path,
        None if name.is_open() => return Err(AllowPatternError::WildcardAlone),
        None => name.literal,
    };
    if name.has_empty_segment() || path.contains(':') {
        return Err(AllowPatternError::Name);
    }
    if name.rest == Rest::Anything && !name.literal.ends_with('/') {
        return Err(AllowPatternError::DoubleWildcard);
    }
    Ok(())
}

fn check_tag(tag: Glob<'_>) -> Result<(), AllowPatternError> {
    match tag.rest {
        Rest::Anything => Err(AllowPatternError::DoubleWildcard),
        Rest::WithoutSlash if tag.literal.is_empty() => Err(AllowPatternError::TagWildcardAlone),
        _ if is_tag(tag.literal) => Ok(()),
        _ => Err(AllowPatternError::Tag),
    }
}

/// Like `name.covers(image.repository())`, without building the repository.
fn covers_name(name: Glob<'_>, image: ImageReference<'_>) -> bool {
    let Some(host) = image.host else {
        return name.covers(image.path);
    };
    let Some((registry, literal)) = name.literal.split_once('/') else {
        return false;
    };
    registry == host && Glob { literal, ..name }.covers(image.path)
}

#[cfg(test)]
mod tests;
