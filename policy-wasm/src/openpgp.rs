//! OpenPGP keys of attestors and signatures of GnuPG (RFC 9580, version 4 keys and signatures).
//!
//! Armor, packet lengths, the order of packets and keys are parsed here, strictly. rPGP parses the body of another packet
//! only if its kind and version are supported, and hashes what a signature covers.
//!
//! | to read about | go to |
//! | --- | --- |
//! | certificates and their self-signatures | [`certificate`] |
//! | public keys | [`public_key`] |
//! | validity of keys | [`key`] |
//! | signed messages | [`message`] |

extern crate std; // rPGP reads and writes through `std::io`

mod armor;
mod certificate;
mod key;
mod message;
mod packet;
mod public_key;
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

use crate::time::Time;
use crate::verification::{Exhausted, Meter, VerificationContext};

/// An OpenPGP certificate of an attestor: a primary key and its subkeys
#[derive(Debug)]
pub(crate) struct Certificate {
    id: String,
    primary: Key,
    /// Subkeys in their order; `None` for one that cannot verify signatures
    subkeys: Vec<Option<Key>>,
    /// The packets after the primary key
    rest: Vec<u8>,
    /// The keys with their validity from the self-signatures, computed when needed: there may be hundreds of
    /// certificates, and verifying the self-signatures of one can cost more than verifying a message.
    bound: OnceCell<Result<Bound, CertificateError>>,
}

/// Reasons why a certificate cannot be used
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum CertificateError {
    #[error("not a valid OpenPGP public key: {0}")]
    Malformed(&'static str),
    #[error("not a supported OpenPGP public key: {0}")]
    Unsupported(&'static str),
}

/// Reasons why a signature is invalid
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
    /// Found before the signature is verified
    #[error("the signature {0}")]
    SignatureUnsupported(&'static str),
    /// The key made it, but it is not valid now
    #[error("the signature {0}")]
    SignatureNotValid(&'static str),
    #[error("its expiry cannot be checked without a clock")]
    ClockUnavailable,
    #[error("the message contains another payload")]
    PayloadMismatch,
    #[error("its key cannot be used: {0}")]
    Certificate(CertificateError),
    #[error("the limit on verification work is exceeded")]
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
    /// Parses the output of `gpg --export --armor` for one key, without its signatures.
    pub(crate) fn from_armor(text: &str) -> Result<Self, CertificateError> {
        match armor::decode(text) {
            Some(("PUBLIC KEY BLOCK", bytes)) => certificate::read(&bytes),
            Some(("PRIVATE KEY BLOCK", _)) => Err(CertificateError::Malformed("a private key")),
            _ => Err(CertificateError::Malformed(
                "expected one block `PGP PUBLIC KEY BLOCK` and nothing around it",
            )),
        }
    }

    /// Verifies the self-signatures.
    pub(crate) fn check(&self, meter: &Meter) -> Result<(), NotBound> {
        self.bound(meter).map(drop)
    }

    /// Returns the fingerprint of the primary key, forty upper-case digits.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Returns the key material without time and owner: one signer could satisfy two certificates that share any.
    pub(crate) fn materials(&self) -> impl Iterator<Item = Vec<u8>> {
        self.keys().map(|key| key.packet.material())
    }

    /// Verifies the output of `gpg --armor --sign` or `gpg --armor --detach-sign`, and returns the signed bytes.
    /// `payload` may be empty if the message contains them.
    ///
    /// Without a clock, keys and signatures with an expiry are rejected, and a creation time in the future is not
    /// detected.
    pub(crate) fn verify<'p>(
        &self,
        payload: &'p [u8],
        signature: &[u8],
        context: &VerificationContext,
    ) -> Result<Cow<'p, [u8]>, OpenPgpError> {
        let VerificationContext { meter, now, .. } = context;
        let now = now.map(Time::as_unix);
        let is_ours = |id| self.keys().any(|key| key.packet.legacy_key_id() == id);
        let message = Message::read(signature, is_ours, context)?;
        if message.payload.is_none() && payload.is_empty() {
            return Err(OpenPgpError::Malformed(
                "a detached signature without a payload",
            ));
        }
        let signed = message.payload.as_deref().unwrap_or(payload);
        let (place, signer) = self
            .keys()
            .enumerate()
            .find(|(_, key)| message.names(key))
            .ok_or(OpenPgpError::BadSignature)?;
        if let Some(why) = statement::obstacle(&message.signature) {
            return Err(OpenPgpError::SignatureUnsupported(why));
        }
        let statement = Statement::of(&message.signature)
            .map_err(|NotUnderstood(why)| OpenPgpError::SignatureUnsupported(why))?;
        meter.verify(signer.packet.cost(), signed.len())?;
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

    /// Returns the keys with their validity; verifies the self-signatures on the first call.
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
