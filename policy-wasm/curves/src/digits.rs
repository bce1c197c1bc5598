//! Signed digits of factors.

use core::slice::Iter;

/// A factor as a sum of digits times powers of two. Each digit is zero or odd, its absolute value is less than
/// 2^(window − 1), and of as many neighbours as the window is wide at most one is not zero (width-w NAF).
pub(crate) struct SignedDigits<const COUNT: usize>([i8; COUNT]);

impl<const COUNT: usize> SignedDigits<COUNT> {
    /// COUNT is the number of bits in the factor's bytes, and one more for the carry of the last digit.
    pub(crate) fn new(factor: &[u8], window: usize) -> Self {
        let mut digits = [0; COUNT];
        fill(&mut digits, factor, window);
        Self(digits)
    }

    /// The least significant digit comes first.
    pub(crate) fn iter(&self) -> Iter<'_, i8> {
        self.0.iter()
    }
}

/// Replaces zeros by the digits of a factor.
#[inline(never)]
fn fill(digits: &mut [i8], factor: &[u8], window: usize) {
    let mut carry = 0;
    let mut at = 0;
    while at < digits.len() {
        let bits = bits(factor, at);
        if bits & 1 == carry {
            at += 1;
            continue;
        }
        let digit = carry + (bits & ((1 << window) - 1));
        carry = digit >> (window - 1);
        let [digit, _] = (digit - (carry << window)).to_le_bytes();
        digits[at] = digit.cast_signed();
        at += window;
    }
}

/// Returns the bits from that with the value 2^`place` on, at least eight of them; zero behind the factor's last.
fn bits(factor: &[u8], place: usize) -> i16 {
    let byte = |index| factor.iter().rev().nth(index).copied().unwrap_or_default();
    let [low, high] = [byte(place / 8), byte(place / 8 + 1)];
    // The highest bit is not one of the eight.
    i16::from_le_bytes([low, high & 0x7f]) >> (place % 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<const COUNT: usize>(factor: &[u8], window: usize) {
        let digits = SignedDigits::<COUNT>::new(factor, window);
        // Adds the digits to the factor's complement, bit by bit: the sum is zero.
        let mut carry = 1;
        for (place, digit) in digits.iter().enumerate() {
            let sum = carry + (1 - (bits(factor, place) & 1)) + i16::from(*digit);
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
                    let mut factor = [others; 66];
                    factor[place] = byte;
                    for window in [5, 7] {
                        check::<257>(&factor[..32], window);
                        check::<385>(&factor[..48], window);
                        check::<529>(&factor, window);
                    }
                }
            }
        }
    }
}
