//! Which objects a policy for images is asked about: the rules that `countersign export` writes send no
//! others.

use policy_wasm::request::is_built_in;
use serde_json::{Map, Value};

use super::Asked;

/// API groups and kinds of Kubernetes and of ours that have no pod spec; without kinds, the whole group.
const WITHOUT_IMAGES: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "Binding",
            "ConfigMap",
            "Endpoints",
            "Event",
            "LimitRange",
            "Namespace",
            "Node",
            "PersistentVolume",
            "PersistentVolumeClaim",
            "ResourceQuota",
            "Secret",
            "Service",
            "ServiceAccount",
        ],
    ),
    ("admissionregistration.k8s.io", &[]),
    ("apiextensions.k8s.io", &[]),
    ("apiregistration.k8s.io", &[]),
    // A controller's copy of a template that the policy has evaluated.
    ("apps", &["ControllerRevision"]),
    ("autoscaling", &[]),
    ("certificates.k8s.io", &[]),
    ("coordination.k8s.io", &[]),
    ("countersign.dev", &[]),
    ("discovery.k8s.io", &[]),
    ("events.k8s.io", &[]),
    ("flowcontrol.apiserver.k8s.io", &[]),
    ("metrics.k8s.io", &[]),
    ("networking.k8s.io", &[]),
    ("node.k8s.io", &[]),
    (
        "policies.kubewarden.io",
        &[
            "AdmissionPolicy",
            "AdmissionPolicyGroup",
            "ClusterAdmissionPolicy",
            "ClusterAdmissionPolicyGroup",
        ],
    ),
    ("policy", &[]),
    ("rbac.authorization.k8s.io", &[]),
    ("resource.k8s.io", &[]),
    ("scheduling.k8s.io", &[]),
    ("storage.k8s.io", &[]),
];

/// Kinds of others that name images, or have fields of such names, and run none: what they lead to comes
/// before the policy by itself.
const NAMES_IMAGES_ONLY: &[(&str, &[&str])] = &[
    ("acme.cert-manager.io", &[]),
    (
        "argoproj.io",
        &["AppProject", "Application", "ApplicationSet"],
    ),
    ("cert-manager.io", &[]),
    ("constraints.gatekeeper.sh", &[]),
    ("gateway.networking.k8s.io", &[]),
    ("helm.toolkit.fluxcd.io", &[]),
    ("image.openshift.io", &[]),
    ("image.toolkit.fluxcd.io", &[]),
    ("kubeadm.k8s.io", &[]),
    ("kustomize.config.k8s.io", &[]),
    ("kustomize.toolkit.fluxcd.io", &[]),
    ("kyverno.io", &[]),
    ("networking.istio.io", &[]),
    ("policies.kyverno.io", &[]),
    ("source.toolkit.fluxcd.io", &[]),
    ("templates.gatekeeper.sh", &[]),
];

/// Whether a policy is asked about a manifest, as far as its kind and its fields say.
pub(super) fn asked(group: &str, kind: &str, object: &Map<String, Value>) -> Asked {
    if is_built_in(group, kind) {
        Asked::Yes
    } else if is_without_images(group, kind) {
        Asked::No
    } else if is_one_of(NAMES_IMAGES_ONLY, group, kind) || !may_have_images(object) {
        Asked::IfStrict
    } else {
        Asked::Yes
    }
}

/// Whether an object is of a kind of Kubernetes that brings in no image.
pub(super) fn is_without_images(group: &str, kind: &str) -> bool {
    is_one_of(WITHOUT_IMAGES, group, kind)
}

fn is_one_of(known: &[(&str, &[&str])], group: &str, kind: &str) -> bool {
    known
        .iter()
        .any(|(known, kinds)| *known == group && (kinds.is_empty() || kinds.contains(&kind)))
}

/// Whether any field of an object could contain an image. For unknown kinds, only this distinguishes a workload from
/// a route or a certificate.
fn may_have_images(object: &Map<String, Value>) -> bool {
    // These fields run nothing.
    let is_about_it = |key: &str| ["metadata", "status"].contains(&key);
    let mut left: Vec<&Value> = Vec::new();
    for (key, value) in object.iter().filter(|(key, _)| !is_about_it(key)) {
        if is_of_image(key) {
            return true;
        }
        left.push(value);
    }
    while let Some(value) = left.pop() {
        match value {
            Value::Array(items) => left.extend(items),
            Value::Object(fields) => {
                if fields.keys().any(|key| is_of_image(key)) {
                    return true;
                }
                left.extend(fields.values());
            }
            _ => {}
        }
    }
    false
}

fn is_of_image(key: &str) -> bool {
    const KEYS: &[&str] = &[
        "container",
        "containers",
        "ephemeralContainers",
        "image",
        "imageName",
        "images",
        "initContainers",
        "podSpec",
        "podTemplate",
    ];
    KEYS.contains(&key) || key.ends_with("Image") || key.ends_with("Images")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked_about(version: &str, kind: &str, fields: Value) -> Asked {
        let Value::Object(object) = fields else {
            panic!("fields")
        };
        let group = version.split_once('/').map_or("", |(group, _)| group);
        asked(group, kind, &object)
    }

    #[test]
    fn a_kind_that_carries_no_image_is_asked_about_only_in_strict_mode() {
        for (version, kind, spec) in [
            (
                "monitoring.coreos.com/v1",
                "ServiceMonitor",
                json!({"endpoints": [{"port": "web"}]}),
            ),
            (
                "gateway.networking.k8s.io/v1",
                "HTTPRoute",
                json!({"rules": []}),
            ),
            (
                "cert-manager.io/v1",
                "Certificate",
                json!({"secretName": "x"}),
            ),
            (
                "networking.istio.io/v1",
                "VirtualService",
                json!({"hosts": ["a"]}),
            ),
            (
                "external-secrets.io/v1",
                "ExternalSecret",
                json!({"data": []}),
            ),
            (
                "argoproj.io/v1alpha1",
                "Application",
                json!({"source": {"kustomize": {"images": ["web=registry.example/web:1"]}}}),
            ),
            (
                "kustomize.config.k8s.io/v1beta1",
                "Kustomization",
                json!({"images": []}),
            ),
        ] {
            let fields = json!({"spec": spec, "metadata": {"labels": {"image": "x"}}});
            assert_eq!(
                asked_about(version, kind, fields),
                Asked::IfStrict,
                "{kind}"
            );
        }
    }

    #[test]
    fn whatever_could_carry_an_image_is_asked_about() {
        for (version, kind, fields) in [
            ("v1", "Pod", json!({})),
            ("apps/v1", "Deployment", json!({})),
            (
                "extensions/v1beta1",
                "Deployment",
                json!({"spec": {"template": {"spec": {"containers": []}}}}),
            ),
            (
                "argoproj.io/v1alpha1",
                "Rollout",
                json!({"spec": {"template": {"spec": {"containers": []}}}}),
            ),
            (
                "monitoring.coreos.com/v1",
                "Prometheus",
                json!({"spec": {"image": "x"}}),
            ),
            (
                "example.com/v1",
                "Fleet",
                json!({"spec": {"parts": [{"workerImage": "x"}]}}),
            ),
            ("example.com/v1", "Fleet", json!({"images": ["x"]})),
        ] {
            assert_eq!(asked_about(version, kind, fields), Asked::Yes, "{kind}");
        }
        assert_eq!(
            asked_about("v1", "Secret", json!({"image": "x"})),
            Asked::No
        );
    }
}
