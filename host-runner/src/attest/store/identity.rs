//! Identity of attestations: whether two are the same one, signed twice.

use alloc::collections::BTreeSet;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use policy_wasm::digest::Digest;
use serde_json::{Map, Value};

use crate::attest::evidence_file::bundle_of;

/// Signers and payload of an attestation in any shape that a policy reads, unverified
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Identity {
    note: Option<String>,
    form: Form,
    payload: Vec<u8>,
    /// INVARIANT: not empty, nor is any of them
    signers: BTreeSet<String>,
}

/// The signed bytes
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Form {
    /// The payload's own bytes
    Raw,
    /// The payload and this type of it
    Dsse(String),
    /// A message with its payload inside
    OpenPgp,
    /// A digest in a bundle, whose digits are the payload
    Message,
}

impl Form {
    /// The type of the payload, if it is signed
    pub(crate) fn payload_type(&self) -> Option<&str> {
        match self {
            Self::Dsse(payload_type) => Some(payload_type),
            Self::Raw | Self::OpenPgp | Self::Message => None,
        }
    }
}

impl Identity {
    /// Reads a document; `None` where it is no attestation, or where it does not say who has signed
    /// what. Such a document is not the same as any other.
    pub(super) fn of(document: &Value) -> Option<Self> {
        let document = document.as_object()?;
        let (form, payload, signers) = match bodies(document)?.as_slice() {
            [body] => body.clone(),
            // Grafeas keeps one envelope in two places.
            [first, rest @ ..] if rest.iter().all(|other| other == first) => first.clone(),
            _ => return None,
        };
        if signers.is_empty() || signers.contains("") {
            return None;
        }
        Some(Self {
            note: optional_text(document, "noteName")?,
            form,
            payload,
            signers,
        })
    }

    /// Whether it may count for an image where another one counts: as far as a look at what is not
    /// verified can tell.
    pub(super) fn may_count_beside(&self, other: &Self, digest: &Digest) -> bool {
        let name = digest.as_name();
        let hex = name.trim_start_matches("sha256-").as_bytes();
        let is_about_it = self.payload.windows(hex.len()).any(|part| part == hex);
        let is_under_note = self.note.is_none() || other.note.is_none() || self.note == other.note;
        is_about_it && is_under_note
    }

    /// Returns a hash for names, equal for equal attestations.
    pub(super) fn hex(&self) -> String {
        let form = match &self.form {
            Form::Raw => Value::Null,
            Form::Dsse(payload_type) => Value::from(payload_type.as_str()),
            Form::OpenPgp => Value::from(true),
            Form::Message => Value::from(false),
        };
        let signers: Vec<_> = self.signers.iter().map(String::as_str).collect();
        let payload = Digest::of(&self.payload).to_string();
        // A list, so that no part can reach into the next.
        let parts = serde_json::json!([self.note, form, payload, signers]);
        Self::hex_of(parts.to_string().as_bytes())
    }

    /// Like [`Self::hex`], for documents without an identity.
    pub(super) fn hex_of(bytes: &[u8]) -> String {
        let digest = Digest::of(bytes).to_string();
        digest.trim_start_matches("sha256:").to_owned()
    }
}

/// Whether a document is an envelope or a bundle by itself, which is what a Pod may carry.
pub(super) fn is_envelope(document: &Value) -> bool {
    bundle_of(document).is_some() || document.as_object().and_then(envelope).is_some()
}

/// Form, payload and signers
pub(crate) type Body = (Form, Vec<u8>, BTreeSet<String>);

