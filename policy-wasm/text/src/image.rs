//! Image references: `[host[:port]/]path[:tag][@digest]`, by the grammar of the OCI distribution
//! project (<https://github.com/distribution/reference>).
//!
//! The parser only splits and checks. It does not trim, clean, decode or complete. References that parsers
//! interpret differently are errors, because the container runtime could pull another image.

use alloc::borrow::Cow;
use alloc::string::String;

use thiserror::Error;

use crate::digest::Digest;

mod normalized;

pub use normalized::NormalizedReference;
pub(crate) use normalized::significant;

/// An image reference, split into its parts as they are written
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageReference<'a> {
    /// `registry.example:5000`; absent for Docker Hub's short names
    pub host: Option<&'a str>,
    /// `team/app`
    pub path: &'a str,
    /// The part after the colon
    pub tag: Option<&'a str>,
    /// The part after the `@`
    pub digest: Option<ReferenceDigest>,
}

/// The digest of a reference
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReferenceDigest {
    /// A SHA-256 digest, as in attestations
    Sha256(Digest),
    /// A well-formed digest of another algorithm, which attestations do not use
    Other,
}

/// Reasons why a text is not an image reference
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReferenceError {
    /// Longer than registries accept
    #[error("longer than {MAX_LENGTH} bytes")]
    TooLong,
    /// The path of the repository is longer than registries accept
    #[error("the path of the repository is longer than {MAX_PATH} bytes")]
    RepositoryTooLong,
    /// The part before the first slash is not a host name
    #[error("`host[:port]` before the first slash is not valid")]
    Host,
    /// A segment of the repository's path
    #[error(
        "a repository path has lower-case letters, digits and single separators (`.`, `_`, `__`, `-`) between slashes"
    )]
    Path,
    /// An image id, which container runtimes use for images that are already on the node
    #[error("this is an image id, with or without `sha256:`, not a name")]
    ImageId,
    /// The part after the colon
    #[error("a tag has up to 128 letters, digits, `_`, `.` and `-`")]
    Tag,
    /// The part after the `@`
    #[error("a digest is `sha256:` and 64 lower-case hexadecimal digits")]
    Digest,
}

/// Maximum length of a reference: more than the maximum host, path, tag and digest of registries
pub const MAX_LENGTH: usize = 1024;
/// Registry of references without one
pub const DOCKER_HUB: &str = "docker.io";
/// Another name of Docker Hub, which clients complete like the first
pub const DOCKER_HUB_ALIAS: &str = "index.docker.io";
/// Path prefix of Docker Hub images with a short name
const LIBRARY: &str = "library/";
/// Maximum length of the path, including an implied `library/`, as in the distribution project's own parser
pub(crate) const MAX_PATH: usize = 255;
/// Maximum length of a tag
pub(crate) const MAX_TAG: usize = 128;

