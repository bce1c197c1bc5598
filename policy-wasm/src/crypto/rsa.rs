//! RSA (RFC 8017): PSS with any length of salt, and PKCS#1 v1.5.
//!
//! Google does not document the length of the salt. Cloud KMS uses that of the digest, others the longest that
//! fits. The padding determines the length, so any length is accepted, including 0.

use alloc::boxed::Box;
use alloc::vec::Vec;

use p256::pkcs8::der::asn1::{AnyRef, UintRef};
use p256::pkcs8::der::{self, Decode as _, Reader as _, SliceReader};
use p256::pkcs8::{ObjectIdentifier, SubjectPublicKeyInfoRef};
use rsa::hazmat::rsa_encrypt;
use rsa::traits::PublicKeyParts as _;
use rsa::{BoxedUint, Pkcs1v15Sign, Pss, PublicKey};
use sha2::digest::FixedOutputReset;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::{Algorithm, Hash, KeyError};
use super::{BadSignature, Family, Verifier, rsa_material};

/// RFC 8017, appendix A.1. Keys with `id-RSASSA-PSS` are not accepted: their parameters could contradict the
/// declared algorithm, and Google's keys do not have it.
pub(super) const RSA_ENCRYPTION: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// Maximum size of the exponent; larger ones are not used in practice and cost time
const MAX_EXPONENT_BITS: u32 = 32;

/// The family of one size of modulus and one scheme
pub(super) struct Rsa {
    bits: u32,
    scheme: Scheme,
}

/// A padding with its hash. No key signs with SHA-384 and PSS
#[derive(Clone, Copy)]
pub(super) enum Scheme {
    PssSha256,
    PssSha512,
    Pkcs1(Hash),
}

impl Rsa {
    pub(super) const fn new(bits: u32, scheme: Scheme) -> Self {
        Self { bits, scheme }
    }
}

impl Family for Rsa {
    fn load(
        &self,
        algorithm: Algorithm,
        key: &SubjectPublicKeyInfoRef<'_>,
    ) -> Result<Box<dyn Verifier>, KeyError> {
        if key.algorithm.oid != RSA_ENCRYPTION {
            return Err(KeyError::AlgorithmMismatch(algorithm));
        }
        let other_size = KeyError::AlgorithmMismatch(algorithm);
        Ok(Box::new(RsaKey {
            key: read_key(key, &[self.bits], other_size)?,
            scheme: self.scheme,
        }))
    }
}

/// Reads a key whose identifier is [`RSA_ENCRYPTION`]. `other_size` is the error for a modulus whose size in bits is
/// not among `sizes`.
pub(super) fn read_key(
    key: &SubjectPublicKeyInfoRef<'_>,
    sizes: &[u32],
    other_size: KeyError,
) -> Result<PublicKey, KeyError> {
    if key.algorithm.parameters != Some(AnyRef::NULL) {
        return Err(KeyError::Malformed("the parameters of an RSA key are NULL"));
    }
    let (modulus, exponent) = components(key.subject_public_key.as_bytes().unwrap_or_default())
        .map_err(|_| KeyError::Malformed("not an RSAPublicKey"))?;
    if !sizes.contains(&modulus.bit_width_vartime()) {
        return Err(other_size);
    }
    if exponent.bit_width_vartime() > MAX_EXPONENT_BITS {
        return Err(KeyError::Malformed("the public exponent is too large"));
    }
    PublicKey::new(modulus, exponent).map_err(|_| {
        KeyError::Malformed("the modulus or the exponent of the RSA key is even, or too small")
    })
}

/// `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }`
fn components(der: &[u8]) -> der::Result<(BoxedUint, BoxedUint)> {
    let mut reader = SliceReader::new(der)?;
    let [modulus, exponent] = reader
        .sequence(|fields| der::Result::Ok([UintRef::decode(fields)?, UintRef::decode(fields)?]))?;
    reader.finish()?;
    let number = |number: UintRef<'_>| BoxedUint::from_be_slice_vartime(number.as_bytes());
    Ok((number(modulus), number(exponent)))
}

/// A key with its declared signature scheme
struct RsaKey {
    key: PublicKey,
    scheme: Scheme,
}

