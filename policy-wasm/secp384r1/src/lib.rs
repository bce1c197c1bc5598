//! The curve P-384 (secp384r1; SP 800-186, section 3.2.1.4), for the verification of ECDSA signatures in
//! WebAssembly.
//!
//! Limbs have 28 bits, so that a product of two numbers modulo the prime is a sum of native 64-bit products without
//! carries between them. Nothing runs in constant time, so this crate is for public numbers only: it must not sign.
//!
//! Overflow is checked in tests, which so confirm the bounds that are stated here, and not in the modules.

#![no_std]
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "arithmetic on arrays of fixed size, with bounds that are stated where they are needed"
)]

mod base;
mod digits;
mod field;
mod point;

use crate::digits::signed_digits;
use crate::field::Field;
use crate::point::{Addend, Point};

/// The big-endian bytes of a number
pub type Bytes = [u8; 48];

/// Returns whether the x-coordinate of u₁G + u₂Q is `r` modulo the order of the group (FIPS 186-5, section 6.4.2,
/// steps 6 to 8). False if the sum is the point at infinity.
///
/// The caller guarantees that `q` is the coordinates of a point on the curve, that `u1` and `u2` are less than the
/// order of the group, and that `r` is as well and not zero.
#[must_use]
pub fn sum_has_x(u1: &Bytes, u2: &Bytes, q: [&Bytes; 2], r: &Bytes) -> bool {
    let Some(sum) = sum(u1, u2, q) else {
        return false;
    };
    // Instead of the division X / Z², r is multiplied.
    let zz = sum.z.square();
    let scaled = |x: &Field| x.mul(&zz).sub(&sum.x).is_zero();
    let x = Field::from_bytes(r);
    scaled(&x) || (*r < PRIME_MINUS_ORDER && scaled(&x.add(&Field::ORDER)))
}

/// An x-coordinate may be r plus the order of the group if r is less than this.
const PRIME_MINUS_ORDER: Bytes = [
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x38, 0x9c, 0xb2, 0x7e,
    0x0b, 0xc8, 0xd2, 0x1f, 0xa7, 0xe5, 0xf2, 0x4c, 0xb7, 0x4f, 0x58, 0x85, 0x13, 0x13, 0xe6, 0x96,
    0x33, 0x3a, 0xd6, 0x8c,
];

/// Returns u₁G + u₂Q, or `None` for the point at infinity: both products in one run of doublings.
fn sum(u1: &Bytes, u2: &Bytes, q: [&Bytes; 2]) -> Option<Point> {
    let of_base = signed_digits::<BASE_WINDOW>(u1);
    let of_key = signed_digits::<KEY_WINDOW>(u2);
    let multiples = odd_multiples(&Point::from_affine(q));
    let mut sum: Option<Point> = None;
    for (base, key) in of_base.iter().zip(&of_key).rev() {
        sum = sum.map(|sum| sum.double());
        if *base != 0 {
            sum = add(
                sum,
                Addend::of_base(usize::from(base.unsigned_abs() / 2)),
                *base,
            );
        }
        if *key != 0 {
            sum = add(sum, multiples[usize::from(key.unsigned_abs() / 2)], *key);
        }
    }
    sum
}

fn add(sum: Option<Point>, addend: Addend, digit: i16) -> Option<Point> {
    let addend = if digit < 0 { addend.negated() } else { addend };
    match sum {
        Some(sum) => sum.add(&addend),
        None => Some(addend.into_point()),
    }
}

/// Width of digits of u₁, for which there are [`base::ODD_MULTIPLES`]
const BASE_WINDOW: usize = 7;
/// Width of digits of u₂
const KEY_WINDOW: usize = 5;
/// Number of odd multiples that digits of u₂ need
const MULTIPLES: usize = 1 << (KEY_WINDOW - 2);

/// Returns Q, 3Q, 5Q …
fn odd_multiples(q: &Point) -> [Addend; MULTIPLES] {
    let twice = Addend::new(&q.double());
    let mut multiple = *q;
    let mut multiples = [Addend::new(q); MULTIPLES];
    for next in multiples.iter_mut().skip(1) {
        // None of them is at infinity, since the order of Q is a large prime.
        multiple = multiple.add(&twice).unwrap_or(multiple);
        *next = Addend::new(&multiple);
    }
    multiples
}
