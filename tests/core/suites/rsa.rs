//! RSA signatures are verified with arithmetic of our own. Both of its widths, of which a target has one, must say the
//! same as `crypto-bigint` about numbers of any length. `PROPTEST_CASES` says how many are tried.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};
use proptest::collection::vec;
use proptest::prelude::*;

fn by_reference(base: &[u8], exponent: &[u8], modulus: &[u8]) -> Vec<u8> {
    let precision = 8 * modulus.len().next_multiple_of(8) as u32;
    let number = |bytes: &[u8]| BoxedUint::from_be_slice(bytes, precision).unwrap();
    let params = BoxedMontyParams::new(Odd::new(number(modulus)).unwrap());
    let base = BoxedMontyForm::new(number(base), &params);
    let power = base.pow(&BoxedUint::from_be_slice_vartime(exponent));
    let bytes = power.retrieve().to_be_bytes();
    bytes[bytes.len() - modulus.len()..].to_vec()
}

/// Random bytes, and bytes that carry far
fn bytes(length: usize) -> impl Strategy<Value = Vec<u8>> {
    let sparse = prop_oneof![8 => Just(0), 8 => Just(255), 1 => any::<u8>()];
    prop_oneof![vec(any::<u8>(), length), vec(sparse, length)]
}

fn modulus() -> impl Strategy<Value = Vec<u8>> {
    let length = prop_oneof![1 => 2..100_usize, 1 => Just(256), 1 => 257..=512_usize];
    let modulus = length.prop_flat_map(bytes);
    modulus.prop_map(|mut modulus| {
        modulus[0] = modulus[0].max(1);
        *modulus.last_mut().unwrap() |= 1;
        modulus
    })
}

proptest! {
    #[test]
    fn both_widths_raise_to_powers_like_crypto_bigint(
        (modulus, mut base) in modulus().prop_flat_map(|modulus| {
            let base = bytes(modulus.len());
            (Just(modulus), base)
        }),
        exponent in bytes(4),
        is_greatest in any::<bool>(),
    ) {
        if is_greatest || base >= modulus {
            base.clone_from(&modulus);
            *base.last_mut().unwrap() -= 1;
        }
        let expected = exponent.iter().any(|byte| *byte != 0).then(|| by_reference(&base, &exponent, &modulus));
        prop_assert_eq!(&policy_rsa::narrow::power(&base, &exponent, &modulus), &expected);
        prop_assert_eq!(&policy_rsa::wide::power(&base, &exponent, &modulus), &expected);
    }
}
