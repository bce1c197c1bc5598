//! Patterns of the rules of `imagePolicy`, on references as runtimes complete them.

use thiserror::Error;

use super::MAX_LENGTH;
use super::glob::{Glob, Rest};
use crate::digest::Digest;
use crate::image::{
    DOCKER_HUB, DOCKER_HUB_ALIAS, MAX_PATH, MAX_TAG, NormalizedReference, ReferenceDigest, is_host,
    is_host_of, is_in_tags, is_path_segment, is_path_segment_of, is_tag_word, port, significant,
};

mod cover;
mod plain;

/// A pattern of `imagePolicy` (`rules[].images[]`, `rules[].exceptImages[]`): `HOST/PATH[:TAG][@DIGEST]`, or
/// `**[:TAG][@DIGEST]` for every image
///
/// It is compared with a [`NormalizedReference`], part by part. Parts that the pattern omits may be anything or
/// absent.
///
/// | part | wildcards |
/// | --- | --- |
/// | host | `*` for text within a label, at most one in a label, never in the last two labels, a port or an address |
/// | path | `*` for text within a segment, at most one in a segment; a last segment `**` for one or more segments |
/// | tag | at most one `*`; `:-` for references without a tag |
/// | digest | `@*` for any digest; `@-` for references without a digest |
///
/// The text of a `*` may be empty, unless the label or segment would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImagePattern<'a> {
    name: Name<'a>,
    tag: Tag<'a>,
    digest: DigestPattern,
}

/// An [`ImagePattern`] of the plain form, which nearly all patterns of a long list have: a name that may end with a
/// wildcard, as in `registry.example/team/**`, or `**`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlainImagePattern<'a> {
    literal: &'a [u8],
    rest: Rest,
}

/// Reads patterns of the plain form. One that begins like the one before takes less time.
#[derive(Debug, Default)]
pub struct PlainImagePatterns(plain::Start);

impl PlainImagePatterns {
    /// Reads one pattern. `None` says only that [`ImagePattern::parse`] has to read it.
    #[inline] // into the loop over rules
    pub fn read<'a>(&mut self, text: &'a [u8]) -> Option<PlainImagePattern<'a>> {
        let (length, rest) = plain::read(text, &mut self.0)?;
        let literal = text.get(..length)?;
        Some(PlainImagePattern { literal, rest })
    }
}

impl PlainImagePattern<'_> {
    /// Like [`ImagePattern::matches`].
    #[inline]
    #[must_use]
    pub fn matches(&self, image: &NormalizedReference<'_>) -> bool {
        covers_literal(self.literal, self.rest, &image.name)
    }
}

