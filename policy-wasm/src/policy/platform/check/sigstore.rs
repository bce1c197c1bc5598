//! `sigstoreSignatureCheck`

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::keys::{CheckKeys, Fields, Holder, read_list};
use super::{CheckDocument, Facts, Outcome, Place};
use crate::decision::Code;
use crate::image::ImageReference;
use crate::json::{Path, Report, Value};
use crate::policy::public_key::{KeyDocument, Loading};
use crate::sigstore::Sigstore;

/// Keys and identities of which any one suffices, by authority
#[derive(Debug)]
pub(crate) struct SigstoreCheck<'a> {
    place: Place,
    authorities: Vec<Holder<'a>>,
}

const FIELDS: Fields = Fields {
    holders: "sigstoreAuthorities",
    set: "publicKeySet",
    keys: "publicKeys",
};

impl<'a> CheckDocument<'a> for SigstoreCheck<'a> {
    fn read(place: Place, value: Value<'_, 'a>) -> Option<Self> {
        let (path, report) = (value.path(), value.report());
        let mut authorities = Vec::new();
        let mut saw_list = false;
        let was_object = value.object(|key, value| match key {
            "sigstoreAuthorities" => {
                saw_list = true;
                authorities = read_list(value, FIELDS, KeyDocument::read_sigstore);
            }
            _ => value.unknown(),
        });
        let fields = [("sigstoreAuthorities", saw_list)];
        report.require(was_object, &fields, path, Code::PolicyLimit);
        was_object.then_some(Self { place, authorities })
    }

    fn load_keys(
        &self,
        sigstore: Option<&Sigstore<'a>>,
        loading: Loading<'_>,
        report: &Report,
    ) -> CheckKeys<'a> {
        let mut loaded = self.place.at(|path| {
            let path = Path::Field(&path, "sigstoreSignatureCheck");
            CheckKeys::load(
                &self.authorities,
                path,
                FIELDS,
                "authority",
                loading,
                report,
            )
        });
        if let Some(sigstore) = sigstore {
            for name in self.display_names() {
                loaded
                    .identities
                    .extend(sigstore.of_authority(name, report));
            }
        }
        loaded
    }

    fn judge<'t>(
        &self,
        _: &ImageReference<'_>,
        facts: Option<&mut impl Facts<'t>>,
        _: &Report,
    ) -> Option<Outcome> {
        Some(facts?.signature())
    }
}

impl SigstoreCheck<'_> {
    /// Reports authorities without a signer. Google's documents have keys; identities are settings of their own.
    pub(crate) fn require_signers(&self, sigstore: Option<&Sigstore<'_>>, report: &Report) {
        for (index, authority) in self.authorities.iter().enumerate() {
            let has_identities =
                |name: &Cow<'_, str>| sigstore.is_some_and(|sigstore| sigstore.has_authority(name));
            if let Some(lack) = authority.lack
                && !authority.display_name.as_ref().is_some_and(has_identities)
            {
                self.at(|list| lack.report(FIELDS, Path::Index(&list, index), report));
            }
        }
    }

    /// Returns the names of the authorities, without those that have none.
    pub(crate) fn display_names(&self) -> impl Iterator<Item = &str> {
        self.authorities
            .iter()
            .filter_map(|authority| authority.display_name.as_deref())
    }

    /// Calls `use_path` with the path of the list of authorities.
    fn at(&self, use_path: impl FnOnce(Path<'_>)) {
        self.place.at(|path| {
            let check = Path::Field(&path, "sigstoreSignatureCheck");
            use_path(Path::Field(&check, FIELDS.holders));
        });
    }
}
