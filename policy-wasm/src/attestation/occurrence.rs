//! Attestation occurrences of Artifact Analysis (Grafeas v1), as
//! `gcloud container binauthz attestations list --format=json` prints them.
//!
//! The resource and the note are metadata that nobody signed: they choose which attestations to
//! look at and which attestor to look with. What counts is in the signed payload.

use alloc::borrow::Cow;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::{Attestation, Content, Rejection, Signature};
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
    payload: Option<Cow<'a, str>>,
    signatures: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    saw_jwts: bool,
    unsupported: Option<&'static str>,
    problem: Option<String>,
}

/// Envelopes that other versions of the API have
const UNSUPPORTED: &[(&str, &str)] = &[
    ("envelope", "`envelope`"),
    ("dsseAttestation", "`dsseAttestation`"),
    ("genericSignedAttestation", "`genericSignedAttestation`"),
    ("pgpSignedAttestation", "`pgpSignedAttestation`"),
    ("attestation", "`attestation.attestation` (v1beta1)"),
];

fn unsupported(key: &str) -> Option<&'static str> {
    UNSUPPORTED
        .iter()
        .find(|(known, _)| *known == key)
        .map(|(_, name)| *name)
}

impl<'a> Occurrence<'a> {
    pub(crate) fn read(raw: Raw<'a>) -> Self {
        let report = Report::default();
        let mut occurrence = Self::default();
        raw.read(OCCURRENCE, Path::Root(""), &report, |value| {
            value.object(|key, value| match key {
                "kind" => occurrence.kind = value.text(),
                "noteName" => occurrence.note = value.text(),
                "resourceUri" => occurrence.resource = value.text(),
                "attestation" => {
                    value.object(|key, value| occurrence.read_attestation(key, value));
                }
                _ => occurrence.unsupported = occurrence.unsupported.or_else(|| unsupported(key)),
            });
        });
        occurrence.problem = (!report.is_empty()).then(|| report.to_string());
        occurrence
    }

    /// What surrounds the signature is read strictly: an envelope with a key nobody knows may mean
    /// something else than it seems to.
    fn read_attestation(&mut self, key: &str, value: Value<'_, 'a>) {
        match key {
            "serializedPayload" => self.payload = value.text(),
            "signatures" => {
                value.list(|_, item| {
                    let (mut id, mut signature) = (None, None);
                    item.object(|key, value| match key {
                        "publicKeyId" => id = value.text(),
                        "signature" => signature = value.text(),
                        _ => value.unknown(),
                    });
                    self.signatures
                        .push((id.unwrap_or_default(), signature.unwrap_or_default()));
                });
            }
            "jwts" => {
                value.list(|_, _| self.saw_jwts = true);
            }
            _ => match unsupported(key) {
                Some(name) => self.unsupported = Some(name),
                None => value.unknown(),
            },
        }
    }

    /// Whether this is an attestation at all; a record of another kind is none of our business.
    pub(crate) fn is_attestation(&self) -> bool {
        self.kind
            .as_deref()
            .is_none_or(|kind| kind == "ATTESTATION")
    }

    /// The digest at the end of the resource's address, if it has one.
    pub(crate) fn resource_digest(&self) -> Option<Digest> {
        let (_, digest) = self.resource.as_deref()?.rsplit_once('@')?;
        Digest::parse(digest).ok()
    }

    /// Decodes payload and signatures.
    pub(crate) fn decode(self, budget: &Budget) -> Attestation<'a> {
        let note = self.note.clone();
        let content = self.content(budget).unwrap_or_else(Content::Rejected);
        Attestation { note, content }
    }

    fn content(self, budget: &Budget) -> Result<Content<'a>, Rejection> {
        let undecodable = |detail: String| Rejection::Undecodable(detail);
        if let Some(problem) = self.problem {
            return Err(undecodable(problem));
        }
        if let Some(format) = self.unsupported {
            return Err(Rejection::FormatUnsupported(format.to_string()));
        }
        if self.signatures.is_empty() {
            return Err(if self.saw_jwts {
                Rejection::JwtUnsupported
            } else {
                undecodable("it has no signatures".to_string())
            });
        }
        if self.signatures.len() > budget.signatures_per_attestation {
            let limit = budget.signatures_per_attestation;
            return Ok(Content::Excessive("signatures of one attestation", limit));
        }
        let payload = self.payload.unwrap_or_default();
        if payload.len() / 4 > budget.payload_bytes / 3 {
            return Ok(Content::Excessive(
                "bytes in one payload",
                budget.payload_bytes,
            ));
        }
        let payload = decode_base64(&payload)
            .map_err(|error| undecodable(alloc::format!("`serializedPayload`: {error}")))?;
        let mut signatures = Vec::new();
        for (key_id, signature) in self.signatures {
            let bytes = decode_base64(&signature)
                .map_err(|error| undecodable(alloc::format!("`signature`: {error}")))?;
            signatures.push(Signature { key_id, bytes });
        }
        Ok(Content::Signed {
            payload,
            signatures,
        })
    }
}

/// Padding may be there or not: the API pads, hand-written documents often do not.
const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Decodes either alphabet: the REST API prints the standard one, gcloud the URL-safe one. A text
/// that mixes them is refused by the decoder.
fn decode_base64(text: &str) -> Result<Vec<u8>, String> {
    let engine = if text.contains(['-', '_']) {
        &URL_SAFE
    } else {
        &STANDARD
    };
    engine.decode(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_alphabets_decode_with_or_without_padding() {
        for text in ["+/8=", "+/8", "-_8=", "-_8"] {
            assert_eq!(decode_base64(text), Ok(alloc::vec![0xfb, 0xff]), "{text}");
        }
    }

    #[test]
    fn mixed_alphabets_and_stray_characters_are_refused() {
        for text in ["+_8=", "-/8=", "+/8 ", "+\n/8", "+/9=", "+"] {
            assert!(decode_base64(text).is_err(), "{text:?}");
        }
    }
}
