//! Public keys in documents, of attestors, checks and authenticators.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::key_windows::KeyWindows;
use crate::decision::Code;
use crate::json::{Path, Report, Value};
use crate::key::{Algorithm, KeyError, PublicKey};
use crate::verification::Meter;

/// An undecoded key
#[derive(Debug, Default)]
pub(crate) struct KeyDocument<'a> {
    id: Cow<'a, str>,
    key: Option<Key<'a>>,
    /// Field of the key in the entry; empty if the entry is the key
    field: &'static str,
}

#[derive(Debug, PartialEq, Eq)]
enum Key<'a> {
    Pkix {
        pem: Cow<'a, str>,
        algorithm: Algorithm,
    },
    OpenPgp {
        armor: Cow<'a, str>,
    },
    /// A key without an algorithm
    Sigstore {
        pem: Cow<'a, str>,
    },
}

/// Maximum number of keys of one owner
pub(crate) const MAX_KEYS: usize = 1024;

/// The time at which self-signatures of OpenPGP keys are verified
#[derive(Debug, Clone, Copy)]
pub(crate) enum OwnSignatures<'m> {
    /// When the key has signed an attestation
    WhenNeeded,
    /// When the key is loaded, charged to this budget
    AtOnce(&'m Meter),
}

/// Parameters of loading a key
#[derive(Debug, Clone, Copy)]
pub(crate) struct Loading<'m> {
    pub(crate) own: OwnSignatures<'m>,
    pub(crate) windows: &'m KeyWindows<'m>,
}

impl<'m> Loading<'m> {
    /// Loads keys for an evaluation.
    pub(crate) const fn when_needed(windows: &'m KeyWindows<'m>) -> Self {
        Self {
            own: OwnSignatures::WhenNeeded,
            windows,
        }
    }
}

