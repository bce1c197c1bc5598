//! Certificates and tokens for tests, every part of which can be replaced, and a writer of DER.

use alloc::vec;
use alloc::vec::Vec;

use p256::ecdsa::signature::hazmat::{PrehashSigner as _, PrehashVerifier as _};
use p256::ecdsa::{DerSignature, SigningKey, VerifyingKey};
use p256::pkcs8::{DecodePublicKey as _, EncodePublicKey as _, ObjectIdentifier};
use sha2::{Digest as _, Sha256};

use super::certificate::Certificate;
use super::der::only;
use super::{BadSignature, Hash, Key, KeyKind};

/// Writes an element.
pub(super) fn der(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = contents.len();
    let mut element = match length {
        0..=0x7f => vec![tag, length.try_into().unwrap()],
        0x80..=0xff => vec![tag, 0x81, length.try_into().unwrap()],
        _ => {
            let [high, low] = u16::try_from(length).unwrap().to_be_bytes();
            vec![tag, 0x82, high, low]
        }
    };
    element.extend(contents);
    element
}

pub(super) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    der(0x30, &parts.concat())
}

pub(super) fn set(parts: &[&[u8]]) -> Vec<u8> {
    der(0x31, &parts.concat())
}

/// `[number]`, constructed
pub(super) fn context(number: u8, contents: &[u8]) -> Vec<u8> {
    der(0xa0 | number, contents)
}

pub(super) fn integer(bytes: &[u8]) -> Vec<u8> {
    der(2, bytes)
}

pub(super) fn octets(bytes: &[u8]) -> Vec<u8> {
    der(4, bytes)
}

pub(super) fn oid(dotted: &str) -> Vec<u8> {
    der(6, ObjectIdentifier::new_unwrap(dotted).as_bytes())
}

pub(super) fn utf8(text: &str) -> Vec<u8> {
    der(0x0c, text.as_bytes())
}

/// A BIT STRING of whole bytes
pub(super) fn bits(bytes: &[u8]) -> Vec<u8> {
    der(3, &[&[0], bytes].concat())
}

pub(super) fn utc(text: &str) -> Vec<u8> {
    der(0x17, text.as_bytes())
}

pub(super) fn generalized(text: &str) -> Vec<u8> {
    der(0x18, text.as_bytes())
}

/// Returns the element once for each constructed element in it, with NULL at the end of that one.
pub(super) fn with_one_more(element: &[u8]) -> Vec<Vec<u8>> {
    let (tag, element) = (*element.first().unwrap(), only(element).unwrap());
    if tag & 0x20 == 0 {
        return vec![];
    }
    let mut elements = element.elements();
    let mut parts = vec![];
    while !elements.is_empty() {
        parts.push(elements.any().unwrap().bytes.to_vec());
    }
    let mut grown = vec![der(tag, &[element.contents, &[5, 0]].concat())];
    for (at, part) in parts.iter().enumerate() {
        for part in with_one_more(part) {
            let mut parts = parts.clone();
            *parts.get_mut(at).unwrap() = part;
            grown.push(der(tag, &parts.concat()));
        }
    }
    grown
}

pub(super) const TRUE: [u8; 3] = [1, 1, 0xff];
pub(super) const FALSE: [u8; 3] = [1, 1, 0];

pub(super) fn extension(dotted: &str, value: &[u8]) -> Vec<u8> {
    sequence(&[&oid(dotted), &octets(value)])
}

pub(super) fn critical(dotted: &str, value: &[u8]) -> Vec<u8> {
    sequence(&[&oid(dotted), &TRUE, &octets(value)])
}

/// A name with one attribute, `commonName`
pub(super) fn name(common: &str) -> Vec<u8> {
    sequence(&[&set(&[&sequence(&[&oid("2.5.4.3"), &utf8(common)])])])
}

pub(super) fn ecdsa_with_sha256() -> Vec<u8> {
    sequence(&[&oid("1.2.840.10045.4.3.2")])
}

pub(super) fn sha256() -> Vec<u8> {
    sequence(&[&oid("2.16.840.1.101.3.4.2.1")])
}

