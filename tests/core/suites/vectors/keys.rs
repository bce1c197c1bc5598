//! Keys that are damaged, or of the right kind in another form than the one that is accepted.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use core_tests::known_answers::named;
use core_tests::signing::pem_of;
use policy_wasm::Code;
use policy_wasm::key::{Algorithm, KeyError, PublicKey, SubjectKey};

/// Object identifiers, and one set of parameters, in DER
const RSA_ENCRYPTION: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
const RSASSA_PSS: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a";
const EC_PUBLIC_KEY: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01";
const P256: &[u8] = b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
const SECP256K1: &[u8] = b"\x06\x05\x2b\x81\x04\x00\x0a";
const P384: &[u8] = b"\x06\x05\x2b\x81\x04\x00\x22";
const ED25519: &[u8] = b"\x06\x03\x2b\x65\x70";
const ML_DSA_65: &[u8] = b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x12";
const NULL: &[u8] = b"\x05\x00";

const PSS: Algorithm = Algorithm::RsaPss2048Sha256;
const F4: &[u8] = &[1, 0, 1];

#[track_caller]
fn check(algorithm: Algorithm, identifier: &[&[u8]], key: &[u8], expected: Option<Code>) {
    let spki = spki(identifier, key);
    if expected != Some(Code::KeyAlgorithmMismatch) && algorithm != Algorithm::MlDsa65 {
        // A key of a certificate is read alike.
        let loaded = SubjectKey::from_der(&spki);
        let code = loaded.as_ref().err().map(KeyError::code);
        assert_eq!(code, expected, "{loaded:?}");
    }
    let loaded = PublicKey::from_pem(&pem_of(&spki), algorithm, "");
    let code = loaded.as_ref().err().map(|error| error.code());
    assert_eq!(code, expected, "{loaded:?}");
}

fn spki(identifier: &[&[u8]], key: &[u8]) -> Vec<u8> {
    let key = tlv(0x03, &[&[0], key]);
    tlv(0x30, &[&tlv(0x30, identifier), &key])
}

/// One DER value; none here is longer than its length fits two bytes.
fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    let header = match length {
        [0, short @ 0..=0x7f] => vec![tag, short],
        [0, length] => vec![tag, 0x81, length],
        [high, low] => vec![tag, 0x82, high, low],
    };
    [header, content].concat()
}

fn rsa_key(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&tlv(0x02, &[modulus]), &tlv(0x02, &[exponent])])
}

/// An odd number of this many bits, as the content of an INTEGER
fn number(bits: usize) -> Vec<u8> {
    let mut bytes = vec![0xff; bits.div_ceil(8)];
    bytes[0] >>= bits.div_ceil(8) * 8 - bits;
    if bytes[0] & 0x80 != 0 {
        bytes.insert(0, 0);
    }
    bytes
}

#[test]
fn rsa_keys_have_the_declared_size() {
    for (bits, expected) in [
        (2048, None),
        (2047, Some(Code::KeyAlgorithmMismatch)),
        (2049, Some(Code::KeyAlgorithmMismatch)),
        (1024, Some(Code::KeyAlgorithmMismatch)),
        (16384, Some(Code::KeyAlgorithmMismatch)),
    ] {
        check(
            PSS,
            &[RSA_ENCRYPTION, NULL],
            &rsa_key(&number(bits), F4),
            expected,
        );
    }
}

#[test]
fn rsa_exponents_are_odd_and_larger_than_one_and_of_32_bits_at_most() {
    for exponent in [&[3][..], F4, &number(32)] {
        check(
            PSS,
            &[RSA_ENCRYPTION, NULL],
            &rsa_key(&number(2048), exponent),
            None,
        );
    }
    for exponent in [
        &[0][..],
        &[1],
        &[2],
        &[1, 0, 0],
        &number(33),
        &number(2047),
        &[0x81],
    ] {
        let key = rsa_key(&number(2048), exponent);
        check(PSS, &[RSA_ENCRYPTION, NULL], &key, Some(Code::KeyInvalid));
    }
}

#[test]
fn rsa_keys_are_one_der_value_under_the_one_identifier() {
    let good = rsa_key(&number(2048), F4);
    check(
        PSS,
        &[RSASSA_PSS, NULL],
        &good,
        Some(Code::KeyAlgorithmMismatch),
    );
    check(PSS, &[RSASSA_PSS], &good, Some(Code::KeyAlgorithmMismatch));
    check(PSS, &[RSA_ENCRYPTION], &good, Some(Code::KeyInvalid));
    check(
        PSS,
        &[RSA_ENCRYPTION, ED25519],
        &good,
        Some(Code::KeyInvalid),
    );
    let mut even = number(2048);
    *even.last_mut().unwrap() = 0xfe;
    for key in [
        rsa_key(&even, F4),
        [&good[..], &[0]].concat(),
        good[..good.len() - 1].to_vec(),
        rsa_key(&number(2048)[1..], F4),                  // negative
        rsa_key(&[&[0], &number(2048)[..]].concat(), F4), // not minimal
        tlv(0x30, &[&tlv(0x02, &[&number(2048)])]),
        tlv(0x30, &[&good[4..], &tlv(0x02, &[F4])]),
        vec![],
    ] {
        check(PSS, &[RSA_ENCRYPTION, NULL], &key, Some(Code::KeyInvalid));
    }
}

