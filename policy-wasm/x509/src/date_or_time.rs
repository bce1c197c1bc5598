//! Bounds of periods in settings: calendar dates, or points in time.

use core::fmt;

use thiserror::Error;

use crate::time::{Time, TimeError};

/// A date, as in `2026-12-31`, or a date and time in RFC 3339
///
/// Dates are in UTC. A period begins with the first second of its first date, and includes the whole of its last. A
/// period that ends at a point in time does not include that second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DateOrTime {
    /// The first second of a date
    start: Time,
    is_date: bool,
}

/// A value that is not a [`DateOrTime`]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DateOrTimeError {
    /// Neither a date nor a time, or a date that is not in the calendar
    #[error(
        "expected a date since 1970 like `2024-02-29`, or a date and time like `2024-02-29T23:59:59Z`"
    )]
    Malformed,
    /// In UTC, before 1970 or after 9999
    #[error("expected a date or time that is in the years 1970 to 9999 in UTC")]
    OutOfRange,
}

/// Length of `2024-02-29`
const DATE: usize = 10;
/// Seconds of a day, since Unix time has no leap seconds
const DAY: u64 = 24 * 60 * 60;

impl DateOrTime {
    /// Parses `YYYY-MM-DD`, or what [`Time::parse`] does.
    ///
    /// # Errors
    ///
    /// [`DateOrTimeError`]
    pub fn parse(text: &str) -> Result<Self, DateOrTimeError> {
        let is_date = text.len() == DATE;
        let start = if is_date {
            Time::parse(&alloc::format!("{text}T00:00:00Z"))
        } else {
            Time::parse(text)
        };
        match start {
            Ok(start) => Ok(Self { start, is_date }),
            Err(TimeError::Malformed) => Err(DateOrTimeError::Malformed),
            Err(TimeError::OutOfRange) => Err(DateOrTimeError::OutOfRange),
        }
    }

    /// Whether a period that begins with it has begun.
    #[must_use]
    pub fn has_begun(self, now: Time) -> bool {
        now >= self.start
    }

    /// Whether a period that ends with it is over.
    #[must_use]
    pub fn is_over(self, now: Time) -> bool {
        let last = if self.is_date { DAY } else { 0 };
        now.as_unix() >= self.start.as_unix().saturating_add(last)
    }

    /// Whether a period from `self` to `end` has no second.
    #[must_use]
    pub fn is_empty_until(self, end: Self) -> bool {
        end.is_over(self.start)
    }
}

impl fmt::Display for DateOrTime {
    /// Formats a date as a date, and a time as [`Time`] does.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = alloc::format!("{}", self.start);
        match text.get(..DATE) {
            Some(date) if self.is_date => f.write_str(date),
            _ => f.write_str(&text),
        }
    }
}

#[cfg(test)]
mod tests;
