//! Attestors: a named set of public keys, with the note of their attestations.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

use super::public_key::{self, KeyDocument, Loading, MAX_KEYS};
use crate::attestation::Attestor;
use crate::decision::Code;
use crate::json::{Path, Raw, Report, SETTINGS, Value, filled};
use crate::sigstore::{Identity, Sigstore};

/// An attestor with its note and keys unparsed: there may be a thousand, and rules name a few
#[derive(Debug)]
pub(crate) struct AttestorDocument<'a> {
    index: usize,
    /// `None` if a problem has been reported
    name: Option<Cow<'a, str>>,
    note: Option<(&'static str, Raw<'a>)>,
}

/// Loads the attestors with wanted names. Two attestors with one name are a problem, since they are ambiguous.
pub(crate) fn load<'a>(
    documents: &[AttestorDocument<'a>],
    sigstore: Option<&Sigstore<'a>>,
    is_wanted: impl Fn(&str) -> bool,
    loading: Loading<'_>,
    report: &Report,
) -> Vec<Attestor<'a>> {
    let mut attestors: Vec<Attestor<'a>> = Vec::new();
    for document in documents {
        // If all are wanted, one without a name is loaded to report its problems.
        if !is_wanted(document.name.as_deref().unwrap_or_default()) {
            continue;
        }
        let Some(attestor) = document.load(sigstore, loading, report) else {
            continue;
        };
        if attestors.iter().any(|other| other.name == attestor.name) {
            let name = crate::quote(&attestor.name);
            let message = alloc::format!("another attestor has the name {name}");
            let path = Path::Index(&LIST, document.index);
            report.push(Code::AttestorDuplicate, path, message);
        }
        attestors.push(attestor);
    }
    attestors
}

impl<'a> AttestorDocument<'a> {
    /// Reads an attestor without parsing its note, and reports problems.
    #[inline(never)] // see docs/performance.md#stack
    pub(crate) fn read(index: usize, value: Value<'_, 'a>) -> Self {
        let (path, report) = (value.path(), value.report());
        let (mut name, mut saw_name, mut note) = (None, false, None);
        let was_object = value.object_inline(|key, value| match (key, note_field(key)) {
            ("name", _) => {
                saw_name = true;
                name = filled(value);
            }
            (_, Some(_)) if note.is_some() => {
                let message =
                    "expected only one of `userOwnedGrafeasNote` and `userOwnedDrydockNote`";
                value.refuse(Code::SettingsInvalidValue, message);
            }
            (_, Some(field)) => note = Some((field, value.raw())),
            ("description" | "etag" | "updateTime", _) => {
                value.text();
            }
            _ => value.unknown(),
        });
        let fields = [("name", saw_name), (NOTE_FIELDS[0], note.is_some())];
        report.require(was_object, &fields, path, Code::SettingsMissingField);
        Self { index, name, note }
    }

    /// Parses the note, decodes the keys and looks up the identities, and reports problems; `None` without a name.
    fn load(
        &self,
        sigstore: Option<&Sigstore<'a>>,
        loading: Loading<'_>,
        report: &Report,
    ) -> Option<Attestor<'a>> {
        let attestor = Path::Index(&LIST, self.index);
        let mut note = Note::default();
        let mut keys = Vec::new();
        if let Some((field, raw)) = self.note {
            let path = Path::Field(&attestor, field);
            raw.read(SETTINGS, path, report, |value| note = Note::read(value));
            let list = Path::Field(&path, "publicKeys");
            keys = public_key::load(&note.keys, list, "attestor", loading, report);
        }
        let name = self.name.clone()?;
        Some(Attestor {
            identities: sigstore.map_or_else(Vec::new, |one| one.of_attestor(&name, report)),
            name,
            note: note.reference,
            keys,
        })
    }
}

const LIST: Path<'static> = Path::Root("attestors");

/// Fields of the note; the second is that of the API's beta versions
const NOTE_FIELDS: [&str; 2] = ["userOwnedGrafeasNote", "userOwnedDrydockNote"];

fn note_field(key: &str) -> Option<&'static str> {
    NOTE_FIELDS.into_iter().find(|field| *field == key)
}

/// The note of an attestor, with undecoded keys
#[derive(Debug, Default)]
struct Note<'a> {
    reference: Cow<'a, str>,
    keys: Vec<KeyDocument<'a>>,
}

impl<'a> Note<'a> {
    fn read(value: Value<'_, 'a>) -> Self {
        let (path, report) = (value.path(), value.report());
        let (mut reference, mut keys, mut saw_reference) = (None, Vec::new(), false);
        let was_object = value.object_inline(|key, value| match key {
            "noteReference" => {
                saw_reference = true;
                reference = filled(value);
            }
            "publicKeys" => {
                value.list_within(MAX_KEYS, |_, item| keys.push(KeyDocument::read(item)));
            }
            "delegationServiceAccountEmail" => {
                value.text();
            }
            _ => value.unknown(),
        });
        let fields = [("noteReference", saw_reference)];
        report.require(was_object, &fields, path, Code::SettingsMissingField);
        Self {
            reference: reference.unwrap_or_default(),
            keys,
        }
    }
}

/// Returns the message for an unknown attestor.
pub(crate) fn unknown_attestor(name: &str) -> String {
    alloc::format!("attestor {} is not among `attestors`", crate::quote(name))
}

/// Returns the message for two attestors that share a key or an identity, if any.
pub(crate) fn shared_key(attestors: &[&Attestor<'_>]) -> Option<String> {
    let share = |what: &str, one: &str, other: &str| {
        alloc::format!(
            "attestors {} and {} share {what}, so one signature would satisfy both",
            crate::quote(one),
            crate::quote(other)
        )
    };
    let mut owners: BTreeMap<Vec<u8>, &str> = BTreeMap::new();
    for attestor in attestors {
        for key in &attestor.keys {
            for material in key.materials() {
                match owners.get(&material) {
                    Some(other) if *other != attestor.name => {
                        return Some(share("a key", other, &attestor.name));
                    }
                    _ => owners.insert(material, &attestor.name),
                };
            }
        }
    }
    for (index, one) in attestors.iter().enumerate() {
        for other in attestors.iter().take(index) {
            let is_shared = |identity: &Rc<Identity<'_>>| {
                other.identities.iter().any(|own| own.is_same(identity))
            };
            if one.name != other.name && one.identities.iter().any(is_shared) {
                return Some(share("an identity", &other.name, &one.name));
            }
        }
    }
    None
}
