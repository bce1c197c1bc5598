//! Public keys: the bodies of key packets of version 4 (RFC 9580, section 5.5).
//!
//! Keys verify with the arithmetic of PKIX keys. rPGP hashes what a signature covers, and calls a key through its
//! traits.

use alloc::vec::Vec;
use core::ops::RangeInclusive;

use p256::pkcs8::ObjectIdentifier;
use pgp::crypto::hash::HashAlgorithm;
use pgp::crypto::public_key::PublicKeyAlgorithm;
use pgp::ser::Serialize;
use pgp::types::{
    Fingerprint, KeyDetails, KeyId, KeyVersion, Mpi, PublicParams, SignatureBytes, Timestamp,
    VerifyingKey,
};
use policy_x509::{EcdsaKey, NistCurve, Verifier as _};

use super::CertificateError;
use super::std::io;
use crate::crypto::{Ed25519Key, ID_ED25519, RsaNumbers, material};

/// A key that can verify signatures
#[derive(Debug)]
pub(super) struct PublicKey {
    body: Vec<u8>,
    created: u32,
    algorithm: u8,
    fingerprint: [u8; 20],
    numbers: Numbers,
    /// Returned by a trait of rPGP, which does not use it to verify
    no_params: PublicParams,
}

/// The numbers of a key, by their kind
#[derive(Debug)]
enum Numbers {
    Rsa(RsaNumbers),
    Ecdsa(NistCurve, EcdsaKey),
    Ed25519(Ed25519Key),
}

// Section 9.1
const RSA: u8 = 1;
const RSA_SIGN_ONLY: u8 = 3;
const ECDSA: u8 = 19;
/// Ed25519 in the form of GnuPG, whose signatures are two numbers
const ED25519_LEGACY: u8 = 22;
const ED25519: u8 = 27;

const DAMAGED: CertificateError = CertificateError::Malformed("a key packet is damaged");
const OTHER_CURVE: CertificateError = CertificateError::Unsupported("its curve");

impl PublicKey {
    /// Reads the body of a key packet, which is the same for primary keys and subkeys.
    pub(super) fn read(body: &[u8]) -> Result<Self, CertificateError> {
        let [version, a, b, c, d, algorithm, params @ ..] = body else {
            return Err(CertificateError::Malformed("a key packet is too short"));
        };
        if *version != 4 {
            return Err(CertificateError::Unsupported("not of version 4"));
        }
        let numbers = match *algorithm {
            RSA | RSA_SIGN_ONLY => read_rsa(params)?,
            ECDSA => read_ecdsa(params)?,
            ED25519_LEGACY => read_ed25519_legacy(params)?,
            ED25519 => read_ed25519(params)?,
            _ => return Err(CertificateError::Unsupported("its algorithm")),
        };
        Ok(Self {
            body: body.to_vec(),
            created: u32::from_be_bytes([*a, *b, *c, *d]),
            algorithm: *algorithm,
            fingerprint: fingerprint(body).ok_or(DAMAGED)?,
            numbers,
            no_params: PublicParams::Unknown {
                data: Vec::new().into(),
            },
        })
    }

    /// Returns the key without its creation time, in the form in which PKIX keys are compared.
    pub(super) fn material(&self) -> Vec<u8> {
        match &self.numbers {
            Numbers::Rsa(numbers) => numbers.material(),
            Numbers::Ecdsa(_, key) => key.material(),
            Numbers::Ed25519(key) => material(ID_ED25519.as_bytes(), &[key.as_bytes()]),
        }
    }

    /// Returns the maximum cost of one verification, in units of [`Meter`](crate::verification::Meter): at most 0.9
    /// million instructions each, so that a request that spends all of them ends within its two seconds.
    pub(super) fn cost(&self) -> usize {
        match &self.numbers {
            Numbers::Rsa(numbers) => match numbers.modulus.len() {
                ..=256 => 10,
                257..=384 => 24,
                _ => 40,
            },
            Numbers::Ecdsa(_, key) => key.cost(),
            Numbers::Ed25519(_) => 5,
        }
    }

