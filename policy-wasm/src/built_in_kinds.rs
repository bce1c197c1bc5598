//! Built-in kinds and their pod-spec paths.

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
pub(crate) fn is_without_images(group: &str, kind: &str) -> bool {
    WITHOUT_IMAGES.contains(&(group, kind))
}

/// Returns the pod-spec paths and the origin of a built-in kind.
pub(crate) fn built_in(group: &str, kind: &str) -> Option<(&'static [&'static str], Origin)> {
    BUILT_IN
        .iter()
        .find(|(known_group, known_kind, ..)| *known_group == group && *known_kind == kind)
        .map(|(_, _, path, origin)| (*path, *origin))
}
