use alloc::vec::Vec;

use super::super::der;
use super::super::sample::{octets, oid, sequence};
use super::SignatureAlgorithm::{Ecdsa, Ed25519, RsaPkcs1};
use super::*;

const NULL: &[u8] = &[5, 0];

fn identifier(dotted: &str, parameters: &[u8]) -> Vec<u8> {
    sequence(&[&oid(dotted), parameters])
}

fn read(identifier: &[u8]) -> AlgorithmIdentifier<'_> {
    AlgorithmIdentifier::read(der::only(identifier).unwrap()).unwrap()
}

#[test]
fn signature_algorithms_name_their_hash() {
    let curve = octets(&[]);
    for (dotted, parameters, expected) in [
        ("1.2.840.10045.4.3.2", &[][..], Some(Ecdsa(Hash::Sha256))),
        ("1.2.840.10045.4.3.3", &[], Some(Ecdsa(Hash::Sha384))),
        ("1.2.840.10045.4.3.4", &[], Some(Ecdsa(Hash::Sha512))),
        ("1.2.840.113549.1.1.11", NULL, Some(RsaPkcs1(Hash::Sha256))),
        ("1.2.840.113549.1.1.12", NULL, Some(RsaPkcs1(Hash::Sha384))),
        ("1.2.840.113549.1.1.13", NULL, Some(RsaPkcs1(Hash::Sha512))),
        ("1.2.840.113549.1.1.11", &[], Some(RsaPkcs1(Hash::Sha256))),
        ("1.3.101.112", &[], Some(Ed25519)),
        ("1.2.840.10045.4.3.2", &curve, None),
        ("1.2.840.10045.4.1", &[], None),      // ECDSA with SHA-1
        ("1.2.840.113549.1.1.5", NULL, None),  // RSA with SHA-1
        ("1.2.840.113549.1.1.10", NULL, None), // RSA-PSS
        ("1.2.840.113549.1.1.1", NULL, None),  // without a hash
        ("1.3.101.113", &[], None),            // Ed448
    ] {
        let identifier = identifier(dotted, parameters);
        assert_eq!(read(&identifier).signature(None), expected, "{dotted}");
    }
}

/// CMS may name the algorithm of the key, and the hash beside it.
#[test]
fn rsa_encryption_takes_the_hash_of_the_digest() {
    let rsa = identifier("1.2.840.113549.1.1.1", NULL);
    for hash in [Hash::Sha256, Hash::Sha384, Hash::Sha512] {
        let algorithm = read(&rsa).signature(Some(hash));
        assert_eq!(algorithm, Some(RsaPkcs1(hash)));
        assert_eq!(algorithm.and_then(SignatureAlgorithm::hash), Some(hash));
    }
    let ecdsa = identifier("1.2.840.10045.4.3.3", &[]);
    assert_eq!(
        read(&ecdsa).signature(Some(Hash::Sha256)),
        Some(Ecdsa(Hash::Sha384))
    );
    assert_eq!(Ed25519.hash(), None);
}

#[test]
fn hashes_are_of_sha_2() {
    for (dotted, parameters, hash) in [
        ("2.16.840.1.101.3.4.2.1", &[][..], Some(Hash::Sha256)),
        ("2.16.840.1.101.3.4.2.2", NULL, Some(Hash::Sha384)),
        ("2.16.840.1.101.3.4.2.3", &[], Some(Hash::Sha512)),
        ("2.16.840.1.101.3.4.2.4", &[], None), // SHA-224
        ("1.3.14.3.2.26", NULL, None),         // SHA-1
        ("2.16.840.1.101.3.4.2.1", &[4, 0], None),
    ] {
        assert_eq!(
            read(&identifier(dotted, parameters)).hash(),
            hash,
            "{dotted}"
        );
    }
}

#[test]
fn an_identifier_has_at_most_one_parameter() {
    let two = sequence(&[&oid("1.2.3"), NULL, NULL]);
    let none = sequence(&[]);
    for refused in [two, none, octets(&[])] {
        assert!(AlgorithmIdentifier::read(der::only(&refused).unwrap()).is_err());
    }
}
