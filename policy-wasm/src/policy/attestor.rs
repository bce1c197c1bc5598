//! Attestors: a named set of public keys, tied to the note under which attestations are filed.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::decision::Code;
use crate::json::{Path, Report, Value};
use crate::key::{Algorithm, PublicKey};
use crate::settings::filled;

/// An attestor as its document describes it, keys undecoded
#[derive(Debug)]
pub(crate) struct AttestorDocument<'a> {
    pub(crate) index: usize,
    pub(crate) name: Cow<'a, str>,
    pub(crate) note: Cow<'a, str>,
    note_field: &'static str,
    keys: Vec<KeyDocument<'a>>,
}

/// An attestor whose keys can verify
#[derive(Debug)]
pub(crate) struct Attestor<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) note: Cow<'a, str>,
    /// May be empty: such an attestor is never satisfied
    pub(crate) keys: Vec<PublicKey>,
}

/// One `publicKeys[]` entry
#[derive(Debug, Default)]
struct KeyDocument<'a> {
    id: Cow<'a, str>,
    key: Option<Key<'a>>,
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
}

impl<'a> AttestorDocument<'a> {
    /// Reads an attestor, or reports what is wrong with it; `None` only where it has no name.
    pub(crate) fn read(index: usize, value: Value<'_, 'a>) -> Option<Self> {
        let (path, report) = (value.path(), value.report());
        let (mut name, mut saw_name) = (None, false);
        let (mut note, mut keys, mut note_field) = (None, Vec::new(), None);
        let was_object = value.object(|key, value| match (key, note_fields(key)) {
            ("name", _) => {
                saw_name = true;
                name = filled(value);
            }
            (_, Some(_)) if note_field.is_some() => {
                let message =
                    "expected only one of `userOwnedGrafeasNote` and `userOwnedDrydockNote`";
                value.refuse(Code::SettingsInvalidValue, message);
            }
            (_, Some(field)) => {
                note_field = Some(field);
                (note, keys) = read_note(value);
            }
            ("description" | "etag" | "updateTime", _) => {
                value.text();
            }
            _ => value.unknown(),
        });
        for (field, saw) in [("name", saw_name), (NOTE_FIELDS[0], note_field.is_some())] {
            if was_object && !saw {
                let message = alloc::format!("`{field}` is required");
                report.push(Code::SettingsMissingField, path, message);
            }
        }
        let note_field = note_field.unwrap_or(NOTE_FIELDS[0]);
        Some(Self {
            index,
            name: name?,
            note: note.unwrap_or_default(),
            note_field,
            keys,
        })
    }

    /// Decodes the keys, reporting those that cannot be used.
    pub(crate) fn load(self, report: &Report) -> Attestor<'a> {
        let Self {
            index,
            name,
            note,
            note_field,
            keys: documents,
        } = self;
        let root = Path::Root("attestors");
        let attestor = Path::Index(&root, index);
        let note_path = Path::Field(&attestor, note_field);
        let list = Path::Field(&note_path, "publicKeys");
        let mut loaded: Vec<(&KeyDocument<'_>, PublicKey)> = Vec::new();
        for (index, document) in documents.iter().enumerate() {
            let path = Path::Index(&list, index);
            let Some(key) = document.load(path, report) else {
                continue;
            };
            // A key may stand twice under one id, but only in one form: of two certificates for one
            // key, one may be revoked, and of two algorithms, one would have no effect.
            match loaded.iter().find(|(_, other)| other.id() == key.id()) {
                None => loaded.push((document, key)),
                Some((other, _)) if other.key == document.key => {}
                Some(_) => {
                    let message = alloc::format!(
                        "another key of this attestor has the id {}",
                        crate::quote(key.id())
                    );
                    report.push(Code::KeyIdDuplicate, path, message);
                }
            }
        }
        let keys = loaded.into_iter().map(|(_, key)| key).collect();
        Attestor { name, note, keys }
    }
}

/// The field that holds the note; the second is the spelling of the API's beta versions.
const NOTE_FIELDS: [&str; 2] = ["userOwnedGrafeasNote", "userOwnedDrydockNote"];

