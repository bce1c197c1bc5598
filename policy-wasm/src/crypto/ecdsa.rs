//! ECDSA over the NIST curves (FIPS 186-5), with signatures in strict DER. A key of an attestor signs the digest
//! of the same size as its curve.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::marker::PhantomData;
use core::ops::Add;

use ecdsa::der::MaxOverhead;
use ecdsa::{EcdsaCurve, Signature, VerifyingKey};
#[cfg(feature = "curves")]
use p256::elliptic_curve::FieldBytesSize;
use p256::elliptic_curve::array::ArraySize;
use p256::elliptic_curve::point::AffineCoordinates as _;
use p256::elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use p256::elliptic_curve::{ALGORITHM_OID, AffinePoint, Curve, CurveArithmetic, FieldBytes};
use p256::pkcs8::{AssociatedOid, SubjectPublicKeyInfoRef};

use super::{Algorithm, Hash, KeyError};
use super::{BadSignature, Family, Verifier, material};

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
        Ok(Box::new(read_key::<C>(key)?))
    }
}

/// Reads a key of the curve that its parameters name.
pub(super) fn read_key<C: NistCurve>(
    key: &SubjectPublicKeyInfoRef<'_>,
) -> Result<VerifyingKey<C>, KeyError> {
    // Only one encoding is accepted, because key ids are digests of the encoding.
    let point = key.subject_public_key.as_bytes().unwrap_or_default();
    let Some((&UNCOMPRESSED, coordinates)) = point.split_first() else {
        return Err(KeyError::Malformed("the point is not in uncompressed form"));
    };
    key_at::<C>(coordinates).ok_or(KeyError::Malformed("the point is not on the curve"))
}

/// Returns the key with these coordinates, if they are of a point on the curve. Compressed points are not
/// supported, which keeps their arithmetic out of the module.
fn key_at<C: NistCurve>(coordinates: &[u8]) -> Option<VerifyingKey<C>> {
    let (x, y) = coordinates.split_at_checked(coordinates.len() / 2)?;
    let (x, y) = (
        FieldBytes::<C>::try_from(x).ok()?,
        FieldBytes::<C>::try_from(y).ok()?,
    );
    let point = AffinePoint::<C>::from_coordinates(&x, &y).into_option()?;
    VerifyingKey::from_affine(point).ok()
}

/// First byte of an uncompressed point (SEC 1, section 2.3.3)
const UNCOMPRESSED: u8 = 4;

impl<C: NistCurve> Verifier for VerifyingKey<C> {
    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        verify_digest(self, &C::HASH.digest(message), signature)
    }

    fn verify_digest(
        &self,
        hash: Hash,
        digest: &[u8],
        signature: &[u8],
    ) -> Result<(), BadSignature> {
        if hash != C::HASH {
            return Err(BadSignature);
        }
        verify_digest(self, digest, signature)
    }

    fn diagnose(&self, message: &[u8], signature: &[u8]) -> &'static str {
        let numbers = FieldBytes::<C>::default().len().saturating_mul(2);
        match Signature::<C>::from_der(signature) {
            Ok(signature) => C::diagnose(self, message, &signature),
            Err(_) if signature.len() == numbers => {
                "is the numbers r and s by themselves, and not their ASN.1 DER encoding"
            }
            Err(_) => "is not in ASN.1 DER",
        }
    }

    fn material(&self) -> Vec<u8> {
        material(C::OID.as_bytes(), &[self.to_sec1_point(false).as_bytes()])
    }

    fn cost(&self) -> usize {
        C::COST
    }
}

/// Verifies a signature over a digest by any hash: of one longer than the order of the curve, the leftmost bits
/// count; a shorter one counts whole (FIPS 186-5, section 6.4.2).
pub(super) fn verify_digest<C: NistCurve>(
    key: &VerifyingKey<C>,
    digest: &[u8],
    signature: &[u8],
) -> Result<(), BadSignature> {
    let signature = Signature::<C>::from_der(signature).map_err(|_| BadSignature)?;
    if is_valid(key, digest, &signature) {
        Ok(())
    } else {
        Err(BadSignature)
    }
}

