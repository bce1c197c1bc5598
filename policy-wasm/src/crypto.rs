//! Signature algorithms: one family a file, each behind the same two traits. Keys of attestors come through
//! [`family`] and are bound to one algorithm; [`SubjectKey`] has those of certificates, logs and authorities.
//!
//! To add one, write its file, name it in [`family`], and add its vectors to
//! `tests/core/suites/vectors.rs`.

mod algorithm;
mod ed25519;
mod key_error;
mod ml_dsa;
mod rsa;
mod subject_key;

use alloc::boxed::Box;

use p256::elliptic_curve::ALGORITHM_OID;
use p256::pkcs8::SubjectPublicKeyInfoRef;
pub use policy_x509::{BadSignature, Hash, KeyKind};
use policy_x509::{EcdsaKey, NistCurve};
pub(crate) use policy_x509::{Verifier, material};

pub use self::algorithm::Algorithm;
use self::ed25519::Ed25519;
#[cfg(feature = "openpgp")]
pub(crate) use self::ed25519::{Ed25519Key, ID_ED25519};
pub use self::key_error::KeyError;
use self::ml_dsa::MlDsa65;
#[cfg(feature = "openpgp")]
pub(crate) use self::rsa::RsaNumbers;
use self::rsa::{Rsa, Scheme};
pub use self::subject_key::SubjectKey;

/// Returns the family of an algorithm, with the algorithm's requirements on keys.
pub(crate) const fn family(algorithm: Algorithm) -> &'static dyn Family {
    use Hash::{Sha256, Sha512};
    use Scheme::{Pkcs1, Pss};

    match algorithm {
        Algorithm::RsaPss2048Sha256 => const { &Rsa::new(2048, Pss(Sha256)) },
        Algorithm::RsaPss3072Sha256 => const { &Rsa::new(3072, Pss(Sha256)) },
        Algorithm::RsaPss4096Sha256 => const { &Rsa::new(4096, Pss(Sha256)) },
        Algorithm::RsaPss4096Sha512 => const { &Rsa::new(4096, Pss(Sha512)) },
        Algorithm::RsaPkcs12048Sha256 => const { &Rsa::new(2048, Pkcs1(Sha256)) },
        Algorithm::RsaPkcs13072Sha256 => const { &Rsa::new(3072, Pkcs1(Sha256)) },
        Algorithm::RsaPkcs14096Sha256 => const { &Rsa::new(4096, Pkcs1(Sha256)) },
        Algorithm::RsaPkcs14096Sha512 => const { &Rsa::new(4096, Pkcs1(Sha512)) },
        Algorithm::EcdsaP256Sha256 => &NistCurve::P256,
        Algorithm::EcdsaP384Sha384 => &NistCurve::P384,
        Algorithm::EcdsaP521Sha512 => &NistCurve::P521,
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

impl Family for NistCurve {
    fn load(
        &self,
        algorithm: Algorithm,
        key: &SubjectPublicKeyInfoRef<'_>,
    ) -> Result<Box<dyn Verifier>, KeyError> {
        key.algorithm
            .assert_oids(ALGORITHM_OID, self.oid())
            .map_err(|_| KeyError::AlgorithmMismatch(algorithm))?;
        Ok(Box::new(ecdsa_key(*self, key)?))
    }
}

/// Reads a key of the curve that its parameters name.
fn ecdsa_key(curve: NistCurve, key: &SubjectPublicKeyInfoRef<'_>) -> Result<EcdsaKey, KeyError> {
    let point = key.subject_public_key.as_bytes().unwrap_or_default();
    curve.read_key(point).map_err(KeyError::Malformed)
}

/// Returns the bytes of a key whose algorithm takes no parameters.
fn key_bytes<'a>(key: &SubjectPublicKeyInfoRef<'a>) -> Result<&'a [u8], KeyError> {
    if key.algorithm.parameters.is_some() {
        return Err(KeyError::Malformed("this algorithm takes no parameters"));
    }
    Ok(key.subject_public_key.as_bytes().unwrap_or_default())
}
