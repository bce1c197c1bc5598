//! Sigstore bundles: signatures by short-lived certificates, with everything that is needed to verify them without
//! a network.
//!
//! | to read about | go to |
//! | --- | --- |
//! | X.509 certificates, and what a signing certificate says | [`certificate`] |
//! | promises of CT logs inside certificates | [`sct`] |
//! | RFC 3161 timestamp tokens | [`token`] |
//! | points in time, in nanoseconds | [`moment`] |

mod algorithm;
#[expect(dead_code, reason = "attestations do not read bundles yet")]
mod bundle;
pub mod certificate;
mod der;
mod entry;
mod malformed;
pub mod moment;
mod proto;
#[cfg(test)]
mod sample;
pub mod sct;
pub mod token;

#[expect(unused_imports, reason = "attestations do not read bundles yet")]
pub(crate) use self::bundle::{Bundle, Content, Unreadable, Verifier};
pub use self::malformed::Malformed;
