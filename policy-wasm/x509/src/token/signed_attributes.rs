//! The attributes that the signature of a token covers.

use alloc::format;
use alloc::vec::Vec;

use p256::pkcs8::ObjectIdentifier;

use super::super::Malformed;
use super::super::algorithm::AlgorithmIdentifier;
use super::super::der::{Element, Oid, Tag};
use super::{ID_CT_TST_INFO, UNSUPPORTED_HASH};
use crate::Hash;

/// Most attributes of one token; real ones have four or five
const MAX_ATTRIBUTES: usize = 32;

/// `signedAttrs` (RFC 5652, section 5.3)
#[derive(Debug, Clone, Copy)]
pub(super) struct SignedAttributes<'a> {
    bytes: &'a [u8],
    pub(super) message_digest: &'a [u8],
    /// The hash of the signer's certificate (RFC 5816)
    pub(super) signing_certificate: Option<(Hash, &'a [u8])>,
}

impl<'a> SignedAttributes<'a> {
    pub(super) fn read(attributes: Element<'a>) -> Result<Self, Malformed> {
        let bytes = attributes.bytes;
        let attributes = Attribute::read_all(attributes)?;
        let value = |oid| {
            let found = attributes.iter().find(|attribute| attribute.oid == oid);
            found.map(|attribute| attribute.value)
        };
        let content_type =
            value(CONTENT_TYPE).ok_or_else(|| Malformed::new("contentType is not there"))?;
        if content_type.oid()? != ID_CT_TST_INFO {
            return Err(Malformed::new("contentType: is not TSTInfo"));
        }
        let digest =
            value(MESSAGE_DIGEST).ok_or_else(|| Malformed::new("messageDigest is not there"))?;
        digest
            .expect(Tag::OCTET_STRING)
            .map_err(|problem| problem.of("messageDigest"))?;
        let certificate = value(SIGNING_CERTIFICATE_V2)
            .map(signing_certificate)
            .transpose();
        Ok(Self {
            bytes,
            message_digest: digest.contents,
            signing_certificate: certificate
                .map_err(|problem| problem.of("signingCertificateV2"))?,
        })
    }

    /// Returns the bytes that are signed: the attributes with the tag of a SET (RFC 5652, section 5.4).
    pub(super) fn signed(&self) -> Vec<u8> {
        let rest = self.bytes.split_first().map_or(&[][..], |(_, rest)| rest);
        [&[SET], rest].concat()
    }
}

const SET: u8 = 0x31;

/// One attribute with its only value
struct Attribute<'a> {
    oid: Oid<'a>,
    value: Element<'a>,
}

impl<'a> Attribute<'a> {
    fn read_all(attributes: Element<'a>) -> Result<Vec<Self>, Malformed> {
        let mut elements = attributes.elements();
        let mut attributes: Vec<Self> = Vec::new();
        while !elements.is_empty() {
            if attributes.len() == MAX_ATTRIBUTES {
                return Err(format!("more than {MAX_ATTRIBUTES}").into());
            }
            let attribute = Self::read(elements.take(Tag::SEQUENCE)?)?;
            if attributes.iter().any(|other| other.oid == attribute.oid) {
                return Err(format!("{} is there twice", attribute.oid).into());
            }
            attributes.push(attribute);
        }
        Ok(attributes)
    }

    fn read(attribute: Element<'a>) -> Result<Self, Malformed> {
        let mut fields = attribute.elements();
        let oid = fields.any()?.oid()?;
        let mut values = fields.take(Tag::SET)?.elements();
        fields.end()?;
        let value = values.any().map_err(|problem| problem.of("attribute"))?;
        if !values.is_empty() {
            return Err(format!("{oid} has more than one value").into());
        }
        Ok(Self { oid, value })
    }
}

/// Reads the first hash of `SigningCertificateV2` (RFC 5035, section 3), which is the signer's.
fn signing_certificate(value: Element<'_>) -> Result<(Hash, &[u8]), Malformed> {
    value.expect(Tag::SEQUENCE)?;
    let mut certificates = value.elements().take(Tag::SEQUENCE)?.elements();
    let mut fields = certificates.take(Tag::SEQUENCE)?.elements();
    let hash = match fields.take_if(Tag::SEQUENCE)? {
        None => Hash::Sha256,
        Some(algorithm) => AlgorithmIdentifier::read(algorithm)?
            .hash()
            .ok_or_else(|| Malformed::new(UNSUPPORTED_HASH))?,
    };
    Ok((hash, fields.take(Tag::OCTET_STRING)?.contents))
}

// RFC 5652, section 11
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
/// RFC 5816
const SIGNING_CERTIFICATE_V2: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
