//! Errors of keys.

use thiserror::Error;

use super::Algorithm;
use crate::decision::Code;

/// Why a key cannot be used
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Something around the PEM block, several blocks, or none
    #[error("expected one PEM block `PUBLIC KEY` and nothing around it")]
    NotOnePem,
    /// The key inside the block is damaged
    #[error("not a valid public key: {0}")]
    Malformed(&'static str),
    /// The key is of another kind than the algorithm says
    #[error("the key does not fit the declared signature algorithm `{}`", .0.name())]
    AlgorithmMismatch(Algorithm),
    /// A key of a certificate, a log or an authority, of a kind that is not verified
    #[error(
        "not a supported public key: expected ECDSA on P-256, P-384 or P-521, RSA of 2048, 3072 or 4096 bits, or Ed25519"
    )]
    Unsupported,
    /// An OpenPGP key of a kind that is not verified
    #[error("not a supported OpenPGP key: {0}")]
    OpenPgpUnsupported(&'static str),
}

impl KeyError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::NotOnePem | Self::Malformed(_) => Code::KeyInvalid,
            Self::AlgorithmMismatch(_) => Code::KeyAlgorithmMismatch,
            Self::Unsupported | Self::OpenPgpUnsupported(_) => Code::KeyAlgorithmUnsupported,
        }
    }
}
