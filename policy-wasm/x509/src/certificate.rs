//! X.509 certificates (RFC 5280): the fields that Sigstore needs, with their original bytes.

mod authority;
mod claim;
mod extension;
mod leaf;
mod subject_name;

use alloc::vec::Vec;

use p256::pkcs8::ObjectIdentifier;

pub use self::authority::Purpose;
pub use self::claim::Claim;
pub(super) use self::extension::Extension;
use self::extension::{BasicConstraints, ExtKeyUsage, KeyUsage};
pub use self::leaf::Leaf;
pub use self::subject_name::SubjectName;
use super::Malformed;
use super::algorithm::{AlgorithmIdentifier, SignatureAlgorithm};
use super::der::{self, Element, Tag, constructed};
use super::moment::Moment;
use super::sct::Sct;
use crate::time::Time;
use crate::{BadSignature, Key};

/// Longest certificate that is read; Fulcio's have about 2,500 bytes
const MAX_BYTES: usize = 16 * 1024;

/// A certificate of version 3
///
/// It is only read: nothing here says that anyone trustworthy issued it.
#[derive(Debug, Clone)]
pub struct Certificate<'a> {
    bytes: &'a [u8],
    tbs: Tbs<'a>,
    algorithm: Option<SignatureAlgorithm>,
    signature: &'a [u8],
    basic_constraints: Option<BasicConstraints>,
    key_usage: Option<KeyUsage>,
    ext_key_usage: Option<ExtKeyUsage<'a>>,
    subject_key_id: Option<&'a [u8]>,
    authority_key_id: Option<&'a [u8]>,
}

impl<'a> Certificate<'a> {
    /// Reads a certificate in DER.
    ///
    /// # Errors
    ///
    /// [`Malformed`]: it is longer than 16 KiB, is not strict DER, is not of version 3, has more than 64 extensions or
    /// one of them twice, or an extension that is read here breaks its own format.
    #[inline(never)]
    pub fn read(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let certificate = der::document(bytes, MAX_BYTES)?;
        certificate.expect(Tag::SEQUENCE)?;
        let mut fields = certificate.elements();
        let tbs = fields.take(Tag::SEQUENCE)?;
        let algorithm = fields.any()?;
        let signature = fields.any()?;
        fields.end()?;

        let tbs = Tbs::read(tbs).map_err(|problem| problem.of("tbsCertificate"))?;
        let signature = signature
            .bit_bytes()
            .map_err(|problem| problem.of("signatureValue"))?;
        if algorithm.bytes != tbs.algorithm {
            return Err(Malformed::new(
                "signatureAlgorithm: differs from the algorithm inside tbsCertificate",
            ));
        }
        let algorithm = AlgorithmIdentifier::read(algorithm)
            .map_err(|problem| problem.of("signatureAlgorithm"))?;
        Ok(Self {
            bytes,
            algorithm: algorithm.signature(None),
            signature,
            basic_constraints: tbs.extension(BasicConstraints::OID, BasicConstraints::read)?,
            key_usage: tbs.extension(KeyUsage::OID, KeyUsage::read)?,
            ext_key_usage: tbs.extension(ExtKeyUsage::OID, ExtKeyUsage::read)?,
            subject_key_id: tbs.extension(SUBJECT_KEY_ID, extension::subject_key_id)?,
            authority_key_id: tbs
                .extension(AUTHORITY_KEY_ID, extension::authority_key_id)?
                .flatten(),
            tbs,
        })
    }

