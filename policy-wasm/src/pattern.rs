//! Image name patterns. Each policy language has a type of its own, so that a pattern of one can
//! not be matched by the rules of another.

use thiserror::Error;

/// A pattern of a project-singleton policy (`admissionWhitelistPatterns[].namePattern`)
///
/// It is compared with the raw bytes of the image string, tag and digest included, without any
/// normalisation. A `*` at the end stands for any text without a slash, `**` for any text, both
/// also for none. See <https://cloud.google.com/binary-authorization/docs/policy-yaml-reference>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamePattern<'a> {
    literal: &'a str,
    rest: Rest,
}

/// What may follow the literal part
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    Nothing,
    WithoutSlash,
    Anything,
}

/// Why a text is not a pattern
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PatternError {
    /// Nothing to match
    #[error("a pattern must not be empty")]
    Empty,
    /// Longer than any image reference
    #[error("longer than {MAX_LENGTH} bytes")]
    TooLong,
    /// A wildcard that is not the last thing
    #[error("`*` and `**` may stand only at the end")]
    WildcardInside,
    /// A wildcard that could stand for a registry
    #[error(
        "a wildcard may stand only after the registry: write `/`, `:` or `@` before it, as in `registry.example/*`"
    )]
    WildcardAlone,
    /// A character class, known from Cloud Run's inline policies
    #[error("`[` and `]` are not supported: write two patterns, `name:*` and `name@*`")]
    CharacterClass,
    /// A character that no image reference has
    #[error("`{}` cannot occur in an image reference", .0.escape_debug())]
    Character(char),
}

/// As long as the longest image reference.
const MAX_LENGTH: usize = crate::image::MAX_LENGTH;

impl<'a> NamePattern<'a> {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// The pattern breaks a rule of the grammar, or could never match an image.
    pub fn parse(text: &'a str) -> Result<Self, PatternError> {
        if text.is_empty() {
            return Err(PatternError::Empty);
        }
        if text.len() > MAX_LENGTH {
            return Err(PatternError::TooLong);
        }
        let (literal, rest) = if let Some(literal) = text.strip_suffix("**") {
            (literal, Rest::Anything)
        } else if let Some(literal) = text.strip_suffix('*') {
            (literal, Rest::WithoutSlash)
        } else {
            (text, Rest::Nothing)
        };
        for character in literal.chars() {
            match character {
                '*' => return Err(PatternError::WildcardInside),
                '[' | ']' => return Err(PatternError::CharacterClass),
                '.' | '_' | '-' | '/' | ':' | '@' | '+' => {}
                _ if character.is_ascii_alphanumeric() => {}
                _ => return Err(PatternError::Character(character)),
            }
        }
        if rest != Rest::Nothing && !literal.contains(['/', ':', '@']) {
            return Err(PatternError::WildcardAlone);
        }
        Ok(Self { literal, rest })
    }

    /// Whether the pattern covers an image string, byte by byte.
    #[must_use]
    pub fn matches(&self, image: &str) -> bool {
        image
            .strip_prefix(self.literal)
            .is_some_and(|rest| match self.rest {
                Rest::Nothing => rest.is_empty(),
                Rest::WithoutSlash => !rest.contains('/'),
                Rest::Anything => true,
            })
    }
}

#[cfg(test)]
mod tests;
