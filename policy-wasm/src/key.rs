//! Public keys of attestors: PEM in, a key that verifies out.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use p256::pkcs8::SubjectPublicKeyInfoRef;
use p256::pkcs8::der::Decode as _;
use sha2::{Digest as _, Sha256};
use thiserror::Error;

pub use crate::crypto::BadSignature;
use crate::crypto::{Verifier, family};
use crate::decision::Code;
use crate::time::Time;

/// Signature algorithms, by their names in `pkixPublicKey.signatureAlgorithm`
///
/// All are Google's, save Ed25519. Some have two names. Numbers are refused: the API and Google's
/// command line number them differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Algorithm {
    RsaPss2048Sha256,
    RsaPss3072Sha256,
    RsaPss4096Sha256,
    RsaPss4096Sha512,
    RsaPkcs12048Sha256,
    RsaPkcs13072Sha256,
    RsaPkcs14096Sha256,
    RsaPkcs14096Sha512,
    EcdsaP256Sha256,
    EcdsaP384Sha384,
    EcdsaP521Sha512,
    MlDsa65,
    Ed25519,
}

impl Algorithm {
    /// Every name; of two names of one algorithm, the one that the API documentation lists first.
    pub(crate) const NAMES: &[(&str, Self)] = &[
        ("ECDSA_P256_SHA256", Self::EcdsaP256Sha256),
        ("EC_SIGN_P256_SHA256", Self::EcdsaP256Sha256),
        ("ECDSA_P384_SHA384", Self::EcdsaP384Sha384),
        ("EC_SIGN_P384_SHA384", Self::EcdsaP384Sha384),
        ("ECDSA_P521_SHA512", Self::EcdsaP521Sha512),
        ("EC_SIGN_P521_SHA512", Self::EcdsaP521Sha512),
        ("RSA_PSS_2048_SHA256", Self::RsaPss2048Sha256),
        ("RSA_SIGN_PSS_2048_SHA256", Self::RsaPss2048Sha256),
        ("RSA_PSS_3072_SHA256", Self::RsaPss3072Sha256),
        ("RSA_SIGN_PSS_3072_SHA256", Self::RsaPss3072Sha256),
        ("RSA_PSS_4096_SHA256", Self::RsaPss4096Sha256),
        ("RSA_SIGN_PSS_4096_SHA256", Self::RsaPss4096Sha256),
        ("RSA_PSS_4096_SHA512", Self::RsaPss4096Sha512),
        ("RSA_SIGN_PSS_4096_SHA512", Self::RsaPss4096Sha512),
        ("RSA_SIGN_PKCS1_2048_SHA256", Self::RsaPkcs12048Sha256),
        ("RSA_SIGN_PKCS1_3072_SHA256", Self::RsaPkcs13072Sha256),
        ("RSA_SIGN_PKCS1_4096_SHA256", Self::RsaPkcs14096Sha256),
        ("RSA_SIGN_PKCS1_4096_SHA512", Self::RsaPkcs14096Sha512),
        ("ML_DSA_65", Self::MlDsa65),
        ("ED25519", Self::Ed25519),
    ];

    /// Whether it is no algorithm of Google's, and therefore not for attestations as Google has them.
    #[must_use]
    pub const fn is_for_envelopes_only(self) -> bool {
        matches!(self, Self::Ed25519)
    }

    /// The name that the API documentation lists first.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(_, known)| *known == self)
            .map_or("", |(name, _)| name)
    }
}

/// A key that can verify, with the id under which attestations name it
pub struct PublicKey {
    id: String,
    algorithm: Algorithm,
    verifier: Box<dyn Verifier>,
}

/// Why a key cannot be used
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Something around the PEM block, several blocks, or none
    #[error("expected one PEM block `PUBLIC KEY` and nothing around it")]
    NotOnePem,
    /// The key inside the block is damaged
    #[error("not a valid public key: {0}")]
    Malformed(&'static str),
    /// The key is of another kind than the algorithm says
    #[error("the key does not fit the declared signature algorithm `{}`", .0.name())]
    AlgorithmMismatch(Algorithm),
}

