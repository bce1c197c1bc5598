//! Algorithm identifiers of certificates and tokens.

use p256::pkcs8::ObjectIdentifier;

use super::Malformed;
use super::der::{Element, Oid, Tag};
use crate::{BadSignature, Hash, Key, KeyKind};

/// An `AlgorithmIdentifier` (RFC 5280, section 4.1.1.2)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AlgorithmIdentifier<'a> {
    oid: Oid<'a>,
    parameters: Option<Element<'a>>,
}

impl<'a> AlgorithmIdentifier<'a> {
    pub(super) fn read(element: Element<'a>) -> Result<Self, Malformed> {
        element.expect(Tag::SEQUENCE)?;
        let mut elements = element.elements();
        let oid = elements.any()?.oid()?;
        let parameters = match elements.is_empty() {
            true => None,
            false => Some(elements.any()?),
        };
        elements.end()?;
        Ok(Self { oid, parameters })
    }

    /// Returns the hash algorithm, one of SHA-256, SHA-384 and SHA-512.
    pub(super) fn hash(self) -> Option<Hash> {
        let known = [
            (ID_SHA256, Hash::Sha256),
            (ID_SHA384, Hash::Sha384),
            (ID_SHA512, Hash::Sha512),
        ];
        let found = known.into_iter().find(|(oid, _)| self.oid == *oid);
        found
            .filter(|_| self.is_null_or_absent())
            .map(|(_, hash)| hash)
    }

    /// Returns the signature algorithm, if it is supported. `digest` is the hash for `rsaEncryption`, which does not
    /// name one and occurs only in CMS (RFC 3370, section 3.2).
    pub(super) fn signature(self, digest: Option<Hash>) -> Option<SignatureAlgorithm> {
        use SignatureAlgorithm::{Ecdsa, Ed25519, RsaPkcs1};

        let known = [
            (ECDSA_WITH_SHA256, Ecdsa(Hash::Sha256)),
            (ECDSA_WITH_SHA384, Ecdsa(Hash::Sha384)),
            (ECDSA_WITH_SHA512, Ecdsa(Hash::Sha512)),
            (SHA256_WITH_RSA, RsaPkcs1(Hash::Sha256)),
            (SHA384_WITH_RSA, RsaPkcs1(Hash::Sha384)),
            (SHA512_WITH_RSA, RsaPkcs1(Hash::Sha512)),
            (ID_ED25519, Ed25519),
        ];
        let found = known.into_iter().find(|(oid, _)| self.oid == *oid);
        let found = found.map(|(_, algorithm)| algorithm);
        let rsa = digest.filter(|_| self.oid == RSA_ENCRYPTION).map(RsaPkcs1);
        found.or(rsa).filter(|_| self.is_null_or_absent())
    }

    /// None of these algorithms has parameters. Some are written with NULL in their place, and readers have to accept
    /// both (RFC 4055, section 5; RFC 5754, section 2).
    fn is_null_or_absent(self) -> bool {
        self.parameters
            .is_none_or(|parameters| parameters.bytes == [5, 0])
    }
}

/// A signature algorithm of a certificate or token. The key belongs to its issuer
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignatureAlgorithm {
    /// ECDSA, with a signature in DER
    Ecdsa(Hash),
    /// RSA with the padding of PKCS#1 v1.5
    RsaPkcs1(Hash),
    /// Ed25519, over the message itself
    Ed25519,
}

impl SignatureAlgorithm {
    /// Returns the hash of the message that is signed; `None` for Ed25519.
    pub(super) const fn hash(self) -> Option<Hash> {
        match self {
            Self::Ecdsa(hash) | Self::RsaPkcs1(hash) => Some(hash),
            Self::Ed25519 => None,
        }
    }

    /// Verifies a signature with a key, which must be of this algorithm's kind.
    pub(crate) fn verify(
        self,
        key: &dyn Key,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), BadSignature> {
        let hash = match (self, key.kind()) {
            (Self::Ecdsa(hash), KeyKind::P256 | KeyKind::P384 | KeyKind::P521)
            | (Self::RsaPkcs1(hash), KeyKind::Rsa(_)) => hash,
            // The key does not use it.
            (Self::Ed25519, KeyKind::Ed25519) => Hash::Sha512,
            _ => return Err(BadSignature),
        };
        key.verify(hash, message, signature)
    }
}

// RFC 5754, section 2
const ID_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const ID_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const ID_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");
// RFC 5758, section 3.2
const ECDSA_WITH_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const ECDSA_WITH_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");
const ECDSA_WITH_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.4");
// RFC 8017, appendix C
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const SHA256_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const SHA384_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12");
const SHA512_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13");
// RFC 8410, section 3
const ID_ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

#[cfg(test)]
mod tests;
