//! `simpleSigningAttestationCheck`

use alloc::vec::Vec;

use super::keys::{CheckKeys, Fields, Holder, read_list};
use super::{CheckDocument, Facts, Outcome, Place, projects};
use crate::decision::Code;
use crate::image::ImageReference;
use crate::json::{Path, Report, Value};
use crate::policy::public_key::{KeyDocument, Loading};
use crate::sigstore::Sigstore;

/// Keys of which any one suffices, by authenticator
#[derive(Debug)]
pub(crate) struct AttestationCheck<'a> {
    place: Place,
    authenticators: Vec<Holder<'a>>,
}

const FIELDS: Fields = Fields {
    holders: "attestationAuthenticators",
    set: "pkixPublicKeySet",
    keys: "pkixPublicKeys",
};

impl<'a> CheckDocument<'a> for AttestationCheck<'a> {
    fn read(place: Place, value: Value<'_, 'a>) -> Option<Self> {
        let (path, report) = (value.path(), value.report());
        let mut authenticators = Vec::new();
        let mut saw_list = false;
        let was_object = value.object(|key, value| match key {
            "attestationAuthenticators" => {
                saw_list = true;
                let list = value.path();
                authenticators = read_list(value, FIELDS, KeyDocument::read_pkix);
                for (index, authenticator) in authenticators.iter().enumerate() {
                    if let Some(lack) = authenticator.lack {
                        lack.report(FIELDS, Path::Index(&list, index), report);
                    }
                }
            }
            "containerAnalysisAttestationProjects" => projects::read(value),
            _ => value.unknown(),
        });
        let fields = [("attestationAuthenticators", saw_list)];
        report.require(was_object, &fields, path, Code::PolicyLimit);
        was_object.then_some(Self {
            place,
            authenticators,
        })
    }

    fn load_keys(
        &self,
        _: Option<&Sigstore<'a>>,
        loading: Loading<'_>,
        report: &Report,
    ) -> CheckKeys<'a> {
        self.place.at(|path| {
            let path = Path::Field(&path, "simpleSigningAttestationCheck");
            CheckKeys::load(
                &self.authenticators,
                path,
                FIELDS,
                "authenticator",
                loading,
                report,
            )
        })
    }

    fn judge<'t>(
        &self,
        _: &ImageReference<'_>,
        facts: Option<&mut impl Facts<'t>>,
        _: &Report,
    ) -> Option<Outcome> {
        Some(facts?.attestation())
    }
}
