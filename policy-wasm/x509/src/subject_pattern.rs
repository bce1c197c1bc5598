//! Patterns of certificate subjects and of claims that are addresses or Git refs.
//!
//! A pattern is no regular expression. Its parts are the texts between `/` and `@`; a `*` stands for one or
//! more characters of one part, so it never extends from the path of a workflow into its ref. A final `**`
//! stands for one or more characters without `@`.

use alloc::borrow::Cow;

use thiserror::Error;

use super::certificate::SubjectName;

/// Kind of subject that a text in the settings is about; see [`SubjectName`]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubjectKind {
    /// With `://`
    Uri,
    /// With `@`
    Email,
    /// With `!`
    UserName,
}

impl SubjectKind {
    /// Whether a name is of this kind.
    pub const fn is_of(self, name: SubjectName<'_>) -> bool {
        matches!(
            (self, name),
            (Self::Uri, SubjectName::Uri(_))
                | (Self::Email, SubjectName::Email(_))
                | (Self::UserName, SubjectName::UserName(_))
        )
    }

    /// Returns the kind of subject that a text in the settings stands for; `None` if it can be none.
    #[inline(never)]
    pub fn of(text: &str) -> Option<Self> {
        if text.contains("://") {
            Some(Self::Uri)
        } else if text.contains('!') {
            Some(Self::UserName)
        } else if text.contains('@') {
            Some(Self::Email)
        } else {
            None
        }
    }
}

/// A pattern of texts, compared as a whole and case-sensitively
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectPattern<'a> {
    text: Cow<'a, str>,
    kind: SubjectKind,
}

/// Reasons why a text is not a pattern
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SubjectPatternError {
    /// Empty or too long
    #[error("a pattern has 1 to {MAX_LENGTH} characters")]
    Length,
    /// A character that no subject has
    #[error("`{}` cannot occur in a pattern", .0.escape_debug())]
    Character(char),
    /// A regular expression
    #[error("this is not a regular expression: {0} has no special meaning here, only `*` has")]
    RegularExpression(&'static str),
    /// No wildcard
    #[error("a pattern without `*` is an exact text: write it without `Pattern` and `pattern`")]
    NoWildcard,
    /// Neither an address nor `*@domain`
    #[error("expected an address with its scheme, or `*@` and a domain")]
    Kind,
    /// A wildcard in the host, or no path
    #[error(
        "scheme and host must be literal, and followed by a path, as in `https://git.example/team/*`"
    )]
    Host,
    /// A wildcard in the first segment of the path
    #[error("the first segment of the path must be literal: it names the owner")]
    FirstSegment,
    /// No literal kind of ref
    #[error("a ref begins with `refs/heads/`, `refs/tags/` or `refs/pull/`")]
    Ref,
    /// `**` that is not at the end after a slash
    #[error("`**` may stand only at the end, after `/`")]
    DoubleWildcard,
    /// Several wildcards
    #[error("only one `*` may stand between two of `/` and `@`")]
    TwoWildcards,
}

/// Maximum length of a pattern
const MAX_LENGTH: usize = 512;

/// The beginnings of Git refs
const REFS: [&str; 3] = ["refs/heads/", "refs/tags/", "refs/pull/"];

impl<'a> SubjectPattern<'a> {
    /// Reads a pattern of subjects: addresses with a literal beginning, or all e-mail addresses of a domain.
    ///
    /// # Errors
    ///
    /// The text breaks a rule of the language.
    #[inline(never)]
    pub fn parse(text: Cow<'a, str>) -> Result<Self, SubjectPatternError> {
        check_characters(&text)?;
        let kind = match text.split_once("://") {
            Some((scheme, rest)) => {
                check_address(scheme, rest)?;
                SubjectKind::Uri
            }
            None => {
                let domain = text.strip_prefix("*@").ok_or(SubjectPatternError::Kind)?;
                if !is_domain(domain) {
                    return Err(SubjectPatternError::Kind);
                }
                SubjectKind::Email
            }
        };
        check_wildcards(&text)?;
        Ok(Self { text, kind })
    }

    /// Reads a pattern of addresses, for claims.
    ///
    /// # Errors
    ///
    /// As for [`Self::parse`].
    #[inline(never)]
    pub fn parse_address(text: Cow<'a, str>) -> Result<Self, SubjectPatternError> {
        let pattern = Self::parse(text)?;
        if pattern.kind == SubjectKind::Uri {
            Ok(pattern)
        } else {
            Err(SubjectPatternError::Host)
        }
    }

    /// Reads a pattern of Git refs, for claims.
    ///
    /// # Errors
    ///
    /// As for [`Self::parse`].
    #[inline(never)]
    pub fn parse_ref(text: Cow<'a, str>) -> Result<Self, SubjectPatternError> {
        check_characters(&text)?;
        if !REFS.iter().any(|start| text.starts_with(start)) {
            return Err(SubjectPatternError::Ref);
        }
        check_wildcards(&text)?;
        Ok(Self {
            text,
            kind: SubjectKind::Uri,
        })
    }

