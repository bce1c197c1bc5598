//! Errors of reading evidence, for the user, and failures of host calls, for the guest.

use std::path::Path;
use std::{fs, io};

use thiserror::Error;

use crate::inputs::InputError;
use crate::terminal::shown;

/// Why a folder or a recording cannot be used
#[derive(Debug, Error)]
pub enum OfflineHostError {
    /// An input file
    #[error(transparent)]
    Input(#[from] InputError),
    /// A file where a folder should be
    #[error("`{0}` is not a directory")]
    NotAFolder(String),
    /// Nothing where a folder should be
    #[error("there is no directory `{0}`")]
    NoFolder(String),
    /// Two files say what one object is
    #[error("`{second}`: {object} is already in `{first}`; keep one of the two")]
    Twice {
        /// Kind, namespace and name
        object: String,
        /// The file that had it first
        first: String,
        /// The file that has it too
        second: String,
    },
    /// An image layout that is none, or is inconsistent
    #[error("`{path}`: {problem}")]
    Layout {
        /// The file
        path: String,
        /// The problem
        problem: String,
    },
    /// A recording that is none
    #[error(
        "`{path}`: {problem}; expected a recording of `countersign evaluate --record` or `kwctl run --record-host-capabilities-interactions`"
    )]
    Recording {
        /// The file
        path: String,
        /// The problem
        problem: String,
    },
    /// The recording cannot be saved
    #[error("cannot write `{path}`: {cause}")]
    Write {
        /// The file
        path: String,
        /// Why
        cause: io::Error,
    },
}

impl OfflineHostError {
    /// Checks that a path is a directory.
    ///
    /// # Errors
    ///
    /// It is something else, or does not exist.
    pub(super) fn unless_folder(path: &Path) -> Result<(), Self> {
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(Self::NoFolder(shown(path)))
            }
            _ => Err(Self::NotAFolder(shown(path))),
        }
    }
}

/// Why a request has no answer
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    message: String,
    cause: Option<String>,
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            cause: None,
        }
    }

    pub(super) fn caused_by(self, cause: String) -> Self {
        Self {
            cause: Some(cause),
            ..self
        }
    }

    pub(super) fn missing(what: &str, option: &str) -> Self {
        Self::new(format!("no {what} is given; give one with {option}"))
    }

    /// Returns the message for a recording, without the cause, as in Kubewarden's.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Kubewarden's host adds the prefix, and its error type the cause below.
    pub(crate) fn as_a_guest_sees_it(&self) -> String {
        let message = &self.message;
        let cause = match &self.cause {
            Some(cause) => format!("\n\nCaused by:\n    {cause}"),
            None => String::new(),
        };
        format!("Callback evaluation failure: {message}{cause}")
    }
}
