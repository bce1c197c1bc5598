//! Signature algorithms: one family a file, each behind the same two traits. Keys of attestors come through
//! [`family`] and are bound to one algorithm; [`SubjectKey`] has those of certificates, logs and authorities.
//!
//! To add one, write its file, name it in [`family`], and add its vectors to
//! `tests/core/suites/vectors.rs`.

mod algorithm;
mod ecdsa;
mod ed25519;
mod hash;
mod key_error;
mod ml_dsa;
mod rsa;
mod subject_key;

use alloc::boxed::Box;
use alloc::vec::Vec;

use p256::NistP256;
use p256::pkcs8::SubjectPublicKeyInfoRef;
use p384::NistP384;
use p521::NistP521;
use thiserror::Error;

pub use self::algorithm::Algorithm;
use self::ecdsa::Ecdsa;
use self::ed25519::Ed25519;
#[cfg(feature = "openpgp")]
pub(crate) use self::ed25519::ID_ED25519;
pub use self::hash::Hash;
pub use self::key_error::KeyError;
use self::ml_dsa::MlDsa65;
use self::rsa::{Rsa, Scheme};
pub use self::subject_key::{KeyKind, SubjectKey};

/// Returns the family of an algorithm, with the algorithm's requirements on keys.
pub(crate) const fn family(algorithm: Algorithm) -> &'static dyn Family {
    use Hash::{Sha256, Sha512};
    use Scheme::{Pkcs1, PssSha256, PssSha512};

    match algorithm {
        Algorithm::RsaPss2048Sha256 => const { &Rsa::new(2048, PssSha256) },
        Algorithm::RsaPss3072Sha256 => const { &Rsa::new(3072, PssSha256) },
        Algorithm::RsaPss4096Sha256 => const { &Rsa::new(4096, PssSha256) },
        Algorithm::RsaPss4096Sha512 => const { &Rsa::new(4096, PssSha512) },
        Algorithm::RsaPkcs12048Sha256 => const { &Rsa::new(2048, Pkcs1(Sha256)) },
        Algorithm::RsaPkcs13072Sha256 => const { &Rsa::new(3072, Pkcs1(Sha256)) },
        Algorithm::RsaPkcs14096Sha256 => const { &Rsa::new(4096, Pkcs1(Sha256)) },
        Algorithm::RsaPkcs14096Sha512 => const { &Rsa::new(4096, Pkcs1(Sha512)) },
        Algorithm::EcdsaP256Sha256 => &Ecdsa::<NistP256>::NEW,
        Algorithm::EcdsaP384Sha384 => &Ecdsa::<NistP384>::NEW,
        Algorithm::EcdsaP521Sha512 => &Ecdsa::<NistP521>::NEW,
        Algorithm::MlDsa65 => &MlDsa65,
        Algorithm::Ed25519 => &Ed25519,
    }
}

/// A family of algorithms with the same kind of key
pub(crate) trait Family {
    /// Loads a key and checks that it fits the declared algorithm: identifier, curve, size.
    fn load(
        &self,
        algorithm: Algorithm,
        key: &SubjectPublicKeyInfoRef<'_>,
    ) -> Result<Box<dyn Verifier>, KeyError>;
}

/// One loaded key, bound to one algorithm
pub(crate) trait Verifier {
    /// Verifies a signature over the message, not over its digest.
    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature>;

    /// Verifies a signature over a message of which only the digest is known. Fails for algorithms that sign another
    /// digest or the message itself.
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

/// The signature is malformed, or not by this key over this message. The cases are not distinguished: the
/// caller must treat both as "not signed"
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the signature is not by this key over this message")]
pub struct BadSignature;

/// Returns the bytes of a key whose algorithm takes no parameters.
fn key_bytes<'a>(key: &SubjectPublicKeyInfoRef<'a>) -> Result<&'a [u8], KeyError> {
    if key.algorithm.parameters.is_some() {
        return Err(KeyError::Malformed("this algorithm takes no parameters"));
    }
    Ok(key.subject_public_key.as_bytes().unwrap_or_default())
}

/// Builds the canonical form of a key: the identifier of its kind (or curve), then its bytes.
pub(crate) fn material(kind: &[u8], key: &[&[u8]]) -> Vec<u8> {
    [&[kind], key].concat().concat()
}

/// Like [`material`], for an RSA key, whose numbers may have leading zeros.
pub(crate) fn rsa_material(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let trimmed = |number: &[u8]| -> Vec<u8> {
        let zeros = number.iter().take_while(|byte| **byte == 0).count();
        number.get(zeros..).unwrap_or_default().to_vec()
    };
    let (modulus, exponent) = (trimmed(modulus), trimmed(exponent));
    material(rsa::RSA_ENCRYPTION.as_bytes(), &[&modulus, &exponent])
}
