//! Numbers modulo the prime p = 2³⁸⁴ − 2¹²⁸ − 2⁹⁶ + 2³² − 1.

use crate::Bytes;

/// Number of limbs
pub(crate) const LIMBS: usize = 14;

/// Bits of a limb
const BITS: usize = 28;

const MASK: i64 = (1 << BITS) - 1;

/// A number modulo p, in Montgomery form with R = 2³⁹²: the sum of its limbs times powers of 2²⁸ is R times the
/// number.
///
/// Limbs are signed and hold more than 28 bits, so that sums and differences need no carry. The *size* of a number is a
/// bound on the absolute values of its limbs, in units of 2²⁸: `mul`, `square` and `carried` return size 1 with only
/// the last limb signed, `add` and `sub` at most the sum of both sizes. Two numbers can be multiplied if the product of
/// their sizes is at most 9, so that the sum of 14 products fits 63 bits. The absolute values of such numbers are at
/// most 16 p, which leaves a product between -p and 2 p; a square is not negative.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field([i64; LIMBS]);

/// Multiplies column by column: `$column::<K>` returns the sum of all products of limbs that count 2²⁸ᴷ. Each column is
/// written out, since a loop over columns would keep limbs in memory and not in local variables.
macro_rules! reduce {
    ($column:ident, $($factor:expr),+) => {{
        let mut reduction = Reduction::default();
        reduce!(@ reduction, $column, ($($factor),+), 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26);
        reduction.finish()
    }};
    (@ $reduction:ident, $column:ident, $factors:tt, $($index:literal)+) => {
        $(reduce!(@@ $reduction, $column, $factors, $index);)+
    };
    (@@ $reduction:ident, $column:ident, ($($factor:expr),+), $index:literal) => {
        $reduction.add::<$index>($column::<$index>($($factor),+));
    };
}

impl Field {
    pub(crate) const ONE: Self = Self([
        0x100, 0xfff_f000, 0xfff_ffff, 0xf_ffff, 0x100_0000, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ]);

    /// The order of the group
    pub(crate) const ORDER: Self = Self([
        0x529_73ff, 0xeff_5cdc, 0xe11_2026, 0xac5_ac48, 0xadb_2e8f, 0x55c_e630, 0x8c8_e086,
        0x676_7ac0, 0x13b_93d9, 0x7b6_24c5, 0xd81_bb9a, 0xffc_7634, 0xfff_ffff, 0xf_ffff,
    ]);

    /// R² mod p, without Montgomery form
    const R_SQUARED: Self = Self([
        0x1_0000, 0xfe0_0000, 0xff_ffff, 0, 2, 0, 0xfff_fe00, 0xfff, 0x2_0000, 0x10_0000, 0, 0, 0,
        0,
    ]);

    /// p, without Montgomery form
    const PRIME: [i64; LIMBS] = [
        0xfff_ffff, 0xf, 0, 0xfff_f000, 0xffe_ffff, MASK, MASK, MASK, MASK, MASK, MASK, MASK, MASK,
        0xf_ffff,
    ];

    pub(crate) fn from_limbs(limbs: &[u32; LIMBS]) -> Self {
        Self(limbs.map(i64::from))
    }

    /// Reads a number, which may be above p.
    pub(crate) fn from_bytes(bytes: &Bytes) -> Self {
        let mut limbs = [0; LIMBS];
        for (index, byte) in bytes.iter().rev().enumerate() {
            // A byte may be in two limbs.
            let (limb, shift) = (index * 8 / BITS, index * 8 % BITS);
            let shifted = i64::from(*byte) << shift;
            limbs[limb] += shifted & MASK;
            if shifted > MASK {
                limbs[limb + 1] += shifted >> BITS;
            }
        }
        Self(limbs).mul(&Self::R_SQUARED)
    }

    pub(crate) fn add(&self, other: &Self) -> Self {
        let mut limbs = self.0;
        for (limb, other) in limbs.iter_mut().zip(&other.0) {
            *limb += other;
        }
        Self(limbs)
    }

    pub(crate) fn sub(&self, other: &Self) -> Self {
        let mut limbs = self.0;
        for (limb, other) in limbs.iter_mut().zip(&other.0) {
            *limb -= other;
        }
        Self(limbs)
    }

    /// Returns the number times a small factor, by which its size grows.
    pub(crate) fn times(&self, factor: i64) -> Self {
        Self(self.0.map(|limb| limb * factor))
    }

    /// Returns the number with limbs of 28 bits, of which only the last is signed.
    pub(crate) fn carried(&self) -> Self {
        let mut limbs = self.0;
        let mut carry = 0;
        for limb in &mut limbs {
            let sum = *limb + carry;
            *limb = sum & MASK;
            carry = sum >> BITS;
        }
        limbs[LIMBS - 1] += carry << BITS;
        Self(limbs)
    }

    #[inline(never)]
    pub(crate) fn mul(&self, other: &Self) -> Self {
        reduce!(column_of_product, &self.0, &other.0)
    }

    #[inline(never)]
    pub(crate) fn square(&self) -> Self {
        reduce!(column_of_square, &self.0)
    }

    /// Returns whether the number is a multiple of p. Its absolute value is at most 16 p.
    pub(crate) fn is_zero(&self) -> bool {
        // The lowest bits of k p are those of -k.
        if (self.0[0] + 16) & MASK > 32 {
            return false;
        }
        let mut one = [0; LIMBS];
        one[0] = 1;
        // Without Montgomery form, and between 0 and p.
        let number = self.carried().mul(&Self(one)).0;
        number == [0; LIMBS] || number == Self::PRIME
    }
}

