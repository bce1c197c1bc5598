//! Parameters of a curve y² = x³ − 3x + b.

use core::fmt::Debug;

use crate::order::Order;

/// Parameters of a curve over the prime field of p
pub(crate) trait Curve<const LIMBS: usize>: Copy + Debug + 'static {
    /// The limbs of p + 1, as pairs of index and value; all others are zero.
    ///
    /// Values are powers of two, or negative ones: they multiply in every reduction, and become shifts.
    const PRIME_PLUS_ONE: &'static [(usize, i64)];

    /// The order of the group, big-endian
    const ORDER: &'static [u8];

    /// Arithmetic modulo the order
    const GROUP: Order = Order::new(Self::ORDER);

    /// The affine coordinates of G, 3G, 5G …, in Montgomery form: numbers of [`Field`](crate::field::Field) less than p
    const ODD_MULTIPLES: &'static [[[u32; LIMBS]; 2]; BASE_MULTIPLES];
}

/// Width of digits of u₁
pub(crate) const BASE_WINDOW: usize = 7;

/// Number of odd multiples of the base point that digits of u₁ need
pub(crate) const BASE_MULTIPLES: usize = 1 << (BASE_WINDOW - 2);

/// Defines a test for each curve.
#[cfg(test)]
macro_rules! for_each_curve {
    ($($(#[$meta:meta])* fn $name:ident<C, LIMBS>() $body:block)+) => {
        $(
            $(#[$meta])*
            #[test]
            fn $name() {
                fn check<C: crate::curve::Curve<LIMBS>, const LIMBS: usize>() $body
                check::<crate::p256::P256, _>();
                check::<crate::p384::P384, _>();
                check::<crate::p521::P521, _>();
            }
        )+
    };
}
#[cfg(test)]
pub(crate) use for_each_curve;
