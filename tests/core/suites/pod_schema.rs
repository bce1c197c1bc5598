//! Walks the published schema of a pod spec for fields that name images. A field of a newer
//! Kubernetes that the one iterator does not know fails here.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::PodSpec;
use policy_wasm::request::FieldKind;
use serde_json::Value;

/// Fields that are called images and name no container image.
const NO_CONTAINER_IMAGES: &[&str] = &[
    "volumes.rbd.image", // a block device image in a Ceph pool
];

#[test]
fn pod_schema_enumeration() {
    let schema = schemars::schema_for!(PodSpec).to_value();
    let mut found = BTreeSet::new();
    walk(&schema, &schema, "", 0, &mut found);
    let known: BTreeSet<_> = FieldKind::ALL
        .iter()
        .map(|(_, list, field)| format!("{list}.{field}"))
        .chain(NO_CONTAINER_IMAGES.iter().map(|path| (*path).to_owned()))
        .collect();
    assert_eq!(found, known);
}

/// Collects string fields that are called `image`, and all string fields of an object that is.
fn walk(root: &Value, schema: &Value, path: &str, depth: usize, found: &mut BTreeSet<String>) {
    assert!(depth < 30, "a schema without end at {path}");
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let target = root
            .pointer(reference.trim_start_matches('#'))
            .expect("a definition");
        return walk(root, target, path, depth + 1, found);
    }
    for part in ["allOf", "anyOf", "oneOf"] {
        for schema in schema
            .get(part)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            walk(root, schema, path, depth + 1, found);
        }
    }
    if let Some(items) = schema.get("items") {
        walk(root, items, path, depth + 1, found);
    }
    for (name, field) in schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let path = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        let in_image = path.contains("image.") && name == "reference";
        if (name == "image" && is_text(field)) || in_image {
            found.insert(path);
        } else {
            walk(root, field, &path, depth + 1, found);
        }
    }
}

fn is_text(schema: &Value) -> bool {
    match schema.get("type") {
        Some(Value::String(one)) => one == "string",
        Some(Value::Array(many)) => many.contains(&"string".into()),
        _ => false,
    }
}
