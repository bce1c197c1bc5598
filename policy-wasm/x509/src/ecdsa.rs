//! ECDSA over the NIST curves (FIPS 186-5), with signatures in strict DER. A key of an attestor signs the digest
//! of the same size as its curve.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ops::Add;

use ecdsa::der::MaxOverhead;
use ecdsa::{EcdsaCurve, Signature, VerifyingKey};
#[cfg(feature = "curves")]
use p256::elliptic_curve::FieldBytesSize;
use p256::elliptic_curve::array::ArraySize;
use p256::elliptic_curve::point::AffineCoordinates as _;
use p256::elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use p256::elliptic_curve::{AffinePoint, Curve, CurveArithmetic, FieldBytes};
use p256::pkcs8::{AssociatedOid, ObjectIdentifier};

use crate::{BadSignature, Hash, KeyKind, Verifier, material};

/// A curve of NIST's
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum NistCurve {
    P256,
    P384,
    P521,
}

/// A key on a curve
pub trait EcdsaKey: Verifier {
    /// Verifies a signature over a digest by any hash: of one longer than the order of the curve, the leftmost bits
    /// count; a shorter one counts whole (FIPS 186-5, section 6.4.2).
    ///
    /// # Errors
    ///
    /// The signature is malformed, or not by this key over this digest.
    fn verify_any_digest(&self, digest: &[u8], signature: &[u8]) -> Result<(), BadSignature>;
}

impl NistCurve {
    /// Returns the curve of an object identifier (RFC 5480, section 2.1.1.1).
    #[must_use]
    #[inline(never)]
    pub fn of(oid: ObjectIdentifier) -> Option<Self> {
        [Self::P256, Self::P384, Self::P521]
            .into_iter()
            .find(|curve| curve.oid() == oid)
    }

    /// Returns its object identifier.
    #[must_use]
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::P256 => p256::NistP256::OID,
            Self::P384 => p384::NistP384::OID,
            Self::P521 => p521::NistP521::OID,
        }
    }

    /// Returns the kind of its keys.
    #[must_use]
    pub const fn kind(self) -> KeyKind {
        match self {
            Self::P256 => KeyKind::P256,
            Self::P384 => KeyKind::P384,
            Self::P521 => KeyKind::P521,
        }
    }

    /// Reads a key, which is a point in uncompressed form (SEC 1, section 2.3.3).
    ///
    /// # Errors
    ///
    /// In words.
    #[inline(never)]
    pub fn read_key(self, point: &[u8]) -> Result<Box<dyn EcdsaKey>, &'static str> {
        // Only one encoding is accepted, because key ids are digests of the encoding.
        let Some((&UNCOMPRESSED, coordinates)) = point.split_first() else {
            return Err("the point is not in uncompressed form");
        };
        let key = match self {
            Self::P256 => key_at::<p256::NistP256>(coordinates),
            Self::P384 => key_at::<p384::NistP384>(coordinates),
            Self::P521 => key_at::<p521::NistP521>(coordinates),
        };
        key.ok_or("the point is not on the curve")
    }
}

/// Returns the key with these coordinates, if they are of a point on the curve. Compressed points are not
/// supported, which keeps their arithmetic out of the module.
fn key_at<C: SupportedCurve>(coordinates: &[u8]) -> Option<Box<dyn EcdsaKey>> {
    let (x, y) = coordinates.split_at_checked(coordinates.len() / 2)?;
    let (x, y) = (
        FieldBytes::<C>::try_from(x).ok()?,
        FieldBytes::<C>::try_from(y).ok()?,
    );
    let point = AffinePoint::<C>::from_coordinates(&x, &y).into_option()?;
    let key = VerifyingKey::<C>::from_affine(point).ok()?;
    Some(Box::new(key))
}

/// First byte of an uncompressed point (SEC 1, section 2.3.3)
const UNCOMPRESSED: u8 = 4;

impl<C: SupportedCurve> Verifier for VerifyingKey<C> {
    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        // Before the message is hashed, which may be long.
        let signature = read_signature(signature)?;
        verify_numbers(self, &C::HASH.digest(message), &signature)
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
        self.verify_any_digest(digest, signature)
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

impl<C: SupportedCurve> EcdsaKey for VerifyingKey<C> {
    fn verify_any_digest(&self, digest: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        verify_numbers(self, digest, &read_signature(signature)?)
    }
}

/// Reads a signature in DER.
fn read_signature<C: SupportedCurve>(der: &[u8]) -> Result<Signature<C>, BadSignature> {
    Signature::from_der(der).map_err(|_| BadSignature)
}

/// See [`EcdsaKey::verify_any_digest`].
#[cfg(feature = "curves")]
#[inline(never)]
fn verify_numbers<C: SupportedCurve>(
    key: &VerifyingKey<C>,
    digest: &[u8],
    signature: &Signature<C>,
) -> Result<(), BadSignature> {
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
    let is_valid = (C::SUM_HAS_X)(
        &u1.to_repr().0,
        &u2.to_repr().0,
        [&q.x().0, &q.y().0],
        &r.to_repr().0,
    );
    if is_valid { Ok(()) } else { Err(BadSignature) }
}

/// See [`EcdsaKey::verify_any_digest`].
#[cfg(not(feature = "curves"))]
#[inline(never)]
fn verify_numbers<C: SupportedCurve>(
    key: &VerifyingKey<C>,
    digest: &[u8],
    signature: &Signature<C>,
) -> Result<(), BadSignature> {
    use ecdsa::signature::hazmat::PrehashVerifier as _;

    key.verify_prehash(digest, signature)
        .map_err(|_| BadSignature)
}

#[cfg(feature = "curves")]
type SumHasX<Bytes> = fn(&Bytes, &Bytes, [&Bytes; 2], &Bytes) -> bool;

#[cfg(feature = "curves")]
type Bytes<C> = <FieldBytesSize<C> as ArraySize>::ArrayType<u8>;

/// Common interface of `p256`, `p384` and `p521`
trait SupportedCurve:
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

impl SupportedCurve for p256::NistP256 {
    const COST: usize = 8;
    const HASH: Hash = Hash::Sha256;
    #[cfg(feature = "curves")]
    const SUM_HAS_X: SumHasX<Bytes<Self>> = policy_curves::p256::sum_has_x;
}

impl SupportedCurve for p384::NistP384 {
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
        if verify_numbers(key, &Hash::Sha256.digest(message), signature).is_ok() {
            "is over the payload's SHA-256, and a key of curve P-384 signs its SHA-384"
        } else {
            ""
        }
    }
}

impl SupportedCurve for p521::NistP521 {
    const COST: usize = 40;
    const HASH: Hash = Hash::Sha512;
    #[cfg(feature = "curves")]
    const SUM_HAS_X: SumHasX<Bytes<Self>> = policy_curves::p521::sum_has_x;
}
