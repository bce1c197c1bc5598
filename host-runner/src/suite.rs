//! Tests of policies: reads suites, makes what exists in their cases, and runs them through the module
//! that production loads.
//!
//! | to read about | go to |
//! | --- | --- |
//! | the document that authors write | [`policy_lint::suite`] |
//! | how a suite becomes calls | `suite/prepare.rs` |
//! | test keys, and whose place they take | `suite/signer.rs`, `suite/stand_in.rs` |
//! | identities, and the trusted roots that they are under | `suite/identity.rs`, `suite/root.rs` |
//! | how an attestation is signed, wrapped and tampered with | `suite/attestation.rs` |
//! | what a case is answered in place of a cluster and a registry | `suite/host.rs` |
//! | whether an answer is the expected one | `suite/verdict.rs` |
//! | periods of keys that test keys replace | `suite/key_periods.rs` |
//! | what no case has exercised | `suite/coverage.rs` |
//! | what no case would notice | `suite/mutation.rs` |
//! | suites for settings that have none | `suite/scaffold.rs` |

mod attestation;
mod coverage;
mod find;
mod host;
mod identity;
mod key_periods;
mod mutation;
mod place;
mod prepare;
mod request;
mod root;
mod run;
mod scaffold;
mod signer;
mod stand_in;
mod verdict;

pub use coverage::{Coverage, Part};
pub use find::find;
pub(crate) use mutation::sigstore::{covered, wider_subjects};
pub use mutation::{Mutant, Mutation, Survivor, mutants};
pub use place::Place;
pub use prepare::{Case, LoadError, Loaded};
pub use run::{CaseResult, Ended, Runner};
pub use scaffold::Scaffold;
pub use verdict::Mismatch;
