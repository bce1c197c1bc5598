//! The keys of checks that are about signatures: lists of holders, each with a list of keys. Any one
//! key of any holder suffices.

use alloc::borrow::ToOwned as _;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::decision::Code;
use crate::json::{Path, Report, Value};
use crate::key::PublicKey;
use crate::policy::public_key::{self, KeyDocument, MAX_KEYS, OwnSignatures};

/// The keys of a check, decoded
#[derive(Debug, Default)]
pub(crate) struct CheckKeys {
    /// By id
    pub(crate) keys: Vec<PublicKey>,
    /// As they are written, by id, for a host that verifies
    pub(crate) pems: BTreeMap<String, String>,
}

impl CheckKeys {
    /// Decodes the keys of a list of holders, which stands at `path` under the names of its three
    /// levels, reporting those that cannot be used.
    pub(super) fn load(
        holders: &[Vec<KeyDocument<'_>>],
        path: Path<'_>,
        [list, set, keys]: [&str; 3],
        whose: &str,
        report: &Report,
    ) -> Self {
        let list = Path::Field(&path, list);
        let mut loaded = Self::default();
        for (index, documents) in holders.iter().enumerate() {
            let holder = Path::Index(&list, index);
            let set = Path::Field(&holder, set);
            let path = Path::Field(&set, keys);
            // None of them is an OpenPGP key.
            let own = OwnSignatures::WhenNeeded;
            for (document, key) in public_key::load_documents(documents, path, whose, own, report) {
                let pem = document.pem().unwrap_or_default();
                loaded.pems.insert(key.id().to_owned(), pem.to_owned());
                public_key::insert_by_id(&mut loaded.keys, key);
            }
        }
        loaded
    }
}

/// Reads a list of holders: objects that each have an object `set` with a list `keys`. An empty list
/// would be a check that nothing passes.
pub(super) fn read_list<'a>(
    value: Value<'_, 'a>,
    set: &str,
    keys: &str,
    mut read: impl FnMut(Value<'_, 'a>) -> KeyDocument<'a>,
) -> Vec<Vec<KeyDocument<'a>>> {
    let (path, report) = (value.path(), value.report());
    let mut holders = Vec::new();
    let was_list = value.list_within(MAX_KEYS, |_, item| {
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
                    let was_list =
                        value.list_within(MAX_KEYS, |_, item| documents.push(read(item)));
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
