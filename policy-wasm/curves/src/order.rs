//! Numbers modulo the order of a group.
//!
//! One copy of this arithmetic is for all curves: a verification divides twice, which is little beside the sum of points.

use core::marker::PhantomData;

use crate::field::{carried, inverse, limbs, power_of_two};
use crate::sums::Sum;

/// Limbs of the longest order, which has 521 bits, if they have 28 bits
const MAX_LIMBS: usize = 19;

/// A number, the least significant limb first. Limbs have B bits, of which only the last is signed, and are zero behind
/// those of the order.
type Number = [i64; MAX_LIMBS];

/// The order of a group, which is an odd prime
pub(crate) struct Order<S> {
    number: Number,
    /// Number of its limbs, N
    limbs: usize,
    /// R = 2ᴮᴺ modulo the order
    r: Number,
    /// The number that, times the order, is 1 modulo 2ᴮ
    inverse: i64,
    sum: PhantomData<S>,
}

/// A quotient, big-endian
pub(crate) type Quotient = [u8; 66];

impl<S: Sum> Order<S> {
    /// `bytes` are big-endian.
    pub(crate) const fn new(bytes: &[u8]) -> Self {
        let number = limbs(bytes, S::LIMB_BITS);
        let limbs = (bytes.len() * 8).div_ceil(S::LIMB_BITS);
        Self {
            number,
            limbs,
            r: power_of_two(limbs * S::LIMB_BITS, &number, S::LIMB_BITS),
            inverse: inverse(number[0], S::LIMB_BITS),
            sum: PhantomData,
        }
    }

    /// Divides both numbers, or returns `None` if the divisor is zero, or not less than the order. No number is longer
    /// than the order.
    pub(crate) fn quotients(&self, dividends: [&[u8]; 2], divisor: &[u8]) -> Option<[Quotient; 2]> {
        let inverse = self.inverse(self.positive(divisor)?);
        Some(
            dividends.map(|one| Self::bytes_of(&self.product(&limbs(one, S::LIMB_BITS), &inverse))),
        )
    }

    /// Reads a number, or returns `None` if it is zero, or not less than the order.
    pub(crate) fn positive(&self, bytes: &[u8]) -> Option<Number> {
        let number = limbs(bytes, S::LIMB_BITS);
        (number != [0; MAX_LIMBS] && is_negative(&Self::sum(&number, -1, &self.number)))
            .then_some(number)
    }

    /// Returns R divided by a number that is neither zero nor above the order.
    ///
    /// This is the [extended Euclidean algorithm of Bernstein and Yang] on low bits, B steps at a time. It ends when
    /// `g` is zero; its authors bound the number of steps.
    ///
    /// [extended Euclidean algorithm of Bernstein and Yang]: https://gcd.cr.yp.to/papers.html#safegcd
    fn inverse(&self, number: Number) -> Number {
        // INVARIANT: `d` times `number` is R f, and `e` times `number` is R g.
        let (mut f, mut g) = (self.number, number);
        let (mut d, mut e) = ([0; MAX_LIMBS], self.r);
        let mut delta = 1;
        while g != [0; MAX_LIMBS] {
            let steps = Steps::new::<S>(&mut delta, f[0], g[0]);
            self.apply(&steps, &mut f, &mut g, [0, 0]);
            let multiples = steps.factors.map(|[one, other]| {
                // Keeps both between -2 and 1 times the order.
                let multiple = (one & sign(&d)) + (other & sign(&e));
                let lowest = one
                    .wrapping_mul(d[0])
                    .wrapping_add(other.wrapping_mul(e[0]));
                multiple - (self.inverse.wrapping_mul(lowest).wrapping_add(multiple) & S::LIMB_MASK)
            });
            self.apply(&steps, &mut d, &mut e, multiples);
        }
        // The greatest common divisor is 1, so `f` is 1 or -1.
        let quotient = self.not_negative(d);
        self.not_negative(if is_negative(&f) {
            Self::sum(&[0; MAX_LIMBS], -1, &quotient)
        } else {
            quotient
        })
    }

