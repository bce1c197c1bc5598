//! Known kinds and their pod-spec paths.

use alloc::vec::Vec;

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

/// Origin of an object of a kind
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    Pod,
    /// A built-in controller, whose Pods are evaluated when they are created
    Controller,
    /// Knative or a kind from the settings, whose created objects are unknown
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

/// Kinds of subresources that rules for `pods/*` or `deployments/*` match. They have no images, whatever their
/// content is.
const WITHOUT_IMAGES: &[(&str, &str)] = &[
    ("", "Binding"),
    ("autoscaling", "Scale"),
    ("policy", "Eviction"),
];

/// Whether a kind is built-in, so that settings must not redefine it.
#[must_use]
pub fn is_built_in(group: &str, kind: &str) -> bool {
    built_in(group, kind).is_some() || is_without_images(group, kind)
}

/// Whether objects of a kind have no images.
pub(super) fn is_without_images(group: &str, kind: &str) -> bool {
    WITHOUT_IMAGES.contains(&(group, kind))
}

/// Returns the pod-spec paths and the origin of a built-in kind.
pub(super) fn built_in(group: &str, kind: &str) -> Option<(&'static [&'static str], Origin)> {
    BUILT_IN
        .iter()
        .find(|(known_group, known_kind, ..)| *known_group == group && *known_kind == kind)
        .map(|(_, _, path, origin)| (*path, *origin))
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