impl<'a> ImageReference<'a> {
    /// Splits and checks a reference.
    ///
    /// # Errors
    ///
    /// The text does not follow the grammar. [`ReferenceError::Digest`] is returned only when all
    /// the rest does.
    ///
    /// ```
    /// use policy_text::image::ImageReference;
    ///
    /// let image = ImageReference::parse("registry.example:5000/team/app:1.0")?;
    /// assert_eq!((image.host, image.path, image.tag), (Some("registry.example:5000"), "team/app", Some("1.0")));
    /// assert!(ImageReference::parse("Registry.example/Team/App").is_err());
    /// # Ok::<(), policy_text::image::ReferenceError>(())
    /// ```
    pub fn parse(text: &'a str) -> Result<Self, ReferenceError> {
        if text.len() > MAX_LENGTH {
            return Err(ReferenceError::TooLong);
        }
        let (name_and_tag, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest)),
            None => (text, None),
        };
        let (host, rest) = split_host(name_and_tag)?;
        let (path, tag) = match rest.split_once(':') {
            Some((path, tag)) => (path, Some(tag)),
            None => (rest, None),
        };
        if !path.split('/').all(is_path_segment) {
            return Err(ReferenceError::Path);
        }
        if library(host, path).len().saturating_add(path.len()) > MAX_PATH {
            return Err(ReferenceError::RepositoryTooLong);
        }
        if tag.is_some_and(|tag| !is_tag(tag)) {
            return Err(ReferenceError::Tag);
        }
        let is_hex = |text: &str| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
        let is_id = match tag {
            Some(tag) => path == "sha256" && is_hex(tag),
            None => is_hex(path),
        };
        if host.is_none() && digest.is_none() && is_id {
            return Err(ReferenceError::ImageId);
        }
        let digest = digest.map(parse_digest).transpose()?;
        Ok(Self {
            host,
            path,
            tag,
            digest,
        })
    }

    /// Returns the SHA-256 digest, if the reference has one.
    #[must_use]
    pub const fn sha256(&self) -> Option<Digest> {
        match self.digest {
            Some(ReferenceDigest::Sha256(digest)) => Some(digest),
            Some(ReferenceDigest::Other) | None => None,
        }
    }

    /// Returns registry and repository as written, without tag and digest.
    #[must_use]
    pub fn repository(&self) -> Cow<'a, str> {
        self.host.map_or(Cow::Borrowed(self.path), |host| {
            alloc::format!("{host}/{}", self.path).into()
        })
    }

    /// Returns the registry; Docker Hub if none is written, and for its `index.` alias.
    #[must_use]
    pub fn normalized_host(&self) -> &'a str {
        normalized_host(self.host)
    }

    /// Returns the repository if it is on Docker Hub, under any of its names.
    #[must_use]
    pub fn hub_path(&self) -> Option<&'a str> {
        (self.normalized_host() == DOCKER_HUB).then_some(self.path)
    }

    /// Returns registry and repository with Docker Hub's short names and its `index.` alias completed:
    /// `nginx`, `library/nginx` and `index.docker.io/library/nginx` are all
    /// `docker.io/library/nginx`. Its API host is not an alias.
    #[must_use]
    pub fn normalized_repository(&self) -> String {
        complete(self.host, self.path)
    }
}

/// See [`ImageReference::normalized_repository`].
fn complete(host: Option<&str>, path: &str) -> String {
    let (registry, library) = (normalized_host(host), library(host, path));
    alloc::format!("{registry}/{library}{path}")
}

fn normalized_host(host: Option<&str>) -> &str {
    match host {
        None | Some(DOCKER_HUB_ALIAS) => DOCKER_HUB,
        Some(host) => host,
    }
}

/// Returns the prefix of a Docker Hub path with only one segment.
fn library(host: Option<&str>, path: &str) -> &'static str {
    if normalized_host(host) == DOCKER_HUB && !path.contains('/') {
        LIBRARY
    } else {
        ""
    }
}

/// Splits off the host. Without one, the reference is of Docker Hub. Upper case is an error, because parsers differ.
/// Without a port, a host may contain `_` like a path segment: domains cannot, but the distribution project's parser
/// accepts it, and runtimes contact that host.
fn split_host(name: &str) -> Result<(Option<&str>, &str), ReferenceError> {
    let Some((first, rest)) = name.split_once('/') else {
        return Ok((None, name));
    };
    if names_registry(first) {
        return if is_host(first) || is_path_segment(first) {
            Ok((Some(first), rest))
        } else {
            Err(ReferenceError::Host)
        };
    }
    if first.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(ReferenceError::Host);
    }
    Ok((None, name))
}

/// Whether the segment before the first slash of a name stands for a registry, valid or not: it has a dot or a colon,
/// or is `localhost`. Others are users and organizations of Docker Hub.
#[must_use]
#[inline]
pub fn names_registry(first: &str) -> bool {
    first.contains(['.', ':']) || first == "localhost"
}

/// Whether this is a registry: words between dots or an address in brackets, and an optional port.
#[must_use]
pub fn is_host(host: &str) -> bool {
    is_host_of(host, |byte| byte.is_ascii_alphanumeric())
}

