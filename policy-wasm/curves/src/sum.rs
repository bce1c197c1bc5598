//! The sum u₁G + u₂Q.

use crate::curve::{BASE_WINDOW, Curve};
use crate::digits::SignedDigits;
use crate::field::Field;
use crate::point::{Addend, Point};

/// Returns whether the x-coordinate of u₁G + u₂Q is r modulo the order of the group; see [the crate](crate).
pub(crate) fn has_x<C: Curve<LIMBS>, const LIMBS: usize>(
    u1: &[u8],
    u2: &[u8],
    q: [&[u8]; 2],
    r: &[u8],
) -> bool {
    let Some(sum) = sum::<C, LIMBS>(u1, u2, q) else {
        return false;
    };
    // Instead of the division X / Z², x is multiplied.
    let zz = sum.z.square();
    let is_x = |x: &Field<C, LIMBS>| x.mul(&zz).sub(&sum.x).is_zero();
    // An x-coordinate that is not less than the order of the group is r plus the order.
    is_x(&Field::from_bytes(r)) || Field::from_sum(r, C::ORDER).is_some_and(|x| is_x(&x))
}

/// Returns u₁G + u₂Q, or `None` for the point at infinity: both products in one run of doublings.
fn sum<C: Curve<LIMBS>, const LIMBS: usize>(
    u1: &[u8],
    u2: &[u8],
    q: [&[u8]; 2],
) -> Option<Point<C, LIMBS>> {
    let of_base = SignedDigits::new(u1, BASE_WINDOW);
    let of_key = SignedDigits::new(u2, KEY_WINDOW);
    let multiples = odd_multiples(&Point::from_affine(q));
    let mut sum: Option<Point<C, LIMBS>> = None;
    for (base, key) in of_base.iter().zip(of_key.iter()).rev() {
        sum = sum.map(|sum| sum.double());
        if *base != 0 {
            let multiple = Addend::of_base(usize::from(base.unsigned_abs() / 2));
            sum = add(sum, multiple, *base);
        }
        if *key != 0 {
            sum = add(sum, multiples[usize::from(key.unsigned_abs() / 2)], *key);
        }
    }
    sum
}

fn add<C: Curve<LIMBS>, const LIMBS: usize>(
    sum: Option<Point<C, LIMBS>>,
    addend: Addend<C, LIMBS>,
    digit: i16,
) -> Option<Point<C, LIMBS>> {
    let addend = if digit < 0 { addend.negated() } else { addend };
    match sum {
        Some(sum) => sum.add(&addend),
        None => Some(addend.into_point()),
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
    let twice = Addend::new(&q.double());
    let mut multiple = *q;
    let mut multiples = [Addend::new(q); KEY_MULTIPLES];
    for next in multiples.iter_mut().skip(1) {
        // None of them is at infinity, since the order of Q is a large prime.
        multiple = multiple.add(&twice).unwrap_or(multiple);
        *next = Addend::new(&multiple);
    }
    multiples
}
