//! Certificates, "transferable public keys" (RFC 9580, section 10.1): a primary key, its names and
//! its subkeys, each followed by signatures.
//!
//! The keys are read first, to select the messages signed by them. The self-signatures are verified once, when
//! such a message is found, and are charged like the message.
//!
//! Every self-signature of the primary key must verify and be supported, or the certificate is rejected:
//! otherwise damage could remove an expiry or a revocation. Signatures of other keys are ignored.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::OnceCell;
use core::fmt::Write as _;
use core::slice;

use pgp::packet::{Signature, SignatureType};
use pgp::ser::Serialize;
use pgp::types::{KeyDetails as _, Tag};

use super::key::Key;
use super::packet::{Packet, Packets, read_signature, tag};
use super::statement::Statement;
use super::std::io;
use super::{Certificate, CertificateError};
use crate::verification::{Exhausted, Meter};

/// The keys of a certificate, with their validity from the self-signatures
#[derive(Debug)]
pub(super) struct Bound {
    pub(super) primary: Key,
    /// Subkeys that can verify signatures
    pub(super) subkeys: Vec<Key>,
}

/// Reasons why the self-signatures were not verified
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotBound {
    /// The certificate is invalid
    Certificate(CertificateError),
    /// The budget is exhausted
    Exhausted(Exhausted),
}

/// Reads the keys. Signatures are only counted.
pub(super) fn read(bytes: &[u8]) -> Result<Certificate, CertificateError> {
    let mut packets = Packets::of(bytes);
    let primary = packets.next().transpose().map_err(|_| DAMAGED)?;
    let primary = primary.filter(|packet| packet.tag == tag::PUBLIC_KEY);
    let primary = primary.ok_or(CertificateError::Malformed("no public key"))?;
    let primary = Key::read(&primary.body)?;
    let rest = packets.rest().to_vec();
    let (mut subkeys, mut signatures) = (Vec::new(), 0_usize);
    for packet in packets {
        let packet = packet.map_err(|_| DAMAGED)?;
        match packet.tag {
            tag::SIGNATURE => signatures = signatures.saturating_add(1),
            tag::USER_ID | tag::USER_ATTRIBUTE => {}
            tag::PUBLIC_SUBKEY => subkeys.push(match Key::read(&packet.body) {
                Ok(key) => Some(key),
                Err(CertificateError::Unsupported(_)) => None,
                Err(error) => return Err(error),
            }),
            tag::PUBLIC_KEY => return Err(CertificateError::Malformed("several keys")),
            tag::SECRET_KEY | tag::SECRET_SUBKEY => {
                return Err(CertificateError::Malformed("a private key"));
            }
            _ => return Err(CertificateError::Malformed("an unexpected packet")),
        }
    }
    if signatures > MAX_SIGNATURES {
        return Err(CertificateError::Unsupported("more than 1024 signatures"));
    }
    let fingerprint = primary.packet.fingerprint();
    let mut id = String::new();
    for byte in fingerprint.as_bytes() {
        let _ = write!(id, "{byte:02X}");
    }
    Ok(Certificate {
        id,
        primary,
        subkeys,
        rest,
        bound: OnceCell::new(),
    })
}

/// Reads and verifies the self-signatures of a certificate.
pub(super) fn bind(certificate: &Certificate, meter: &Meter) -> Result<Bound, NotBound> {
    let mut reader = Reader {
        primary: certificate.primary.clone(),
        later_subkeys: certificate.subkeys.iter(),
        subkeys: Vec::new(),
        part: Part::Primary,
        meter,
        work: 0,
    };
    for packet in Packets::of(&certificate.rest) {
        reader.read(packet.map_err(|_| DAMAGED)?)?;
    }
    Ok(reader.finish()?)
}

impl From<CertificateError> for NotBound {
    fn from(error: CertificateError) -> Self {
        Self::Certificate(error)
    }
}

const DAMAGED: CertificateError = CertificateError::Malformed("a packet is damaged");

