//! RFC 3161 timestamp tokens, as bundles carry them.
//!
//! Certificates and revocation lists inside a token are not looked at: only the authorities of a trusted root count.

mod signed_attributes;
mod tst_info;

use p256::pkcs8::ObjectIdentifier;

use self::signed_attributes::SignedAttributes;
use self::tst_info::TstInfo;
use super::Malformed;
use super::algorithm::{AlgorithmIdentifier, SignatureAlgorithm};
use super::certificate::{self, Certificate};
use super::der::{self, Element, Tag, constructed, primitive};
use super::moment::Moment;
use crate::{BadSignature, Hash, Key};

/// Longest token that is read; real ones have up to 5,500 bytes, with their certificates
const MAX_BYTES: usize = 32 * 1024;

/// A timestamp response that grants a token
///
/// It is only read: call [`Self::agrees_with`] and [`Self::is_signed_by`] before its time counts.
#[derive(Debug, Clone)]
pub struct Token<'a> {
    info: TstInfo<'a>,
    signer: SignerId<'a>,
    digest_algorithm: Hash,
    attributes: SignedAttributes<'a>,
    signature_algorithm: SignatureAlgorithm,
    signature: &'a [u8],
}

/// The certificate that a token names as its signer's (RFC 5652, section 5.3)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SignerId<'a> {
    /// The issuer's name in DER, and the contents of the serial number
    IssuerAndSerialNumber(&'a [u8], &'a [u8]),
    SubjectKeyIdentifier(&'a [u8]),
}

impl<'a> Token<'a> {
    /// Reads a `TimeStampResp` in DER.
    ///
    /// # Errors
    ///
    /// [`Malformed`]: it is longer than 32 KiB, is not strict DER, grants nothing, or uses a part of CMS or RFC 3161
    /// that is not supported.
    #[inline(never)]
    pub fn read(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let response = der::document(bytes, MAX_BYTES)?;
        response.expect(Tag::SEQUENCE)?;
        let mut fields = response.elements();
        check_status(fields.take(Tag::SEQUENCE)?).map_err(|problem| problem.of("status"))?;
        let token = fields.take(Tag::SEQUENCE)?;
        fields.end()?;
        let (kind, content) = content_info(token)?;
        if kind != ID_SIGNED_DATA {
            return Err(Malformed::new("contentType: is not signedData"));
        }
        Self::read_signed_data(content).map_err(|problem| problem.of("signedData"))
    }

    /// Reads `SignedData` (RFC 5652, section 5.1).
    fn read_signed_data(signed_data: Element<'a>) -> Result<Self, Malformed> {
        signed_data.expect(Tag::SEQUENCE)?;
        let mut fields = signed_data.elements();
        fields
            .any()?
            .integer()
            .map_err(|problem| problem.of("version"))?;
        let mut digest_algorithms = fields.take(Tag::SET)?.elements();
        while !digest_algorithms.is_empty() {
            AlgorithmIdentifier::read(digest_algorithms.any()?)
                .map_err(|problem| problem.of("digestAlgorithms"))?;
        }
        let (kind, content) = content_info(fields.take(Tag::SEQUENCE)?)
            .map_err(|problem| problem.of("encapContentInfo"))?;
        if kind != ID_CT_TST_INFO {
            return Err(Malformed::new("eContentType: is not TSTInfo"));
        }
        content
            .expect(Tag::OCTET_STRING)
            .map_err(|problem| problem.of("eContent"))?;
        let info = TstInfo::read(content.contents).map_err(|problem| problem.of("TSTInfo"))?;
        fields.take_if(constructed(0))?; // certificates
        fields.take_if(constructed(1))?; // crls
        let signers = fields.take(Tag::SET)?;
        fields.end()?;
        let signer = signers.sole(Tag::SEQUENCE);
        let signer = signer.map_err(|_| Malformed::new("signerInfos: is not one SignerInfo"))?;
        Self::read_signer(info, signer).map_err(|problem| problem.of("signerInfo"))
    }

    /// Reads `SignerInfo` (RFC 5652, section 5.3).
    fn read_signer(info: TstInfo<'a>, signer: Element<'a>) -> Result<Self, Malformed> {
        let mut fields = signer.elements();
        fields
            .any()?
            .integer()
            .map_err(|problem| problem.of("version"))?;
        let signer = SignerId::read(fields.any()?).map_err(|problem| problem.of("sid"))?;
        let digest_algorithm = AlgorithmIdentifier::read(fields.any()?)
            .and_then(|algorithm| {
                algorithm
                    .hash()
                    .ok_or_else(|| Malformed::new(UNSUPPORTED_HASH))
            })
            .map_err(|problem| problem.of("digestAlgorithm"))?;
        let attributes = fields.take_if(constructed(0))?;
        let attributes = attributes
            .ok_or_else(|| Malformed::new("are not there"))
            .and_then(SignedAttributes::read)
            .map_err(|problem| problem.of("signedAttrs"))?;
        let algorithm = AlgorithmIdentifier::read(fields.any()?)
            .and_then(|algorithm| signature_algorithm(algorithm, digest_algorithm))
            .map_err(|problem| problem.of("signatureAlgorithm"))?;
        let signature = fields.take(Tag::OCTET_STRING)?.contents;
        fields.take_if(constructed(1))?; // unsignedAttrs
        fields.end()?;
        Ok(Self {
            info,
            signer,
            digest_algorithm,
            attributes,
            signature_algorithm: algorithm,
            signature,
        })
    }

