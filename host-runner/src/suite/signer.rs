//! Test keys. They are made from their names, so that every run signs the same bytes, and so that
//! nobody takes them for secrets.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::pkcs8::EncodePublicKey as _;
use p256::ecdsa::DerSignature;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use p256::pkcs8::LineEnding;
use policy_lint::suite::SignerAlgorithm;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// A test key in place of a production key
#[derive(Debug)]
pub(super) struct TestKey {
    secret: Secret,
    pem: String,
    id: String,
}

#[derive(Debug)]
enum Secret {
    EcdsaP256(p256::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
}

impl TestKey {
    /// The key of a name; `None` for one name in 2^128, whose digest is no key.
    pub(super) fn new(name: &str, algorithm: SignerAlgorithm) -> Option<Self> {
        let seed = Sha256::digest(format!("countersign test key {name}").as_bytes());
        let (secret, pem, der) = match algorithm {
            SignerAlgorithm::EcdsaP256 => {
                let key = p256::ecdsa::SigningKey::from_slice(&seed).ok()?;
                let public = key.verifying_key();
                let pem = public.to_public_key_pem(LineEnding::LF).ok()?;
                let der = public.to_public_key_der().ok()?;
                (Secret::EcdsaP256(key), pem, der)
            }
            SignerAlgorithm::Ed25519 => {
                let key = ed25519_dalek::SigningKey::from_bytes(&seed.into());
                let public = key.verifying_key();
                let pem = public.to_public_key_pem(LineEnding::LF).ok()?;
                let der = public.to_public_key_der().ok()?;
                (Secret::Ed25519(key), pem, der)
            }
        };
        let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(der.as_bytes()));
        let id = format!("ni:///sha-256;{digest}");
        Some(Self { secret, pem, id })
    }

    /// Returns an unknown key of the same kind, for forgeries in the name of `name`.
    pub(super) fn impostor(&self, name: &str) -> Option<Self> {
        let algorithm = match self.secret {
            Secret::EcdsaP256(_) => SignerAlgorithm::EcdsaP256,
            Secret::Ed25519(_) => SignerAlgorithm::Ed25519,
        };
        Self::new(&format!("not {name}, but an impostor"), algorithm)
    }

    /// The id that the policy computes for the key.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// ECDSA signatures are in DER.
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.secret {
            Secret::EcdsaP256(key) => {
                let signature: DerSignature = key.sign(message);
                signature.as_bytes().to_vec()
            }
            Secret::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
        }
    }

    /// Signs a message by its SHA-256 digest. Ed25519 signs no digests: what it returns verifies nowhere.
    pub(super) fn sign_digest(&self, digest: &[u8]) -> Vec<u8> {
        match &self.secret {
            Secret::EcdsaP256(key) => {
                let signature: Result<DerSignature, _> = key.sign_prehash(digest);
                signature.map_or_else(|_| Vec::new(), |one| one.as_bytes().to_vec())
            }
            Secret::Ed25519(key) => key.sign(digest).to_bytes().to_vec(),
        }
    }

    /// Returns the key's entry for attestors and authenticators.
    pub(super) fn entry(&self) -> Value {
        json!({"pkixPublicKey": self.pkix()})
    }

    /// Returns the key's entry for checks.
    pub(super) fn pkix(&self) -> Value {
        let algorithm = match self.secret {
            Secret::EcdsaP256(_) => "ECDSA_P256_SHA256",
            Secret::Ed25519(_) => "ED25519",
        };
        json!({"publicKeyPem": self.pem, "signatureAlgorithm": algorithm})
    }

    /// Returns the key's entry for Sigstore authorities.
    pub(super) fn sigstore(&self) -> Value {
        json!({"publicKeyPem": self.pem})
    }
}