    /// Whether a signature over a digest is by this key.
    fn has_signed(&self, hash: HashAlgorithm, digest: &[u8], signature: &SignatureBytes) -> bool {
        let bytes = digest.len();
        match (&self.numbers, signature) {
            (Numbers::Rsa(numbers), SignatureBytes::Mpis(signature)) => match &**signature {
                [signature] => digest_info(hash).is_some_and(|prefix| {
                    numbers.have_signed_short(&prefix, digest, signature.as_ref())
                }),
                _ => false,
            },
            // Section 5.2.3.2: no digest shorter than the order of the curve, and 512 bits for P-521.
            (Numbers::Ecdsa(curve, key), SignatureBytes::Mpis(signature)) => match &**signature {
                [r, s] if bytes >= curve.length().min(64) => {
                    key.verify_numbers(digest, [r.as_ref(), s.as_ref()]).is_ok()
                }
                _ => false,
            },
            (Numbers::Ed25519(key), _) if bytes >= 32 => match signature {
                SignatureBytes::Mpis(numbers) if self.algorithm == ED25519_LEGACY => {
                    joined(numbers).is_some_and(|signature| key.has_signed(digest, &signature))
                }
                SignatureBytes::Native(signature) if self.algorithm == ED25519 => {
                    key.has_signed(digest, signature)
                }
                _ => false,
            },
            _ => false,
        }
    }
}

impl KeyDetails for PublicKey {
    fn version(&self) -> KeyVersion {
        KeyVersion::V4
    }

    /// Section 5.5.4.1: the end of the fingerprint.
    fn legacy_key_id(&self) -> KeyId {
        let id = self.fingerprint.last_chunk().copied();
        id.unwrap_or_default().into()
    }

    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::V4(self.fingerprint)
    }

    fn algorithm(&self) -> PublicKeyAlgorithm {
        self.algorithm.into()
    }

    fn created_at(&self) -> Timestamp {
        Timestamp::from_secs(self.created)
    }

    fn legacy_v3_expiration_days(&self) -> Option<u16> {
        None
    }

    fn public_params(&self) -> &PublicParams {
        &self.no_params
    }
}

impl VerifyingKey for PublicKey {
    fn verify(
        &self,
        hash: HashAlgorithm,
        digest: &[u8],
        signature: &SignatureBytes,
    ) -> pgp::errors::Result<()> {
        if self.has_signed(hash, digest, signature) {
            Ok(())
        } else {
            Err(io::Error::from(io::ErrorKind::InvalidData).into())
        }
    }
}

impl Serialize for PublicKey {
    fn to_writer<W: io::Write>(&self, writer: &mut W) -> pgp::errors::Result<()> {
        Ok(writer.write_all(&self.body)?)
    }

    fn write_len(&self) -> usize {
        self.body.len()
    }
}

/// Section 5.5.4.2. `None` for a key that collides with another.
fn fingerprint(body: &[u8]) -> Option<[u8; 20]> {
    let length = u16::try_from(body.len()).ok()?.to_be_bytes();
    let hashed = [&[0x99], length.as_slice(), body].concat();
    let digest = HashAlgorithm::Sha1.digest(&hashed).ok()?;
    digest.try_into().ok()
}

/// Section 5.5.5.1: modulus and exponent.
fn read_rsa(params: &[u8]) -> Result<Numbers, CertificateError> {
    let (modulus, rest) = read_mpi(params).ok_or(DAMAGED)?;
    let exponent = last_mpi(rest).ok_or(DAMAGED)?;
    let length = bits(modulus);
    let exponent_value = exponent.iter().fold(0_u64, |value, byte| {
        value.wrapping_shl(8) | u64::from(*byte)
    });
    let is_valid = length <= MAX_READ_RSA_BITS
        && is_odd(modulus)
        && is_odd(exponent)
        && exponent.len() <= 8
        && (2..1 << 33).contains(&exponent_value)
        && (exponent.len(), exponent) < (modulus.len(), modulus);
    if !is_valid {
        return Err(DAMAGED);
    }
    if !RSA_BITS.contains(&length) {
        let reason = "RSA with less than 2048 bits or more than 4096";
        return Err(CertificateError::Unsupported(reason));
    }
    if exponent.len() > MAX_EXPONENT_BYTES {
        let reason = "RSA with an exponent of more than 32 bits";
        return Err(CertificateError::Unsupported(reason));
    }
    Ok(Numbers::Rsa(RsaNumbers {
        modulus: modulus.to_vec(),
        exponent: exponent.to_vec(),
    }))
}

/// Longer moduli are damage, and not only unsupported.
const MAX_READ_RSA_BITS: usize = 8192;

/// As for PKIX keys: others are not used in practice and cost time.
const RSA_BITS: RangeInclusive<usize> = 2048..=4096;
const MAX_EXPONENT_BYTES: usize = 4;

fn is_odd(number: &[u8]) -> bool {
    number.last().is_some_and(|last| last & 1 == 1)
}

