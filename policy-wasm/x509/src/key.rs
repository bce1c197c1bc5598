//! Keys of those who sign certificates, promises and timestamps.

use alloc::vec::Vec;

use thiserror::Error;

use crate::Hash;
use crate::der::{self, Tag};

/// A key that verifies signatures
pub trait Key {
    /// Returns the kind of the key.
    fn kind(&self) -> KeyKind;

    /// Verifies a signature over a message. ECDSA signatures are in DER. Ed25519 signs the message itself and has no
    /// use for `hash`.
    ///
    /// # Errors
    ///
    /// The signature is malformed, or not by this key over this message and hash.
    fn verify(&self, hash: Hash, message: &[u8], signature: &[u8]) -> Result<(), BadSignature>;
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

impl KeyKind {
    /// Whether a signature has the form of those by keys of this kind.
    #[inline(never)]
    #[must_use]
    pub fn may_have_made(self, signature: &[u8]) -> bool {
        let is_sequence = || {
            let signature = der::document(signature, signature.len())?;
            signature.expect(Tag::SEQUENCE)?;
            let mut numbers = signature.elements();
            numbers.take(Tag::INTEGER)?.integer()?;
            numbers.take(Tag::INTEGER)?.integer()?;
            numbers.end()
        };
        match self {
            Self::P256 | Self::P384 | Self::P521 => is_sequence().is_ok(),
            Self::Rsa(bits) => usize::try_from(bits / 8) == Ok(signature.len()),
            Self::Ed25519 => signature.len() == 64,
        }
    }
}

/// The signature is malformed, or not by this key over this message. The cases are not distinguished: the
/// caller must treat both as "not signed"
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the signature is not by this key over this message")]
pub struct BadSignature;

/// One loaded key, bound to one algorithm
pub trait Verifier {
    /// Verifies a signature over the message, not over its digest.
    ///
    /// # Errors
    ///
    /// [`BadSignature`]
    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature>;

    /// Verifies a signature over a message of which only the digest is known. Fails for algorithms that sign another
    /// digest or the message itself.
    ///
    /// # Errors
    ///
    /// [`BadSignature`]
    fn verify_digest(
        &self,
        _hash: Hash,
        _digest: &[u8],
        _signature: &[u8],
    ) -> Result<(), BadSignature> {
        Err(BadSignature)
    }

    /// Diagnoses a signature that does not verify, as a predicate such as "is not in ASN.1 DER"; empty if the cause
    /// is unknown. Costs about as much as a verification.
    fn diagnose(&self, message: &[u8], signature: &[u8]) -> &'static str;

    /// Returns the cost of one verification, in units of about 200 µs in a WebAssembly engine.
    fn cost(&self) -> usize;

    /// Returns the key in canonical form: equal for two encodings of one key, different for keys of two kinds.
    fn material(&self) -> Vec<u8>;
}

/// Builds the canonical form of a key: the identifier of its kind (or curve), then its bytes.
#[must_use]
pub fn material(kind: &[u8], key: &[&[u8]]) -> Vec<u8> {
    [&[kind], key].concat().concat()
}