    /// Returns the pattern as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the pattern covers the subject of a certificate, of the same kind.
    #[inline(never)]
    pub fn covers(&self, subject: SubjectName<'_>) -> bool {
        self.kind.is_of(subject) && self.matches(subject.as_str())
    }

    /// Whether the pattern matches a whole text.
    #[must_use]
    #[inline(never)]
    pub fn matches(&self, text: &str) -> bool {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return false;
        }
        let (mut pattern, mut text) = (&*self.text, text);
        loop {
            if pattern == "**" {
                return !text.is_empty() && !text.contains('@');
            }
            let (wanted, after_pattern) = next_part(pattern);
            let (found, after_text) = next_part(text);
            if !part_matches(wanted, found) {
                return false;
            }
            match (after_pattern, after_text) {
                (None, None) => return true,
                (Some((one, rest)), Some((other, rest_of_text))) if one == other => {
                    (pattern, text) = (rest, rest_of_text);
                }
                _ => return false,
            }
        }
    }
}

/// The part before the next separator, and the separator with the text after it.
fn next_part(text: &str) -> (&str, Option<(char, &str)>) {
    let at = text.find(['/', '@']).unwrap_or(text.len());
    let (part, rest) = text.split_at_checked(at).unwrap_or((text, ""));
    let mut rest = rest.chars();
    (
        part,
        rest.next().map(|separator| (separator, rest.as_str())),
    )
}

/// Whether a part with at most one `*` matches another, with at least one character for the `*`.
fn part_matches(wanted: &str, found: &str) -> bool {
    match wanted.split_once('*') {
        None => wanted == found,
        Some((head, tail)) => found
            .strip_prefix(head)
            .and_then(|rest| rest.strip_suffix(tail))
            .is_some_and(|between| !between.is_empty()),
    }
}

/// Checks length and characters, and refuses what other tools would take for a regular expression.
fn check_characters(text: &str) -> Result<(), SubjectPatternError> {
    const SPECIAL: [(&str, &str); 12] = [
        (".*", "`.*`"),
        (".+", "`.+`"),
        ("\\", "`\\`"),
        ("^", "`^`"),
        ("$", "`$`"),
        ("(", "`(`"),
        (")", "`)`"),
        ("[", "`[`"),
        ("]", "`]`"),
        ("{", "`{`"),
        ("}", "`}`"),
        ("|", "`|`"),
    ];
    if text.is_empty() || text.len() > MAX_LENGTH {
        return Err(SubjectPatternError::Length);
    }
    if let Some(other) = text.chars().find(|one| !one.is_ascii_graphic()) {
        return Err(SubjectPatternError::Character(other));
    }
    if let Some((_, name)) = SPECIAL.iter().find(|(special, _)| text.contains(special)) {
        return Err(SubjectPatternError::RegularExpression(name));
    }
    if text.contains('*') {
        Ok(())
    } else {
        Err(SubjectPatternError::NoWildcard)
    }
}

/// Checks that scheme, host and the first segment of an address are literal.
fn check_address(scheme: &str, rest: &str) -> Result<(), SubjectPatternError> {
    let in_scheme =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+.-".contains(&byte);
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_lowercase())
        && scheme.bytes().all(in_scheme);
    let (host, path) = rest.split_once('/').ok_or(SubjectPatternError::Host)?;
    let (name, port) = host.split_once(':').unwrap_or((host, "0"));
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
    let is_host = !name.is_empty()
        && name.bytes().all(is_name)
        && !port.is_empty()
        && port.bytes().all(|byte| byte.is_ascii_digit());
    if !is_scheme || !is_host {
        return Err(SubjectPatternError::Host);
    }
    let first = path.split('/').next().unwrap_or_default();
    if first.is_empty() || first.contains('*') {
        return Err(SubjectPatternError::FirstSegment);
    }
    Ok(())
}

/// Checks that there is one `*` in a part at most, and `**` only at the end after a slash.
fn check_wildcards(text: &str) -> Result<(), SubjectPatternError> {
    let before = text
        .strip_suffix("**")
        .filter(|before| before.ends_with('/'))
        .unwrap_or(text);
    if before.contains("**") {
        return Err(SubjectPatternError::DoubleWildcard);
    }
    let has_two = |part: &str| part.bytes().filter(|byte| *byte == b'*').count() > 1;
    if before.split(['/', '@']).any(has_two) {
        return Err(SubjectPatternError::TwoWildcards);
    }
    Ok(())
}

/// Whether a text is a domain in lower case with at least two labels.
fn is_domain(text: &str) -> bool {
    let in_label = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.contains('.')
        && text
            .split('.')
            .all(|label| !label.is_empty() && label.bytes().all(in_label))
}

#[cfg(test)]
mod tests;
