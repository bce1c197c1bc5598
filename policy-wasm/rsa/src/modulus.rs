//! Numbers modulo an odd one.

use alloc::vec::Vec;

use crate::limb::Limb;

/// See [the crate's function](crate::narrow::power).
pub(crate) fn power<L: Limb>(base: &[u8], exponent: &[u8], modulus: &[u8]) -> Option<Vec<u8>> {
    let is_usable = modulus.first()? != &0 && modulus.last()? & 1 == 1 && modulus != [1];
    let is_number = base.len() == modulus.len() && base < modulus;
    if !is_usable || !is_number || exponent.iter().all(|byte| *byte == 0) {
        return None;
    }
    let modulus = Modulus::<L>::new(modulus);
    let base = modulus.product(&limbs(base), &modulus.r_squared());
    let power = modulus.power(&base, exponent);
    // Without Montgomery form
    let power = modulus.product(&power, &modulus.power_of_256(0));
    Some(modulus.bytes_of(&power))
}

/// An odd number greater than one
///
/// Multiplication is Montgomery's: with R = 2ᴮᴸ for L limbs of B bits, the Montgomery form of a number is R times the
/// number. All numbers have L limbs and are less than the modulus.
struct Modulus<L> {
    limbs: Vec<L>,
    /// Bytes of the number, the first of which is not zero
    bytes: usize,
    /// The number that, times the lowest limb, is -1 modulo 2ᴮ
    factor: L,
}

impl<L: Limb> Modulus<L> {
    fn new(bytes: &[u8]) -> Self {
        let limbs = limbs::<L>(bytes);
        Self {
            factor: limbs[0].negative_inverse(),
            limbs,
            bytes: bytes.len(),
        }
    }

    /// Returns R² modulo the modulus, which is the Montgomery form of R.
    fn r_squared(&self) -> Vec<L> {
        // 2ᴮ in Montgomery form, from a power of two that is less than the modulus
        let bytes = self.bytes - 1;
        let mut number = self.power_of_256(bytes);
        for _ in 8 * bytes..L::BITS * (self.limbs.len() + 1) {
            number = self.doubled(&number);
        }
        self.power(&number, &self.limbs.len().to_be_bytes())
    }

    /// Raises a number in Montgomery form to a power, which is not the zeroth.
    fn power(&self, base: &[L], exponent: &[u8]) -> Vec<L> {
        let bits = exponent
            .iter()
            .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1));
        let mut power = base.to_vec();
        for bit in bits.skip_while(|bit| *bit == 0).skip(1) {
            power = self.product(&power, &power);
            if bit == 1 {
                power = self.product(&power, base);
            }
        }
        power
    }

    /// Returns the product of two numbers, divided by R.
    #[inline(never)]
    fn product(&self, one: &[L], other: &[L]) -> Vec<L> {
        let length = self.limbs.len();
        let mut sums = alloc::vec![L::ZERO; 2 * length];
        let mut overflows = false;
        for (place, digit) in one.iter().enumerate() {
            let (sums, highest) = sums[place..].split_at_mut(length);
            // The multiple of the modulus that makes the lowest limb of the sum zero
            let [lowest, _] = digit.multiply_add(other[0], sums[0], L::ZERO);
            let factor = lowest.wrapping_mul(self.factor);
            let mut carries = [L::ZERO; 2];
            for ((sum, limb), modulus) in sums.iter_mut().zip(other).zip(&self.limbs) {
                [*sum, carries[0]] = digit.multiply_add(*limb, *sum, carries[0]);
                [*sum, carries[1]] = factor.multiply_add(*modulus, *sum, carries[1]);
            }
            (highest[0], overflows) = carries[0].add(carries[1], overflows);
        }
        self.reduced(&sums[length..], overflows)
    }

    fn doubled(&self, number: &[L]) -> Vec<L> {
        let mut carry = false;
        let doubled = number.iter().map(|limb| {
            let (sum, carried) = limb.add(*limb, carry);
            carry = carried;
            sum
        });
        let doubled: Vec<_> = doubled.collect();
        self.reduced(&doubled, carry)
    }

    /// Returns a number less than twice the modulus, which may be one bit longer than its limbs, modulo the modulus.
    fn reduced(&self, number: &[L], is_longer: bool) -> Vec<L> {
        let mut borrow = false;
        let rest = number.iter().zip(&self.limbs).map(|(limb, modulus)| {
            let (difference, borrowed) = limb.sub(*modulus, borrow);
            borrow = borrowed;
            difference
        });
        let rest: Vec<_> = rest.collect();
        if is_longer || !borrow {
            rest
        } else {
            number.to_vec()
        }
    }

    fn power_of_256(&self, exponent: usize) -> Vec<L> {
        let mut bytes = alloc::vec![0; self.bytes];
        bytes[self.bytes - 1 - exponent] = 1;
        limbs(&bytes)
    }

    fn bytes_of(&self, number: &[L]) -> Vec<u8> {
        let bytes = number.iter().flat_map(|limb| limb.into_bytes());
        let mut bytes: Vec<_> = bytes.take(self.bytes).collect();
        bytes.reverse();
        bytes
    }
}

/// Returns the limbs of a number.
fn limbs<L: Limb>(bytes: &[u8]) -> Vec<L> {
    bytes.rchunks(size_of::<L>()).map(L::from_bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_small_numbers_are_right() {
        for modulus in (3..=255_u8).step_by(2) {
            for base in 0..modulus {
                let mut expected = 1_u16;
                for exponent in 1..=20 {
                    expected = expected * u16::from(base) % u16::from(modulus);
                    let expected = Some(alloc::vec![u8::try_from(expected).unwrap()]);
                    assert_eq!(power::<u32>(&[base], &[exponent], &[modulus]), expected);
                    assert_eq!(power::<u64>(&[base], &[0, exponent], &[modulus]), expected);
                }
            }
        }
    }

    #[test]
    fn numbers_that_are_no_modulus_and_no_base_are_refused() {
        for (base, exponent, modulus) in [
            (&[][..], &[3][..], &[][..]),
            (&[0], &[3], &[0]),
            (&[0], &[3], &[1]),
            (&[1], &[3], &[6]),
            (&[0, 1], &[3], &[0, 7]),
            (&[1], &[3], &[1, 1]),
            (&[0, 0, 1], &[3], &[1, 1]),
            (&[7], &[3], &[7]),
            (&[8], &[3], &[7]),
            (&[1, 1], &[3], &[1, 1]),
            (&[2], &[], &[7]),
            (&[2], &[0, 0], &[7]),
        ] {
            assert_eq!(power::<u32>(base, exponent, modulus), None);
            assert_eq!(power::<u64>(base, exponent, modulus), None);
        }
    }
}
