//! Building blocks of tests of the policy: cases with their expected answers, calls, test keys that sign, evidence and
//! the sources that it comes from. The suites beside it run the core as a native library; the package `policy-tests`
//! runs the same cases through every module.

pub mod calls;
pub mod case;
pub mod corpus;
pub mod delivery;
pub mod extremes;
pub mod image_policy;
pub mod known_answers;
pub mod native;
pub mod platform;
pub mod process;
pub mod signing;
pub mod sigstore;
pub mod sigstore_vectors;
pub mod validity;
pub mod wycheproof;