/// Decodes the list of keys at `list`, and reports unusable ones. `whose` is the noun for their owner. Returns
/// the keys sorted by id.
pub(crate) fn load(
    documents: &[KeyDocument<'_>],
    list: Path<'_>,
    whose: &str,
    loading: Loading<'_>,
    report: &Report,
) -> Vec<PublicKey> {
    let mut keys = Vec::new();
    for (_, key) in load_documents(documents, list, whose, loading, report) {
        insert_by_id(&mut keys, key);
    }
    keys
}

/// Like [`load`], in the original order and with each key's document.
pub(super) fn load_documents<'d, 'a>(
    documents: &'d [KeyDocument<'a>],
    list: Path<'_>,
    whose: &str,
    loading: Loading<'_>,
    report: &Report,
) -> Vec<(&'d KeyDocument<'a>, PublicKey)> {
    let mut loaded: Vec<(&KeyDocument<'_>, PublicKey)> = Vec::new();
    for (index, document) in documents.iter().enumerate() {
        let path = Path::Index(&list, index);
        let Some(mut key) = document.load(path, loading.own, report) else {
            continue;
        };
        loading.windows.limit(&mut key);
        // A key may occur twice under one id only in the same form: one of two certificates may be revoked, and
        // one of two algorithms would have no effect.
        match loaded.iter().find(|(_, other)| other.id() == key.id()) {
            None => loaded.push((document, key)),
            Some((other, _)) if other.key == document.key => {}
            Some(_) => {
                let message = alloc::format!(
                    "another key of this {whose} has the id {}",
                    crate::quote(key.id())
                );
                report.push(Code::KeyIdDuplicate, path, message);
            }
        }
    }
    loaded
}

/// Inserts a key after those whose ids are not greater.
pub(super) fn insert_by_id(keys: &mut Vec<PublicKey>, key: PublicKey) {
    let at = keys.partition_point(|other| other.id() <= key.id());
    keys.insert(at, key);
}

impl<'a> KeyDocument<'a> {
    /// Reads one `publicKeys[]` entry of an attestor.
    pub(crate) fn read(value: Value<'_, 'a>) -> Self {
        Self::read_with(value, Ids::Uris)
    }

    /// Reads one key of an authenticator; its id is the one that the signing tool writes into envelopes.
    pub(crate) fn read_of_authenticator(value: Value<'_, 'a>) -> Self {
        Self::read_with(value, Ids::Any)
    }

    fn read_with(value: Value<'_, 'a>, ids: Ids) -> Self {
        let (path, report) = (value.path(), value.report());
        let (mut id, mut inner_id) = (Cow::Borrowed(""), Cow::Borrowed(""));
        let (mut key, mut key_field) = (None, "");
        let mut keys = 0_usize;
        let was_object = value.object(|field, value| match field {
            "id" => id = read_id(value),
            "comment" => {
                value.text();
            }
            "asciiArmoredPgpPublicKey" => {
                keys = keys.saturating_add(1);
                key_field = "asciiArmoredPgpPublicKey";
                key = value.text().map(|armor| Key::OpenPgp { armor });
            }
            "pkixPublicKey" => {
                keys = keys.saturating_add(1);
                key_field = "pkixPublicKey";
                (key, inner_id) = read_pkix(value, ids);
            }
            _ => value.unknown(),
        });
        if was_object && keys != 1 {
            let message = "expected one of `pkixPublicKey` and `asciiArmoredPgpPublicKey`";
            report.push(Code::SettingsMissingField, path, message);
        }
        if let Some(Key::Pkix { .. }) = key {
            ids.check(&id, Path::Field(&path, "id"), report);
        }
        if !id.is_empty() && !inner_id.is_empty() && id != inner_id {
            let message = "`pkixPublicKey.keyId` must be blank or equal to `id`";
            report.push(Code::KeyIdInvalid, path, message);
        }
        Self {
            id: if id.is_empty() { inner_id } else { id },
            key,
            field: key_field,
        }
    }

    /// Reads one `pkixPublicKeys[]` entry of a check.
    pub(crate) fn read_pkix(value: Value<'_, 'a>) -> Self {
        let (key, id) = read_pkix(value, Ids::Uris);
        Self { id, key, field: "" }
    }

    /// Reads one `publicKeys[]` entry of a Sigstore authority.
    pub(crate) fn read_sigstore(value: Value<'_, 'a>) -> Self {
        let (path, report) = (value.path(), value.report());
        let (mut pem, mut saw_pem) = (None, false);
        let was_object = value.object(|field, value| match field {
            "publicKeyPem" => {
                saw_pem = true;
                pem = value.text();
            }
            _ => value.unknown(),
        });
        let fields = [("publicKeyPem", saw_pem)];
        report.require(was_object, &fields, path, Code::SettingsMissingField);
        Self {
            key: pem.map(|pem| Key::Sigstore { pem }),
            ..Self::default()
        }
    }

    /// Returns the PEM of a PKIX key.
    pub(crate) fn pem(&self) -> Option<&str> {
        match self.key.as_ref()? {
            Key::Pkix { pem, .. } | Key::Sigstore { pem } => Some(pem),
            Key::OpenPgp { .. } => None,
        }
    }

    fn load(&self, path: Path<'_>, own: OwnSignatures<'_>, report: &Report) -> Option<PublicKey> {
        let inner = Path::Field(&path, self.field);
        let path = if self.field.is_empty() { path } else { inner };
        let key = match self.key.as_ref()? {
            Key::Pkix { pem, algorithm } => PublicKey::from_pem(pem, *algorithm, &self.id),
            Key::OpenPgp { armor } => PublicKey::from_openpgp(armor),
            Key::Sigstore { pem } => {
                let key = PublicKey::from_pem(pem, Algorithm::EcdsaP256Sha256, "");
                if let Err(KeyError::AlgorithmMismatch(_)) = key {
                    // For other kinds of keys, no hash is specified.
                    let message = "expected an ECDSA key of curve P-256";
                    report.push(Code::KeyAlgorithmUnsupported, path, message);
                    return None;
                }
                key
            }
        };
        let checked = key.and_then(|key| match own {
            OwnSignatures::WhenNeeded => Ok(Ok(key)),
            OwnSignatures::AtOnce(meter) => match key.check_within(meter) {
                Ok(checked) => checked.map(|()| Ok(key)),
                Err(exhausted) => Ok(Err(exhausted)),
            },
        });
        match checked {
            Ok(Ok(key)) => return Some(key),
            Ok(Err(_)) => {
                let message = "the OpenPGP keys have too many self-signatures to verify them all; \
                               `gpg --export-options export-minimal` leaves out the old ones";
                report.push(Code::LimitExceeded, path, message);
            }
            Err(error) => report.push(error.code(), path, alloc::format!("{error}")),
        }
        None
    }
}

fn read_pkix<'a>(value: Value<'_, 'a>, ids: Ids) -> (Option<Key<'a>>, Cow<'a, str>) {
    let (path, report) = (value.path(), value.report());
    let (mut pem, mut algorithm, mut id) = (None, None, Cow::Borrowed(""));
    let (mut saw_pem, mut saw_algorithm) = (false, false);
    let was_object = value.object(|field, value| match field {
        "publicKeyPem" => {
            saw_pem = true;
            pem = value.text();
        }
        "signatureAlgorithm" => {
            saw_algorithm = true;
            algorithm = value.choice(
                Algorithm::NAMES,
                Code::PolicyUnknownEnum,
                Code::PolicyNumericEnum,
            );
        }
        "keyId" => {
            let (path, report) = (value.path(), value.report());
            id = read_id(value);
            ids.check(&id, path, report);
        }
        _ => value.unknown(),
    });
    let fields = [
        ("publicKeyPem", saw_pem),
        ("signatureAlgorithm", saw_algorithm),
    ];
    report.require(was_object, &fields, path, Code::SettingsMissingField);
    (
        pem.zip(algorithm)
            .map(|(pem, algorithm)| Key::Pkix { pem, algorithm }),
        id,
    )
}

