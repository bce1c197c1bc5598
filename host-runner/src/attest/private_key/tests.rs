use super::*;

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
