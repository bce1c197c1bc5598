//! `simpleSigningAttestationCheck`

use alloc::vec::Vec;

use super::{Place, projects};
use crate::decision::Code;
use crate::json::{Path, Report, Value};
use crate::key::PublicKey;
use crate::policy::public_key::{self, KeyDocument};

/// The keys of which any one suffices, by the authenticator that holds them
#[derive(Debug)]
pub(crate) struct AttestationCheck<'a> {
    place: Place,
    authenticators: Vec<Vec<KeyDocument<'a>>>,
}

impl<'a> AttestationCheck<'a> {
    pub(super) fn read(place: Place, value: Value<'_, 'a>) -> Option<Self> {
        let (path, report) = (value.path(), value.report());
        let mut authenticators = Vec::new();
        let mut saw_list = false;
        let was_object = value.object(|key, value| match key {
            "attestationAuthenticators" => {
                saw_list = true;
                authenticators = read_list(value, "pkixPublicKeySet", "pkixPublicKeys", |item| {
                    KeyDocument::read_pkix(item)
                });
            }
            "containerAnalysisAttestationProjects" => projects::read(value),
            _ => value.unknown(),
        });
        if was_object && !saw_list {
            let message = "`attestationAuthenticators` is required";
            report.push(Code::PolicyLimit, path, message);
        }
        was_object.then_some(Self {
            place,
            authenticators,
        })
    }

    /// Decodes all keys, reporting those that cannot be used.
    pub(super) fn load(&self, report: &Report) -> Vec<PublicKey> {
        let check = "simpleSigningAttestationCheck";
        self.place.at(|path| {
            let path = Path::Field(&path, check);
            let lists = [
                "attestationAuthenticators",
                "pkixPublicKeySet",
                "pkixPublicKeys",
            ];
            load_lists(&self.authenticators, path, lists, "authenticator", report)
        })
    }
}

/// Reads a list of objects that each hold an object `set` with a list `keys`. An empty list would
/// be a check that nothing passes.
pub(super) fn read_list<'a>(
    value: Value<'_, 'a>,
    set: &str,
    keys: &str,
    mut read: impl FnMut(Value<'_, 'a>) -> KeyDocument<'a>,
) -> Vec<Vec<KeyDocument<'a>>> {
    let (path, report) = (value.path(), value.report());
    let mut holders = Vec::new();
    let was_list = value.list(|_, item| {
        let (path, report) = (item.path(), item.report());
        let mut documents = Vec::new();
        let mut saw_list = false;
        let was_object = item.object(|key, value| match key {
            "displayName" => {
                value.text();
            }
            key if key == set => {
                value.object(|key, value| {
                    if key != keys {
                        return value.unknown();
                    }
                    let (path, report) = (value.path(), value.report());
                    saw_list = true;
                    let was_list = value.list(|_, item| documents.push(read(item)));
                    if was_list && documents.is_empty() {
                        report.push(Code::PolicyLimit, path, "must not be empty");
                    }
                });
            }
            _ => value.unknown(),
        });
        if was_object && !saw_list {
            let message = alloc::format!("`{set}.{keys}` is required");
            report.push(Code::PolicyLimit, path, message);
        }
        holders.push(documents);
    });
    if was_list && holders.is_empty() {
        report.push(Code::PolicyLimit, path, "must not be empty");
    }
    holders
}

/// Decodes the keys of such a list, which stands at `path` under the names of its three levels.
pub(super) fn load_lists(
    holders: &[Vec<KeyDocument<'_>>],
    path: Path<'_>,
    [list, set, keys]: [&str; 3],
    whose: &str,
    report: &Report,
) -> Vec<PublicKey> {
    let list = Path::Field(&path, list);
    let mut loaded = Vec::new();
    for (index, documents) in holders.iter().enumerate() {
        let holder = Path::Index(&list, index);
        let set = Path::Field(&holder, set);
        loaded.extend(public_key::load(
            documents,
            Path::Field(&set, keys),
            whose,
            report,
        ));
    }
    loaded
}
