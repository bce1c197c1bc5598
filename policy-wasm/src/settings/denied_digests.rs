//! `deniedDigests`: revoked images.

use alloc::borrow::Cow;

use super::Settings;
use crate::date_or_time::DateOrTime;
use crate::decision::{Code, Reason};
use crate::digest::Digest;
use crate::json::{Path, Report, SETTINGS, Value, line, parsed};
use crate::time::Time;

/// One entry: a digest alone, or with a reason
#[derive(Debug)]
pub(crate) struct DeniedDigest<'a> {
    pub(crate) digest: Digest,
    reason: Option<Cow<'a, str>>,
    until: Option<DateOrTime>,
}

/// Maximum number of characters of a reason, which fits into the line of a denial
const MAX_REASON: usize = 120;

impl Settings<'_> {
    /// Calls `each` with every revoked digest.
    pub(crate) fn each_denied_digest(
        &self,
        report: &Report,
        each: &mut dyn FnMut(&DeniedDigest<'_>),
    ) {
        let Some(digests) = self.denied_digests else {
            return;
        };
        digests.read(SETTINGS, Path::Root("deniedDigests"), report, |value| {
            value.list(|_, item| {
                if let Some(denied) = DeniedDigest::read(item) {
                    each(&denied);
                }
            });
        });
    }
}

impl<'a> DeniedDigest<'a> {
    fn read(value: Value<'_, 'a>) -> Option<Self> {
        if value.is_object() {
            return Self::read_object(value);
        }
        Some(Self {
            digest: digest(value)?,
            reason: None,
            until: None,
        })
    }

    #[inline(never)] // cold: see docs/performance.md#stack
    fn read_object(value: Value<'_, 'a>) -> Option<Self> {
        let (path, report) = (value.path(), value.report());
        let (mut found, mut reason, mut until) = (None, None, None);
        let (mut saw_digest, mut saw_reason) = (false, false);
        let was_object = value.object(|key, value| match key {
            "digest" => {
                saw_digest = true;
                found = digest(value);
            }
            "reason" => {
                saw_reason = true;
                reason = line(value, MAX_REASON, Code::SettingsInvalidValue);
            }
            "until" => until = parsed(value, DateOrTime::parse),
            _ => value.unknown(),
        });
        let fields = [("digest", saw_digest), ("reason", saw_reason)];
        report.require(was_object, &fields, path, Code::SettingsMissingField);
        Some(Self {
            digest: found?,
            reason,
            until,
        })
    }

    /// Returns why the image, or the one that its index lists for a platform, is denied, or a warning if the entry is
    /// over. Without a clock, no entry is.
    #[cold]
    pub(crate) fn apply(
        &self,
        platform: Option<&str>,
        now: impl FnOnce() -> Option<Time>,
    ) -> Result<Reason, Reason> {
        let digest = self.digest;
        if let Some(until) = self.until
            && now().is_some_and(|now| until.is_over(now))
        {
            let message = alloc::format!(
                "`deniedDigests` no longer denies {digest}: its entry was valid until {until}"
            );
            return Err(Reason::new(Code::DigestDenialEnded, message));
        }
        let mut message = match platform {
            None => alloc::format!("Image digest {digest}"),
            Some(platform) => alloc::format!("The image for {platform} with digest {digest}"),
        };
        message.push_str(" is revoked by the settings");
        if let Some(reason) = &self.reason {
            message.push_str(": ");
            message.push_str(reason);
        }
        Ok(Reason::new(Code::DigestDenied, message))
    }
}

fn digest(value: Value<'_, '_>) -> Option<Digest> {
    let (path, report) = (value.path(), value.report());
    let text = value.text()?;
    match Digest::parse(&text) {
        Ok(digest) => Some(digest),
        Err(error) => {
            let message = alloc::format!("digest {}: {error}", crate::quote(&text));
            report.push(Code::SettingsInvalidValue, path, message);
            None
        }
    }
}
