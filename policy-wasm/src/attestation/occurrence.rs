//! Attestation occurrences of Artifact Analysis (Grafeas) of all API versions, and bare DSSE envelopes.
//!
//! Resource and note are unsigned metadata, used only to select attestations and attestors. The signed payload
//! alone is evidence.

use alloc::borrow::Cow;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::body::Body;
use super::media_type::SIGSTORE_BUNDLE;
use super::{Attestation, Bundled, Content, Rejection, Source};
use crate::Budget;
use crate::decision::Code;
use crate::digest::Digest;
use crate::dsse::Envelope;
use crate::json::{Dialect, Null, Path, Raw, Report, Value};

/// A malformed occurrence is undecodable and does not affect others; a malformed body does not affect the
/// other bodies.
pub(super) const OCCURRENCE: &Dialect = &Dialect {
    malformed: Code::AttestationUndecodable,
    unknown_field: Code::AttestationUndecodable,
    wrong_type: Code::AttestationUndecodable,
    duplicate_key: Code::AttestationUndecodable,
    null: Null::Absent,
};

/// Returns why an occurrence of an attestation does not count, whoever signed it; `None` if one of its bodies can be
/// read. The text must be JSON.
#[must_use]
pub fn problem(occurrence: &str) -> Option<Rejection> {
    let read = Occurrence::read(Raw::new(occurrence)).into_iter();
    let attestations = read.filter(Occurrence::is_attestation);
    let contents = attestations.flat_map(|one| one.contents(Source::Settings, &Budget::DEFAULT));
    let mut problem = None;
    for content in contents {
        match content {
            Content::Rejected(rejection) => problem = problem.or(Some(rejection)),
            Content::Signed(_) | Content::Bundle(_) | Content::Excessive(..) => return None,
        }
    }
    problem
}

/// Kind of the occurrences in which builders store provenance
const BUILD: &str = "BUILD";

/// An occurrence, undecoded
#[derive(Debug, Default)]
pub(crate) struct Occurrence<'a> {
    kind: Option<Cow<'a, str>>,
    note: Option<Cow<'a, str>>,
    resource: Option<Cow<'a, str>>,
    media_type: Option<Cow<'a, str>>,
    /// The whole text if it is a Sigstore bundle, or the bundle in it
    bundle: Option<Raw<'a>>,
    /// Bodies are independent: Tekton Chains stores one signature in two of them, and only one verifies
    bodies: Vec<Result<Body<'a>, String>>,
    saw_jwts: bool,
    /// Occurrences in the answer of `gcloud artifacts docker images describe --show-provenance`
    provenance: Vec<Raw<'a>>,
    problem: Option<String>,
}

impl<'a> Occurrence<'a> {
    /// Reads an occurrence, a bare DSSE envelope, a Sigstore bundle, an object with a bundle, or gcloud's description of an image with all provenance
    /// occurrences.
    pub(crate) fn read(raw: Raw<'a>) -> Vec<Self> {
        let mut occurrence = Self::read_by(raw, Self::read_fields);
        let provenance = core::mem::take(&mut occurrence.provenance);
        if provenance.is_empty() {
            return alloc::vec![occurrence];
        }
        let provenance = provenance.into_iter();
        provenance
            .map(|raw| Self::read_by(raw, Self::read_fields))
            .collect()
    }

    /// Reads only a DSSE envelope or a Sigstore bundle.
    pub(crate) fn read_envelope(raw: Raw<'a>) -> Self {
        // Envelopes have no media type.
        if raw.text().contains("\"mediaType\"") {
            let occurrence = Self::read_by(raw, Self::read_fields);
            if occurrence.bundle.is_some() {
                return Self {
                    bundle: occurrence.bundle,
                    ..Self::default()
                };
            }
        }
        Self::read_by(raw, |occurrence, value| {
            let envelope = Body::Dsse(Envelope::read(value));
            occurrence.bodies.push(Ok(envelope));
        })
    }

    fn read_by(raw: Raw<'a>, read: impl FnOnce(&mut Self, Value<'_, 'a>)) -> Self {
        let (report, mut occurrence) = (Report::default(), Self::default());
        raw.read(OCCURRENCE, Path::Root(""), &report, |value| {
            read(&mut occurrence, value);
        });
        occurrence.problem = (!report.is_empty()).then(|| report.to_string());
        let media_type = occurrence.media_type.as_deref();
        if media_type.is_some_and(|one| one.starts_with(SIGSTORE_BUNDLE)) {
            // The reader of bundles reports its problems.
            occurrence.problem = None;
            occurrence.bodies.clear();
            occurrence.bundle = Some(raw);
        }
        occurrence
    }

