//! `keys`: when the signatures of single keys count, by key id.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::cell::Cell;

use crate::date_or_time::DateOrTime;
use crate::decision::Code;
use crate::json::{Path, Report, Value, filled, parsed, short_line};
use crate::key::{PublicKey, Window, is_same_id};
use crate::policy::public_key::MAX_KEYS;

/// `keys`
#[derive(Debug, Default)]
pub(crate) struct KeyWindows<'a>(Vec<Entry<'a>>);

#[derive(Debug)]
struct Entry<'a> {
    index: usize,
    id: Cow<'a, str>,
    window: Window,
    /// Whether a key with the id has been loaded
    is_used: Cell<bool>,
}

const LIST: Path<'static> = Path::Root("keys");

impl<'a> KeyWindows<'a> {
    #[inline(never)] // see docs/performance.md#stack
    pub(crate) fn read(value: Value<'_, 'a>) -> Self {
        let mut windows = Self::default();
        value.list_within(MAX_KEYS, |index, item| {
            windows.0.extend(Entry::read(index, item));
        });
        windows
    }

    /// Gives a key that was loaded the windows under its ids. One of them is computed, so that a key has them under
    /// whichever id an attestor gives it.
    pub(crate) fn limit(&self, key: &mut PublicKey) {
        for entry in &self.0 {
            if key.is_named(&entry.id) {
                entry.is_used.set(true);
                key.limit(entry.window);
            }
        }
    }

    /// Reports entries for one key, and those for none. All keys have been loaded.
    pub(crate) fn check(&self, report: &Report) {
        for (place, entry) in self.0.iter().enumerate() {
            let path = Path::Index(&LIST, entry.index);
            let path = Path::Field(&path, "id");
            let mut others = self.0.iter().take(place);
            let id = crate::quote(&entry.id);
            if others.any(|other| is_same_id(&other.id, &entry.id)) {
                let message = alloc::format!("another entry is for the key {id}");
                report.push(Code::SettingsInvalidValue, path, message);
            } else if !entry.is_used.get() {
                let message = alloc::format!("no key in the settings has the id {id}");
                report.push(Code::SettingsInvalidValue, path, message);
            }
        }
    }
}

impl<'a> Entry<'a> {
    fn read(index: usize, value: Value<'_, 'a>) -> Option<Self> {
        let (path, report) = (value.path(), value.report());
        let (mut id, mut window) = (None, Window::default());
        let (mut saw_id, mut saw_other) = (false, false);
        let was_object = value.object(|key, value| {
            saw_other |= matches!(key, "notBefore" | "notAfter" | "owner");
            match key {
                "id" => {
                    saw_id = true;
                    id = filled(value);
                }
                "notBefore" => window.not_before = parsed(value, DateOrTime::parse),
                "notAfter" => window.not_after = parsed(value, DateOrTime::parse),
                "owner" => {
                    short_line(value);
                }
                _ => value.unknown(),
            }
        });
        let fields = [
            ("id", saw_id),
            ("notBefore`, `notAfter` or `owner", saw_other),
        ];
        report.require(was_object, &fields, path, Code::SettingsMissingField);
        if let (Some(begin), Some(end)) = (window.not_before, window.not_after)
            && begin.is_empty_until(end)
        {
            let message = "no time is between `notBefore` and `notAfter`";
            report.push(Code::SettingsInvalidValue, path, message);
        }
        Some(Self {
            index,
            id: id?,
            window,
            is_used: Cell::new(false),
        })
    }
}