impl KeyError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::NotOnePem | Self::Malformed(_) => Code::KeyInvalid,
            Self::AlgorithmMismatch(_) => Code::KeyAlgorithmMismatch,
        }
    }
}

impl PublicKey {
    /// Reads a PKIX key as an attestor carries it; a blank `id` is computed from the key.
    ///
    /// # Errors
    ///
    /// The key is damaged, or not of the declared algorithm.
    pub fn from_pem(pem: &str, algorithm: Algorithm, id: &str) -> Result<Self, KeyError> {
        let der = decode_pem(pem)?;
        let spki = SubjectPublicKeyInfoRef::from_der(&der)
            .map_err(|_| KeyError::Malformed("not a SubjectPublicKeyInfo"))?;
        let verifier = family(algorithm).load(algorithm, &spki)?;
        let id = if id.is_empty() {
            named_information_id(&der)
        } else {
            id.into()
        };
        Ok(Self {
            id,
            algorithm,
            verifier,
        })
    }

    /// The id that a signature must name, byte for byte.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The algorithm of its signatures.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether two keys are one, whatever their ids.
    #[must_use]
    pub fn is_same_key(&self, other: &Self) -> bool {
        self.material() == other.material()
    }

    /// The key without its id, equal for two encodings of one key.
    pub(crate) fn material(&self) -> Vec<u8> {
        self.verifier.material()
    }

    /// Verifies a signature over `message`, which is hashed here where the algorithm hashes.
    ///
    /// # Errors
    ///
    /// The signature is malformed, or not by this key over this message.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        self.verifier.verify(message, signature)
    }

    /// Verifies a signature over `message`, and returns the bytes that were verified: the message,
    /// or for an OpenPGP message without one what was signed inside it, at most `max_payload` bytes.
    pub(crate) fn authenticate<'m>(
        &self,
        message: &'m [u8],
        signature: &[u8],
        _now: Option<Time>,
        _max_payload: usize,
    ) -> Result<Cow<'m, [u8]>, VerifyError> {
        self.verify(message, signature)
            .map_err(|BadSignature| VerifyError::BadSignature)?;
        Ok(Cow::Borrowed(message))
    }
}

/// Why a signature does not count
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum VerifyError {
    /// Malformed, or not by this key over this message
    BadSignature,
    /// The key is expired, revoked or from the future
    KeyNotValid(String),
    /// The key has a limited life, and nobody says what time it is
    ClockUnavailable,
    /// The message inside the signature is not the one beside it
    PayloadMismatch,
    /// A form of signature that is never accepted
    FormatUnsupported(&'static str),
    /// The message inside the signature is longer than anybody should read
    TooLong,
}

/// The id says which key it is; how each kind of key prints its numbers would only be code.
impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey")
            .field("id", &self.id)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// Exactly one block, label `PUBLIC KEY`, nothing before it and only white space after it. Lines
/// may be of any length and end in LF or CRLF.
fn decode_pem(pem: &str) -> Result<Vec<u8>, KeyError> {
    let body = pem
        .strip_prefix("-----BEGIN PUBLIC KEY-----")
        .and_then(|rest| {
            rest.trim_ascii_end()
                .strip_suffix("-----END PUBLIC KEY-----")
        })
        .filter(|body| body.starts_with(['\r', '\n']) && body.ends_with('\n'))
        .ok_or(KeyError::NotOnePem)?;
    let base64: String = body.split(['\r', '\n']).collect();
    if base64.contains('-') {
        return Err(KeyError::NotOnePem);
    }
    STANDARD
        .decode(base64)
        .map_err(|_| KeyError::Malformed("the PEM block is not base64"))
}

/// The id that Google gives a PKIX key without one: RFC 6920 over the DER form of the key.
fn named_information_id(der: &[u8]) -> String {
    alloc::format!(
        "ni:///sha-256;{}",
        URL_SAFE_NO_PAD.encode(Sha256::digest(der))
    )
}

#[cfg(test)]
mod tests;