    /// The whole certificate in DER.
    #[must_use]
    pub const fn as_der(&self) -> &'a [u8] {
        self.bytes
    }

    /// The part that is signed, `tbsCertificate`, in DER.
    #[must_use]
    pub const fn tbs(&self) -> &'a [u8] {
        self.tbs.bytes
    }

    /// The contents of the INTEGER `serialNumber`.
    #[must_use]
    pub const fn serial(&self) -> &'a [u8] {
        self.tbs.serial
    }

    /// The name of the issuer, in DER.
    #[must_use]
    pub const fn issuer(&self) -> &'a [u8] {
        self.tbs.issuer
    }

    /// The name of the subject, in DER; empty in leaves of Fulcio.
    #[must_use]
    pub const fn subject(&self) -> &'a [u8] {
        self.tbs.subject
    }

    /// The first second of the validity.
    #[must_use]
    pub const fn not_before(&self) -> Time {
        self.tbs.not_before
    }

    /// The last second of the validity.
    #[must_use]
    pub const fn not_after(&self) -> Time {
        self.tbs.not_after
    }

    /// The public key, `subjectPublicKeyInfo`, in DER.
    #[must_use]
    pub const fn spki(&self) -> &'a [u8] {
        self.tbs.spki
    }

    /// The signature of the issuer.
    #[must_use]
    pub const fn signature(&self) -> &'a [u8] {
        self.signature
    }

    /// The key identifier of the subject (RFC 5280, section 4.2.1.2).
    #[must_use]
    pub const fn subject_key_id(&self) -> Option<&'a [u8]> {
        self.subject_key_id
    }

    /// The key identifier of the issuer (RFC 5280, section 4.2.1.1).
    #[must_use]
    pub const fn authority_key_id(&self) -> Option<&'a [u8]> {
        self.authority_key_id
    }

    /// The extensions in their order: identifier, whether it is critical, and the value of the OCTET STRING.
    pub fn extensions(&self) -> impl Iterator<Item = (&'a [u8], bool, &'a [u8])> + '_ {
        let extensions = self.tbs.extensions.iter();
        extensions.map(|extension| (extension.oid.0, extension.is_critical, extension.value))
    }

    /// Whether a time is within the validity, both ends included.
    #[must_use]
    #[inline(never)]
    pub fn is_valid_at(&self, moment: Moment) -> bool {
        Moment::from(self.not_before()) <= moment && moment <= Moment::from(self.not_after())
    }

    /// Whether it is a CA (RFC 5280, section 4.2.1.9).
    #[must_use]
    pub fn is_authority(&self) -> bool {
        let constraints = self.basic_constraints.as_ref();
        constraints.is_some_and(|constraints| constraints.is_authority)
    }

    /// Whether `issuer` has the name of this certificate's issuer and, where both have one, the key identifier. Says
    /// nothing about the signature.
    #[must_use]
    #[inline(never)]
    pub fn names_issuer(&self, issuer: &Certificate<'_>) -> bool {
        let is_same_key = match (self.authority_key_id, issuer.subject_key_id) {
            (Some(wanted), Some(found)) => wanted == found,
            _ => true,
        };
        self.issuer() == issuer.subject() && is_same_key
    }

    /// Verifies the issuer's signature with the issuer's key.
    ///
    /// # Errors
    ///
    /// [`BadSignature`]; also if the algorithm is not supported, or is none of this key's.
    #[inline(never)]
    pub fn is_signed_by(&self, key: &dyn Key) -> Result<(), BadSignature> {
        let algorithm = self.algorithm.ok_or(BadSignature)?;
        algorithm.verify(key, self.tbs(), self.signature)
    }

    /// Reads the signing certificate's profile; see [`Leaf`].
    ///
    /// # Errors
    ///
    /// [`Malformed`]: it cannot be a signing certificate.
    #[inline(never)]
    pub fn leaf(&self) -> Result<Leaf<'a>, Malformed> {
        Leaf::read(self)
    }

    /// Reads the promises of CT logs; `None` if the certificate has no such extension.
    ///
    /// # Errors
    ///
    /// [`Malformed`]: the extension breaks its own format (RFC 6962, section 3.3).
    #[inline(never)]
    pub fn scts(&self) -> Result<Option<Vec<Sct<'a>>>, Malformed> {
        self.tbs.extension(SCT_LIST, |value| {
            let list = der::only(value)?;
            list.expect(Tag::OCTET_STRING)?;
            Sct::read_list(list.contents)
        })
    }

    /// Returns what CT logs have signed: `tbsCertificate` without the list of their promises (RFC 6962, section 3.2).
    ///
    /// Copies all other bytes as they are. Only the lengths around the extensions are written anew.
    #[must_use]
    #[inline(never)]
    pub fn precertificate_tbs(&self) -> Vec<u8> {
        let extensions: Vec<&[u8]> = (self.tbs.extensions.iter())
            .filter(|extension| extension.oid != SCT_LIST)
            .map(|extension| extension.bytes)
            .collect();
        let extensions = der::wrap(SEQUENCE, &extensions);
        let extensions = der::wrap(EXTENSIONS, &[&extensions]);
        der::wrap(SEQUENCE, &[self.tbs.before_extensions, &extensions])
    }

    /// Checks that each critical extension is one that is read.
    fn check_critical(&self) -> Result<(), Malformed> {
        let critical = self.tbs.extensions.iter().filter(|it| it.is_critical);
        let mut unknown = critical.filter(|it| !READ_EXTENSIONS.iter().any(|oid| it.oid == *oid));
        match unknown.next() {
            Some(extension) => {
                let oid = extension.oid;
                Err(alloc::format!("extension {oid} is critical and not supported").into())
            }
            None => Ok(()),
        }
    }
}

/// The fields of a `TBSCertificate`
#[derive(Debug, Clone)]
struct Tbs<'a> {
    bytes: &'a [u8],
    /// Contents up to the extensions, which are last
    before_extensions: &'a [u8],
    serial: &'a [u8],
    algorithm: &'a [u8],
    issuer: &'a [u8],
    not_before: Time,
    not_after: Time,
    subject: &'a [u8],
    spki: &'a [u8],
    extensions: Vec<Extension<'a>>,
}

