//! `sigstoreSignatureCheck`

use alloc::vec::Vec;

use super::Place;
use super::keys::{CheckKeys, read_list};
use crate::decision::Code;
use crate::json::{Path, Report, Value};
use crate::policy::public_key::KeyDocument;

/// Keys of which any one suffices, by authority
#[derive(Debug)]
pub(crate) struct SigstoreCheck<'a> {
    place: Place,
    authorities: Vec<Vec<KeyDocument<'a>>>,
}

impl<'a> SigstoreCheck<'a> {
    pub(super) fn read(place: Place, value: Value<'_, 'a>) -> Option<Self> {
        let (path, report) = (value.path(), value.report());
        let mut authorities = Vec::new();
        let mut saw_list = false;
        let was_object = value.object(|key, value| match key {
            "sigstoreAuthorities" => {
                saw_list = true;
                authorities = read_list(value, "publicKeySet", "publicKeys", |item| {
                    KeyDocument::read_sigstore(item)
                });
            }
            _ => value.unknown(),
        });
        let fields = [("sigstoreAuthorities", saw_list)];
        report.require(was_object, &fields, path, Code::PolicyLimit);
        was_object.then_some(Self { place, authorities })
    }

    /// Decodes all keys, and reports unusable ones.
    pub(super) fn load(&self, report: &Report) -> CheckKeys {
        self.place.at(|path| {
            let path = Path::Field(&path, "sigstoreSignatureCheck");
            let lists = ["sigstoreAuthorities", "publicKeySet", "publicKeys"];
            CheckKeys::load(&self.authorities, path, lists, "authority", report)
        })
    }
}
