//! The pod-spec paths of a kind, built in or from the settings.

use alloc::vec::Vec;

use crate::built_in_kinds::{Origin, built_in};
use crate::settings::WorkloadKind;

/// The pod-spec paths of one kind
#[derive(Debug)]
pub(crate) struct Layout<'s> {
    /// Field names from the object's root; `*` stands for every item of a list or map, and `?` after a name for an
    /// optional field
    /// INVARIANT: no path is empty, and there is at least one here or in `images`
    pub(crate) pod_specs: Vec<Vec<&'s str>>,
    /// Paths of image fields outside pod specs, in the same notation
    pub(crate) images: Vec<Vec<&'s str>>,
    pub(crate) origin: Origin,
}

impl<'s> Layout<'s> {
    /// Finds a kind by group and name in any version.
    pub(crate) fn of(group: &str, kind: &str, workloads: &'s [WorkloadKind<'_>]) -> Option<Self> {
        if let Some((path, origin)) = built_in(group, kind) {
            return Some(Self {
                pod_specs: alloc::vec![path.to_vec()],
                images: Vec::new(),
                origin,
            });
        }
        let workload = workloads
            .iter()
            .find(|known| known.group == group && known.kind == kind)?;
        let steps = |path: &'s Vec<_>| path.iter().map(alloc::string::String::as_str).collect();
        Some(Self {
            pod_specs: workload.pod_specs.iter().map(steps).collect(),
            images: workload.images.iter().map(steps).collect(),
            origin: Origin::Other,
        })
    }
}

/// Whether any field of a path is optional.
pub(super) fn is_optional(path: &[&str]) -> bool {
    path.iter().any(|step| step.ends_with('?'))
}

/// Splits a step of a path into the field name and whether it is optional.
pub(super) fn field(step: &str) -> (&str, bool) {
    match step.strip_suffix('?') {
        Some(name) => (name, true),
        None => (step, false),
    }
}
