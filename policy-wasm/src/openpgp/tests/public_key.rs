use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::PacketHeader;
use pgp::ser::Serialize as _;
use pgp::types::{KeyDetails as _, Tag};

use super::super::public_key::{PublicKey, digest_info};
use super::*;

/// Keys of all kinds that are supported, and of one that is not
const KEYS: [&str; 10] = [
    vector!("fixed.key.asc"),
    vector!("ed25519.key.asc"),
    vector!("nistp256.key.asc"),
    vector!("nistp384.key.asc"),
    vector!("nistp521.key.asc"),
    vector!("rfc9580.key.asc"),
    vector!("rsa3072.key.asc"),
    vector!("subkey.key.asc"),
    vector!("refused.rsa1024.key.asc"),
    vector!("refused.brainpoolP256r1.key.asc"),
];

fn bodies(armored: &str) -> impl Iterator<Item = Vec<u8>> {
    let (_, parts) = take_apart(armored);
    let keys = parts
        .into_iter()
        .filter(|(kind, _)| [tag::PUBLIC_KEY, tag::PUBLIC_SUBKEY].contains(kind));
    keys.map(|(_, body)| body)
}

/// The key as rPGP reads it, if the body is its only encoding.
fn by_rpgp(body: &[u8]) -> Option<pgp::packet::PublicKey> {
    let header = PacketHeader::new_fixed(Tag::PublicKey, 0);
    let key = pgp::packet::PublicKey::try_from_reader(header, body).ok()?;
    let bytes = key.to_bytes();
    bytes.is_ok_and(|bytes| bytes == body).then_some(key)
}

#[track_caller]
fn compare(body: &[u8]) {
    match (PublicKey::read(body), by_rpgp(body)) {
        (Ok(key), Some(other)) => {
            assert_eq!(key.fingerprint(), other.fingerprint());
            assert_eq!(key.legacy_key_id(), other.legacy_key_id());
            assert_eq!(key.algorithm(), other.algorithm());
            assert_eq!(key.created_at(), other.created_at());
            assert_eq!(key.to_bytes().unwrap(), body);
        }
        (Err(CertificateError::Malformed(_)), None) => {}
        (Err(CertificateError::Unsupported(reason)), Some(_)) => {
            assert_ne!(reason, "its algorithm");
        }
        (Err(CertificateError::Unsupported("its algorithm" | "not of version 4")), None) => {}
        (ours, theirs) => panic!("{ours:?}, and rPGP: {theirs:?}: {body:02x?}"),
    }
}

#[test]
fn a_key_is_read_as_by_another_parser_whatever_its_bytes_are() {
    for body in KEYS.into_iter().flat_map(bodies) {
        if ![1, 3, 19, 22, 27].contains(&body[5]) {
            continue;
        }
        compare(&body);
        for place in 6..body.len() {
            // All bits of lengths and identifiers.
            for bit in (0..8).filter(|bit| place < 20 || place % 8 == *bit) {
                let mut changed = body.clone();
                changed[place] ^= 1 << bit;
                compare(&changed);
            }
        }
        for length in 6..body.len() {
            compare(&body[..length]);
        }
        compare(&[&body, [0].as_slice()].concat());
    }
}

#[test]
fn a_signature_verifies_as_with_another_implementation_whatever_its_bytes_are() {
    for (key, signature) in [
        (vector!("ed25519.key.asc"), vector!("ed25519.detached.asc")),
        (
            vector!("nistp256.key.asc"),
            vector!("nistp256.detached.asc"),
        ),
        (vector!("rsa3072.key.asc"), vector!("rsa3072.detached.asc")),
    ] {
        let body = bodies(key).next().unwrap();
        let (ours, theirs) = (PublicKey::read(&body).unwrap(), by_rpgp(&body).unwrap());
        let (_, parts) = take_apart(signature);
        let (_, body) = parts.first().unwrap();
        let is_valid = |body: &[u8]| {
            let signature = packet::read_signature(body)?;
            let valid = signature.verify(&ours, PAYLOAD).is_ok();
            assert_eq!(
                valid,
                signature.verify(&theirs, PAYLOAD).is_ok(),
                "{body:02x?}"
            );
            Some(valid)
        };
        assert_eq!(is_valid(body), Some(true));
        // Issuer, first bytes of the digest, and numbers. Another bit count may be of the same number.
        for place in body.len().saturating_sub(72)..body.len() {
            let mut changed = body.clone();
            changed[place] ^= 1 << (place % 8);
            let is_in_number = place + 30 > body.len();
            assert!(is_valid(&changed) != Some(true) || !is_in_number, "{place}");
        }
    }
}

/// RFC 9580, section 5.2.2
#[test]
fn digests_are_named_as_in_the_standard() {
    for (hash, expected) in [
        (HashAlgorithm::Md5, "3020300c06082a864886f70d020505000410"),
        (HashAlgorithm::Ripemd160, "3021300906052b2403020105000414"),
        (HashAlgorithm::Sha1, "3021300906052b0e03021a05000414"),
        (
            HashAlgorithm::Sha224,
            "302d300d06096086480165030402040500041c",
        ),
        (
            HashAlgorithm::Sha256,
            "3031300d060960864801650304020105000420",
        ),
        (
            HashAlgorithm::Sha384,
            "3041300d060960864801650304020205000430",
        ),
        (
            HashAlgorithm::Sha512,
            "3051300d060960864801650304020305000440",
        ),
        (
            HashAlgorithm::Sha3_256,
            "3031300d060960864801650304020805000420",
        ),
        (
            HashAlgorithm::Sha3_512,
            "3051300d060960864801650304020a05000440",
        ),
    ] {
        let prefix = digest_info(hash).unwrap();
        let hex: String = prefix.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, expected, "{hash:?}");
    }
    assert_eq!(digest_info(HashAlgorithm::None), None);
}
