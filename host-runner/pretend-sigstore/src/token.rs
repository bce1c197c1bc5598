//! Tokens of timestamp authorities ([RFC 3161], in the CMS of [RFC 5652]).
//!
//! [RFC 3161]: https://www.rfc-editor.org/rfc/rfc3161
//! [RFC 5652]: https://www.rfc-editor.org/rfc/rfc5652

use crate::der::{self, Oid};
use crate::instance::{Authority, Instance, Whose};
use crate::key::Hash;

/// A signed timestamp
#[derive(Debug, Clone)]
pub struct Token {
    /// Which of the two authorities
    pub authority: TimestampAuthority,
    /// Owner of the authority's key
    pub by: Whose,
    /// Hash of the signature
    pub hash: Hash,
    /// Hash of what is stamped
    pub imprint: Hash,
    /// The time, in seconds since 1970; by default the time of signing
    pub time: Option<u64>,
    /// Certificates inside
    pub certificates: Embedded,
    /// Its fault
    pub fault: Option<TokenFault>,
}

/// A timestamp authority of an instance
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TimestampAuthority {
    /// With a key over P-384
    #[default]
    P384,
    /// With a key over P-256
    P256,
}

/// Certificates inside a token
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Embedded {
    /// None, as `timestamp.sigstore.dev` answers by default
    #[default]
    Nothing,
    /// That of the authority
    Authority,
}

/// A fault of a token
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenFault {
    /// Its status is `rejection`
    Rejected,
    /// It stamps another signature
    OtherImprint,
    /// It stamps a digest of SHA-1
    Sha1Imprint,
    /// It has an unknown critical extension
    CriticalExtension,
    /// It is signed twice
    TwoSigners,
    /// The content is signed without attributes
    NoAttributes,
    /// No attribute says which content is signed
    NoContentType,
    /// The attribute with the digest is there twice
    AttributeTwice,
    /// The attribute with the digest is about another content
    OtherMessageDigest,
    /// The attribute with the authority's certificate names another
    OtherCertificate,
}

const SIGNED_DATA: Oid = &[1, 2, 840, 113_549, 1, 7, 2];
const TST_INFO: Oid = &[1, 2, 840, 113_549, 1, 9, 16, 1, 4];
const CONTENT_TYPE: Oid = &[1, 2, 840, 113_549, 1, 9, 3];
const MESSAGE_DIGEST: Oid = &[1, 2, 840, 113_549, 1, 9, 4];
const SIGNING_TIME: Oid = &[1, 2, 840, 113_549, 1, 9, 5];
const SIGNING_CERTIFICATE_V2: Oid = &[1, 2, 840, 113_549, 1, 9, 16, 2, 47];
const SHA1: Oid = &[1, 3, 14, 3, 2, 26];
/// Policy of `timestamp.sigstore.dev`
const POLICY: Oid = &[1, 3, 6, 1, 4, 1, 57_264, 2];

impl Default for Token {
    /// P-384 with SHA-256, as `timestamp.sigstore.dev` signs
    fn default() -> Self {
        Self {
            authority: TimestampAuthority::P384,
            by: Whose::Own,
            hash: Hash::Sha256,
            imprint: Hash::Sha256,
            time: None,
            certificates: Embedded::Nothing,
            fault: None,
        }
    }
}

