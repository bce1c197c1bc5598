//! Finished attestations, with the image and the note under which they are stored.

use serde_json::Value;

use policy_wasm::attestation::media_type::SIMPLE_SIGNING;

pub(crate) use admission_requests::occurrence::{Filing, Signed, filed_bundle};

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
