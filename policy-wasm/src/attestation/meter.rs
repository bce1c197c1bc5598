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
    limit: usize,
}

/// Bytes that are hashed in one unit of work.
const BYTES_PER_UNIT: usize = 16 << 10;

impl Meter {
    pub(crate) const fn new(budget: &Budget) -> Self {
        Self {
            work: Cell::new(budget.verification_work),
            details: Cell::new(budget.details),
            limit: budget.verification_work,
        }
    }

    /// Pays for a look at a signature that names no key of the attestor.
    pub(super) fn look(&self) -> Result<(), Reason> {
        self.spend(1)
    }

    /// Pays for one verification, at the cost of the key, over so many bytes.
    pub(super) fn verify(&self, cost: usize, bytes: usize) -> Result<(), Reason> {
        self.spend(cost.saturating_add(bytes / BYTES_PER_UNIT))
    }

    fn spend(&self, units: usize) -> Result<(), Reason> {
        let left = self.work.get().checked_sub(units).ok_or_else(|| {
            Reason::limit("units of signature verification in one request", self.limit)
        })?;
        self.work.set(left);
        Ok(())
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

/// More about one attestor and image helps nobody.
const MAX_DETAILS: usize = 64;
