use alloc::borrow::ToOwned as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::decision::Code;

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
fn line_endings_and_white_space_around_lines_do_not_matter() {
    let documented = PublicKey::from_pem(DOCUMENTED, P256, "x").unwrap();
    for line_end in ["\r\n", "\r", " \n", "\t \r\n", "\n  ", "\n\n"] {
        let pem = alloc::format!("\n  {}\n \n", DOCUMENTED.replace('\n', line_end));
        let key = PublicKey::from_pem(&pem, P256, "").unwrap();
        assert!(key.is_same_key(&documented), "{pem:?}");
    }
}

#[test]
fn x38_a_pem_with_two_blocks_or_other_text_is_refused() {
    for pem in [
        DOCUMENTED.repeat(2),
        alloc::format!("{DOCUMENTED}trailing"),
        alloc::format!("leading\n{DOCUMENTED}"),
        DOCUMENTED.replace("PUBLIC KEY", "CERTIFICATE"),
        DOCUMENTED.replace("-----\nMFkw", "-----MFkw"),
        DOCUMENTED.replace("==\n", "=="),
        DOCUMENTED.replace("MFkw", "MF kw"),
        "-----BEGIN PUBLIC KEY-----".to_owned(),
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

macro_rules! refused {
    ($name:literal) => {
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../tests/core/vectors/refused-",
            $name
        ))
    };
}

const PAYLOAD: &[u8] = include_bytes!("../openpgp/vectors/payload.json");

/// What is said of a signature that does not verify.
fn diagnosis(pem: &str, algorithm: Algorithm, signature: &[u8]) -> &'static str {
    let key = PublicKey::from_pem(pem, algorithm, "").unwrap();
    let context = VerificationContext {
        meter: Meter::new(&Budget::DEFAULT),
        now: None,
        max_payload: 0,
    };
    match key.authenticate(PAYLOAD, signature, &context) {
        Ok(_) => "",
        Err(VerifyError::BadSignature(why)) => why,
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn a_signature_of_another_form_is_called_what_it_is() {
    let decode = |text: &str| STANDARD.decode(text.trim_ascii()).unwrap();
    let p384 =
        |signature: &[u8]| diagnosis(refused!("p384.pem"), Algorithm::EcdsaP384Sha384, signature);
    let der = decode(refused!("p384-der.sig"));
    let numbers = p384::ecdsa::Signature::from_der(&der).unwrap();
    assert_eq!(p384(&der), "");
    assert_eq!(
        p384(&numbers.to_bytes()),
        "is the numbers r and s by themselves, and not their ASN.1 DER encoding"
    );
    assert_eq!(p384(b"0"), "is not in ASN.1 DER");
    assert_eq!(
        p384(&decode(refused!("p384-sha256.sig"))),
        "is over the payload's SHA-256, and a key of curve P-384 signs its SHA-384"
    );

    let pem = refused!("rsa-2048.pem");
    let pss = |text| diagnosis(pem, Algorithm::RsaPss2048Sha256, &decode(text));
    let pkcs1 = |text| diagnosis(pem, Algorithm::RsaPkcs12048Sha256, &decode(text));
    assert_eq!(pss(refused!("rsa-2048-pss.sig")), "");
    assert_eq!(pkcs1(refused!("rsa-2048-pkcs1.sig")), "");
    assert_eq!(
        pss(refused!("rsa-2048-pss-mgf1-sha1.sig")),
        "is PSS with another digest for its payload or its mask (MGF1) than the algorithm has"
    );
    assert_eq!(
        pss(refused!("rsa-2048-pkcs1.sig")),
        "is padded as by PKCS#1 v1.5, and the key's algorithm is PSS"
    );
    assert_eq!(
        pkcs1(refused!("rsa-2048-pss.sig")),
        "is padded as by PSS, and the key's algorithm is PKCS#1 v1.5"
    );
    assert_eq!(
        pkcs1(refused!("rsa-2048-pkcs1-sha512.sig")),
        "is over another payload, or over another digest of it than the algorithm has"
    );
    assert_eq!(pss("AAAA"), "is not as long as the modulus of the key");
}

#[test]
fn only_the_first_signatures_that_do_not_verify_are_explained() {
    let key = PublicKey::from_pem(P384, Algorithm::EcdsaP384Sha384, "").unwrap();
    let context = VerificationContext {
        meter: Meter::new(&Budget::DEFAULT),
        now: None,
        max_payload: 0,
    };
    let explained = (0..10).filter(|_| {
        key.authenticate(PAYLOAD, b"0", &context) != Err(VerifyError::BadSignature(""))
    });
    assert_eq!(explained.count(), 4);
}

#[test]
fn the_documented_forms_of_one_id_are_alike() {
    let key = PublicKey::from_pem(DOCUMENTED, P256, "").unwrap();
    let hex = "130571b3c7cd5001eaf4523600c7e1f163485d506eb9331e1ad3c7ef653e23bd";
    for id in [
        key.id().to_owned(),
        alloc::format!("nih:///sha-256;{hex}"),
        alloc::format!("nih:sha-256;{hex}"),
    ] {
        assert!(key.has_id(&id), "{id}");
    }
    for id in [
        alloc::format!("nih:///sha-256;{}", hex.replace('1', "2")),
        alloc::format!("nih:///sha-256;{}", hex.to_uppercase()),
        alloc::format!("nih:///sha-512;{hex}"),
        alloc::format!("openpgp4fpr:{hex}"),
        hex.to_owned(),
    ] {
        assert!(!key.has_id(&id), "{id}");
    }
    let named = PublicKey::from_pem(DOCUMENTED, P256, "//kms.example/key").unwrap();
    assert!(named.has_id("//kms.example/key"));
    assert!(!named.has_id(key.id()), "it was given another id");
}

#[cfg(feature = "openpgp")]
#[test]
fn a_fingerprint_may_be_written_as_a_uri() {
    let armor = include_str!("../openpgp/vectors/ed25519.key.asc");
    let key = PublicKey::from_openpgp(armor).unwrap();
    assert!(key.has_id(key.id()));
    assert!(key.has_id(&alloc::format!("openpgp4fpr:{}", key.id())));
    assert!(!key.has_id("openpgp4fpr:"));
    let lower = key.id().to_lowercase();
    assert!(!key.has_id(&alloc::format!("openpgp4fpr:{lower}")));
}
