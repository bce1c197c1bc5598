//! Attestors of the tests: keys made from a seed, so that every run signs the same bytes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{DerSignature, Signature, SigningKey};
use p256::pkcs8::{EncodePublicKey as _, LineEnding};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// A P-256 key that signs for an attestor
#[derive(Debug, Clone)]
pub struct TestKey {
    key: SigningKey,
}

impl TestKey {
    /// The key of a name; the same name is the same key.
    pub fn new(name: &str) -> Self {
        let seed = Sha256::digest(name.as_bytes());
        Self {
            key: SigningKey::from_slice(&seed).unwrap(),
        }
    }

    /// The public half as attestors carry it.
    pub fn pem(&self) -> String {
        self.key
            .verifying_key()
            .to_public_key_pem(LineEnding::LF)
            .unwrap()
    }

    /// The public half as an uncompressed point.
    pub fn point(&self) -> Vec<u8> {
        self.key
            .verifying_key()
            .to_sec1_point(false)
            .as_bytes()
            .to_vec()
    }

    /// The id that Google computes for the key.
    pub fn id(&self) -> String {
        let der = self.key.verifying_key().to_public_key_der().unwrap();
        let digest =
            base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(Sha256::digest(der.as_bytes()));
        format!("ni:///sha-256;{digest}")
    }

    /// The other spelling of the id, with hexadecimal digits.
    pub fn hexadecimal_id(&self) -> String {
        let der = self.key.verifying_key().to_public_key_der().unwrap();
        let digest = Sha256::digest(der.as_bytes());
        let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("nih:sha-256;{digits}")
    }

    /// A signature in DER.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature: DerSignature = self.key.sign(message);
        signature.as_bytes().to_vec()
    }

    /// A signature as two numbers side by side, the form that attestations never have.
    pub fn sign_fixed_width(&self, message: &[u8]) -> Vec<u8> {
        let signature: Signature = self.key.sign(message);
        signature.to_bytes().to_vec()
    }

    /// A `publicKeys[]` entry whose id is left to be computed.
    pub fn document(&self) -> Value {
        json!({"pkixPublicKey": {
            "publicKeyPem": self.pem(),
            "signatureAlgorithm": "ECDSA_P256_SHA256",
        }})
    }
}

/// A public key in DER as a `publicKeyPem`, in one line.
pub fn pem_of(spki: &[u8]) -> String {
    let base64 = STANDARD.encode(spki);
    format!("-----BEGIN PUBLIC KEY-----\n{base64}\n-----END PUBLIC KEY-----\n")
}

/// An attestor with these keys; its note has the same last segment.
pub fn attestor(name: &str, keys: &[&TestKey]) -> Value {
    let keys: Vec<_> = keys.iter().map(|key| key.document()).collect();
    attestor_of(name, &keys)
}

/// An attestor with any `publicKeys[]` entries.
pub fn attestor_of(name: &str, keys: &[Value]) -> Value {
    json!({
        "name": attestor_name(name),
        "userOwnedGrafeasNote": {"noteReference": note_name(name), "publicKeys": keys},
    })
}

pub fn attestor_name(name: &str) -> String {
    format!("projects/p/attestors/{name}")
}

pub fn note_name(name: &str) -> String {
    format!("projects/p/notes/{name}")
}

/// The bytes that gcloud signs for an image.
pub fn payload(repository: &str, digest: &str) -> String {
    format!(
        "{{\n  \"critical\": {{\n    \"identity\": {{\n      \"docker-reference\": \"{repository}\"\n    \
         }},\n    \"image\": {{\n      \"docker-manifest-digest\": \"{digest}\"\n    }},\n    \"type\": \
         \"Google cloud binauthz container signature\"\n  }}\n}}\n"
    )
}

/// An occurrence under a note, filed under nothing, with one signature over the payload.
pub fn occurrence(note: &str, key: &TestKey, payload: &[u8]) -> Value {
    occurrence_of(note, payload, &[(key.id(), key.sign(payload))])
}

/// An occurrence stored under an image of another repository.
pub fn filed_under(digest: &str, mut occurrence: Value) -> Value {
    occurrence["resourceUri"] = format!("https://trusted.example/other@{digest}").into();
    occurrence
}

/// An occurrence with any signatures.
pub fn occurrence_of(note: &str, payload: &[u8], signatures: &[(String, Vec<u8>)]) -> Value {
    let signatures: Vec<_> = signatures
        .iter()
        .map(|(id, bytes)| json!({"publicKeyId": id, "signature": STANDARD.encode(bytes)}))
        .collect();
    json!({
        "kind": "ATTESTATION",
        "noteName": note_name(note),
        "attestation": {"serializedPayload": STANDARD.encode(payload), "signatures": signatures},
    })
}

/// An Ed25519 key, with which envelopes are signed
#[derive(Debug)]
pub struct EnvelopeKey {
    key: ed25519_dalek::SigningKey,
}

impl EnvelopeKey {
    /// The key of a name; the same name is the same key.
    pub fn new(name: &str) -> Self {
        let seed = Sha256::digest(name.as_bytes());
        Self {
            key: ed25519_dalek::SigningKey::from_bytes(&seed.into()),
        }
    }

    /// A `publicKeys[]` entry whose id is left to be computed.
    pub fn document(&self) -> Value {
        let pem = self.key.verifying_key().to_public_key_pem(LineEnding::LF);
        json!({"pkixPublicKey": {
            "publicKeyPem": pem.unwrap(), "signatureAlgorithm": "ED25519",
        }})
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.key.sign(message).to_bytes().to_vec()
    }
}

/// The payload type of simple signing in an envelope.
pub const SIMPLE_SIGNING: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
/// The payload type of in-toto statements.
pub const IN_TOTO: &str = "application/vnd.in-toto+json";
/// The predicate of the statements that Google's evaluation signs.
pub const POLICY_VERIFICATION: &str =
    "https://binaryauthorization.googleapis.com/policy_verification/v0.1";

/// The bytes that are signed for an envelope.
pub fn pae(payload_type: &str, payload: &str) -> String {
    let (type_length, length) = (payload_type.len(), payload.len());
    format!("DSSEv1 {type_length} {payload_type} {length} {payload}")
}

/// A DSSE envelope with one signature.
pub fn envelope(key: &TestKey, payload_type: &str, payload: &str) -> Value {
    let signature = key.sign(pae(payload_type, payload).as_bytes());
    envelope_of(&key.id(), &signature, payload_type, payload)
}

/// An occurrence with any key id and signature.
pub fn envelope_of(key_id: &str, signature: &[u8], payload_type: &str, payload: &str) -> Value {
    json!({
        "payload": STANDARD.encode(payload),
        "payloadType": payload_type,
        "signatures": [{"keyid": key_id, "sig": STANDARD.encode(signature)}],
    })
}

/// An in-toto statement about one image.
pub fn statement(predicate_type: &str, repository: &str, digest: &str) -> String {
    let hex = digest.strip_prefix("sha256:").unwrap_or(digest);
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": repository, "digest": {"sha256": hex}}],
        "predicateType": predicate_type,
        "predicate": {},
    })
    .to_string()
}
