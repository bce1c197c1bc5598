use alloc::string::{String, ToString as _};
use alloc::vec;

use super::super::certificate::Certificate;
use super::super::sample::{self, PublicKey, SCT_LIST, Sample, extension, key, octets};
use super::*;

/// A promise by key 4 over [`Sample::leaf`], every part of which can be replaced
#[derive(Clone)]
struct Promise {
    version: u8,
    timestamp: u64,
    extensions: Vec<u8>,
    algorithm: [u8; 2],
    behind: Vec<u8>,
    /// The signed bytes, if not those of the promise
    signed: Option<Vec<u8>>,
}

impl Promise {
    fn good() -> Self {
        Self {
            version: 0,
            timestamp: 1_772_366_399_000,
            extensions: vec![],
            algorithm: [4, 3],
            behind: vec![],
            signed: None,
        }
    }

    /// Writes what the log signs, by the definition (RFC 6962, section 3.2).
    fn signed(&self) -> Vec<u8> {
        let tbs = Sample::leaf().tbs();
        let mut signed = vec![0, 0];
        signed.extend(self.timestamp.to_be_bytes());
        signed.extend([0, 1]);
        signed.extend(Hash::Sha256.digest(&sample::spki(&key(1))));
        signed.extend(
            u32::try_from(tbs.len())
                .unwrap()
                .to_be_bytes()
                .get(1..)
                .unwrap(),
        );
        signed.extend(tbs);
        signed.extend(vector(&self.extensions));
        signed
    }

    fn bytes(&self) -> Vec<u8> {
        let signed = self.signed.clone().unwrap_or_else(|| self.signed());
        let mut bytes = vec![self.version];
        bytes.extend([9; 32]);
        bytes.extend(self.timestamp.to_be_bytes());
        bytes.extend(vector(&self.extensions));
        bytes.extend(self.algorithm);
        bytes.extend(vector(&sample::sign(&key(4), &signed)));
        bytes.extend(&self.behind);
        bytes
    }
}

/// A length in two bytes and that many bytes
fn vector(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap().to_be_bytes();
    [&length, bytes].concat()
}

fn one(promise: &Promise) -> Vec<u8> {
    list(core::slice::from_ref(promise))
}

fn list(promises: &[Promise]) -> Vec<u8> {
    let promises: Vec<u8> = promises.iter().flat_map(|it| vector(&it.bytes())).collect();
    vector(&promises)
}

fn error(list: &[u8]) -> String {
    Sct::read_list(list).map_or_else(|error| error.to_string(), |_| String::new())
}

fn log() -> PublicKey {
    sample::public(&key(4))
}

#[test]
fn the_log_has_signed_the_certificate_without_the_promise() {
    for extensions in [vec![], vec![0, 0, 5, 1, 2, 3, 4, 5]] {
        let promise = Promise {
            extensions,
            ..Promise::good()
        };
        let list = list(&[promise]);
        let der = Sample::leaf()
            .with(SCT_LIST, extension(SCT_LIST, &octets(&list)))
            .der();
        let certificate = Certificate::read(&der).unwrap();
        let scts = certificate.scts().unwrap().unwrap();
        let [sct] = &*scts else {
            panic!("{scts:?}");
        };
        assert_eq!(sct.log_id(), [9; 32]);
        assert_eq!(sct.moment().unwrap().to_string(), "2026-03-01T11:59:59Z");
        let precertificate = certificate.precertificate_tbs();
        let issuer = sample::spki(&key(1));
        assert!(sct.is_signed_by(&log(), &issuer, &precertificate).is_ok());
        // Another issuer has issued another certificate with the same bytes.
        let other = sample::spki(&key(5));
        assert!(sct.is_signed_by(&log(), &other, &precertificate).is_err());
        assert!(
            sct.is_signed_by(&log(), &issuer, certificate.tbs())
                .is_err()
        );
        let other = sample::public(&key(5));
        assert!(sct.is_signed_by(&other, &issuer, &precertificate).is_err());
    }
}

