//! Check-based platform policies: exempt images first, then the one check set that covers the Pod,
//! of which every check must pass.
//!
//! Allowlists exist at three levels, and each exempts only from its own level. All checks run and are
//! reported. See <https://cloud.google.com/binary-authorization/docs/overview-cv>.

mod judge;
mod plan;

pub(super) use plan::{Plan, plan};
