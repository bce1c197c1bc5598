use std::fs;

use serde_json::json;

use super::*;
use crate::offline_host::request::{GET_RESOURCE, MANIFEST_DIGEST};

fn request(kind: &str, fields: Value) -> Request {
    let Value::Object(fields) = fields else {
        panic!("an object")
    };
    Request::new(kind, fields)
}

fn written(exchanges: &[Exchange]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recording.yaml");
    write(&path, exchanges).unwrap();
    fs::read_to_string(path).unwrap()
}

fn replay(text: &str) -> Result<Replay, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recording.yaml");
    fs::write(&path, text).unwrap();
    Replay::open(&path).map_err(|error| error.to_string())
}

#[test]
fn a_recording_looks_like_this() {
    let attestation = json!({"api_version": "countersign.dev/v1", "kind": "Attestation",
        "name": "sha256-1", "namespace": "build", "disable_cache": false,
        "field_masks": ["spec.b", "spec.a", "spec.b"]});
    let exchanges = [
        Exchange::new(
            request(GET_RESOURCE, attestation.clone()),
            &Ok(r#"{"it's":"here"}"#.into()),
        ),
        Exchange::new(
            request(MANIFEST_DIGEST, json!({"image": "a.example/b:1"})),
            &Err(Failure::new("gone").caused_by("what a recording leaves out".into())),
        ),
    ];
    let expected = r#"- type: Exchange
  request: |
    !KubernetesGetResource
    api_version: "countersign.dev/v1"
    kind: "Attestation"
    name: "sha256-1"
    namespace: "build"
    disable_cache: false
    field_masks: ["spec.a","spec.b"]
  response:
    type: Success
    payload: '{"it''s":"here"}'
- type: Exchange
  request: |
    !OciManifestDigest
    image: "a.example/b:1"
  response:
    type: Error
    message: 'gone'
"#;
    assert_eq!(written(&exchanges), expected);
    let replay = replay(expected).unwrap();
    let answer = replay.answer(&request(GET_RESOURCE, attestation));
    assert_eq!(answer, Ok(r#"{"it's":"here"}"#.into()));
}

/// Taken from recordings of kwctl, among them those of its own tests.
#[test]
fn recordings_of_kwctl_are_read() {
    let text = r#"---
- type: Exchange
  request: |
    !KubernetesGetResource
    api_version: v1
    kind: Namespace
    name: test-policy
    namespace: null
    disable_cache: false
  response:
    type: Error
    message: Cannot find v1/Namespace named 'test-policy' inside of namespace 'None'
- type: Exchange
  request: |
    !KubernetesListResourceAll
    api_version: networking.k8s.io/v1
    kind: Ingress
    label_selector: null
    field_selector: null
  response:
    type: Success
    payload: |
      {
        "items":[]
      }
- type: Exchange
  request: |
    !OciManifestDigest
    image: docker.io/library/busybox:1.36
  response:
    type: Success
    payload: '{"digest":"sha256:7edf5efe6b86dbf01ccc3c76b32a37a8e23b84e6bad81ce8ae8c221fa456fda8"}'
- type: Exchange
  request: |
    !DNSLookupHost
    host: google.com
  response:
    type: Success
    payload: '{"ips":["2607:f8b0:4020:801::200e","142.250.142.142"]}'
"#;
    let replay = replay(text).unwrap();
    let namespace = json!({"api_version": "v1", "kind": "Namespace", "name": "test-policy",
        "namespace": null, "disable_cache": false, "field_masks": null});
    assert_eq!(
        replay
            .answer(&request(GET_RESOURCE, namespace))
            .unwrap_err()
            .message(),
        "Cannot find v1/Namespace named 'test-policy' inside of namespace 'None'"
    );
    let ingresses = json!({"kind": "Ingress", "api_version": "networking.k8s.io/v1"});
    let answer = replay.answer(&request("KubernetesListResourceAll", ingresses));
    assert_eq!(answer.unwrap(), "{\n  \"items\":[]\n}\n");
    let busybox = json!({"image": "docker.io/library/busybox:1.36"});
    let answer = replay.answer(&request(MANIFEST_DIGEST, busybox)).unwrap();
    assert!(
        answer.starts_with(r#"{"digest":"sha256:7edf5efe"#),
        "{answer}"
    );
    let google = json!({"host": "google.com"});
    assert!(replay.answer(&request("DNSLookupHost", google)).is_ok());
}

#[test]
fn requests_are_equal_whatever_is_left_out_or_comes_first() {
    let identity = |fields| request(GET_RESOURCE, fields).identity();
    let full = json!({"name": "a", "namespace": null, "disable_cache": false,
        "field_masks": ["b", "a"], "nested": {"x": 1, "y": 2}});
    let short = json!({"nested": {"y": 2, "x": 1}, "field_masks": ["a", "b"], "name": "a"});
    assert_eq!(identity(full), identity(short.clone()));
    for (field, value) in [
        ("name", json!("b")),
        ("disable_cache", json!(true)),
        ("namespace", json!("a")),
        ("field_masks", json!(["a"])),
    ] {
        let mut other = short.clone();
        other[field] = value;
        assert_ne!(identity(short.clone()), identity(other), "{field}");
    }
}

#[test]
fn answers_to_one_request_come_in_their_order_and_the_last_stays() {
    let asked = || request(MANIFEST_DIGEST, json!({"image": "a"}));
    let exchanges = ["1", "2"].map(|answer| Exchange::new(asked(), &Ok(answer.into())));
    let replay = replay(&written(&exchanges)).unwrap();
    for expected in ["1", "2", "2"] {
        assert_eq!(replay.answer(&asked()).as_deref(), Ok(expected));
    }
}

/// Characters that YAML does not allow, takes for a line break, or gives a meaning.
#[test]
fn every_text_survives() {
    for text in [
        "",
        " ",
        "a'b",
        "'",
        "\"\\",
        "a\nb\r\n",
        "\t",
        "\0\u{1}\u{1b}",
        "\u{7f}\u{85}\u{a0}",
        "\u{2028}x\u{2029}",
        "\u{feff}a",
        "\u{fffe}\u{ffff}",
        "😀é",
        "#a: b",
        "- x",
        "null",
        "!tag",
        "%",
        "---",
    ] {
        let asked = request(
            MANIFEST_DIGEST,
            json!({"image": text, "map": {"key": text}}),
        );
        let exchange = [
            Exchange::new(asked.clone(), &Ok(text.into())),
            Exchange::new(asked.clone(), &Err(Failure::new(text))),
        ];
        let replay = replay(&written(&exchange)).unwrap();
        assert_eq!(replay.answer(&asked).as_deref(), Ok(text), "{text:?}");
        assert_eq!(
            replay.answer(&asked).unwrap_err().message(),
            text,
            "{text:?}"
        );
    }
}

#[test]
fn a_recording_without_requests_is_one() {
    assert_eq!(written(&[]), "[]\n");
    assert!(replay("[]\n").is_ok());
}

#[test]
fn what_is_no_recording_is_refused_with_the_place() {
    for (text, problem) in [
        ("", "it is not one list"),
        ("a: 1", "it is not one list"),
        ("- a: 1", "exchange 1: missing field `request`"),
        (
            "- request: '!A {b: c}'\n  response: {type: Maybe}",
            "exchange 1: unknown variant `Maybe`",
        ),
        (
            "- request: 'A {b: c}'\n  response: {type: Success, payload: a}",
            "does not begin with a kind",
        ),
        (
            "- request: '!A 1'\n  response: {type: Success, payload: a}",
            "has no fields",
        ),
        (
            "- request: \"!A b: c\\nb: d\"\n  response: {type: Success, payload: a}",
            "duplicate",
        ),
    ] {
        let error = replay(text).unwrap_err();
        assert!(
            error.contains("recording.yaml`: ") && error.contains(problem),
            "{error}"
        );
    }
    let error = Replay::open(Path::new("missing.yaml"))
        .unwrap_err()
        .to_string();
    assert!(error.contains("`missing.yaml`"), "{error}");
}
