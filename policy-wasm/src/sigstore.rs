//! Sigstore bundles: signatures by short-lived certificates, with everything that is needed to verify them without
//! a network.
//!
//! | to read about | go to |
//! | --- | --- |
//! | the steps of verifying a bundle | `identified`, `verification` |
//! | the format of bundles | `bundle`, `entry` |
//! | the field `sigstore` of the settings | `settings`, [`TrustedRoot`] |
//! | certificates, promises of CT logs, timestamp tokens | [`policy_x509`] |
//! | trees of transparency logs | `checkpoint` |
//! | identities that may sign | `identity` |
//! | who has signed | `holder`, `signatory` |

mod annotations;
mod bundle;
mod checkpoint;
mod entry;
mod holder;
mod identified;
pub(crate) mod identity;
mod proto;
mod root;
mod settings;
mod signatory;
mod verdicts;
mod verification;

pub use policy_x509::subject_pattern::{SubjectPattern, SubjectPatternError};
pub use policy_x509::{Malformed, certificate, moment, sct, token};

pub(crate) use self::annotations::{Annotations, BUNDLE, CERTIFICATE, TIMESTAMP};
pub(crate) use self::bundle::{Bundle, Content, Unreadable, Verifier};
pub(crate) use self::identified::{Roots, verify};
pub(crate) use self::identity::{Identities, Identity};
pub use self::root::TrustedRoot;
pub(crate) use self::settings::{SetNames, Sigstore, TrustedRoots};
pub(crate) use self::signatory::Signatory;
pub(crate) use self::verification::{
    Artifact, InclusionPromises, NotVerified, Requirements, Trust,
};

#[cfg(test)]
mod tests;
