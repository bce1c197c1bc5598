//! The role of each code: whether it denies, and with which verdict.

use super::{Code, Verdict};

/// The role of a code in a Decision or a settings response
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Explains why something is admitted or not checked
    Admission,
    /// Denies, with verdict `NON_CONFORMANT`
    Violation,
    /// Denies, with verdict `ERROR`
    Error,
    /// Detail of another reason: why an attestation or other evidence was not used
    Detail,
    /// Warning in addition to the verdict
    Warning,
    /// Problem that makes settings invalid
    Settings,
}

impl Code {
    /// The verdict if this reason denies: `ERROR` if the policy could not be evaluated, else
    /// `NON_CONFORMANT`.
    pub(crate) const fn verdict(self) -> Verdict {
        match self.role() {
            Role::Error => Verdict::Error,
            _ => Verdict::NonConformant,
        }
    }
}