/// Like [`is_host`], with the bytes that count as letters and digits of labels.
pub(crate) fn is_host_of(host: &str, is_word: impl Fn(u8) -> bool) -> bool {
    let (is_name, port) = if let Some(bracketed) = host.strip_prefix('[') {
        let Some((address, port)) = bracketed.split_once(']') else {
            return false;
        };
        let is_address = |c: char| c.is_ascii_hexdigit() || c == ':';
        (!address.is_empty() && address.chars().all(is_address), port)
    } else {
        let (name, port) = host.split_at(host.find(':').unwrap_or(host.len()));
        (is_domain(name, is_word), port)
    };
    let is_port = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    is_name && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
}

/// Splits a host into its name or address, and the digits of its port if it has one.
pub(crate) fn port(host: &str) -> Option<(&str, &str)> {
    let is_port = |(_, digits): &(&str, &str)| digits.bytes().all(|byte| byte.is_ascii_digit());
    // The bracket of an address without a port is behind its last colon.
    host.rsplit_once(':').filter(is_port)
}

fn is_domain(name: &str, is_word: impl Fn(u8) -> bool) -> bool {
    name.split('.').all(|label| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| is_word(byte) || byte == b'-')
    })
}

/// Whether this is a path segment: runs of letters and digits, separated by `.`, `_`, `__` or any number of `-`.
pub(crate) fn is_path_segment(segment: &str) -> bool {
    is_path_segment_of(segment, |c| c.is_ascii_lowercase() || c.is_ascii_digit())
}

/// Like [`is_path_segment`], with the characters that count as letters and digits.
pub(crate) fn is_path_segment_of(segment: &str, is_word: impl Fn(char) -> bool + Copy) -> bool {
    let mut rest = segment;
    loop {
        let after_word = rest.trim_start_matches(is_word);
        if after_word.len() == rest.len() {
            return false;
        }
        if after_word.is_empty() {
            return true;
        }
        let Some(separator_length) = after_word.find(is_word) else {
            return false;
        };
        let (separator, next_word) = after_word.split_at(separator_length);
        let is_separator =
            matches!(separator, "." | "_" | "__") || separator.bytes().all(|byte| byte == b'-');
        if !is_separator {
            return false;
        }
        rest = next_word;
    }
}

/// Whether this is a tag: up to 128 letters, digits, `_`, `.` and `-`, not beginning with `.` or `-`.
#[must_use]
pub fn is_tag(tag: &str) -> bool {
    tag.len() <= MAX_TAG
        && tag.bytes().next().is_some_and(is_tag_word)
        && tag.bytes().all(is_in_tags)
}

/// Whether a tag may begin with a byte.
pub(crate) const fn is_tag_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether a byte may occur in a tag.
pub(crate) const fn is_in_tags(byte: u8) -> bool {
    is_tag_word(byte) || matches!(byte, b'.' | b'-')
}

/// Parses a digest. By the OCI image specification, a digest of another algorithm has at least 32 lower-case
/// hexadecimal digits, and `sha512` exactly 128.
fn parse_digest(text: &str) -> Result<ReferenceDigest, ReferenceError> {
    if text.contains('@') {
        return Err(ReferenceError::Path);
    }
    let (algorithm, hex) = text.split_once(':').ok_or(ReferenceError::Digest)?;
    if algorithm == "sha256" {
        return Digest::parse(text)
            .map(ReferenceDigest::Sha256)
            .map_err(|_| ReferenceError::Digest);
    }
    let is_algorithm = algorithm.split(['-', '_', '+', '.']).all(|part| {
        part.bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_lowercase())
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    });
    let is_length = if algorithm == "sha512" {
        hex.len() == 128
    } else {
        hex.len() >= 32
    };
    let is_hex = hex
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if is_algorithm && is_length && is_hex {
        Ok(ReferenceDigest::Other)
    } else {
        Err(ReferenceError::Digest)
    }
}

#[cfg(test)]
mod tests;