    /// The time that the token states, `genTime`.
    #[must_use]
    pub const fn moment(&self) -> Moment {
        self.info.moment
    }

    /// The digest that the token is about, `messageImprint`.
    #[must_use]
    pub const fn imprint(&self) -> &'a [u8] {
        self.info.imprint
    }

    /// Whether the token is about these bytes.
    #[must_use]
    #[inline(never)]
    pub fn is_about(&self, bytes: &[u8]) -> bool {
        self.info.imprint_algorithm.digest(bytes) == self.info.imprint
    }

    /// Whether the token names this certificate as its signer's.
    #[must_use]
    #[inline(never)]
    pub fn names(&self, certificate: &Certificate<'_>) -> bool {
        match self.signer {
            SignerId::IssuerAndSerialNumber(issuer, serial) => {
                issuer == certificate.issuer() && serial == certificate.serial()
            }
            SignerId::SubjectKeyIdentifier(id) => certificate.subject_key_id() == Some(id),
        }
    }

    /// Checks everything but the signature that ties the token to an authority's certificate: its own digest, the
    /// hash of the certificate (RFC 5816), and the certificate's purpose (RFC 3161, section 2.3).
    ///
    /// # Errors
    ///
    /// [`Malformed`]
    #[inline(never)]
    pub fn agrees_with(&self, authority: &Certificate<'_>) -> Result<(), Malformed> {
        if self.digest_algorithm.digest(self.info.bytes) != self.attributes.message_digest {
            return Err(Malformed::new("messageDigest: is of another TSTInfo"));
        }
        if let Some((hash, digest)) = self.attributes.signing_certificate
            && hash.digest(authority.as_der()) != digest
        {
            return Err(Malformed::new(
                "signingCertificateV2: is another certificate",
            ));
        }
        authority.check_time_stamping()
    }

    /// Verifies the signature with the key of an authority's certificate.
    ///
    /// # Errors
    ///
    /// [`BadSignature`]; also if the algorithm is none of this key's.
    #[inline(never)]
    pub fn is_signed_by(&self, key: &dyn Key) -> Result<(), BadSignature> {
        let signed = self.attributes.signed();
        self.signature_algorithm
            .verify(key, &signed, self.signature)
    }
}

impl<'a> SignerId<'a> {
    fn read(id: Element<'a>) -> Result<Self, Malformed> {
        if id.tag() == primitive(0) {
            return Ok(Self::SubjectKeyIdentifier(id.contents));
        }
        id.expect(Tag::SEQUENCE)?;
        let mut fields = id.elements();
        let issuer = certificate::name(fields.any()?)?;
        let serial = fields.any()?.integer()?;
        fields.end()?;
        Ok(Self::IssuerAndSerialNumber(issuer, serial))
    }
}

/// Checks `PKIStatusInfo` (RFC 3161, section 2.4.2).
fn check_status(info: Element<'_>) -> Result<(), Malformed> {
    let mut fields = info.elements();
    let status = fields.any()?.number()?;
    fields.take_if(Tag::SEQUENCE)?; // statusString
    fields.take_if(Tag::BIT_STRING)?; // failInfo
    fields.end()?;
    // granted and grantedWithMods
    if status > 1 {
        return Err(alloc::format!("is {status}, so no token was granted").into());
    }
    Ok(())
}

/// Reads `ContentInfo` or `EncapsulatedContentInfo`, which have the same form.
fn content_info(info: Element<'_>) -> Result<(der::Oid<'_>, Element<'_>), Malformed> {
    let mut fields = info.elements();
    let kind = fields.any()?.oid()?;
    let content = fields.take(constructed(0))?;
    fields.end()?;
    Ok((kind, der::only(content.contents)?))
}

/// The signature must be over the same hash as `messageDigest`.
fn signature_algorithm(
    algorithm: AlgorithmIdentifier<'_>,
    digest: Hash,
) -> Result<SignatureAlgorithm, Malformed> {
    let algorithm = algorithm.signature(Some(digest));
    let algorithm = algorithm.ok_or_else(|| Malformed::new("is not supported"))?;
    if algorithm.hash().is_some_and(|hash| hash != digest) {
        return Err(Malformed::new("has another hash than digestAlgorithm"));
    }
    Ok(algorithm)
}

const UNSUPPORTED_HASH: &str = "is not SHA-256, SHA-384 or SHA-512";

/// RFC 5652, section 5.1
const ID_SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
/// RFC 3161, section 2.4.2
const ID_CT_TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");

#[cfg(test)]
mod tests;
