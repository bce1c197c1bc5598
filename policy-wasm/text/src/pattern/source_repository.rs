//! Patterns of source repositories.

use thiserror::Error;

use super::glob::Glob;

/// A pattern of a SLSA check (`trustedSourceRepoPatterns[]`): a repository's address without its
/// scheme
///
/// It is compared with the address after `scheme://`, without a revision `@refs/…` and without other
/// normalization. A final `/*` stands for one segment, `/**` for any text; neither matches an empty text. See
/// <https://cloud.google.com/binary-authorization/docs/cv-slsa-check>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceRepository<'a>(Glob<'a>);

/// Reasons why a text is not a [`SourceRepository`]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SourceRepositoryError {
    /// The pattern is empty
    #[error("a pattern must not be empty")]
    Empty,
    /// A scheme, which is not compared
    #[error("a repository is written without its scheme, as in `git.example/team/app`")]
    Scheme,
    /// A revision, which is not compared
    #[error("a repository is written without a revision: leave out `@refs/` and what follows")]
    Revision,
    /// A wildcard that is not at the end
    #[error("`*` and `**` may stand only at the end")]
    WildcardInside,
    /// A wildcard in the middle of a word, or alone
    #[error("a wildcard may stand only right after `/`, as in `git.example/team/*`")]
    WildcardNotAfterSlash,
    /// Segments that clients resolve
    #[error("`.` and `..` between slashes are in no address: write what they lead to")]
    DotSegment,
    /// A character that no address has
    #[error("`{}` cannot occur in an address", .0.escape_debug())]
    Character(char),
}

impl<'a> SourceRepository<'a> {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// The pattern breaks a rule of the grammar, or could never match an address.
    pub fn parse(text: &'a str) -> Result<Self, SourceRepositoryError> {
        if text.is_empty() {
            return Err(SourceRepositoryError::Empty);
        }
        if let Some(character) = text.chars().find(|c| !is_in_addresses(*c)) {
            return Err(SourceRepositoryError::Character(character));
        }
        if without_scheme(text) != text {
            return Err(SourceRepositoryError::Scheme);
        }
        if without_revision(text) != text {
            return Err(SourceRepositoryError::Revision);
        }
        let glob = Glob::split(text);
        if glob.literal.contains('*') {
            return Err(SourceRepositoryError::WildcardInside);
        }
        let is_after_slash = glob.literal.len() > 1 && glob.literal.ends_with('/');
        if glob.is_open() && !is_after_slash {
            return Err(SourceRepositoryError::WildcardNotAfterSlash);
        }
        if has_dot_segment(glob.literal) {
            return Err(SourceRepositoryError::DotSegment);
        }
        Ok(Self(glob))
    }

    /// Whether the pattern covers the address of a repository.
    ///
    /// Texts that are not addresses do not match, nor do addresses that clients resolve to another one, such as
    /// `git.example/team/../evil/app`.
    #[must_use]
    pub fn matches(&self, url: &str) -> bool {
        let is_plain = url.chars().all(is_in_addresses) && !has_dot_segment(url);
        is_plain
            && self
                .0
                .rest_of(without_revision(without_scheme(url)))
                .is_some_and(|rest| !self.0.is_open() || !rest.is_empty())
    }
}

/// Whether RFC 3986 allows a character in an address.
const fn is_in_addresses(character: char) -> bool {
    character.is_ascii_graphic()
        && !matches!(
            character,
            '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}'
        )
}

fn without_scheme(url: &str) -> &str {
    let is_in_schemes = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    match url.split_once("://") {
        Some((scheme, rest)) if !scheme.is_empty() && scheme.bytes().all(is_in_schemes) => rest,
        _ => url,
    }
}

/// Removes `@refs/…`, as in `git.example/team/app@refs/heads/main`. An `@` before the first slash ends a user
/// name instead.
fn without_revision(address: &str) -> &str {
    match address.split_once("@refs/") {
        Some((repository, _revision)) if repository.contains('/') => repository,
        _ => address,
    }
}

/// Whether there is a `.` or `..` segment in any spelling, or an encoded slash that could create one.
fn has_dot_segment(address: &str) -> bool {
    let is_hidden = ["%2f", "%2F", "%5c", "%5C"]
        .iter()
        .any(|slash| address.contains(slash));
    is_hidden
        || address.split('/').any(|segment| {
            let mut rest = segment;
            while let Some(next) = [".", "%2e", "%2E"]
                .into_iter()
                .find_map(|dot| rest.strip_prefix(dot))
            {
                rest = next;
            }
            !segment.is_empty() && rest.is_empty()
        })
}

#[cfg(test)]
mod tests;
