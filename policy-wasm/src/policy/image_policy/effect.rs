//! The effect of a rule on the images that it covers.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::requirement::Requirement;
use crate::date_or_time::DateOrTime;
use crate::decision::Code;
use crate::json::{Value, line, parsed};

/// `require`, `deny` or `exempt`
#[derive(Debug)]
pub(crate) enum Effect<'a> {
    /// All of these must hold
    Require(Vec<Requirement<'a>>),
    /// Denies, with this text
    Deny(Cow<'a, str>),
    Exempt(Exemption<'a>),
}

/// `exempt`: lifts the requirements of other rules
#[derive(Debug)]
pub(crate) struct Exemption<'a> {
    /// Who answers for it, without effect
    pub(crate) owner: Option<Cow<'a, str>>,
    /// Why, without effect
    pub(crate) reason: Option<Cow<'a, str>>,
    /// Its end
    pub(crate) until: Option<DateOrTime>,
}

/// Maximum number of characters of a text
pub(super) const MAX_TEXT: usize = 200;

impl<'a> Exemption<'a> {
    pub(super) fn read(value: Value<'_, 'a>) -> Option<Self> {
        let (mut owner, mut reason, mut until) = (None, None, None);
        let was_object = value.object(|key, value| match key {
            "owner" => owner = line(value, MAX_TEXT, Code::PolicyInvalidValue),
            "reason" => reason = line(value, MAX_TEXT, Code::PolicyInvalidValue),
            "until" => until = parsed(value, DateOrTime::parse),
            _ => value.unknown(),
        });
        was_object.then_some(Self {
            owner,
            reason,
            until,
        })
    }
}
