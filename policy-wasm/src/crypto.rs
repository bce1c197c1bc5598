//! Signature algorithms: one family a file, each behind the same two traits.
//!
//! To add one, write its file, list it in [`FAMILIES`], and add its vectors to the tests.

mod ecdsa_p256;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use p256::pkcs8::SubjectPublicKeyInfoRef;

use crate::key::{Algorithm, KeyError};

/// The families built into this module
pub(crate) const FAMILIES: &[&dyn Family] = &[&ecdsa_p256::EcdsaP256];

/// Makes verifiers for the algorithms that share a kind of key
pub(crate) trait Family: Sync {
    fn supports(&self, algorithm: Algorithm) -> bool;

    /// Reads the key and checks that it fits the declared algorithm: identifier, curve, size.
    fn load(
        &self,
        algorithm: Algorithm,
        key: &SubjectPublicKeyInfoRef<'_>,
    ) -> Result<Box<dyn Verifier>, KeyError>;
}

/// One loaded key, bound to one algorithm
pub(crate) trait Verifier: fmt::Debug {
    /// Verifies a signature over the message itself, not over its digest.
    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature>;

    /// The key alone, in one canonical form: equal for two encodings of one key.
    fn material(&self) -> Vec<u8>;
}

/// The signature is malformed, or not by this key over this message; which of these is nobody's
/// business, since the signature is the attacker's to choose
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BadSignature;
