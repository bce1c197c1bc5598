//! The project-singleton policy: exempt images first, then the one rule that applies to the Pod.
//!
//! Allowlists apply per image, rules per Pod. A specific rule replaces the default rule; the two are never
//! combined. See
//! <https://cloud.google.com/binary-authorization/docs/policy-yaml-reference>.

mod judge;
mod plan;

pub(super) use plan::{Plan, plan};