    /// Replaces two numbers by their combinations, with multiples of the order added that make the lowest limb zero,
    /// and removes that.
    fn apply(&self, steps: &Steps, one: &mut Number, other: &mut Number, multiples: [i64; 2]) {
        let ([[u, v], [q, r]], [m, n]) = (steps.factors, multiples);
        let mut carries = [0; 2];
        for index in 0..self.limbs {
            let (a, b, limb) = (one[index], other[index], self.number[index]);
            let sums = [
                S::from(carries[0]) + S::product(u, a) + S::product(v, b) + S::product(m, limb),
                S::from(carries[1]) + S::product(q, a) + S::product(r, b) + S::product(n, limb),
            ];
            if index > 0 {
                one[index - 1] = sums[0].lowest() & S::LIMB_MASK;
                other[index - 1] = sums[1].lowest() & S::LIMB_MASK;
            }
            carries = sums.map(S::carry);
        }
        [one[self.limbs - 1], other[self.limbs - 1]] = carries;
    }

    /// Adds the order to a negative number.
    fn not_negative(&self, number: Number) -> Number {
        if is_negative(&number) {
            Self::sum(&number, 1, &self.number)
        } else {
            number
        }
    }

    /// Returns the product of two numbers divided by R, by Montgomery's method. One of them is less than the order.
    fn product(&self, one: &Number, other: &Number) -> Number {
        let mut product = [0; MAX_LIMBS];
        for limb in &one[..self.limbs] {
            let lowest = limb.wrapping_mul(other[0]).wrapping_add(product[0]);
            let multiple = lowest.wrapping_mul(self.inverse) & S::LIMB_MASK;
            let mut carry = 0;
            for index in 0..self.limbs {
                let mut sum = S::from(carry + product[index]) + S::product(*limb, other[index]);
                sum -= S::product(multiple, self.number[index]);
                // The lowest limb is zero now.
                if index > 0 {
                    product[index - 1] = sum.lowest() & S::LIMB_MASK;
                }
                carry = sum.carry();
            }
            product[self.limbs - 1] = carry;
        }
        // Between -1 and 1 times the order.
        self.not_negative(product)
    }

    /// Returns a number plus a multiple of another.
    fn sum(one: &Number, factor: i64, other: &Number) -> Number {
        let mut sum = *one;
        for (limb, other) in sum.iter_mut().zip(other) {
            *limb += factor * other;
        }
        carried(sum, S::LIMB_BITS)
    }

    /// Returns the bytes of a number that is not negative.
    fn bytes_of(number: &Number) -> Quotient {
        let mut bytes = [0; 66];
        for (index, byte) in bytes.iter_mut().rev().enumerate() {
            let (limb, shift) = (index * 8 / S::LIMB_BITS, index * 8 % S::LIMB_BITS);
            let next = number.get(limb + 1).copied().unwrap_or_default();
            *byte = ((number[limb] | next << S::LIMB_BITS) >> shift).to_le_bytes()[0];
        }
        bytes
    }
}

/// Steps of the algorithm, as the combinations of both numbers that they are
struct Steps {
    /// The absolute values in each row add up to 2ᴮ at most
    factors: [[i64; 2]; 2],
}

impl Steps {
    /// Determines the next B steps by the lowest limbs of both numbers, of which the first is odd.
    fn new<S: Sum>(delta: &mut i64, mut f: i64, mut g: i64) -> Self {
        let ([mut u, mut v], [mut q, mut r]) = ([1, 0], [0, 1]);
        // Ends in as many zeros as steps are left.
        let mut left = !S::LIMB_MASK;
        loop {
            // Steps in which the second number is even
            let zeros = (g | left).trailing_zeros();
            g >>= zeros;
            u <<= zeros;
            v <<= zeros;
            *delta += i64::from(zeros);
            left >>= zeros;
            if left == -1 {
                break;
            }
            if *delta > 0 {
                *delta = -*delta;
                (f, g) = (g, -f);
                (u, q) = (q, -u);
                (v, r) = (r, -v);
            }
            // It is even then.
            g += f;
            q += u;
            r += v;
        }
        Self {
            factors: [[u, v], [q, r]],
        }
    }
}