/// The key pair of P-256 with this seed
pub(super) fn key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).unwrap()
}

pub(super) fn spki(key: &SigningKey) -> Vec<u8> {
    let spki = key.verifying_key().to_public_key_der();
    spki.unwrap().into_vec()
}

/// A key on P-256
pub(super) struct PublicKey(VerifyingKey);

impl PublicKey {
    pub(super) fn of(certificate: &Certificate<'_>) -> Self {
        Self(VerifyingKey::from_public_key_der(certificate.spki()).unwrap())
    }
}

impl Key for PublicKey {
    fn kind(&self) -> KeyKind {
        KeyKind::P256
    }

    fn verify(&self, hash: Hash, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        let signature = DerSignature::from_bytes(signature).map_err(|_| BadSignature)?;
        let verified = self.0.verify_prehash(&hash.digest(message), &signature);
        verified.map_err(|_| BadSignature)
    }
}

pub(super) fn public(key: &SigningKey) -> PublicKey {
    PublicKey(*key.verifying_key())
}

/// Signs the SHA-256 of a message.
pub(super) fn sign(key: &SigningKey, message: &[u8]) -> Vec<u8> {
    let signature: DerSignature = key.sign_prehash(&Sha256::digest(message)).unwrap();
    signature.as_bytes().to_vec()
}

pub(super) const BASIC_CONSTRAINTS: &str = "2.5.29.19";
pub(super) const KEY_USAGE: &str = "2.5.29.15";
pub(super) const EXT_KEY_USAGE: &str = "2.5.29.37";
pub(super) const SUBJECT_ALT_NAME: &str = "2.5.29.17";
pub(super) const SUBJECT_KEY_ID: &str = "2.5.29.14";
pub(super) const AUTHORITY_KEY_ID: &str = "2.5.29.35";
pub(super) const SCT_LIST: &str = "1.3.6.1.4.1.11129.2.4.2";
pub(super) const ISSUER: &str = "1.3.6.1.4.1.57264.1.8";
pub(super) const CODE_SIGNING: &str = "1.3.6.1.5.5.7.3.3";
pub(super) const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";
pub(super) const URI: &str =
    "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1";

/// The parts of a certificate, in DER
#[derive(Clone)]
pub(super) struct Sample {
    pub(super) version: Vec<u8>,
    pub(super) serial: Vec<u8>,
    pub(super) inner_algorithm: Vec<u8>,
    pub(super) issuer: Vec<u8>,
    pub(super) validity: Vec<u8>,
    pub(super) subject: Vec<u8>,
    pub(super) spki: Vec<u8>,
    /// Between the key and the extensions
    pub(super) unique_ids: Vec<u8>,
    pub(super) extensions: Vec<Vec<u8>>,
    pub(super) outer_algorithm: Vec<u8>,
    /// Instead of the signature by key 1
    pub(super) signature: Option<Vec<u8>>,
}

impl Sample {
    /// A signing certificate as Fulcio issues it, without promises of CT logs
    pub(super) fn leaf() -> Self {
        Self {
            version: context(0, &integer(&[2])),
            serial: integer(&[7]),
            inner_algorithm: ecdsa_with_sha256(),
            issuer: name("intermediate"),
            validity: sequence(&[&utc("260301115959Z"), &utc("260301121000Z")]),
            subject: sequence(&[]),
            spki: spki(&key(2)),
            unique_ids: vec![],
            extensions: vec![
                critical(KEY_USAGE, &der(3, &[7, 0x80])),
                extension(EXT_KEY_USAGE, &sequence(&[&oid(CODE_SIGNING)])),
                extension(SUBJECT_KEY_ID, &octets(b"leaf")),
                extension(AUTHORITY_KEY_ID, &sequence(&[&der(0x80, b"intermediate")])),
                critical(SUBJECT_ALT_NAME, &sequence(&[&der(0x86, URI.as_bytes())])),
                extension(ISSUER, &utf8("https://issuer.example")),
                extension("1.3.6.1.4.1.57264.1.20", &utf8("push")),
            ],
            outer_algorithm: ecdsa_with_sha256(),
            signature: None,
        }
    }

