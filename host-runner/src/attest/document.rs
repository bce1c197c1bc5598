//! Attestations as documents: signed payload, signatures, and unsigned metadata.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use policy_wasm::attestation::media_type::SIMPLE_SIGNING;

use super::image::Image;
use super::payload::{Form, Payload};
use super::signer::Signature;
use super::store::Entry;

/// A finished attestation
#[derive(Debug, Clone)]
pub(crate) struct Attestation {
    pub(crate) image: Image,
    pub(crate) note: Option<String>,
    /// An occurrence, or a bundle with its image
    pub(crate) document: Value,
    /// The envelope or the bundle in it, if it has one
    pub(crate) envelope: Option<Value>,
}

impl Attestation {
    /// A payload and one signature over it, filed under a note.
    pub(crate) fn new(
        image: &Image,
        note: Option<&str>,
        payload: &Payload,
        signature: Signature,
    ) -> Self {
        let Signature { key_id, bytes } = signature;
        let resource = image.reference();
        let filing = Filing {
            note,
            resource: &resource,
        };
        let signatures = [(key_id, bytes)];
        let signed = |payload_type| Signed {
            payload: payload.text.as_bytes(),
            payload_type,
            signatures: &signatures,
        };
        let (document, envelope) = match payload.form {
            Form::Bare => (filing.occurrence(signed(SIMPLE_SIGNING)), None),
            Form::Envelope(payload_type) => {
                let signed = signed(payload_type);
                (filing.envelope_occurrence(signed), Some(signed.envelope()))
            }
        };
        Self {
            image: image.clone(),
            note: note.map(str::to_owned),
            document,
            envelope,
        }
    }

    /// A Sigstore bundle, filed under an image.
    pub(crate) fn of_bundle(image: &Image, note: Option<&str>, bundle: &Value) -> Self {
        Self {
            image: image.clone(),
            note: note.map(str::to_owned),
            document: filed_bundle(bundle, &image.reference()),
            envelope: Some(bundle.clone()),
        }
    }

    /// The occurrence, ready to be stored.
    pub(crate) fn entry(&self) -> Entry {
        self.entry_of(&self.document)
    }

    /// The envelope by itself, ready to be stored.
    pub(crate) fn envelope_entry(&self) -> Option<Entry> {
        self.envelope
            .as_ref()
            .map(|envelope| self.entry_of(envelope))
    }

    fn entry_of(&self, document: &Value) -> Entry {
        Entry {
            document: document.clone(),
            digest: self.image.digest,
            repository: self.image.normalized_repository.clone(),
        }
    }
}

/// A bundle with the image that it is about, so that others need not be decoded. The bundle alone counts.
pub(crate) fn filed_bundle(bundle: &Value, image: &str) -> Value {
    json!({"resourceUri": format!("https://{image}"), "bundle": bundle})
}

/// A payload with its signatures
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signed<'a> {
    pub(crate) payload: &'a [u8],
    /// Of the envelope
    pub(crate) payload_type: &'a str,
    /// The id of each key, and what it signed
    pub(crate) signatures: &'a [(String, Vec<u8>)],
}

/// Metadata of an attestation
#[derive(Debug, Clone, Copy)]
pub(crate) struct Filing<'a> {
    pub(crate) note: Option<&'a str>,
    /// The image, without a scheme
    pub(crate) resource: &'a str,
}

impl Signed<'_> {
    /// A DSSE envelope.
    pub(crate) fn envelope(&self) -> Value {
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
    pub(crate) fn occurrence(&self, signed: Signed<'_>) -> Value {
        let resource = ("resourceUri", json!(self.uri()));
        self.file("ATTESTATION", resource, ("attestation", signed.generic()))
    }

    /// Like [`Self::occurrence`], in the shape of v1beta1.
    pub(crate) fn occurrence_v1beta1(&self, signed: Signed<'_>) -> Value {
        let mut generic = signed.generic();
        if let Some(fields) = generic.as_object_mut() {
            fields.insert("contentType".into(), "SIMPLE_SIGNING_JSON".into());
        }
        let inner = json!({"attestation": {"genericSignedAttestation": generic}});
        let resource = ("resource", json!({"uri": self.uri()}));
        self.file("ATTESTATION", resource, ("attestation", inner))
    }

    /// An occurrence of an envelope.
    pub(crate) fn envelope_occurrence(&self, signed: Signed<'_>) -> Value {
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
