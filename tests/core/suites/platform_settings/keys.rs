//! Keys of checks and of those who are trusted with evidence.

use core_tests::platform::{policy, settings, simple_signing_of, uploader};
use core_tests::signing::TestKey;
use core_tests::validity::{assert_problems, problems};
use serde_json::json;

use super::{CHECK, check_of, check_under, trusting};

const P384: &str = include_str!("../../vectors/ecdsa-p384.pem");

#[test]
fn keys_of_checks_must_be_usable() {
    let document = || TestKey::new("a").document()["pkixPublicKey"].clone();
    let path = format!(
        "{CHECK}.simpleSigningAttestationCheck.attestationAuthenticators[0].pkixPublicKeySet.pkixPublicKeys"
    );
    for (field, value, code) in [
        ("publicKeyPem", json!("x"), "key-invalid"),
        ("publicKeyPem", json!(P384), "key-algorithm-mismatch"),
        (
            "signatureAlgorithm",
            json!("RSA_PSS_2048_SHA256"),
            "key-algorithm-mismatch",
        ),
        ("signatureAlgorithm", json!("ecdsa"), "policy-unknown-enum"),
        (
            "signatureAlgorithm",
            json!("SIGNATURE_ALGORITHM_UNSPECIFIED"),
            "policy-unknown-enum",
        ),
        ("signatureAlgorithm", json!(9), "policy-numeric-enum"),
        ("keyId", json!("urn:our-key\n"), "key-id-invalid"),
        ("keyId", json!("our-key"), "key-id-invalid"),
    ] {
        let mut key = document();
        key[field] = value;
        let settings = settings(policy(&[simple_signing_of(&[&[key]])]));
        check_under(&settings, &format!("{path}[0]"), code);
    }
    for field in ["publicKeyPem", "signatureAlgorithm"] {
        let mut key = document();
        key.as_object_mut().unwrap().remove(field);
        let settings = settings(policy(&[simple_signing_of(&[&[key]])]));
        let found = problems(settings.to_string().as_bytes());
        assert!(
            !found.is_empty() && found.iter().all(|one| one.starts_with(&path)),
            "{found:?}"
        );
    }
    let (mut one, mut other) = (
        document(),
        TestKey::new("b").document()["pkixPublicKey"].clone(),
    );
    one["keyId"] = "urn:same".into();
    other["keyId"] = "urn:same".into();
    let twice = settings(policy(&[simple_signing_of(&[&[one, other]])]));
    check_under(&twice, &format!("{path}[1]"), "key-id-duplicate");
}

#[test]
fn keys_of_cosign_are_of_one_algorithm() {
    let check = |pem: &str| {
        json!({"sigstoreSignatureCheck": {"sigstoreAuthorities": [
            {"publicKeySet": {"publicKeys": [{"publicKeyPem": pem}]}},
        ]}})
    };
    let path =
        format!("{CHECK}.sigstoreSignatureCheck.sigstoreAuthorities[0].publicKeySet.publicKeys[0]");
    let rsa = include_str!("../../../../policy-wasm/src/openpgp/vectors/rsa3072.pkix.pem");
    let good = TestKey::new("a").pem();
    check_of(check(&good), &[]);
    for (pem, code) in [
        (P384, "key-algorithm-unsupported"),
        (rsa, "key-algorithm-unsupported"),
        ("x", "key-invalid"),
        ("", "key-invalid"),
        (&format!("{good}{good}"), "key-invalid"),
    ] {
        check_under(&settings(policy(&[check(pem)])), &path, code);
    }
}

#[test]
fn keys_of_authenticators_must_be_usable() {
    let (key, other) = (TestKey::new("a"), TestKey::new("b"));
    let path = "evidence.authenticators.freshness[0].publicKeys";
    let with_pem = |pem: &str| {
        let mut authenticator = uploader(&[&key]);
        authenticator["publicKeys"][0]["pkixPublicKey"]["publicKeyPem"] = pem.into();
        trusting("freshness", authenticator)
    };
    assert_problems(
        &with_pem("x"),
        &[&format!("{path}[0].pkixPublicKey key-invalid")],
    );
    assert_problems(
        &with_pem(P384),
        &[&format!("{path}[0].pkixPublicKey key-algorithm-mismatch")],
    );
    let mut same = uploader(&[&key, &other]);
    for key in same["publicKeys"].as_array_mut().unwrap() {
        key["id"] = "urn:same".into();
    }
    assert_problems(
        &trusting("freshness", same),
        &[&format!("{path}[1] key-id-duplicate")],
    );
}