/// Registry and repository
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name<'a> {
    /// Has no wildcard but a final one, or is `**`
    Glob(Glob<'a>),
    /// Has a wildcard inside
    Segments(&'a str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tag<'a> {
    Unspecified,
    Absent,
    Is(&'a str),
    /// The texts before and after the `*`
    Like(&'a str, &'a str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DigestPattern {
    Unspecified,
    Absent,
    Any,
    Is(Digest),
}

/// Reasons why a text is not an [`ImagePattern`]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ImagePatternError {
    /// The pattern is empty
    #[error("a pattern must not be empty: write `registry.example/**`, or `**` for every image")]
    Empty,
    /// Too long
    #[error("longer than {MAX_LENGTH} bytes")]
    TooLong,
    /// A URL
    #[error("a pattern has no scheme: write `registry.example/team/app`")]
    Scheme,
    /// A character that occurs neither in references nor in patterns
    #[error("`{}` cannot occur in an image reference; the only wildcards are `*` and `**`", .0.escape_debug())]
    Character(char),
    /// `*` as a whole name, or `**` with more of a name behind it
    #[error(
        "`**` stands for every image and has only a tag or a digest behind it, as in `**:latest`; for the images of one registry, write `registry.example/**`"
    )]
    EveryImage,
    /// A short name
    #[error(
        "the registry is missing: write `docker.io/library/nginx` for Docker Hub's `nginx`, and `docker.io/team/app` for `team/app`"
    )]
    NoHost,
    /// A registry alone
    #[error("the path is missing: write `registry.example/**` for every image of the registry")]
    NoPath,
    /// Docker Hub's alias, which references are compared without
    #[error("`index.docker.io` is compared as `docker.io`: write `docker.io`")]
    HubAlias,
    /// A path of one segment on Docker Hub, which has none
    #[error(
        "images without a user are in `library/` on Docker Hub: write `docker.io/library/nginx` or `docker.io/library/*`"
    )]
    HubPath,
    /// Upper case in host or path
    #[error("host and path are compared in lower case: write them in lower case")]
    UpperCase,
    /// Not a host
    #[error(
        "a host is a domain or an address with an optional port, as in `registry.example:5000`"
    )]
    Host,
    /// A wildcard in the last two labels of a host
    #[error(
        "in a host, `*` stands for text between dots, and not in the last two labels: write `*.registry.example`"
    )]
    HostWildcard,
    /// A wildcard in a port or an address
    #[error("a port or an address has no wildcard: write one pattern for each")]
    AddressWildcard,
    /// Leading zeros in a port, which references are compared without
    #[error("a port is compared without leading zeros: write it without them")]
    PortZeros,
    /// Not a path
    #[error(
        "a path has lower-case letters, digits and single separators (`.`, `_`, `__`, `-`) between single slashes"
    )]
    Path,
    /// The path is too long
    #[error("a path has at most {MAX_PATH} bytes")]
    PathTooLong,
    /// A `**` in another place than the end of a path
    #[error(
        "`**` stands only for whole segments at the end of the path, as in `registry.example/team/**`"
    )]
    DoubleWildcard,
    /// More than one wildcard in one part
    #[error("a label of the host, a segment of the path and a tag have at most one `*`")]
    TwoWildcards,
    /// Not a tag
    #[error(
        "a tag has up to 128 letters, digits, `_`, `.` and `-`, and one `*` for any text; write `:-` for images without a tag"
    )]
    Tag,
    /// Not a digest
    #[error(
        "a digest is `@sha256:` and 64 lower-case hexadecimal digits; write `@*` for any digest and `@-` for none"
    )]
    Digest,
    /// Neither a tag nor a digest
    #[error(
        "an image without a digest has a tag, which is `latest` if none is written: write `:latest@-`"
    )]
    NeitherTagNorDigest,
}

impl<'a> ImagePattern<'a> {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// The pattern breaks a rule of the grammar, or could never match an image.
    ///
    /// ```
    /// use policy_text::image::{ImageReference, NormalizedReference};
    /// use policy_text::pattern::ImagePattern;
    ///
    /// let pattern = ImagePattern::parse("docker.io/library/*:latest@-")?;
    /// let nginx = NormalizedReference::from(ImageReference::parse("nginx")?);
    /// assert!(pattern.matches(&nginx));
    /// assert!(ImagePattern::parse("nginx").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse(text: &'a str) -> Result<Self, ImagePatternError> {
        if let Some((length, rest)) = plain::read(text.as_bytes(), &mut plain::Start::default())
            && let Some(literal) = text.get(..length)
        {
            return Ok(Self {
                name: Name::Glob(Glob { literal, rest }),
                tag: Tag::Unspecified,
                digest: DigestPattern::Unspecified,
            });
        }
        Self::parse_parts(text)
    }

    /// Returns the same pattern in fewer bytes; `None` if it is not of the plain form.
    #[must_use]
    pub const fn plain(&self) -> Option<PlainImagePattern<'a>> {
        match self {
            Self {
                name: Name::Glob(Glob { literal, rest }),
                tag: Tag::Unspecified,
                digest: DigestPattern::Unspecified,
            } => Some(PlainImagePattern {
                literal: literal.as_bytes(),
                rest: *rest,
            }),
            _ => None,
        }
    }

    /// Whether the pattern covers an image.
    #[inline]
    #[must_use]
    pub fn matches(&self, image: &NormalizedReference<'_>) -> bool {
        self.name.covers(&image.name) && self.tag.covers(image.tag) && self.digest.covers(image)
    }

    /// Reads a pattern of any form.
    #[inline(never)]
    fn parse_parts(text: &'a str) -> Result<Self, ImagePatternError> {
        check_text(text)?;
        let (name_and_tag, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, DigestPattern::parse(digest)?),
            None => (text, DigestPattern::Unspecified),
        };
        let (name, tag) = split_tag(name_and_tag)?;
        let tag = tag.map_or(Ok(Tag::Unspecified), Tag::parse)?;
        if (tag, digest) == (Tag::Absent, DigestPattern::Absent) {
            return Err(ImagePatternError::NeitherTagNorDigest);
        }
        Ok(Self {
            name: Name::of(name),
            tag,
            digest,
        })
    }
}

