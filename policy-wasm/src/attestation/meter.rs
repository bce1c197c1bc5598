//! How much work the attestations of one request may cause, and how much may be said about it.
//!
//! Whoever stores attestations chooses how many there are. Signatures are charged for what they cost
//! before they are looked at, and what runs out refuses.

use core::cell::Cell;

use crate::Budget;
use crate::decision::Reason;

/// What is left of the budget
#[derive(Debug)]
pub(crate) struct Meter {
    work: Cell<usize>,
    details: Cell<usize>,
    explanations: Cell<usize>,
    limit: usize,
}

/// There is not enough left of the budget
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

/// Bytes that are hashed in one unit of work.
const BYTES_PER_UNIT: usize = 16 << 10;

/// Bytes that are unpacked in one unit of work.
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

    /// Pays for a look at so many bytes that are no signature of the signer.
    pub(crate) fn look(&self, bytes: usize) -> Result<(), Exhausted> {
        self.spend((bytes / BYTES_PER_UNIT).saturating_add(1))
    }

    /// Pays for one verification, at the cost of the key, over so many bytes.
    pub(crate) fn verify(&self, cost: usize, bytes: usize) -> Result<(), Exhausted> {
        self.spend(cost.saturating_add(bytes / BYTES_PER_UNIT))
    }

    /// Pays for unpacking so many bytes.
    #[cfg(feature = "openpgp")]
    pub(crate) fn unpack(&self, bytes: usize) -> Result<(), Exhausted> {
        self.spend(bytes.div_ceil(UNPACKED_PER_UNIT))
    }

    #[cfg(test)]
    pub(crate) const fn left(&self) -> usize {
        self.work.get()
    }

    fn spend(&self, units: usize) -> Result<(), Exhausted> {
        let left = self.work.get().checked_sub(units);
        self.work.set(left.ok_or(Exhausted { limit: self.limit })?);
        Ok(())
    }

    /// Whether somebody may find out why a signature does not verify, which costs as much as to verify it
    /// and is not paid for.
    pub(crate) fn explain(&self) -> bool {
        let left = self.explanations.get().checked_sub(1);
        self.explanations.set(left.unwrap_or_default());
        left.is_some()
    }

    /// Lets everything be said once more, of a request that is judged once more.
    pub(crate) fn renew_details(&self, budget: &Budget) {
        self.details.set(budget.details);
    }

    /// How many of these details may be said.
    pub(crate) fn say(&self, details: usize) -> usize {
        let said = details.min(MAX_DETAILS).min(self.details.get());
        self.details.set(self.details.get().saturating_sub(said));
        said
    }
}

/// Signatures that do not verify are mostly of one kind.
const MAX_EXPLANATIONS: usize = 4;

/// More about one attestor and image helps nobody.
const MAX_DETAILS: usize = 64;
