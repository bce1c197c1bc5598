//! Points in time, in nanoseconds.

use core::fmt;
use core::time::Duration;

use crate::time::{Time, TimeError};

/// A point in time between 1970 and 9999, in whole nanoseconds
///
/// Timestamps and the windows of trusted roots have fractions of a second, and the bounds of a window belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(Duration);

impl Moment {
    /// Parses a date and time in RFC 3339 with `Z`, optionally with a fraction of one to nine digits.
    ///
    /// # Errors
    ///
    /// [`TimeError::Malformed`]
    #[inline(never)]
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let text = text.strip_suffix('Z').ok_or(TimeError::Malformed)?;
        let (seconds, fraction) = match text.split_once('.') {
            Some((seconds, fraction)) => (seconds, Some(fraction)),
            None => (text, None),
        };
        let seconds = Time::parse(&alloc::format!("{seconds}Z"))?;
        match fraction {
            Some(fraction) => Self::with_fraction(seconds, fraction).ok_or(TimeError::Malformed),
            None => Ok(seconds.into()),
        }
    }

    /// Returns the time this many milliseconds after 1970-01-01T00:00:00Z; `None` after the year 9999.
    #[must_use]
    #[inline(never)]
    pub fn from_unix_milliseconds(milliseconds: u64) -> Option<Self> {
        let moment = Duration::from_millis(milliseconds);
        Time::from_unix(moment.as_secs()).ok()?;
        Some(Self(moment))
    }

    /// Adds a fraction of a second, written in one to nine decimal digits.
    pub(super) fn with_fraction(seconds: Time, fraction: &str) -> Option<Self> {
        if !matches!(fraction.len(), 1..=9) || !fraction.bytes().all(|digit| digit.is_ascii_digit())
        {
            return None;
        }
        let nanoseconds = alloc::format!("{fraction:0<9}").parse().ok()?;
        Some(Self(Duration::new(seconds.as_unix(), nanoseconds)))
    }

    /// Returns the last whole second that is not later.
    #[must_use]
    pub fn to_time(self) -> Time {
        // INVARIANT: every constructor starts from a `Time` or checks that it would be one.
        Time::from_unix(self.0.as_secs()).unwrap_or(Time::LAST)
    }

    /// Returns the nanoseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn as_unix_nanoseconds(self) -> u128 {
        self.0.as_nanos()
    }
}

impl From<Time> for Moment {
    fn from(time: Time) -> Self {
        Self(Duration::from_secs(time.as_unix()))
    }
}

impl fmt::Display for Moment {
    /// Formats as RFC 3339 in UTC, with a fraction only where there is one: `2024-02-29T23:59:59.5Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = alloc::format!("{}", self.to_time());
        let nanoseconds = alloc::format!("{:09}", self.0.subsec_nanos());
        let fraction = nanoseconds.trim_end_matches('0');
        match fraction {
            "" => f.write_str(&time),
            _ => write!(f, "{}.{fraction}Z", time.trim_end_matches('Z')),
        }
    }
}

#[cfg(test)]
mod tests;