struct Reader<'a> {
    primary: Key,
    /// Subkeys of the certificate that have not been reached yet
    later_subkeys: slice::Iter<'a, Option<Key>>,
    subkeys: Vec<Key>,
    part: Part<'a>,
    meter: &'a Meter,
    /// Cost of the self-signatures so far
    work: usize,
}

/// The part of the certificate that the following signatures concern
enum Part<'a> {
    Primary,
    Name(Name<'a>),
    Subkey(Box<Key>),
    /// A subkey that cannot sign; its signatures are skipped
    OtherSubkey,
}

/// A user id or a user attribute
struct Name<'a> {
    tag: Tag,
    body: Cow<'a, [u8]>,
    statements: Vec<Statement>,
    /// Time of the last revocation
    revoked: Option<u64>,
}

impl<'a> Reader<'a> {
    fn read(&mut self, packet: Packet<'a>) -> Result<(), NotBound> {
        let part = match packet.tag {
            tag::SIGNATURE => return self.read_signature(&packet.body),
            tag::USER_ID => Part::name(Tag::UserId, packet.body),
            tag::USER_ATTRIBUTE => Part::name(Tag::UserAttribute, packet.body),
            // The parser of the keys allows no other kind.
            _ => match self.later_subkeys.next() {
                Some(Some(key)) => Part::Subkey(Box::new(key.clone())),
                _ => Part::OtherSubkey,
            },
        };
        self.close(part);
        Ok(())
    }

    /// Finishes the current part and begins another.
    fn close(&mut self, next: Part<'a>) {
        match core::mem::replace(&mut self.part, next) {
            Part::Primary | Part::OtherSubkey => {}
            Part::Name(name) => {
                let standing = name
                    .statements
                    .iter()
                    .filter(|statement| name.revoked < Some(statement.created));
                self.primary.statements.extend(standing);
            }
            Part::Subkey(key) => self.subkeys.push(*key),
        }
    }

    fn read_signature(&mut self, body: &[u8]) -> Result<(), NotBound> {
        self.meter.look(body.len()).map_err(NotBound::Exhausted)?;
        let signature = read_signature(body).ok_or(DAMAGED)?;
        if self.is_by_another(&signature) {
            return match signature.typ() {
                // Section 5.2.3.23 lets a key name other revokers; they are not supported.
                Some(SignatureType::KeyRevocation | SignatureType::SubkeyRevocation) => {
                    Err(CertificateError::Unsupported("a revocation by another key").into())
                }
                _ => Ok(()),
            };
        }
        self.pay(&signature)?;
        self.follow(&signature).ok_or_else(|| {
            let reason = "a self-signature is damaged or unsupported";
            CertificateError::Malformed(reason).into()
        })
    }

    /// Charges for one verification with the primary key, and one with a subkey that signs back.
    fn pay(&mut self, signature: &Signature) -> Result<(), NotBound> {
        let mut cost = self.primary.packet.cost();
        if let Part::Subkey(key) = &self.part
            && signature.embedded_signature().is_some()
        {
            cost = cost.saturating_add(key.packet.cost());
        }
        self.work = self.work.saturating_add(cost);
        if self.work > MAX_WORK {
            let reason = "too many self-signatures; `gpg --export-options export-minimal` leaves out the old ones";
            return Err(CertificateError::Unsupported(reason).into());
        }
        self.meter.verify(cost, 0).map_err(NotBound::Exhausted)
    }

    fn is_by_another(&self, signature: &Signature) -> bool {
        let packet = &self.primary.packet;
        let (ids, fingerprints) = (signature.issuer_key_id(), signature.issuer_fingerprint());
        let says_nothing = ids.is_empty() && fingerprints.is_empty();
        let is_own =
            ids.contains(&&packet.legacy_key_id()) || fingerprints.contains(&&packet.fingerprint());
        !says_nothing && !is_own
    }

