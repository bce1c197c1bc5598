//! Numbers modulo the prime p of a curve.

use core::marker::PhantomData;

use crate::curve::Curve;
use crate::sums::Sum;

/// A number modulo p, in Montgomery form with R = 2ᴮᴸ for L limbs of B bits: the sum of its limbs times powers of 2ᴮ is
/// R times the number. R is at least 2⁸ p.
///
/// Limbs are signed and hold more than B bits, so that sums and differences need no carry. The *size* of a number is a
/// bound on the absolute values of its limbs, in units of 2ᴮ: `mul`, `square` and `carried` return size 1 with only
/// the last limb signed, `add` and `sub` at most the sum of both sizes. Two numbers can be multiplied if the product of
/// their sizes is at most 6, so that the sum of 19 products with limbs of 28 bits fits 63 bits, and that of 10 products
/// with limbs of 56 bits fits 63 bits after a carry. The absolute values of such numbers are at most 16 p, which leaves
/// a product between -p and 2 p; a square is not negative.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field<C, const LIMBS: usize> {
    limbs: [i64; LIMBS],
    curve: PhantomData<C>,
}

/// Multiplies column by column: `$column::<_, K, LIMBS>` returns the sum of all products of limbs that count 2ᴮᴷ. Each
/// column is written out, since a loop over columns would keep limbs in memory and not in local variables.
macro_rules! reduce {
    ($column:ident, $($factor:expr),+) => {{
        let mut reduction = Reduction::new();
        reduce!(@ reduction, $column, ($($factor),+), 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24
            25 26 27 28 29 30 31 32 33 34 35 36);
        reduction.finish()
    }};
    (@ $reduction:ident, $column:ident, $factors:tt, $($index:literal)+) => {
        $(reduce!(@@ $reduction, $column, $factors, $index);)+
    };
    (@@ $reduction:ident, $column:ident, ($($factor:expr),+), $index:literal) => {
        if $index < 2 * LIMBS - 1 {
            $reduction.add::<$index>($column::<_, $index, LIMBS>($($factor),+));
        }
    };
}

impl<C: Curve<LIMBS>, const LIMBS: usize> Field<C, LIMBS> {
    pub(crate) const ONE: Self =
        Self::new(power_of_two(LIMBS * Self::BITS, &Self::PRIME, Self::BITS));

    /// R² mod p, without Montgomery form
    const R_SQUARED: Self = Self::new(power_of_two(
        2 * LIMBS * Self::BITS,
        &Self::PRIME,
        Self::BITS,
    ));

    /// p, without Montgomery form
    const PRIME: [i64; LIMBS] = prime(C::PRIME_PLUS_ONE, Self::BITS);

    /// The number that, times p, is -1 modulo 2ᴮ
    const FACTOR: i64 = C::Sum::LIMB_MASK & -inverse(Self::PRIME[0], Self::BITS);

    /// Bits of a limb
    const BITS: usize = C::Sum::LIMB_BITS;

    /// Whether a doubling has the code of its products, and calls none: P-256 with limbs of 56 bits
    const IS_SHORT: bool = LIMBS <= 5;

    const fn new(limbs: [i64; LIMBS]) -> Self {
        Self {
            limbs,
            curve: PhantomData,
        }
    }

    pub(crate) fn from_limbs(limbs: &[<C::Sum as Sum>::Limb; LIMBS]) -> Self {
        Self::new(limbs.map(Into::into))
    }

    /// Reads a number, which may be above p.
    #[inline(never)]
    pub(crate) fn from_bytes(bytes: &[u8]) -> Self {
        Self::new(limbs(bytes, Self::BITS)).mul(&Self::R_SQUARED)
    }

    /// Reads the sum of two numbers, if it is less than p.
    pub(crate) fn from_sum(one: &[u8], other: &[u8]) -> Option<Self> {
        let [one, other] = [one, other].map(|one| Self::new(limbs(one, Self::BITS)));
        let sum = one.add(&other);
        let rest = sum.sub(&Self::new(Self::PRIME)).carried();
        (rest.limbs[LIMBS - 1] < 0).then(|| sum.mul(&Self::R_SQUARED))
    }

    pub(crate) fn add(&self, other: &Self) -> Self {
        let mut sum = *self;
        for (limb, other) in sum.limbs.iter_mut().zip(&other.limbs) {
            *limb += other;
        }
        sum
    }

    pub(crate) fn sub(&self, other: &Self) -> Self {
        let mut difference = *self;
        for (limb, other) in difference.limbs.iter_mut().zip(&other.limbs) {
            *limb -= other;
        }
        difference
    }

