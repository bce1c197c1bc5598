//! The result of one check for one image.

use alloc::string::String;
use alloc::vec::Vec;

use crate::decision::{Code, Reason, Verdict};

/// Result of a check
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) verdict: Verdict,
    /// Reasons, the deciding ones first
    pub(crate) reasons: Vec<Reason>,
}

impl Outcome {
    pub(crate) fn passed(message: impl Into<String>) -> Self {
        Self::because(Reason::new(Code::CheckPassed, message))
    }

    /// Like [`Self::passed`], for a reason of another code.
    pub(crate) fn because(reason: Reason) -> Self {
        Self {
            verdict: Verdict::Conformant,
            reasons: alloc::vec![reason],
        }
    }

    /// A violation, unless all reasons are errors.
    pub(crate) fn refused(reasons: Vec<Reason>) -> Self {
        let verdicts = reasons.iter().map(|reason| reason.code.verdict());
        Self {
            verdict: verdicts.max().unwrap_or(Verdict::Error),
            reasons,
        }
    }

    /// An error, if there is any.
    pub(crate) fn not_found(reasons: Vec<Reason>) -> Self {
        Self {
            verdict: Reason::verdict_unless_unknown(&reasons),
            reasons,
        }
    }

    /// Adds a reason that does not affect the verdict.
    pub(crate) fn with_note(mut self, note: Option<Reason>) -> Self {
        self.reasons.extend(note);
        self
    }
}
