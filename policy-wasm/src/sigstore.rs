//! Sigstore: the formats that its bundles are made of.
//!
//! | to read about | go to |
//! | --- | --- |
//! | X.509 certificates, and what a signing certificate says | [`certificate`] |
//! | promises of CT logs inside certificates | [`sct`] |
//! | RFC 3161 timestamp tokens | [`token`] |
//! | points in time, in nanoseconds | [`moment`] |

mod algorithm;
pub mod certificate;
mod der;
mod malformed;
pub mod moment;
pub mod sct;
mod stand_in;
pub mod token;

pub use self::malformed::Malformed;
pub use self::stand_in::{Hash, KeyKind, SubjectKey};
