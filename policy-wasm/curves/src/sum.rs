//! The sum u₁G + u₂Q.

use crate::curve::{BASE_WINDOW, Curve};
use crate::digits::SignedDigits;
use crate::field::Field;
use crate::point::{Addend, Point};

/// Returns whether the x-coordinate of u₁G + u₂Q is r modulo the order of the group; see [the crate](crate).
#[inline(never)] // a stack frame for each curve, as large as its points
pub(crate) fn has_x<C: Curve<LIMBS>, const LIMBS: usize, const DIGITS: usize>(
    u1: &[u8],
    u2: &[u8],
    q: [&[u8]; 2],
    r: &[u8],
) -> bool {
    let Some(sum) = sum::<C, LIMBS, DIGITS>(u1, u2, q) else {
        return false;
    };
    // Instead of the division X / Z², x is multiplied.
    let zz = sum.z.square();
    let is_x = |x: &Field<C, LIMBS>| x.mul(&zz).sub(&sum.x).is_zero();
    // An x-coordinate that is not less than the order of the group is r plus the order.
    is_x(&Field::from_bytes(r)) || Field::from_sum(r, C::ORDER).is_some_and(|x| is_x(&x))
}

/// Returns u₁G + u₂Q, or `None` for the point at infinity: both products in one run of doublings.
fn sum<C: Curve<LIMBS>, const LIMBS: usize, const DIGITS: usize>(
    u1: &[u8],
    u2: &[u8],
    q: [&[u8]; 2],
) -> Option<Point<C, LIMBS>> {
    let of_base = SignedDigits::<DIGITS>::new(u1, BASE_WINDOW);
    let of_key = SignedDigits::<DIGITS>::new(u2, KEY_WINDOW);
    let multiples = odd_multiples(&Point::from_affine(q));
    let mut sum: Option<Point<C, LIMBS>> = None;
    for (base, key) in of_base.iter().zip(of_key.iter()).rev() {
        if let Some(sum) = &mut sum {
            sum.double();
        }
        if *base != 0 {
            add(&mut sum, &Addend::of_base(index(*base)), *base);
        }
        if *key != 0 {
            add(&mut sum, &multiples[index(*key)], *key);
        }
    }
    sum
}

/// Returns where the multiple for a digit, or for its negative, is among odd multiples.
fn index(digit: i8) -> usize {
    usize::from(digit.unsigned_abs() / 2)
}

/// Adds a point, or its opposite if the digit is negative.
fn add<C: Curve<LIMBS>, const LIMBS: usize>(
    sum: &mut Option<Point<C, LIMBS>>,
    addend: &Addend<C, LIMBS>,
    digit: i8,
) {
    let sign = i64::from(digit.signum());
    let Some(point) = sum else {
        *sum = Some(addend.to_point(sign));
        return;
    };
    if !point.add(addend, sign) {
        *sum = None;
    }
}

/// Width of digits of u₂
const KEY_WINDOW: usize = 5;
/// Number of odd multiples that digits of u₂ need
const KEY_MULTIPLES: usize = 1 << (KEY_WINDOW - 2);

/// Returns Q, 3Q, 5Q …
fn odd_multiples<C: Curve<LIMBS>, const LIMBS: usize>(
    q: &Point<C, LIMBS>,
) -> [Addend<C, LIMBS>; KEY_MULTIPLES] {
    let mut multiple = *q;
    multiple.double();
    let twice = Addend::new(&multiple);
    multiple = *q;
    let mut multiples = [Addend::new(q); KEY_MULTIPLES];
    for next in multiples.iter_mut().skip(1) {
        // None of them is at infinity, since the order of Q is a large prime.
        multiple.add(&twice, 1);
        *next = Addend::new(&multiple);
    }
    multiples
}
