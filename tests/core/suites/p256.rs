//! Signatures with P-256 are verified by `crrl`, which is fast, and not by `p256`, which is the crate
//! of everything else here. Both must say the same about every signature, also about those that are
//! made to be difficult. `PROPTEST_CASES` says how many are tried.

use crrl::p256::PublicKey;
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::elliptic_curve::ff::{Field as _, PrimeField as _};
use p256::elliptic_curve::ops::Reduce;
use p256::elliptic_curve::point::AffineCoordinates as _;
use p256::elliptic_curve::sec1::ToSec1Point as _;
use p256::{AffinePoint, FieldBytes, ProjectivePoint, Scalar};
use proptest::prelude::*;

/// A key, a digest, and the two numbers of a signature
#[derive(Debug, Clone)]
struct Question {
    key: ProjectivePoint,
    digest: [u8; 32],
    r: [u8; 32],
    s: [u8; 32],
}

impl Question {
    /// A signature that is valid without anybody having signed: of u₁ and u₂ follow r, s and the digest.
    fn of(key: Scalar, u1: Scalar, u2: Scalar) -> Option<Self> {
        let key = ProjectivePoint::GENERATOR * key;
        let point = AffinePoint::from(ProjectivePoint::GENERATOR * u1 + key * u2);
        let r = <Scalar as Reduce<FieldBytes>>::reduce(&point.x());
        let s = r * Option::<Scalar>::from(u2.invert())?;
        let is_usable = !bool::from(r.is_zero()) && !bool::from(s.is_zero());
        is_usable.then(|| Self {
            key,
            digest: (u1 * s).to_bytes().into(),
            r: r.to_bytes().into(),
            s: s.to_bytes().into(),
        })
    }

    fn by_p256(&self) -> bool {
        let key = VerifyingKey::from_affine(self.key.into()).unwrap();
        Signature::from_scalars(self.r, self.s)
            .is_ok_and(|signature| key.verify_prehash(&self.digest, &signature).is_ok())
    }

    fn by_crrl(&self) -> bool {
        let key = AffinePoint::from(self.key).to_sec1_point(false);
        let key = PublicKey::decode(key.as_bytes()).unwrap();
        key.verify_hash(&[self.r, self.s].concat(), &self.digest)
    }

    /// What both say.
    fn answer(&self) -> bool {
        let (p256, crrl) = (self.by_p256(), self.by_crrl());
        assert_eq!(p256, crrl, "{self:?}");
        crrl
    }
}

/// Small, large, sparse and random numbers
fn scalar() -> impl Strategy<Value = Scalar> {
    let small = (1_u64..40).prop_map(Scalar::from);
    let power = (0_u32..256).prop_map(|bit| (0..bit).fold(Scalar::ONE, |power, _| power + power));
    let random = any::<[u8; 32]>().prop_map(|bytes| Scalar::reduce(&FieldBytes::from(bytes)));
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
        key in scalar(), u1 in scalar(), u2 in scalar(), place in 0_usize..96, bit in 0_u8..8,
    ) {
        if let Some(mut question) = Question::of(key, u1, u2) {
            let Question { digest, r, s, .. } = &mut question;
            let part = [digest, r, s].into_iter().nth(place / 32).unwrap();
            part[place % 32] ^= 1 << bit;
            question.answer();
        }
    }

    /// Numbers that no signature has: zero, the order of the group, and above.
    #[test]
    fn both_refuse_numbers_out_of_range(
        key in scalar(), r in any::<[u8; 32]>(), s in any::<[u8; 32]>(),
        edges in (0_usize..6, 0_usize..6), digest in any::<[u8; 32]>(),
    ) {
        let order: [u8; 32] = {
            let mut bytes: [u8; 32] = (-Scalar::ONE).to_bytes().into();
            bytes[31] += 1;
            bytes
        };
        let mut above = order;
        above[31] += 1;
        let edge = |number: [u8; 32], place| {
            let choices = [[0; 32], order, above, [255; 32], Scalar::ONE.to_bytes().into(), number];
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
        let mut x = <[u8; 32]>::try_from(hex(order)).unwrap();
        let low = u64::from_be_bytes(x[24..].try_into().unwrap()).checked_add(small);
        let Some(low) = low else { continue };
        x[24..].copy_from_slice(&low.to_be_bytes());
        let Some(point) = lift(&x) else { continue };
        found += 1;
        // Q = (R - u₁G) / u₂ with u₁ = u₂ = 1: r is `small`, s is r, and the digest is r.
        let key = point - ProjectivePoint::GENERATOR;
        let number: [u8; 32] = Scalar::from(small).to_bytes().into();
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

fn hex(text: &str) -> Vec<u8> {
    let text = text.trim_start_matches("0x");
    (0..text.len() / 2)
        .map(|index| u8::from_str_radix(&text[2 * index..2 * index + 2], 16).unwrap())
        .collect()
}

/// The point with this x and an even y.
fn lift(x: &[u8; 32]) -> Option<ProjectivePoint> {
    let key = VerifyingKey::from_sec1_bytes(&[&[2], x.as_slice()].concat()).ok()?;
    Some(key.as_affine().to_owned().into())
}
