use std::fs;
use std::time::Instant;

use serde_json::json;

use super::*;
use crate::offline_host::request::GET_RESOURCE;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn cluster(files: &[(&str, &str)]) -> Cluster {
    Cluster::open(folder(files).path()).unwrap()
}

fn request(name: &str, namespace: Option<&str>, masks: Option<&[&str]>) -> Request {
    let fields = json!({"api_version": "countersign.dev/v1", "kind": "Attestation", "name": name,
        "namespace": namespace, "disable_cache": false, "field_masks": masks});
    let Value::Object(fields) = fields else {
        panic!("an object")
    };
    Request::new(GET_RESOURCE, fields)
}

const ATTESTATION: &str = "apiVersion: countersign.dev/v1\nkind: Attestation\n\
    metadata: {namespace: build, name: a}\nspec: {attestations: [{x: 1}], z: 2}\n";

#[test]
fn an_object_is_found_by_version_kind_namespace_and_name() {
    let cluster = cluster(&[("a.yaml", ATTESTATION)]);
    let found = cluster
        .resource(&request("a", Some("build"), None))
        .unwrap();
    let found: Value = serde_json::from_str(&found).unwrap();
    assert_eq!(found["spec"], json!({"attestations": [{"x": 1}], "z": 2}));
    for (name, namespace) in [("b", Some("build")), ("a", Some("qa")), ("a", None)] {
        cluster
            .resource(&request(name, namespace, None))
            .unwrap_err();
    }
}

#[test]
fn a_mask_leaves_out_the_other_fields() {
    let cluster = cluster(&[("a.yaml", ATTESTATION)]);
    let masks: &[&str] = &["spec.attestations"];
    let found = cluster
        .resource(&request("a", Some("build"), Some(masks)))
        .unwrap();
    let found: Value = serde_json::from_str(&found).unwrap();
    assert_eq!(found["spec"], json!({"attestations": [{"x": 1}]}));
    assert_eq!(found["metadata"]["name"], "a");
}

#[test]
fn a_missing_object_is_missed_in_kubewardens_words() {
    let cluster = cluster(&[("a.yaml", ATTESTATION)]);
    for (namespace, shown) in [(Some("qa"), "Some(\"qa\")"), (None, "None")] {
        let error = cluster
            .resource(&request("a", namespace, None))
            .unwrap_err();
        let expected = format!(
            "Cannot find countersign.dev/v1/Attestation named 'a' inside of namespace '{shown}'"
        );
        assert_eq!(error.message(), expected);
    }
}

#[test]
fn lists_and_several_documents_in_yaml_and_json_are_read() {
    let list = r#"{"apiVersion": "countersign.dev/v1", "kind": "AttestationList", "items": [
        {"metadata": {"namespace": "build", "name": "b"}},
        {"metadata": {"namespace": "build", "name": "c"}}]}"#;
    let documents = format!(
        "{ATTESTATION}---\n---\n{}",
        ATTESTATION.replace("build", "qa")
    );
    let cluster = cluster(&[("list.json", list), ("several.yml", &documents)]);
    for (name, namespace) in [("a", "build"), ("a", "qa"), ("b", "build"), ("c", "build")] {
        cluster
            .resource(&request(name, Some(namespace), None))
            .unwrap();
    }
}

#[test]
fn an_object_without_a_namespace_belongs_to_the_whole_cluster() {
    let cluster = cluster(&[("a.yaml", &ATTESTATION.replace("namespace: build, ", ""))]);
    cluster.resource(&request("a", None, None)).unwrap();
    for namespace in ["", "default", "build"] {
        cluster
            .resource(&request("a", Some(namespace), None))
            .unwrap_err();
    }
}

#[test]
fn what_cannot_be_a_cluster_is_named() {
    let open = |path: &Path| Cluster::open(path).unwrap_err().to_string();
    assert_eq!(
        open(Path::new("missing")),
        "there is no directory `missing`"
    );
    for (text, problem) in [
        ("a: [", "not valid YAML"),
        ("- 1", "expected a Kubernetes object or a list of them"),
        (
            "kind: Pod",
            "expected objects with `apiVersion`, `kind` and `metadata.name`",
        ),
        (
            "{apiVersion: v1, kind: Pod, metadata: {generateName: a}}",
            "expected objects with",
        ),
        (
            "{apiVersion: v1, kind: List, items: [1]}",
            "an item of the list is not an object",
        ),
    ] {
        let folder = folder(&[
            ("good.yaml", ATTESTATION),
            ("bad.yaml", &format!("# YAML\n{text}")),
        ]);
        let error = open(folder.path());
        assert!(
            error.contains("bad.yaml`") && error.contains(problem),
            "{error}"
        );
    }
}

#[test]
fn an_empty_folder_is_a_cluster_in_which_nothing_is() {
    let cluster = Cluster::open(folder(&[]).path()).unwrap();
    assert!(cluster.objects.is_empty());
}

#[test]
fn an_object_that_is_there_twice_is_refused_with_both_files() {
    let folder = folder(&[("a.yaml", ATTESTATION), ("b.yaml", ATTESTATION)]);
    let error = Cluster::open(folder.path()).unwrap_err().to_string();
    for part in [
        "a.yaml`",
        "b.yaml`",
        "countersign.dev/v1 Attestation build/a",
        "keep one",
    ] {
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn a_hundred_thousand_objects_are_one_index() {
    let items: Vec<_> = (0..100_000)
        .map(|n| {
            format!(r#"{{"metadata":{{"namespace":"build","name":"a{n}"}},"spec":{{"n":{n}}}}}"#)
        })
        .collect();
    let list = format!(
        r#"{{"apiVersion":"countersign.dev/v1","kind":"AttestationList","items":[{}]}}"#,
        items.join(",")
    );
    let cluster = cluster(&[("list.json", &list)]);
    let started = Instant::now();
    for n in (0..100_000).step_by(100) {
        let found = cluster
            .resource(&request(&format!("a{n}"), Some("build"), None))
            .unwrap();
        assert!(found.contains(&format!("\"n\":{n}}}")), "{found}");
    }
    assert!(
        started.elapsed().as_secs() < 5,
        "a look-up reads no other object"
    );
}
