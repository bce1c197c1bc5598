//! Signed digits of factors.

use core::slice::Iter;

/// A factor as a sum of digits times powers of two. Each digit is zero or odd, its absolute value is less than
/// 2^(window − 1), and of as many neighbours as the window is wide at most one is not zero (width-w NAF).
pub(crate) struct SignedDigits {
    digits: [i16; MAX_DIGITS],
    count: usize,
}

/// Bits of the longest factor, which has 66 bytes, and one more for the carry of the last digit
const MAX_DIGITS: usize = 66 * 8 + 1;

impl SignedDigits {
    #[inline(never)]
    pub(crate) fn new(factor: &[u8], window: usize) -> Self {
        let mut digits = [0; MAX_DIGITS];
        let count = factor.len() * 8 + 1;
        let mut carry = 0;
        let mut at = 0;
        while at < count {
            if bit(factor, at) == carry {
                at += 1;
                continue;
            }
            let mut digit = carry;
            for place in 0..window {
                digit += bit(factor, at + place) << place;
            }
            carry = digit >> (window - 1);
            digits[at] = digit - (carry << window);
            at += window;
        }
        Self { digits, count }
    }

    /// The least significant digit comes first.
    pub(crate) fn iter(&self) -> Iter<'_, i16> {
        self.digits[..self.count].iter()
    }
}

/// Returns the bit with the value 2^`place`; zero behind the factor's last.
fn bit(factor: &[u8], place: usize) -> i16 {
    let byte = factor.iter().rev().nth(place / 8).copied();
    i16::from(byte.unwrap_or_default() >> (place % 8) & 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(factor: &[u8], window: usize) {
        let digits = SignedDigits::new(factor, window);
        // Adds the digits to the factor's complement, bit by bit: the sum is zero.
        let mut carry = 1;
        for (place, digit) in digits.iter().enumerate() {
            let sum = carry + (1 - bit(factor, place)) + digit;
            assert_eq!(sum & 1, 0, "{place}");
            carry = sum >> 1;
            if *digit != 0 {
                assert_eq!(digit & 1, 1);
                assert!(digit.abs() < 1 << (window - 1));
                let neighbours = digits.iter().skip(place + 1).take(window - 1);
                assert!(neighbours.clone().all(|neighbour| *neighbour == 0));
            }
        }
        assert_eq!(carry, 1);
    }

    #[test]
    fn digits_add_up_to_the_factor() {
        for byte in 0..=255 {
            for place in [0, 1, 2, 23, 30, 31, 46, 47, 64, 65] {
                for others in [0, 0x55, 0xaa, 0xff] {
                    for length in [32, 48, 66] {
                        let mut factor = [others; 66];
                        factor[place] = byte;
                        check(&factor[..length], 5);
                        check(&factor[..length], 7);
                    }
                }
            }
        }
    }
}
