//! ECDSA over the NIST curves (FIPS 186-5), with signatures in strict DER. A key of an attestor signs the digest
//! of the same size as its curve.

#[cfg_attr(not(feature = "curves"), path = "ecdsa/rust_crypto.rs")]
mod arithmetic;

use alloc::vec::Vec;

use p256::pkcs8::{AssociatedOid as _, ObjectIdentifier};

use crate::der::{self, Tag};
use crate::{BadSignature, Hash, KeyKind, Malformed, Verifier, material};

/// A curve of NIST's
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum NistCurve {
    P256,
    P384,
    P521,
}

/// A key: a point on a curve
#[derive(Debug)]
pub struct EcdsaKey {
    curve: NistCurve,
    /// The point in uncompressed form
    point: Vec<u8>,
}

impl NistCurve {
    /// Returns the curve of an object identifier (RFC 5480, section 2.1.1.1).
    #[must_use]
    #[inline(never)]
    pub fn of(oid: ObjectIdentifier) -> Option<Self> {
        [Self::P256, Self::P384, Self::P521]
            .into_iter()
            .find(|curve| curve.oid() == oid)
    }

    /// Returns its object identifier.
    #[must_use]
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::P256 => p256::NistP256::OID,
            Self::P384 => p384::NistP384::OID,
            Self::P521 => p521::NistP521::OID,
        }
    }

    /// Reads a key, which is a point in uncompressed form (SEC 1, section 2.3.3).
    ///
    /// # Errors
    ///
    /// In words.
    #[inline(never)]
    pub fn read_key(self, point: &[u8]) -> Result<EcdsaKey, &'static str> {
        // Only one encoding is accepted, because key ids are digests of the encoding.
        let Some((&UNCOMPRESSED, coordinates)) = point.split_first() else {
            return Err("the point is not in uncompressed form");
        };
        if !arithmetic::is_on_curve(self, halves(coordinates)) {
            return Err("the point is not on the curve");
        }
        Ok(EcdsaKey {
            curve: self,
            point: point.to_vec(),
        })
    }

    /// Returns the length of a coordinate, and of each number of a signature, in bytes.
    #[must_use]
    pub const fn length(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    /// Returns the hash that keys of attestors sign.
    const fn hash(self) -> Hash {
        match self {
            Self::P256 => Hash::Sha256,
            Self::P384 => Hash::Sha384,
            Self::P521 => Hash::Sha512,
        }
    }

    /// Reads the two numbers of a signature.
    fn read_signature(self, der: &[u8]) -> Result<[Vec<u8>; 2], Malformed> {
        let signature = der::only(der)?;
        signature.expect(Tag::SEQUENCE)?;
        let mut numbers = signature.elements();
        let mut next = || self.read_number(numbers.any()?.integer()?);
        let both = [next()?, next()?];
        numbers.end()?;
        Ok(both)
    }

    /// Reads a number that is not negative, in two's complement, and fills it up with zeros.
    fn read_number(self, number: &[u8]) -> Result<Vec<u8>, Malformed> {
        let number = match number {
            [0x80..=0xff, ..] => return Err(Malformed::new("is negative")),
            [0, number @ ..] | number => number,
        };
        let number = self.filled(number);
        number.ok_or_else(|| Malformed::new("is longer than the order of the group"))
    }

    /// Fills a number up with zeros; `None` if it is too long.
    fn filled(self, number: &[u8]) -> Option<Vec<u8>> {
        let zeros = self.length().checked_sub(number.len())?;
        Some([&alloc::vec![0; zeros], number].concat())
    }
}

/// First byte of an uncompressed point (SEC 1, section 2.3.3)
const UNCOMPRESSED: u8 = 4;

fn halves(coordinates: &[u8]) -> [&[u8]; 2] {
    let (x, y) = coordinates.split_at(coordinates.len() / 2);
    [x, y]
}

impl EcdsaKey {
    /// Returns the kind of the key.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        match self.curve {
            NistCurve::P256 => KeyKind::P256,
            NistCurve::P384 => KeyKind::P384,
            NistCurve::P521 => KeyKind::P521,
        }
    }

    /// Verifies a signature over a digest by any hash: of one longer than the order of the curve, the leftmost bits
    /// count; a shorter one counts whole (FIPS 186-5, section 6.4.2).
    ///
    /// # Errors
    ///
    /// The signature is malformed, or not by this key over this digest.
    #[inline(never)]
    pub fn verify_any_digest(&self, digest: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        let numbers = self.curve.read_signature(signature);
        self.verify_filled(digest, &numbers.map_err(|_| BadSignature)?)
    }

    /// Like [`Self::verify_any_digest`], for the two numbers of a signature, which may be shorter than the order of the
    /// curve.
    ///
    /// # Errors
    ///
    /// The numbers are not a signature by this key over this digest.
    #[inline(never)]
    pub fn verify_numbers(&self, digest: &[u8], [r, s]: [&[u8]; 2]) -> Result<(), BadSignature> {
        let numbers = [r, s].map(|number| self.curve.filled(number));
        let [Some(r), Some(s)] = numbers else {
            return Err(BadSignature);
        };
        self.verify_filled(digest, &[r, s])
    }

    fn verify_filled(&self, digest: &[u8], [r, s]: &[Vec<u8>; 2]) -> Result<(), BadSignature> {
        let coordinates = self.point.get(1..).unwrap_or_default();
        if arithmetic::is_valid(self.curve, digest, [r, s], halves(coordinates)) {
            Ok(())
        } else {
            Err(BadSignature)
        }
    }
}

impl Verifier for EcdsaKey {
    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        // Before the message is hashed, which may be long.
        let numbers = self.curve.read_signature(signature);
        let numbers = numbers.map_err(|_| BadSignature)?;
        self.verify_filled(&self.curve.hash().digest(message), &numbers)
    }

    fn verify_digest(
        &self,
        hash: Hash,
        digest: &[u8],
        signature: &[u8],
    ) -> Result<(), BadSignature> {
        if hash != self.curve.hash() {
            return Err(BadSignature);
        }
        self.verify_any_digest(digest, signature)
    }

    /// Recognizes the SHA-256 of the payload, which many tools sign with keys of every curve.
    fn diagnose(&self, message: &[u8], signature: &[u8]) -> &'static str {
        let numbers = self.curve.length().saturating_mul(2);
        match self.curve.read_signature(signature) {
            Ok(numbers) if self.curve == NistCurve::P384 => {
                let digest = Hash::Sha256.digest(message);
                match self.verify_filled(&digest, &numbers) {
                    Ok(()) => {
                        "is over the payload's SHA-256, and a key of curve P-384 signs its SHA-384"
                    }
                    Err(BadSignature) => "",
                }
            }
            Ok(_) => "",
            Err(_) if signature.len() == numbers => {
                "is the numbers r and s by themselves, and not their ASN.1 DER encoding"
            }
            Err(_) => "is not in ASN.1 DER",
        }
    }

    fn material(&self) -> Vec<u8> {
        material(self.curve.oid().as_bytes(), &[&self.point])
    }

    fn cost(&self) -> usize {
        match self.curve {
            NistCurve::P256 => 8,
            NistCurve::P384 => 24,
            NistCurve::P521 => 40,
        }
    }
}
