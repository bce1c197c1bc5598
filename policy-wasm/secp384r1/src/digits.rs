//! Signed digits of factors.

use crate::Bytes;

/// Bits of a factor, and one more for the carry of the last digit
pub(crate) const DIGITS: usize = 385;

/// Returns a factor as a sum of digits times powers of two, the least significant first. Each digit is zero or odd, its
/// absolute value is less than 2^(WINDOW − 1), and of WINDOW neighbours at most one is not zero (width-w NAF).
pub(crate) fn signed_digits<const WINDOW: usize>(factor: &Bytes) -> [i16; DIGITS] {
    let mut digits = [0; DIGITS];
    let mut carry = 0;
    let mut at = 0;
    while at < DIGITS {
        if bit(factor, at) == carry {
            at += 1;
            continue;
        }
        let mut digit = carry;
        for place in 0..WINDOW {
            digit += bit(factor, at + place) << place;
        }
        carry = digit >> (WINDOW - 1);
        digits[at] = digit - (carry << WINDOW);
        at += WINDOW;
    }
    digits
}

/// Returns the bit with the value 2^`place`; zero behind the factor's last.
fn bit(factor: &Bytes, place: usize) -> i16 {
    let byte = factor.iter().rev().nth(place / 8).copied();
    i16::from(byte.unwrap_or_default() >> (place % 8) & 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<const WINDOW: usize>(factor: Bytes) {
        let digits = signed_digits::<WINDOW>(&factor);
        // Adds the digits to the factor's complement, bit by bit: the sum is zero.
        let mut carry = 1;
        for (place, digit) in digits.iter().enumerate() {
            let sum = carry + (1 - bit(&factor, place)) + digit;
            assert_eq!(sum & 1, 0, "{place}");
            carry = sum >> 1;
            if *digit != 0 {
                assert_eq!(digit & 1, 1);
                assert!(digit.abs() < 1 << (WINDOW - 1));
                let neighbours = digits.iter().skip(place + 1).take(WINDOW - 1);
                assert!(neighbours.clone().all(|neighbour| *neighbour == 0));
            }
        }
        assert_eq!(carry, 1);
    }

    #[test]
    fn digits_add_up_to_the_factor() {
        for byte in 0..=255 {
            for place in [0, 1, 2, 23, 46, 47] {
                for others in [0, 0x55, 0xaa, 0xff] {
                    let mut factor = [others; 48];
                    factor[place] = byte;
                    check::<5>(factor);
                    check::<7>(factor);
                }
            }
        }
    }
}
