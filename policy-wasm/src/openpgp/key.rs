//! One key of a certificate: what it is, and when it may sign.

use alloc::vec::Vec;
use core::ops::RangeInclusive;

use pgp::packet::{PacketHeader, PublicKey, Signature, SignatureType, SignatureVersion};
use pgp::ser::Serialize as _;
use pgp::types::{EcdsaPublicParams, EddsaLegacyPublicParams, KeyDetails as _, PublicParams, Tag};

use super::statement::Statement;
use super::{CertificateError, OpenPgpError};
use crate::crypto::{self, ID_ED25519, material};

/// A key that can verify, and what its certificate says of it
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) packet: PublicKey,
    /// From verified signatures by the primary key, so that there are none before those are verified; that
    /// a subkey may sign needs its own consent too
    pub(super) statements: Vec<Statement>,
    pub(super) is_revoked: bool,
}

impl Key {
    /// Reads the body of a key packet, which is the same for primary keys and subkeys.
    pub(super) fn read(body: &[u8]) -> Result<Self, CertificateError> {
        let [version, _, _, _, _, algorithm, bits @ ..] = body else {
            return Err(CertificateError::Malformed("a key packet is too short"));
        };
        if *version != 4 {
            return Err(CertificateError::Unsupported("not of version 4"));
        }
        if !SIGNING_ALGORITHMS.contains(algorithm) {
            return Err(CertificateError::Unsupported("its algorithm"));
        }
        let header = PacketHeader::new_fixed(Tag::PublicKey, 0);
        let packet = PublicKey::try_from_reader(header, body)
            .ok()
            // One encoding per key: the fingerprint is a digest of the encoding.
            .filter(|packet| packet.to_bytes().is_ok_and(|bytes| bytes == body))
            .ok_or(CertificateError::Malformed("a key packet is damaged"))?;
        let bits = bits
            .first_chunk()
            .map_or(0, |bits| u16::from_be_bytes(*bits));
        match packet.public_params() {
            PublicParams::RSA(_) if !RSA_BITS.contains(&bits) => Err(
                CertificateError::Unsupported("RSA with less than 2048 bits or more than 4096"),
            ),
            PublicParams::RSA(_) if !has_small_exponent(&packet) => Err(
                CertificateError::Unsupported("RSA with an exponent of more than 32 bits"),
            ),
            PublicParams::RSA(_)
            | PublicParams::ECDSA(
                EcdsaPublicParams::P256 { .. }
                | EcdsaPublicParams::P384 { .. }
                | EcdsaPublicParams::P521 { .. },
            ) => Ok(packet),
            PublicParams::EdDSALegacy(EddsaLegacyPublicParams::Ed25519 { key })
                if !key.is_weak() =>
            {
                Ok(packet)
            }
            PublicParams::Ed25519(params) if !params.key.is_weak() => Ok(packet),
            _ => Err(CertificateError::Unsupported("its curve")),
        }
        .map(|packet| Self {
            packet,
            statements: Vec::new(),
            is_revoked: false,
        })
    }

    /// The key without the time of its making and without the certificate around it, in the form in
    /// which PKIX keys are compared.
    pub(super) fn material(&self) -> Vec<u8> {
        let bytes = self.packet.public_params().to_bytes().unwrap_or_default();
        let of_params = match self.packet.public_params() {
            PublicParams::RSA(_) => rsa_material(&bytes),
            PublicParams::Ed25519(_) => Some(material(ID_ED25519.as_bytes(), &[&bytes])),
            PublicParams::EdDSALegacy(_) => {
                elliptic_material(&bytes, &[0x40], |_| ID_ED25519.as_bytes())
            }
            // The point in the form of SEC 1, as PKIX has it too.
            _ => elliptic_material(&bytes, &[], |curve| curve),
        };
        of_params.unwrap_or(bytes)
    }

    /// The maximum cost of one verification, in units of [`Meter`](crate::verification::Meter); of RSA by the
    /// length of modulus and exponent.
    pub(super) fn cost(&self) -> usize {
        match self.packet.public_params() {
            PublicParams::RSA(_) => match self.packet.public_params().write_len() {
                ..300 => 30,
                300..420 => 60,
                _ => 120,
            },
            PublicParams::ECDSA(EcdsaPublicParams::P256 { .. }) => 32,
            PublicParams::ECDSA(EcdsaPublicParams::P384 { .. }) => 120,
            PublicParams::Ed25519(_) | PublicParams::EdDSALegacy(_) => 5,
            // P-521
            _ => 180,
        }
    }

    /// Whether every issuer that a signature names is this key, and it names one.
    pub(super) fn is_issuer(&self, signature: &Signature) -> bool {
        let (ids, fingerprints) = (signature.issuer_key_id(), signature.issuer_fingerprint());
        (!ids.is_empty() || !fingerprints.is_empty())
            && ids.iter().all(|id| **id == self.packet.legacy_key_id())
            && fingerprints
                .iter()
                .all(|fingerprint| **fingerprint == self.packet.fingerprint())
    }

