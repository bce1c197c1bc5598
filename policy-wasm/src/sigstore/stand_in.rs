//! Keys of certificates, logs and authorities: a stand-in for those of `crypto`.

use alloc::vec::Vec;

use p256::pkcs8::SubjectPublicKeyInfoRef;
use p256::pkcs8::der::Decode as _;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use crate::crypto::{Algorithm, BadSignature, KeyError, family};

/// As its name says
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "a stand-in")]
pub enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// As its name says.
    ///
    /// # Errors
    ///
    /// A stand-in.
    #[must_use]
    pub fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }
}

/// As its name says
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "a stand-in")]
pub enum KeyKind {
    P256,
    P384,
    P521,
    Rsa(usize),
    Ed25519,
}

/// A key
pub struct SubjectKey(KeyKind, alloc::boxed::Box<dyn crate::crypto::Verifier>);

impl core::fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.fmt(f)
    }
}

impl SubjectKey {
    /// As its name says.
    ///
    /// # Errors
    ///
    /// A stand-in.
    pub fn from_der(spki: &[u8]) -> Result<Self, KeyError> {
        let spki =
            SubjectPublicKeyInfoRef::from_der(spki).map_err(|_| KeyError::Malformed("not DER"))?;
        for (kind, algorithm) in [
            (KeyKind::P256, Algorithm::EcdsaP256Sha256),
            (KeyKind::P384, Algorithm::EcdsaP384Sha384),
            (KeyKind::P521, Algorithm::EcdsaP521Sha512),
            (KeyKind::Rsa(4096), Algorithm::RsaPkcs14096Sha256),
            (KeyKind::Ed25519, Algorithm::Ed25519),
        ] {
            if let Ok(key) = family(algorithm).load(algorithm, &spki) {
                return Ok(Self(kind, key));
            }
        }
        Err(KeyError::Malformed("unsupported"))
    }

    /// As its name says.
    ///
    /// # Errors
    ///
    /// A stand-in.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.0
    }

    /// As its name says.
    ///
    /// # Errors
    ///
    /// A stand-in.
    pub fn verify(
        &self,
        _hash: Hash,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), BadSignature> {
        self.1.verify(message, signature)
    }
}
