//! The clock of a WASI host.

extern crate std;

use self::std::time::{SystemTime, UNIX_EPOCH};
use crate::time::Time;

/// What time the host says it is; `None` where it does not say, or says what can not be.
#[must_use]
pub fn now() -> Option<Time> {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Time::from_unix(since_epoch.as_secs()).ok()
}
