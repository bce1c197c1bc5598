//! `imagePolicy`: every rule that covers an image applies.
//!
//! 1. A `deny` rule denies.
//! 2. An `exempt` rule in force lifts every `require` rule. One that has ended is reported, and has no effect.
//! 3. Every `require` rule must be satisfied.
//! 4. If no rule in force covers the image, `unmatchedImages` decides.
//!
//! The rules that are enforced and those in dry run are two parts with results of their own, so that a rule in dry run
//! changes no verdict of the other part. Exemptions belong to the enforced part, and lift requirements of both.
//! One signer counts for one attestor of a requirement (`signers`).
//! Rules and attestors are evaluated and reported by name: their order in the settings has no effect.

mod judge;
mod plan;
#[cfg(feature = "sigstore")]
mod signers;

pub(super) use judge::undecided;
pub(super) use plan::{Plan, plan};