fn check_text(text: &str) -> Result<(), ImagePatternError> {
    if text.is_empty() {
        return Err(ImagePatternError::Empty);
    }
    if text.len() > MAX_LENGTH {
        return Err(ImagePatternError::TooLong);
    }
    if text.contains("://") {
        return Err(ImagePatternError::Scheme);
    }
    let is_stray = |c: &char| !c.is_ascii_alphanumeric() && !"._-/:@*[]".contains(*c);
    text.chars()
        .find(is_stray)
        .map_or(Ok(()), |stray| Err(ImagePatternError::Character(stray)))
}

/// Splits off the tag, and checks the name.
fn split_tag(text: &str) -> Result<(&str, Option<&str>), ImagePatternError> {
    if let Some(rest) = text.strip_prefix(EVERY_IMAGE) {
        return match rest.strip_prefix(':') {
            Some(tag) => Ok((EVERY_IMAGE, Some(tag))),
            None if rest.is_empty() => Ok((EVERY_IMAGE, None)),
            None => Err(ImagePatternError::EveryImage),
        };
    }
    let Some((host, rest)) = text.split_once('/') else {
        return Err(without_slash(text));
    };
    check_host(host)?;
    let (path, tag) = match rest.split_once(':') {
        Some((path, tag)) => (path, Some(tag)),
        None => (rest, None),
    };
    check_path(host, path)?;
    let name = tag.and_then(|tag| text.strip_suffix(tag)?.strip_suffix(':'));
    Ok((name.unwrap_or(text), tag))
}

/// The name of patterns for every image
const EVERY_IMAGE: &str = "**";

#[cold]
fn without_slash(text: &str) -> ImagePatternError {
    let name = text.split(':').next().unwrap_or_default();
    if name.contains('*') {
        ImagePatternError::EveryImage
    } else if name.contains(['.', '[']) || name == "localhost" {
        ImagePatternError::NoPath
    } else {
        ImagePatternError::NoHost
    }
}

fn check_host(host: &str) -> Result<(), ImagePatternError> {
    if !host.contains(['.', ':', '*', '[']) && host != "localhost" {
        return Err(ImagePatternError::NoHost);
    }
    if host.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(ImagePatternError::UpperCase);
    }
    if host == DOCKER_HUB_ALIAS {
        return Err(ImagePatternError::HubAlias);
    }
    let is_host = if host.contains('*') {
        check_host_wildcards(host)?;
        is_host_of(host, |byte| byte.is_ascii_alphanumeric() || byte == b'*')
    } else {
        is_host(host) || is_path_segment(host)
    };
    if !is_host {
        return Err(ImagePatternError::Host);
    }
    if port(host).is_some_and(|(_, digits)| digits != significant(digits)) {
        return Err(ImagePatternError::PortZeros);
    }
    Ok(())
}