impl Instance {
    /// The response of a timestamp authority about a signature
    #[must_use]
    pub fn stamp(&self, token: &Token, signature: &[u8], time: u64) -> Vec<u8> {
        let has = |fault| token.fault == Some(fault);
        let authority = |instance: &Self| match token.authority {
            TimestampAuthority::P384 => instance.timestamp_p384.clone(),
            TimestampAuthority::P256 => instance.timestamp_p256.clone(),
        };
        let named: Authority = authority(self.named(token.by));
        let key = self.key_of(token.by, |instance| match token.authority {
            TimestampAuthority::P384 => &instance.timestamp_p384.key,
            TimestampAuthority::P256 => &instance.timestamp_p256.key,
        });
        let time = token.time.unwrap_or(time);
        let info = info(token, signature, time);
        let attributes = attributes(token, &info, time, &named.certificate);
        let signed = if has(TokenFault::NoAttributes) {
            info.clone()
        } else {
            der::value(0x31, &attributes)
        };
        let mut signer = vec![
            der::integer(&[1]),
            der::sequence(&[
                named.template.issuer.clone(),
                der::integer(&named.template.serial),
            ]),
            token.hash.algorithm(),
        ];
        if !has(TokenFault::NoAttributes) {
            signer.push(der::explicit(0, &attributes));
        }
        signer.push(key.signature_algorithm(token.hash));
        signer.push(der::octets(&key.sign(token.hash, &signed)));
        let signer = der::sequence(&signer);
        let signers = if has(TokenFault::TwoSigners) {
            [signer.clone(), signer].concat()
        } else {
            signer
        };
        let mut data = vec![
            der::integer(&[3]),
            der::set(vec![token.hash.algorithm()]),
            der::sequence(&[der::oid(TST_INFO), der::explicit(0, &der::octets(&info))]),
        ];
        if token.certificates == Embedded::Authority {
            data.push(der::explicit(0, &named.certificate));
        }
        data.push(der::value(0x31, &signers));
        let status = if has(TokenFault::Rejected) { 2 } else { 0 };
        der::sequence(&[
            der::sequence(&[der::integer(&[status])]),
            der::sequence(&[
                der::oid(SIGNED_DATA),
                der::explicit(0, &der::sequence(&data)),
            ]),
        ])
    }
}

/// `TSTInfo`
fn info(token: &Token, signature: &[u8], time: u64) -> Vec<u8> {
    let imprint = match token.fault {
        Some(TokenFault::Sha1Imprint) => [der::sequence(&[der::oid(SHA1)]), der::octets(&[7; 20])],
        Some(TokenFault::OtherImprint) => [
            token.imprint.algorithm(),
            der::octets(&token.imprint.of(b"another signature")),
        ],
        _ => [
            token.imprint.algorithm(),
            der::octets(&token.imprint.of(signature)),
        ],
    };
    let mut serial = Hash::Sha256.of(signature);
    serial.truncate(8);
    let mut info = vec![
        der::integer(&[1]),
        der::oid(POLICY),
        der::sequence(&imprint),
        der::integer(&serial),
        der::generalized_time(time),
        // Accurate to a second
        der::sequence(&[der::integer(&[1])]),
    ];
    if token.fault == Some(TokenFault::CriticalExtension) {
        let extension = der::sequence(&[der::oid(&[1, 2, 3, 4]), der::yes(), der::octets(&[5, 0])]);
        info.push(der::explicit(1, &extension));
    }
    der::sequence(&info)
}

/// Content of the set of signed attributes
fn attributes(token: &Token, info: &[u8], time: u64, certificate: &[u8]) -> Vec<u8> {
    let has = |fault| token.fault == Some(fault);
    let attribute =
        |oid: Oid, value: Vec<u8>| der::sequence(&[der::oid(oid), der::set(vec![value])]);
    let digest = if has(TokenFault::OtherMessageDigest) {
        token.hash.of(b"another content")
    } else {
        token.hash.of(info)
    };
    let named = if has(TokenFault::OtherCertificate) {
        Hash::Sha256.of(b"another certificate")
    } else {
        Hash::Sha256.of(certificate)
    };
    let certificates = der::sequence(&[der::sequence(&[der::octets(&named)])]);
    let mut attributes = vec![
        attribute(SIGNING_TIME, der::time(time)),
        attribute(MESSAGE_DIGEST, der::octets(&digest)),
        attribute(SIGNING_CERTIFICATE_V2, der::sequence(&[certificates])),
    ];
    if !has(TokenFault::NoContentType) {
        attributes.push(attribute(CONTENT_TYPE, der::oid(TST_INFO)));
    }
    if has(TokenFault::AttributeTwice) {
        attributes.push(attribute(MESSAGE_DIGEST, der::octets(&digest)));
    }
    attributes.sort();
    attributes.concat()
}
