//! Certificates of the trusted roots that Sigstore and GitHub publish.

use core_tests::sigstore_vectors::{PUBLISHED_ROOTS, chains};
use policy_wasm::key::SubjectKey;
use policy_wasm::sigstore::certificate::{Certificate, Purpose};

/// Reads the chains of one list of a published root.
fn read<'a>(chains: &'a [Vec<Vec<u8>>]) -> Vec<Vec<Certificate<'a>>> {
    let chains = chains.iter();
    chains
        .map(|chain| {
            let certificates = chain.iter().map(|der| Certificate::read(der).unwrap());
            certificates.collect()
        })
        .collect()
}

#[test]
fn every_published_authority_may_issue_certificates() {
    for (root, document) in PUBLISHED_ROOTS {
        let authorities = chains(document, "certificateAuthorities");
        assert!(!authorities.is_empty(), "{root}");
        for chain in read(&authorities) {
            for (below, authority) in chain.iter().enumerate() {
                let checked = authority.check_authority(Purpose::CodeSigning, below);
                assert_eq!(checked, Ok(()), "{root}");
            }
        }
    }
}

#[test]
fn every_published_timestamp_authority_may_sign_timestamps() {
    for (root, document) in PUBLISHED_ROOTS {
        let authorities = chains(document, "timestampAuthorities");
        assert!(!authorities.is_empty(), "{root}");
        for chain in read(&authorities) {
            let (signer, issuers) = chain.split_first().unwrap();
            assert_eq!(signer.check_timestamp_signer(), Ok(()), "{root}");
            for (below, authority) in issuers.iter().enumerate() {
                let checked = authority.check_authority(Purpose::TimeStamping, below);
                assert_eq!(checked, Ok(()), "{root}");
            }
        }
    }
}

/// All of them have keys of P-384.
#[test]
fn every_published_certificate_is_signed_by_the_next_and_the_last_by_itself() {
    for (root, document) in PUBLISHED_ROOTS {
        for list in ["certificateAuthorities", "timestampAuthorities"] {
            for chain in read(&chains(document, list)) {
                let issuers = chain.iter().skip(1).chain(chain.last());
                for (certificate, issuer) in chain.iter().zip(issuers) {
                    assert!(certificate.names_issuer(issuer), "{root}");
                    let key = SubjectKey::from_der(issuer.spki()).unwrap();
                    assert!(certificate.is_signed_by(&key).is_ok(), "{root}");
                }
                let (first, rest) = chain.split_first().unwrap();
                for other in rest.iter().skip(1) {
                    assert!(!first.names_issuer(other), "{root}");
                }
            }
        }
    }
}
