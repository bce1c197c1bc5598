//! The clock of a WASI host.
//!
//! Calls the function of preview 1 directly, because `std` panics if the host returns an error.

use crate::time::Time;

const NANOSECONDS: u64 = 1_000_000_000;

/// The host's wall clock (WASI `clock_time_get`); `None` if the call fails or is out of range.
#[must_use]
#[expect(unsafe_code, reason = "a call to the host")]
pub fn now() -> Option<Time> {
    // SAFETY: the host writes one number to a variable of the wrapper.
    let since_epoch = unsafe { wasi::clock_time_get(wasi::CLOCKID_REALTIME, NANOSECONDS) }.ok()?;
    Time::from_unix(since_epoch / NANOSECONDS).ok()
}
