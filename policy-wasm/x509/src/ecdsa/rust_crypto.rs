//! Arithmetic of curves by `p256`, `p384` and `p521`, which is smaller and slower.

use ecdsa::signature::hazmat::PrehashVerifier as _;
use ecdsa::{EcdsaCurve, Signature, VerifyingKey};
use p256::elliptic_curve::array::ArraySize;
use p256::elliptic_curve::point::AffineCoordinates as _;
use p256::elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use p256::elliptic_curve::{AffinePoint, CurveArithmetic, FieldBytes, FieldBytesSize};

use super::NistCurve;

/// Whether two coordinates are those of a point on the curve.
pub(super) fn is_on_curve(curve: NistCurve, point: [&[u8]; 2]) -> bool {
    match curve {
        NistCurve::P256 => key_at::<p256::NistP256>(point).is_some(),
        NistCurve::P384 => key_at::<p384::NistP384>(point).is_some(),
        NistCurve::P521 => key_at::<p521::NistP521>(point).is_some(),
    }
}

/// Whether r and s are a signature of a digest by the key at a point; see [`super::EcdsaKey::verify_any_digest`].
pub(super) fn is_valid(
    curve: NistCurve,
    digest: &[u8],
    signature: [&[u8]; 2],
    key: [&[u8]; 2],
) -> bool {
    let is_valid = match curve {
        NistCurve::P256 => verify::<p256::NistP256>(digest, signature, key),
        NistCurve::P384 => verify::<p384::NistP384>(digest, signature, key),
        NistCurve::P521 => verify::<p521::NistP521>(digest, signature, key),
    };
    is_valid.is_some()
}

/// Common interface of `p256`, `p384` and `p521`
trait SupportedCurve:
    CurveArithmetic<
        AffinePoint: FromSec1Point<Self> + ToSec1Point<Self>,
        FieldBytesSize: ModulusSize,
    > + EcdsaCurve
{
}

impl SupportedCurve for p256::NistP256 {}
impl SupportedCurve for p384::NistP384 {}
impl SupportedCurve for p521::NistP521 {}

/// Returns the key with these coordinates, if they are of a point on the curve. Compressed points are not
/// supported, which keeps their arithmetic out of the module.
#[inline(never)]
fn key_at<C: SupportedCurve>([x, y]: [&[u8]; 2]) -> Option<VerifyingKey<C>> {
    let (x, y) = (number::<C>(x)?, number::<C>(y)?);
    let point = AffinePoint::<C>::from_coordinates(&x, &y).into_option()?;
    VerifyingKey::from_affine(point).ok()
}

#[inline(never)]
fn verify<C: SupportedCurve>(digest: &[u8], [r, s]: [&[u8]; 2], key: [&[u8]; 2]) -> Option<()>
where
    <FieldBytesSize<C> as core::ops::Add>::Output: ArraySize,
{
    let signature = Signature::<C>::from_scalars(number::<C>(r)?, number::<C>(s)?).ok()?;
    key_at::<C>(key)?.verify_prehash(digest, &signature).ok()
}

fn number<C: SupportedCurve>(bytes: &[u8]) -> Option<FieldBytes<C>> {
    FieldBytes::<C>::try_from(bytes).ok()
}