fn check_host_wildcards(host: &str) -> Result<(), ImagePatternError> {
    let (domain, port) = host.split_once(':').unwrap_or((host, ""));
    let top = domain.rsplit('.').next().unwrap_or_default();
    let is_number = !top.is_empty() && top.bytes().all(|byte| byte.is_ascii_digit());
    if host.starts_with('[') || port.contains('*') || is_number {
        return Err(ImagePatternError::AddressWildcard);
    }
    for (from_top, label) in domain.rsplit('.').enumerate() {
        match label.matches('*').count() {
            0 => {}
            _ if from_top < 2 => return Err(ImagePatternError::HostWildcard),
            1 => {}
            _ => return Err(ImagePatternError::TwoWildcards),
        }
    }
    Ok(())
}

fn check_path(host: &str, path: &str) -> Result<(), ImagePatternError> {
    if path.is_empty() {
        return Err(ImagePatternError::NoPath);
    }
    let (parents, last) = match path.rsplit_once('/') {
        Some((parents, last)) => (Some(parents), last),
        None => (None, path),
    };
    for segment in parents.into_iter().flat_map(|parents| parents.split('/')) {
        check_segment(segment)?;
    }
    if last == EVERY_IMAGE {
        return check_length(path);
    }
    check_segment(last)?;
    if parents.is_none() && host == DOCKER_HUB {
        return Err(ImagePatternError::HubPath);
    }
    check_length(path)
}

fn check_segment(segment: &str) -> Result<(), ImagePatternError> {
    if segment.contains("**") {
        return Err(ImagePatternError::DoubleWildcard);
    }
    if segment.matches('*').count() > 1 {
        return Err(ImagePatternError::TwoWildcards);
    }
    if segment.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(ImagePatternError::UpperCase);
    }
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '*';
    if is_path_segment_of(segment, is_word) {
        Ok(())
    } else {
        Err(ImagePatternError::Path)
    }
}

/// Checks the length of the shortest path that a pattern covers.
fn check_length(path: &str) -> Result<(), ImagePatternError> {
    let shortest = |segment: &str| match segment {
        "*" | EVERY_IMAGE => 1,
        _ => segment.bytes().filter(|byte| *byte != b'*').count(),
    };
    let slashes = path.matches('/').count();
    let length = path
        .split('/')
        .map(shortest)
        .fold(slashes, usize::saturating_add);
    if length > MAX_PATH {
        return Err(ImagePatternError::PathTooLong);
    }
    Ok(())
}

impl<'a> Name<'a> {
    /// Sorts a valid name by its wildcards.
    fn of(text: &'a str) -> Self {
        let glob = Glob::split(text);
        if glob.literal.contains('*') {
            Self::Segments(text)
        } else {
            Self::Glob(glob)
        }
    }

    #[inline]
    fn covers(self, name: &str) -> bool {
        match self {
            Self::Glob(Glob { literal, rest }) => covers_literal(literal.as_bytes(), rest, name),
            Self::Segments(pattern) => covers_segments(pattern, name),
        }
    }
}

/// Like [`Glob::covers`]. Most patterns of a long list differ from a name in the last character that has to be equal,
/// which is known without comparing the texts.
#[inline]
fn covers_literal(literal: &[u8], rest: Rest, name: &str) -> bool {
    let Some((start, other)) = name.as_bytes().split_at_checked(literal.len()) else {
        return false;
    };
    literal.last() == start.last()
        && is_same(literal, start)
        && match rest {
            Rest::Nothing => other.is_empty(),
            Rest::WithoutSlash => !has_slash(other),
            Rest::Anything => true,
        }
}

#[inline(never)] // out of the loop over rules
fn has_slash(text: &[u8]) -> bool {
    text.contains(&b'/')
}

/// Whether two slices of one length are the same. Calls of `memcmp` compare byte by byte.
#[inline]
fn is_same(a: &[u8], b: &[u8]) -> bool {
    let ((a, rest), (b, other)) = (a.as_chunks(), b.as_chunks());
    let word = |eight: &[u8; 8]| u64::from_le_bytes(*eight);
    a.iter().zip(b).all(|(a, b)| word(a) == word(b)) && rest.iter().zip(other).all(|(a, b)| a == b)
}

