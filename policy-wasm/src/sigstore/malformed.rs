//! The error of every reader of a format.

use alloc::borrow::Cow;
use alloc::format;

use thiserror::Error;

/// Why a document cannot be read, in words: the field first, then its problem
///
/// The caller chooses the code, because the same problem has one code in a bundle and another in a trusted root.
/// The text quotes no byte of the document except object identifiers and tags.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Malformed(Cow<'static, str>);

impl Malformed {
    /// Returns an error with a fixed text.
    pub(crate) const fn new(problem: &'static str) -> Self {
        Self(Cow::Borrowed(problem))
    }

    /// Puts the name of a field before the problem.
    pub(crate) fn of(self, field: &str) -> Self {
        Self(Cow::Owned(format!("{field}: {}", self.0)))
    }
}

impl From<alloc::string::String> for Malformed {
    fn from(problem: alloc::string::String) -> Self {
        Self(Cow::Owned(problem))
    }
}