/// See [`verify_digest`].
#[cfg(feature = "curves")]
fn is_valid<C: NistCurve>(key: &VerifyingKey<C>, digest: &[u8], signature: &Signature<C>) -> bool {
    use core::ops::Mul as _;

    use p256::elliptic_curve::Scalar;
    use p256::elliptic_curve::ff::PrimeField as _;
    use p256::elliptic_curve::ops::{Invert as _, Reduce as _};

    let mut number = FieldBytes::<C>::default();
    let leftmost = digest.get(..number.len()).unwrap_or(digest);
    let places = number.iter_mut().rev().zip(leftmost.iter().rev());
    places.for_each(|(place, byte)| *place = *byte);
    let (r, s) = signature.split_scalars();
    let inverse = s.invert_vartime();
    let (u1, u2) = (
        Scalar::<C>::reduce(&number).mul(*inverse),
        (*r).mul(*inverse),
    );
    let q = key.as_affine();
    (C::SUM_HAS_X)(
        &u1.to_repr().0,
        &u2.to_repr().0,
        [&q.x().0, &q.y().0],
        &r.to_repr().0,
    )
}

/// See [`verify_digest`].
#[cfg(not(feature = "curves"))]
fn is_valid<C: NistCurve>(key: &VerifyingKey<C>, digest: &[u8], signature: &Signature<C>) -> bool {
    use ecdsa::signature::hazmat::PrehashVerifier as _;

    key.verify_prehash(digest, signature).is_ok()
}

#[cfg(feature = "curves")]
type SumHasX<Bytes> = fn(&Bytes, &Bytes, [&Bytes; 2], &Bytes) -> bool;

#[cfg(feature = "curves")]
type Bytes<C> = <FieldBytesSize<C> as ArraySize>::ArrayType<u8>;

/// Common interface of `p256`, `p384` and `p521`
pub(super) trait NistCurve:
    Curve<
        FieldBytesSize: ModulusSize + Add<Output: Add<MaxOverhead, Output: ArraySize> + ArraySize>,
    > + CurveArithmetic<AffinePoint: FromSec1Point<Self> + ToSec1Point<Self>>
    + EcdsaCurve
    + AssociatedOid
{
    /// See [`Verifier::cost`].
    const COST: usize;

    /// The hash that keys of attestors sign
    const HASH: Hash;

    /// `sum_has_x` of this curve in [`policy_curves`]
    #[cfg(feature = "curves")]
    const SUM_HAS_X: SumHasX<Bytes<Self>>;

    /// See [`Verifier::diagnose`]; the two numbers of the signature are in range.
    fn diagnose(
        _key: &VerifyingKey<Self>,
        _message: &[u8],
        _signature: &Signature<Self>,
    ) -> &'static str {
        ""
    }
}

impl NistCurve for p256::NistP256 {
    const COST: usize = 8;
    const HASH: Hash = Hash::Sha256;
    #[cfg(feature = "curves")]
    const SUM_HAS_X: SumHasX<Bytes<Self>> = policy_curves::p256::sum_has_x;
}

impl NistCurve for p384::NistP384 {
    const COST: usize = 24;
    const HASH: Hash = Hash::Sha384;
    #[cfg(feature = "curves")]
    const SUM_HAS_X: SumHasX<Bytes<Self>> = policy_curves::p384::sum_has_x;

    /// Recognizes SHA-256, which many tools use for every curve.
    fn diagnose(
        key: &VerifyingKey<Self>,
        message: &[u8],
        signature: &Signature<Self>,
    ) -> &'static str {
        if is_valid(key, &Hash::Sha256.digest(message), signature) {
            "is over the payload's SHA-256, and a key of curve P-384 signs its SHA-384"
        } else {
            ""
        }
    }
}

impl NistCurve for p521::NistP521 {
    const COST: usize = 40;
    const HASH: Hash = Hash::Sha512;
    #[cfg(feature = "curves")]
    const SUM_HAS_X: SumHasX<Bytes<Self>> = policy_curves::p521::sum_has_x;
}
