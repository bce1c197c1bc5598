//! Reasons, with their codes.

use super::Code;
use super::part::parts;

parts! {
    /// A reason or warning
    pub struct Reason {
        /// Stable code
        pub code: Code = "code",
        /// Human-readable text; not stable across versions
        pub message: String = "message",
        /// Details, the most specific first
        pub details: Vec<Reason> = "details",
    }
}

/// Adds the codes of reasons, each followed by those of its details.
pub(crate) fn codes<'r>(reasons: &'r [Reason], found: &mut Vec<&'r str>) {
    for reason in reasons {
        found.push(reason.code.as_str());
        codes(&reason.details, found);
    }
}

/// Whether any of these reasons, or of their details, has the code.
pub(crate) fn has(reasons: &[Reason], code: policy_wasm::Code) -> bool {
    let mut reasons = reasons.iter();
    reasons.any(|reason| reason.code == code || has(&reason.details, code))
}