/// Returns -1 for a negative number, otherwise zero.
fn sign(number: &Number) -> i64 {
    // Limbs behind those of the order are zero, so the sign is that of the last limb that is not.
    number
        .iter()
        .rev()
        .find(|limb| **limb != 0)
        .map_or(0, |limb| limb >> 63)
}

fn is_negative(number: &Number) -> bool {
    sign(number) < 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curve::for_each_curve;

    const ONE: Number = {
        let mut one = [0; MAX_LIMBS];
        one[0] = 1;
        one
    };

    impl<S: Sum> Order<S> {
        /// Returns a number, or it without the order, if it is less than twice the order.
        fn reduced(&self, number: Number) -> Number {
            let rest = Self::sum(&number, -1, &self.number);
            if is_negative(&rest) { number } else { rest }
        }

        /// Powers of two, their neighbours, and what these lack to the order.
        fn numbers(&self) -> impl Iterator<Item = Number> {
            let powers = (0..self.limbs * S::LIMB_BITS).scan(ONE, |power, _| {
                let now = *power;
                *power = self.reduced(Self::sum(power, 1, power));
                Some(now)
            });
            let neighbours = powers.flat_map(|power| [power, Self::sum(&power, -1, &ONE)]);
            let negative = |number| self.reduced(Self::sum(&self.number, -1, &number));
            let all = neighbours.flat_map(move |number| [number, negative(number)]);
            all.filter(|number| *number != [0; MAX_LIMBS])
        }

        fn is_quotient(&self, quotient: &Quotient, divisor: &Number, dividend: &Number) -> bool {
            let quotient = limbs(quotient, S::LIMB_BITS);
            let r_squared = power_of_two(2 * self.limbs * S::LIMB_BITS, &self.number, S::LIMB_BITS);
            let product = self.product(&quotient, &self.product(divisor, &r_squared));
            let is_less = is_negative(&Self::sum(&quotient, -1, &self.number));
            is_less && product == self.reduced(*dividend)
        }
    }

    for_each_curve! {
        fn a_quotient_times_the_divisor_is_the_dividend<C, LIMBS>() {
            let order = Order::<C::Sum>::new(C::ORDER);
            let mut dividends = [order.r, order.number];
            for divisor in order.numbers() {
                let [one, other] = dividends.map(|one| Order::<C::Sum>::bytes_of(&one));
                let quotients = order.quotients([&one, &other], &Order::<C::Sum>::bytes_of(&divisor)).unwrap();
                for (quotient, dividend) in quotients.iter().zip(&dividends) {
                    assert!(order.is_quotient(quotient, &divisor, dividend), "{divisor:?}");
                }
                dividends = [divisor, dividends[0]];
            }
        }

        fn a_dividend_may_be_above_the_order<C, LIMBS>() {
            let order = Order::<C::Sum>::new(C::ORDER);
            let highest = [0xff; 66];
            let highest = &highest[..C::ORDER.len()];
            let power = power_of_two(C::ORDER.len() * 8, &order.number, C::Sum::LIMB_BITS);
            let dividend = order.not_negative(Order::<C::Sum>::sum(&power, -1, &ONE));
            for divisor in order.numbers() {
                let [quotient, _] = order.quotients([highest; 2], &Order::<C::Sum>::bytes_of(&divisor)).unwrap();
                assert!(order.is_quotient(&quotient, &divisor, &dividend), "{divisor:?}");
            }
        }

        fn divisors_are_positive_and_less_than_the_order<C, LIMBS>() {
            let order = Order::<C::Sum>::new(C::ORDER);
            for (number, is_divisor) in [
                ([0; MAX_LIMBS], false),
                (ONE, true),
                (Order::<C::Sum>::sum(&order.number, -1, &ONE), true),
                (order.number, false),
                (Order::<C::Sum>::sum(&order.number, 1, &ONE), false),
            ] {
                let divisor = Order::<C::Sum>::bytes_of(&number);
                assert_eq!(order.positive(&divisor).is_some(), is_divisor);
                assert_eq!(order.quotients([&divisor; 2], &divisor).is_some(), is_divisor);
            }
        }
    }
}
