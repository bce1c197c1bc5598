use std::fs;

use serde_json::json;

use super::*;

fn ask(
    evidence: &OfflineHost,
    operation: &str,
    payload: &serde_json::Value,
) -> Result<String, String> {
    let (namespace, operation) = operation.split_once('/').unwrap();
    let answer = evidence.call(&HostCall {
        binding: "kubewarden".into(),
        namespace: namespace.into(),
        operation: operation.into(),
        payload: payload.to_string().into_bytes(),
    });
    answer.map(|bytes| String::from_utf8(bytes).unwrap())
}

fn get(name: &str) -> serde_json::Value {
    json!({"api_version": "v1", "kind": "Secret", "name": name, "namespace": "a",
        "disable_cache": false, "field_masks": ["data"]})
}

#[test]
fn a_replay_of_a_recording_answers_alike() {
    let folder = tempfile::tempdir().unwrap();
    let manifest =
        "{apiVersion: v1, kind: Secret, metadata: {namespace: a, name: b}, data: {c: d}}";
    fs::write(
        folder.path().join("secret.yaml"),
        format!("# YAML\n{manifest}"),
    )
    .unwrap();
    let path = folder.path().join("recording");
    let evidence = OfflineHost::from_folders(Some(Cluster::open(folder.path()).unwrap()), None)
        .recording_to(path.clone());
    let found = ask(&evidence, "kubernetes/get_resource", &get("b")).unwrap();
    let missing = ask(&evidence, "kubernetes/get_resource", &get("x")).unwrap_err();
    let refused = ask(&evidence, "oci/v1/manifest_digest", &json!("nginx")).unwrap_err();
    assert!(refused.contains("--registry DIR"), "{refused}");
    evidence.save().unwrap();

    let evidence = OfflineHost::from_recording(Replay::open(&path).unwrap());
    assert_eq!(
        ask(&evidence, "kubernetes/get_resource", &get("x")),
        Err(missing)
    );
    assert_eq!(
        ask(&evidence, "kubernetes/get_resource", &get("b")),
        Ok(found)
    );
    assert_eq!(
        ask(&evidence, "oci/v1/manifest_digest", &json!("nginx")),
        Err(refused)
    );
    let unasked = ask(&evidence, "kubernetes/get_resource", &get("y")).unwrap_err();
    assert!(
        unasked.contains("no answer is recorded for KubernetesGetResource")
            && unasked.contains("\"name\":\"y\""),
        "{unasked}"
    );
}

#[test]
fn a_verification_is_recorded_like_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("oci-layout"),
        r#"{"imageLayoutVersion":"1.0.0"}"#,
    )
    .unwrap();
    let index = r#"{"schemaVersion":2,"manifests":[]}"#;
    fs::write(folder.path().join("index.json"), index).unwrap();
    let path = folder.path().join("recording");
    let registry = Registry::open(folder.path()).unwrap();
    let evidence = OfflineHost::from_folders(None, Some(registry)).recording_to(path.clone());
    let question = json!({"type": "SigstorePubKeyVerify", "image": "a.example/b:1",
        "pub_keys": ["-----BEGIN\n"], "annotations": null});
    let refused = ask(&evidence, "oci/v2/verify", &question).unwrap_err();
    evidence.save().unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("    !SigstorePubKeyVerify\n"), "{text}");
    let evidence = OfflineHost::from_recording(Replay::open(&path).unwrap());
    assert_eq!(ask(&evidence, "oci/v2/verify", &question), Err(refused));
}

#[test]
fn a_recording_that_has_to_be_nowhere_is_not_saved() {
    OfflineHost::from_folders(None, None).save().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let evidence = OfflineHost::from_folders(None, None).recording_to(folder.path().to_owned());
    let error = evidence.save().unwrap_err().to_string();
    assert!(error.starts_with("cannot write `"), "{error}");
}

#[test]
fn what_kubewarden_does_not_know_has_its_words() {
    let evidence = OfflineHost::from_folders(None, None);
    for (operation, error) in [
        ("kubernetes/delete", "unknown operation: delete"),
        ("oci/v9/verify", "unknown operation: v9/verify"),
        ("cache/get", "unknown namespace: cache"),
    ] {
        assert_eq!(ask(&evidence, operation, &json!({})), Err(error.into()));
    }
    for (binding, operation, error) in [
        ("other", "get_resource", "unknown binding: other"),
        (
            "countersign",
            "get_resource",
            "unknown operation: get_resource",
        ),
    ] {
        let call = HostCall {
            binding: binding.into(),
            namespace: "kubernetes".into(),
            operation: operation.into(),
            payload: Vec::new(),
        };
        assert_eq!(evidence.call(&call), Err(error.into()));
    }
}

#[test]
fn what_cannot_be_answered_names_the_option_that_would() {
    let evidence = OfflineHost::from_folders(None, None);
    for (operation, payload, option) in [
        ("kubernetes/get_resource", get("b"), "--kubernetes DIR"),
        ("oci/v1/oci_manifest", json!("nginx"), "--registry DIR"),
        (
            "oci/v2/verify",
            json!({"type": "SigstorePubKeyVerify", "image": "a"}),
            "--registry DIR",
        ),
        (
            "oci/v2/verify",
            json!({"type": "SigstoreKeylessVerify", "image": "a"}),
            "only SigstorePubKeyVerify; give a recording with --replay FILE",
        ),
        (
            "net/v1/dns_lookup_host",
            json!("example.com"),
            "--replay FILE",
        ),
    ] {
        let error = ask(&evidence, operation, &payload).unwrap_err();
        assert!(
            error.starts_with("Callback evaluation failure: ") && error.ends_with(option),
            "{operation}: {error}"
        );
    }
}

#[test]
fn a_payload_of_another_shape_is_an_error() {
    let evidence = OfflineHost::from_folders(Some(Cluster::default()), None);
    for (operation, payload) in [
        ("kubernetes/get_resource", json!("nginx")),
        ("kubernetes/get_resource", json!({"api_version": "v1"})),
        ("oci/v1/oci_manifest", json!({"image": "nginx"})),
        ("oci/v2/verify", json!({"image": "nginx"})),
    ] {
        assert!(
            ask(&evidence, operation, &payload).is_err(),
            "{operation} {payload}"
        );
    }
}

#[test]
fn log_messages_are_taken_and_dropped() {
    let evidence = OfflineHost::from_folders(None, None);
    assert_eq!(ask(&evidence, "tracing/log", &json!({})), Ok(String::new()));
}