impl<'a> Tbs<'a> {
    fn read(tbs: Element<'a>) -> Result<Self, Malformed> {
        let mut fields = tbs.elements();
        let version = fields
            .take(constructed(0))
            .and_then(|it| it.sole(Tag::INTEGER));
        let version = version.and_then(Element::number);
        if version.map_err(|problem| problem.of("version"))? != VERSION_3 {
            return Err(Malformed::new("version: is not 3"));
        }
        let serial = fields
            .any()?
            .integer()
            .map_err(|problem| problem.of("serialNumber"))?;
        let algorithm = fields.take(Tag::SEQUENCE)?;
        let issuer = name(fields.any()?).map_err(|problem| problem.of("issuer"))?;
        let validity = fields.take(Tag::SEQUENCE)?;
        let (not_before, not_after) =
            read_validity(validity).map_err(|problem| problem.of("validity"))?;
        let subject = name(fields.any()?).map_err(|problem| problem.of("subject"))?;
        let spki = spki(fields.any()?).map_err(|problem| problem.of("subjectPublicKeyInfo"))?;
        let before_extensions = tbs.contents.strip_suffix(fields.rest()).unwrap_or_default();
        // Unique identifiers would stand here. RFC 5280, section 4.1.2.8, forbids them to CAs.
        let extensions = fields
            .take(constructed(3))
            .and_then(|it| it.sole(Tag::SEQUENCE));
        let extensions = extensions
            .and_then(Extension::read_all)
            .map_err(|problem| problem.of("extensions"))?;
        fields.end()?;
        Ok(Self {
            bytes: tbs.bytes,
            before_extensions,
            serial,
            algorithm: algorithm.bytes,
            issuer,
            not_before,
            not_after,
            subject,
            spki,
            extensions,
        })
    }

    /// Reads the value of one extension, if it is there.
    fn extension<T>(
        &self,
        oid: ObjectIdentifier,
        read: impl FnOnce(&'a [u8]) -> Result<T, Malformed>,
    ) -> Result<Option<T>, Malformed> {
        let Some(extension) = self.extensions.iter().find(|it| it.oid == oid) else {
            return Ok(None);
        };
        let value = read(extension.value);
        value
            .map(Some)
            .map_err(|problem| problem.of(extension::name(oid)))
    }
}

/// `version` of X.509 version 3
const VERSION_3: u32 = 2;

const SEQUENCE: u8 = 0x30;
/// `[3]`, constructed
const EXTENSIONS: u8 = 0xa3;

/// Checks the form of a `Name` (RFC 5280, section 4.1.2.4), and returns it as it is.
pub(super) fn name(name: Element<'_>) -> Result<&[u8], Malformed> {
    name.expect(Tag::SEQUENCE)?;
    let mut relative = name.elements();
    while !relative.is_empty() {
        let mut attributes = relative.take(Tag::SET)?.elements();
        loop {
            let mut attribute = attributes.take(Tag::SEQUENCE)?.elements();
            attribute.any()?.oid()?;
            attribute.any()?;
            attribute.end()?;
            if attributes.is_empty() {
                break;
            }
        }
    }
    Ok(name.bytes)
}

fn read_validity(validity: Element<'_>) -> Result<(Time, Time), Malformed> {
    let mut times = validity.elements();
    let not_before = times
        .any()?
        .time()
        .map_err(|problem| problem.of("notBefore"))?;
    let not_after = times
        .any()?
        .time()
        .map_err(|problem| problem.of("notAfter"))?;
    times.end()?;
    Ok((not_before, not_after))
}

/// Checks the form of a `SubjectPublicKeyInfo`, and returns it as it is.
fn spki(spki: Element<'_>) -> Result<&[u8], Malformed> {
    spki.expect(Tag::SEQUENCE)?;
    let mut fields = spki.elements();
    AlgorithmIdentifier::read(fields.any()?)?;
    fields.any()?.bits()?;
    fields.end()?;
    Ok(spki.bytes)
}

// RFC 5280, section 4.2.1
const SUBJECT_KEY_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.14");
const SUBJECT_ALT_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");
const NAME_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.30");
const AUTHORITY_KEY_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.35");
/// RFC 6962, section 3.3
const SCT_LIST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.11129.2.4.2");

/// Extensions that are read, and may therefore be critical
const READ_EXTENSIONS: [ObjectIdentifier; 6] = [
    SUBJECT_KEY_ID,
    KeyUsage::OID,
    SUBJECT_ALT_NAME,
    BasicConstraints::OID,
    AUTHORITY_KEY_ID,
    ExtKeyUsage::OID,
];

#[cfg(test)]
mod tests;
