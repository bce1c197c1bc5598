//! Attestation occurrences of Artifact Analysis (Grafeas), in every shape that its versions have,
//! and DSSE envelopes by themselves.
//!
//! The resource and the note are metadata that nobody signed: they choose which attestations to
//! look at and which attestor to look with. What counts is in the signed payload.

use alloc::borrow::Cow;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::body::Body;
use super::dsse::Envelope;
use super::{Attestation, Content, Rejection, Source};
use crate::Budget;
use crate::decision::Code;
use crate::digest::Digest;
use crate::json::{Dialect, Null, Path, Raw, Report, Value};

/// Whatever is wrong with an occurrence makes that occurrence undecodable, and no other; within one of
/// its bodies, that body and no other.
pub(super) const OCCURRENCE: &Dialect = &Dialect {
    malformed: Code::AttestationUndecodable,
    unknown_field: Code::AttestationUndecodable,
    wrong_type: Code::AttestationUndecodable,
    duplicate_key: Code::AttestationUndecodable,
    null: Null::Absent,
};

/// The kind under which builders file provenance
const BUILD: &str = "BUILD";

/// How the media types of Sigstore's bundles begin, in every version
const BUNDLE: &str = "application/vnd.dev.sigstore.bundle";

/// An occurrence, undecoded
#[derive(Debug, Default)]
pub(crate) struct Occurrence<'a> {
    kind: Option<Cow<'a, str>>,
    note: Option<Cow<'a, str>>,
    resource: Option<Cow<'a, str>>,
    media_type: Option<Cow<'a, str>>,
    /// Each stands for itself: Tekton Chains puts one signature into two of them, and only one is true
    bodies: Vec<Result<Body<'a>, String>>,
    saw_jwts: bool,
    /// Occurrences in the answer of `gcloud artifacts docker images describe --show-provenance`
    provenance: Vec<Raw<'a>>,
    problem: Option<String>,
}

impl<'a> Occurrence<'a> {
    /// Reads an occurrence, a DSSE envelope that stands for itself, or what gcloud says about an image:
    /// all occurrences of its provenance.
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

    /// Reads a DSSE envelope, and nothing else.
    pub(crate) fn read_envelope(raw: Raw<'a>) -> Self {
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
                // Beside the envelope stands a copy of the payload that nobody signed.
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

    /// Reads what is signed in one field. What is wrong with it is wrong with nothing else.
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

    /// Keeps what is not there yet: Grafeas has one envelope in two places.
    fn keep(&mut self, bodies: impl IntoIterator<Item = Body<'a>>) {
        for body in bodies.into_iter().map(Ok) {
            if !self.bodies.contains(&body) {
                self.bodies.push(body);
            }
        }
    }

    /// Whether this is an attestation, or another record that is signed: builders file signed
    /// provenance as `BUILD`. What is neither is read by others, or by nobody.
    pub(crate) fn is_attestation(&self) -> bool {
        match self.kind.as_deref() {
            None | Some("ATTESTATION" | "DSSE_ATTESTATION") => true,
            Some(BUILD) => !self.bodies.is_empty(),
            Some(_) => false,
        }
    }

    /// The digest at the end of the resource's address, if it has one.
    pub(crate) fn resource_digest(&self) -> Option<Digest> {
        let (_, digest) = self.resource.as_deref()?.rsplit_once('@')?;
        Digest::parse(digest).ok()
    }

    /// Decodes payloads and signatures: one attestation for each body, at least one in all.
    pub(crate) fn decode(
        mut self,
        source: Source,
        budget: &Budget,
    ) -> impl Iterator<Item = Attestation<'a>> + use<'a> {
        // Builders file provenance under notes of their own, which are no attestor's.
        let is_of_build = self.kind.as_deref() == Some(BUILD);
        let note = self.note.take().filter(|_| !is_of_build);
        let contents = self.contents(budget).into_iter();
        contents.map(move |content| Attestation {
            note: note.clone(),
            content,
            source,
        })
    }

    fn contents(self, budget: &Budget) -> Vec<Content<'a>> {
        let undecodable = |detail| Content::Rejected(Rejection::Undecodable(detail));
        if let Some(problem) = self.problem {
            return alloc::vec![undecodable(problem)];
        }
        if let Some(media_type) = self.media_type.filter(|one| one.starts_with(BUNDLE)) {
            let media_type = media_type.into_owned();
            return alloc::vec![Content::Rejected(Rejection::BundleUnsupported(media_type))];
        }
        if self.bodies.is_empty() {
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
        let mut contents: Vec<_> = self.bodies.into_iter().flat_map(decode).collect();
        // So that the order of the fields cannot matter.
        contents.sort_unstable();
        contents
    }
}
