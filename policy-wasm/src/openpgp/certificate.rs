//! Certificates, "transferable public keys" (RFC 9580, section 10.1): a primary key, its names and
//! its subkeys, each followed by signatures.
//!
//! Nothing that the primary key says of itself is passed over: each signature that names it as its
//! issuer must verify and be understood, or the certificate is refused. Otherwise an expiry or a
//! revocation could be lost by damage. Signatures by others say nothing here.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

use pgp::packet::{Signature, SignatureType};
use pgp::ser::Serialize;
use pgp::types::{KeyDetails as _, Tag};

use super::key::Key;
use super::packet::{Packet, Packets, read_signature, tag};
use super::statement::Statement;
use super::std::io;
use super::{Certificate, CertificateError};

pub(super) fn read(bytes: &[u8]) -> Result<Certificate, CertificateError> {
    let mut packets = Packets::of(bytes);
    let mut next = || packets.next().transpose().map_err(|_| DAMAGED);
    let primary = next()?.filter(|packet| packet.tag == tag::PUBLIC_KEY);
    let primary = primary.ok_or(CertificateError::Malformed("no public key"))?;
    let mut reader = Reader {
        primary: Key::read(&primary.body)?,
        subkeys: Vec::new(),
        part: Part::Primary,
        verifications: 0,
    };
    while let Some(packet) = next()? {
        reader.read(packet)?;
    }
    reader.finish()
}

const DAMAGED: CertificateError = CertificateError::Malformed("a packet is damaged");

struct Reader<'a> {
    primary: Key,
    subkeys: Vec<Key>,
    part: Part<'a>,
    verifications: usize,
}

/// What the signatures that are being read are about
enum Part<'a> {
    Primary,
    Name(Name<'a>),
    Subkey(Box<Key>),
    /// A subkey that cannot sign: whatever is said of it is not read
    OtherSubkey,
}

/// A user id or a user attribute
struct Name<'a> {
    tag: Tag,
    body: Cow<'a, [u8]>,
    statements: Vec<Statement>,
    /// When it was last revoked
    revoked: Option<u64>,
}

impl<'a> Reader<'a> {
    fn read(&mut self, packet: Packet<'a>) -> Result<(), CertificateError> {
        let part = match packet.tag {
            tag::SIGNATURE => return self.read_signature(&packet.body),
            tag::USER_ID => Part::name(Tag::UserId, packet.body),
            tag::USER_ATTRIBUTE => Part::name(Tag::UserAttribute, packet.body),
            tag::PUBLIC_SUBKEY => match Key::read(&packet.body) {
                Ok(key) => Part::Subkey(Box::new(key)),
                Err(CertificateError::Unsupported(_)) => Part::OtherSubkey,
                Err(error) => return Err(error),
            },
            tag::PUBLIC_KEY => return Err(CertificateError::Malformed("several keys")),
            tag::SECRET_KEY | tag::SECRET_SUBKEY => {
                return Err(CertificateError::Malformed("a private key"));
            }
            _ => return Err(CertificateError::Malformed("a packet that no key has")),
        };
        self.close(part);
        Ok(())
    }

    /// Ends the part that was being read, and begins another.
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

    fn read_signature(&mut self, body: &[u8]) -> Result<(), CertificateError> {
        let signature = read_signature(body).ok_or(DAMAGED)?;
        if self.is_by_another(&signature) {
            return match signature.typ() {
                // Section 5.2.3.23 lets a key name others who may revoke it; they are not known here.
                Some(SignatureType::KeyRevocation | SignatureType::SubkeyRevocation) => {
                    Err(CertificateError::Unsupported("a revocation by another key"))
                }
                _ => Ok(()),
            };
        }
        self.verifications = self.verifications.saturating_add(1);
        if self.verifications > MAX_VERIFICATIONS {
            return Err(CertificateError::Unsupported(
                "too many signatures of its own",
            ));
        }
        self.follow(&signature).ok_or(CertificateError::Malformed(
            "a signature of its own is damaged or not understood",
        ))
    }

    fn is_by_another(&self, signature: &Signature) -> bool {
        let packet = &self.primary.packet;
        let (ids, fingerprints) = (signature.issuer_key_id(), signature.issuer_fingerprint());
        let says_nothing = ids.is_empty() && fingerprints.is_empty();
        let is_own =
            ids.contains(&&packet.legacy_key_id()) || fingerprints.contains(&&packet.fingerprint());
        !says_nothing && !is_own
    }

    /// Does what a signature by the primary key says (section 5.2.1), once it has verified.
    ///
    /// Revocations count with whatever hash: to ignore one would be the greater risk.
    fn follow(&mut self, signature: &Signature) -> Option<()> {
        use SignatureType as Type;
        if !self.primary.suits(signature) {
            return None;
        }
        let primary = &self.primary.packet;
        match (signature.typ()?, &mut self.part) {
            // About the primary key, wherever it stands.
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
                signature.verify_subkey_binding(primary, &key.packet).ok()?;
                let mut statement = Statement::of(signature).ok()?;
                let consents = consents(key, signature, &self.primary);
                statement.may_sign = Some(statement.may_sign == Some(true) && consents);
                key.statements.push(statement);
            }
            (Type::SubkeyRevocation, Part::Subkey(key)) => {
                signature.verify_subkey_binding(primary, &key.packet).ok()?;
                key.is_revoked = true;
            }
            (Type::SubkeyBinding | Type::SubkeyRevocation, Part::OtherSubkey) => {}
            _ => return None,
        }
        Some(())
    }

    fn finish(mut self) -> Result<Certificate, CertificateError> {
        self.close(Part::Primary);
        let latest = self.primary.latest(None);
        match latest
            .map(|statement| statement.is_strong)
            .reduce(|a, b| a && b)
        {
            Some(true) => {}
            Some(false) => {
                let reason = "its own signature uses a broken hash";
                return Err(CertificateError::Unsupported(reason));
            }
            None => {
                return Err(CertificateError::Malformed(
                    "no signature of its own that stands",
                ));
            }
        }
        let fingerprint = self.primary.packet.fingerprint();
        Ok(Certificate {
            id: fingerprint
                .as_bytes()
                .iter()
                .fold(String::new(), |mut id, byte| {
                    let _ = write!(id, "{byte:02X}");
                    id
                }),
            primary: self.primary,
            subkeys: self.subkeys,
        })
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
            .verify_certification(&primary.packet, self.tag, &Raw(&self.body))
            .ok()
    }
}

/// Whether the subkey has signed the primary key in turn. Otherwise anybody could claim another's
/// signing key as a subkey of his own (section 10.1.5).
fn consents(subkey: &Key, binding: &Signature, primary: &Key) -> bool {
    binding.embedded_signature().is_some_and(|signature| {
        subkey.suits(signature)
            && Statement::of(signature).is_ok_and(|statement| statement.is_strong)
            && signature
                .verify_primary_key_binding(&subkey.packet, &primary.packet)
                .is_ok()
    })
}

/// The body of a packet as it was read, for rPGP to hash
struct Raw<'a>(&'a [u8]);

impl Serialize for Raw<'_> {
    fn to_writer<W: io::Write>(&self, writer: &mut W) -> pgp::errors::Result<()> {
        Ok(writer.write_all(self.0)?)
    }

    fn write_len(&self) -> usize {
        self.0.len()
    }
}

/// More than years of renewals of many names; each costs a verification whenever the key is loaded.
const MAX_VERIFICATIONS: usize = 256;