/// Allowed ids of PKIX keys
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ids {
    /// URIs, as in Google's API
    Uris,
    /// Any text: Cloud Build uses the name of a resource, without a scheme
    Any,
}

impl Ids {
    fn check(self, id: &str, path: Path<'_>, report: &Report) {
        if self == Self::Uris {
            check_uri(id, path, report);
        }
    }
}

/// Checks that the id of a PKIX key is a URI or blank, as in Google's API. Ids of Cloud KMS have no scheme.
fn check_uri(id: &str, path: Path<'_>, report: &Report) {
    // Surrounding white space has been reported.
    if !id.is_empty() && id.trim() == id && !is_uri(id) {
        let message = alloc::format!(
            "the id {} of a PKIX key is not a URI, for example `ni:///sha-256;…` or \
             `//cloudkms.googleapis.com/v1/projects/…`; remove it to have it computed",
            crate::quote(id)
        );
        report.push(Code::KeyIdInvalid, path, message);
    }
}

/// Whether a text has a scheme or begins with `//`, and has only characters of a URI
/// ([RFC 3986](https://www.rfc-editor.org/rfc/rfc3986#appendix-A)).
fn is_uri(text: &str) -> bool {
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    let begins = text.starts_with("//")
        || text
            .split_once(':')
            .is_some_and(|(scheme, rest)| is_scheme(scheme) && !rest.is_empty());
    begins
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte))
}

/// Reads an id. Surrounding white space, as from a YAML block, is a problem: ids are compared byte by byte, so
/// no attestation would match.
fn read_id<'a>(value: Value<'_, 'a>) -> Cow<'a, str> {
    let (path, report) = (value.path(), value.report());
    let id = value.text().unwrap_or_default();
    if id.trim() != id {
        let message = alloc::format!("white space around the key id {}", crate::quote(&id));
        report.push(Code::KeyIdInvalid, path, message);
    }
    id
}
