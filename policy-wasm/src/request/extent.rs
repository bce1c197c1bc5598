//! The extent of an object: what it runs and how often, to recognize updates that start nothing.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::kinds::field;
use super::{Layout, REQUEST};
use crate::json::{Path, Raw, Report, Value};

/// The content that an object runs, and its replica counts
#[derive(Debug, Default)]
pub(crate) struct Extent<'a> {
    /// Whether it is being deleted and waits for a finalizer
    is_being_deleted: bool,
    /// The text of each pod spec. For images outside pod specs, the text of all surrounding objects without counts,
    /// because it may determine what runs
    contents: String,
    /// Replica counts on the path to pod specs and images, by the offset of their object in `contents` and their
    /// field name
    amounts: BTreeMap<(usize, &'static str), Amount<'a>>,
}

/// The number of Pods in a field
#[derive(Debug, PartialEq, Eq)]
enum Amount<'a> {
    Number(u64),
    /// Any other value
    Text(&'a str),
}

/// Fields with counts, of Kubernetes' own kinds and of similar ones
const AMOUNTS: &[&str] = &[
    "replicas",
    "minReplicas",
    "maxReplicas",
    "parallelism",
    "completions",
    // LeaderWorkerSet and Ray: the Pods of one replica
    "size",
    "numOfHosts",
    // DisaggregatedSet: copies of all its roles
    "slices",
];

const SUSPEND: &str = "suspend";

/// Fields that stop or suspend an object, and their values that do
const STOPS: &[(&str, &[&str])] = &[
    (SUSPEND, &["true"]),
    // Argo Workflows
    ("shutdown", &[r#""Stop""#, r#""Terminate""#]),
    // KubeVirt
    ("running", &["false"]),
    ("runStrategy", &[r#""Halted""#]),
    // Tekton
    (
        "status",
        &[
            r#""TaskRunCancelled""#,
            r#""Cancelled""#,
            r#""CancelledRunFinally""#,
            r#""StoppedRunFinally""#,
        ],
    ),
];

/// Fields of the object itself that do not affect what it runs
const ABOUT_THE_OBJECT: &[&str] = &["metadata", "status"];

/// The remaining steps of a path
#[derive(Debug, Clone, Copy)]
struct Steps<'s> {
    left: &'s [&'s str],
    /// Whether other fields at these steps count, too
    keeps_all: bool,
}

impl<'s> Steps<'s> {
    /// Returns the steps below a field; `None` for `key` means an item of a list.
    fn below(self, key: Option<&str>) -> Option<Self> {
        let (step, left) = self.left.split_first()?;
        let leads_there = *step == "*" || key == Some(field(step).0);
        leads_there.then_some(Self { left, ..self })
    }

    fn each_below(paths: &[Self], key: Option<&str>) -> Vec<Self> {
        paths.iter().filter_map(|path| path.below(key)).collect()
    }
}

impl<'a> Extent<'a> {
    /// Reads an object; `None` if it does not have the shape of its kind.
    pub(super) fn read(object: Raw<'a>, layout: &Layout<'_>) -> Option<Self> {
        Self::read_around(object, layout, false)
    }

    /// Reads an object whose pod specs and images cannot be found, so every field may be one. `None` as for
    /// [`Self::read`].
    pub(super) fn read_whole(object: Raw<'a>, layout: &Layout<'_>) -> Option<Self> {
        Self::read_around(object, layout, true)
    }

    #[inline(never)] // cold: see docs/performance.md#stack
    fn read_around<'s>(object: Raw<'a>, layout: &'s Layout<'s>, keeps_all: bool) -> Option<Self> {
        let (mut extent, report) = (Self::default(), Report::default());
        let steps = |keeps_all| move |left: &'s Vec<_>| Steps { left, keeps_all };
        let pod_specs = layout.pod_specs.iter().map(steps(keeps_all));
        let paths: Vec<_> = pod_specs
            .chain(layout.images.iter().map(steps(true)))
            .collect();
        object.read(REQUEST, Path::Root(""), &report, |value| {
            extent.walk(value, &paths, ABOUT_THE_OBJECT);
        });
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

    /// Follows paths to or through a value, skipping the fields `ignored`.
    fn walk(&mut self, value: Value<'_, 'a>, paths: &[Steps<'_>], ignored: &[&str]) {
        if paths.iter().any(|path| path.left.is_empty()) {
            self.contents.push_str(value.raw().text());
            return;
        }
        let keeps_all = paths.iter().any(|path| path.keeps_all);
        let items = Steps::each_below(paths, None);
        if items.is_empty() || value.is_object() {
            let start = self.contents.len();
            self.contents.push('{');
            value.object(|key, value| {
                let (inner, matters) =
                    (Steps::each_below(paths, Some(key)), !ignored.contains(&key));
                if !inner.is_empty() {
                    self.name(key);
                    self.walk(value, &inner, &[]);
                } else if let Some(key) = amount(key).filter(|_| matters) {
                    self.count((start, key), value);
                } else if matters && keeps_all {
                    self.name(key);
                    self.contents.push_str(value.raw().text());
                }
            });
            self.contents.push('}');
        } else {
            self.contents.push('[');
            value.list(|_, item| {
                self.walk(item, &items, &[]);
                self.contents.push(',');
            });
            self.contents.push(']');
        }
    }

    /// Writes the name of a field and its length, since it may have any characters.
    fn name(&mut self, key: &str) {
        self.contents
            .push_str(&alloc::format!(",{}:{key}:", key.len()));
    }

    fn count(&mut self, place: (usize, &'static str), value: Value<'_, 'a>) {
        let (key, text) = (place.1, value.raw().text());
        let stops = |(stop, values): &(&str, &[&str])| *stop == key && values.contains(&text);
        let amount = match (key, text) {
            (_, "null") => return,
            _ if STOPS.iter().any(stops) => Amount::Number(0),
            // Equal to an absent field.
            (SUSPEND, "false") => return,
            _ => text.parse().map_or(Amount::Text(text), Amount::Number),
        };
        self.amounts.insert(place, amount);
    }

    /// Whether the object only continues, reduces or removes what it ran before. For a removed object, images and
    /// service accounts do not matter.
    pub(crate) fn starts_nothing_beside(&self, old: &Self) -> bool {
        self.is_being_deleted || self.is_within(old, false)
    }

    /// Whether the object is unchanged except for its counts, which may increase if it `may_grow`.
    pub(crate) fn is_within(&self, old: &Self, may_grow: bool) -> bool {
        // Equal contents have equal offsets.
        let mut places = self.amounts.keys().chain(old.amounts.keys());
        self.contents == old.contents
            && places.all(|place| {
                let (now, before) = (self.amounts.get(place), old.amounts.get(place));
                now == before || is_allowed(now, before, may_grow)
            })
    }
}

/// Returns the name of a field with a count.
fn amount(key: &str) -> Option<&'static str> {
    let stops = STOPS.iter().map(|(stop, _)| stop);
    AMOUNTS
        .iter()
        .chain(stops)
        .copied()
        .find(|known| *known == key)
}

/// Whether a count may replace another one. An absent count is an unknown default.
const fn is_allowed(now: Option<&Amount<'_>>, before: Option<&Amount<'_>>, may_grow: bool) -> bool {
    match (now, before) {
        (Some(Amount::Number(0)), _) => true,
        (Some(Amount::Text(_)), _) | (_, Some(Amount::Text(_))) => false,
        (Some(Amount::Number(now)), Some(Amount::Number(before))) => may_grow || *now <= *before,
        (None, _) | (_, None) => may_grow,
    }
}
