//! Attestors: a named set of public keys, tied to the note under which attestations are filed.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::decision::Code;
use crate::json::{Path, Report, Value};
use crate::key::PublicKey;

/// An attestor as its document describes it, keys undecoded
#[derive(Debug)]
pub(crate) struct AttestorDocument<'a> {
    pub(crate) index: usize,
    pub(crate) name: Cow<'a, str>,
    pub(crate) note: Cow<'a, str>,
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

#[derive(Debug)]
enum Key<'a> {
    Pkix {
        pem: Cow<'a, str>,
        algorithm: Cow<'a, str>,
    },
    OpenPgp,
}

impl<'a> AttestorDocument<'a> {
    /// Reads an attestor, or reports what is wrong with it.
    pub(crate) fn read(index: usize, value: Value<'_, 'a>) -> Option<Self> {
        let (path, report) = (value.path(), value.report());
        let (mut name, mut note, mut keys) = (None, None, Vec::new());
        let mut notes = 0_usize;
        let was_object = value.object(|key, value| match key {
            "name" => name = value.text(),
            // The second is the spelling of the API's beta versions.
            "userOwnedGrafeasNote" | "userOwnedDrydockNote" => {
                notes = notes.saturating_add(1);
                (note, keys) = read_note(value);
            }
            "description" | "etag" | "updateTime" => {
                value.text();
            }
            _ => value.unknown(),
        });
        if notes > 1 {
            let message = "expected `userOwnedGrafeasNote` or `userOwnedDrydockNote`, got both";
            report.push(Code::SettingsInvalidValue, path, message);
        }
        for (field, missing) in [
            ("name", name.is_none()),
            ("userOwnedGrafeasNote", notes == 0),
        ] {
            if was_object && missing {
                let message = alloc::format!("`{field}` is required");
                report.push(Code::SettingsMissingField, path, message);
            }
        }
        Some(Self {
            index,
            name: name?,
            note: note?,
            keys,
        })
    }

    /// Decodes the keys, reporting those that cannot be used.
    pub(crate) fn load(self, report: &Report) -> Attestor<'a> {
        let Self {
            index,
            name,
            note,
            keys: documents,
        } = self;
        let root = Path::Root("attestors");
        let attestor = Path::Index(&root, index);
        let note_path = Path::Field(&attestor, "userOwnedGrafeasNote");
        let list = Path::Field(&note_path, "publicKeys");
        let mut keys: Vec<PublicKey> = Vec::new();
        for (index, document) in documents.iter().enumerate() {
            let path = Path::Index(&list, index);
            let Some(key) = document.load(path, report) else {
                continue;
            };
            match keys.iter().find(|other| other.id() == key.id()) {
                Some(other) if other.is_same_key(&key) => {}
                Some(_) => {
                    let message = alloc::format!(
                        "another key of this attestor has the id {}",
                        crate::quote(key.id())
                    );
                    report.push(Code::KeyIdDuplicate, path, message);
                }
                None => keys.push(key),
            }
        }
        Attestor { name, note, keys }
    }
}

fn read_note<'a>(value: Value<'_, 'a>) -> (Option<Cow<'a, str>>, Vec<KeyDocument<'a>>) {
    let (path, report) = (value.path(), value.report());
    let (mut note, mut keys) = (None, Vec::new());
    let mut saw_note = false;
    let was_object = value.object(|key, value| match key {
        "noteReference" => {
            saw_note = true;
            note = value.text();
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
            "id" => id = value.text().unwrap_or_default(),
            "comment" => {
                value.text();
            }
            "asciiArmoredPgpPublicKey" => {
                keys = keys.saturating_add(1);
                key = value.text().map(|_| Key::OpenPgp);
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
        match self.key.as_ref()? {
            Key::Pkix { pem, algorithm } => match PublicKey::from_pem(pem, algorithm, &self.id) {
                Ok(key) => return Some(key),
                Err(error) => report.push(
                    error.code(),
                    Path::Field(&path, "pkixPublicKey"),
                    alloc::format!("{error}"),
                ),
            },
            Key::OpenPgp => report.push(
                Code::KeyAlgorithmUnsupported,
                Path::Field(&path, "asciiArmoredPgpPublicKey"),
                "OpenPGP keys are not supported by this build",
            ),
        }
        None
    }
}

fn read_pkix<'a>(value: Value<'_, 'a>) -> (Option<Key<'a>>, Cow<'a, str>) {
    let (path, report) = (value.path(), value.report());
    let (mut pem, mut algorithm, mut id) = (None, None, Cow::Borrowed(""));
    let was_object = value.object(|field, value| match field {
        "publicKeyPem" => pem = value.text(),
        "signatureAlgorithm" => algorithm = value.text(),
        "keyId" => id = value.text().unwrap_or_default(),
        _ => value.unknown(),
    });
    let missing = [
        ("publicKeyPem", pem.is_none()),
        ("signatureAlgorithm", algorithm.is_none()),
    ];
    for (field, _) in missing.iter().filter(|(_, missing)| was_object && *missing) {
        let message = alloc::format!("`{field}` is required, as a string");
        report.push(Code::SettingsMissingField, path, message);
    }
    (
        pem.zip(algorithm)
            .map(|(pem, algorithm)| Key::Pkix { pem, algorithm }),
        id,
    )
}
