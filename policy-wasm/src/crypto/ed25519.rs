//! Ed25519 (RFC 8032), verified strictly: one encoding of each number, no point of small order. OpenPGP's keys are not
//! verified strictly, as by other implementations.
//!
//! Google does not support it. Other tools sign envelopes with it, so it is accepted as `ED25519` for envelopes
//! only: see `Algorithm::is_for_envelopes_only`.

use alloc::boxed::Box;
use alloc::vec::Vec;

#[cfg(feature = "openpgp")]
use ed25519_dalek::Verifier as _;
use ed25519_dalek::{Signature, VerifyingKey};
use p256::pkcs8::{ObjectIdentifier, SubjectPublicKeyInfoRef};

use super::{Algorithm, KeyError};
use super::{BadSignature, Family, Verifier, key_bytes, material};

/// RFC 8410, section 3
pub(crate) const ID_ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// The family of one
pub(super) struct Ed25519;

impl Family for Ed25519 {
    fn load(
        &self,
        algorithm: Algorithm,
        key: &SubjectPublicKeyInfoRef<'_>,
    ) -> Result<Box<dyn Verifier>, KeyError> {
        if key.algorithm.oid != ID_ED25519 {
            return Err(KeyError::AlgorithmMismatch(algorithm));
        }
        Ok(Box::new(read_key(key)?))
    }
}

/// A key
pub(super) struct Key(VerifyingKey);

/// Reads a key whose identifier is [`ID_ED25519`].
pub(super) fn read_key(key: &SubjectPublicKeyInfoRef<'_>) -> Result<Key, KeyError> {
    let bytes = key_bytes(key)?
        .try_into()
        .map_err(|_| KeyError::Malformed("the key is not 32 bytes long"))?;
    let key = VerifyingKey::from_bytes(bytes)
        .map_err(|_| KeyError::Malformed("the point is not on the curve"))?;
    // Decoding reduces the coordinate, so a non-canonical encoding would be a second encoding of the same key.
    if key.to_edwards().compress().as_bytes() != bytes {
        return Err(KeyError::Malformed("the point is not canonical"));
    }
    if key.is_weak() {
        return Err(KeyError::Malformed("the point is of small order"));
    }
    Ok(Key(key))
}

impl Verifier for Key {
    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        let signature = Signature::from_slice(signature).map_err(|_| BadSignature)?;
        let verified = self.0.verify_strict(message, &signature);
        verified.map_err(|_| BadSignature)
    }

    fn material(&self) -> Vec<u8> {
        material(ID_ED25519.as_bytes(), &[self.0.as_bytes()])
    }

    fn diagnose(&self, _: &[u8], _: &[u8]) -> &'static str {
        ""
    }

    fn cost(&self) -> usize {
        4
    }
}

/// A key of OpenPGP
#[cfg(feature = "openpgp")]
#[derive(Debug)]
pub(crate) struct Ed25519Key(VerifyingKey);

#[cfg(feature = "openpgp")]
impl Ed25519Key {
    /// Reads a point; `None` if it is not on the curve.
    pub(crate) fn of(point: &[u8]) -> Option<Self> {
        let point = point.try_into().ok()?;
        VerifyingKey::from_bytes(point).ok().map(Self)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Whether the point is of small order, so that a signature may be by several keys.
    pub(crate) fn is_weak(&self) -> bool {
        self.0.is_weak()
    }

    /// Whether a signature is by this key, with points of small order in signatures.
    pub(crate) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.0.verify(message, &signature).is_ok())
    }
}
