//! Parameters of a curve y² = x³ − 3x + b.

pub(crate) mod p256;
pub(crate) mod p384;
pub(crate) mod p521;

use core::fmt::Debug;

use crate::field::{prime, times_power};
use crate::order::Order;
use crate::sums::Sum;

/// Parameters of a curve over the prime field of p
pub(crate) trait Parameters: Copy + Debug + 'static {
    /// p + 1 as a sum of powers of two: each exponent, and the sign of the power
    const PRIME_PLUS_ONE: &'static [(usize, i64)];

    /// The order of the group, big-endian
    const ORDER: &'static [u8];
}

/// A curve whose coordinates have this many limbs
pub(crate) trait Curve<const LIMBS: usize>: Parameters {
    type Sum: Sum;

    /// Arithmetic modulo the order
    const GROUP: Order<Self::Sum> = Order::new(Self::ORDER);

    const ODD_MULTIPLES: &'static Multiples<<Self::Sum as Sum>::Limb, LIMBS>;
}

/// Width of digits of u₁
pub(crate) const BASE_WINDOW: usize = 7;

/// Number of odd multiples of the base point that digits of u₁ need
pub(crate) const BASE_MULTIPLES: usize = 1 << (BASE_WINDOW - 2);

/// The affine coordinates of G, 3G, 5G …, in Montgomery form: numbers of [`Field`](crate::field::Field) less than p
pub(crate) type Multiples<Limb, const LIMBS: usize> = [[[Limb; LIMBS]; 2]; BASE_MULTIPLES];

/// Returns multiples with limbs of twice as many bits.
#[expect(clippy::as_conversions, reason = "no other conversion is constant")]
pub(crate) const fn widened<C: Parameters, const NARROW: usize, const WIDE: usize>(
    multiples: &Multiples<u32, NARROW>,
) -> Multiples<i64, WIDE> {
    let (narrow, wide) = (<i64 as Sum>::LIMB_BITS, <i128 as Sum>::LIMB_BITS);
    let prime = prime(C::PRIME_PLUS_ONE, wide);
    let mut widened = [[[0; WIDE]; 2]; BASE_MULTIPLES];
    let mut index = 0;
    while index < 2 * BASE_MULTIPLES {
        let coordinate = &mut widened[index / 2][index % 2];
        let mut limb = 0;
        while limb < NARROW {
            let narrow = multiples[index / 2][index % 2][limb] as i64;
            coordinate[limb / 2] |= narrow << (limb % 2 * <i64 as Sum>::LIMB_BITS);
            limb += 1;
        }
        // R of the Montgomery form has as many bits as all limbs.
        *coordinate = times_power(*coordinate, WIDE * wide - NARROW * narrow, &prime, wide);
        index += 1;
    }
    widened
}

/// Defines a test for each curve, with both widths of limbs.
#[cfg(test)]
macro_rules! for_each_curve {
    ($($(#[$meta:meta])* fn $name:ident<C, LIMBS>() $body:block)+) => {
        $(
            $(#[$meta])*
            #[test]
            fn $name() {
                fn check<C: crate::curve::Curve<LIMBS>, const LIMBS: usize>() $body
                check::<crate::curve::p256::P256, { crate::curve::p256::NARROW }>();
                check::<crate::curve::p256::P256, { crate::curve::p256::WIDE }>();
                check::<crate::curve::p384::P384, { crate::curve::p384::NARROW }>();
                check::<crate::curve::p384::P384, { crate::curve::p384::WIDE }>();
                check::<crate::curve::p521::P521, { crate::curve::p521::NARROW }>();
                check::<crate::curve::p521::P521, { crate::curve::p521::WIDE }>();
            }
        )+
    };
}
#[cfg(test)]
pub(crate) use for_each_curve;
