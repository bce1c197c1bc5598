//! Sigstore bundles: signatures by short-lived certificates, with everything that is needed to verify them without
//! a network.
//!
//! | to read about | go to |
//! | --- | --- |
//! | the steps of verifying a bundle | `identified`, `verification` |
//! | the format of bundles | `bundle`, `entry` |
//! | the field `sigstore` of the settings | `settings`, [`TrustedRoot`] |
//! | X.509 certificates, and what a signing certificate says | [`certificate`] |
//! | promises of CT logs inside certificates | [`sct`] |
//! | RFC 3161 timestamp tokens | [`token`] |
//! | trees of transparency logs | `checkpoint`, `inclusion` |
//! | points in time, in nanoseconds | [`moment`] |
//! | identities that may sign | `identity`, `subject_pattern` |
//! | who has signed | `signatory` |

mod algorithm;
mod annotations;
mod bundle;
pub mod certificate;
mod checkpoint;
mod der;
mod entry;
mod identified;
pub(crate) mod identity;
mod inclusion;
mod malformed;
pub mod moment;
mod proto;
mod root;
#[cfg(test)]
mod sample;
pub mod sct;
mod settings;
mod signatory;
mod subject_pattern;
pub mod token;
mod verdicts;
mod verification;

pub(crate) use self::annotations::{Annotations, BUNDLE, CERTIFICATE, TIMESTAMP};
pub(crate) use self::bundle::{Bundle, Content, Unreadable, Verifier};
pub(crate) use self::identified::{Roots, verify};
pub(crate) use self::identity::{Identities, Identity};
pub use self::malformed::Malformed;
pub use self::root::TrustedRoot;
pub(crate) use self::settings::{SetNames, Sigstore, TrustedRoots};
pub(crate) use self::signatory::Signatory;
pub use self::subject_pattern::{SubjectPattern, SubjectPatternError};
pub(crate) use self::verification::{
    Artifact, InclusionPromises, NotVerified, Requirements, Timestamps, Trust,
};

#[cfg(test)]
mod tests;
