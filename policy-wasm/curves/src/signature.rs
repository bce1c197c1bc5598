//! Keys and signatures: the group's part of ECDSA.

use crate::curve::Curve;
use crate::field::Field;
use crate::point::Addend;
use crate::sum;

/// Returns whether two coordinates are those of a point on the curve; see [the crate](crate).
pub(crate) fn is_on_curve<C: Curve<LIMBS>, const LIMBS: usize>([x, y]: [&[u8]; 2]) -> bool {
    if [x, y].iter().any(|one| one.len() != C::ORDER.len()) {
        return false;
    }
    // y² − x³ + 3x, which is b on the curve
    let rest = |x: &Field<C, LIMBS>, y: &Field<C, LIMBS>| {
        y.square().sub(&x.square().mul(x)).add(&x.times(3)) // 5
    };
    let base = Addend::of_base(0).to_point(1);
    match [x, y].map(|one| Field::from_sum(one, &[])) {
        // At most 10 p from each other
        [Some(x), Some(y)] => rest(&x, &y).sub(&rest(&base.x, &base.y)).is_zero(),
        _ => false,
    }
}

/// Returns whether r and s are a signature of a digest; see [the crate](crate).
pub(crate) fn is_valid<C: Curve<LIMBS>, const LIMBS: usize, const DIGITS: usize>(
    digest: &[u8],
    [r, s]: [&[u8]; 2],
    q: [&[u8]; 2],
) -> bool {
    let length = C::ORDER.len();
    // A digest that is longer than the order counts with its leftmost bits, all others whole.
    let digest = digest.get(..length).unwrap_or(digest);
    if r.len() != length || s.len() != length || C::GROUP.positive(r).is_none() {
        return false;
    }
    let Some(quotients) = C::GROUP.quotients([digest, r], s) else {
        return false;
    };
    let [u1, u2] = quotients.each_ref().map(|one| &one[one.len() - length..]);
    sum::has_x::<C, LIMBS, DIGITS>(u1, u2, q, r)
}
