//! Custom workload kinds and their pod-spec paths.

use alloc::borrow::Cow;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::built_in_kinds::is_built_in;
use crate::decision::Code;
use crate::json::{Value, filled};

/// One entry of `workloads`
#[derive(Debug)]
pub(crate) struct WorkloadKind<'a> {
    pub(crate) group: Cow<'a, str>,
    pub(crate) kind: Cow<'a, str>,
    /// Paths of pod specs, split at their dots; `*` stands for every item of a list or map, and `?` after a step for
    /// an optional field
    /// INVARIANT: at least one path here or in `images`; no path or step is empty
    pub(crate) pod_specs: Vec<Vec<String>>,
    /// Paths of image fields outside pod specs
    pub(crate) images: Vec<Vec<String>>,
}

impl<'a> WorkloadKind<'a> {
    #[inline(never)] // see docs/performance.md#stack
    pub(super) fn read(value: Value<'_, 'a>) -> Option<Self> {
        let (path, report) = (value.path(), value.report());
        let (mut group, mut kind) = (None, None);
        let (mut pod_specs, mut images) = (Vec::new(), Vec::new());
        let was_object = value.object(|key, value| match key {
            "group" => group = value.text(),
            "kind" => kind = filled(value),
            "podSpecs" => read_paths(value, &mut pod_specs, &images),
            "images" => read_paths(value, &mut images, &pod_specs),
            _ => value.unknown(),
        });
        let missing = [
            ("group", group.is_none()),
            ("kind", kind.is_none()),
            (
                "podSpecs` or `images",
                pod_specs.is_empty() && images.is_empty(),
            ),
        ];
        for (field, _) in missing.iter().filter(|(_, missing)| was_object && *missing) {
            let message = alloc::format!("`{field}` is required and must not be empty");
            report.push(Code::SettingsMissingField, path, message);
        }
        let workload = Self {
            group: group?,
            kind: kind?,
            pod_specs,
            images,
        };
        if is_built_in(&workload.group, &workload.kind) {
            let message = "this kind is built in and cannot be redefined";
            report.push(Code::SettingsInvalidValue, path, message);
        }
        Some(workload)
    }

    pub(crate) fn is_same_kind(&self, other: &Self) -> bool {
        self.group == other.group && self.kind == other.kind
    }
}

/// Maximum number of paths of one kind, for pod specs and images together: an object is read once for each
const MAX_PATHS: usize = 16;

/// Reads a list of paths, none of which may lead to or above the target of another.
fn read_paths(value: Value<'_, '_>, own: &mut Vec<Vec<String>>, others: &[Vec<String>]) {
    let room = MAX_PATHS.saturating_sub(others.len());
    value.list(|index, item| {
        let (path, report) = (item.path(), item.report());
        if index >= room {
            if index == room {
                let message = alloc::format!("more than {MAX_PATHS} paths of one kind");
                report.push(Code::LimitExceeded, path, message);
            }
            return;
        }
        let Some(steps) = read_path(item) else { return };
        let name = |step: &String| step.trim_end_matches('?').to_string();
        let overlaps = |other: &Vec<String>| {
            let mut pairs = steps.iter().zip(other);
            pairs.all(|(step, other)| name(step) == name(other))
        };
        if own.iter().chain(others).any(overlaps) {
            let message = "another path leads to the same pod specs, or above them";
            report.push(Code::SettingsInvalidValue, path, message);
        }
        own.push(steps);
    });
}

fn read_path(value: Value<'_, '_>) -> Option<Vec<String>> {
    let (path, report) = (value.path(), value.report());
    let text = filled(value)?;
    let steps: Vec<_> = text.split('.').map(|step| step.to_string()).collect();
    let starts_with_field = steps.first().is_some_and(|step| step != "*");
    if starts_with_field && steps.iter().all(|step| is_step(step)) {
        let first = steps.first().map_or("", |step| step.trim_end_matches('?'));
        if !ABOUT_THE_OBJECT.contains(&first) {
            return Some(steps);
        }
        let message = alloc::format!("`{first}` of an object has no images of containers");
        report.push(Code::SettingsInvalidValue, path, message);
        return None;
    }
    let message = "expected field names separated by dots, as in `spec.template.spec`; `*` stands for \
                   every item, and `?` after a name for an optional field";
    report.push(Code::SettingsInvalidValue, path, message);
    None
}

/// Common fields of all objects, which cannot contain images
const ABOUT_THE_OBJECT: &[&str] = &["apiVersion", "kind", "metadata"];

/// Whether a step is a field name, with or without a final `?`, or `*`.
fn is_step(step: &str) -> bool {
    let name = step.strip_suffix('?').unwrap_or(step);
    step == "*" || (!name.is_empty() && !name.contains(['*', '?']))
}
