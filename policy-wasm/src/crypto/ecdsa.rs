//! ECDSA over the NIST curves, each with the digest of its own size (FIPS 186-5), signatures in
//! strict DER.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::marker::PhantomData;
use core::ops::Add;

use ecdsa::der::MaxOverhead;
use ecdsa::{DigestAlgorithm, EcdsaCurve, Signature, VerifyingKey, signature};
use p256::elliptic_curve::array::ArraySize;
use p256::elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use p256::elliptic_curve::{ALGORITHM_OID, Curve, CurveArithmetic};
use p256::pkcs8::{AssociatedOid, SubjectPublicKeyInfoRef};

use super::{BadSignature, Family, Verifier, material};
use crate::key::{Algorithm, KeyError};

/// The family of one curve
pub(super) struct Ecdsa<C>(PhantomData<C>);

impl<C> Ecdsa<C> {
    pub(super) const NEW: Self = Self(PhantomData);
}

impl<C: NistCurve> Family for Ecdsa<C> {
    fn load(
        &self,
        algorithm: Algorithm,
        key: &SubjectPublicKeyInfoRef<'_>,
    ) -> Result<Box<dyn Verifier>, KeyError> {
        key.algorithm
            .assert_oids(ALGORITHM_OID, C::OID)
            .map_err(|_| KeyError::AlgorithmMismatch(algorithm))?;
        // One encoding per key: key ids are digests of the encoding.
        let point = key.subject_public_key.as_bytes().unwrap_or_default();
        if point.first() != Some(&UNCOMPRESSED) {
            return Err(KeyError::Malformed("the point is not in uncompressed form"));
        }
        let key = VerifyingKey::<C>::from_sec1_bytes(point)
            .map_err(|_| KeyError::Malformed("the point is not on the curve"))?;
        Ok(Box::new(key))
    }
}

/// SEC 1, section 2.3.3: the first byte of an uncompressed point.
const UNCOMPRESSED: u8 = 4;

impl<C: NistCurve> Verifier for VerifyingKey<C> {
    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        let signature = Signature::<C>::from_der(signature).map_err(|_| BadSignature)?;
        signature::Verifier::verify(self, message, &signature).map_err(|_| BadSignature)
    }

    fn material(&self) -> Vec<u8> {
        material(C::OID.as_bytes(), &[self.to_sec1_point(false).as_bytes()])
    }

    fn cost(&self) -> usize {
        C::COST
    }
}

/// What `p256`, `p384` and `p521` say of their curves
trait NistCurve:
    Curve<
        FieldBytesSize: ModulusSize + Add<Output: Add<MaxOverhead, Output: ArraySize> + ArraySize>,
    > + CurveArithmetic<AffinePoint: FromSec1Point<Self> + ToSec1Point<Self>>
    + DigestAlgorithm
    + EcdsaCurve
    + AssociatedOid
{
    /// See [`Verifier::cost`].
    const COST: usize;
}

impl NistCurve for p256::NistP256 {
    const COST: usize = 8;
}

impl NistCurve for p384::NistP384 {
    const COST: usize = 24;
}

impl NistCurve for p521::NistP521 {
    const COST: usize = 40;
}