/// Everything signed in a document. `None` where one of them cannot be read.
pub(crate) fn bodies(document: &Map<String, Value>) -> Option<Vec<Body>> {
    if let Some(bundle) = document.get("bundle") {
        return Some(vec![bundle_body(bundle)?]);
    }
    if document.contains_key("verificationMaterial") {
        return Some(vec![bundle_body(&Value::Object(document.clone()))?]);
    }
    let kind = optional_text(document, "kind")?;
    if !matches!(
        kind.as_deref(),
        None | Some("ATTESTATION" | "DSSE_ATTESTATION")
    ) {
        return None;
    }
    let mut bodies = Vec::new();
    if let Some(attestation) = document.get("attestation") {
        let attestation = attestation.as_object()?;
        // v1beta1 has one level more.
        let inner = match attestation.get("attestation") {
            Some(inner) => inner.as_object()?,
            None => attestation,
        };
        if let Some(generic) = inner.get("genericSignedAttestation") {
            bodies.push(generic_body(generic.as_object()?)?);
        }
        if let Some(signed) = inner.get("pgpSignedAttestation") {
            bodies.push(openpgp_body(signed.as_object()?)?);
        }
        if attestation.contains_key("serializedPayload") || attestation.contains_key("signatures") {
            bodies.push(generic_body(attestation)?);
        }
    }
    if let Some(value) = document.get("envelope") {
        bodies.push(envelope(value.as_object()?)?);
    }
    if let Some(value) = document.get("dsseAttestation") {
        bodies.push(envelope(value.get("envelope")?.as_object()?)?);
    }
    if document.contains_key("payload") || document.contains_key("signatures") {
        bodies.push(envelope(document)?);
    }
    Some(bodies)
}

fn generic_body(generic: &Map<String, Value>) -> Option<Body> {
    let payload = decode(generic.get("serializedPayload")?.as_str()?)?;
    Some((Form::Raw, payload, signers(generic, "publicKeyId")?))
}

fn envelope(envelope: &Map<String, Value>) -> Option<Body> {
    let payload_type = envelope.get("payloadType")?.as_str()?.to_owned();
    let payload = decode(envelope.get("payload")?.as_str()?)?;
    Some((
        Form::Dsse(payload_type),
        payload,
        signers(envelope, "keyid")?,
    ))
}

/// The certificate of a bundle stands for its signer: each is issued for one signature.
fn bundle_body(bundle: &Value) -> Option<Body> {
    let at = |pointer: &str| bundle.pointer(pointer)?.as_str();
    let certificate = at("/verificationMaterial/certificate/rawBytes");
    let first = at("/verificationMaterial/x509CertificateChain/certificates/0/rawBytes");
    let signer = match certificate.or(first) {
        Some(certificate) => Digest::of(&decode(certificate)?).to_string(),
        None => at("/verificationMaterial/publicKey/hint")?.to_owned(),
    };
    let signers = [signer].into_iter().collect();
    if let Some(digest) = at("/messageSignature/messageDigest/digest") {
        let digits = decode(digest)?;
        let digits: String = digits.iter().map(|byte| format!("{byte:02x}")).collect();
        return Some((Form::Message, digits.into_bytes(), signers));
    }
    let payload_type = at("/dsseEnvelope/payloadType")?.to_owned();
    let payload = decode(at("/dsseEnvelope/payload")?)?;
    Some((Form::Dsse(payload_type), payload, signers))
}

/// The payload is inside of what is signed; the whole message stands for it.
fn openpgp_body(signed: &Map<String, Value>) -> Option<Body> {
    let key_id = signed.get("pgpKeyId")?.as_str()?.to_owned();
    let message = signed.get("signature")?.as_str()?;
    let signers = [key_id].into_iter().collect();
    Some((Form::OpenPgp, message.as_bytes().to_vec(), signers))
}

fn signers(body: &Map<String, Value>, id: &str) -> Option<BTreeSet<String>> {
    let signatures = body.get("signatures")?.as_array()?;
    let ids = signatures
        .iter()
        .map(|signature| signature.get(id)?.as_str());
    ids.map(|id| id.map(str::to_owned)).collect()
}

/// A text that may be missing; `None` where something else stands there.
fn optional_text(document: &Map<String, Value>, key: &str) -> Option<Option<String>> {
    match document.get(key) {
        None | Some(Value::Null) => Some(None),
        Some(Value::String(text)) => Some(Some(text.clone())),
        Some(_) => None,
    }
}

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// Decodes either alphabet, with or without padding and line breaks, as the policy does.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let text: String = text.split_ascii_whitespace().collect();
    let alphabet = if text.contains(['-', '_']) {
        &alphabet::URL_SAFE
    } else {
        &alphabet::STANDARD
    };
    GeneralPurpose::new(alphabet, LENIENT).decode(text).ok()
}
