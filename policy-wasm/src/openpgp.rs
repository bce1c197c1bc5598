//! OpenPGP keys of attestors, and what GnuPG signs with them (RFC 9580, version 4 keys and
//! signatures).
//!
//! Armour, packet lengths and the order of packets are read here, strictly; a packet's body is given
//! to rPGP only when its kind and version are known to be wanted.
//!
//! | to read about | go to |
//! | --- | --- |
//! | which keys are taken, and what their own signatures say | [`certificate`] |
//! | when a key may sign | [`key`] |
//! | what a message may consist of | [`message`] |

extern crate std; // rPGP reads and writes through `std::io`

mod armor;
mod certificate;
mod key;
mod message;
mod packet;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod randomness;
mod standing;
mod statement;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::OnceCell;

use pgp::types::KeyDetails as _;
use thiserror::Error;

use certificate::Bound;
pub(crate) use certificate::NotBound;
use key::Key;
use message::Message;
use statement::{NotUnderstood, Statement};

use crate::attestation::{Circumstances, Exhausted, Meter};
use crate::time::Time;

/// An OpenPGP certificate as an attestor carries it: a primary key and its subkeys
#[derive(Debug)]
pub(crate) struct Certificate {
    id: String,
    primary: Key,
    /// In their order; `None` stands for one that can verify nothing
    subkeys: Vec<Option<Key>>,
    /// The packets behind the primary key
    rest: Vec<u8>,
    /// The keys once more, with what the certificate's own signatures say of them. There may be hundreds of
    /// certificates, and to verify those of one can cost more than to verify a message.
    bound: OnceCell<Result<Bound, CertificateError>>,
}

/// Why a certificate cannot be used
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum CertificateError {
    #[error("not a valid OpenPGP public key: {0}")]
    Malformed(&'static str),
    #[error("not a supported OpenPGP public key: {0}")]
    Unsupported(&'static str),
}

/// Why a signature does not count
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum OpenPgpError {
    #[error("not one OpenPGP signature: {0}")]
    Malformed(&'static str),
    #[error("{0} is not supported")]
    FormatUnsupported(&'static str),
    #[error("larger than {0} bytes")]
    TooLong(usize),
    #[error("the signature does not verify")]
    BadSignature,
    #[error("the key {0}")]
    KeyNotValid(&'static str),
    #[error("the signature {0}")]
    SignatureNotValid(&'static str),
    #[error("whether it has expired cannot be told without a clock")]
    ClockUnavailable,
    #[error("the message holds another payload")]
    PayloadMismatch,
    #[error("its key cannot be used: {0}")]
    Certificate(CertificateError),
    #[error("there is no work left for it")]
    Exhausted(Exhausted),
}

impl From<Exhausted> for OpenPgpError {
    fn from(exhausted: Exhausted) -> Self {
        Self::Exhausted(exhausted)
    }
}

impl From<NotBound> for OpenPgpError {
    fn from(error: NotBound) -> Self {
        match error {
            NotBound::Certificate(error) => Self::Certificate(error),
            NotBound::Exhausted(exhausted) => Self::Exhausted(exhausted),
        }
    }
}

impl Certificate {
    /// Reads what `gpg --export --armor` writes for one key, up to the signatures in it.
    pub(crate) fn from_armor(text: &str) -> Result<Self, CertificateError> {
        match armor::decode(text) {
            Some(("PUBLIC KEY BLOCK", bytes)) => certificate::read(&bytes),
            Some(("PRIVATE KEY BLOCK", _)) => Err(CertificateError::Malformed("a private key")),
            _ => Err(CertificateError::Malformed(
                "expected one block `PGP PUBLIC KEY BLOCK` and nothing around it",
            )),
        }
    }

    /// Verifies what the certificate says of itself.
    pub(crate) fn check(&self, meter: &Meter) -> Result<(), NotBound> {
        self.bound(meter).map(drop)
    }

    /// The fingerprint of the primary key, forty upper-case digits.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The keys themselves, without time and owner: two certificates that have one of them in common
    /// could both be satisfied by one signer.
    pub(crate) fn materials(&self) -> impl Iterator<Item = Vec<u8>> {
        self.keys().map(Key::material)
    }

    /// Verifies what `gpg --armor --sign` or `gpg --armor --detach-sign` made, and returns the bytes
    /// that were signed. `payload` may be empty where the message holds them itself.
    ///
    /// Without a time, no key or signature is accepted that ever expires, and a creation time in the future
    /// goes undetected.
    pub(crate) fn verify<'p>(
        &self,
        payload: &'p [u8],
        signature: &[u8],
        circumstances: &Circumstances,
    ) -> Result<Cow<'p, [u8]>, OpenPgpError> {
        let Circumstances { meter, now, .. } = circumstances;
        let now = now.map(Time::as_unix);
        let is_ours = |id| self.keys().any(|key| key.packet.legacy_key_id() == id);
        let message = Message::read(signature, is_ours, circumstances)?;
        if message.payload.is_none() && payload.is_empty() {
            return Err(OpenPgpError::Malformed("a detached signature of nothing"));
        }
        let signed = message.payload.as_deref().unwrap_or(payload);
        let (place, signer) = self
            .keys()
            .enumerate()
            .find(|(_, key)| message.names(key))
            .ok_or(OpenPgpError::BadSignature)?;
        if let Some(why) = statement::obstacle(&message.signature) {
            return Err(OpenPgpError::SignatureNotValid(why));
        }
        let statement = Statement::of(&message.signature)
            .map_err(|NotUnderstood(why)| OpenPgpError::SignatureNotValid(why))?;
        meter.verify(signer.cost(), signed.len())?;
        if !signer.has_signed(&message.signature, signed) {
            return Err(OpenPgpError::BadSignature);
        }
        let bound = self.bound(meter)?;
        let signer = bound.keys().nth(place).ok_or(OpenPgpError::BadSignature)?;
        bound.primary.check(now)?;
        signer.check(now)?;
        signer.check_signature(statement, now)?;
        match message.payload {
            None => Ok(Cow::Borrowed(payload)),
            Some(embedded) if payload.is_empty() => Ok(Cow::Owned(embedded)),
            Some(embedded) if embedded == payload => Ok(Cow::Borrowed(payload)),
            Some(_) => Err(OpenPgpError::PayloadMismatch),
        }
    }

    fn keys(&self) -> impl Iterator<Item = &Key> {
        core::iter::once(&self.primary).chain(self.subkeys.iter().flatten())
    }

    /// The keys with what the certificate says of them, for which it is verified once.
    fn bound(&self, meter: &Meter) -> Result<&Bound, NotBound> {
        if self.bound.get().is_none() {
            let bound = match certificate::bind(self, meter) {
                Ok(bound) => Ok(bound),
                Err(NotBound::Certificate(error)) => Err(error),
                Err(exhausted @ NotBound::Exhausted(_)) => return Err(exhausted),
            };
            let _ = self.bound.set(bound);
        }
        match self.bound.get() {
            Some(Ok(bound)) => Ok(bound),
            Some(Err(error)) => Err(NotBound::Certificate(*error)),
            None => Err(NotBound::Certificate(CertificateError::Malformed(""))),
        }
    }
}

impl Bound {
    fn keys(&self) -> impl Iterator<Item = &Key> {
        core::iter::once(&self.primary).chain(&self.subkeys)
    }
}

#[cfg(test)]
mod tests;