/// Compares segment by segment, and the host label by label.
#[inline(never)]
fn covers_segments(pattern: &str, name: &str) -> bool {
    let (Some((pattern_host, pattern)), Some((host, path))) =
        (pattern.split_once('/'), name.split_once('/'))
    else {
        return false;
    };
    if !covers_host(pattern_host, host) {
        return false;
    }
    let mut segments = path.split('/');
    for part in pattern.split('/') {
        match segments.next() {
            Some(_) if part == EVERY_IMAGE => return true,
            Some(segment) if covers_text(part, segment) => {}
            _ => return false,
        }
    }
    segments.next().is_none()
}

fn covers_host(pattern: &str, host: &str) -> bool {
    // A port is compared with the last label, which has no wildcard. Labels of addresses in brackets have colons.
    pattern.split('.').count() == host.split('.').count()
        && pattern
            .split('.')
            .zip(host.split('.'))
            .all(|(part, label)| covers_text(part, label))
}

/// Compares a text with a pattern that has at most one wildcard.
fn covers_text(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        Some((before, after)) => is_between(before, after, text),
        None => pattern == text,
    }
}

/// Whether a text begins and ends with two others, which do not overlap in it.
fn is_between(before: &str, after: &str, text: &str) -> bool {
    text.strip_prefix(before)
        .is_some_and(|rest| rest.ends_with(after))
}

impl<'a> Tag<'a> {
    fn parse(text: &'a str) -> Result<Self, ImagePatternError> {
        if text == "-" {
            return Ok(Self::Absent);
        }
        let Some((before, after)) = text.split_once('*') else {
            return if is_tag_like(text, "") && !text.is_empty() {
                Ok(Self::Is(text))
            } else {
                Err(ImagePatternError::Tag)
            };
        };
        if after.contains('*') {
            return Err(ImagePatternError::TwoWildcards);
        }
        if is_tag_like(before, after) {
            Ok(Self::Like(before, after))
        } else {
            Err(ImagePatternError::Tag)
        }
    }

    #[inline]
    fn covers(self, tag: Option<&str>) -> bool {
        match (self, tag) {
            (Self::Unspecified, _) | (Self::Absent, None) => true,
            (Self::Is(text), Some(tag)) => text == tag,
            (Self::Like(before, after), Some(tag)) => is_between(before, after, tag),
            (Self::Absent, Some(_)) | (Self::Is(_) | Self::Like(..), None) => false,
        }
    }
}

/// Whether there are tags with these texts at the beginning and at the end.
fn is_tag_like(before: &str, after: &str) -> bool {
    let begins_with_word = |text: &str| text.bytes().next().is_some_and(is_tag_word);
    let needs_text = before.is_empty() && !begins_with_word(after);
    let length = before
        .len()
        .saturating_add(after.len())
        .saturating_add(usize::from(needs_text));
    length <= MAX_TAG
        && (before.is_empty() || begins_with_word(before))
        && before.bytes().chain(after.bytes()).all(is_in_tags)
}

impl DigestPattern {
    fn parse(text: &str) -> Result<Self, ImagePatternError> {
        match text {
            "*" => Ok(Self::Any),
            "-" => Ok(Self::Absent),
            _ => match Digest::parse(text) {
                Ok(digest) => Ok(Self::Is(digest)),
                Err(_) => Err(ImagePatternError::Digest),
            },
        }
    }

    #[inline]
    fn covers(self, image: &NormalizedReference<'_>) -> bool {
        match (self, image.digest) {
            (Self::Unspecified, _) | (Self::Absent, None) | (Self::Any, Some(_)) => true,
            (Self::Is(expected), Some(ReferenceDigest::Sha256(digest))) => expected == digest,
            (Self::Absent, Some(_))
            | (Self::Any | Self::Is(_), None)
            | (Self::Is(_), Some(ReferenceDigest::Other)) => false,
        }
    }
}

#[cfg(test)]
mod tests;
