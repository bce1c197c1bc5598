//! From what people have at hand (manifests, lists, recorded requests) to admission requests.

use serde_json::{Map, Value, json};

use super::list;
use crate::emit::printable;

/// One object, as it would come before the policy
#[derive(Debug)]
pub struct Request {
    /// The `AdmissionRequest`
    pub request: Value,
    /// `Pod default/web`
    pub title: String,
    /// The file it is from
    pub source: String,
    /// Whether any gatekeeper would be asked
    pub asked: Asked,
}

/// Whether a policy for images is asked about an object
///
/// Settings may name further kinds; `evaluate` asks about those whatever stands here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// It is
    Yes,
    /// A manifest of a well-known kind that brings in no image, as stands beside workloads
    No,
}

/// Well-known API groups and kinds that have no pod spec; without kinds, the whole group. A recorded
/// request of such a kind was really asked, and is.
const WITHOUT_IMAGES: &[(&str, &[&str])] = &[
    (
        "",
        &[
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
    ("autoscaling", &[]),
    ("certificates.k8s.io", &[]),
    ("coordination.k8s.io", &[]),
    ("discovery.k8s.io", &[]),
    ("events.k8s.io", &[]),
    ("flowcontrol.apiserver.k8s.io", &[]),
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
    ("scheduling.k8s.io", &[]),
    ("storage.k8s.io", &[]),
];

/// Adds the requests of one document.
///
/// # Errors
///
/// Says what the document lacks to be one of the known forms.
pub(super) fn from_document(
    document: Value,
    namespace: Option<&str>,
    source: &str,
    requests: &mut Vec<Request>,
) -> Result<(), String> {
    let Value::Object(mut object) = document else {
        return Err("expected a Kubernetes object, a list of them, or an admission request".into());
    };
    // A manifest is never anything else, whatever other keys its author put into it.
    let is_manifest = object.get("kind").is_some_and(Value::is_string);
    let is_review = is(&object, "kind", "AdmissionReview");
    if is_review || (!is_manifest && object.contains_key("request")) {
        let request = object.remove("request").unwrap_or_default();
        let Value::Object(request) = request else {
            return Err("the AdmissionReview has no `request`".into());
        };
        requests.push(recorded(request, source));
        return Ok(());
    }
    if !is_manifest && (object.contains_key("kind") || object.contains_key("operation")) {
        requests.push(recorded(object, source));
        return Ok(());
    }
    from_manifests(object, namespace, source, &mut |request| {
        requests.push(request);
    })
}

/// Visits the requests of a manifest, or of each item of a list.
///
/// # Errors
///
/// Says what one of them lacks.
pub(super) fn from_manifests(
    object: Map<String, Value>,
    namespace: Option<&str>,
    source: &str,
    visit: &mut dyn FnMut(Request),
) -> Result<(), String> {
    list::each(object, &mut |object| {
        visit(manifest(object, namespace, source)?);
        Ok(())
    })
}

fn is(object: &Map<String, Value>, key: &str, expected: &str) -> bool {
    object.get(key).and_then(Value::as_str) == Some(expected)
}

fn recorded(request: Map<String, Value>, source: &str) -> Request {
    let request = Value::Object(request);
    let text = |pointer| {
        request
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let name = match text("/name") {
        "" => text("/object/metadata/name"),
        name => name,
    };
    let title = title(text("/kind/kind"), text("/namespace"), name);
    Request {
        request,
        title,
        source: source.to_owned(),
        asked: Asked::Yes,
    }
}

/// A manifest becomes the request that creates it, in the namespace that kubectl would choose.
fn manifest(
    object: Map<String, Value>,
    namespace: Option<&str>,
    source: &str,
) -> Result<Request, String> {
    let text = |key: &str| object.get(key).and_then(Value::as_str);
    let (Some(kind), Some(api_version)) = (text("kind"), text("apiVersion")) else {
        return Err("expected an object with `apiVersion` and `kind`".into());
    };
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    let metadata = |key: &str| {
        object
            .get("metadata")
            .and_then(|m| m.get(key))
            .and_then(Value::as_str)
    };
    let name = metadata("name")
        .or_else(|| metadata("generateName"))
        .unwrap_or_default();
    let namespace = namespace
        .or_else(|| metadata("namespace").filter(|own| !own.is_empty()))
        .unwrap_or("default");
    let asked = if is_without_images(group, kind) {
        Asked::No
    } else {
        Asked::Yes
    };
    let title = title(kind, namespace, name);
    let mut request = json!({
        "uid": "00000000-0000-0000-0000-000000000000",
        "kind": {"group": group, "version": version, "kind": kind},
        "name": name,
        "namespace": namespace,
        "operation": "CREATE",
        "userInfo": {},
    });
    if let Some(fields) = request.as_object_mut() {
        fields.insert("object".into(), Value::Object(object));
    }
    Ok(Request {
        request,
        title,
        source: source.to_owned(),
        asked,
    })
}

fn title(kind: &str, namespace: &str, name: &str) -> String {
    let kind = if kind.is_empty() { "object" } else { kind };
    let separator = if namespace.is_empty() || name.is_empty() {
        ""
    } else {
        "/"
    };
    printable(format!("{kind} {namespace}{separator}{name}").trim_end())
}

pub(super) fn is_without_images(group: &str, kind: &str) -> bool {
    WITHOUT_IMAGES
        .iter()
        .any(|(known, kinds)| *known == group && (kinds.is_empty() || kinds.contains(&kind)))
}
