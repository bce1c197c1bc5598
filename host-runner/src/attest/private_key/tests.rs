use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::attest::key_file::KeyFile;

mod openssl;

/// Every family; of RSA the smallest size, since larger keys take long to find.
const ALGORITHMS: [Algorithm; 7] = [
    Algorithm::EcdsaP256Sha256,
    Algorithm::EcdsaP384Sha384,
    Algorithm::EcdsaP521Sha512,
    Algorithm::Ed25519,
    Algorithm::MlDsa65,
    Algorithm::RsaPss2048Sha256,
    Algorithm::RsaPkcs12048Sha256,
];

#[test]
fn what_a_new_key_signs_its_public_half_verifies() {
    for algorithm in ALGORITHMS {
        let key = PrivateKey::generate(algorithm).unwrap();
        let signature = key.sign(b"message").unwrap();
        key.public().verify(b"message", &signature).unwrap();
        assert!(key.public().verify(b"massage", &signature).is_err());
        assert!(key.public().id().starts_with("ni:///sha-256;"));
    }
}

#[test]
fn a_key_that_was_written_is_read_again_with_and_without_a_passphrase() {
    for algorithm in ALGORITHMS {
        let key = PrivateKey::generate(algorithm).unwrap();
        let plain = key.encode(None).unwrap();
        let again = PrivateKey::from_pkcs8(plain.as_bytes(), Some(algorithm)).unwrap();
        assert_eq!(again.public_pem(), key.public_pem());
        let locked = key.encode(Some("open sesame")).unwrap();
        let opened = decrypt(locked.as_bytes(), "open sesame").unwrap();
        let again = PrivateKey::from_pkcs8(opened.as_bytes(), Some(algorithm));
        assert_eq!(again.unwrap().public_pem(), key.public_pem());
        let error = decrypt(locked.as_bytes(), "open");
        assert!(matches!(error, Err(PrivateKeyError::Locked)));
    }
}

#[test]
fn an_rsa_key_signs_as_it_is_told_to_and_no_other_needs_to_be_told() {
    let rsa = PrivateKey::generate(Algorithm::RsaPss2048Sha256).unwrap();
    let der = rsa.encode(None).unwrap();
    let error = PrivateKey::from_pkcs8(der.as_bytes(), None).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("RSA_PSS_2048_SHA256 or RSA_SIGN_PKCS1_2048_SHA256")
    );
    for wrong in [Algorithm::RsaPss3072Sha256, Algorithm::EcdsaP256Sha256] {
        let error = PrivateKey::from_pkcs8(der.as_bytes(), Some(wrong)).unwrap_err();
        assert!(matches!(error, PrivateKeyError::OtherAlgorithm(_)));
    }
    let curve = PrivateKey::generate(Algorithm::EcdsaP256Sha256).unwrap();
    let der = curve.encode(None).unwrap();
    let key = PrivateKey::from_pkcs8(der.as_bytes(), None).unwrap();
    assert_eq!(key.algorithm(), Algorithm::EcdsaP256Sha256);
}

#[test]
fn a_key_file_may_have_lines_of_any_one_length() {
    let key = PrivateKey::generate(Algorithm::EcdsaP384Sha384).unwrap();
    let base64 = STANDARD.encode(key.encode(None).unwrap().as_bytes());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    for length in [64, 76, base64.len()] {
        let lines: Vec<_> = base64.as_bytes().chunks(length).collect();
        for line_end in ["\n", "\r\n"] {
            let body = lines.join(line_end.as_bytes());
            let body = String::from_utf8(body).unwrap();
            let (begin, end) = ("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----");
            fs::write(&path, [begin, &body, end, ""].join(line_end)).unwrap();
            let read = KeyFile::open(&path, None).unwrap().key(None).unwrap();
            assert_eq!(read.public_pem(), key.public_pem(), "{length}");
        }
    }
}

/// Of Node 24.21 with OpenSSL 3.5.8: the seed and the expanded key
const SEED_AND_EXPANDED: &str = include_str!("tests/ml-dsa-65.pem");

#[test]
fn an_ml_dsa_key_is_read_from_each_form_that_has_its_seed() {
    let (_, der) = SecretDocument::from_pem(SEED_AND_EXPANDED).unwrap();
    let key = PrivateKey::from_pkcs8(der.as_bytes(), None).unwrap();
    assert_eq!(key.algorithm(), Algorithm::MlDsa65);
    assert_eq!(key.public_pem(), include_str!("tests/ml-dsa-65-public.pem"));
    let seed = key.encode(None).unwrap();
    assert_eq!(seed.as_bytes().len(), 54, "the seed alone is written");
    let again = PrivateKey::from_pkcs8(seed.as_bytes(), None).unwrap();
    assert_eq!(again.public_pem(), key.public_pem());
}

#[test]
fn an_ml_dsa_key_whose_seed_is_of_another_key_or_missing_is_refused() {
    let (_, der) = SecretDocument::from_pem(SEED_AND_EXPANDED).unwrap();
    let info = PrivateKeyInfoRef::try_from(der.as_bytes()).unwrap();
    let form = info.private_key.as_bytes();
    let read = |form: &[u8]| {
        let private_key = pkcs8::der::asn1::OctetStringRef::new(form).unwrap();
        let info = PrivateKeyInfoRef::new(info.algorithm, private_key);
        let der = SecretDocument::encode_msg(&info).unwrap();
        PrivateKey::from_pkcs8(der.as_bytes(), None)
    };
    assert!(read(form).is_ok());
    // A sequence of 4,074 bytes: the seed of 32 bytes behind two of its head, and the expanded key behind four.
    let (seed, expanded) = (4 + 2, form.len() - 4032);
    for place in [seed, seed + 31, expanded, form.len() - 1] {
        let mut other = form.to_vec();
        other[place] ^= 1;
        assert!(matches!(read(&other), Err(PrivateKeyError::OtherSeed)));
    }
    let seedless = &form[expanded - 4..];
    assert!(matches!(read(seedless), Err(PrivateKeyError::Seedless)));
    for damaged in [&form[..form.len() - 1], &form[seed..seed + 32], &[]] {
        assert!(matches!(read(damaged), Err(PrivateKeyError::Damaged)));
    }
}

#[test]
fn two_new_keys_differ() {
    for algorithm in ALGORITHMS {
        let [a, b] = [(); 2].map(|()| PrivateKey::generate(algorithm).unwrap());
        assert_ne!(a.public_pem(), b.public_pem(), "{}", algorithm.name());
    }
}

#[test]
fn a_key_shows_its_id_and_nothing_else() {
    let key = PrivateKey::generate(Algorithm::Ed25519).unwrap();
    assert_eq!(
        format!("{key:?}"),
        format!("PrivateKey {{ id: \"{}\", .. }}", key.public().id())
    );
}

#[test]
fn what_is_no_key_is_an_error() {
    for der in [&b""[..], b"text", &[0x30, 0x03, 0x02, 0x01, 0x00]] {
        let error = PrivateKey::from_pkcs8(der, None).unwrap_err();
        assert!(matches!(error, PrivateKeyError::Damaged), "{error}");
    }
}
