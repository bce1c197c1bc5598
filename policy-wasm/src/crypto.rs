//! Signature algorithms: one family a file, each behind the same two traits.
//!
//! To add one, write its file, name it in [`family`], and add its vectors to
//! `tests/core/suites/vectors.rs`.

mod ecdsa;
mod ed25519;
mod ml_dsa;
mod rsa;

use alloc::boxed::Box;
use alloc::vec::Vec;

use p256::NistP256;
use p256::pkcs8::{ObjectIdentifier, SubjectPublicKeyInfoRef};
use p384::NistP384;
use p521::NistP521;
use thiserror::Error;

use self::ecdsa::Ecdsa;
use self::ed25519::Ed25519;
#[cfg(feature = "openpgp")]
pub(crate) use self::ed25519::ID_ED25519;
use self::ml_dsa::MlDsa65;
use self::rsa::{Hash, Padding, Rsa};
use crate::key::{Algorithm, KeyError};

/// The family of an algorithm, with what the algorithm demands of its keys.
pub(crate) const fn family(algorithm: Algorithm) -> &'static dyn Family {
    use Hash::{Sha256, Sha512};
    use Padding::{Pkcs1, Pss};

    match algorithm {
        Algorithm::RsaPss2048Sha256 => const { &Rsa::new(2048, Pss, Sha256) },
        Algorithm::RsaPss3072Sha256 => const { &Rsa::new(3072, Pss, Sha256) },
        Algorithm::RsaPss4096Sha256 => const { &Rsa::new(4096, Pss, Sha256) },
        Algorithm::RsaPss4096Sha512 => const { &Rsa::new(4096, Pss, Sha512) },
        Algorithm::RsaPkcs12048Sha256 => const { &Rsa::new(2048, Pkcs1, Sha256) },
        Algorithm::RsaPkcs13072Sha256 => const { &Rsa::new(3072, Pkcs1, Sha256) },
        Algorithm::RsaPkcs14096Sha256 => const { &Rsa::new(4096, Pkcs1, Sha256) },
        Algorithm::RsaPkcs14096Sha512 => const { &Rsa::new(4096, Pkcs1, Sha512) },
        Algorithm::EcdsaP256Sha256 => &Ecdsa::<NistP256>::NEW,
        Algorithm::EcdsaP384Sha384 => &Ecdsa::<NistP384>::NEW,
        Algorithm::EcdsaP521Sha512 => &Ecdsa::<NistP521>::NEW,
        Algorithm::MlDsa65 => &MlDsa65,
        Algorithm::Ed25519 => &Ed25519,
    }
}

/// Makes verifiers for the algorithms that share a kind of key
pub(crate) trait Family {
    /// Reads the key and checks that it fits the declared algorithm: identifier, curve, size.
    fn load(
        &self,
        algorithm: Algorithm,
        key: &SubjectPublicKeyInfoRef<'_>,
    ) -> Result<Box<dyn Verifier>, KeyError>;
}

/// One loaded key, bound to one algorithm
pub(crate) trait Verifier {
    /// Verifies a signature over the message itself, not over its digest.
    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature>;

    /// What is wrong with a signature that does not verify, in words that follow its name; nothing where
    /// that cannot be told. Costs about another verification.
    fn diagnose(&self, message: &[u8], signature: &[u8]) -> &'static str;

    /// What one verification costs, in units of about 200 µs in a WebAssembly engine.
    fn cost(&self) -> usize;

    /// The key alone, in one canonical form: equal for two encodings of one key, different for
    /// keys of two kinds.
    fn material(&self) -> Vec<u8>;
}

/// The signature is malformed, or not by this key over this message. The cases are not distinguished: the
/// caller must treat both as "not signed"
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the signature is not by this key over this message")]
pub struct BadSignature;

/// The bytes of a key whose algorithm identifier is this one without parameters.
fn key_bytes<'a>(
    algorithm: Algorithm,
    key: &SubjectPublicKeyInfoRef<'a>,
    oid: ObjectIdentifier,
) -> Result<&'a [u8], KeyError> {
    if key.algorithm.oid != oid {
        return Err(KeyError::AlgorithmMismatch(algorithm));
    }
    if key.algorithm.parameters.is_some() {
        return Err(KeyError::Malformed("this algorithm takes no parameters"));
    }
    Ok(key.subject_public_key.as_bytes().unwrap_or_default())
}

/// A key's canonical bytes, after the identifier of its kind: that of the curve, where it has one.
pub(crate) fn material(kind: &[u8], key: &[&[u8]]) -> Vec<u8> {
    [&[kind], key].concat().concat()
}

/// The same of an RSA key, whose numbers some write with zeros in front.
pub(crate) fn rsa_material(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let trimmed = |number: &[u8]| -> Vec<u8> {
        let zeros = number.iter().take_while(|byte| **byte == 0).count();
        number.get(zeros..).unwrap_or_default().to_vec()
    };
    let (modulus, exponent) = (trimmed(modulus), trimmed(exponent));
    material(rsa::RSA_ENCRYPTION.as_bytes(), &[&modulus, &exponent])
}
