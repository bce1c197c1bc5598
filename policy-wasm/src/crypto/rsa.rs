//! RSA (RFC 8017): PSS with any length of salt, and PKCS#1 v1.5.
//!
//! Google does not document the length of the salt. Cloud KMS uses that of the digest, others the longest that
//! fits. The padding determines the length, so any length is accepted, including 0.

use alloc::boxed::Box;
use alloc::vec::Vec;

use p256::pkcs8::der::asn1::{AnyRef, UintRef};
use p256::pkcs8::der::{self, Decode as _, Reader as _, SliceReader};
use p256::pkcs8::{ObjectIdentifier, SubjectPublicKeyInfoRef};

use super::{Algorithm, Hash, KeyError};
use super::{BadSignature, Family, Verifier, material};

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

/// A padding with its hash
#[derive(Clone, Copy)]
pub(super) enum Scheme {
    Pss(Hash),
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
) -> Result<RsaNumbers, KeyError> {
    if key.algorithm.parameters != Some(AnyRef::NULL) {
        return Err(KeyError::Malformed("the parameters of an RSA key are NULL"));
    }
    let key = components(key.subject_public_key.as_bytes().unwrap_or_default())
        .map_err(|_| KeyError::Malformed("not an RSAPublicKey"))?;
    if !sizes.contains(&key.bits()) {
        return Err(other_size);
    }
    if bits(&key.exponent) > MAX_EXPONENT_BITS {
        return Err(KeyError::Malformed("the public exponent is too large"));
    }
    if !is_odd(&key.modulus) || !is_odd(&key.exponent) || key.exponent == [1] {
        return Err(KeyError::Malformed(
            "the modulus or the exponent of the RSA key is even, or too small",
        ));
    }
    Ok(key)
}

/// `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }`
fn components(der: &[u8]) -> der::Result<RsaNumbers> {
    let mut reader = SliceReader::new(der)?;
    let [modulus, exponent] = reader
        .sequence(|fields| der::Result::Ok([UintRef::decode(fields)?, UintRef::decode(fields)?]))?;
    reader.finish()?;
    Ok(RsaNumbers {
        modulus: modulus.as_bytes().to_vec(),
        exponent: exponent.as_bytes().to_vec(),
    })
}

/// Returns the length of a number without leading zero bytes.
fn bits(number: &[u8]) -> u32 {
    let bytes = u32::try_from(number.len()).unwrap_or(u32::MAX);
    let zeros = number.first().map_or(0, |first| first.leading_zeros());
    bytes.saturating_mul(8).saturating_sub(zeros)
}

fn is_odd(number: &[u8]) -> bool {
    number.last().is_some_and(|last| last & 1 == 1)
}

/// The numbers of a key, without leading zero bytes. Both are odd and greater than one, and the exponent has at most
/// 32 bits
#[derive(Debug)]
pub(crate) struct RsaNumbers {
    pub(crate) modulus: Vec<u8>,
    pub(crate) exponent: Vec<u8>,
}

impl RsaNumbers {
    /// Returns the size of the modulus.
    pub(super) fn bits(&self) -> u32 {
        bits(&self.modulus)
    }

    /// See [`Verifier::material`].
    pub(crate) fn material(&self) -> Vec<u8> {
        material(RSA_ENCRYPTION.as_bytes(), &[&self.modulus, &self.exponent])
    }

    /// See [`Verifier::cost`].
    pub(super) fn cost(&self) -> usize {
        if self.bits() > 2048 { 16 } else { 8 }
    }

    /// Returns the encoded message that a signature is for (RFC 8017, section 8.2.2, step 2).
    fn encoded(&self, signature: &[u8]) -> Option<Vec<u8>> {
        policy_rsa::power(signature, &self.exponent, &self.modulus)
    }

    /// Whether a signature with PKCS#1 v1.5 is by this key (RFC 8017, section 9.2); `prefix` is the part of the
    /// `DigestInfo` before the digest.
    fn have_signed(&self, prefix: &[u8], digest: &[u8], signature: &[u8]) -> bool {
        let encoded = self.encoded(signature);
        let encoded = encoded
            .as_ref()
            .and_then(|encoded| encoded.strip_suffix(digest));
        let padding = encoded.and_then(|encoded| encoded.strip_suffix(prefix));
        matches!(
            padding,
            Some([0, 1, ones @ .., 0]) if ones.len() >= 8 && ones.iter().all(|byte| *byte == 0xff)
        )
    }

