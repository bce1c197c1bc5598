//! `simpleSigningAttestationCheck`

use alloc::vec::Vec;

use super::keys::{CheckKeys, read_list};
use super::{Place, projects};
use crate::decision::Code;
use crate::json::{Path, Report, Value};
use crate::policy::public_key::KeyDocument;

/// Keys of which any one suffices, by authenticator
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
        let fields = [("attestationAuthenticators", saw_list)];
        report.require(was_object, &fields, path, Code::PolicyLimit);
        was_object.then_some(Self {
            place,
            authenticators,
        })
    }

    /// Decodes all keys, and reports unusable ones.
    pub(super) fn load(&self, report: &Report) -> CheckKeys {
        self.place.at(|path| {
            let path = Path::Field(&path, "simpleSigningAttestationCheck");
            let lists = [
                "attestationAuthenticators",
                "pkixPublicKeySet",
                "pkixPublicKeys",
            ];
            CheckKeys::load(&self.authenticators, path, lists, "authenticator", report)
        })
    }
}
