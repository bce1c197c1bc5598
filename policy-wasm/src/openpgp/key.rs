//! One key of a certificate: what it is, and when it may sign.

use alloc::rc::Rc;
use alloc::vec::Vec;

use pgp::packet::{Signature, SignatureType, SignatureVersion};
use pgp::types::KeyDetails as _;

use super::public_key::PublicKey;
use super::statement::Statement;
use super::{CertificateError, OpenPgpError};

/// A key that can verify, and what its certificate says of it
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) packet: Rc<PublicKey>,
    /// From verified signatures by the primary key, so that there are none before those are verified; that
    /// a subkey may sign needs its own consent too
    pub(super) statements: Vec<Statement>,
    pub(super) is_revoked: bool,
}

impl Key {
    /// Reads the body of a key packet, which is the same for primary keys and subkeys.
    pub(super) fn read(body: &[u8]) -> Result<Self, CertificateError> {
        Ok(Self {
            packet: Rc::new(PublicKey::read(body)?),
            statements: Vec::new(),
            is_revoked: false,
        })
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
            && signature.verify(&*self.packet, payload).is_ok()
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

    /// Returns the latest statements about the key: all those of the last second.
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
