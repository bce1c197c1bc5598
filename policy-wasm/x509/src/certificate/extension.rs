//! Extensions of a certificate (RFC 5280, section 4.2).

use alloc::format;
use alloc::vec::Vec;

use p256::pkcs8::ObjectIdentifier;

use super::super::Malformed;
use super::super::der::{self, Element, Elements, Oid, Tag, constructed, primitive};
use super::leaf::{ISSUER, OLD_ISSUER};
use super::{AUTHORITY_KEY_ID, SCT_LIST, SUBJECT_ALT_NAME, SUBJECT_KEY_ID};

/// Most extensions of one certificate; Fulcio's have fewer than 30
const MAX_EXTENSIONS: usize = 64;

/// One extension
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extension<'a> {
    /// The whole extension in DER
    pub(super) bytes: &'a [u8],
    pub(crate) oid: Oid<'a>,
    pub(crate) is_critical: bool,
    /// The value of the OCTET STRING
    pub(super) value: &'a [u8],
}

impl<'a> Extension<'a> {
    /// Reads a list of extensions, each of which may occur once.
    pub(crate) fn read_all(list: Element<'a>) -> Result<Vec<Self>, Malformed> {
        let mut elements = list.elements();
        let mut extensions: Vec<Self> = Vec::new();
        while !elements.is_empty() {
            if extensions.len() == MAX_EXTENSIONS {
                return Err(format!("more than {MAX_EXTENSIONS}").into());
            }
            let extension = Self::read(elements.take(Tag::SEQUENCE)?)?;
            if extensions.iter().any(|other| other.oid == extension.oid) {
                return Err(format!("{} is there twice", extension.oid).into());
            }
            extensions.push(extension);
        }
        if extensions.is_empty() {
            return Err(Malformed::new("an empty list"));
        }
        Ok(extensions)
    }

    /// Reads one extension. `FALSE` is the default of `critical`, so DER does not write it (X.690, section 11.5).
    fn read(extension: Element<'a>) -> Result<Self, Malformed> {
        extension.expect(Tag::SEQUENCE)?;
        let mut fields = extension.elements();
        let oid = fields.any()?.oid()?;
        let is_critical = match fields.take_if(Tag::BOOLEAN)? {
            None => false,
            Some(critical) if critical.boolean()? => true,
            Some(_) => return Err(format!("{oid} writes out that it is not critical").into()),
        };
        let value = fields.take(Tag::OCTET_STRING)?.contents;
        fields.end()?;
        Ok(Self {
            bytes: extension.bytes,
            oid,
            is_critical,
            value,
        })
    }
}

/// Whether the key may issue certificates (RFC 5280, section 4.2.1.9)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BasicConstraints {
    pub(super) is_authority: bool,
    /// Most CA certificates below this one
    pub(super) path_length: Option<u32>,
}

impl BasicConstraints {
    pub(super) const OID: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");

    pub(super) fn read(value: &[u8]) -> Result<Self, Malformed> {
        let mut fields = sequence(value)?;
        let is_authority = match fields.take_if(Tag::BOOLEAN)? {
            None => false,
            Some(authority) if authority.boolean()? => true,
            Some(_) => return Err(Malformed::new("writes out that cA is FALSE")),
        };
        let path_length = fields.take_if(Tag::INTEGER)?.map(Element::number);
        fields.end()?;
        Ok(Self {
            is_authority,
            path_length: path_length.transpose()?,
        })
    }
}

/// Permitted uses of the key (RFC 5280, section 4.2.1.3)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KeyUsage(u8);

impl KeyUsage {
    pub(super) const OID: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");

    /// Reads the first eight bits. The ninth, `decipherOnly`, is not needed. Zeros at the end, which DER leaves out of a
    /// list of named bits, are accepted, as other readers do: they change no meaning.
    pub(super) fn read(value: &[u8]) -> Result<Self, Malformed> {
        let bits = der::only(value)?.bits()?;
        Ok(Self(bits.first().copied().unwrap_or_default()))
    }

    /// `digitalSignature`, bit 0.
    pub(super) const fn signs(self) -> bool {
        self.0 & 0x80 != 0
    }

    /// `keyCertSign`, bit 5.
    pub(super) const fn signs_certificates(self) -> bool {
        self.0 & 0x04 != 0
    }
}

/// Purposes of the key (RFC 5280, section 4.2.1.12)
#[derive(Debug, Clone, Copy)]
pub(super) struct ExtKeyUsage<'a> {
    first: Oid<'a>,
    others: Elements<'a>,
}

impl<'a> ExtKeyUsage<'a> {
    pub(super) const OID: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");

    pub(super) fn read(value: &'a [u8]) -> Result<Self, Malformed> {
        let mut purposes = sequence(value)?;
        let first = purposes.any()?.oid()?;
        let others = purposes;
        while !purposes.is_empty() {
            purposes.any()?.oid()?;
        }
        Ok(Self { first, others })
    }

    /// Whether a purpose is listed.
    pub(super) fn contains(&self, purpose: ObjectIdentifier) -> bool {
        let mut others = self.others;
        let mut found = self.first == purpose;
        while let Ok(other) = others.any() {
            found |= other.oid().is_ok_and(|other| other == purpose);
        }
        found
    }

    /// Whether it is the only purpose.
    pub(super) fn is_only(&self, purpose: ObjectIdentifier) -> bool {
        self.first == purpose && self.others.is_empty()
    }
}

/// Reads `subjectKeyIdentifier`.
pub(super) fn subject_key_id(value: &[u8]) -> Result<&[u8], Malformed> {
    let id = der::only(value)?;
    id.expect(Tag::OCTET_STRING)?;
    Ok(id.contents)
}

/// Reads `keyIdentifier` of `authorityKeyIdentifier`. Its issuer and serial number, which are optional, are not used.
pub(super) fn authority_key_id(value: &[u8]) -> Result<Option<&[u8]>, Malformed> {
    let mut fields = sequence(value)?;
    let id = fields.take_if(primitive(0))?;
    fields.take_if(constructed(1))?;
    fields.take_if(primitive(2))?;
    fields.end()?;
    Ok(id.map(|id| id.contents))
}

/// Returns the name of an extension for messages.
pub(super) fn name(oid: ObjectIdentifier) -> &'static str {
    let names = &[
        (BasicConstraints::OID, "basicConstraints"),
        (KeyUsage::OID, "keyUsage"),
        (ExtKeyUsage::OID, "extKeyUsage"),
        (SUBJECT_KEY_ID, "subjectKeyIdentifier"),
        (AUTHORITY_KEY_ID, "authorityKeyIdentifier"),
        (SUBJECT_ALT_NAME, "subjectAltName"),
        (SCT_LIST, "list of SCTs"),
        (OLD_ISSUER, "issuer of the identity token"),
        (ISSUER, "issuer of the identity token"),
    ];
    let found = names.iter().find(|(known, _)| *known == oid);
    found.map_or("extension", |(_, name)| name)
}

/// Reads the SEQUENCE that a value consists of.
pub(super) fn sequence(value: &[u8]) -> Result<Elements<'_>, Malformed> {
    let sequence = der::only(value)?;
    sequence.expect(Tag::SEQUENCE)?;
    Ok(sequence.elements())
}
