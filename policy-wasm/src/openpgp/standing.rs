//! Whether a certificate can sign at a given time, for checks of settings.

use super::{Certificate, OpenPgpError};
use crate::budget::Budget;
use crate::verification::Meter;

impl Certificate {
    /// Checks whether a signature made at `now`, in seconds since 1970, could be valid; if not, returns the reason.
    pub(crate) fn may_sign_at(&self, now: u64) -> Result<(), &'static str> {
        let Ok(bound) = self.bound(&Meter::new(&Budget::DEFAULT)) else {
            return Err("cannot be used");
        };
        let mut reason = "has no signing key";
        for key in bound.keys() {
            let mut latest = key.latest(Some(now));
            if latest.any(|statement| statement.may_sign == Some(false)) {
                continue;
            }
            let primary = bound.primary.check(Some(now));
            match primary.and_then(|()| key.check(Some(now))) {
                Ok(()) => return Ok(()),
                Err(OpenPgpError::KeyNotValid(why)) => reason = why,
                Err(_) => {}
            }
        }
        Err(reason)
    }
}
