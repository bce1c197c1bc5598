//! Keys of certificates, transparency logs and timestamping authorities.
//!
//! Unlike a key of an attestor, such a key declares no algorithm: the signature, or whatever carries it, names the
//! hash. RSA is PKCS#1 v1.5, as certificates of Sigstore have it.

use core::fmt;

use p256::NistP256;
use p256::elliptic_curve::ALGORITHM_OID;
use p256::pkcs8::der::Decode as _;
use p256::pkcs8::{AssociatedOid as _, SubjectPublicKeyInfoRef};
use p384::NistP384;
use p521::NistP521;

use super::ecdsa::{self, NistCurve as _};
use super::{BadSignature, Hash, KeyError, Verifier as _};
use super::{ed25519, rsa};

/// A key of a certificate, log or authority
pub struct SubjectKey(Key);

enum Key {
    P256(::ecdsa::VerifyingKey<NistP256>),
    P384(::ecdsa::VerifyingKey<NistP384>),
    P521(::ecdsa::VerifyingKey<NistP521>),
    Rsa(::rsa::PublicKey),
    Ed25519(ed25519_dalek::VerifyingKey),
}

/// The kind of a key, on which depends what it can sign
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// ECDSA
    P256,
    /// ECDSA
    P384,
    /// ECDSA
    P521,
    /// PKCS#1 v1.5, with the size of the modulus in bits: 2048, 3072 or 4096
    Rsa(u32),
    /// Pure Ed25519
    Ed25519,
}

impl SubjectKey {
    /// Reads a `SubjectPublicKeyInfo`, with nothing behind it. A point of a curve is uncompressed.
    ///
    /// # Errors
    ///
    /// [`KeyError::Unsupported`] for a key of another kind or size, [`KeyError::Malformed`] for a damaged one.
    pub fn from_der(spki: &[u8]) -> Result<Self, KeyError> {
        let key = SubjectPublicKeyInfoRef::from_der(spki)
            .map_err(|_| KeyError::Malformed("not a SubjectPublicKeyInfo"))?;
        let key = match key.algorithm.oid {
            ALGORITHM_OID => match key.algorithm.parameters_oid() {
                Ok(NistP256::OID) => ecdsa::read_key(&key).map(Key::P256),
                Ok(NistP384::OID) => ecdsa::read_key(&key).map(Key::P384),
                Ok(NistP521::OID) => ecdsa::read_key(&key).map(Key::P521),
                _ => Err(KeyError::Unsupported),
            },
            rsa::RSA_ENCRYPTION => {
                let sizes = [2048, 3072, 4096];
                rsa::read_key(&key, &sizes, KeyError::Unsupported).map(Key::Rsa)
            }
            ed25519::ID_ED25519 => ed25519::read_key(&key).map(Key::Ed25519),
            _ => Err(KeyError::Unsupported),
        };
        key.map(Self)
    }

    /// Returns the kind of the key.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        match &self.0 {
            Key::P256(_) => KeyKind::P256,
            Key::P384(_) => KeyKind::P384,
            Key::P521(_) => KeyKind::P521,
            Key::Rsa(key) => KeyKind::Rsa(rsa::bits(key)),
            Key::Ed25519(_) => KeyKind::Ed25519,
        }
    }

    /// Verifies a signature over a message. ECDSA signatures are in DER. Ed25519 signs the message itself and has no
    /// use for `hash`.
    ///
    /// # Errors
    ///
    /// The signature is malformed, or not by this key over this message and hash.
    pub fn verify(&self, hash: Hash, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        match &self.0 {
            Key::Ed25519(key) => key.verify(message, signature),
            _ => self.verify_digest(hash, &hash.digest(message), signature),
        }
    }

    /// Verifies a signature over a message of which only the digest by `hash` is known.
    ///
    /// # Errors
    ///
    /// As for [`Self::verify`]; also if the digest is not as long as digests of `hash` are, and always for Ed25519,
    /// which signs no digest.
    pub fn verify_digest(
        &self,
        hash: Hash,
        digest: &[u8],
        signature: &[u8],
    ) -> Result<(), BadSignature> {
        if digest.len() != hash.digest_len() {
            return Err(BadSignature);
        }
        match &self.0 {
            Key::P256(key) => ecdsa::verify_digest(key, digest, signature),
            Key::P384(key) => ecdsa::verify_digest(key, digest, signature),
            Key::P521(key) => ecdsa::verify_digest(key, digest, signature),
            Key::Rsa(key) => rsa::verify_pkcs1(key, hash, digest, signature),
            Key::Ed25519(_) => Err(BadSignature),
        }
    }

    /// Returns the cost of one verification, in units of about 200 µs in a WebAssembly engine.
    #[must_use]
    pub fn cost(&self) -> usize {
        match &self.0 {
            Key::P256(_) => NistP256::COST,
            Key::P384(_) => NistP384::COST,
            Key::P521(_) => NistP521::COST,
            Key::Rsa(key) => rsa::cost(key),
            Key::Ed25519(key) => key.cost(),
        }
    }
}

impl fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SubjectKey").field(&self.kind()).finish()
    }
}
