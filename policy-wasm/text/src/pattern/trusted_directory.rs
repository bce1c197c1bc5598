//! Patterns of trusted directories.

use alloc::string::String;

use thiserror::Error;

use super::MAX_LENGTH;
use super::glob::Glob;
use crate::image::{ImageReference, is_host};

/// A pattern of a trusted directory check (`trustedDirPatterns[]`): `registry/path/to/directory`
///
/// It is compared with the directory of an image: its name up to the last slash. A leading `*` stands for a part
/// of one subdomain, a final `*` for any text without a slash, `**` for any text. See
/// <https://cloud.google.com/binary-authorization/docs/cv-trusted-directory-check>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrustedDirectory<'a> {
    /// Whether a `*` precedes the registry
    any_subdomain: bool,
    /// The registry and the path
    name: Glob<'a>,
}

/// The directory of an image, to compare with many patterns
#[derive(Debug, Clone)]
pub struct ImageDirectory {
    /// The registry and the path
    name: String,
    /// Length of the registry
    host: usize,
}

impl ImageDirectory {
    /// Returns the directory of an image; `None` for images without a registry, which are in none.
    #[must_use]
    pub fn of(image: ImageReference<'_>) -> Option<Self> {
        let host = image.host?;
        let (path, _image) = image.path.rsplit_once('/')?;
        let name = [host, "/", path].concat();
        let host = host.len();
        Some(Self { name, host })
    }
}

/// Reasons why a text is not a [`TrustedDirectory`]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TrustedDirectoryError {
    /// The pattern is empty
    #[error("a pattern must not be empty")]
    Empty,
    /// Longer than any image reference
    #[error("longer than {MAX_LENGTH} bytes")]
    TooLong,
    /// Only a registry
    #[error("a directory is needed behind the registry, as in `registry.example/project`")]
    NoDirectory,
    /// An invalid registry
    #[error(
        "a registry is two or more words with dots between them, and perhaps a port, as in `registry.example:5000`"
    )]
    Registry,
    /// A wildcard in a registry that is not the first character
    #[error("in a registry only one `*` may stand, at the beginning, as in `*.registry.example`")]
    RegistryWildcard,
    /// A leading wildcard that could include the domain
    #[error(
        "`*` at the beginning stands only for a subdomain: two complete words with a dot between them must follow, as in `*.registry.example` or `*-docker.registry.example`"
    )]
    DomainWildcard,
    /// A wildcard in a directory that is not at the end
    #[error("after the registry, `*` and `**` may stand only at the end")]
    WildcardInside,
    /// An extra slash
    #[error("a directory is words between single slashes, without one at the end")]
    Slashes,
    /// A character that no directory has
    #[error(
        "`{}` cannot occur in a directory, which has letters, digits, `.`, `_` and `-` between slashes", .0.escape_debug()
    )]
    Character(char),
}

impl<'a> TrustedDirectory<'a> {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// The pattern breaks a rule of the grammar, or could never match an image.
    pub fn parse(text: &'a str) -> Result<Self, TrustedDirectoryError> {
        if text.is_empty() {
            return Err(TrustedDirectoryError::Empty);
        }
        if text.len() > MAX_LENGTH {
            return Err(TrustedDirectoryError::TooLong);
        }
        let pattern = Self::of_valid(text);
        let name = text.strip_prefix('*').unwrap_or(text);
        let (registry, path) = name.split_once('/').unwrap_or((name, ""));
        check_registry(registry, pattern.any_subdomain)?;
        if path.is_empty() {
            return Err(TrustedDirectoryError::NoDirectory);
        }
        check_path(Glob::split(path))?;
        Ok(pattern)
    }

    /// Reads a pattern that [`Self::parse`] has accepted, without checking it again.
    #[must_use]
    pub fn of_valid(text: &'a str) -> Self {
        let name = text.strip_prefix('*');
        Self {
            any_subdomain: name.is_some(),
            name: Glob::split(name.unwrap_or(text)),
        }
    }

    /// Whether an image is in such a directory. Images without a registry are in none.
    #[must_use]
    pub fn matches(&self, image: ImageReference<'_>) -> bool {
        ImageDirectory::of(image).is_some_and(|directory| self.covers(&directory))
    }

    /// Whether a directory is such a directory.
    #[must_use]
    pub fn covers(&self, directory: &ImageDirectory) -> bool {
        let ImageDirectory { name, host } = directory;
        if !self.any_subdomain {
            return self.name.covers(name);
        }
        let registry = self.name.literal.find('/').unwrap_or_default();
        let split = host
            .checked_sub(registry)
            .and_then(|at| name.split_at_checked(at));
        split.is_some_and(|(subdomain, name)| {
            !subdomain.is_empty() && !subdomain.contains('.') && self.name.covers(name)
        })
    }
}

/// Checks a registry, without a leading `*`.
fn check_registry(registry: &str, any_subdomain: bool) -> Result<(), TrustedDirectoryError> {
    if registry.contains('*') {
        return Err(TrustedDirectoryError::RegistryWildcard);
    }
    if !any_subdomain {
        return if is_domain_of_two(registry) {
            Ok(())
        } else {
            Err(TrustedDirectoryError::Registry)
        };
    }
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    match registry.split_once('.') {
        Some((subdomain, domain))
            if subdomain.bytes().all(is_part)
                && !subdomain.ends_with('-')
                && is_domain_of_two(domain) =>
        {
            Ok(())
        }
        _ => Err(TrustedDirectoryError::DomainWildcard),
    }
}

fn is_domain_of_two(registry: &str) -> bool {
    is_host(registry) && registry.contains('.')
}

/// Checks a directory in any letter case, like names in allowlists, although registries have only lower case.
fn check_path(path: Glob<'_>) -> Result<(), TrustedDirectoryError> {
    for character in path.literal.chars() {
        match character {
            '*' => return Err(TrustedDirectoryError::WildcardInside),
            '.' | '_' | '-' | '/' => {}
            _ if character.is_ascii_alphanumeric() => {}
            _ => return Err(TrustedDirectoryError::Character(character)),
        }
    }
    if path.has_empty_segment() {
        return Err(TrustedDirectoryError::Slashes);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
