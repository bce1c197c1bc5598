//! ECDSA over NIST P-256 with SHA-256 (FIPS 186-5), signatures in strict DER.

use alloc::boxed::Box;
use alloc::vec::Vec;

use p256::NistP256;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::elliptic_curve::ALGORITHM_OID;
use p256::pkcs8::{AssociatedOid as _, SubjectPublicKeyInfoRef};

use super::{BadSignature, Family, Verifier};
use crate::key::{Algorithm, KeyError};

/// The family of one: P-256 keys sign over SHA-256 only
pub(super) struct EcdsaP256;

impl Family for EcdsaP256 {
    fn supports(&self, algorithm: Algorithm) -> bool {
        algorithm == Algorithm::EcdsaP256Sha256
    }

    fn load(
        &self,
        algorithm: Algorithm,
        key: &SubjectPublicKeyInfoRef<'_>,
    ) -> Result<Box<dyn Verifier>, KeyError> {
        key.algorithm
            .assert_oids(ALGORITHM_OID, NistP256::OID)
            .map_err(|_| KeyError::AlgorithmMismatch(algorithm))?;
        // One encoding per key: key ids are digests of the encoding.
        let point = key.subject_public_key.as_bytes().unwrap_or_default();
        if point.first() != Some(&UNCOMPRESSED) {
            return Err(KeyError::Malformed("the point is not in uncompressed form"));
        }
        let key = VerifyingKey::from_sec1_bytes(point)
            .map_err(|_| KeyError::Malformed("the point is not on the curve"))?;
        Ok(Box::new(key))
    }
}

/// SEC 1, section 2.3.3: the first byte of an uncompressed point.
const UNCOMPRESSED: u8 = 4;

impl Verifier for VerifyingKey {
    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        let signature = Signature::from_der(signature).map_err(|_| BadSignature)?;
        p256::ecdsa::signature::Verifier::verify(self, message, &signature)
            .map_err(|_| BadSignature)
    }

    fn material(&self) -> Vec<u8> {
        self.to_sec1_bytes().into_vec()
    }
}
