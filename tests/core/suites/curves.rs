//! Signatures with P-256 are verified by `crrl`, and those with P-384 by arithmetic of our own, which is
//! fast, and not by `p256` and `p384`, which have everything else here. Both must say the same about every
//! signature, also about those that are made to be difficult. `PROPTEST_CASES` says how many are tried.

use ::p384::pkcs8::EncodePublicKey as _;
use policy_wasm::key::{Hash, SubjectKey};

macro_rules! both_say_the_same {
    ($curve:ident, $length:literal, $fast:path) => {
        use $curve::ecdsa::signature::hazmat::PrehashVerifier as _;
        use $curve::ecdsa::{Signature, VerifyingKey};
        use $curve::elliptic_curve::ff::PrimeField as _;
        use $curve::elliptic_curve::ops::Reduce;
        use $curve::elliptic_curve::point::AffineCoordinates as _;
        use $curve::{AffinePoint, FieldBytes, ProjectivePoint, Scalar};
        use proptest::prelude::*;

        /// Bytes of a number
        const LENGTH: usize = $length;

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

            fn by_fast(&self) -> bool {
                let key = VerifyingKey::from_affine(self.key.into()).unwrap();
                $fast(&key, &self.digest, &self.r, &self.s)
            }

            /// What both say.
            fn answer(&self) -> bool {
                let (reference, fast) = (self.by_reference(), self.by_fast());
                assert_eq!(reference, fast, "{self:?}");
                fast
            }
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
                    let part = [digest, r, s].into_iter().nth(place / LENGTH).unwrap();
                    part[place % LENGTH] ^= 1 << bit;
                    question.answer();
                }
            }

            /// Numbers that no signature has: zero, the order of the group, and above.
            #[test]
            fn both_refuse_numbers_out_of_range(
                key in scalar(), r in any::<[u8; LENGTH]>(), s in any::<[u8; LENGTH]>(),
                edges in (0_usize..6, 0_usize..6), digest in any::<[u8; LENGTH]>(),
            ) {
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
        }

        /// The x of u₁G + u₂Q may be the order of the group or more; it is r plus the order then.
        #[test]
        fn an_x_above_the_order_counts_as_its_remainder() {
            // 5 + the order of the group is the x of a point: found by trying.
            let (mut found, order) = (0, Scalar::MODULUS);
            for small in 1_u64..200 {
                let mut x = <[u8; LENGTH]>::try_from(super::hex(order)).unwrap();
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

        /// The point with this x and an even y.
        fn lift(x: &[u8; LENGTH]) -> Option<ProjectivePoint> {
            let key = VerifyingKey::from_sec1_bytes(&[&[2], x.as_slice()].concat()).ok()?;
            Some(key.as_affine().to_owned().into())
        }
    };
}

mod p256 {
    both_say_the_same!(p256, 32, super::by_crrl);
}

mod p384 {
    both_say_the_same!(p384, 48, super::by_policy);
}

fn by_crrl(key: &::p256::ecdsa::VerifyingKey, digest: &[u8], r: &[u8], s: &[u8]) -> bool {
    let key = crrl::p256::PublicKey::decode(key.to_sec1_point(false).as_bytes()).unwrap();
    key.verify_hash(&[r, s].concat(), digest)
}

fn by_policy(key: &::p384::ecdsa::VerifyingKey, digest: &[u8], r: &[u8], s: &[u8]) -> bool {
    let key = key.to_public_key_der().unwrap();
    let key = SubjectKey::from_der(key.as_bytes()).unwrap();
    let numbers = [integer(r), integer(s)].concat();
    let signature = [&[0x30, u8::try_from(numbers.len()).unwrap()], &*numbers].concat();
    key.verify_digest(Hash::Sha384, digest, &signature).is_ok()
}

/// A number as an INTEGER in DER
fn integer(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let mut content = number[zeros..].to_vec();
    if content.first().is_none_or(|first| first & 0x80 != 0) {
        content.insert(0, 0);
    }
    [&[2, u8::try_from(content.len()).unwrap()], &*content].concat()
}

fn hex(text: &str) -> Vec<u8> {
    let text = text.trim_start_matches("0x");
    (0..text.len() / 2)
        .map(|index| u8::from_str_radix(&text[2 * index..2 * index + 2], 16).unwrap())
        .collect()
}
