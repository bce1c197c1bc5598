//! Kinds beyond the built-in ones, and where they keep their pod specs.

use alloc::borrow::Cow;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::filled;
use crate::decision::Code;
use crate::json::Value;
use crate::request::is_built_in;

/// One entry of `workloads`
#[derive(Debug)]
pub(crate) struct WorkloadKind<'a> {
    pub(crate) group: Cow<'a, str>,
    pub(crate) kind: Cow<'a, str>,
    /// Paths of pod specs, split at their dots; `*` stands for every item of a list
    /// INVARIANT: at least one path; no path or step is empty
    pub(crate) pod_specs: Vec<Vec<String>>,
}

impl<'a> WorkloadKind<'a> {
    #[inline(never)] // a stack frame of its own, for as long as it is needed
    pub(super) fn read(value: Value<'_, 'a>) -> Option<Self> {
        let (path, report) = (value.path(), value.report());
        let (mut group, mut kind, mut pod_specs) = (None, None, Vec::new());
        let was_object = value.object(|key, value| match key {
            "group" => group = value.text(),
            "kind" => kind = filled(value),
            "podSpecs" => {
                value.list(|_, item| {
                    let (path, report) = (item.path(), item.report());
                    let Some(steps) = read_path(item) else { return };
                    let overlaps =
                        |other: &Vec<String>| other.starts_with(&steps) || steps.starts_with(other);
                    if pod_specs.iter().any(overlaps) {
                        let message = "another path leads to the same pod specs, or above them";
                        report.push(Code::SettingsInvalidValue, path, message);
                    }
                    pod_specs.push(steps);
                });
            }
            _ => value.unknown(),
        });
        let missing = [
            ("group", group.is_none()),
            ("kind", kind.is_none()),
            ("podSpecs", pod_specs.is_empty()),
        ];
        for (field, _) in missing.iter().filter(|(_, missing)| was_object && *missing) {
            let message = alloc::format!("`{field}` is required and must not be empty");
            report.push(Code::SettingsMissingField, path, message);
        }
        let workload = Self {
            group: group?,
            kind: kind?,
            pod_specs,
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

fn read_path(value: Value<'_, '_>) -> Option<Vec<String>> {
    let (path, report) = (value.path(), value.report());
    let text = filled(value)?;
    let steps: Vec<_> = text.split('.').map(|step| step.to_string()).collect();
    let starts_with_field = steps.first().is_some_and(|step| step != "*");
    if starts_with_field && steps.iter().all(|step| !step.is_empty()) {
        return Some(steps);
    }
    let message = "expected field names separated by dots, as in `spec.template.spec`";
    report.push(Code::SettingsInvalidValue, path, message);
    None
}
