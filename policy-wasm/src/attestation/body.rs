//! Bodies of occurrences, which contain the signatures in a shape that depends on the API version.
//!
//! They are parsed strictly: unknown fields could change the meaning of an envelope.

use alloc::borrow::Cow;
use alloc::string::ToString as _;
use alloc::vec::Vec;

use super::occurrence::OCCURRENCE;
use super::{Content, Form, Rejection, Signature, Signed};
use crate::Budget;
use crate::base64::{self, NotBase64};
use crate::dsse::Envelope;
use crate::json::{Path, Raw, Report, Value};

/// Payload and signatures, undecoded
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Body<'a> {
    /// `serializedPayload` and `signatures`
    Generic(Generic<'a>),
    /// `pgpSignedAttestation`: a signed message with its payload inside
    OpenPgp {
        key_id: Cow<'a, str>,
        message: Cow<'a, str>,
    },
    /// A DSSE envelope
    Dsse(Envelope<'a>),
}

/// The fields of v1's `attestation` and of v1beta1's `genericSignedAttestation`
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Generic<'a> {
    payload: Cow<'a, str>,
    signatures: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

/// Values of `contentType` in v1beta1
const CONTENT_TYPES: [&str; 2] = ["SIMPLE_SIGNING_JSON", "CONTENT_TYPE_UNSPECIFIED"];

impl<'a> Body<'a> {
    /// Reads `attestation`: v1 has the signatures in it, v1beta1 one level further down.
    pub(super) fn read_attestation(value: Value<'_, 'a>, saw_jwts: &mut bool) -> Vec<Self> {
        let mut bodies = Vec::new();
        let mut generic: Option<Generic<'a>> = None;
        value.object(|key, value| match key {
            "serializedPayload" | "signatures" => {
                generic.get_or_insert_default().read_field(key, value);
            }
            "jwts" => {
                value.list(|_, _| *saw_jwts = true);
            }
            "attestation" => {
                value.object(|key, value| bodies.extend(Self::read_signed(key, value)));
            }
            _ => bodies.extend(Self::read_signed(key, value)),
        });
        bodies.extend(generic.map(Body::Generic));
        bodies
    }

    /// Reads one of the two messages of v1beta1.
    fn read_signed(key: &str, value: Value<'_, 'a>) -> Option<Self> {
        match key {
            "genericSignedAttestation" => {
                let mut generic = Generic::default();
                value.object(|key, value| generic.read_field(key, value));
                Some(Body::Generic(generic))
            }
            "pgpSignedAttestation" => {
                let (mut key_id, mut message) = (None, None);
                value.object(|key, value| match key {
                    "pgpKeyId" => key_id = value.text(),
                    "signature" => message = value.text(),
                    "contentType" => read_content_type(value),
                    _ => value.unknown(),
                });
                Some(Body::OpenPgp {
                    key_id: key_id.unwrap_or_default(),
                    message: message.unwrap_or_default(),
                })
            }
            _ => {
                value.unknown();
                None
            }
        }
    }

    /// Decodes the base64 of all parts; undecodable parts are rejected as `attestation-undecodable`. Usually
    /// returns one attestation; see [`unwrap`].
    pub(super) fn decode(self, budget: &Budget) -> Vec<Content<'a>> {
        let content = match self {
            Body::Generic(Generic {
                payload,
                signatures,
            }) => decode(Form::Raw, "serializedPayload", &payload, signatures, budget),
            Body::Dsse(envelope) => return unwrap(decode_envelope(envelope, budget), budget),
            Body::OpenPgp { key_id, message } => {
                // In the API this field is a string, not bytes, so it contains armor without base64.
                let signatures = alloc::vec![Signature {
                    key_id,
                    bytes: message.into_owned().into_bytes(),
                }];
                Ok(Content::Signed(Signed {
                    form: Form::Raw,
                    payload: Vec::new(),
                    signatures,
                }))
            }
        };
        alloc::vec![content.unwrap_or_else(Content::Rejected)]
    }
}

impl<'a> Generic<'a> {
    fn read_field(&mut self, key: &str, value: Value<'_, 'a>) {
        match key {
            "serializedPayload" => self.payload = value.text().unwrap_or_default(),
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
            "contentType" => read_content_type(value),
            _ => value.unknown(),
        }
    }
}

fn read_content_type(value: Value<'_, '_>) {
    let (path, report) = (value.path(), value.report());
    if let Some(text) = value.text()
        && !CONTENT_TYPES.contains(&text.as_ref())
    {
        let message = alloc::format!("content type {} is unknown", crate::quote(&text));
        report.push(crate::Code::AttestationUndecodable, path, message);
    }
}

fn decode_envelope<'a>(envelope: Envelope<'a>, budget: &Budget) -> Content<'a> {
    let Envelope {
        payload,
        payload_type,
        signatures,
    } = envelope;
    let form = Form::Dsse { payload_type };
    decode(form, "payload", &payload, signatures, budget).unwrap_or_else(Content::Rejected)
}

/// Extracts signatures that are envelopes themselves: Tekton Chains stores the signed envelope as the signature
/// of another one. Each inner envelope counts for its own payload; the outer one is not signed.
fn unwrap<'a>(content: Content<'a>, budget: &Budget) -> Vec<Content<'a>> {
    let Content::Signed(mut signed) = content else {
        return alloc::vec![content];
    };
    let mut contents = Vec::new();
    signed.signatures.retain(|signature| {
        let inner = read_envelope(&signature.bytes);
        let is_signature = inner.is_none();
        contents.extend(inner.map(|inner| decode_envelope(inner, budget).into_owned()));
        is_signature
    });
    if !signed.signatures.is_empty() {
        contents.push(Content::Signed(signed));
    }
    contents
}

/// Reads an envelope; returns `None` for anything else, such as a plain signature.
fn read_envelope(bytes: &[u8]) -> Option<Envelope<'_>> {
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return None;
    }
    let (report, mut envelope) = (Report::default(), None);
    Raw::new(core::str::from_utf8(bytes).ok()?).read(
        OCCURRENCE,
        Path::Root("sig"),
        &report,
        |value| envelope = Some(Envelope::read(value)),
    );
    envelope.filter(|_| report.is_empty())
}

fn decode<'a>(
    form: Form<'a>,
    payload_field: &str,
    payload: &str,
    signatures: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    budget: &Budget,
) -> Result<Content<'a>, Rejection> {
    if signatures.is_empty() {
        return Err(Rejection::Undecodable("it has no signatures".to_string()));
    }
    if signatures.len() > budget.signatures_per_attestation {
        let limit = budget.signatures_per_attestation;
        return Ok(Content::Excessive("signatures of one attestation", limit));
    }
    if payload.len() / 4 > budget.payload_bytes / 3 {
        let limit = budget.payload_bytes;
        return Ok(Content::Excessive("bytes in one payload", limit));
    }
    let undecodable = |field: &str, error: NotBase64| {
        let detail = alloc::format!("`{field}`: {error}");
        Rejection::Undecodable(detail)
    };
    let payload = base64::decode(payload).map_err(|error| undecodable(payload_field, error))?;
    let mut decoded = Vec::new();
    for (key_id, signature) in signatures {
        let bytes = base64::decode(&signature).map_err(|error| undecodable("signature", error))?;
        decoded.push(Signature { key_id, bytes });
    }
    Ok(Content::Signed(Signed {
        form,
        payload,
        signatures: decoded,
    }))
}
