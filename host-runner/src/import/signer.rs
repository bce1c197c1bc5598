//! Signers of other systems, as attestors. A signer that cannot be said becomes an attestor without keys and identities,
//! whose requirement denies: it admits nothing that the other system does not.

use core::fmt;

use serde_json::{Map, Value};

use super::Place;
use super::draft::Draft;
use super::identity::Subjects;
use super::keyless;
use super::source::At;

/// One signer
#[derive(Debug)]
pub(super) struct Signer {
    place: Place,
    /// Any of these keys may sign
    keys: Vec<Value>,
    /// Any of these identities may
    identities: Vec<Value>,
}

/// Consequence of a signer that does not carry over
pub(super) const LOST: &str = "no signature counts";

impl Signer {
    /// A signer without keys and identities.
    pub(super) fn untrusted(at: &At<'_>) -> Self {
        Self {
            place: at.place(),
            keys: Vec::new(),
            identities: Vec::new(),
        }
    }

    /// A signer who does not carry over, for a reason that is reported.
    pub(super) fn lost(at: &At<'_>, why: impl fmt::Display, draft: &mut Draft) -> Self {
        draft.lost(at, format!("{why}: {LOST}"));
        Self::untrusted(at)
    }

    /// The holder of a key in PEM.
    pub(super) fn with_key(at: &At<'_>, pem: &str, draft: &mut Draft) -> Self {
        Self {
            keys: draft.cosign_key(at, pem).into_iter().collect(),
            ..Self::untrusted(at)
        }
    }

    /// The holder of a certificate for a subject.
    pub(super) fn keyless(
        at: &At<'_>,
        issuer: &str,
        subjects: &Subjects,
        claims: &Map<String, Value>,
        draft: &mut Draft,
    ) -> Self {
        let untrusted = Self::untrusted(at);
        if !keyless::is_issuer(at, issuer, LOST, draft) {
            return untrusted;
        }
        let lost = format!("the identity needs a trusted root, and none was given: {LOST}");
        let Some(root) = draft.require_root(at, &lost) else {
            return untrusted;
        };
        keyless::report_narrower(at, subjects, draft);
        Self {
            identities: subjects.identities(&root, issuer, claims),
            ..untrusted
        }
    }

    /// The holder of a certificate for a subject of a wildcard.
    pub(super) fn like(
        at: &At<'_>,
        issuer: &str,
        wildcard: &str,
        claims: &Map<String, Value>,
        draft: &mut Draft,
    ) -> Self {
        let subjects = Subjects::of_wildcard(wildcard);
        match keyless::carried_over(at, wildcard, subjects, LOST, draft) {
            Some(subjects) => Self::keyless(at, issuer, &subjects, claims, draft),
            None => Self::untrusted(at),
        }
    }

    /// The holder of a certificate for a subject of a regular expression.
    pub(super) fn of_regex(
        at: &At<'_>,
        issuer: &str,
        regex: &str,
        claims: &Map<String, Value>,
        draft: &mut Draft,
    ) -> Self {
        let subjects = Subjects::of_regex(regex);
        match keyless::carried_over(at, regex, subjects, LOST, draft) {
            Some(subjects) => Self::keyless(at, issuer, &subjects, claims, draft),
            None => Self::untrusted(at),
        }
    }

    /// Either of two signers.
    pub(super) fn or(mut self, other: Self) -> Self {
        self.keys.extend(other.keys);
        self.identities.extend(other.identities);
        self
    }

    /// Returns the signer without its keys and identities.
    pub(super) fn without_trust(self) -> Self {
        Self {
            keys: Vec::new(),
            identities: Vec::new(),
            ..self
        }
    }

    /// The resource name of the attestor that stands for the signer.
    pub(super) fn attestor(self, wanted: &str, draft: &mut Draft) -> String {
        draft.attestor(wanted, &self.place, self.keys, self.identities)
    }
}

/// Reads the signatures of images from their registries. Reports images of any registry, since the settings list those
/// that may be asked.
pub(super) fn look_up(at: &At<'_>, images: &[String], draft: &mut Draft) {
    let host_of = |pattern: &String| {
        let (host, _) = pattern.split_once('/')?;
        (!host.contains('*')).then(|| host.to_owned())
    };
    let hosts: Vec<_> = images.iter().filter_map(host_of).collect();
    let are_all = hosts.len() == images.len();
    draft.ask_registries(hosts);
    if !are_all {
        draft.lost(
            at,
            "its images are from any registry, and the settings list the registries that may be asked",
        );
        draft.help(
            "set `evidence.registry: true`, and add the hosts of your images to `registries`",
        );
    }
}