    /// Returns the number times a small factor, by which its size grows.
    pub(crate) fn times(&self, factor: i64) -> Self {
        Self::new(self.limbs.map(|limb| limb * factor))
    }

    /// Returns the number with limbs of B bits, of which only the last is signed.
    pub(crate) fn carried(&self) -> Self {
        Self::new(carried(self.limbs, Self::BITS))
    }

    #[inline(never)]
    pub(crate) fn mul(&self, other: &Self) -> Self {
        reduce!(column_of_product, &self.limbs, &other.limbs)
    }

    #[inline(never)]
    pub(crate) fn square(&self) -> Self {
        reduce!(column_of_square, &self.limbs)
    }

    /// Like [`Field::mul`], without a call if numbers have few limbs: it would take a tenth of the time.
    #[inline(always)]
    pub(crate) fn inlined_mul(&self, other: &Self) -> Self {
        if Self::IS_SHORT {
            reduce!(column_of_product, &self.limbs, &other.limbs)
        } else {
            self.mul(other)
        }
    }

    /// Like [`Field::square`], without a call if numbers have few limbs.
    #[inline(always)]
    pub(crate) fn inlined_square(&self) -> Self {
        if Self::IS_SHORT {
            reduce!(column_of_square, &self.limbs)
        } else {
            self.square()
        }
    }

    /// Returns the product of two numbers less twice the square of a third, with one reduction for both.
    ///
    /// The bounds of a product hold for the sum: that of the sizes is at most 6, and that of the values 256 p².
    #[inline(always)]
    pub(crate) fn mul_less_squares(&self, other: &Self, root: &Self) -> Self {
        reduce!(column_of_difference, &self.limbs, &other.limbs, &root.limbs)
    }

    /// Returns whether the number is a multiple of p. Its absolute value is at most 16 p.
    #[inline(never)]
    pub(crate) fn is_zero(&self) -> bool {
        // The lowest 28 bits of k p are those of -k.
        if (self.limbs[0] + 16) & i64::LIMB_MASK > 32 {
            return false;
        }
        let mut one = [0; LIMBS];
        one[0] = 1;
        // Without Montgomery form, and between 0 and p.
        let number = self.carried().mul(&Self::new(one)).limbs;
        number == [0; LIMBS] || number == Self::PRIME
    }
}

/// Returns the sum of the products of limbs whose indices add up to K.
#[inline(always)]
fn column_of_product<S: Sum, const K: usize, const LIMBS: usize>(
    a: &[i64; LIMBS],
    b: &[i64; LIMBS],
) -> S {
    let mut sum = S::from(0);
    let mut i = K.saturating_sub(LIMBS - 1);
    while i < LIMBS && i <= K {
        sum += S::product(a[i], b[K - i]);
        i += 1;
    }
    sum
}

/// Like [`column_of_product`] of a number with itself, whose products are mostly there twice.
#[inline(always)]
fn column_of_square<S: Sum, const K: usize, const LIMBS: usize>(a: &[i64; LIMBS]) -> S {
    let mut sum = S::from(0);
    let mut i = K.saturating_sub(LIMBS - 1);
    while 2 * i < K {
        sum += S::product(a[i], a[K - i]);
        i += 1;
    }
    sum += sum;
    if K.is_multiple_of(2) {
        sum += S::product(a[K / 2], a[K / 2]);
    }
    sum
}

/// Returns [`column_of_product`] of two numbers less twice [`column_of_square`] of a third.
#[inline(always)]
fn column_of_difference<S: Sum, const K: usize, const LIMBS: usize>(
    a: &[i64; LIMBS],
    b: &[i64; LIMBS],
    root: &[i64; LIMBS],
) -> S {
    let mut difference = column_of_product::<S, K, LIMBS>(a, b);
    let square = column_of_square::<S, K, LIMBS>(root);
    difference -= square;
    difference -= square;
    difference
}

/// Montgomery's reduction of a product whose columns come one by one, the least significant first
///
/// To each of the first columns, as many as there are limbs, a multiple of p is added that makes its lowest limb zero.
/// Mostly p is -1 modulo 2ᴮ, and the factor is this limb itself.
struct Reduction<C, const LIMBS: usize> {
    carry: i64,
    /// Factors of p
    factors: [i64; LIMBS],
    product: Field<C, LIMBS>,
}

impl<C: Curve<LIMBS>, const LIMBS: usize> Reduction<C, LIMBS> {
    #[inline(always)]
    fn new() -> Self {
        Self {
            carry: 0,
            factors: [0; LIMBS],
            product: Field::new([0; LIMBS]),
        }
    }

