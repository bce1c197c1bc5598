//! Check-based platform policies: exempt images first, then the one check set that covers the Pod,
//! of which every check must pass.
//!
//! Allowlists stand at three levels, and each exempts from its own and no other. All checks run and
//! all are reported. See <https://cloud.google.com/binary-authorization/docs/overview-cv>.

mod judge;
mod plan;

pub(super) use super::check::Testimonies;
pub(super) use plan::{Plan, plan};
