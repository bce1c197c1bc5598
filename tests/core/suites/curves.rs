//! Signatures on P-256, P-384 and P-521 are verified by arithmetic of our own, which is fast, and not by `p256`, `p384`
//! and `p521`. Both must say the same about every key and signature, also about those that are made to be difficult.
//! So must both widths of it, of which a target has one. `PROPTEST_CASES` says how many are tried.

use policy_wasm::key::{Hash, SubjectKey};
use proptest::test_runner::Config as ProptestConfig;

/// Returns the answer of both widths, which must agree.
macro_rules! both_widths {
    ($curve:ident::$function:ident($($argument:expr),+)) => {{
        let narrow = policy_curves::narrow::$curve::$function($($argument),+);
        let wide = policy_curves::wide::$curve::$function($($argument),+);
        assert_eq!(narrow, wide, "{}", stringify!($curve::$function));
        narrow
    }};
}

macro_rules! both_say_the_same {
    ($curve:ident, $length:literal, $hash:ident, $prime:literal) => {
        use $curve::ecdsa::signature::hazmat::PrehashVerifier as _;
        use $curve::ecdsa::{Signature, VerifyingKey};
        use $curve::elliptic_curve::ff::PrimeField as _;
        use $curve::elliptic_curve::ops::Reduce;
        use $curve::elliptic_curve::point::AffineCoordinates as _;
        use $curve::pkcs8::EncodePublicKey as _;
        use $curve::{AffinePoint, FieldBytes, ProjectivePoint, Scalar};
        use policy_wasm::key::Hash;
        use proptest::prelude::*;

        /// Bytes of a number
        const LENGTH: usize = $length;
        /// Bytes by which a number is longer than digests
        const UNUSED: usize = LENGTH - Hash::$hash.digest_len();

        /// A key, a digest, and the two numbers of a signature
        #[derive(Debug, Clone)]
        struct Question {
            key: ProjectivePoint,
            digest: [u8; LENGTH],
            r: [u8; LENGTH],
            s: [u8; LENGTH],
        }

        impl Question {
            /// A signature that is valid without anybody having signed: of u₁ and u₂ follow r, s and the digest.
            fn of(key: Scalar, u1: Scalar, u2: Scalar) -> Option<Self> {
                let key = ProjectivePoint::GENERATOR * key;
                let point = AffinePoint::from(ProjectivePoint::GENERATOR * u1 + key * u2);
                let r = <Scalar as Reduce<FieldBytes>>::reduce(&point.x());
                let s = r * Option::<Scalar>::from(u2.invert())?;
                let is_usable = r != Scalar::ZERO && s != Scalar::ZERO;
                is_usable.then(|| Self {
                    key,
                    digest: (u1 * s).to_bytes().into(),
                    r: r.to_bytes().into(),
                    s: s.to_bytes().into(),
                })
            }

            fn by_reference(&self) -> bool {
                let key = VerifyingKey::from_affine(self.key.into()).unwrap();
                Signature::from_scalars(self.r, self.s)
                    .is_ok_and(|signature| key.verify_prehash(&self.digest, &signature).is_ok())
            }

            /// The whole of the policy; `None` for a digest that is longer than any hash
            fn by_policy(&self) -> Option<bool> {
                let (rest, digest) = self.digest.split_at(UNUSED);
                let key = VerifyingKey::from_affine(self.key.into()).unwrap();
                let key = key.to_public_key_der().unwrap();
                let is_hash = rest.iter().all(|byte| *byte == 0);
                is_hash.then(|| super::by_policy(key.as_bytes(), Hash::$hash, digest, &self.r, &self.s))
            }

            /// Only the sum of the two points; `None` for numbers that no signature has
            fn by_sum(&self) -> Option<bool> {
                let (r, s) = Signature::from_scalars(self.r, self.s).ok()?.split_scalars();
                let inverse = Option::<Scalar>::from(s.invert())?;
                let digest = <Scalar as Reduce<FieldBytes>>::reduce(&self.digest.into());
                Some(has_x(digest * inverse, *r * inverse, self.key, &self.r))
            }

            /// Quotients and the sum of the two points
            fn by_arithmetic(&self) -> bool {
                let key = AffinePoint::from(self.key);
                let q: [[u8; LENGTH]; 2] = [key.x().into(), key.y().into()];
                both_widths!($curve::is_valid(&self.digest, [&self.r, &self.s], [&q[0], &q[1]]))
            }

            /// Returns the answer of all four, which must agree.
            fn answer(&self) -> bool {
                let reference = self.by_reference();
                assert_eq!(self.by_arithmetic(), reference, "{self:?}");
                assert_eq!(self.by_policy().unwrap_or(reference), reference, "{self:?}");
                assert_eq!(self.by_sum().unwrap_or(reference), reference, "{self:?}");
                reference
            }
        }

        fn has_x(u1: Scalar, u2: Scalar, key: ProjectivePoint, r: &[u8; LENGTH]) -> bool {
            let key = AffinePoint::from(key);
            let q = [key.x().into(), key.y().into()];
            both_widths!($curve::sum_has_x(&u1.to_bytes().into(), &u2.to_bytes().into(), [&q[0], &q[1]], r))
        }

        /// Small, large, sparse and random numbers
        fn scalar() -> impl Strategy<Value = Scalar> {
            let small = (1_u64..40).prop_map(Scalar::from);
            let power = (0_u32..LENGTH as u32 * 8).prop_map(|bit| (0..bit).fold(Scalar::ONE, |power, _| power + power));
            let random = any::<[u8; LENGTH]>().prop_map(|bytes| Scalar::reduce(&FieldBytes::from(bytes)));
            let positive = prop_oneof![2 => small, 2 => power, 3 => random];
            (positive, any::<bool>()).prop_map(|(scalar, negative)| if negative { -scalar } else { scalar })
        }

        proptest! {
            #![proptest_config(super::config())]

            #[test]
            fn what_is_valid_by_construction_is_valid_for_both(
                key in scalar(), u1 in scalar(), u2 in scalar(),
            ) {
                if let Some(question) = Question::of(key, u1, u2) {
                    prop_assert!(question.answer());
                }
            }

            /// u₁G and u₂Q are one point, or opposite ones: their sum is a doubling, or nothing at all.
            #[test]
            fn sums_of_one_point_with_itself_are_no_exception(
                key in scalar(), u2 in scalar(), negate in any::<bool>(),
            ) {
                let u1 = if negate { -(key * u2) } else { key * u2 };
                if let Some(question) = Question::of(key, u1, u2) {
                    prop_assert!(question.answer());
                }
                // With opposite points the sum has no coordinates, and no signature can be valid.
                let question = Question {
                    key: ProjectivePoint::GENERATOR * key,
                    digest: (-(key * u2)).to_bytes().into(),
                    r: (u2).to_bytes().into(),
                    s: Scalar::ONE.to_bytes().into(),
                };
                question.answer();
            }

            #[test]
            fn both_refuse_what_was_changed(
                key in scalar(), u1 in scalar(), u2 in scalar(), place in 0_usize..3 * LENGTH, bit in 0_u8..8,
            ) {
                if let Some(mut question) = Question::of(key, u1, u2) {
                    let Question { digest, r, s, .. } = &mut question;
                    // A digest stays within the bits of the order.
                    let place = place.max(UNUSED);
                    let part = [digest, r, s].into_iter().nth(place / LENGTH).unwrap();
                    part[place % LENGTH] ^= 1 << bit;
                    question.answer();
                }
            }

            /// Numbers that no signature has: zero, the order of the group, and above.
            #[test]
            fn both_refuse_numbers_out_of_range(
                key in scalar(), r in any::<[u8; LENGTH]>(), s in any::<[u8; LENGTH]>(),
                edges in (0_usize..6, 0_usize..6), mut digest in any::<[u8; LENGTH]>(),
            ) {
                digest[..UNUSED].fill(0);
                let order: [u8; LENGTH] = {
                    let mut bytes: [u8; LENGTH] = (-Scalar::ONE).to_bytes().into();
                    bytes[LENGTH - 1] += 1;
                    bytes
                };
                let mut above = order;
                above[LENGTH - 1] += 1;
                let edge = |number: [u8; LENGTH], place| {
                    let choices = [[0; LENGTH], order, above, [255; LENGTH], Scalar::ONE.to_bytes().into(), number];
                    choices[place]
                };
                let question = Question {
                    key: ProjectivePoint::GENERATOR * key,
                    digest,
                    r: edge(r, edges.0),
                    s: edge(s, edges.1),
                };
                prop_assert!(!question.answer());
            }

            /// Of a digest that is longer than the order of the curve, the leftmost bits count; a shorter one counts whole.
            #[test]
            fn digests_of_every_hash_are_signed(
                key in scalar(), nonce in scalar(), digest in any::<[u8; 64]>(), hash in 0_usize..3,
            ) {
                let hash = [Hash::Sha256, Hash::Sha384, Hash::Sha512][hash];
                let digest = &digest[..hash.digest_len()];
                let leftmost = &digest[..digest.len().min(LENGTH)];
                let Some((public, signature)) = signed(key, nonce, leftmost) else { return Ok(()) };
                prop_assert!(public.verify_prehash(digest, &signature).is_ok());
                let (r, s) = signature.split_scalars();
                let public = public.to_public_key_der().unwrap();
                let verify = |digest: &[u8]| {
                    super::by_policy(public.as_bytes(), hash, digest, &r.to_bytes(), &s.to_bytes())
                };
                prop_assert!(verify(digest));
                let mut other = digest.to_vec();
                other[leftmost.len() - 1] ^= 1;
                prop_assert!(!verify(&other));
            }
        }

        proptest! {
            #![proptest_config(super::config())]

            /// Coordinates of a point, changed, exchanged or negated.
            #[test]
            fn both_know_the_points_of_the_curve(
                key in scalar(), change in 0_u8..6, place in 0..2 * LENGTH, bit in 0_u8..8,
            ) {
                let point = AffinePoint::from(ProjectivePoint::GENERATOR * key);
                let mut point: [[u8; LENGTH]; 2] = [point.x().into(), point.y().into()];
                match change {
                    0 => {}
                    1 => point.reverse(),
                    2 => point[place % 2] = [0; LENGTH],
                    3 => point[1] = super::difference(&super::hex($prime), &point[1]).try_into().unwrap(),
                    _ => point[place / LENGTH][place % LENGTH] ^= 1 << bit,
                }
                let [x, y] = point.map(FieldBytes::from);
                let is_point = AffinePoint::from_coordinates(&x, &y).into_option().is_some();
                prop_assert_eq!(both_widths!($curve::is_on_curve([&x, &y])), is_point);
                prop_assert_eq!(is_point, change == 0 || change == 3);
                for length in [0, LENGTH - 1] {
                    prop_assert!(!both_widths!($curve::is_on_curve([&x[..length], &y])));
                    prop_assert!(!both_widths!($curve::is_on_curve([&x, &y[..length]])));
                }
            }

            /// The DER of a signature, of which a byte is another, missing or added.
            #[test]
            fn both_read_the_same_signatures(
                key in scalar(), nonce in scalar(), digest in any::<[u8; LENGTH]>(), in_header in any::<bool>(),
                place in any::<prop::sample::Index>(), byte in any::<u8>(), change in 0_u8..3,
            ) {
                let digest = &digest[UNUSED..];
                let Some((public, signature)) = signed(key, nonce, digest) else { return Ok(()) };
                let mut der = signature.to_der().as_bytes().to_vec();
                let place = place.index(if in_header { 6 } else { der.len() });
                match change {
                    0 => der[place] = byte,
                    1 => drop(der.remove(place)),
                    _ => der.insert(place, byte),
                }
                let expected = Signature::from_der(&der)
                    .is_ok_and(|signature| public.verify_prehash(digest, &signature).is_ok());
                let key = super::SubjectKey::from_der(public.to_public_key_der().unwrap().as_bytes()).unwrap();
                prop_assert_eq!(key.verify_digest(Hash::$hash, digest, &der).is_ok(), expected);
            }
        }

        /// A key and its signature of a digest.
        fn signed(key: Scalar, nonce: Scalar, digest: &[u8]) -> Option<(VerifyingKey, Signature)> {
            let mut number = [0; LENGTH];
            number[LENGTH - digest.len()..].copy_from_slice(digest);
            let z = <Scalar as Reduce<FieldBytes>>::reduce(&number.into());
            let point = AffinePoint::from(ProjectivePoint::GENERATOR * nonce);
            let r = <Scalar as Reduce<FieldBytes>>::reduce(&point.x());
            let s = (z + r * key) * Option::<Scalar>::from(nonce.invert())?;
            let public = VerifyingKey::from_affine((ProjectivePoint::GENERATOR * key).into()).ok()?;
            Some((public, Signature::from_scalars(r, s).ok()?))
        }

        /// A coordinate that is not less than the prime is none, although its remainder is.
        #[test]
        fn coordinates_are_less_than_the_prime() {
            let (prime, mut found) = (super::hex($prime), 0);
            for small in 1_u8..100 {
                let mut x = [0; LENGTH];
                x[LENGTH - 1] = small;
                let Some(point) = lift(&x) else { continue };
                found += 1;
                let y: [u8; LENGTH] = AffinePoint::from(point).y().into();
                let is_on_curve = |q: [&[u8]; 2]| both_widths!($curve::is_on_curve(q));
                assert!(is_on_curve([&x, &y]));
                // p + x is p − (−x), modulo the power of two behind it.
                let negative = super::difference(&[0; LENGTH], &x);
                let above = super::difference(&prime, &negative);
                assert!(!is_on_curve([&above, &y]), "{small}");
            }
            assert!(found > 20);
        }

        /// Small multiples of small keys: every sum is zero, a doubling, or met on the way to another.
        #[test]
        fn sums_of_small_multiples_are_no_exception() {
            let multiples: Vec<_> = (0..600).scan(ProjectivePoint::IDENTITY, |multiple, _| {
                let point = *multiple;
                *multiple += ProjectivePoint::GENERATOR;
                Some(point)
            }).collect();
            for key in [-15_i64, -7, -3, -2, -1, 1, 2, 3, 4, 5, 13] {
                let point = multiples[key.unsigned_abs() as usize];
                let q = if key < 0 { -point } else { point };
                for u1 in 0..66 {
                    for u2 in 0..34 {
                        let sum = u1 + key * u2;
                        let x: [u8; LENGTH] = AffinePoint::from(multiples[sum.unsigned_abs() as usize]).x().into();
                        let number = |number: i64| Scalar::from(number.unsigned_abs());
                        assert_eq!(has_x(number(u1), number(u2), q, &x), sum != 0, "{u1} + {key} · {u2}");
                    }
                }
            }
        }

        /// The x of u₁G + u₂Q may be the order of the group or more; it is r plus the order then.
        #[test]
        fn an_x_above_the_order_counts_as_its_remainder() {
            // 5 + the order of the group is the x of a point: found by trying.
            let (mut found, order) = (0, Scalar::MODULUS);
            for small in 1_u64..200 {
                let order = super::hex(order);
                let mut x = <[u8; LENGTH]>::try_from(&order[order.len() - LENGTH..]).unwrap();
                let low = u64::from_be_bytes(x[LENGTH - 8..].try_into().unwrap()).checked_add(small);
                let Some(low) = low else { continue };
                x[LENGTH - 8..].copy_from_slice(&low.to_be_bytes());
                let Some(point) = lift(&x) else { continue };
                found += 1;
                // Q = (R - u₁G) / u₂ with u₁ = u₂ = 1: r is `small`, s is r, and the digest is r.
                let key = point - ProjectivePoint::GENERATOR;
                let number: [u8; LENGTH] = Scalar::from(small).to_bytes().into();
                let question = Question {
                    key,
                    digest: number,
                    r: number,
                    s: number,
                };
                assert!(question.answer(), "{small}");
            }
            assert!(found > 50);
        }

        /// A number that is p or more when the order is added is no x-coordinate.
        #[test]
        fn an_x_above_the_prime_does_not_count_as_its_remainder() {
            let (prime, order) = (super::hex($prime), super::hex(Scalar::MODULUS));
            let difference: [u8; LENGTH] = super::difference(&prime, &order[order.len() - LENGTH..]).try_into().unwrap();
            let mut found = 0;
            for small in 1_u8..100 {
                let mut x = [0; LENGTH];
                x[LENGTH - 1] = small;
                let Some(point) = lift(&x) else { continue };
                found += 1;
                let (one, key) = (Scalar::ONE, point - ProjectivePoint::GENERATOR);
                assert!(has_x(one, one, key, &x));
                // It is less than the order.
                let r = <Scalar as Reduce<FieldBytes>>::reduce(&difference.into()) + Scalar::from(u64::from(small));
                assert!(!has_x(one, one, key, &r.to_bytes().into()), "{small}");
            }
            assert!(found > 20);
        }

        /// The point with this x and an even y.
        fn lift(x: &[u8; LENGTH]) -> Option<ProjectivePoint> {
            let key = VerifyingKey::from_sec1_bytes(&[&[2], x.as_slice()].concat()).ok()?;
            Some(key.as_affine().to_owned().into())
        }
    };
}

