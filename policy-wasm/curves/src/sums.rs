//! Sums of products of limbs, which decide how many bits a limb has.

use core::fmt::Debug;
use core::ops::{Add, AddAssign, Mul, SubAssign};

/// A sum of products of two limbs
///
/// | type | bits of a limb | made for |
/// | --- | ---: | --- |
/// | `i64` | 28 | WebAssembly, which multiplies 64 bits by 64 bits to 64 bits |
/// | `i128` | 56 | processors and WebAssembly with wide arithmetic, which multiply to 128 bits |
pub(crate) trait Sum:
    Copy + Debug + From<i64> + Add<Output = Self> + AddAssign + SubAssign + Mul<Output = Self> + 'static
{
    /// Bits of a limb
    const LIMB_BITS: usize;

    /// A limb with all bits set
    const LIMB_MASK: i64 = (1 << Self::LIMB_BITS) - 1;

    /// A limb of a constant
    type Limb: Copy + Into<i64>;

    #[inline(always)]
    fn product(one: i64, other: i64) -> Self {
        Self::from(one) * Self::from(other)
    }

    /// Returns the lowest 64 bits.
    fn lowest(self) -> i64;

    /// Returns what is left without the lowest limb: less than 64 bits.
    fn carry(self) -> i64;
}

impl Sum for i64 {
    const LIMB_BITS: usize = 28;

    type Limb = u32;

    #[inline(always)]
    fn lowest(self) -> i64 {
        self
    }

    #[inline(always)]
    fn carry(self) -> i64 {
        self >> Self::LIMB_BITS
    }
}

impl Sum for i128 {
    const LIMB_BITS: usize = 56;

    type Limb = i64;

    #[inline(always)]
    #[expect(clippy::as_conversions, reason = "the upper half is not asked for")]
    fn lowest(self) -> i64 {
        self as i64
    }

    #[inline(always)]
    fn carry(self) -> i64 {
        let carry = self >> Self::LIMB_BITS;
        debug_assert_eq!(Self::from(carry.lowest()), carry);
        carry.lowest()
    }
}
