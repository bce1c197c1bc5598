//! Keys of certificates, transparency logs and timestamping authorities.
//!
//! Unlike a key of an attestor, such a key declares no algorithm: the signature, or whatever carries it, names the
//! hash. RSA is PKCS#1 v1.5, as certificates of Sigstore have it.

use core::fmt;

use p256::elliptic_curve::ALGORITHM_OID;
use p256::pkcs8::SubjectPublicKeyInfoRef;
use p256::pkcs8::der::Decode as _;
use policy_x509::{EcdsaKey, Key, NistCurve};

use super::{BadSignature, Hash, KeyError, KeyKind, Verifier as _, ecdsa_key};
use super::{ed25519, rsa};

/// A key of a certificate, log or authority
pub struct SubjectKey(Material);

enum Material {
    Ecdsa(EcdsaKey),
    Rsa(rsa::RsaNumbers),
    Ed25519(ed25519::Key),
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
            ALGORITHM_OID => {
                let curve = key.algorithm.parameters_oid().ok();
                let curve = curve.and_then(NistCurve::of).ok_or(KeyError::Unsupported)?;
                ecdsa_key(curve, &key).map(Material::Ecdsa)
            }
            rsa::RSA_ENCRYPTION => {
                let sizes = [2048, 3072, 4096];
                rsa::read_key(&key, &sizes, KeyError::Unsupported).map(Material::Rsa)
            }
            ed25519::ID_ED25519 => ed25519::read_key(&key).map(Material::Ed25519),
            _ => Err(KeyError::Unsupported),
        };
        key.map(Self)
    }

    /// Returns the kind of the key.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        match &self.0 {
            Material::Ecdsa(key) => key.kind(),
            Material::Rsa(key) => KeyKind::Rsa(key.bits()),
            Material::Ed25519(_) => KeyKind::Ed25519,
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
            Material::Ed25519(key) => key.verify(message, signature),
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
            Material::Ecdsa(key) => key.verify_any_digest(digest, signature),
            Material::Rsa(key) => rsa::verify_pkcs1(key, hash, digest, signature),
            Material::Ed25519(_) => Err(BadSignature),
        }
    }

    /// Returns the cost of one verification, in units of about 200 µs in a WebAssembly engine.
    #[must_use]
    pub fn cost(&self) -> usize {
        match &self.0 {
            Material::Ecdsa(key) => key.cost(),
            Material::Rsa(key) => key.cost(),
            Material::Ed25519(key) => key.cost(),
        }
    }
}

impl Key for SubjectKey {
    fn kind(&self) -> KeyKind {
        self.kind()
    }

    fn verify(&self, hash: Hash, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        self.verify(hash, message, signature)
    }
}

impl fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SubjectKey").field(&self.kind()).finish()
    }
}