    /// The certificate that issues [`Self::leaf`]
    pub(super) fn authority() -> Self {
        Self {
            issuer: name("root"),
            subject: name("intermediate"),
            spki: spki(&key(1)),
            validity: sequence(&[&utc("250101000000Z"), &utc("341231235959Z")]),
            extensions: vec![
                critical(KEY_USAGE, &der(3, &[1, 0x06])),
                extension(EXT_KEY_USAGE, &sequence(&[&oid(CODE_SIGNING)])),
                critical(BASIC_CONSTRAINTS, &sequence(&[&TRUE, &integer(&[0])])),
                extension(SUBJECT_KEY_ID, &octets(b"intermediate")),
                extension(AUTHORITY_KEY_ID, &sequence(&[&der(0x80, b"root")])),
            ],
            ..Self::leaf()
        }
    }

    /// The certificate of a timestamp authority
    pub(super) fn timestamp_signer() -> Self {
        Self {
            serial: integer(&[4]),
            issuer: name("tsa root"),
            subject: name("tsa"),
            spki: spki(&key(3)),
            extensions: vec![
                critical(KEY_USAGE, &der(3, &[7, 0x80])),
                critical(EXT_KEY_USAGE, &sequence(&[&oid(TIME_STAMPING)])),
                extension(SUBJECT_KEY_ID, &octets(b"tsa")),
            ],
            ..Self::authority()
        }
    }

    /// Replaces an extension, or adds it.
    pub(super) fn with(mut self, dotted: &str, extension: Vec<u8>) -> Self {
        let oid = oid(dotted);
        let is_it = |extension: &Vec<u8>| extension.windows(oid.len()).any(|it| it == oid);
        match self.extensions.iter().position(is_it) {
            Some(at) => *self.extensions.get_mut(at).unwrap() = extension,
            None => self.extensions.push(extension),
        }
        self
    }

    pub(super) fn without(mut self, dotted: &str) -> Self {
        let oid = oid(dotted);
        self.extensions
            .retain(|extension| !extension.windows(oid.len()).any(|it| it == oid));
        self
    }

    /// Replaces the value of an extension, which is then not critical.
    pub(super) fn value(self, dotted: &str, value: &[u8]) -> Self {
        self.with(dotted, extension(dotted, value))
    }

    pub(super) fn tbs(&self) -> Vec<u8> {
        sequence(&[
            &self.version,
            &self.serial,
            &self.inner_algorithm,
            &self.issuer,
            &self.validity,
            &self.subject,
            &self.spki,
            &self.unique_ids,
            &context(3, &der(0x30, &self.extensions.concat())),
        ])
    }

    pub(super) fn der(&self) -> Vec<u8> {
        let tbs = self.tbs();
        let signature = self.signature.clone();
        let signature = signature.unwrap_or_else(|| bits(&sign(&key(1), &tbs)));
        sequence(&[&tbs, &self.outer_algorithm, &signature])
    }
}

/// The bytes that the token of a sample stamps
pub(super) const STAMPED: &[u8] = b"signature";

/// The parts of a timestamp response, in DER
#[derive(Clone)]
pub(super) struct TokenSample {
    pub(super) status: Vec<u8>,
    pub(super) content_type: Vec<u8>,
    pub(super) signed_data_version: Vec<u8>,
    pub(super) digest_algorithms: Vec<u8>,
    pub(super) e_content_type: Vec<u8>,
    pub(super) info: InfoSample,
    /// Certificates and revocation lists
    pub(super) embedded: Vec<u8>,
    pub(super) sid: Vec<u8>,
    pub(super) digest_algorithm: Vec<u8>,
    /// Instead of the contents of the attributes
    pub(super) attributes: Vec<Vec<u8>>,
    pub(super) signature_algorithm: Vec<u8>,
    pub(super) signature: Option<Vec<u8>>,
    pub(super) unsigned: Vec<u8>,
    /// Number of copies of the signer
    pub(super) signers: usize,
}

