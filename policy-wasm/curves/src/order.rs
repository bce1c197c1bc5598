//! Numbers modulo the order of a group.
//!
//! One copy of this arithmetic is for all curves: a verification divides twice, which is little beside the sum of points.

use crate::field::{BITS, MASK, carried, limbs, power_of_two};

/// Limbs of the longest order, which has 521 bits
const MAX_LIMBS: usize = 19;

/// A number, the least significant limb first. Limbs have 28 bits, of which only the last is signed, and are zero behind
/// those of the order.
type Number = [i64; MAX_LIMBS];

/// The order of a group, which is an odd prime
pub(crate) struct Order {
    number: Number,
    /// Number of its limbs, N
    limbs: usize,
    /// R = 2²⁸ᴺ modulo the order
    r: Number,
    /// The number that, times the order, is 1 modulo 2²⁸
    inverse: i64,
}

/// A quotient, big-endian
pub(crate) type Quotient = [u8; 66];

impl Order {
    /// `bytes` are big-endian.
    pub(crate) const fn new(bytes: &[u8]) -> Self {
        let number = limbs(bytes);
        let limbs = (bytes.len() * 8).div_ceil(BITS);
        // Newton's iteration doubles the number of right bits.
        let mut inverse = 1_i64;
        let mut bits = 1;
        while bits < BITS {
            inverse = inverse.wrapping_mul(2_i64.wrapping_sub(number[0].wrapping_mul(inverse)));
            bits *= 2;
        }
        Self {
            number,
            limbs,
            r: power_of_two(limbs * BITS, &number),
            inverse: inverse & MASK,
        }
    }

    /// Divides both numbers, or returns `None` if the divisor is zero, or not less than the order. No number is longer
    /// than the order.
    pub(crate) fn quotients(&self, dividends: [&[u8]; 2], divisor: &[u8]) -> Option<[Quotient; 2]> {
        let inverse = self.inverse(self.positive(divisor)?);
        Some(dividends.map(|one| bytes_of(&self.product(&limbs(one), &inverse))))
    }

    /// Reads a number, or returns `None` if it is zero, or not less than the order.
    pub(crate) fn positive(&self, bytes: &[u8]) -> Option<Number> {
        let number = limbs(bytes);
        (number != [0; MAX_LIMBS] && is_negative(&sum(&number, -1, &self.number))).then_some(number)
    }

    /// Returns R divided by a number that is neither zero nor above the order.
    ///
    /// This is the [extended Euclidean algorithm of Bernstein and Yang] on low bits, 28 steps at a time. It ends when
    /// `g` is zero; its authors bound the number of steps.
    ///
    /// [extended Euclidean algorithm of Bernstein and Yang]: https://gcd.cr.yp.to/papers.html#safegcd
    fn inverse(&self, number: Number) -> Number {
        // INVARIANT: `d` times `number` is R f, and `e` times `number` is R g.
        let (mut f, mut g) = (self.number, number);
        let (mut d, mut e) = ([0; MAX_LIMBS], self.r);
        let mut delta = 1;
        while g != [0; MAX_LIMBS] {
            let steps = Steps::new(&mut delta, f[0] | f[1] << BITS, g[0] | g[1] << BITS);
            self.apply(&steps, &mut f, &mut g, [0, 0]);
            let multiples = steps.factors.map(|[one, other]| {
                // Keeps both between -2 and 1 times the order.
                let multiple = (one & sign(&d)) + (other & sign(&e));
                let lowest = one
                    .wrapping_mul(d[0])
                    .wrapping_add(other.wrapping_mul(e[0]));
                multiple - (self.inverse.wrapping_mul(lowest).wrapping_add(multiple) & MASK)
            });
            self.apply(&steps, &mut d, &mut e, multiples);
        }
        // The greatest common divisor is 1, so `f` is 1 or -1.
        let quotient = self.not_negative(d);
        self.not_negative(if is_negative(&f) {
            sum(&[0; MAX_LIMBS], -1, &quotient)
        } else {
            quotient
        })
    }

    /// Replaces two numbers by their combinations, with multiples of the order added that make the lowest 28 bits zero,
    /// and shifts by these.
    fn apply(&self, steps: &Steps, one: &mut Number, other: &mut Number, multiples: [i64; 2]) {
        let ([[u, v], [q, r]], [m, n]) = (steps.factors, multiples);
        let mut carries = [0; 2];
        for index in 0..self.limbs {
            let (a, b, limb) = (one[index], other[index], self.number[index]);
            carries[0] += u * a + v * b + m * limb;
            carries[1] += q * a + r * b + n * limb;
            if index > 0 {
                one[index - 1] = carries[0] & MASK;
                other[index - 1] = carries[1] & MASK;
            }
            carries = carries.map(|carry| carry >> BITS);
        }
        [one[self.limbs - 1], other[self.limbs - 1]] = carries;
    }

    /// Adds the order to a negative number.
    fn not_negative(&self, number: Number) -> Number {
        if is_negative(&number) {
            sum(&number, 1, &self.number)
        } else {
            number
        }
    }

