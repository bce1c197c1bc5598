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
    /// The text of each pod spec. Where images are in no pod spec, all that stands beside and above them,
    /// without the amounts: it may say what runs
    contents: String,
    /// The fields on the way to pod specs and images that say how much of them runs: by where in `contents`
    /// their object begins, and their name
    amounts: BTreeMap<(usize, &'static str), Amount<'a>>,
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
    // LeaderWorkerSet and Ray: the Pods of one replica
    "size",
    "numOfHosts",
    // DisaggregatedSet: copies of all its roles
    "slices",
];

const SUSPEND: &str = "suspend";

/// Fields that end or hold what an object runs, and the values that do
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

/// Fields of the object itself that say nothing about what it runs
const ABOUT_THE_OBJECT: &[&str] = &["metadata", "status"];

/// The steps of a path that are left
#[derive(Debug, Clone, Copy)]
struct Steps<'s> {
    left: &'s [&'s str],
    /// Fields beside the steps count too
    keeps_all: bool,
}

impl<'s> Steps<'s> {
    /// The steps left below a field; `None` for `key` is an item of a list.
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
    /// Reads an object; `None` where it is not as its kind has it.
    pub(super) fn read(object: Raw<'a>, layout: &Layout<'_>) -> Option<Self> {
        Self::read_around(object, layout, false)
    }

    /// Reads an object whose pod specs and images cannot be found, so that every field may be one. `None` as
    /// for [`Self::read`].
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

    /// Follows paths that lead to or through a value; the fields `ignored` beside them do not matter.
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

    /// Writes the name of a field, and how long it is: it may have any characters.
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
            // Which is also what its absence means.
            (SUSPEND, "false") => return,
            _ => text.parse().map_or(Amount::Text(text), Amount::Number),
        };
        self.amounts.insert(place, amount);
    }

    /// Whether the object only goes on as it was, or with less, or goes away. Which images it names, and
    /// under which service accounts, is not looked at for one that goes away.
    pub(crate) fn starts_nothing_beside(&self, old: &Self) -> bool {
        self.is_being_deleted || self.is_within(old, false)
    }

    /// Whether the object is what it was, but for its amounts. They may increase if it `may_grow`.
    pub(crate) fn is_within(&self, old: &Self, may_grow: bool) -> bool {
        // Where the contents are the same, so are the places in them.
        let mut places = self.amounts.keys().chain(old.amounts.keys());
        self.contents == old.contents
            && places.all(|place| {
                let (now, before) = (self.amounts.get(place), old.amounts.get(place));
                now == before || is_allowed(now, before, may_grow)
            })
    }
}

/// The name of a field that says how much runs.
fn amount(key: &str) -> Option<&'static str> {
    let stops = STOPS.iter().map(|(stop, _)| stop);
    AMOUNTS
        .iter()
        .chain(stops)
        .copied()
        .find(|known| *known == key)
}

/// Whether an amount may replace another one. An absent one stands for a default that is not known here.
const fn is_allowed(now: Option<&Amount<'_>>, before: Option<&Amount<'_>>, may_grow: bool) -> bool {
    match (now, before) {
        (Some(Amount::Number(0)), _) => true,
        (Some(Amount::Text(_)), _) | (_, Some(Amount::Text(_))) => false,
        (Some(Amount::Number(now)), Some(Amount::Number(before))) => may_grow || *now <= *before,
        (None, _) | (_, None) => may_grow,
    }
}