/// The parts of a `TSTInfo`, in DER
#[derive(Clone)]
pub(super) struct InfoSample {
    pub(super) version: Vec<u8>,
    pub(super) imprint: Vec<u8>,
    pub(super) time: Vec<u8>,
    /// After the time
    pub(super) rest: Vec<u8>,
}

impl InfoSample {
    pub(super) fn good() -> Self {
        Self {
            version: integer(&[1]),
            imprint: sequence(&[&sha256(), &octets(&Sha256::digest(STAMPED))]),
            time: generalized("20260301120000Z"),
            rest: vec![],
        }
    }

    pub(super) fn der(&self) -> Vec<u8> {
        sequence(&[
            &self.version,
            &oid("1.3.6.1.4.1.57264.2"),
            &self.imprint,
            &integer(&[99]),
            &self.time,
            &self.rest,
        ])
    }
}

pub(super) const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
pub(super) const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
pub(super) const SIGNING_CERTIFICATE_V2: &str = "1.2.840.113549.1.9.16.2.47";
pub(super) const TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";

/// An attribute with one value
pub(super) fn attribute(dotted: &str, value: &[u8]) -> Vec<u8> {
    sequence(&[&oid(dotted), &set(&[value])])
}

impl TokenSample {
    /// A token by [`Sample::timestamp_signer`] about [`STAMPED`]
    pub(super) fn good() -> Self {
        Self::about(InfoSample::good())
    }

    /// A token with another content, whose digest is in the attributes
    pub(super) fn about(info: InfoSample) -> Self {
        let certificate = Sha256::digest(Sample::timestamp_signer().der());
        Self {
            status: sequence(&[&integer(&[0])]),
            content_type: oid("1.2.840.113549.1.7.2"),
            signed_data_version: integer(&[3]),
            digest_algorithms: set(&[&sha256()]),
            e_content_type: oid(TST_INFO),
            embedded: vec![],
            sid: sequence(&[&name("tsa root"), &integer(&[4])]),
            digest_algorithm: sha256(),
            attributes: vec![
                attribute(CONTENT_TYPE, &oid(TST_INFO)),
                attribute("1.2.840.113549.1.9.5", &utc("260301120000Z")),
                attribute(MESSAGE_DIGEST, &octets(&Sha256::digest(info.der()))),
                attribute(
                    SIGNING_CERTIFICATE_V2,
                    &sequence(&[&sequence(&[&sequence(&[&octets(&certificate)])])]),
                ),
            ],
            info,
            signature_algorithm: ecdsa_with_sha256(),
            signature: None,
            unsigned: vec![],
            signers: 1,
        }
    }

    /// Replaces an attribute.
    pub(super) fn with(mut self, dotted: &str, attribute: Vec<u8>) -> Self {
        self = self.without(dotted);
        self.attributes.push(attribute);
        self
    }

    pub(super) fn without(mut self, dotted: &str) -> Self {
        let start = oid(dotted);
        self.attributes
            .retain(|attribute| !attribute.windows(start.len()).any(|it| it == start));
        self
    }

    pub(super) fn der(&self) -> Vec<u8> {
        let attributes = self.attributes.concat();
        let signature = self.signature.clone();
        let signature = signature.unwrap_or_else(|| sign(&key(3), &der(0x31, &attributes)));
        let signed = match attributes.is_empty() {
            true => vec![],
            false => context(0, &attributes),
        };
        let signer = sequence(&[
            &integer(&[1]),
            &self.sid,
            &self.digest_algorithm,
            &signed,
            &self.signature_algorithm,
            &octets(&signature),
            &self.unsigned,
        ]);
        let signed_data = sequence(&[
            &self.signed_data_version,
            &self.digest_algorithms,
            &sequence(&[&self.e_content_type, &context(0, &octets(&self.info.der()))]),
            &self.embedded,
            &set(&vec![&*signer; self.signers]),
        ]);
        let token = sequence(&[&self.content_type, &context(0, &signed_data)]);
        sequence(&[&self.status, &token])
    }
}
