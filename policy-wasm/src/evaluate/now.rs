//! The time of one evaluation.

use core::cell::OnceCell;

use crate::time::{Clock, Time};

/// The time in the call, or else that of the host's clock, which is read at most once
pub(super) struct Now<'c> {
    given: Option<Time>,
    clock: Clock<'c>,
    read: OnceCell<Option<Time>>,
}

impl<'c> Now<'c> {
    pub(super) const fn new(given: Option<Time>, clock: Clock<'c>) -> Self {
        Self {
            given,
            clock,
            read: OnceCell::new(),
        }
    }

    /// Returns the time, or `None` if the host has no clock. All calls return the same.
    pub(super) fn get(&self) -> Option<Time> {
        *self.read.get_or_init(|| self.given.or_else(self.clock))
    }
}
