//! The keys of checks that are about signatures: lists of holders, each with a list of keys. Any one
//! key of any holder suffices.

use alloc::borrow::{Cow, ToOwned as _};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::decision::Code;
use crate::json::{Path, Report, Value};
use crate::key::PublicKey;
use crate::policy::public_key::{self, KeyDocument, Loading, MAX_KEYS};
use crate::sigstore::Identities;

/// The keys of a check, decoded
#[derive(Debug, Default)]
pub(crate) struct CheckKeys<'a> {
    /// By id
    pub(crate) keys: Vec<PublicKey>,
    /// As they are written, by id, for a host that verifies
    pub(crate) pems: BTreeMap<String, String>,
    /// Identities that may sign in place of a key
    pub(crate) identities: Identities<'a>,
}

/// One holder with undecoded keys
#[derive(Debug, Default)]
pub(crate) struct Holder<'a> {
    pub(super) display_name: Option<Cow<'a, str>>,
    keys: Vec<KeyDocument<'a>>,
    pub(super) lack: Option<Lack>,
}

/// Why a holder has no keys
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lack {
    /// Its list is empty
    Keys,
    /// It has no list
    List,
}

/// The fields of a list of holders: the list, the object in each holder, and the list of keys in it
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    pub(super) holders: &'static str,
    pub(super) set: &'static str,
    pub(super) keys: &'static str,
}

impl Lack {
    /// Reports a holder at `path` without keys.
    pub(super) fn report(self, Fields { set, keys, .. }: Fields, path: Path<'_>, report: &Report) {
        match self {
            Self::Keys => {
                let set = Path::Field(&path, set);
                report.push(
                    Code::PolicyLimit,
                    Path::Field(&set, keys),
                    "must not be empty",
                );
            }
            Self::List => {
                let message = alloc::format!("`{set}.{keys}` is required");
                report.push(Code::PolicyLimit, path, message);
            }
        }
    }
}

impl CheckKeys<'_> {
    /// Decodes the keys of a list of holders, which stands at `path` under the names of its three
    /// levels, reporting those that cannot be used.
    pub(super) fn load(
        holders: &[Holder<'_>],
        path: Path<'_>,
        fields: Fields,
        whose: &str,
        loading: Loading<'_>,
        report: &Report,
    ) -> Self {
        let list = Path::Field(&path, fields.holders);
        let mut loaded = Self::default();
        for (index, Holder { keys, .. }) in holders.iter().enumerate() {
            let holder = Path::Index(&list, index);
            let set = Path::Field(&holder, fields.set);
            let path = Path::Field(&set, fields.keys);
            for (document, key) in public_key::load_documents(keys, path, whose, loading, report) {
                let pem = document.pem().unwrap_or_default();
                loaded.pems.insert(key.id().to_owned(), pem.to_owned());
                public_key::insert_by_id(&mut loaded.keys, key);
            }
        }
        loaded
    }
}

/// Reads a list of holders: objects that each have an object `set` with a list `keys`. An empty list of holders
/// would be a check that nothing passes; a holder without keys is the caller's to judge.
pub(super) fn read_list<'a>(
    value: Value<'_, 'a>,
    Fields { set, keys, .. }: Fields,
    mut read: impl FnMut(Value<'_, 'a>) -> KeyDocument<'a>,
) -> Vec<Holder<'a>> {
    let mut holders = Vec::new();
    value.filled_list_within(MAX_KEYS, Code::PolicyLimit, |_, item| {
        let mut holder = Holder::default();
        let mut saw_list = false;
        let was_object = item.object(|key, value| match key {
            "displayName" => holder.display_name = value.text(),
            key if key == set => {
                value.object(|key, value| {
                    if key != keys {
                        return value.unknown();
                    }
                    saw_list = true;
                    let documents = &mut holder.keys;
                    let was_list =
                        value.list_within(MAX_KEYS, |_, item| documents.push(read(item)));
                    if was_list && documents.is_empty() {
                        holder.lack = Some(Lack::Keys);
                    }
                });
            }
            _ => value.unknown(),
        });
        if was_object && !saw_list {
            holder.lack = Some(Lack::List);
        }
        holders.push(holder);
    });
    holders
}