    /// Returns the product of two numbers divided by R, by Montgomery's method. One of them is less than the order.
    fn product(&self, one: &Number, other: &Number) -> Number {
        let mut product = [0; MAX_LIMBS];
        for limb in &one[..self.limbs] {
            let lowest = product[0] + limb * other[0];
            let multiple = lowest.wrapping_mul(self.inverse) & MASK;
            let mut carry = 0;
            for index in 0..self.limbs {
                carry += product[index] + limb * other[index] - multiple * self.number[index];
                // The lowest limb is zero now.
                if index > 0 {
                    product[index - 1] = carry & MASK;
                }
                carry >>= BITS;
            }
            product[self.limbs - 1] = carry;
        }
        // Between -1 and 1 times the order.
        self.not_negative(product)
    }
}

/// Steps of the algorithm, as the combinations of both numbers that they are
struct Steps {
    /// The absolute values in each row add up to 2²⁸ at most
    factors: [[i64; 2]; 2],
}

impl Steps {
    /// Determines the next 28 steps by the lowest bits of both numbers, of which the first is odd.
    fn new(delta: &mut i64, mut f: i64, mut g: i64) -> Self {
        let ([mut u, mut v], [mut q, mut r]) = ([1, 0], [0, 1]);
        let mut left = 28;
        loop {
            // Steps in which the second number is even
            let zeros = (g | -1 << left).trailing_zeros();
            g >>= zeros;
            u <<= zeros;
            v <<= zeros;
            *delta += i64::from(zeros);
            left -= zeros;
            if left == 0 {
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

/// Returns a number plus a multiple of another.
fn sum(one: &Number, factor: i64, other: &Number) -> Number {
    let mut sum = *one;
    for (limb, other) in sum.iter_mut().zip(other) {
        *limb += factor * other;
    }
    carried(sum)
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

/// Returns the bytes of a number that is not negative.
fn bytes_of(number: &Number) -> Quotient {
    let mut bytes = [0; 66];
    for (index, byte) in bytes.iter_mut().rev().enumerate() {
        let (limb, shift) = (index * 8 / BITS, index * 8 % BITS);
        let next = number.get(limb + 1).copied().unwrap_or_default();
        *byte = ((number[limb] | next << BITS) >> shift).to_le_bytes()[0];
    }
    bytes
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

    impl Order {
        /// Returns a number, or it without the order, if it is less than twice the order.
        fn reduced(&self, number: Number) -> Number {
            let rest = sum(&number, -1, &self.number);
            if is_negative(&rest) { number } else { rest }
        }

        /// Powers of two, their neighbours, and what these lack to the order.
        fn numbers(&self) -> impl Iterator<Item = Number> {
            let powers = (0..self.limbs * BITS).scan(ONE, |power, _| {
                let now = *power;
                *power = self.reduced(sum(power, 1, power));
                Some(now)
            });
            let neighbours = powers.flat_map(|power| [power, sum(&power, -1, &ONE)]);
            let negative = |number| self.reduced(sum(&self.number, -1, &number));
            let all = neighbours.flat_map(move |number| [number, negative(number)]);
            all.filter(|number| *number != [0; MAX_LIMBS])
        }

        fn is_quotient(&self, quotient: &Quotient, divisor: &Number, dividend: &Number) -> bool {
            let quotient = limbs(quotient);
            let r_squared = power_of_two(2 * self.limbs * BITS, &self.number);
            let product = self.product(&quotient, &self.product(divisor, &r_squared));
            let is_less = is_negative(&sum(&quotient, -1, &self.number));
            is_less && product == self.reduced(*dividend)
        }
    }

    for_each_curve! {
        fn a_quotient_times_the_divisor_is_the_dividend<C, LIMBS>() {
            let order = Order::new(C::ORDER);
            let mut dividends = [order.r, order.number];
            for divisor in order.numbers() {
                let [one, other] = dividends.map(|one| bytes_of(&one));
                let quotients = order.quotients([&one, &other], &bytes_of(&divisor)).unwrap();
                for (quotient, dividend) in quotients.iter().zip(&dividends) {
                    assert!(order.is_quotient(quotient, &divisor, dividend), "{divisor:?}");
                }
                dividends = [divisor, dividends[0]];
            }
        }

        fn a_dividend_may_be_above_the_order<C, LIMBS>() {
            let order = Order::new(C::ORDER);
            let highest = [0xff; 66];
            let highest = &highest[..C::ORDER.len()];
            let power = power_of_two(C::ORDER.len() * 8, &order.number);
            let dividend = order.not_negative(sum(&power, -1, &ONE));
            for divisor in order.numbers() {
                let [quotient, _] = order.quotients([highest; 2], &bytes_of(&divisor)).unwrap();
                assert!(order.is_quotient(&quotient, &divisor, &dividend), "{divisor:?}");
            }
        }

        fn divisors_are_positive_and_less_than_the_order<C, LIMBS>() {
            let order = Order::new(C::ORDER);
            for (number, is_divisor) in [
                ([0; MAX_LIMBS], false),
                (ONE, true),
                (sum(&order.number, -1, &ONE), true),
                (order.number, false),
                (sum(&order.number, 1, &ONE), false),
            ] {
                let divisor = bytes_of(&number);
                assert_eq!(order.positive(&divisor).is_some(), is_divisor);
                assert_eq!(order.quotients([&divisor; 2], &divisor).is_some(), is_divisor);
            }
        }
    }
}
