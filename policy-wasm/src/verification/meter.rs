//! Limits on the work that the attestations of one request may cause, and on the details in the Decision.
//!
//! Attackers may store any number of attestations. Each verification is charged before it is done, and the
//! request is denied when the budget is exhausted.

use core::cell::Cell;

use crate::Budget;
use crate::decision::Reason;

/// The remaining budget
#[derive(Debug)]
pub(crate) struct Meter {
    work: Cell<usize>,
    details: Cell<usize>,
    explanations: Cell<usize>,
    limit: usize,
}

/// The budget is exhausted
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exhausted {
    limit: usize,
}

impl From<Exhausted> for Reason {
    fn from(exhausted: Exhausted) -> Self {
        Self::limit(
            "units of signature verification in one request",
            exhausted.limit,
        )
    }
}

/// Bytes hashed in one unit of work
const BYTES_PER_UNIT: usize = 16 << 10;

/// Bytes decompressed in one unit of work
#[cfg(feature = "openpgp")]
const UNPACKED_PER_UNIT: usize = 4 << 10;

impl Meter {
    pub(crate) const fn new(budget: &Budget) -> Self {
        Self {
            work: Cell::new(budget.verification_work),
            details: Cell::new(budget.details),
            explanations: Cell::new(MAX_EXPLANATIONS),
            limit: budget.verification_work,
        }
    }

    /// Charges for parsing bytes that turn out not to be a signature of the signer.
    pub(crate) fn look(&self, bytes: usize) -> Result<(), Exhausted> {
        self.spend((bytes / BYTES_PER_UNIT).saturating_add(1))
    }

    /// Charges for reading bytes once more, of which few are free.
    #[cfg(feature = "sigstore")]
    pub(crate) fn read(&self, bytes: usize) -> Result<(), Exhausted> {
        self.spend(bytes / BYTES_PER_UNIT)
    }

    /// Charges for one verification with a key of this cost, over this many bytes.
    pub(crate) fn verify(&self, cost: usize, bytes: usize) -> Result<(), Exhausted> {
        self.spend(cost.saturating_add(bytes / BYTES_PER_UNIT))
    }

    /// Charges for decompressing this many bytes.
    #[cfg(feature = "openpgp")]
    pub(crate) fn unpack(&self, bytes: usize) -> Result<(), Exhausted> {
        self.spend(bytes.div_ceil(UNPACKED_PER_UNIT))
    }

    #[cfg(all(test, any(feature = "openpgp", feature = "sigstore")))]
    pub(crate) const fn left(&self) -> usize {
        self.work.get()
    }

    fn spend(&self, units: usize) -> Result<(), Exhausted> {
        let left = self.work.get().checked_sub(units);
        self.work.set(left.ok_or(Exhausted { limit: self.limit })?);
        Ok(())
    }

    /// Whether another failed signature may be diagnosed. A diagnosis costs as much as a verification and is not
    /// charged.
    pub(crate) fn explain(&self) -> bool {
        let left = self.explanations.get().checked_sub(1);
        self.explanations.set(left.unwrap_or_default());
        left.is_some()
    }

    /// Resets the limit on details, for a second evaluation of the request.
    pub(crate) fn renew_details(&self, budget: &Budget) {
        self.details.set(budget.details);
    }

    /// Whether any detail may be reported.
    pub(crate) const fn may_say(&self) -> bool {
        self.details.get() > 0
    }

    /// Returns how many of these details may be reported, and charges for them.
    pub(crate) fn say(&self, details: usize) -> usize {
        let said = details.min(MAX_DETAILS).min(self.details.get());
        self.details.set(self.details.get().saturating_sub(said));
        said
    }
}

/// Maximum number of diagnoses; failed signatures usually have the same cause
const MAX_EXPLANATIONS: usize = 4;

/// Maximum number of details about one attestor and image
const MAX_DETAILS: usize = 64;