    #[inline(always)]
    fn add<const K: usize>(&mut self, column: C::Sum) {
        let mut sum = column + C::Sum::from(self.carry);
        // The powers of p + 1, times the factors of earlier columns.
        for (exponent, sign) in C::PRIME_PLUS_ONE {
            let (index, shift) = (exponent / C::Sum::LIMB_BITS, exponent % C::Sum::LIMB_BITS);
            if index > 0 && (index..index + LIMBS).contains(&K) {
                sum += C::Sum::product(self.factors[K - index], *sign << shift);
            }
        }
        if K < LIMBS {
            let factor = sum.lowest().wrapping_mul(Field::<C, LIMBS>::FACTOR) & C::Sum::LIMB_MASK;
            self.factors[K] = factor;
            for (exponent, sign) in C::PRIME_PLUS_ONE {
                if *exponent < C::Sum::LIMB_BITS {
                    sum += C::Sum::product(factor, *sign << exponent);
                }
            }
            // The term -1 of p only removes the lowest limb, which is the factor now.
        } else {
            self.product.limbs[K - LIMBS] = sum.lowest() & C::Sum::LIMB_MASK;
        }
        self.carry = sum.carry();
    }

    #[inline(always)]
    fn finish(mut self) -> Field<C, LIMBS> {
        self.product.limbs[LIMBS - 1] = self.carry;
        self.product
    }
}

/// Returns the limbs of a number.
#[inline(never)]
pub(crate) const fn limbs<const LIMBS: usize>(bytes: &[u8], bits: usize) -> [i64; LIMBS] {
    let mut limbs = [0; LIMBS];
    let mut limb = 0;
    // Bits that are in no limb yet, and their number
    let (mut rest, mut left) = (0, 0);
    let mut index = bytes.len();
    while index > 0 {
        index -= 1;
        rest |= i64::from_be_bytes([0, 0, 0, 0, 0, 0, 0, bytes[index]]) << left;
        left += 8;
        if left >= bits {
            limbs[limb] = rest & mask(bits);
            rest >>= bits;
            left -= bits;
            limb += 1;
        }
    }
    if left > 0 {
        limbs[limb] = rest;
    }
    limbs
}

/// Returns limbs with the same sum, of which only the last is signed, and no other has more than `bits`.
#[inline(always)]
pub(crate) const fn carried<const LIMBS: usize>(
    mut limbs: [i64; LIMBS],
    bits: usize,
) -> [i64; LIMBS] {
    let mut index = 1;
    while index < LIMBS {
        limbs[index] += limbs[index - 1] >> bits;
        limbs[index - 1] &= mask(bits);
        index += 1;
    }
    limbs
}

const fn mask(bits: usize) -> i64 {
    (1 << bits) - 1
}

/// Returns p; see [`Parameters`](crate::curve::Parameters).
pub(crate) const fn prime<const LIMBS: usize>(
    plus_one: &[(usize, i64)],
    bits: usize,
) -> [i64; LIMBS] {
    let mut limbs = [0; LIMBS];
    limbs[0] = -1;
    let mut term = 0;
    while term < plus_one.len() {
        let (exponent, sign) = plus_one[term];
        limbs[exponent / bits] += sign << (exponent % bits);
        term += 1;
    }
    carried(limbs, bits)
}

/// Returns the number that, times an odd one, is 1 modulo a power of two.
pub(crate) const fn inverse(odd: i64, bits: usize) -> i64 {
    // Newton's iteration doubles the number of right bits.
    let mut inverse = 1_i64;
    let mut right = 1;
    while right < bits {
        inverse = inverse.wrapping_mul(2_i64.wrapping_sub(odd.wrapping_mul(inverse)));
        right *= 2;
    }
    inverse & mask(bits)
}

/// Returns a power of two modulo p.
pub(crate) const fn power_of_two<const LIMBS: usize>(
    exponent: usize,
    prime: &[i64; LIMBS],
    bits: usize,
) -> [i64; LIMBS] {
    let mut one = [0; LIMBS];
    one[0] = 1;
    times_power(one, exponent, prime, bits)
}