/// Section 5.5.5.4: a curve and a point, which is read if the curve is supported.
fn read_ecdsa(params: &[u8]) -> Result<Numbers, CertificateError> {
    let (id, point) = read_point(params).ok_or(DAMAGED)?;
    let curve = NistCurve::of(id).ok_or(OTHER_CURVE)?;
    let key = curve.read_key(point).map_err(|_| DAMAGED)?;
    Ok(Numbers::Ecdsa(curve, key))
}

/// Section 5.5.5.5: a curve, and a point after a prefix.
fn read_ed25519_legacy(params: &[u8]) -> Result<Numbers, CertificateError> {
    let (id, point) = read_point(params).ok_or(DAMAGED)?;
    if id != ID_ED25519_LEGACY {
        return Err(OTHER_CURVE);
    }
    read_ed25519(point.strip_prefix(&[0x40]).ok_or(DAMAGED)?)
}

/// Section 9.2
const ID_ED25519_LEGACY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.11591.15.1");

/// Section 5.5.5.9: a point alone.
fn read_ed25519(point: &[u8]) -> Result<Numbers, CertificateError> {
    let key = Ed25519Key::of(point).ok_or(DAMAGED)?;
    if key.is_weak() {
        return Err(OTHER_CURVE);
    }
    Ok(Numbers::Ed25519(key))
}

/// Reads the identifier of a curve and a point, and nothing more.
fn read_point(params: &[u8]) -> Option<(ObjectIdentifier, &[u8])> {
    let (length, rest) = params.split_first()?;
    let (id, rest) = rest.split_at_checked(usize::from(*length))?;
    let id = ObjectIdentifier::from_bytes(id)
        .ok()
        .filter(|_| is_shortest(id))?;
    Some((id, last_mpi(rest)?))
}

/// Whether no number of an identifier begins with zeros, which are seven bits of a byte.
fn is_shortest(id: &[u8]) -> bool {
    let has_zeros = |pair: &[u8]| matches!(pair, [..=0x7f, 0x80]);
    id.first() != Some(&0x80) && !id.windows(2).any(has_zeros)
}

/// Section 3.2: the number of bits, and the bytes that hold them. There is one encoding of a number, since the
/// fingerprint is a digest of the encoding.
fn read_mpi(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    let length = usize::from(u16::from_be_bytes(*length));
    let (number, rest) = rest.split_at_checked(length.div_ceil(8))?;
    (bits(number) == length).then_some((number, rest))
}

fn last_mpi(bytes: &[u8]) -> Option<&[u8]> {
    let (number, rest) = read_mpi(bytes)?;
    rest.is_empty().then_some(number)
}

/// Returns the number of bits from the first byte's highest on.
fn bits(number: &[u8]) -> usize {
    let zeros = number.first().map_or(0, |first| first.leading_zeros());
    let zeros = usize::try_from(zeros).unwrap_or_default();
    number.len().saturating_mul(8).saturating_sub(zeros)
}

/// Returns a signature of two numbers, R and S, in one.
fn joined(numbers: &[Mpi]) -> Option<[u8; 64]> {
    let [r, s] = numbers else { return None };
    let mut signature = [0; 64];
    for (half, number) in signature.as_chunks_mut::<32>().0.iter_mut().zip([r, s]) {
        let start = half.len().checked_sub(number.len())?;
        half.get_mut(start..)?.copy_from_slice(number.as_ref());
    }
    Some(signature)
}

/// Returns the part of PKCS#1's `DigestInfo` before a digest (section 5.2.2).
pub(super) fn digest_info(hash: HashAlgorithm) -> Option<Vec<u8>> {
    const SHA: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2];
    let (id, last, length): (&[u8], u8, u8) = match hash {
        HashAlgorithm::Md5 => (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2], 5, 16),
        HashAlgorithm::Ripemd160 => (&[0x2b, 0x24, 3, 2], 1, 20),
        HashAlgorithm::Sha1 => (&[0x2b, 0x0e, 3, 2], 0x1a, 20),
        HashAlgorithm::Sha256 => (SHA, 1, 32),
        HashAlgorithm::Sha384 => (SHA, 2, 48),
        HashAlgorithm::Sha512 => (SHA, 3, 64),
        HashAlgorithm::Sha224 => (SHA, 4, 28),
        HashAlgorithm::Sha3_256 => (SHA, 8, 32),
        HashAlgorithm::Sha3_512 => (SHA, 10, 64),
        _ => return None,
    };
    let of_id = u8::try_from(id.len()).ok()?.checked_add(1)?;
    let of_algorithm = of_id.checked_add(4)?;
    let of_all = of_algorithm.checked_add(4)?.checked_add(length)?;
    let start = [0x30, of_all, 0x30, of_algorithm, 0x06, of_id];
    Some([start.as_slice(), id, &[last, 5, 0, 4, length]].concat())
}
