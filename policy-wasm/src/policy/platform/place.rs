//! Places of unparsed parts of platform policies in the settings.

use super::LIST;
use crate::decision::Code;
use crate::json::{Path, Raw, Report, Value};
use crate::policy::POLICY;

/// A platform policy, or one of its check sets or checks, by index
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(super) policy: usize,
    check_set: Option<usize>,
    check: Option<usize>,
}

impl Place {
    pub(super) const fn policy(index: usize) -> Self {
        Self {
            policy: index,
            check_set: None,
            check: None,
        }
    }

    pub(super) const fn check_set(self, index: usize) -> Self {
        Self {
            check_set: Some(index),
            ..self
        }
    }

    pub(super) const fn check(self, index: usize) -> Self {
        Self {
            check: Some(index),
            ..self
        }
    }

    /// Returns the index of the check set or check in its list.
    pub(crate) fn index(self) -> usize {
        self.check.or(self.check_set).unwrap_or(self.policy)
    }

    /// Calls `read` with the path, which is built on the stack.
    pub(crate) fn at<T>(self, read: impl FnOnce(Path<'_>) -> T) -> T {
        let root = Path::Root(LIST);
        let policy = Path::Index(&root, self.policy);
        let gke = Path::Field(&policy, "gkePolicy");
        let Some(check_set) = self.check_set else {
            return read(gke);
        };
        let check_sets = Path::Field(&gke, "checkSets");
        let check_set = Path::Index(&check_sets, check_set);
        let Some(check) = self.check else {
            return read(check_set);
        };
        let checks = Path::Field(&check_set, "checks");
        read(Path::Index(&checks, check))
    }
}

/// An unparsed list of texts: there may be ten thousand
#[derive(Debug, Clone, Copy)]
pub(crate) struct TextList<'a> {
    place: Place,
    /// The two field names from the place to the list
    fields: [&'static str; 2],
    raw: Raw<'a>,
}

impl<'a> TextList<'a> {
    pub(super) fn read(
        place: Place,
        fields: [&'static str; 2],
        value: Value<'_, 'a>,
    ) -> Option<Self> {
        let raw = value.raw();
        Some(Self { place, fields, raw })
    }

    /// Like [`Self::read`], for a list that must not be empty.
    pub(super) fn read_filled(
        place: Place,
        fields: [&'static str; 2],
        value: Value<'_, 'a>,
    ) -> Option<Self> {
        let (path, report) = (value.path(), value.report());
        let list = Self::read(place, fields, value)?;
        if list.raw.is_empty_list() {
            report.push(Code::PolicyLimit, path, "must not be empty");
        }
        Some(list)
    }

    /// Calls `each` with every text and its path.
    pub(crate) fn each(&self, report: &Report, mut each: impl FnMut(Path<'_>, &str)) {
        let [outer, inner] = self.fields;
        self.place.at(|place| {
            let outer = Path::Field(&place, outer);
            let path = Path::Field(&outer, inner);
            self.raw.read(POLICY, path, report, |value| {
                value.list(|_, item| {
                    let path = item.path();
                    if let Some(text) = item.text() {
                        each(path, &text);
                    }
                });
            });
        });
    }
}
