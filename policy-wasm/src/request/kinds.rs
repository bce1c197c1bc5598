//! Which kinds are known, and where each keeps its pod specs.

use alloc::vec::Vec;

use crate::settings::WorkloadKind;

/// Where one kind keeps its pod specs
#[derive(Debug)]
pub(crate) struct Layout<'s> {
    /// Field names from the object's root; `*` stands for every item of a list or map, and a field with
    /// `?` behind its name may be missing
    /// INVARIANT: no path is empty, and there is one, or one of `images`
    pub(crate) pod_specs: Vec<Vec<&'s str>>,
    /// Fields that name an image and are in no pod spec, in the same notation
    pub(crate) images: Vec<Vec<&'s str>>,
    pub(crate) origin: Origin,
}

/// What stands behind an object of a kind
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    Pod,
    /// A built-in controller: its Pods come before the policy one by one
    Controller,
    /// Knative, or a kind from the settings: nothing is known about what it creates
    Other,
}

#[rustfmt::skip]
const BUILT_IN: &[(&str, &str, &[&str], Origin)] = &[
    ("", "Pod", &["spec"], Origin::Pod),
    ("", "PodTemplate", &["template", "spec"], Origin::Controller),
    ("", "ReplicationController", &["spec", "template", "spec"], Origin::Controller),
    ("apps", "DaemonSet", &["spec", "template", "spec"], Origin::Controller),
    ("apps", "Deployment", &["spec", "template", "spec"], Origin::Controller),
    ("apps", "ReplicaSet", &["spec", "template", "spec"], Origin::Controller),
    ("apps", "StatefulSet", &["spec", "template", "spec"], Origin::Controller),
    ("batch", "CronJob", &["spec", "jobTemplate", "spec", "template", "spec"], Origin::Controller),
    ("batch", "Job", &["spec", "template", "spec"], Origin::Controller),
    ("serving.knative.dev", "Configuration", &["spec", "template", "spec"], Origin::Other),
    ("serving.knative.dev", "Revision", &["spec"], Origin::Other),
    ("serving.knative.dev", "Service", &["spec", "template", "spec"], Origin::Other),
];

/// Kinds of subresources that a rule for `pods/*` or `deployments/*` sends along. They name no image,
/// whatever stands in them.
const WITHOUT_IMAGES: &[(&str, &str)] = &[
    ("", "Binding"),
    ("autoscaling", "Scale"),
    ("policy", "Eviction"),
];

/// Whether the policy knows a kind by itself, so that settings may not redefine it.
#[must_use]
pub fn is_built_in(group: &str, kind: &str) -> bool {
    built_in(group, kind).is_some() || is_without_images(group, kind)
}

/// Whether objects of a kind never name an image.
pub(super) fn is_without_images(group: &str, kind: &str) -> bool {
    WITHOUT_IMAGES.contains(&(group, kind))
}

/// Where a built-in kind keeps its pod specs, and what stands behind it.
pub(super) fn built_in(group: &str, kind: &str) -> Option<(&'static [&'static str], Origin)> {
    BUILT_IN
        .iter()
        .find(|(known_group, known_kind, ..)| *known_group == group && *known_kind == kind)
        .map(|(_, _, path, origin)| (*path, *origin))
}

impl<'s> Layout<'s> {
    /// Finds a kind by group and name; the version does not matter.
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

/// Whether any field of a path may be missing.
pub(super) fn is_optional(path: &[&str]) -> bool {
    path.iter().any(|step| step.ends_with('?'))
}

/// A step of a path: the name of the field, and whether it may be missing.
pub(super) fn field(step: &str) -> (&str, bool) {
    match step.strip_suffix('?') {
        Some(name) => (name, true),
        None => (step, false),
    }
}