fn note_fields(key: &str) -> Option<&'static str> {
    NOTE_FIELDS.into_iter().find(|field| *field == key)
}

fn read_note<'a>(value: Value<'_, 'a>) -> (Option<Cow<'a, str>>, Vec<KeyDocument<'a>>) {
    let (path, report) = (value.path(), value.report());
    let (mut note, mut keys) = (None, Vec::new());
    let mut saw_note = false;
    let was_object = value.object(|key, value| match key {
        "noteReference" => {
            saw_note = true;
            note = filled(value);
        }
        "publicKeys" => {
            value.list(|_, item| keys.push(KeyDocument::read(item)));
        }
        "delegationServiceAccountEmail" => {
            value.text();
        }
        _ => value.unknown(),
    });
    if was_object && !saw_note {
        report.push(
            Code::SettingsMissingField,
            path,
            "`noteReference` is required",
        );
    }
    (note, keys)
}

impl<'a> KeyDocument<'a> {
    fn read(value: Value<'_, 'a>) -> Self {
        let (path, report) = (value.path(), value.report());
        let (mut id, mut inner_id) = (Cow::Borrowed(""), Cow::Borrowed(""));
        let mut key = None;
        let mut keys = 0_usize;
        let was_object = value.object(|field, value| match field {
            "id" => id = read_id(value),
            "comment" => {
                value.text();
            }
            "asciiArmoredPgpPublicKey" => {
                keys = keys.saturating_add(1);
                key = value.text().map(|armor| Key::OpenPgp { armor });
            }
            "pkixPublicKey" => {
                keys = keys.saturating_add(1);
                (key, inner_id) = read_pkix(value);
            }
            _ => value.unknown(),
        });
        if was_object && keys != 1 {
            let message = "expected one of `pkixPublicKey` and `asciiArmoredPgpPublicKey`";
            report.push(Code::SettingsMissingField, path, message);
        }
        if !id.is_empty() && !inner_id.is_empty() && id != inner_id {
            let message = "`pkixPublicKey.keyId` must be blank or equal to `id`";
            report.push(Code::KeyIdInvalid, path, message);
        }
        Self {
            id: if id.is_empty() { inner_id } else { id },
            key,
        }
    }

    fn load(&self, path: Path<'_>, report: &Report) -> Option<PublicKey> {
        let (field, key) = match self.key.as_ref()? {
            Key::Pkix { pem, algorithm } => (
                "pkixPublicKey",
                PublicKey::from_pem(pem, *algorithm, &self.id),
            ),
            Key::OpenPgp { armor } => ("asciiArmoredPgpPublicKey", PublicKey::from_openpgp(armor)),
        };
        key.map_err(|error| {
            let path = Path::Field(&path, field);
            report.push(error.code(), path, alloc::format!("{error}"));
        })
        .ok()
    }
}

fn read_pkix<'a>(value: Value<'_, 'a>) -> (Option<Key<'a>>, Cow<'a, str>) {
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
        "keyId" => id = read_id(value),
        _ => value.unknown(),
    });
    for (field, saw) in [
        ("publicKeyPem", saw_pem),
        ("signatureAlgorithm", saw_algorithm),
    ] {
        if was_object && !saw {
            let message = alloc::format!("`{field}` is required");
            report.push(Code::SettingsMissingField, path, message);
        }
    }
    (
        pem.zip(algorithm)
            .map(|(pem, algorithm)| Key::Pkix { pem, algorithm }),
        id,
    )
}

/// An id is compared byte for byte: white space around it, as a YAML block leaves it, would make
/// every attestation fail.
fn read_id<'a>(value: Value<'_, 'a>) -> Cow<'a, str> {
    let (path, report) = (value.path(), value.report());
    let id = value.text().unwrap_or_default();
    if id.trim() != id {
        let message = alloc::format!("white space around the key id {}", crate::quote(&id));
        report.push(Code::KeyIdInvalid, path, message);
    }
    id
}
