//! Makes the request of a case: from a few words, or from a file beside the suite.

use std::path::Path;

use policy_lint::suite::{Inline, Kind, Request};
use serde_json::{Map, Value, json};

use crate::attest::store::annotation::ANNOTATION;
use crate::inputs;
use crate::terminal;

/// The admission request of a case, with envelopes in the annotation of its Pod.
///
/// # Errors
///
/// Says why there is none.
pub(super) fn make(
    request: &Request,
    folder: &Path,
    envelopes: &[String],
) -> Result<Value, String> {
    let mut made = match request {
        Request::Inline(inline) => from_words(inline)?,
        Request::File {
            path, namespace, ..
        } => from_file(&folder.join(path), namespace.as_deref())?,
    };
    if !envelopes.is_empty() {
        annotate(&mut made, &envelopes.join(","))?;
    }
    Ok(made)
}

fn from_file(path: &Path, namespace: Option<&str>) -> Result<Value, String> {
    let requests = inputs::requests(path, namespace).map_err(|error| error.to_string())?;
    match <[inputs::Request; 1]>::try_from(requests) {
        Ok([request]) => {
            let own = |pointer| request.request.pointer(pointer).and_then(Value::as_str);
            let said = [own("/namespace"), own("/object/metadata/namespace")];
            let other = said
                .into_iter()
                .flatten()
                .find(|own| namespace.is_some_and(|it| it != *own));
            match other {
                Some(own) => Err(format!(
                    "`{}` already has the namespace `{own}`",
                    terminal::shown(path)
                )),
                None => Ok(request.request),
            }
        }
        Err(requests) => Err(format!(
            "`{}` has {} objects, and a case needs exactly one",
            terminal::shown(path),
            requests.len()
        )),
    }
}

fn from_words(inline: &Inline) -> Result<Value, String> {
    let object = object(inline, &inline.images);
    let mut request = inputs::request_of(object, &inline.namespace)?;
    if let (Some(old), Some(fields)) = (&inline.update_from, request.as_object_mut()) {
        fields.insert("operation".into(), "UPDATE".into());
        fields.insert("oldObject".into(), self::object(inline, old).into());
    }
    Ok(request)
}

fn object(inline: &Inline, images: &[String]) -> Map<String, Value> {
    let Kind {
        group,
        version,
        kind,
        template,
    } = inline.kind;
    let api_version = if group.is_empty() {
        version.to_owned()
    } else {
        format!("{group}/{version}")
    };
    let mut metadata = Map::new();
    for (key, texts) in [
        ("labels", &inline.labels),
        ("annotations", &inline.annotations),
    ] {
        if !texts.is_empty() {
            metadata.insert(key.into(), json!(texts));
        }
    }
    let mut object = Map::new();
    object.insert("apiVersion".into(), api_version.into());
    object.insert("kind".into(), kind.into());
    let own = json!({"name": "case", "namespace": inline.namespace});
    object.insert("metadata".into(), own.clone());
    if let ([], Value::Object(own)) = (template, own) {
        metadata.extend(own);
    }
    let pod = json!({"metadata": metadata, "spec": spec(inline, images)});
    // From the Pod outwards.
    let steps = template.iter().rev();
    let whole = steps.fold(pod, |inner, step| json!({*step: inner}));
    if let Value::Object(fields) = whole {
        object.extend(fields);
    }
    object
}

fn spec(inline: &Inline, images: &[String]) -> Value {
    let mut spec = Map::new();
    if let Some(account) = &inline.service_account {
        spec.insert("serviceAccountName".into(), account.as_str().into());
    }
    let lists = [
        ("containers", "app", images),
        ("initContainers", "init", &inline.init_images[..]),
        ("ephemeralContainers", "debug", &inline.ephemeral_images[..]),
    ];
    for (field, name, images) in lists {
        let containers = (0_usize..)
            .zip(images)
            .map(|(index, image)| json!({"name": format!("{name}-{index}"), "image": image}));
        let containers: Vec<_> = containers.collect();
        if !containers.is_empty() || field == "containers" {
            spec.insert(field.into(), containers.into());
        }
    }
    let volumes = (0_usize..).zip(&inline.volume_images).map(
        |(index, image)| json!({"name": format!("volume-{index}"), "image": {"reference": image}}),
    );
    let volumes: Vec<_> = volumes.collect();
    if !volumes.is_empty() {
        spec.insert("volumes".into(), volumes.into());
    }
    Value::Object(spec)
}

/// Adds envelopes to the annotation of the Pod, behind those that it carries.
fn annotate(request: &mut Value, envelopes: &str) -> Result<(), String> {
    let kind = request.pointer("/object/kind").and_then(Value::as_str);
    let kind = kind.unwrap_or_default().to_owned();
    let template = Kind::by_name(&kind)
        .ok_or_else(|| format!("the place of Pod annotations in a `{kind}` is unknown"))?
        .template;
    let mut pod = request.get_mut("object");
    for step in template {
        pod = pod.and_then(|object| object.get_mut(*step));
    }
    let pod = pod
        .and_then(Value::as_object_mut)
        .ok_or_else(|| format!("the `{kind}` has no Pod to annotate"))?;
    let metadata = fields(pod, "metadata")?;
    let annotations = fields(metadata, "annotations")?;
    let carried = annotations.get(ANNOTATION).and_then(Value::as_str);
    let all = match carried {
        Some(carried) => format!("{carried},{envelopes}"),
        None => envelopes.to_owned(),
    };
    annotations.insert(ANNOTATION.into(), all.into());
    Ok(())
}

/// The object under a key, made where there is none.
fn fields<'v>(
    object: &'v mut Map<String, Value>,
    key: &str,
) -> Result<&'v mut Map<String, Value>, String> {
    let value = object.entry(key).or_insert(Value::Null);
    if value.is_null() {
        *value = json!({});
    }
    value
        .as_object_mut()
        .ok_or_else(|| format!("`{key}` of its Pod is not an object"))
}