    /// Applies a verified signature of the primary key (section 5.2.1).
    ///
    /// Revocations are valid with any hash: ignoring one would be the greater risk.
    fn follow(&mut self, signature: &Signature) -> Option<()> {
        use SignatureType as Type;
        if !self.primary.suits(signature) {
            return None;
        }
        let primary = &*self.primary.packet;
        match (signature.typ()?, &mut self.part) {
            // It concerns the primary key, in any position.
            (Type::Key, _) => {
                signature.verify_key(primary).ok()?;
                self.primary.statements.push(Statement::of(signature).ok()?);
            }
            (Type::KeyRevocation, _) => {
                signature.verify_key(primary).ok()?;
                self.primary.is_revoked = true;
            }
            (
                Type::CertGeneric | Type::CertPersona | Type::CertCasual | Type::CertPositive,
                Part::Name(name),
            ) => {
                name.verify(signature, &self.primary)?;
                name.statements.push(Statement::of(signature).ok()?);
            }
            (Type::CertRevocation, Part::Name(name)) => {
                name.verify(signature, &self.primary)?;
                name.revoked = name
                    .revoked
                    .max(Some(Statement::of(signature).ok()?.created));
            }
            (Type::SubkeyBinding, Part::Subkey(key)) => {
                signature
                    .verify_subkey_binding(primary, &*key.packet)
                    .ok()?;
                let mut statement = Statement::of(signature).ok()?;
                let consents = consents(key, signature, &self.primary);
                statement.may_sign = Some(statement.may_sign == Some(true) && consents);
                key.statements.push(statement);
            }
            (Type::SubkeyRevocation, Part::Subkey(key)) => {
                signature
                    .verify_subkey_binding(primary, &*key.packet)
                    .ok()?;
                key.is_revoked = true;
            }
            (Type::SubkeyBinding | Type::SubkeyRevocation, Part::OtherSubkey) => {}
            _ => return None,
        }
        Some(())
    }

    fn finish(mut self) -> Result<Bound, CertificateError> {
        self.close(Part::Primary);
        let latest = self.primary.latest(None);
        match latest
            .map(|statement| statement.is_strong)
            .reduce(|a, b| a && b)
        {
            Some(true) => Ok(Bound {
                primary: self.primary,
                subkeys: self.subkeys,
            }),
            Some(false) => {
                let reason = "its self-signature uses a broken hash";
                Err(CertificateError::Unsupported(reason))
            }
            None => {
                let reason = "no valid self-signature";
                Err(CertificateError::Malformed(reason))
            }
        }
    }
}

impl<'a> Part<'a> {
    const fn name(tag: Tag, body: Cow<'a, [u8]>) -> Self {
        Self::Name(Name {
            tag,
            body,
            statements: Vec::new(),
            revoked: None,
        })
    }
}

impl Name<'_> {
    fn verify(&self, signature: &Signature, primary: &Key) -> Option<()> {
        signature
            .verify_certification(&*primary.packet, self.tag, &Raw(&self.body))
            .ok()
    }
}

/// Whether the subkey has signed the primary key. Otherwise anyone could add another owner's signing key as a
/// subkey (section 10.1.5).
fn consents(subkey: &Key, binding: &Signature, primary: &Key) -> bool {
    binding.embedded_signature().is_some_and(|signature| {
        subkey.suits(signature)
            && Statement::of(signature).is_ok_and(|statement| statement.is_strong)
            && signature
                .verify_primary_key_binding(&*subkey.packet, &*primary.packet)
                .is_ok()
    })
}

/// The unchanged body of a packet, for rPGP to hash
struct Raw<'a>(&'a [u8]);

impl Serialize for Raw<'_> {
    fn to_writer<W: io::Write>(&self, writer: &mut W) -> pgp::errors::Result<()> {
        Ok(writer.write_all(self.0)?)
    }

    fn write_len(&self) -> usize {
        self.0.len()
    }
}

/// Limit on signatures; a key with many third-party signatures has hundreds
const MAX_SIGNATURES: usize = 1024;

/// Half of the budget of one request: 11 signatures with P-521, 400 with Ed25519
const MAX_WORK: usize = 2048;
