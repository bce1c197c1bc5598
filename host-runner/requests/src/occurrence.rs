//! Attestations as documents: signed payload, signatures, and unsigned metadata.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// A bundle with the image that it is about, so that others need not be decoded. The bundle alone counts.
#[must_use]
pub fn filed_bundle(bundle: &Value, image: &str) -> Value {
    json!({"resourceUri": format!("https://{image}"), "bundle": bundle})
}

/// A payload with its signatures
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// The payload
    pub payload: &'a [u8],
    /// The type of the payload in an envelope
    pub payload_type: &'a str,
    /// The id of each key, and what it signed
    pub signatures: &'a [(String, Vec<u8>)],
}

/// Metadata of an attestation
#[derive(Debug, Clone, Copy)]
pub struct Filing<'a> {
    /// The note
    pub note: Option<&'a str>,
    /// The image, without a scheme
    pub resource: &'a str,
}

impl Signed<'_> {
    /// A DSSE envelope.
    #[must_use]
    pub fn envelope(&self) -> Value {
        json!({
            "payloadType": self.payload_type, "payload": STANDARD.encode(self.payload),
            "signatures": self.signatures("keyid", "sig"),
        })
    }

    fn generic(&self) -> Value {
        json!({
            "serializedPayload": STANDARD.encode(self.payload),
            "signatures": self.signatures("publicKeyId", "signature"),
        })
    }

    fn signatures(&self, id_key: &str, signature_key: &str) -> Value {
        let entries = self
            .signatures
            .iter()
            .map(|(id, signature)| json!({id_key: id, signature_key: STANDARD.encode(signature)}));
        entries.collect()
    }
}

impl Filing<'_> {
    /// An occurrence whose payload's own bytes are signed.
    #[must_use]
    pub fn occurrence(&self, signed: Signed<'_>) -> Value {
        let resource = ("resourceUri", json!(self.uri()));
        self.file("ATTESTATION", resource, ("attestation", signed.generic()))
    }

    /// Like [`Self::occurrence`], in the shape of v1beta1.
    #[must_use]
    pub fn occurrence_v1beta1(&self, signed: Signed<'_>) -> Value {
        let mut generic = signed.generic();
        if let Some(fields) = generic.as_object_mut() {
            fields.insert("contentType".into(), "SIMPLE_SIGNING_JSON".into());
        }
        let inner = json!({"attestation": {"genericSignedAttestation": generic}});
        let resource = ("resource", json!({"uri": self.uri()}));
        self.file("ATTESTATION", resource, ("attestation", inner))
    }

    /// An occurrence of an envelope.
    #[must_use]
    pub fn envelope_occurrence(&self, signed: Signed<'_>) -> Value {
        let resource = ("resourceUri", json!(self.uri()));
        let inner = json!({"envelope": signed.envelope()});
        self.file("DSSE_ATTESTATION", resource, ("dsseAttestation", inner))
    }

    fn file(&self, kind: &str, resource: (&str, Value), inner: (&str, Value)) -> Value {
        let mut occurrence = json!({"kind": kind});
        if let Some(fields) = occurrence.as_object_mut() {
            if let Some(note) = self.note {
                fields.insert("noteName".into(), note.into());
            }
            for (key, value) in [resource, inner] {
                fields.insert(key.into(), value);
            }
        }
        occurrence
    }

    fn uri(&self) -> String {
        format!("https://{}", self.resource)
    }
}
