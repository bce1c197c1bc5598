//! The clock of the machine.

use std::time::{SystemTime, UNIX_EPOCH};

use policy_wasm::time::Time;

/// Returns the time; `None` if the clock is set to a time that [`Time`] does not have.
pub(crate) fn now() -> Option<Time> {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Time::from_unix(since_epoch.as_secs()).ok()
}
