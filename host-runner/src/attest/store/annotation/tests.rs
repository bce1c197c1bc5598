mod styles;

use std::fs;
use std::path::Path;

use policy_wasm::digest::Digest;
use serde_json::json;

use super::*;
use crate::attest::store::tests::{DIGEST, entry, envelope, occurrence};
use crate::inputs;

use styles::STYLES;

fn image() -> String {
    format!("registry.example/shop/web@{DIGEST}")
}

fn item(envelope: &Value) -> String {
    STANDARD.encode(envelope.to_string())
}

/// Puts in what placeholders stand for.
fn filled(text: &str, item: &str) -> String {
    text.replace("KEY", ANNOTATION)
        .replace("IMAGE", &image())
        .replace("OTHER", &self::item(&envelope("other", DIGEST)))
        .replace("ITEM", item)
}

/// Adds an envelope where the image is its own.
fn add_own(text: &str, entry: &Entry, workloads: &Value) -> Result<(String, Change), String> {
    add_to(text, entry, &entry.digest, workloads)
}

#[test]
fn a_manifest_keeps_its_style() {
    let entry = entry(envelope("build", DIGEST));
    let item = item(&entry.document);
    for (name, before, after) in STYLES {
        for eol in ["\n", "\r\n"] {
            let before = filled(before, "").replace('\n', eol);
            let after = filled(after, &item).replace('\n', eol);
            let (text, change) = add_own(&before, &entry, &Value::Null).expect(name);
            assert_eq!(
                (text.as_str(), change),
                (after.as_str(), Change::Added),
                "{name}"
            );
            let again = add_own(&text, &entry, &Value::Null).unwrap();
            assert_eq!(again, (text, Change::Unchanged), "{name}");
        }
    }
}

#[test]
fn a_manifest_is_the_same_but_for_the_annotation() {
    let entry = entry(envelope("build", DIGEST));
    for (name, before, _) in STYLES {
        let before = filled(before, "");
        let (after, _) = add_own(&before, &entry, &Value::Null).unwrap();
        let mut values = [before, after].map(|text| inputs::parse(&text).unwrap());
        values.iter_mut().flatten().for_each(forget);
        let [before, after] = values;
        assert_eq!(before, after, "{name}");
    }
}

/// Takes out the annotation, and what may have come into being for it.
fn forget(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(forget),
        Value::Object(fields) => {
            fields.shift_remove(ANNOTATION);
            fields.values_mut().for_each(forget);
            fields.retain(|key, value| {
                let is_empty = value.is_null() || *value == json!({});
                !(is_empty && ["annotations", "metadata"].contains(&key.as_str()))
            });
        }
        _ => {}
    }
}

#[test]
fn every_fixture_can_be_annotated() {
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies");
    let mut annotated = 0;
    for path in inputs::files(&policies).unwrap() {
        if !path.parent().unwrap().ends_with("fixtures") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let Some(start) = text.find("sha256:") else {
            let error =
                add_own(&text, &entry(envelope("build", DIGEST)), &Value::Null).unwrap_err();
            assert!(error.contains("its images are"), "{error}");
            continue;
        };
        let digest = text.get(start..start + 71).unwrap();
        let mut entry = entry(envelope("build", digest));
        entry.digest = Digest::parse(digest).unwrap();
        let (after, change) = add_own(&text, &entry, &Value::Null).unwrap();
        assert_eq!(change, Change::Added, "{}", path.display());
        // Every line is still there, and in one with attestations there is one more.
        let mut lines = after.lines();
        let stays = |line: &str| lines.any(|after| after.starts_with(line));
        assert!(text.lines().all(stays), "{after}");
        annotated += 1;
    }
    assert!(annotated > 5, "{annotated}");
}