#[test]
fn everything_that_is_signed_counts() {
    let issuer = sample::spki(&key(1));
    let precertificate = Sample::leaf().tbs();
    let good = Promise::good();
    let signed = good.signed();
    for (rule, promise, is_signed) in [
        ("as promised", good.clone(), true),
        (
            "another time",
            Promise {
                timestamp: 1,
                signed: Some(signed.clone()),
                ..good.clone()
            },
            false,
        ),
        (
            "other extensions",
            Promise {
                extensions: vec![1],
                signed: Some(signed),
                ..good.clone()
            },
            false,
        ),
        (
            "SHA-512",
            Promise {
                algorithm: [6, 3],
                ..good.clone()
            },
            false,
        ),
        (
            "RSA with a key of a curve",
            Promise {
                algorithm: [4, 1],
                ..good.clone()
            },
            false,
        ),
        (
            "anonymous",
            Promise {
                algorithm: [4, 0],
                ..good
            },
            false,
        ),
    ] {
        let list = list(&[promise]);
        let scts = Sct::read_list(&list).unwrap();
        let verified = scts
            .first()
            .unwrap()
            .is_signed_by(&log(), &issuer, &precertificate);
        assert_eq!(verified.is_ok(), is_signed, "{rule}");
    }
}

#[test]
fn lengths_fit_exactly() {
    let good = Promise::good();
    let mut long = one(&good);
    long.push(0);
    let mut empty_sct = vector(&good.bytes());
    empty_sct.extend([0, 0]);
    let mut other_version = Promise {
        version: 1,
        ..good.clone()
    };
    other_version.behind = vec![1, 2, 3];
    for (rule, list, expected) in [
        ("one promise", one(&good), ""),
        ("eight promises", list(&vec![good.clone(); 8]), ""),
        (
            "nine promises",
            list(&vec![good.clone(); 9]),
            "more than 8 promises",
        ),
        ("no promise", list(&[]), "an empty list"),
        ("no list", vec![], "ends early"),
        ("bytes after the list", long, "has bytes after its end"),
        ("an empty promise", vector(&empty_sct), "ends early"),
        (
            "bytes after a promise",
            list(&[Promise {
                behind: vec![0],
                ..good
            }]),
            "has bytes after its end",
        ),
        (
            "other versions have other forms",
            list(&[other_version]),
            "",
        ),
    ] {
        assert_eq!(error(&list), expected, "{rule}");
    }
}

#[test]
fn promises_of_other_versions_are_left_out() {
    let good = Promise::good();
    let list = list(&[
        Promise {
            version: 1,
            ..good.clone()
        },
        good,
    ]);
    assert_eq!(Sct::read_list(&list).unwrap().len(), 1);
}

#[test]
fn the_extension_is_one_octet_string_with_the_list() {
    let list = list(&[Promise::good()]);
    for (rule, value, expected) in [
        ("the list", octets(&list), ""),
        (
            "the list without OCTET STRING",
            list.clone(),
            "list of SCTs: expected OCTET STRING, found",
        ),
        (
            "bytes behind",
            [octets(&list), vec![0]].concat(),
            "list of SCTs: has bytes after its last element",
        ),
        (
            "damaged list",
            octets(list.get(..9).unwrap()),
            "list of SCTs: ends early",
        ),
    ] {
        let der = Sample::leaf()
            .with(SCT_LIST, extension(SCT_LIST, &value))
            .der();
        let scts = Certificate::read(&der).unwrap().scts();
        let error = scts.map_or_else(|error| error.to_string(), |_| String::new());
        assert!(
            error.starts_with(expected) || error.contains("is not DER"),
            "{rule}: {error}"
        );
        assert_eq!(error.is_empty(), expected.is_empty(), "{rule}");
    }
    let der = Sample::leaf().der();
    assert_eq!(Certificate::read(&der).unwrap().scts(), Ok(None));
}

#[test]
fn every_prefix_is_an_error() {
    let list = list(&[Promise::good(), Promise::good()]);
    for length in 0..list.len() {
        assert!(!error(list.get(..length).unwrap()).is_empty(), "{length}");
    }
}

#[test]
fn no_changed_byte_verifies() {
    let mut list = list(&[Promise::good()]);
    let issuer = sample::spki(&key(1));
    let precertificate = Sample::leaf().tbs();
    let id = 5..37; // says which log, and is not signed
    for at in (0..list.len()).filter(|at| !id.contains(at)) {
        *list.get_mut(at).unwrap() ^= 0xff;
        for sct in Sct::read_list(&list).unwrap_or_default() {
            let verified = sct.is_signed_by(&log(), &issuer, &precertificate);
            assert!(verified.is_err(), "{at}");
        }
        *list.get_mut(at).unwrap() ^= 0xff;
    }
}

#[test]
fn a_time_after_the_year_9999_is_none() {
    let list = list(&[Promise {
        timestamp: u64::MAX,
        ..Promise::good()
    }]);
    let scts = Sct::read_list(&list).unwrap();
    assert_eq!(scts.first().unwrap().moment(), None);
}
