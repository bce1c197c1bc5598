//! ML-DSA-65 (FIPS 204) as "pure" ML-DSA: the message is signed directly, with an empty context.

use alloc::boxed::Box;
use alloc::vec::Vec;

use ml_dsa::{EncodedVerifyingKey, Signature, VerifyingKey};
use p256::pkcs8::{ObjectIdentifier, SubjectPublicKeyInfoRef};

use super::{Algorithm, KeyError};
use super::{BadSignature, Family, Verifier, key_bytes, material};

/// RFC 9881, section 2
const ID_ML_DSA_65: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.18");

/// The family of one
pub(super) struct MlDsa65;

impl Family for MlDsa65 {
    fn load(
        &self,
        algorithm: Algorithm,
        key: &SubjectPublicKeyInfoRef<'_>,
    ) -> Result<Box<dyn Verifier>, KeyError> {
        if key.algorithm.oid != ID_ML_DSA_65 {
            return Err(KeyError::AlgorithmMismatch(algorithm));
        }
        let key = EncodedVerifyingKey::<ml_dsa::MlDsa65>::try_from(key_bytes(key)?)
            .map_err(|_| KeyError::Malformed("the key is not 1952 bytes long"))?;
        Ok(Box::new(Key(VerifyingKey::decode(&key))))
    }
}

/// A key
struct Key(VerifyingKey<ml_dsa::MlDsa65>);

impl Verifier for Key {
    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        let signature = Signature::try_from(signature).map_err(|_| BadSignature)?;
        ml_dsa::signature::Verifier::verify(&self.0, message, &signature).map_err(|_| BadSignature)
    }

    fn material(&self) -> Vec<u8> {
        material(ID_ML_DSA_65.as_bytes(), &[&self.0.encode()])
    }

    fn diagnose(&self, _: &[u8], _: &[u8]) -> &'static str {
        ""
    }

    fn cost(&self) -> usize {
        8
    }
}