#[test]
fn signing_again_replaces_in_place_and_keeps_the_rest() {
    let (old, new) = (envelope("build", DIGEST), {
        let mut new = envelope("build", DIGEST);
        new["signatures"][0]["sig"] = "TkVX".into();
        new
    });
    let other = envelope("qa", DIGEST);
    let before = format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\n    {ANNOTATION}: \"a%, {} ,,{}\"\nspec: {{containers: [{{image: {}}}]}}\n",
        item(&old),
        item(&other),
        image()
    );
    let (after, change) = add_own(&before, &entry(new.clone()), &Value::Null).unwrap();
    assert_eq!(change, Change::Replaced);
    let expected = format!("\"a%,{},{}\"", item(&new), item(&other));
    assert!(after.contains(&expected), "{after}");
    let (same, change) = add_own(&before, &entry(other), &Value::Null).unwrap();
    assert_eq!((same, change), (before, Change::Unchanged));
}

#[test]
fn only_pods_with_the_image_are_annotated() {
    let pod = |name: &str, image: &str| {
        format!(
            "---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: {name}\nspec:\n  containers:\n  - image: {image}\n"
        )
    };
    let other = image().replace("11", "22");
    let text = pod("a", &other) + &pod("b", &format!("web:1@{DIGEST}")) + &pod("c", "web:1");
    let (after, _) = add_own(&text, &entry(envelope("build", DIGEST)), &Value::Null).unwrap();
    let values = inputs::parse(&after).unwrap();
    let has = |index: usize| !values[index]["metadata"]["annotations"].is_null();
    assert_eq!([has(0), has(1), has(2)], [false, true, false], "{after}");
}

#[test]
fn what_cannot_be_changed_alone_is_refused() {
    let pod = |rest: &str| filled(&format!("apiVersion: v1\nkind: Pod\n{rest}"), "");
    let spec = "spec: {containers: [{image: IMAGE}]}\n";
    for (text, problem) in [
        (
            pod("metadata: {name: a}\nspec: {containers: [{image: b@x}, {image: c}]}\n"),
            "no Pod in it has an image with sha256:1111111111111111111111111111111111111111111111111111111111111111; its images are `b@x`, `c`",
        ),
        (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n".into(),
            "it has no images",
        ),
        ("a: 1\n".into(), "expected manifests"),
        ("- 1\n".into(), "expected Kubernetes objects"),
        ("a: [\n".into(), "at line 1"),
        (
            filled(
                "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {template: {spec: {containers: []}}}}",
                "",
            ),
            "Deployment a: The request object could not be decoded",
        ),
        (
            filled(
                "{apiVersion: serving.knative.dev/v1, kind: Revision, metadata: {name: a}, spec: {containers: [{image: IMAGE}]}}",
                "",
            ),
            "no policy reads the annotations of a Revision",
        ),
        (
            pod(&format!("metadata: {{annotations: a}}\n{spec}")),
            "Pod: The request object could not be decoded",
        ),
        (
            pod(&format!("metadata: [a]\n{spec}")),
            "could not be decoded",
        ),
        (
            pod(&format!("metadata: {{annotations: {{KEY: [a]}}}}\n{spec}")),
            "could not be decoded",
        ),
        (
            pod(&format!(
                "metadata:\n  labels: &a {{b: c}}\n  annotations: *a\n{spec}"
            )),
            "`annotations` is an alias of what stands elsewhere; print it with",
        ),
        (
            pod(&format!(
                "metadata:\n  labels: &a {{b: c}}\n  annotations:\n    <<: *a\n    d: e\n{spec}"
            )),
            "`annotations` is merged from what stands elsewhere (`<<`); print",
        ),
        (
            pod(&format!(
                "metadata:\n  annotations: &a {{b: c}}\n  labels: *a\n{spec}"
            )),
            "the annotation cannot be added without changing other parts",
        ),
        (
            filled(
                "apiVersion: v1\nkind: List\nitems:\n- &a\n  apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n  spec: {containers: [{image: IMAGE}]}\n- *a\n",
                "",
            ),
            "is an alias of what stands elsewhere",
        ),
        (
            pod(&format!("? metadata\n: name: a\n{spec}")),
            "print it with `--format annotation` and add it manually",
        ),
    ] {
        let error = add_own(&text, &entry(envelope("build", DIGEST)), &Value::Null).unwrap_err();
        assert!(error.contains(problem), "{text}\n{error}");
    }
}

