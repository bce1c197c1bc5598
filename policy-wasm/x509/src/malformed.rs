//! The error of every reader of a format.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::format;

use thiserror::Error;

/// Why a document cannot be read, in words: the field first, then its problem
///
/// The caller chooses the code, because the same problem has one code in a bundle and another in a trusted root.
/// The text quotes no byte of the document except object identifiers and tags.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Malformed(Box<Cow<'static, str>>); // one word, since every result of a reader has room for it

impl Malformed {
    /// Returns an error with a fixed text.
    #[must_use]
    #[cold]
    #[inline(never)]
    pub fn new(problem: &'static str) -> Self {
        Self(Box::new(Cow::Borrowed(problem)))
    }

    /// Puts the name of a field before the problem.
    #[must_use]
    #[cold]
    #[inline(never)]
    pub fn of(self, field: &str) -> Self {
        format!("{field}: {}", self.0).into()
    }
}

impl From<alloc::string::String> for Malformed {
    #[cold]
    #[inline(never)]
    fn from(problem: alloc::string::String) -> Self {
        Self(Box::new(Cow::Owned(problem)))
    }
}