/// Returns the sum of the products of limbs whose indices add up to K.
#[inline(always)]
fn column_of_product<const K: usize>(a: &[i64; LIMBS], b: &[i64; LIMBS]) -> i64 {
    let mut sum = 0;
    let mut i = K.saturating_sub(LIMBS - 1);
    while i < LIMBS && i <= K {
        sum += a[i] * b[K - i];
        i += 1;
    }
    sum
}

/// Like [`column_of_product`] of a number with itself, whose products are mostly there twice.
#[inline(always)]
fn column_of_square<const K: usize>(a: &[i64; LIMBS]) -> i64 {
    let mut sum = 0;
    let mut i = K.saturating_sub(LIMBS - 1);
    while 2 * i < K {
        sum += a[i] * a[K - i];
        i += 1;
    }
    sum *= 2;
    if K.is_multiple_of(2) {
        sum += a[K / 2] * a[K / 2];
    }
    sum
}

/// Montgomery's reduction of a product whose columns come one by one, the least significant first
///
/// To each of the first 14 columns a multiple of p is added that makes its lowest 28 bits zero. Since p is -1 modulo
/// 2²⁸, the factor is these 28 bits.
#[derive(Default)]
struct Reduction {
    carry: i64,
    /// Factors of p
    factors: [i64; LIMBS],
    limbs: [i64; LIMBS],
}

impl Reduction {
    #[inline(always)]
    fn add<const K: usize>(&mut self, column: i64) {
        let factors = &self.factors;
        let mut sum = column + self.carry;
        // The terms 2³², -2⁹⁶, -2¹²⁸ and 2³⁸⁴ of p, times the factors of earlier columns. The term -1 only removes the
        // bits of `sum` that are the factor of this column.
        if (1..1 + LIMBS).contains(&K) {
            sum += factors[K - 1] << 4;
        }
        if (3..3 + LIMBS).contains(&K) {
            sum -= factors[K - 3] << 12;
        }
        if (4..4 + LIMBS).contains(&K) {
            sum -= factors[K - 4] << 16;
        }
        if (13..13 + LIMBS).contains(&K) {
            sum += factors[K - 13] << 20;
        }
        if K < LIMBS {
            self.factors[K] = sum & MASK;
        } else {
            self.limbs[K - LIMBS] = sum & MASK;
        }
        self.carry = sum >> BITS;
    }

    #[inline(always)]
    fn finish(mut self) -> Field {
        self.limbs[LIMBS - 1] = self.carry;
        Field(self.limbs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest limbs of a number of this size
    fn largest(size: i64, sign: i64) -> Field {
        let mut limbs = [((size << BITS) - 1) * sign; LIMBS];
        // The last limb is small, since numbers are at most 16 p.
        limbs[LIMBS - 1] = (16 << 20) * sign;
        Field(limbs)
    }

    /// Sums of products that overflow panic here.
    #[test]
    fn sums_of_products_fit_while_the_product_of_both_sizes_is_nine() {
        for (left, right) in [(1, 9), (3, 3), (2, 4), (9, 1), (4, 2)] {
            for (sign, other) in [(1, 1), (1, -1), (-1, 1), (-1, -1)] {
                let (left, right) = (largest(left, sign), largest(right, other));
                let product = left.mul(&right);
                assert!(product.sub(&right.mul(&left)).is_zero());
                let carried = left.carried().mul(&right.carried());
                assert!(product.sub(&carried).is_zero());
                let limbs = product.0.split_last().unwrap().1;
                assert!(limbs.iter().all(|limb| (0..=MASK).contains(limb)));
            }
            if left == right {
                let number = largest(left, -1);
                assert!(number.square().sub(&number.mul(&number)).is_zero());
            }
        }
    }

    #[test]
    fn multiples_of_the_prime_are_zero_and_their_neighbours_are_not() {
        for factor in -16..=16 {
            let multiple = Field(Field::PRIME).times(factor);
            assert!(multiple.is_zero(), "{factor}");
            for place in 0..LIMBS {
                for change in [1, -1, 1 << 19] {
                    let mut other = multiple;
                    other.0[place] += change;
                    assert!(!other.is_zero(), "{factor} {place}");
                }
            }
        }
    }

    #[test]
    fn bytes_are_read_modulo_the_prime() {
        let number = |number: u128| {
            let mut bytes = [0; 48];
            bytes[32..].copy_from_slice(&number.to_be_bytes());
            Field::from_bytes(&bytes)
        };
        assert!(number(1).sub(&Field::ONE).is_zero());
        assert!(number(0).is_zero());
        let product = number(0x0123_4567_89ab_cdef).mul(&number(0xfedc_ba98_7654_3210));
        let expected = number(0x0123_4567_89ab_cdef * 0xfedc_ba98_7654_3210);
        assert!(product.sub(&expected).is_zero());
        // All ones are p + 2^128 + 2^96 - 2^32.
        let ones = Field::from_bytes(&[0xff; 48]);
        let rest = number((1 << 96) - (1 << 32) - 1).add(&number(u128::MAX).add(&number(2)));
        assert!(ones.sub(&rest).is_zero());
    }
}
