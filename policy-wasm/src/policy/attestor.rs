//! Attestors: a named set of public keys, tied to the note under which attestations are filed.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::public_key::{self, KeyDocument};
use crate::decision::Code;
use crate::json::{Path, Report, Value};
use crate::key::PublicKey;
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
        let fields = [("name", saw_name), (NOTE_FIELDS[0], note_field.is_some())];
        report.require(was_object, &fields, path, Code::SettingsMissingField);
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
        let keys = public_key::load(&documents, list, "attestor", report);
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
    let fields = [("noteReference", saw_note)];
    report.require(was_object, &fields, path, Code::SettingsMissingField);
    (note, keys)
}