/// Returns a number less than p, times a power of two, modulo p.
pub(crate) const fn times_power<const LIMBS: usize>(
    mut number: [i64; LIMBS],
    exponent: usize,
    prime: &[i64; LIMBS],
    bits: usize,
) -> [i64; LIMBS] {
    let mut doublings = 0;
    while doublings < exponent {
        let mut rest = number;
        let mut index = 0;
        while index < LIMBS {
            number[index] *= 2;
            rest[index] = number[index] - prime[index];
            index += 1;
        }
        rest = carried(rest, bits);
        number = if rest[LIMBS - 1] < 0 {
            carried(number, bits)
        } else {
            rest
        };
        doublings += 1;
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curve::for_each_curve;

    impl<C: Curve<LIMBS>, const LIMBS: usize> Field<C, LIMBS> {
        /// Returns the one number with the same remainder that is not negative and less than p, by doublings.
        fn remainder(&self) -> [i64; LIMBS] {
            let mut remainder = [0; LIMBS];
            for limb in self.limbs.iter().rev() {
                remainder = Self::times_power(remainder, Self::BITS);
                remainder[0] += limb;
                remainder = Self::reduced(carried(remainder, Self::BITS));
            }
            remainder
        }

        fn reduced(mut number: [i64; LIMBS]) -> [i64; LIMBS] {
            let plus = |number: [i64; LIMBS], sign: i64| {
                let sum = Self::new(number).add(&Self::new(Self::PRIME).times(sign));
                carried(sum.limbs, Self::BITS)
            };
            while number[LIMBS - 1] < 0 {
                number = plus(number, 1);
            }
            loop {
                let less = plus(number, -1);
                if less[LIMBS - 1] < 0 {
                    return number;
                }
                number = less;
            }
        }

        fn times_power(mut number: [i64; LIMBS], exponent: usize) -> [i64; LIMBS] {
            for _ in 0..exponent {
                number = Self::reduced(carried(Self::new(number).times(2).limbs, Self::BITS));
            }
            number
        }

        /// Checks a product in Montgomery form: times R, it is the product.
        fn check_product(&self, other: &Self) {
            let product = self.mul(other);
            let (own, others) = (self.remainder(), other.remainder());
            let mut expected = [0; LIMBS];
            for limb in others.iter().rev() {
                for bit in (0..Self::BITS).rev() {
                    expected = Self::times_power(expected, 1);
                    if limb >> bit & 1 == 1 {
                        let sum = Self::new(expected).add(&Self::new(own));
                        expected = Self::reduced(carried(sum.limbs, Self::BITS));
                    }
                }
            }
            let found = Self::times_power(product.remainder(), LIMBS * Self::BITS);
            assert_eq!(found, expected, "{self:?} {other:?}");
            product.check_size();
        }

        /// Checks that the number is one that `mul` may return.
        fn check_size(&self) {
            let (last, limbs) = self.limbs.split_last().unwrap();
            assert!(
                limbs
                    .iter()
                    .all(|limb| (0..=C::Sum::LIMB_MASK).contains(limb))
            );
            let top = Self::PRIME[LIMBS - 1] + 1;
            assert!((-top..2 * top).contains(last), "between -p and 2 p");
        }

        /// The largest limbs of a number of this size, which is at most 16 p
        fn largest(size: i64, sign: i64) -> Self {
            let mut limbs = [((size << Self::BITS) - 1) * sign; LIMBS];
            limbs[LIMBS - 1] = 16 * Self::PRIME[LIMBS - 1] * sign;
            Self::new(limbs)
        }

        /// A number of this size whose limbs are of both signs, and a third of them as large as possible
        fn random(size: i64, state: &mut u64) -> Self {
            let largest = Self::largest(size, 1);
            Self::new(largest.limbs.map(|limb| match next(state) % 6 {
                0 => limb,
                1 => -limb,
                _ => next(state).cast_signed() % (limb + 1),
            }))
        }
    }

    /// Xorshift
    fn next(state: &mut u64) -> u64 {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        *state
    }

    /// Sizes of two numbers that can be multiplied
    const SIZES: [(i64, i64); 6] = [(1, 1), (1, 6), (2, 2), (2, 3), (3, 2), (6, 1)];

    for_each_curve! {
        /// Sums of products that overflow panic here.
        fn sums_of_products_fit_while_the_product_of_both_sizes_is_six<C, LIMBS>() {
            for (left, right) in SIZES {
                for (sign, other) in [(1, 1), (1, -1), (-1, 1), (-1, -1)] {
                    let (one, two) = (Field::<C, LIMBS>::largest(left, sign), Field::largest(right, other));
                    one.check_product(&two);
                    one.carried().check_product(&two.carried());
                    // Even if the last limb were as large as the others.
                    let mut full = (one, two);
                    full.0.limbs[LIMBS - 1] = full.0.limbs[0];
                    full.1.limbs[LIMBS - 1] = full.1.limbs[0];
                    let _ = full.0.mul(&full.1);
                    if left == right {
                        let _ = full.0.square();
                        let square = one.square();
                        square.check_size();
                        assert!(square.limbs[LIMBS - 1] >= 0);
                        assert_eq!(square.limbs, one.mul(&one).limbs);
                    }
                }
            }
        }

        fn products_are_those_of_slow_arithmetic<C, LIMBS>() {
            let mut state = 0x5eed;
            for round in 0..60 {
                let (left, right) = SIZES[round % SIZES.len()];
                let one = Field::<C, LIMBS>::random(left, &mut state);
                one.check_product(&Field::random(right, &mut state));
                let square = one.carried().square();
                assert_eq!(square.limbs, one.carried().mul(&one.carried()).limbs);
                assert_eq!(one.carried().remainder(), one.remainder());
            }
        }

        /// The largest values that the bounds allow have both signs.
        fn a_product_less_squares_is_reduced_once<C, LIMBS>() {
            let mut state = 0x5eed;
            for round in 0..60 {
                let (left, right) = [(4, 1), (1, 4), (2, 2)][round % 3];
                let sign = if round % 2 == 0 { 1 } else { -1 };
                let [one, mut other, mut root] = if round < 6 {
                    [Field::<C, LIMBS>::largest(left, sign), Field::largest(right, 1), Field::largest(1, -1)]
                } else {
                    [left, right, 1].map(|size| Field::random(size, &mut state))
                };
                // 16 p times 8 p, and twice the square of 8 p
                for limbs in [&mut other.limbs, &mut root.limbs] {
                    limbs[LIMBS - 1] /= 2;
                }
                let difference = one.mul_less_squares(&other, &root);
                difference.check_size();
                let expected = one.mul(&other).sub(&root.square().times(2));
                assert!(difference.sub(&expected).is_zero(), "{one:?} {other:?} {root:?}");
            }
        }

        fn multiples_of_the_prime_are_zero_and_their_neighbours_are_not<C, LIMBS>() {
            for factor in -16..=16 {
                let multiple = Field::<C, LIMBS>::new(Field::<C, LIMBS>::PRIME).times(factor);
                assert!(multiple.is_zero(), "{factor}");
                for place in 0..LIMBS {
                    for change in [1, -1, 1 << 3] {
                        let mut other = multiple;
                        other.limbs[place] += change;
                        assert!(!other.is_zero(), "{factor} {place}");
                    }
                }
            }
        }

        fn bytes_are_read_modulo_the_prime<C, LIMBS>() {
            let order = C::ORDER;
            let number = |number: u128| {
                let mut bytes = [0; 66];
                bytes[50..].copy_from_slice(&number.to_be_bytes());
                Field::<C, LIMBS>::from_bytes(&bytes[66 - order.len()..])
            };
            assert!(number(1).sub(&Field::ONE).is_zero());
            assert!(number(0).is_zero());
            let product = number(0x0123_4567_89ab_cdef).mul(&number(0xfedc_ba98_7654_3210));
            let expected = number(0x0123_4567_89ab_cdef * 0xfedc_ba98_7654_3210);
            assert!(product.sub(&expected).is_zero());
            // All ones, of which there are as many as in the order.
            let mut bytes = [0xff; 66];
            let bytes = &mut bytes[..order.len()];
            bytes[0] = if order[0] == 1 { 1 } else { 0xff };
            let power = Field::<C, LIMBS>::times_power(Field::<C, LIMBS>::ONE.remainder(), order.len() * 8 - if order[0] == 1 { 7 } else { 0 });
            let ones = Field::<C, LIMBS>::new(power).sub(&number(1));
            assert!(Field::from_bytes(bytes).sub(&ones).is_zero());
            // They are no sum less than p with zero, since p is not larger.
            assert!(Field::<C, LIMBS>::from_sum(bytes, &[0]).is_none());
        }

        /// The sum of the order and a number is less than p up to the difference of both.
        fn sums_are_read_if_they_are_less_than_the_prime<C, LIMBS>() {
            let read = |number: &[u8]| Field::<C, LIMBS>::from_sum(number, C::ORDER);
            let order = Field::<C, LIMBS>::from_bytes(C::ORDER);
            assert!(read(&[0]).unwrap().sub(&order).is_zero());
            assert!(read(&[5]).unwrap().sub(&order).sub(&Field::from_bytes(&[5])).is_zero());
            // Bits of the largest number that can be added, found from the highest on.
            let mut largest = [0; 66];
            let largest = &mut largest[..C::ORDER.len()];
            for bit in 0..largest.len() * 8 {
                largest[bit / 8] |= 0x80 >> (bit % 8);
                if read(largest).is_none() {
                    largest[bit / 8] ^= 0x80 >> (bit % 8);
                }
            }
            // It is -1 modulo p, and the next one is not read.
            assert!(read(largest).unwrap().add(&Field::ONE).is_zero());
        }
    }
}
