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

/// Whatever is wrong with an occurrence makes that occurrence undecodable, and no other.
const OCCURRENCE: &Dialect = &Dialect {
    malformed: Code::AttestationUndecodable,
    unknown_field: Code::AttestationUndecodable,
    wrong_type: Code::AttestationUndecodable,
    duplicate_key: Code::AttestationUndecodable,
    null: Null::Absent,
};

/// An occurrence, undecoded
#[derive(Debug, Default)]
pub(crate) struct Occurrence<'a> {
    kind: Option<Cow<'a, str>>,
    note: Option<Cow<'a, str>>,
    resource: Option<Cow<'a, str>>,
    bodies: Vec<Body<'a>>,
    saw_jwts: bool,
    problem: Option<String>,
}

impl<'a> Occurrence<'a> {
    /// Reads an occurrence, or a DSSE envelope that stands for itself.
    pub(crate) fn read(raw: Raw<'a>) -> Self {
        Self::read_by(raw, Self::read_fields)
    }

    /// Reads a DSSE envelope, and nothing else.
    pub(crate) fn read_envelope(raw: Raw<'a>) -> Self {
        Self::read_by(raw, |occurrence, value| {
            occurrence.bodies.push(Body::Dsse(Envelope::read(value)));
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
            "attestation" => {
                let body = Body::read_attestation(value, &mut self.saw_jwts);
                self.bodies.extend(body);
            }
            "envelope" => self.bodies.push(Body::Dsse(Envelope::read(value))),
            "dsseAttestation" => {
                // Beside the envelope stands a copy of the payload that nobody signed.
                value.object(|key, value| {
                    if key == "envelope" {
                        self.bodies.push(Body::Dsse(Envelope::read(value)));
                    }
                });
            }
            key if Envelope::has(key) => {
                bare.get_or_insert_default().read_field(key, value);
            }
            _ => {}
        });
        self.bodies.extend(bare.map(Body::Dsse));
        // Grafeas keeps one envelope in two places.
        self.bodies.dedup();
    }

    /// Whether this is an attestation at all; a record of another kind is none of our business.
    pub(crate) fn is_attestation(&self) -> bool {
        self.kind
            .as_deref()
            .is_none_or(|kind| matches!(kind, "ATTESTATION" | "DSSE_ATTESTATION"))
    }

    /// The digest at the end of the resource's address, if it has one.
    pub(crate) fn resource_digest(&self) -> Option<Digest> {
        let (_, digest) = self.resource.as_deref()?.rsplit_once('@')?;
        Digest::parse(digest).ok()
    }

    /// Decodes payload and signatures.
    pub(crate) fn decode(mut self, source: Source, budget: &Budget) -> Attestation<'a> {
        let note = self.note.take();
        let content = self.content(budget).unwrap_or_else(Content::Rejected);
        Attestation {
            note,
            content,
            source,
        }
    }

    fn content(mut self, budget: &Budget) -> Result<Content<'a>, Rejection> {
        if let Some(problem) = self.problem {
            return Err(Rejection::Undecodable(problem));
        }
        match (self.bodies.pop(), self.bodies.is_empty()) {
            (Some(body), true) => body.decode(budget),
            (Some(_), false) => {
                let detail = "it has several envelopes that differ".to_string();
                Err(Rejection::Undecodable(detail))
            }
            (None, _) if self.saw_jwts => Err(Rejection::JwtUnsupported),
            (None, _) => Err(Rejection::Undecodable("it has no signatures".to_string())),
        }
    }
}
