//! Arithmetic of curves by [`policy_curves`].

use policy_curves::{p256, p384, p521};

use super::NistCurve;

/// Whether two coordinates are those of a point on the curve.
pub(super) fn is_on_curve(curve: NistCurve, point: [&[u8]; 2]) -> bool {
    match curve {
        NistCurve::P256 => p256::is_on_curve(point),
        NistCurve::P384 => p384::is_on_curve(point),
        NistCurve::P521 => p521::is_on_curve(point),
    }
}

/// Whether r and s are a signature of a digest by the key at a point; see [`super::EcdsaKey::verify_any_digest`].
pub(super) fn is_valid(
    curve: NistCurve,
    digest: &[u8],
    signature: [&[u8]; 2],
    key: [&[u8]; 2],
) -> bool {
    match curve {
        NistCurve::P256 => p256::is_valid(digest, signature, key),
        NistCurve::P384 => p384::is_valid(digest, signature, key),
        NistCurve::P521 => p521::is_valid(digest, signature, key),
    }
}