    /// Like [`Self::have_signed`], for a signature of OpenPGP, which has no leading zeros.
    #[cfg(feature = "openpgp")]
    pub(crate) fn have_signed_short(&self, prefix: &[u8], digest: &[u8], signature: &[u8]) -> bool {
        let zeros = self.modulus.len().checked_sub(signature.len());
        zeros.is_some_and(|zeros| {
            let signature = [&alloc::vec![0; zeros], signature].concat();
            self.have_signed(prefix, digest, &signature)
        })
    }
}

/// A key with its declared signature scheme
struct RsaKey {
    key: RsaNumbers,
    scheme: Scheme,
}

impl Verifier for RsaKey {
    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        // Before the message is hashed, which may be long.
        if signature.len() != self.key.modulus.len() {
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
            Scheme::Pss(hash) => verify_pss(&self.key, hash, digest, signature),
            Scheme::Pkcs1(hash) => verify_pkcs1(&self.key, hash, digest, signature),
        }
    }

    /// Diagnoses by the encoded message (RFC 8017, sections 9.1.2 and 9.2).
    fn diagnose(&self, message: &[u8], signature: &[u8]) -> &'static str {
        if signature.len() != self.key.modulus.len() {
            return "is not as long as the modulus of the key";
        }
        let Some(encoded) = self.key.encoded(signature) else {
            return "";
        };
        match (self.scheme, &*encoded) {
            (Scheme::Pss(_), [0, 1, 0xff, ..]) => {
                "is padded as by PKCS#1 v1.5, and the key's algorithm is PSS"
            }
            (Scheme::Pss(hash), [.., 0xbc]) if salt(hash, &encoded).is_none() => {
                "is PSS with another digest for its payload or its mask (MGF1) than the algorithm has"
            }
            (Scheme::Pkcs1(_), [.., 0xbc]) if !matches!(&*encoded, [0, 1, ..]) => {
                "is padded as by PSS, and the key's algorithm is PKCS#1 v1.5"
            }
            (Scheme::Pkcs1(hash), [0, 1, 0xff, ..])
                if !encoded.ends_with(&hash.digest(message)) =>
            {
                "is over another payload, or over another digest of it than the algorithm has"
            }
            _ => "",
        }
    }

    fn material(&self) -> Vec<u8> {
        self.key.material()
    }

    fn cost(&self) -> usize {
        self.key.cost()
    }
}

impl Scheme {
    const fn hash(self) -> Hash {
        match self {
            Self::Pss(hash) | Self::Pkcs1(hash) => hash,
        }
    }
}

/// Verifies with PSS (RFC 8017, section 9.1.2) and any length of salt.
fn verify_pss(
    key: &RsaNumbers,
    hash: Hash,
    digest: &[u8],
    signature: &[u8],
) -> Result<(), BadSignature> {
    let encoded = key.encoded(signature).ok_or(BadSignature)?;
    let (salt, salted) = salt(hash, &encoded).ok_or(BadSignature)?;
    let message = [&[0; 8], digest, &salt].concat();
    if digest.len() != hash.digest_len() || hash.digest(&message) != salted {
        return Err(BadSignature);
    }
    Ok(())
}

/// Returns the salt of a message that is encoded with PSS, and the digest over payload and salt. The salt begins at
/// the end of the padding, a one after zeros.
fn salt(hash: Hash, encoded: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let encoded = encoded.strip_suffix(&[0xbc])?;
    let length = encoded.len().checked_sub(hash.digest_len())?;
    let (masked, seed) = encoded.split_at_checked(length)?;
    // The encoded message is one bit shorter than the modulus, which has whole bytes.
    if masked.first()? & 0x80 != 0 {
        return None;
    }
    let mask = (0_u32..).flat_map(|counter| hash.digest(&[seed, &counter.to_be_bytes()].concat()));
    let unmasked = masked.iter().zip(mask).map(|(byte, mask)| byte ^ mask);
    let mut unmasked: Vec<_> = unmasked.collect();
    *unmasked.first_mut()? &= 0x7f;
    let padding = unmasked.iter().position(|byte| *byte != 0)?;
    match unmasked.get(padding..)? {
        [1, salt @ ..] => Some((salt.to_vec(), seed)),
        _ => None,
    }
}

pub(super) fn verify_pkcs1(
    key: &RsaNumbers,
    hash: Hash,
    digest: &[u8],
    signature: &[u8],
) -> Result<(), BadSignature> {
    // RFC 8017, section 9.2, note 1
    let (all, id, length) = match hash {
        Hash::Sha256 => (49, 1, 32),
        Hash::Sha384 => (65, 2, 48),
        Hash::Sha512 => (81, 3, 64),
    };
    let prefix = [
        0x30, all, 0x30, 13, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, id, 5, 0, 4, length,
    ];
    let is_valid = digest.len() == hash.digest_len() && key.have_signed(&prefix, digest, signature);
    if is_valid { Ok(()) } else { Err(BadSignature) }
}
