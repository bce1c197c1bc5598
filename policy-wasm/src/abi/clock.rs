//! The clock of a WASI host.
//!
//! Asked by the function of preview 1 itself: `std` panics where the host answers an error.

use crate::time::Time;

const NANOSECONDS: u64 = 1_000_000_000;

/// The host's wall clock; `None` where it answers an error, or a time that is out of range.
#[must_use]
#[expect(unsafe_code, reason = "a call to the host")]
pub fn now() -> Option<Time> {
    // SAFETY: the host writes one number, to a place that the wrapper has for it.
    let since_epoch = unsafe { wasi::clock_time_get(wasi::CLOCKID_REALTIME, NANOSECONDS) }.ok()?;
    Time::from_unix(since_epoch / NANOSECONDS).ok()
}