    /// Whether a signature is of the kind that this key makes.
    pub(super) fn suits(&self, signature: &Signature) -> bool {
        signature.version() == SignatureVersion::V4
            && signature
                .config()
                .is_some_and(|config| config.pub_alg == self.packet.algorithm())
    }

    /// Whether this is a binary signature by the key over `payload`.
    pub(super) fn has_signed(&self, signature: &Signature, payload: &[u8]) -> bool {
        self.suits(signature)
            && signature.typ() == Some(SignatureType::Binary)
            && signature.verify(&self.packet, payload).is_ok()
    }

    /// Whether the key may sign, at a time or as far as can be told without one.
    pub(super) fn check(&self, now: Option<u64>) -> Result<(), OpenPgpError> {
        if self.is_revoked {
            return Err(OpenPgpError::KeyNotValid("is revoked"));
        }
        let created = self.created();
        if now.is_some_and(|now| now < created) {
            return Err(OpenPgpError::KeyNotValid("is not valid yet"));
        }
        let mut latest = self.latest(now).peekable();
        if latest.peek().is_none() {
            return Err(OpenPgpError::KeyNotValid(
                "is not bound by its own signature",
            ));
        }
        for statement in latest {
            if !statement.is_strong {
                let reason = "is bound by a signature with a broken hash";
                return Err(OpenPgpError::KeyNotValid(reason));
            }
            let lifetime = statement.key_lifetime;
            let end = lifetime.map(|seconds| created.saturating_add(seconds));
            for end in [end, statement.ends].into_iter().flatten() {
                if end <= now.ok_or(OpenPgpError::ClockUnavailable)? {
                    return Err(OpenPgpError::KeyNotValid("has expired"));
                }
            }
        }
        Ok(())
    }

    /// Whether a signature that this key made, and that has verified, still counts.
    pub(super) fn check_signature(
        &self,
        signature: Statement,
        now: Option<u64>,
    ) -> Result<(), OpenPgpError> {
        if self
            .latest(now)
            .any(|statement| statement.may_sign == Some(false))
        {
            return Err(OpenPgpError::KeyNotValid("is not for signing"));
        }
        if signature.created < self.created() {
            return Err(OpenPgpError::SignatureNotValid("is older than its key"));
        }
        // With that, it was made before the key's end, which is still to come.
        if now.is_some_and(|now| now < signature.created) {
            return Err(OpenPgpError::SignatureNotValid("is not valid yet"));
        }
        if let Some(end) = signature.ends
            && end <= now.ok_or(OpenPgpError::ClockUnavailable)?
        {
            return Err(OpenPgpError::SignatureNotValid("has expired"));
        }
        Ok(())
    }

    /// What was last said of the key. Of several statements of one second all count.
    pub(super) fn latest(&self, now: Option<u64>) -> impl Iterator<Item = &Statement> {
        let made = move |statement: &&Statement| now.is_none_or(|now| statement.created <= now);
        let statements = self.statements.iter().filter(made);
        let latest = statements.clone().map(|statement| statement.created).max();
        statements.filter(move |statement| Some(statement.created) == latest)
    }

    fn created(&self) -> u64 {
        self.packet.created_at().as_secs().into()
    }
}

/// Section 9.1: RSA, RSA for signing only, ECDSA, Ed25519 as GnuPG knows it, Ed25519.
const SIGNING_ALGORITHMS: &[u8] = &[1, 3, 19, 22, 27];

/// As for PKIX keys; more serves nobody, and costs time.
const RSA_BITS: RangeInclusive<u16> = 2048..=4096;
const MAX_EXPONENT_BYTES: usize = 4;

fn has_small_exponent(packet: &PublicKey) -> bool {
    let params = packet.public_params().to_bytes().unwrap_or_default();
    read_mpi(&params)
        .and_then(|(_, rest)| read_mpi(rest))
        .is_some_and(|(exponent, _)| exponent.len() <= MAX_EXPONENT_BYTES)
}

/// RFC 9580, section 5.5.5.1: modulus and exponent.
fn rsa_material(params: &[u8]) -> Option<Vec<u8>> {
    let (modulus, rest) = read_mpi(params)?;
    let (exponent, _) = read_mpi(rest)?;
    Some(crypto::rsa_material(modulus, exponent))
}

/// RFC 9580, section 5.5.5.4 and .5: the identifier of a curve and a point, after its `prefix`.
fn elliptic_material<'p>(
    params: &'p [u8],
    prefix: &[u8],
    kind: impl Fn(&'p [u8]) -> &'p [u8],
) -> Option<Vec<u8>> {
    let (length, rest) = params.split_first()?;
    let (curve, rest) = rest.split_at_checked(usize::from(*length))?;
    let (point, _) = read_mpi(rest)?;
    Some(material(kind(curve), &[point.strip_prefix(prefix)?]))
}

/// RFC 9580, section 3.2: the number of bits, and the bytes that hold them.
fn read_mpi(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (bits, rest) = bytes.split_first_chunk()?;
    let length = usize::from(u16::from_be_bytes(*bits)).div_ceil(8);
    rest.split_at_checked(length)
}
