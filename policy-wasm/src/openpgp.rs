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
mod statement;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use thiserror::Error;

use key::Key;
use message::Message;
use statement::Statement;

/// An OpenPGP certificate as an attestor carries it: a primary key and its signing subkeys
#[derive(Debug)]
pub(crate) struct Certificate {
    id: String,
    primary: Key,
    subkeys: Vec<Key>,
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
}

impl Certificate {
    /// Reads what `gpg --export --armor` writes for one key.
    pub(crate) fn from_armor(text: &str) -> Result<Self, CertificateError> {
        match armor::decode(text) {
            Some(("PUBLIC KEY BLOCK", bytes)) => certificate::read(&bytes),
            Some(("PRIVATE KEY BLOCK", _)) => Err(CertificateError::Malformed("a private key")),
            _ => Err(CertificateError::Malformed(
                "expected one block `PGP PUBLIC KEY BLOCK` and nothing around it",
            )),
        }
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
    /// `now` is in seconds since 1970. Without it no key or signature is accepted that ever expires;
    /// what never does is, and then nobody knows whether it is of the future.
    pub(crate) fn verify<'p>(
        &self,
        payload: &'p [u8],
        signature: &[u8],
        now: Option<u64>,
        max_payload: usize,
    ) -> Result<Cow<'p, [u8]>, OpenPgpError> {
        let message = Message::read(signature, max_payload)?;
        if message.payload.is_none() && payload.is_empty() {
            return Err(OpenPgpError::Malformed("a detached signature of nothing"));
        }
        let signed = message.payload.as_deref().unwrap_or(payload);
        let signer = self
            .keys()
            .find(|key| message.names(key))
            .ok_or(OpenPgpError::BadSignature)?;
        let statement =
            Statement::of(&message.signature).map_err(|_| OpenPgpError::BadSignature)?;
        if !statement.is_strong || !signer.has_signed(&message.signature, signed) {
            return Err(OpenPgpError::BadSignature);
        }
        self.primary.check(now)?;
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
        core::iter::once(&self.primary).chain(&self.subkeys)
    }
}

#[cfg(test)]
mod tests;