impl Verifier for RsaKey {
    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        // Before the message is hashed, which may be long.
        if signature.len() != self.key.size() {
            return Err(BadSignature);
        }
        let hash = self.scheme.hash();
        self.verify_digest(hash, &hash.digest(message), signature)
    }

    fn verify_digest(
        &self,
        hash: Hash,
        digest: &[u8],
        signature: &[u8],
    ) -> Result<(), BadSignature> {
        match self.scheme {
            _ if hash != self.scheme.hash() => Err(BadSignature),
            Scheme::PssSha256 => verify_pss::<Sha256>(&self.key, digest, signature),
            Scheme::PssSha512 => verify_pss::<Sha512>(&self.key, digest, signature),
            Scheme::Pkcs1(hash) => verify_pkcs1(&self.key, hash, digest, signature),
        }
    }

    /// Diagnoses by the encoded message (RFC 8017, sections 9.1.2 and 9.2).
    fn diagnose(&self, message: &[u8], signature: &[u8]) -> &'static str {
        if signature.len() != self.key.size() {
            return "is not as long as the modulus of the key";
        }
        let number = BoxedUint::from_be_slice(signature, self.key.n().bits_precision());
        let number = number.ok().filter(|number| number < self.key.n().as_ref());
        let encoded = number.and_then(|number| rsa_encrypt(&self.key, &number).ok());
        let Some(encoded) = encoded.map(|encoded| encoded.to_be_bytes()) else {
            return "";
        };
        let hash = self.scheme.hash();
        match (self.scheme, &*encoded) {
            (Scheme::PssSha256 | Scheme::PssSha512, [0, 1, 0xff, ..]) => {
                "is padded as by PKCS#1 v1.5, and the key's algorithm is PSS"
            }
            (Scheme::PssSha256 | Scheme::PssSha512, [masked @ .., 0xbc])
                if !unmask(hash, masked) =>
            {
                "is PSS with another digest for its payload or its mask (MGF1) than the algorithm has"
            }
            (Scheme::Pkcs1(_), [.., 0xbc]) if !matches!(&*encoded, [0, 1, ..]) => {
                "is padded as by PSS, and the key's algorithm is PKCS#1 v1.5"
            }
            (Scheme::Pkcs1(_), [0, 1, 0xff, ..]) if !encoded.ends_with(&hash.digest(message)) => {
                "is over another payload, or over another digest of it than the algorithm has"
            }
            _ => "",
        }
    }

    fn material(&self) -> Vec<u8> {
        rsa_material(&self.key.n().to_be_bytes(), &self.key.e().to_be_bytes())
    }

    fn cost(&self) -> usize {
        cost(&self.key)
    }
}

impl Scheme {
    const fn hash(self) -> Hash {
        match self {
            Self::PssSha256 => Hash::Sha256,
            Self::PssSha512 => Hash::Sha512,
            Self::Pkcs1(hash) => hash,
        }
    }
}

/// See [`Verifier::cost`].
pub(super) fn cost(key: &PublicKey) -> usize {
    if bits(key) > 2048 { 16 } else { 8 }
}

/// Returns the size of the modulus.
pub(super) fn bits(key: &PublicKey) -> u32 {
    key.n().bits_precision()
}

/// Verifies with any length of salt; the salt begins at the end of the padding.
fn verify_pss<D: Digest + FixedOutputReset>(
    key: &PublicKey,
    digest: &[u8],
    signature: &[u8],
) -> Result<(), BadSignature> {
    let any_salt = Pss::<D> {
        salt_len: None,
        ..Pss::new()
    };
    key.verify(any_salt, digest, signature)
        .map_err(|_| BadSignature)
}

pub(super) fn verify_pkcs1(
    key: &PublicKey,
    hash: Hash,
    digest: &[u8],
    signature: &[u8],
) -> Result<(), BadSignature> {
    let padding = match hash {
        Hash::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
        Hash::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
        Hash::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
    };
    key.verify(padding, digest, signature)
        .map_err(|_| BadSignature)
}

/// The numbers of an OpenPGP key, without leading zeros
#[cfg(feature = "openpgp")]
#[derive(Debug)]
pub(crate) struct RsaNumbers {
    pub(crate) modulus: Vec<u8>,
    pub(crate) exponent: Vec<u8>,
}

#[cfg(feature = "openpgp")]
impl RsaNumbers {
    /// Whether a signature with PKCS#1 v1.5 is by this key; `prefix` is the part of the `DigestInfo` before the digest.
    pub(crate) fn have_signed(&self, prefix: Vec<u8>, digest: &[u8], signature: &[u8]) -> bool {
        let number = BoxedUint::from_be_slice_vartime;
        let Ok(key) = PublicKey::new(number(&self.modulus), number(&self.exponent)) else {
            return false;
        };
        // OpenPGP leaves leading zeros out.
        let Some(zeros) = key.size().checked_sub(signature.len()) else {
            return false;
        };
        let padding = Pkcs1v15Sign {
            hash_len: Some(digest.len()),
            prefix: prefix.into(),
        };
        let signature = [&alloc::vec![0; zeros], signature].concat();
        key.verify(padding, digest, &signature).is_ok()
    }
}

/// Whether an unmasked padding has the right form: zeros, and a one before the salt.
fn unmask(hash: Hash, masked: &[u8]) -> bool {
    let length = masked.len().saturating_sub(hash.digest_len());
    let (masked, seed) = masked.split_at_checked(length).unwrap_or_default();
    let mask = (0_u32..).flat_map(|counter| hash.digest(&[seed, &counter.to_be_bytes()].concat()));
    let mut bytes = masked.iter().zip(mask).map(|(byte, mask)| byte ^ mask);
    // The first bit is unused, since moduli have whole bytes.
    bytes.next().is_some_and(|first| first & 0x7f == 0) && bytes.find(|byte| *byte != 0) == Some(1)
}
