//! Stores attestations in the sources that a policy reads, one module for each. Signing again replaces the earlier
//! attestation, and never removes those of other signers.

pub(crate) mod annotation;
pub(crate) mod identity;
pub(crate) mod kubernetes;
mod list;
pub(crate) mod occurrences;
pub(crate) mod registry;
mod splice;
pub(crate) mod trusted_roots;

use std::path::Path;
use std::{fs, io};

use policy_lint::source::Node;
use policy_lint::{Position, SourceFile};
use policy_wasm::digest::Digest;
use serde_json::Value;
use thiserror::Error;

use crate::files::{self, Readers};
use crate::inputs::{self, InputError};
use crate::offline_host::OfflineHostError;
use crate::terminal::shown;

use identity::Identity;

/// An attestation that is ready to be stored
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// An occurrence, or a DSSE envelope by itself
    pub(crate) document: Value,
    /// The image's
    pub(crate) digest: Digest,
    /// Registry and path as registries are asked for it
    pub(crate) repository: String,
}

impl Entry {
    /// Returns the attestation in another form.
    fn with(&self, document: Value) -> Self {
        Self {
            document,
            digest: self.digest,
            repository: self.repository.clone(),
        }
    }
}

/// The change of a destination
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Change {
    /// The attestation was already stored
    Unchanged,
    /// Another attestation of the same signers and payload was replaced
    Replaced,
    /// The attestation was added
    Added,
}

/// Reasons why an attestation is not stored; the destination is then unchanged
#[derive(Debug, Error)]
pub(crate) enum StoreError {
    /// The existing content cannot be read
    #[error(transparent)]
    Input(#[from] InputError),
    /// A folder is not what it should be
    #[error(transparent)]
    Evidence(#[from] OfflineHostError),
    /// The existing content must not be changed, or has no room
    #[error("`{path}`: {problem}")]
    Refused {
        /// The file or folder
        path: String,
        /// Why, and what to do
        problem: String,
    },
    /// The file cannot be written
    #[error("cannot write `{path}`: {cause}")]
    Write {
        /// The file or folder
        path: String,
        /// Why
        cause: io::Error,
    },
}

impl StoreError {
    fn refused(path: &Path, problem: impl Into<String>) -> Self {
        Self::Refused {
            path: shown(path),
            problem: problem.into(),
        }
    }

    fn write(path: &Path, cause: io::Error) -> Self {
        Self::Write {
            path: shown(path),
            cause,
        }
    }
}

/// The position of an attestation among others
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Already stored
    Same,
    /// Replaces this one, of the same signers and payload
    InsteadOf(usize),
    /// After all others
    Last,
}

impl Place {
    /// Finds it.
    fn among<'v>(others: impl Iterator<Item = &'v Value> + Clone, document: &Value) -> Self {
        if others.clone().any(|other| other == document) {
            return Self::Same;
        }
        let identity = Identity::of(document);
        let mut others = others.map(Identity::of);
        match others.position(|other| other.is_some() && other == identity) {
            Some(index) => Self::InsteadOf(index),
            None => Self::Last,
        }
    }

    const fn change(self) -> Change {
        match self {
            Self::Same => Change::Unchanged,
            Self::InsteadOf(_) => Change::Replaced,
            Self::Last => Change::Added,
        }
    }

    /// Puts it there.
    fn put(self, items: &mut Vec<Value>, document: &Value) {
        match self {
            Self::Same => {}
            Self::InsteadOf(index) => {
                if let Some(item) = items.get_mut(index) {
                    *item = document.clone();
                }
            }
            Self::Last => items.push(document.clone()),
        }
    }
}

/// A YAML text with its documents
struct Yaml {
    source: SourceFile,
    documents: Vec<Node>,
}

impl Yaml {
    /// Reads a text, or says why it is none.
    fn parse(name: &str, text: &str) -> Result<Self, String> {
        let source = SourceFile::new(name, text);
        match source.parse(0) {
            Ok(documents) => Ok(Self { source, documents }),
            Err(malformed) => {
                let Position { line, .. } = source.position(malformed.span.start);
                Err(format!("{malformed} at line {line}"))
            }
        }
    }

    fn values(&self) -> Vec<Value> {
        self.documents.iter().map(Node::to_json).collect()
    }
}

/// The text of a file; `None` where there is none.
fn read(path: &Path) -> Result<Option<String>, StoreError> {
    if path == Path::new("-") {
        let problem = "standard input cannot be changed; give a file";
        return Err(StoreError::refused(path, problem));
    }
    if fs::symlink_metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
        return Ok(None);
    }
    Ok(Some(inputs::read(path)?.text))
}

fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<(), StoreError> {
    files::replace(path, content.as_ref(), Readers::Anyone)
        .map_err(|cause| StoreError::write(path, cause))
}

/// Rejects links: in a foreign directory, a link could lead to any file of the user.
fn refuse_link(path: &Path) -> Result<(), StoreError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_symlink() => Err(StoreError::refused(
            path,
            "it is a symbolic link, which could lead outside the directory",
        )),
        _ => Ok(()),
    }
}

fn create_folder(path: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(path).map_err(|cause| StoreError::write(path, cause))
}

#[cfg(test)]
mod tests;
