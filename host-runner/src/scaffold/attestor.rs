//! Attestors from what was typed: a name, and the file of a public key.

use std::path::PathBuf;

use anyhow::{Result, anyhow};
use policy_wasm::key::Algorithm;

use crate::attest::attestor::AttestorName;
use crate::attest::public_key::{self, KeyEntry, PublicKeyError};
use crate::terminal::shown;

use super::identity::Identity;

/// `NAME=FILE` or `NAME:ALGORITHM=FILE`
#[derive(Debug, Clone)]
pub(crate) struct AttestorArg {
    name: AttestorName,
    algorithm: Option<Algorithm>,
    file: PathBuf,
}

/// An attestor with its key, or its identity
#[derive(Debug)]
pub(crate) struct Attestor {
    project: String,
    /// The last part of its name
    pub(crate) id: String,
    pub(crate) key: Key,
}

/// A public key, as its file has it, or what signs without one
#[derive(Debug)]
pub(crate) enum Key {
    Identity(Identity),
    Pkix { algorithm: Algorithm, pem: String },
    OpenPgp(String),
}

/// Which file is expected, and how to make it
const KEY_HELP: &str = "expected a public key in PEM (`-----BEGIN PUBLIC KEY-----`), DER or OpenPGP armor; of a private key, \
    `openssl pkey -in KEY.pem -pubout -out KEY.pub` writes it, and `countersign attest keygen` makes a private key";

impl AttestorArg {
    /// Reads `NAME=FILE` or `NAME:ALGORITHM=FILE`, where the name is `projects/P/attestors/A` or `A`.
    ///
    /// # Errors
    ///
    /// Not of that form.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (name, file) = text
            .split_once('=')
            .filter(|(_, file)| !file.is_empty())
            .ok_or("expected NAME=FILE, as in build=build.pub")?;
        let (name, algorithm) = match name.split_once(':') {
            Some((name, algorithm)) => {
                let known = Algorithm::by_name(algorithm);
                let known =
                    known.ok_or_else(|| format!("`{algorithm}` is not a signature algorithm"));
                (name, Some(known?))
            }
            None => (name, None),
        };
        Ok(Self {
            name: attestor_name(name)?,
            algorithm,
            file: file.into(),
        })
    }

    /// Reads the key.
    ///
    /// # Errors
    ///
    /// The file holds none, or one whose algorithm has to be said.
    pub(crate) fn read(&self) -> Result<Attestor> {
        let text = public_key::text_of(&self.file)?;
        let file = shown(&self.file);
        Ok(Attestor::new(&self.name, self.key(text.trim(), &file)?))
    }

    fn key(&self, text: &str, file: &str) -> Result<Key> {
        let text = format!("{text}\n");
        let key = KeyEntry::read(&text, self.algorithm, None).map_err(|error| match error {
            PublicKeyError::Ambiguous(names) => anyhow!(
                "`{file}` contains a key for several algorithms; give one, as in {}:{}={file}; it can be \
                 {names}",
                self.name.id,
                names.split(", ").next().unwrap_or_default()
            ),
            error @ PublicKeyError::Private => anyhow!("`{file}`: {error}"),
            error => anyhow!("`{file}`: {error}\n  help: {KEY_HELP}"),
        })?;
        Ok(match key.algorithm {
            Some(algorithm) => Key::Pkix {
                algorithm,
                pem: text,
            },
            None => Key::OpenPgp(text),
        })
    }
}

/// Reads the name of an attestor.
///
/// # Errors
///
/// It is not `projects/P/attestors/A` or `A`, or has characters that names in the cluster cannot have.
pub(super) fn attestor_name(text: &str) -> Result<AttestorName, String> {
    let name = AttestorName::parse(text)?;
    let id = &name.id;
    // It becomes part of a namespace's name.
    if !policy_lint::is_dns_label(&namespace(id)) {
        return Err(format!(
            "`{id}` is not a valid attestor name: use lower-case letters, digits and `-`"
        ));
    }
    Ok(name)
}

impl Attestor {
    pub(super) fn new(name: &AttestorName, key: Key) -> Self {
        Self {
            project: name.project.clone(),
            id: name.id.clone(),
            key,
        }
    }

    /// Its resource name.
    pub(crate) fn name(&self) -> String {
        format!("projects/{}/attestors/{}", self.project, self.id)
    }

    /// The project of its name.
    pub(crate) fn project(&self) -> &str {
        &self.project
    }

    /// The note of its attestations.
    pub(crate) fn note(&self) -> String {
        format!("projects/{}/notes/{}", self.project, self.id)
    }

    /// Returns the namespace of its attestations.
    pub(crate) fn namespace(&self) -> String {
        namespace(&self.id)
    }

    /// The identity that signs for it, if it has no key.
    pub(crate) const fn identity(&self) -> Option<&Identity> {
        match &self.key {
            Key::Identity(identity) => Some(identity),
            Key::Pkix { .. } | Key::OpenPgp(_) => None,
        }
    }

    /// Whether its key is one of the shortest that are taken.
    pub(crate) fn is_weak(&self) -> bool {
        matches!(&self.key, Key::Pkix { algorithm, .. } if algorithm.name().contains("_2048_"))
    }

    /// Whether its key counts in envelopes only.
    pub(crate) const fn is_for_envelopes_only(&self) -> bool {
        matches!(&self.key, Key::Pkix { algorithm, .. } if algorithm.is_for_envelopes_only())
    }
}

fn namespace(id: &str) -> String {
    format!("attest-{id}")
}