    fn read_fields(&mut self, value: Value<'_, 'a>) {
        let mut bare: Option<Envelope<'a>> = None;
        value.object(|key, value| match key {
            "kind" => self.kind = value.text(),
            "noteName" => self.note = value.text(),
            "resourceUri" => self.resource = value.text(),
            // v1beta1
            "resource" => {
                value.object(|key, value| {
                    if key == "uri" {
                        self.resource = value.text();
                    }
                });
            }
            "mediaType" => self.media_type = value.text(),
            "bundle" if value.is_object() => self.bundle = Some(value.raw()),
            "attestation" => {
                let mut saw_jwts = false;
                self.read_bodies(value, |value| Body::read_attestation(value, &mut saw_jwts));
                self.saw_jwts |= saw_jwts;
            }
            "envelope" => self.read_bodies(value, |value| {
                alloc::vec![Body::Dsse(Envelope::read(value))]
            }),
            "dsseAttestation" => self.read_bodies(value, |value| {
                let mut bodies = Vec::new();
                // Next to the envelope is an unsigned copy of the payload.
                value.object(|key, value| {
                    if key == "envelope" {
                        bodies.push(Body::Dsse(Envelope::read(value)));
                    }
                });
                bodies
            }),
            "provenance_summary" => {
                value.object(|key, value| {
                    if key == "provenance" {
                        value.list(|_, item| self.provenance.push(item.raw()));
                    }
                });
            }
            key if Envelope::has(key) => {
                bare.get_or_insert_default().read_field(key, value);
            }
            _ => {}
        });
        self.keep(bare.map(Body::Dsse));
    }

    /// Reads the bodies in one field; its problems do not affect other fields.
    fn read_bodies(
        &mut self,
        value: Value<'_, 'a>,
        read: impl FnOnce(Value<'_, 'a>) -> Vec<Body<'a>>,
    ) {
        let report = Report::default();
        let path = value.path();
        let bodies = read(value.under(OCCURRENCE, path, &report));
        if report.is_empty() {
            self.keep(bodies);
        } else {
            self.bodies.push(Err(report.to_string()));
        }
    }

    /// Adds bodies that are not known yet: Grafeas has the same envelope in two places.
    fn keep(&mut self, bodies: impl IntoIterator<Item = Body<'a>>) {
        for body in bodies.into_iter().map(Ok) {
            if !self.bodies.contains(&body) {
                self.bodies.push(body);
            }
        }
    }

    /// Whether this is an attestation or another signed record, such as signed provenance of kind `BUILD`.
    pub(crate) fn is_attestation(&self) -> bool {
        match self.kind.as_deref() {
            None | Some("ATTESTATION" | "DSSE_ATTESTATION") => true,
            Some(BUILD) => !self.bodies.is_empty(),
            Some(_) => false,
        }
    }

    /// The digest at the end of the resource's URI, if it has one.
    pub(crate) fn resource_digest(&self) -> Option<Digest> {
        let (_, digest) = self.resource.as_deref()?.rsplit_once('@')?;
        Digest::parse(digest).ok()
    }

    /// Decodes payloads and signatures; returns one attestation for each body, and at least one.
    pub(crate) fn decode(
        mut self,
        source: Source,
        budget: &Budget,
    ) -> impl Iterator<Item = Attestation<'a>> + use<'a> {
        // Builders store provenance under their own notes, which belong to no attestor.
        let is_of_build = self.kind.as_deref() == Some(BUILD);
        let note = self.note.take().filter(|_| !is_of_build);
        let contents = self.contents(source, budget).into_iter();
        contents.map(move |content| Attestation {
            note: note.clone(),
            content,
            source,
        })
    }

    fn contents(self, source: Source, budget: &Budget) -> Vec<Content<'a>> {
        let undecodable = |detail| Content::Rejected(Rejection::Undecodable(detail));
        if let Some(problem) = self.problem {
            return alloc::vec![undecodable(problem)];
        }
        let bundle = self.bundle.map(|raw| Bundled::read(raw, source, budget));
        if self.bodies.is_empty() && bundle.is_none() {
            return alloc::vec![if self.saw_jwts {
                Content::Rejected(Rejection::JwtUnsupported)
            } else {
                undecodable("it has no signatures".to_string())
            }];
        }
        let decode = |body: Result<Body<'a>, String>| match body {
            Ok(body) => body.decode(budget),
            Err(problem) => alloc::vec![undecodable(problem)],
        };
        // Sorted, so that the order of the fields has no effect. There are few bodies, of few contents each.
        let mut contents = Vec::new();
        for content in self.bodies.into_iter().flat_map(decode).chain(bundle) {
            let place = contents.partition_point(|other: &Content<'_>| other.cmp(&content).is_lt());
            contents.insert(place, content);
        }
        contents
    }
}
