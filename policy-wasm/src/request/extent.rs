//! How much of an object runs: what an update must not add to, to be no start of anything.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::kinds::field;
use super::{Layout, REQUEST};
use crate::json::{Path, Raw, Report, Value};

/// What an object runs, and how much of it
#[derive(Debug, Default)]
pub(crate) struct Extent<'a> {
    /// Somebody has deleted it, and a finalizer keeps it
    is_being_deleted: bool,
    /// The text of each pod spec by its path; of a field that names an image, the text of all that stands
    /// around it
    contents: BTreeMap<String, &'a str>,
    /// The numbers beside and above pod specs that say how many Pods there are, by their paths
    amounts: BTreeMap<String, Amount<'a>>,
}

/// How many Pods a field asks for
#[derive(Debug, PartialEq, Eq)]
enum Amount<'a> {
    Number(u64),
    /// Whatever else stands there
    Text(&'a str),
}

/// The fields of Kubernetes' own kinds, and of those that are made like them.
const AMOUNTS: &[&str] = &[
    "replicas",
    "minReplicas",
    "maxReplicas",
    "parallelism",
    "completions",
];
const SUSPEND: &str = "suspend";

impl<'a> Extent<'a> {
    /// Reads an object; `None` where it is not as its kind has it.
    #[inline(never)] // cold: see docs/performance.md#stack
    pub(super) fn read(object: Raw<'a>, layout: &Layout<'_>) -> Option<Self> {
        let (mut extent, report) = (Self::default(), Report::default());
        let first_steps = layout.images.iter().map(|path| path.get(..1));
        let paths = layout.pod_specs.iter().map(|path| Some(path.as_slice()));
        for steps in paths.chain(first_steps).flatten() {
            object.read(REQUEST, Path::Root(""), &report, |value| {
                extent.walk(value, steps);
            });
        }
        object.read(REQUEST, Path::Root(""), &report, |value| {
            value.object(|key, value| {
                if key == "metadata" {
                    value.object(|key, value| {
                        if key == "deletionTimestamp" {
                            extent.is_being_deleted = value.text().is_some_and(|at| !at.is_empty());
                        }
                    });
                }
            });
        });
        report.is_empty().then_some(extent)
    }

    fn walk(&mut self, value: Value<'_, 'a>, steps: &[&str]) {
        let path = value.path();
        let Some((step, rest)) = steps.split_first() else {
            self.contents.insert(path.text(), value.raw().text());
            return;
        };
        if *step != "*" {
            let (step, _) = field(step);
            value.object(|key, value| {
                if key == step {
                    self.walk(value, rest);
                } else if key == SUSPEND || AMOUNTS.contains(&key) {
                    self.count(key, value);
                }
            });
        } else if value.is_object() {
            value.object(|_, item| self.walk(item, rest));
        } else {
            value.list(|_, item| self.walk(item, rest));
        }
    }

    fn count(&mut self, key: &str, value: Value<'_, 'a>) {
        let (path, text) = (value.path().text(), value.raw().text());
        let amount = match (key, text) {
            (_, "null") => return,
            (SUSPEND, "true") => Amount::Number(0),
            // Which is also what its absence means.
            (SUSPEND, "false") => return,
            _ => text.parse().map_or(Amount::Text(text), Amount::Number),
        };
        self.amounts.insert(path, amount);
    }

    /// Whether the object only goes on as it was, or with less, or goes away. Which images it names, and
    /// under which service accounts, is not looked at for one that goes away.
    pub(crate) fn starts_nothing_beside(&self, old: &Self) -> bool {
        self.is_being_deleted || (self.contents == old.contents && !self.grows_from(old))
    }

    /// Whether any amount is more than it was. One that was not there, or is not there any more, may have
    /// been anything.
    fn grows_from(&self, old: &Self) -> bool {
        let paths: Vec<&String> = self.amounts.keys().chain(old.amounts.keys()).collect();
        paths.iter().any(|path| {
            let (now, before) = (self.amounts.get(*path), old.amounts.get(*path));
            let is_as_before = now == before;
            let is_less = match (now, before) {
                (Some(Amount::Number(0)), _) => true,
                (Some(Amount::Number(now)), Some(Amount::Number(before))) => now <= before,
                _ => false,
            };
            !is_as_before && !is_less
        })
    }
}
