//! X.509 certificates and ECDSA, and what Sigstore signs in binary: promises of certificate transparency logs,
//! timestamps, and the trees of transparency logs.
//!
//! Requests rarely need it, so this crate is optimised for size even in the module whose policy is optimised for
//! speed. Functions that the policy calls and that are not small have `#[inline(never)]`: inlined into the policy,
//! they would be optimised like it. Keys of other kinds than ECDSA are the policy's, behind [`Key`].
//!
//! | to read about | go to |
//! | --- | --- |
//! | X.509 certificates, and what a signing certificate says | [`certificate`] |
//! | promises of CT logs inside certificates | [`sct`] |
//! | RFC 3161 timestamp tokens | [`token`] |
//! | patterns of the names in signing certificates | [`subject_pattern`] |
//! | Merkle trees of transparency logs | [`inclusion`] |
//! | points in time, in seconds | [`time`] |
//! | dates and times at which periods in settings begin and end | [`date_or_time`] |
//! | points in time, in nanoseconds | [`moment`] |

#![no_std]

extern crate alloc;

mod algorithm;
pub mod certificate;
pub mod date_or_time;
mod der;
mod ecdsa;
mod hash;
pub mod inclusion;
mod key;
mod malformed;
pub mod moment;
#[cfg(test)]
mod sample;
pub mod sct;
pub mod subject_pattern;
pub mod time;
pub mod token;

pub use self::ecdsa::{EcdsaKey, NistCurve};
pub use self::hash::Hash;
pub use self::key::{BadSignature, Key, KeyKind, Verifier, material};
pub use self::malformed::Malformed;
