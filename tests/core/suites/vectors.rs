//! Signature algorithms against vectors with known answers, through the path that an attestor's key
//! takes: PEM, declared algorithm, signature.

mod gnupg;
mod keys;
mod openssl;
mod wycheproof;

use core_tests::known_answers::{self, P256_PAE};
use policy_wasm::key::{KeyError, PublicKey};

/// Bits of a signature or a message that are changed, one at a time
const SAMPLES: usize = 200;

#[test]
fn every_known_answer_verifies_and_no_changed_one_does() {
    let message = known_answers::message().into_bytes();
    for answer in known_answers::ALL {
        let (key, signature) = (answer.key(), answer.signature());
        let name = answer.name;
        assert_eq!(key.verify(&message, &signature), Ok(()), "{name}");
        for changed in changed(&message) {
            assert!(key.verify(&changed, &signature).is_err(), "{name}");
        }
        for changed in changed(&signature) {
            assert!(key.verify(&message, &changed).is_err(), "{name}");
        }
    }
}

/// The bytes with one bit flipped, one bit after the other, and cut, and longer.
fn changed(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let bits = bytes.len() * 8;
    let flipped = (0..bits).step_by(bits.div_ceil(SAMPLES)).map(|bit| {
        let mut changed = bytes.to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        changed
    });
    flipped.chain([
        vec![],
        bytes[1..].to_vec(),
        bytes[..bytes.len() - 1].to_vec(),
        [bytes, &[0]].concat(),
        [&[0], bytes].concat(),
    ])
}

#[test]
fn key_ids_are_the_known_ones() {
    for (name, id) in [
        (
            "ecdsa-p256",
            "ni:///sha-256;-s4EtaWMt8Sdp_j2Tr-PMVhDMwGSETtuAs8_KNxctao",
        ),
        (
            "rsa-2048-pkcs1",
            "ni:///sha-256;lymMGiEvjOY35RSjtXvkJnpW_kyFpyt5hD18qIrCnWQ",
        ),
    ] {
        assert_eq!(known_answers::named(name).key().id(), id);
    }
}

#[test]
fn a_signature_over_the_pre_authentication_encoding_covers_exactly_that() {
    let message = known_answers::message();
    let encoding = format!(
        "DSSEv1 48 application/vnd.dev.cosign.simplesigning.v1+json {} {message}",
        message.len()
    );
    let (key, signature) = (P256_PAE.key(), P256_PAE.signature());
    assert_eq!(key.verify(encoding.as_bytes(), &signature), Ok(()));
    assert!(key.verify(message.as_bytes(), &signature).is_err());
}

/// One signature would satisfy two attestors that share a key, whatever each calls it.
#[test]
fn a_key_is_the_same_under_every_algorithm_that_fits_it_and_no_other_is() {
    for one in known_answers::ALL {
        for other in known_answers::ALL {
            assert_eq!(
                one.key().is_same_key(&other.key()),
                one.pem == other.pem,
                "{} and {}",
                one.name,
                other.name
            );
        }
    }
}

#[test]
fn x22_a_key_is_refused_under_every_algorithm_that_does_not_fit_it() {
    for key in known_answers::ALL {
        for declared in known_answers::ALL {
            let fits = known_answers::ALL
                .iter()
                .any(|known| known.pem == key.pem && known.algorithm == declared.algorithm);
            let expected = if fits {
                Ok(())
            } else {
                Err(KeyError::AlgorithmMismatch(declared.algorithm))
            };
            let loaded = PublicKey::from_pem(key.pem, declared.algorithm, "");
            assert_eq!(
                loaded.map(drop),
                expected,
                "{} as {}",
                key.name,
                declared.algorithm.name()
            );
        }
    }
}
