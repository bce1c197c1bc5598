//! Pods and pod templates of a file that have an image. They are found by the policy's Decision, which lists all
//! image fields.

use alloc::collections::BTreeSet;

use policy_lint::source::Node;
use policy_wasm::decision::{Code, Decision};
use policy_wasm::digest::Digest;
use policy_wasm::evaluate::{Call, Extras};
use policy_wasm::evidence::NoLookup;
use policy_wasm::image::ImageReference;
use policy_wasm::time::NO_CLOCK;
use policy_wasm::{Budget, decide};
use serde_json::{Map, Value, json};

use super::super::Yaml;
use super::super::splice::Target;
use crate::fields::text;
use crate::inputs;
use crate::terminal::printable;

/// A Pod or pod template, by the place of its metadata
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Template {
    document: usize,
    /// From the document's root
    pointer: String,
}

impl Template {
    /// Its value in the documents.
    pub(super) fn value<'v>(&self, documents: &'v mut [Value]) -> Option<&'v mut Value> {
        documents.get_mut(self.document)?.pointer_mut(&self.pointer)
    }

    /// Its place in the text, and the key that it stands under.
    pub(super) fn target<'y>(&self, yaml: &'y Yaml) -> Option<Target<'y>> {
        let root = Target {
            key: None,
            node: yaml.documents.get(self.document)?,
        };
        let mut steps = self.pointer.split('/').skip(1);
        steps.try_fold(root, |Target { node, .. }, step| {
            match step.parse::<usize>() {
                Ok(index) => Some(Target {
                    key: None,
                    node: item(node, index)?,
                }),
                Err(_) => node.entry(step).map(|entry| Target {
                    key: Some(entry),
                    node: &entry.value,
                }),
            }
        })
    }
}

fn item(list: &Node, index: usize) -> Option<&Node> {
    list.items().get(index)
}

/// Finds those that have an image with a digest.
///
/// # Errors
///
/// There are none, or something in the file cannot be read as what it claims to be.
pub(super) fn with_image(
    documents: &[Value],
    digest: &Digest,
    workloads: &Value,
) -> Result<Vec<Template>, String> {
    let mut templates = Vec::new();
    let mut others = BTreeSet::new();
    let mut unread = BTreeSet::new();
    for (index, document) in documents.iter().enumerate() {
        let Value::Object(object) = document else {
            return Err("expected Kubernetes objects".into());
        };
        inputs::each_object_at(object.clone(), "", &mut |pointer, object| {
            let kind = text_of(&object, "kind");
            let is_other = inputs::is_without_images(&object);
            let decision = read(object, workloads)?;
            if decision.pods.is_empty() && !is_other {
                unread.insert(printable(&kind));
            }
            let fields = with_image_in(&decision, digest);
            others.extend(decision.images.iter().map(|image| image.image.clone()));
            for field in fields {
                if field == "spec" && kind != "Pod" {
                    let kind = printable(&kind);
                    return Err(format!(
                        "no policy reads the annotations of a {kind}; annotate the object that the {kind} is created from"
                    ));
                }
                // The metadata of a Pod to be stands beside its spec.
                let above = field.strip_suffix("spec").unwrap_or(field);
                let steps = above.split('.').filter(|step| !step.is_empty());
                let below: String = steps.map(|step| format!("/{step}")).collect();
                templates.push(Template {
                    document: index,
                    pointer: format!("{pointer}{below}"),
                });
            }
            Ok(())
        })?;
    }
    if templates.is_empty() {
        Err(not_there(digest, &others, &unread))
    } else {
        Ok(templates)
    }
}

/// Evaluates an object; returns `None` for objects that the policy does not read.
fn read(object: Map<String, Value>, workloads: &Value) -> Result<Decision, String> {
    let kind = text_of(&object, "kind");
    if kind.is_empty() || kind == "AdmissionReview" {
        return Err("expected manifests: objects with `apiVersion` and `kind`".into());
    }
    let metadata = object.get("metadata").unwrap_or(&Value::Null);
    let title = printable(format!("{kind} {}", text(metadata, "name")).trim_end());
    let namespace = match text(metadata, "namespace") {
        "" => "default".to_owned(),
        namespace => namespace.to_owned(),
    };
    let request = inputs::request_of(object, &namespace)?;
    let rule = json!({
        "evaluationMode": "ALWAYS_ALLOW",
        "enforcementMode": "ENFORCED_BLOCK_AND_AUDIT_LOG",
    });
    let mut settings = json!({"policy": {"defaultAdmissionRule": rule}});
    if let (Some(fields), false) = (settings.as_object_mut(), workloads.is_null()) {
        fields.insert("workloads".into(), workloads.clone());
    }
    let call = json!({"request": request, "settings": settings}).to_string();
    let budget = Budget::DEFAULT;
    let decision = match Call::parse(call.as_bytes(), Extras::Refused, &budget) {
        Ok(call) => decide(&call, NO_CLOCK, &mut NoLookup, &budget),
        Err(reason) => return Err(format!("{title}: {}", reason.message)),
    };
    match decision.reasons.first() {
        Some(reason) if decision.pods.is_empty() && reason.code != Code::UnsupportedObjectKind => {
            Err(format!("{title}: {}", reason.message))
        }
        _ => Ok(decision),
    }
}

/// Returns the paths of the pod specs with the image.
fn with_image_in<'d>(decision: &'d Decision, digest: &Digest) -> Vec<&'d str> {
    let has_image = |pod: usize| {
        decision.images.iter().any(|image| {
            let reference = ImageReference::parse(&image.image).ok();
            image.pod == pod && reference.and_then(|image| image.sha256()) == Some(*digest)
        })
    };
    let pods = decision.pods.iter().enumerate();
    pods.filter(|(index, _)| has_image(*index))
        .map(|(_, pod)| pod.field.as_str())
        .collect()
}

/// More would hide the sentence.
const MAX_SHOWN: usize = 10;

fn not_there(digest: &Digest, images: &BTreeSet<String>, unread: &BTreeSet<String>) -> String {
    let kinds: Vec<_> = unread.iter().map(String::as_str).collect();
    let not_read = match kinds.as_slice() {
        [] => String::new(),
        kinds => format!(
            "; no policy reads a {} unless `workloads` in its settings lists it",
            kinds.join(", a ")
        ),
    };
    if images.is_empty() {
        return format!("no Pod in it has an image with {digest}; it has no images{not_read}");
    }
    let shown: Vec<_> = images
        .iter()
        .take(MAX_SHOWN)
        .map(|image| format!("`{}`", printable(image)))
        .collect();
    let more = match images.len().saturating_sub(MAX_SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let shown = shown.join(", ");
    format!("no Pod in it has an image with {digest}; its images are {shown}{more}{not_read}")
}

fn text_of(object: &Map<String, Value>, key: &str) -> String {
    let text = object.get(key).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}
