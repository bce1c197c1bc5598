//! The shipped waPC module and its host: what it asks, in which words, and that no answer, however
//! hostile, does more than refuse.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use core_tests::case::{A, B, image, one_container, outcome, pod, settings};
use core_tests::delivery::{
    Delivery, NAMESPACE, artifact, ask_registry, cosign_layer, cosign_payload, manifest, resource,
};
use core_tests::platform::{policy, sigstore};
use core_tests::signing::{SIMPLE_SIGNING, TestKey, envelope, note_name, payload};
use host_runner::engine::{
    Abi, Engine, EngineError, Host, HostCall, Limits, Operation, Policy, embedded, inspect,
};
use host_runner::offline_host::{Cluster, OfflineHost, Registry, Replay};
use policy_tests::modules;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const TAG: &str = "trusted.example/app:1";

/// A host that answers by a function, and remembers what it was asked
struct Double<F> {
    asked: Mutex<Vec<HostCall>>,
    answer: F,
}

type Answer = Result<Vec<u8>, String>;

impl<F: Fn(&HostCall) -> Answer + Send + Sync> Host for Double<F> {
    fn call(&self, call: &HostCall) -> Answer {
        self.asked.lock().unwrap().push(call.clone());
        (self.answer)(call)
    }
}

fn double<F: Fn(&HostCall) -> Answer + Send + Sync + 'static>(answer: F) -> Arc<Double<F>> {
    let asked = Mutex::default();
    Arc::new(Double { asked, answer })
}

fn module() -> Policy {
    let engine = modules::engine();
    engine.load(embedded(Abi::Wapc)).unwrap()
}

fn decide(host: &Arc<dyn Host>, call: &Value) -> Value {
    let answer = module().call_with_host(Operation::Decide, call.to_string().as_bytes(), host);
    serde_json::from_slice(&answer.unwrap()).unwrap()
}

fn base() -> Value {
    json!({"request": pod(one_container(&image())), "settings": settings()})
}

/// A call in which only the cluster is asked.
fn asks_cluster() -> Value {
    let mut call = base();
    Delivery::Kubernetes.deliver(&mut call, &[]);
    call.as_object_mut().unwrap().remove("evidence");
    call
}

/// A call in which only the registry is asked.
fn asks_registry() -> Value {
    let mut call = base();
    ask_registry(&mut call);
    call
}

/// A call in which a tag is resolved.
fn asks_tag() -> Value {
    let mut call = base();
    call["settings"]["resolveTags"] = true.into();
    call["settings"]["registries"] = json!(["trusted.example"]);
    call["request"] = pod(one_container(TAG));
    call
}

fn good() -> Value {
    let text = payload("trusted.example/app", A);
    envelope(&TestKey::new("a"), SIMPLE_SIGNING, &text)
}

/// Writes an OCI image layout that holds manifests under references.
fn write_layout(folder: &Path, manifests: &[(&str, Value)]) {
    fs::create_dir_all(folder.join("blobs/sha256")).unwrap();
    fs::write(
        folder.join("oci-layout"),
        r#"{"imageLayoutVersion":"1.0.0"}"#,
    )
    .unwrap();
    let mut index = Vec::new();
    for (reference, manifest) in manifests {
        let text = manifest.to_string();
        write_blob(folder, &text);
        index.push(json!({
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "digest": digest_of(&text), "size": text.len(),
            "annotations": {"org.opencontainers.image.ref.name": reference},
        }));
    }
    let index = json!({"schemaVersion": 2, "manifests": index});
    fs::write(folder.join("index.json"), index.to_string()).unwrap();
}

fn write_blob(folder: &Path, text: &str) {
    let digest = digest_of(text);
    let hex = digest.strip_prefix("sha256:").unwrap();
    fs::write(folder.join("blobs/sha256").join(hex), text).unwrap();
}

