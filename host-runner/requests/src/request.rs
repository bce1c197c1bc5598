//! From what people have at hand (manifests, lists, recorded requests) to admission requests.

use serde_json::{Map, Value, json};

use super::place::Place;
use super::{foreign, kinds, list};
use crate::printable::printable;

/// One object, as an admission request
#[derive(Debug, Clone)]
pub struct Request {
    /// The `AdmissionRequest`
    pub request: Value,
    /// `Pod default/web`
    pub title: String,
    /// The file it is from
    pub source: String,
    /// Its place in the file
    pub place: Place,
    /// Whether any exported webhook rule matches
    pub asked: Asked,
}

/// Whether a policy for images is asked about an object
///
/// Settings may name further kinds; every command asks about those whatever stands here. A recorded request
/// was really asked, whatever its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// It is
    Yes,
    /// Of a kind that the policy does not read and in which nothing names an image: no exported rule sends it
    IfStrict,
    /// A manifest of a well-known kind that brings in no image, as stands beside workloads
    No,
}

impl Request {
    /// Whether the exported webhook rules of these settings match the object.
    #[must_use]
    pub fn is_asked(&self, settings: &Value, strict_kinds: bool) -> bool {
        match self.asked {
            Asked::Yes => true,
            Asked::IfStrict if strict_kinds => true,
            Asked::IfStrict | Asked::No => is_named_in(settings, &self.request),
        }
    }

    /// Sets the document of its place.
    pub(super) fn in_document(mut self, index: usize) -> Self {
        self.place.document = index;
        self
    }
}

/// Whether `workloads` of the settings lists the kind of a request.
fn is_named_in(settings: &Value, request: &Value) -> bool {
    let kind = |field: &str| request.get("kind").and_then(|kind| kind.get(field));
    let workloads = settings.get("workloads").and_then(Value::as_array);
    workloads.into_iter().flatten().any(|workload| {
        ["group", "kind"]
            .iter()
            .all(|field| workload.get(*field) == kind(field))
    })
}

/// Why a part of a document is no object that can be judged
#[derive(Debug)]
pub(crate) enum Problem {
    /// Without `kind` and other fields of objects: it may be for another program
    WithoutKind(String),
    /// It claims to be one
    Malformed(String),
}

/// Takes each object, or why it is none: one that is none must not hide the others
pub(super) type Visit<'v> = dyn FnMut(Result<Request, Problem>) + 'v;

/// Visits the requests of one document. Each has its place in this document; the caller knows which one it is.
pub(super) fn from_document(
    document: Value,
    namespace: Option<&str>,
    source: &str,
    visit: &mut Visit<'_>,
) {
    let Value::Object(mut object) = document else {
        let expected = "expected a Kubernetes object, a list of them, or an admission request";
        return visit(Err(Problem::WithoutKind(foreign::or(&document, expected))));
    };
    // A manifest is never anything else, whatever other keys its author put into it.
    let is_manifest = object.get("kind").is_some_and(Value::is_string);
    if list::has_items(&object) {
        let of_request = ["request", "kind", "operation"];
        if !is_manifest && of_request.iter().any(|key| object.contains_key(*key)) {
            return visit(Err(Problem::Malformed(list::both("AdmissionRequest"))));
        }
        return from_manifests(object, "", namespace, source, visit);
    }
    let is_review = is(&object, "kind", "AdmissionReview");
    if is_review || (!is_manifest && object.contains_key("request")) {
        let request = object.remove("request").unwrap_or_default();
        let Value::Object(request) = request else {
            let problem = "the AdmissionReview has no `request`";
            return visit(Err(Problem::Malformed(problem.into())));
        };
        return visit(Ok(recorded(request, "/request/object", source)));
    }
    if !is_manifest && (object.contains_key("kind") || object.contains_key("operation")) {
        return visit(Ok(recorded(object, "/object", source)));
    }
    from_manifests(object, "", namespace, source, visit);
}

/// Visits the requests of a manifest, or of each item of a list; `pointer` is that of the first.
pub(super) fn from_manifests(
    object: Map<String, Value>,
    pointer: &str,
    namespace: Option<&str>,
    source: &str,
    visit: &mut Visit<'_>,
) {
    list::each(object, pointer, &mut |pointer, object| {
        let read = object.map_err(Problem::Malformed);
        let read = read.and_then(|object| manifest(object, pointer, namespace, source));
        visit(read.map_err(|problem| problem.at(pointer)));
    });
}

impl Problem {
    /// Adds the place in the document.
    pub(super) fn at(self, pointer: &str) -> Self {
        let indices = pointer.split("/items/").skip(1);
        let place: Vec<_> = indices.map(|index| format!("items[{index}]")).collect();
        if place.is_empty() {
            return self;
        }
        // A list says what it is of.
        let (Self::WithoutKind(text) | Self::Malformed(text)) = self;
        Self::Malformed(format!("{}: {text}", place.join(".")))
    }
}

fn is(object: &Map<String, Value>, key: &str, expected: &str) -> bool {
    object.get(key).and_then(Value::as_str) == Some(expected)
}

fn recorded(request: Map<String, Value>, pointer: &str, source: &str) -> Request {
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
        place: Place::at(pointer),
        asked: Asked::Yes,
    }
}

const WITHOUT_KIND: &str = "expected an object with `apiVersion` and `kind`";

/// A manifest becomes the request that creates it, in the namespace that kubectl would choose.
fn manifest(
    object: Map<String, Value>,
    pointer: &str,
    namespace: Option<&str>,
    source: &str,
) -> Result<Request, Problem> {
    let text = |key: &str| object.get(key).and_then(Value::as_str);
    let (kind, api_version) = match (text("kind"), text("apiVersion")) {
        (Some(kind), Some(version)) => (kind, version),
        // A chart, for example, says a version.
        (None, _)
            if !["metadata", "spec"]
                .iter()
                .any(|key| object.contains_key(*key)) =>
        {
            let problem = foreign::or(&Value::Object(object), WITHOUT_KIND);
            return Err(Problem::WithoutKind(problem));
        }
        _ => return Err(Problem::Malformed(WITHOUT_KIND.into())),
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
    let asked = kinds::asked(group, kind, &object);
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
        place: Place::at(pointer),
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