mod p256 {
    both_say_the_same!(
        p256,
        32,
        Sha256,
        "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"
    );
}

mod p384 {
    both_say_the_same!(
        p384,
        48,
        Sha384,
        "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff"
    );
}

mod p521 {
    both_say_the_same!(
        p521,
        66,
        Sha512,
        "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
    );
}

fn by_policy(key: &[u8], hash: Hash, digest: &[u8], r: &[u8], s: &[u8]) -> bool {
    let key = SubjectKey::from_der(key).unwrap();
    let numbers = [integer(r), integer(s)].concat();
    let signature = [vec![0x30], length(numbers.len()), numbers].concat();
    key.verify_digest(hash, digest, &signature).is_ok()
}

/// A number as an INTEGER in DER
fn integer(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let mut content = number[zeros..].to_vec();
    if content.first().is_none_or(|first| first & 0x80 != 0) {
        content.insert(0, 0);
    }
    [vec![2], length(content.len()), content].concat()
}

/// A length in DER
fn length(length: usize) -> Vec<u8> {
    let length = u8::try_from(length).unwrap();
    if length < 0x80 {
        vec![length]
    } else {
        vec![0x81, length]
    }
}

/// The difference of two big-endian numbers
fn difference(number: &[u8], other: &[u8]) -> Vec<u8> {
    let mut difference = number.to_vec();
    let mut borrow = false;
    for (byte, other) in difference.iter_mut().zip(other).rev() {
        let (less, first) = byte.overflowing_sub(*other);
        let (less, second) = less.overflowing_sub(u8::from(borrow));
        (*byte, borrow) = (less, first || second);
    }
    difference
}

fn hex(text: &str) -> Vec<u8> {
    let text = text.trim_start_matches("0x");
    (0..text.len() / 2)
        .map(|index| u8::from_str_radix(&text[2 * index..2 * index + 2], 16).unwrap())
        .collect()
}

/// A quarter of the usual number of cases, which take 40 s; `PROPTEST_CASES` runs more.
fn config() -> ProptestConfig {
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => ProptestConfig::default(),
        None => ProptestConfig::with_cases(64),
    }
}
