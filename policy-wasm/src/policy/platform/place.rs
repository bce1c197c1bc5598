//! Places of checks and of other parts of policies that are parsed when needed.

use super::LIST;
use crate::decision::Code;
use crate::json::{Path, Raw, Report, Value};
use crate::policy::POLICY;
use crate::policy::image_policy::ImageRule;

/// A document or a part of one, by the indices on its path
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// A platform policy
    Policy(usize),
    /// A check set of a platform policy
    CheckSet { policy: usize, check_set: usize },
    /// A check of a check set
    Check {
        policy: usize,
        check_set: usize,
        check: usize,
    },
    /// The check of a requirement of `imagePolicy`
    Requirement { rule: usize, requirement: usize },
}

impl Place {
    /// Returns the index of the part in its list.
    pub(crate) const fn index(self) -> usize {
        match self {
            Self::Policy(index)
            | Self::CheckSet {
                check_set: index, ..
            }
            | Self::Check { check: index, .. }
            | Self::Requirement {
                requirement: index, ..
            } => index,
        }
    }

    /// Calls `read` with the path, which is built on the stack.
    pub(crate) fn at<T>(self, read: impl FnOnce(Path<'_>) -> T) -> T {
        let (policy, check_set, check) = match self {
            Self::Policy(policy) => (policy, None, None),
            Self::CheckSet { policy, check_set } => (policy, Some(check_set), None),
            Self::Check {
                policy,
                check_set,
                check,
            } => (policy, Some(check_set), Some(check)),
            Self::Requirement { rule, requirement } => {
                return ImageRule::at(rule, |rule| {
                    let list = Path::Field(&rule, "require");
                    let requirement = Path::Index(&list, requirement);
                    read(Path::Field(&requirement, "check"))
                });
            }
        };
        let root = Path::Root(LIST);
        let policy = Path::Index(&root, policy);
        let gke = Path::Field(&policy, "gkePolicy");
        let Some(check_set) = check_set else {
            return read(gke);
        };
        let check_sets = Path::Field(&gke, "checkSets");
        let check_set = Path::Index(&check_sets, check_set);
        let Some(check) = check else {
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
    pub(crate) fn each(&self, report: &Report, each: &mut dyn FnMut(Path<'_>, &str)) {
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
