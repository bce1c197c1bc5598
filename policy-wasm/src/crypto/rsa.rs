//! RSA (RFC 8017): PSS with any length of salt, and PKCS#1 v1.5.
//!
//! Google does not document the length of the salt. Cloud KMS uses that of the digest, others the longest that
//! fits. The padding determines the length, so any length is accepted, including 0.

use alloc::boxed::Box;
use alloc::vec::Vec;

use p256::pkcs8::der::asn1::{AnyRef, UintRef};
use p256::pkcs8::der::{self, Decode as _, Reader as _, SliceReader};
use p256::pkcs8::{AssociatedOid, ObjectIdentifier, SubjectPublicKeyInfoRef};
use rsa::hazmat::rsa_encrypt;
use rsa::traits::PublicKeyParts as _;
use rsa::{BoxedUint, Pkcs1v15Sign, Pss, PublicKey};
use sha2::digest::FixedOutputReset;
use sha2::{Digest, Sha256, Sha512};

use super::{Algorithm, KeyError};
use super::{BadSignature, Family, Verifier, rsa_material};

/// RFC 8017, appendix A.1. Keys with `id-RSASSA-PSS` are not accepted: their parameters could contradict the
/// declared algorithm, and Google's keys do not have it.
pub(super) const RSA_ENCRYPTION: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// Maximum size of the exponent; larger ones are not used in practice and cost time
const MAX_EXPONENT_BITS: u32 = 32;

/// The family of one size of modulus, one padding and one digest
pub(super) struct Rsa {
    bits: u32,
    padding: Padding,
    hash: Hash,
}

#[derive(Clone, Copy)]
pub(super) enum Padding {
    Pss,
    Pkcs1,
}

#[derive(Clone, Copy)]
pub(super) enum Hash {
    Sha256,
    Sha512,
}

impl Rsa {
    pub(super) const fn new(bits: u32, padding: Padding, hash: Hash) -> Self {
        Self {
            bits,
            padding,
            hash,
        }
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
        if key.algorithm.parameters != Some(AnyRef::NULL) {
            return Err(KeyError::Malformed("the parameters of an RSA key are NULL"));
        }
        let (modulus, exponent) = components(key.subject_public_key.as_bytes().unwrap_or_default())
            .map_err(|_| KeyError::Malformed("not an RSAPublicKey"))?;
        if modulus.bit_width_vartime() != self.bits {
            return Err(KeyError::AlgorithmMismatch(algorithm));
        }
        if exponent.bit_width_vartime() > MAX_EXPONENT_BITS {
            return Err(KeyError::Malformed("the public exponent is too large"));
        }
        let key = PublicKey::new(modulus, exponent).map_err(|_| {
            KeyError::Malformed("the modulus or the exponent of the RSA key is even, or too small")
        })?;
        Ok(Box::new(RsaKey {
            key,
            padding: self.padding,
            hash: self.hash,
        }))
    }
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
    padding: Padding,
    hash: Hash,
}

impl Verifier for RsaKey {
    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        match self.hash {
            Hash::Sha256 => self.verify_over::<Sha256>(message, signature),
            Hash::Sha512 => self.verify_over::<Sha512>(message, signature),
        }
        .map_err(|_| BadSignature)
    }

    fn diagnose(&self, message: &[u8], signature: &[u8]) -> &'static str {
        match self.hash {
            Hash::Sha256 => self.diagnose_over::<Sha256>(message, signature),
            Hash::Sha512 => self.diagnose_over::<Sha512>(message, signature),
        }
    }

    fn material(&self) -> Vec<u8> {
        rsa_material(&self.key.n().to_be_bytes(), &self.key.e().to_be_bytes())
    }

    fn cost(&self) -> usize {
        if self.key.n().bits_precision() > 2048 {
            16
        } else {
            8
        }
    }
}

impl RsaKey {
    /// Diagnoses by the encoded message (RFC 8017, sections 9.1.2 and 9.2).
    fn diagnose_over<D: Digest>(&self, message: &[u8], signature: &[u8]) -> &'static str {
        if signature.len() != self.key.size() {
            return "is not as long as the modulus of the key";
        }
        let number = BoxedUint::from_be_slice(signature, self.key.n().bits_precision());
        let number = number.ok().filter(|number| number < self.key.n().as_ref());
        let encoded = number.and_then(|number| rsa_encrypt(&self.key, &number).ok());
        let Some(encoded) = encoded.map(|encoded| encoded.to_be_bytes()) else {
            return "";
        };
        match (self.padding, &*encoded) {
            (Padding::Pss, [0, 1, 0xff, ..]) => {
                "is padded as by PKCS#1 v1.5, and the key's algorithm is PSS"
            }
            (Padding::Pss, [masked @ .., 0xbc]) if !unmask::<D>(masked) => {
                "is PSS with another digest for its payload or its mask (MGF1) than the algorithm has"
            }
            (Padding::Pkcs1, [.., 0xbc]) if !matches!(&*encoded, [0, 1, ..]) => {
                "is padded as by PSS, and the key's algorithm is PKCS#1 v1.5"
            }
            (Padding::Pkcs1, [0, 1, 0xff, ..]) if !encoded.ends_with(&D::digest(message)) => {
                "is over another payload, or over another digest of it than the algorithm has"
            }
            _ => "",
        }
    }

    fn verify_over<D: Digest + FixedOutputReset + AssociatedOid>(
        &self,
        message: &[u8],
        signature: &[u8],
    ) -> rsa::errors::Result<()> {
        let digest = D::digest(message);
        match self.padding {
            // The salt begins at the end of the padding.
            Padding::Pss => {
                let any_salt = Pss::<D> {
                    salt_len: None,
                    ..Pss::new()
                };
                self.key.verify(any_salt, &digest, signature)
            }
            Padding::Pkcs1 => self
                .key
                .verify(Pkcs1v15Sign::new::<D>(), &digest, signature),
        }
    }
}

/// Whether an unmasked padding has the right form: zeros, and a one before the salt.
fn unmask<D: Digest>(masked: &[u8]) -> bool {
    let length = masked.len().saturating_sub(<D as Digest>::output_size());
    let (masked, seed) = masked.split_at_checked(length).unwrap_or_default();
    let mask = (0_u32..).flat_map(|counter| {
        let block = D::new()
            .chain_update(seed)
            .chain_update(counter.to_be_bytes());
        block.finalize().to_vec()
    });
    let mut bytes = masked.iter().zip(mask).map(|(byte, mask)| byte ^ mask);
    // The first bit is unused, since moduli have whole bytes.
    bytes.next().is_some_and(|first| first & 0x7f == 0) && bytes.find(|byte| *byte != 0) == Some(1)
}