#[test]
fn points_are_on_the_named_curve_and_uncompressed() {
    let pem = named("ecdsa-p256").pem;
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let point = &STANDARD.decode(base64).unwrap()[26..];
    let algorithm = Algorithm::EcdsaP256Sha256;
    check(algorithm, &[EC_PUBLIC_KEY, P256], point, None);
    let compressed = [&[2 + (point[64] & 1)], &point[1..33]].concat();
    let hybrid = [&[6 + (point[64] & 1)], &point[1..]].concat();
    let mut off_curve = point.to_vec();
    off_curve[64] ^= 1;
    let longer = [point, &[0]].concat();
    for point in [
        &compressed,
        &hybrid,
        &off_curve,
        &point[..64],
        &longer,
        &[0],
        &[],
    ] {
        check(
            algorithm,
            &[EC_PUBLIC_KEY, P256],
            point,
            Some(Code::KeyInvalid),
        );
    }
    for identifier in [
        &[EC_PUBLIC_KEY, P384][..],
        &[EC_PUBLIC_KEY],
        &[EC_PUBLIC_KEY, NULL],
        &[P256, P256],
    ] {
        check(
            algorithm,
            identifier,
            point,
            Some(Code::KeyAlgorithmMismatch),
        );
    }
}

/// RFC 8032, section 5.1.3. Coordinates below 19 have a second encoding, with the prime added.
#[test]
fn ed25519_points_are_canonical_and_not_of_small_order() {
    let algorithm = Algorithm::Ed25519;
    let invalid = Some(Code::KeyInvalid);
    for sign in [0x00, 0x80] {
        for excess in 0xed..=0xff {
            let mut point = [0xff; 32];
            point[0] = excess;
            point[31] = 0x7f | sign;
            check(algorithm, &[ED25519], &point, invalid);
        }
        // Zero and one are of order four and one.
        for small in 0..=1 {
            let mut point = [0; 32];
            point[0] = small;
            point[31] = sign;
            check(algorithm, &[ED25519], &point, invalid);
        }
    }
    let mut base = [0x66; 32];
    base[0] = 0x58;
    check(algorithm, &[ED25519], &base, None);
    check(algorithm, &[ED25519], &base[1..], invalid);
    check(algorithm, &[ED25519, NULL], &base, invalid);
    check(
        algorithm,
        &[ML_DSA_65],
        &base,
        Some(Code::KeyAlgorithmMismatch),
    );
}

#[test]
fn ml_dsa_keys_are_1952_bytes_without_parameters() {
    let algorithm = Algorithm::MlDsa65;
    let invalid = Some(Code::KeyInvalid);
    check(algorithm, &[ML_DSA_65], &[7; 1952], None);
    check(algorithm, &[ML_DSA_65], &[7; 1951], invalid);
    check(algorithm, &[ML_DSA_65], &[7; 1953], invalid);
    check(algorithm, &[ML_DSA_65, NULL], &[7; 1952], invalid);
    check(
        algorithm,
        &[ED25519],
        &[7; 1952],
        Some(Code::KeyAlgorithmMismatch),
    );
}

#[test]
fn keys_of_certificates_are_of_the_supported_kinds_and_sizes() {
    let rsa = |bits| rsa_key(&number(bits), F4);
    for bits in [2048, 3072, 4096] {
        assert!(SubjectKey::from_der(&spki(&[RSA_ENCRYPTION, NULL], &rsa(bits))).is_ok());
    }
    for (identifier, key) in [
        (&[RSA_ENCRYPTION, NULL][..], rsa(1024)),
        (&[RSA_ENCRYPTION, NULL], rsa(2047)),
        (&[RSA_ENCRYPTION, NULL], rsa(2560)),
        (&[RSA_ENCRYPTION, NULL], rsa(8192)),
        (&[RSASSA_PSS], rsa(2048)),
        (&[EC_PUBLIC_KEY, SECP256K1], vec![4; 65]),
        (&[EC_PUBLIC_KEY], vec![4; 65]),
        (&[EC_PUBLIC_KEY, NULL], vec![4; 65]),
        (&[ML_DSA_65], vec![7; 1952]),
    ] {
        let loaded = SubjectKey::from_der(&spki(identifier, &key));
        assert_eq!(loaded.map(drop), Err(KeyError::Unsupported));
    }
    let good = spki(&[RSA_ENCRYPTION, NULL], &rsa(2048));
    for damaged in [&[&good, &[0][..]].concat(), &good[..good.len() - 1], &[]] {
        let loaded = SubjectKey::from_der(damaged);
        assert!(matches!(loaded, Err(KeyError::Malformed(_))), "{loaded:?}");
    }
}
