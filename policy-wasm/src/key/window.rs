//! Windows of keys: the period in which the signatures of a key count.

use alloc::string::String;
use core::fmt;

use super::{PublicKey, VerifyError};
use crate::date_or_time::DateOrTime;
use crate::time::Time;

/// Bounds that the settings set for a key
///
/// They are compared with the time of the evaluation: the time at which an attestation says that it was signed is its
/// signer's claim, and who has stolen a key chooses it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Window {
    pub(crate) not_before: Option<DateOrTime>,
    pub(crate) not_after: Option<DateOrTime>,
}

/// A reason why a key is not valid, or a signature that it made
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotValid {
    /// An OpenPGP key says so itself
    Itself(&'static str),
    /// An OpenPGP signature says so of itself
    Signature(&'static str),
    /// `notBefore` of the settings
    Before(DateOrTime),
    /// `notAfter` of the settings
    After(DateOrTime),
}

impl Window {
    fn check(self, now: Option<Time>) -> Result<(), VerifyError> {
        if self.not_before.is_none() && self.not_after.is_none() {
            return Ok(());
        }
        let now = now.ok_or(VerifyError::ClockUnavailable)?;
        match (self.not_before, self.not_after) {
            (Some(bound), _) if !bound.has_begun(now) => {
                Err(VerifyError::KeyNotValid(NotValid::Before(bound)))
            }
            (_, Some(bound)) if bound.is_over(now) => {
                Err(VerifyError::KeyNotValid(NotValid::After(bound)))
            }
            _ => Ok(()),
        }
    }
}

impl PublicKey {
    /// Adds a window. Of several, all apply.
    pub(crate) fn limit(&mut self, window: Window) {
        self.windows.push(window);
    }

    /// Whether the settings let signatures of the key count.
    ///
    /// # Errors
    ///
    /// [`VerifyError::KeyNotValid`]; [`VerifyError::ClockUnavailable`] for a key with bounds.
    pub(crate) fn check_windows(&self, now: Option<Time>) -> Result<(), VerifyError> {
        self.windows.iter().try_for_each(|window| window.check(now))
    }
}

impl NotValid {
    /// Describes what is not valid and why, after "signed with".
    pub(crate) fn description(self) -> String {
        match self {
            Self::Signature(_) => alloc::format!("a signature that {self}"),
            _ => alloc::format!("a key that {self}"),
        }
    }
}

impl fmt::Display for NotValid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Itself(why) | Self::Signature(why) => f.write_str(why),
            Self::Before(bound) => write!(f, "is valid from {bound} by the setting `keys`"),
            Self::After(bound) => write!(f, "was valid until {bound} by the setting `keys`"),
        }
    }
}
