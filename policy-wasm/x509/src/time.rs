//! Points in time, in seconds, as used in evidence and settings.

use core::fmt;
use core::time::Duration;

use p256::pkcs8::der::DateTime;
use thiserror::Error;

/// A point in time between 1970 and 9999, in whole seconds since the Unix epoch
///
/// INVARIANT: not after [`Time::LAST`]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(u64);

/// Tolerance in seconds for evidence from machines whose clock is ahead
const SKEW: u64 = 60;

/// Source of the current time; `None` if the host has no clock
pub type Clock<'c> = &'c dyn Fn() -> Option<Time>;

/// A host without a clock
pub const NO_CLOCK: Clock<'static> = &|| None;

/// Reasons why a value is not a [`Time`]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TimeError {
    /// Not in the format of RFC 3339, not a calendar date, or a year before 1970
    #[error("expected a date and time since 1970 like `2024-02-29T23:59:59Z`")]
    Malformed,
    /// In UTC, before the first second of 1970 or after [`Time::LAST`]
    #[error("expected a time that is in the years 1970 to 9999 in UTC")]
    OutOfRange,
}

impl Time {
    /// 9999-12-31T23:59:59Z, the last time in RFC 3339, which has four digits for the year
    pub const LAST: Self = Self(253_402_300_799);

    /// Parses a date and time in RFC 3339, with `Z` or an offset, and optionally with a fraction of a second, which
    /// is dropped: the result is never later than the text.
    ///
    /// `T` and `Z` must be upper case, and leap seconds (`:60`) are rejected, because Unix time has no number for
    /// them.
    ///
    /// # Errors
    ///
    /// [`TimeError`]
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        // The part of fixed length, up to the seconds.
        let (local, rest) = text.split_at_checked(19).ok_or(TimeError::Malformed)?;
        let local: DateTime = alloc::format!("{local}Z")
            .parse()
            .map_err(|_| TimeError::Malformed)?;
        let local = local.unix_duration().as_secs();
        let utc = match without_fraction(rest)?.as_bytes() {
            [b'Z'] => Some(local),
            [b'+', offset @ ..] => local.checked_sub(seconds(offset)?),
            [b'-', offset @ ..] => local.checked_add(seconds(offset)?),
            _ => return Err(TimeError::Malformed),
        };
        Self::from_unix(utc.ok_or(TimeError::OutOfRange)?)
    }

    /// Returns the time at this number of seconds since 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    ///
    /// [`TimeError::OutOfRange`]: after [`Time::LAST`].
    pub fn from_unix(seconds: u64) -> Result<Self, TimeError> {
        let time = Self(seconds);
        (time <= Self::LAST)
            .then_some(time)
            .ok_or(TimeError::OutOfRange)
    }

    /// Whether `earlier` is more than `days` times 24 hours ago. `None` if it is in the future.
    #[must_use]
    pub fn is_older(self, earlier: Self, days: u32) -> Option<bool> {
        if self.is_before(earlier) {
            return None;
        }
        let age = self.0.saturating_sub(earlier.0);
        Some(age > u64::from(days).saturating_mul(24 * 60 * 60))
    }

    /// Whether another point in time is in the future, by more than a minute, because clocks differ.
    #[must_use]
    pub const fn is_before(self, other: Self) -> bool {
        other.0.saturating_sub(self.0) > SKEW
    }

    /// Returns the seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn as_unix(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Time {
    /// Formats as RFC 3339 in UTC, without a fraction: `2024-02-29T23:59:59Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        DateTime::from_unix_duration(Duration::from_secs(self.0))
            .map_err(|_| fmt::Error)?
            .fmt(f)
    }
}

/// Removes a leading fraction from the text after the seconds.
fn without_fraction(rest: &str) -> Result<&str, TimeError> {
    let Some(fraction) = rest.strip_prefix('.') else {
        return Ok(rest);
    };
    let zone = fraction.trim_start_matches(|digit: char| digit.is_ascii_digit());
    if zone.len() == fraction.len() {
        return Err(TimeError::Malformed);
    }
    Ok(zone)
}

/// Returns the seconds of an offset, `hh:mm` without its sign.
fn seconds(offset: &[u8]) -> Result<u64, TimeError> {
    let [h1, h2, b':', m1, m2] = *offset else {
        return Err(TimeError::Malformed);
    };
    match (two_digits(h1, h2), two_digits(m1, m2)) {
        (Some(hours @ 0..=23), Some(minutes @ 0..=59)) => {
            let minutes = hours.saturating_mul(60).saturating_add(minutes);
            Ok(minutes.saturating_mul(60))
        }
        _ => Err(TimeError::Malformed),
    }
}

fn two_digits(tens: u8, ones: u8) -> Option<u64> {
    let digit = |byte: u8| char::from(byte).to_digit(10).map(u64::from);
    Some(digit(tens)?.saturating_mul(10).saturating_add(digit(ones)?))
}

#[cfg(test)]
mod tests;
