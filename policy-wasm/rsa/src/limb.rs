//! Words that numbers consist of.

/// A word of a number, the least significant of which comes first
pub(crate) trait Limb: Copy {
    const BITS: usize;
    const ZERO: Self;

    /// Returns the product of two limbs plus two others, which fits two limbs: the lower and the upper one.
    fn multiply_add(self, factor: Self, one: Self, other: Self) -> [Self; 2];

    /// Returns the sum, and whether it is one bit longer.
    fn add(self, other: Self, carry: bool) -> (Self, bool);

    /// Returns the difference, and whether one bit is missing.
    fn sub(self, other: Self, borrow: bool) -> (Self, bool);

    /// Returns the lower limb of a product.
    fn wrapping_mul(self, factor: Self) -> Self;

    /// Returns the number that, times this odd one, is -1 in the lower limb.
    fn negative_inverse(self) -> Self;

    /// Reads bytes, at most as many as a limb has.
    fn from_bytes(bytes: &[u8]) -> Self;

    /// Returns the bytes, the least significant first.
    fn into_bytes(self) -> impl Iterator<Item = u8>;
}

macro_rules! limb {
    ($limb:ident) => {
        impl Limb for $limb {
            const BITS: usize = 8 * size_of::<Self>();
            const ZERO: Self = 0;

            #[inline(always)]
            fn multiply_add(self, factor: Self, one: Self, other: Self) -> [Self; 2] {
                self.carrying_mul_add(factor, one, other).into()
            }

            #[inline(always)]
            fn add(self, other: Self, carry: bool) -> (Self, bool) {
                self.carrying_add(other, carry)
            }

            #[inline(always)]
            fn sub(self, other: Self, borrow: bool) -> (Self, bool) {
                self.borrowing_sub(other, borrow)
            }

            #[inline(always)]
            fn wrapping_mul(self, factor: Self) -> Self {
                self.wrapping_mul(factor)
            }

            fn negative_inverse(self) -> Self {
                // Newton's iteration doubles the number of right bits, of which an odd number has three to begin with.
                (0..5)
                    .fold(self, |inverse, _| {
                        inverse.wrapping_mul(Self::wrapping_sub(2, self.wrapping_mul(inverse)))
                    })
                    .wrapping_neg()
            }

            fn from_bytes(bytes: &[u8]) -> Self {
                bytes
                    .iter()
                    .fold(0, |number, byte| number << 8 | Self::from(*byte))
            }

            fn into_bytes(self) -> impl Iterator<Item = u8> {
                self.to_le_bytes().into_iter()
            }
        }
    };
}

limb!(u32);
limb!(u64);