#[test]
fn an_occurrence_is_no_envelope() {
    let error = add_own("", &entry(occurrence("build", DIGEST)), &Value::Null).unwrap_err();
    assert_eq!(
        error,
        "an annotation holds only DSSE envelopes; sign with --envelope"
    );
}

#[test]
fn more_than_a_policy_reads_is_refused() {
    let with = |items: Vec<String>| {
        let items = items.join(",");
        filled(
            &format!(
                "apiVersion: v1\nkind: Pod\nmetadata: {{annotations: {{KEY: \"{items}\"}}}}\nspec: {{containers: [{{image: IMAGE}}]}}\n"
            ),
            "",
        )
    };
    let entry = entry(envelope("build", DIGEST));
    let other = DIGEST.replace('1', "2");
    let many = |count: usize, digest: &str| -> Vec<String> {
        (0..count)
            .map(|index| item(&envelope(&format!("k{index}"), digest)))
            .collect()
    };
    assert!(add_own(&with(many(255, &other)), &entry, &Value::Null).is_ok());
    let error = add_own(&with(many(256, &other)), &entry, &Value::Null).unwrap_err();
    assert!(
        error.starts_with("it already has 256 attestations"),
        "{error}"
    );
    let error = add_own(&with(many(100, DIGEST)), &entry, &Value::Null).unwrap_err();
    assert!(
        error.starts_with("it already has 100 attestations") && error.contains(DIGEST),
        "{error}"
    );
    let error = add_own(&with(vec!["a".repeat(256 << 10)]), &entry, &Value::Null).unwrap_err();
    assert!(error.contains("Kubernetes allows 262144"), "{error}");
}

#[test]
fn a_file_is_changed_only_where_something_changes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pod.yaml");
    let text = filled(STYLES[0].1, "");
    fs::write(&path, &text).unwrap();
    let entry = entry(envelope("build", DIGEST));
    assert_eq!(
        add(&path, &entry, &entry.digest, &Value::Null).unwrap(),
        Change::Added
    );
    let after = fs::read_to_string(&path).unwrap();
    assert_eq!(after, filled(STYLES[0].2, &item(&entry.document)));
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    // It is not even written.
    assert_eq!(
        add(&path, &entry, &entry.digest, &Value::Null).unwrap(),
        Change::Unchanged
    );
    let error = add(
        &folder.path().join("none.yaml"),
        &entry,
        &entry.digest,
        &Value::Null,
    )
    .unwrap_err()
    .to_string();
    assert!(error.starts_with("cannot read `"), "{error}");
    let error = add(Path::new("-"), &entry, &entry.digest, &Value::Null)
        .unwrap_err()
        .to_string();
    assert_eq!(error, "`-`: standard input cannot be changed; give a file");
}

#[test]
fn kinds_of_the_settings_are_read_and_others_are_named() {
    let rollout = format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {{name: x}}\nspec:\n  template:\n    \
         spec: {{containers: [{{name: a, image: \"registry.example/shop/web@{DIGEST}\"}}]}}\n"
    );
    let entry = entry(envelope("build", DIGEST));
    let error = add_own(&rollout, &entry, &Value::Null).unwrap_err();
    assert!(
        error.contains("no policy reads a Rollout unless"),
        "{error}"
    );
    let workloads = serde_json::json!([{"group": "argoproj.io", "kind": "Rollout", "podSpecs": ["spec.template.spec"]}]);
    let (after, change) = add_own(&rollout, &entry, &workloads).unwrap();
    assert_eq!(change, Change::Added);
    assert!(
        after.contains("binaryauthorization.googleapis.com/attestations"),
        "{after}"
    );
}
