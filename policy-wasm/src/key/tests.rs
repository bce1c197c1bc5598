use super::*;

/// The example of Google's create-attestations page.
const DOCUMENTED: &str = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEXnpuYEfvLl1kj4fjxViFRwY1a+zC\n5qzlf9LJIK+rnjq42tiKGyyXMbnZKJiYPPdMDGyltnkrABnztg2jJ48aYQ==\n-----END PUBLIC KEY-----\n";
const P256: Algorithm = Algorithm::EcdsaP256Sha256;

/// `openssl ecparam -name secp384r1 -genkey -noout | openssl ec -pubout`
const P384: &str = "-----BEGIN PUBLIC KEY-----
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEixVK1r3205zzMFYKLZweAKAjNznXsHRJ
TS8UNuqDPquoXhLzV2L00/vFpvqBTIp1aNLLCGI/bWlgjrhDn5lPjREj9LblwebH
oizkS0Y4NKSn3BcvhV5OTa1PyUBZkgpw
-----END PUBLIC KEY-----
";

/// Finds an algorithm by either of its names.
fn algorithm(name: &str) -> Option<Algorithm> {
    Algorithm::NAMES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, algorithm)| *algorithm)
}

#[test]
fn a_blank_id_is_the_documented_one() {
    let key = PublicKey::from_pem(DOCUMENTED, P256, "").unwrap();
    assert_eq!(
        key.id(),
        "ni:///sha-256;EwVxs8fNUAHq9FI2AMfh8WNIXVBuuTMeGtPH72U-I70"
    );
}

#[test]
fn a_given_id_is_kept_and_both_names_of_an_algorithm_work() {
    let key = PublicKey::from_pem(
        DOCUMENTED,
        algorithm("EC_SIGN_P256_SHA256").unwrap(),
        "any id",
    )
    .unwrap();
    assert_eq!(key.id(), "any id");
}

#[test]
fn line_endings_and_trailing_white_space_do_not_matter() {
    let crlf = DOCUMENTED.replace('\n', "\r\n") + "\n \n";
    let key = PublicKey::from_pem(&crlf, P256, "").unwrap();
    assert!(key.is_same_key(&PublicKey::from_pem(DOCUMENTED, P256, "x").unwrap()));
}

#[test]
fn x38_a_pem_with_two_blocks_or_other_text_is_refused() {
    for pem in [
        DOCUMENTED.repeat(2),
        alloc::format!("{DOCUMENTED}trailing"),
        alloc::format!("leading\n{DOCUMENTED}"),
        DOCUMENTED.replace("PUBLIC KEY", "CERTIFICATE"),
        String::new(),
    ] {
        let error = PublicKey::from_pem(&pem, P256, "").unwrap_err();
        assert_eq!(error.code(), Code::KeyInvalid, "{pem}");
    }
}

#[test]
fn x22_a_key_of_another_curve_is_refused() {
    let error = PublicKey::from_pem(P384, P256, "").unwrap_err();
    assert_eq!(
        error,
        KeyError::AlgorithmMismatch(Algorithm::EcdsaP256Sha256)
    );
}

#[test]
fn every_algorithm_refuses_a_key_of_another_kind() {
    for (name, algorithm) in Algorithm::NAMES {
        if *algorithm == P256 {
            continue;
        }
        let error = PublicKey::from_pem(DOCUMENTED, *algorithm, "").unwrap_err();
        assert_eq!(error, KeyError::AlgorithmMismatch(*algorithm), "{name}");
    }
}

#[test]
fn only_ed25519_is_no_algorithm_of_googles() {
    for (name, algorithm) in Algorithm::NAMES {
        assert_eq!(algorithm.is_for_envelopes_only(), *name == "ED25519");
    }
}

#[test]
fn numbers_and_other_spellings_are_no_algorithms() {
    for name in [
        "9",
        "ecdsa-p256-sha256",
        "SIGNATURE_ALGORITHM_UNSPECIFIED",
        "",
    ] {
        assert_eq!(algorithm(name), None, "{name}");
    }
}

#[test]
fn every_algorithm_has_a_name_of_its_own() {
    for (name, named) in Algorithm::NAMES {
        assert_eq!(algorithm(named.name()), Some(*named), "{name}");
    }
}

#[test]
fn a_damaged_key_is_refused() {
    for (from, to) in [("XnpuY", "Xnpuz"), ("MFkw", "MFow"), ("jq4", "j*4")] {
        let pem = DOCUMENTED.replacen(from, to, 1);
        assert_eq!(
            PublicKey::from_pem(&pem, P256, "").unwrap_err().code(),
            Code::KeyInvalid
        );
    }
}
