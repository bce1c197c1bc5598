//! The verification context of one request: the time, and a budget for verifying signatures.

mod meter;

pub(crate) use meter::{Exhausted, Meter};

use crate::time::Time;

/// Verification context of one request: time and budget
#[derive(Debug)]
pub(crate) struct VerificationContext {
    pub(crate) meter: Meter,
    pub(crate) now: Option<Time>,
    /// Maximum size of a payload that is contained in a signature
    pub(crate) max_payload: usize,
}