fn digest_of(text: &str) -> String {
    let bytes = Sha256::digest(text);
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

/// What cosign signs with `-a env=prod`.
fn annotated_payload(digest: &str) -> String {
    cosign_payload("trusted.example/app", digest).replace("null", r#"{"env":"prod"}"#)
}

fn complete(mut manifest: Value) -> Value {
    manifest["schemaVersion"] = 2.into();
    manifest["mediaType"] = "application/vnd.oci.image.manifest.v1+json".into();
    manifest["config"] = json!({
        "mediaType": "application/vnd.oci.empty.v1+json",
        "digest": format!("sha256:{}", "0".repeat(64)), "size": 2,
    });
    manifest
}

/// From folders that stand for a cluster and a registry, in Kubewarden's own words.
#[test]
fn the_module_finds_attestations_where_they_are() {
    let cluster = tempfile::tempdir().unwrap();
    let object = resource(&[good()]).to_string();
    fs::write(cluster.path().join("attestation.json"), object).unwrap();
    let registry = tempfile::tempdir().unwrap();
    let ours = manifest("countersign");
    write_layout(registry.path(), &[(&ours, complete(artifact(&[good()])))]);
    let cosigned = tempfile::tempdir().unwrap();
    let layer = cosign_layer(
        &TestKey::new("a"),
        &cosign_payload("trusted.example/app", A),
    );
    let theirs = manifest("sig");
    write_layout(
        cosigned.path(),
        &[(&theirs, complete(json!({"layers": [layer]})))],
    );

    let open_registry = |folder: &tempfile::TempDir| Registry::open(folder.path()).unwrap();
    for (call, source, evidence) in [
        (
            asks_cluster(),
            "kubernetes",
            OfflineHost::from_folders(Some(Cluster::open(cluster.path()).unwrap()), None),
        ),
        (
            asks_registry(),
            "registry",
            OfflineHost::from_folders(None, Some(open_registry(&registry))),
        ),
        (
            asks_registry(),
            "registry",
            OfflineHost::from_folders(None, Some(open_registry(&cosigned))),
        ),
    ] {
        let recording = tempfile::NamedTempFile::new().unwrap();
        let evidence = Arc::new(evidence.recording_to(recording.path().to_owned()));
        let host: Arc<dyn Host> = evidence.clone();
        let decision = decide(&host, &call);
        assert_eq!(outcome(&decision), "allow", "{decision:#}");
        let attestor = &decision["images"][0]["results"][0]["attestors"][0];
        assert_eq!(attestor["source"], source);

        evidence.save().unwrap();
        let replay = Replay::open(recording.path()).unwrap();
        let replayed: Arc<dyn Host> = Arc::new(OfflineHost::from_recording(replay));
        assert_eq!(decide(&replayed, &call), decision);
    }
}

/// An empty cluster and an empty registry are no failure: there just is no attestation.
#[test]
fn nothing_stored_is_a_refusal_and_no_error() {
    let (cluster, registry) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write_layout(registry.path(), &[]);
    let namespace = "{apiVersion: v1, kind: Namespace, metadata: {name: attest-a}}";
    fs::write(cluster.path().join("namespace.yaml"), namespace).unwrap();
    let host: Arc<dyn Host> = Arc::new(OfflineHost::from_folders(
        Some(Cluster::open(cluster.path()).unwrap()),
        Some(Registry::open(registry.path()).unwrap()),
    ));
    for call in [asks_cluster(), asks_registry()] {
        let decision = decide(&host, &call);
        assert_eq!(outcome(&decision), "deny", "{decision:#}");
    }
    let decision = decide(&host, &asks_tag());
    assert_eq!(outcome(&decision), "error", "{decision:#}");
}

/// The payload is in a blob, which only the host can see.
#[test]
fn the_host_verifies_a_signature_with_annotations() {
    let folder = tempfile::tempdir().unwrap();
    let image = complete(json!({"layers": []}));
    let digest = digest_of(&image.to_string());
    let tag = |suffix: &str| format!("trusted.example/app:{}.{suffix}", digest.replace(':', "-"));
    let text = annotated_payload(&digest);
    let signed = complete(json!({"layers": [cosign_layer(&TestKey::new("a"), &text)]}));
    write_layout(
        folder.path(),
        &[("trusted.example/app:1", image), (&tag("sig"), signed)],
    );
    write_blob(folder.path(), &text);

    for (key, expected) in [("a", "allow"), ("other", "deny")] {
        let settings = json!({
            "platformPolicies": [policy(&[sigstore(&[&TestKey::new(key)])])],
            "evidence": {"registry": true}, "registries": ["trusted.example"],
        });
        let request = pod(one_container(&format!("trusted.example/app@{digest}")));
        let call = json!({"request": request, "settings": settings});
        let registry = Registry::open(folder.path()).unwrap();
        let host: Arc<dyn Host> = Arc::new(OfflineHost::from_folders(None, Some(registry)));
        let decision = decide(&host, &call);
        assert_eq!(outcome(&decision), expected, "{decision:#}");
    }
}

/// One request for everything that there is to ask: only what the metadata declares, and exactly so
/// often.
#[test]
fn only_declared_host_calls() {
    let metadata = inspect(embedded(Abi::Wapc)).unwrap().metadata.unwrap();
    let declared: BTreeSet<String> =
        serde_json::from_value(metadata["hostCapabilities"].clone()).unwrap();
    let mut call = asks_tag();
    call["settings"]["evidence"]["registry"] = true.into();
    call["settings"]["evidence"]["kubernetes"] = json!({"notes": {note_name("a"): NAMESPACE}});
    call["settings"]["evidence"]["occurrences"] = json!([]);
    let key = TestKey::new("a");
    call["settings"]["platformPolicies"] = json!([policy(&[sigstore(&[&key])])]);
    let layer = cosign_layer(&key, &annotated_payload(A));
    let host = double(move |call| match call.operation.as_str() {
        "v1/manifest_digest" => Ok(json!({"digest": A}).to_string().into()),
        "v1/oci_manifest" if String::from_utf8_lossy(&call.payload).ends_with(".sig\"") => {
            Ok(complete(json!({"layers": [layer]})).to_string().into())
        }
        _ => Err("Cannot find x named 'y', or manifest unknown, or \
             Image verification failed: missing signatures"
            .into()),
    });
    let port: Arc<dyn Host> = host.clone();
    assert_eq!(outcome(&decide(&port, &call)), "deny");
    let asked = host.asked.lock().unwrap();
    let used: BTreeSet<String> = asked
        .iter()
        .map(|call| format!("{}/{}", call.namespace, call.operation))
        .collect();
    assert_eq!(used, declared);
    assert_eq!(asked.len(), 5, "{asked:?}");
    for call in asked.iter() {
        assert_eq!(call.binding, "kubewarden");
        let payload: Value = serde_json::from_slice(&call.payload).unwrap();
        if call.operation == "get_resource" {
            assert_eq!(payload["api_version"], "countersign.dev/v1");
            assert_eq!(payload["kind"], "Attestation");
            assert_eq!(payload["name"], A.replace(':', "-"));
            assert_eq!(payload["namespace"], NAMESPACE);
        }
        if call.operation == "v2/verify" {
            let image = format!("trusted.example/app@{A}");
            let expected = json!({
                "type": "SigstorePubKeyVerify", "image": image, "pub_keys": [key.pem()],
                "annotations": null,
            });
            assert_eq!(payload, expected);
        }
    }
}

/// Whatever a host says that is not an attestation, in each of the three lookups.
#[test]
fn a_hostile_answer_is_refused_with_its_own_code() {
    let many = |count: usize| {
        let layer = cosign_layer(
            &TestKey::new("a"),
            &cosign_payload("trusted.example/app", A),
        );
        json!({"layers": vec![layer; count]})
            .to_string()
            .into_bytes()
    };
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let answers: Vec<(&str, Answer)> = vec![
        ("an error", Err("429 too many requests".into())),
        ("an error without words", Err(String::new())),
        ("a long error", Err("x".repeat(1 << 20))),
        ("nothing", Ok(Vec::new())),
        ("not UTF-8", Ok(vec![0xff; 64])),
        ("not JSON", Ok(b"<html>".to_vec())),
        ("a text", Ok(b"\"sha256:abc\"".to_vec())),
        ("null", Ok(b"null".to_vec())),
        ("a truncated object", Ok(br#"{"digest": "sha"#.to_vec())),
        ("a deep list", Ok(deep.into_bytes())),
        ("ten thousand signatures", Ok(many(10_000))),
        (
            "the wrong digest",
            Ok(json!({"digest": B}).to_string().into()),
        ),
        (
            "another object",
            Ok(
                json!({"metadata": {"name": B.replace(':', "-")}, "spec": {}})
                    .to_string()
                    .into(),
            ),
        ),
        ("64 MiB", Ok(vec![b' '; 64 << 20])),
    ];
    let policy = module();
    for (what, answer) in answers {
        let host: Arc<dyn Host> = double(move |_| answer.clone());
        for call in [asks_cluster(), asks_registry(), asks_tag()] {
            let call = call.to_string();
            let decision = policy
                .call_with_host(Operation::Decide, call.as_bytes(), &host)
                .unwrap_or_else(|error| panic!("{what}: {error}"));
            let decision: Value = serde_json::from_slice(&decision).unwrap();
            assert_eq!(decision["allowed"], false, "{what}: {decision:#}");
            assert_ne!(decision["message"], "", "{what}");
            let text = decision.to_string();
            let known = [
                "host-capability-failed",
                "tag-resolution-failed",
                "limit-exceeded",
                "no-valid-attestation",
            ];
            assert!(
                known.iter().any(|code| text.contains(code)),
                "{what}: {text}"
            );
        }
    }
    // And the same module still admits what is good.
    let object = resource(&[good()]).to_string();
    let host: Arc<dyn Host> = double(move |_| Ok(object.clone().into()));
    let call = asks_cluster().to_string();
    let decision = policy.call_with_host(Operation::Decide, call.as_bytes(), &host);
    let decision: Value = serde_json::from_slice(&decision.unwrap()).unwrap();
    assert_eq!(outcome(&decision), "allow");
}

/// The guest is told the length first, and takes no memory for what it will not read.
#[test]
fn a_body_of_one_gigabyte_takes_no_memory() {
    let limits = Limits {
        memory: 16 << 20,
        ..Limits::default()
    };
    let policy = Engine::new(limits)
        .unwrap()
        .load(embedded(Abi::Wapc))
        .unwrap();
    // Zeroed pages that nobody touches cost nothing here either.
    let host: Arc<dyn Host> = double(|_| Ok(vec![0; 1 << 30]));
    let call = asks_cluster().to_string();
    let decision = policy.call_with_host(Operation::Decide, call.as_bytes(), &host);
    let decision: Value = serde_json::from_slice(&decision.unwrap()).unwrap();
    assert_eq!(outcome(&decision), "error");
    assert_eq!(decision["reasons"][0]["code"], "limit-exceeded");
}

/// A host that does not answer in time ends the call, which admits nothing.
#[test]
fn a_slow_host_meets_the_deadline() {
    let limits = Limits {
        time: Duration::from_millis(100),
        ..Limits::default()
    };
    let policy = Engine::new(limits)
        .unwrap()
        .load(embedded(Abi::Wapc))
        .unwrap();
    let host: Arc<dyn Host> = double(|_| {
        thread::sleep(Duration::from_millis(300));
        Ok(resource(&[good()]).to_string().into())
    });
    let call = asks_cluster().to_string();
    let answer = policy.call_with_host(Operation::Decide, call.as_bytes(), &host);
    assert!(
        matches!(answer, Err(EngineError::Deadline(_))),
        "{answer:?}"
    );
}

#[test]
fn transient_error_not_pinned() {
    let attempts = Mutex::new(0);
    let object = resource(&[good()]).to_string();
    let host: Arc<dyn Host> = double(move |_| {
        let mut attempts = attempts.lock().unwrap();
        *attempts += 1;
        match *attempts {
            1 => Err("connection reset".into()),
            _ => Ok(object.clone().into()),
        }
    });
    assert_eq!(outcome(&decide(&host, &asks_cluster())), "error");
    assert_eq!(outcome(&decide(&host, &asks_cluster())), "allow");
}

/// What the policy server turns into a patch.
#[test]
fn a_resolved_tag_is_pinned_in_the_answer_to_kubewarden() {
    let host: Arc<dyn Host> = double(|_| Ok(json!({"digest": A}).to_string().into()));
    let call = asks_tag().to_string();
    let answer = module().call_with_host(Operation::Validate, call.as_bytes(), &host);
    let answer: Value = serde_json::from_slice(&answer.unwrap()).unwrap();
    assert_eq!(answer["accepted"], true, "{answer:#}");
    let pinned = &answer["mutated_object"]["spec"]["containers"][0]["image"];
    assert_eq!(*pinned, format!("{TAG}@{A}"));
}
