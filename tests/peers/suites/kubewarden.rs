//! The waPC module in the very host that Kubewarden is made of: the crates `wapc` and
//! `wasmtime-provider`, with the calls that its policy evaluator makes.

use policy_peers::case::{image, one_container, pod, settings, unsigned};
use policy_peers::{WAPC, module};
use serde_json::{Value, json};
use wapc::WapcHost;
use wasmtime_provider::WasmtimeEngineProviderBuilder;

/// A host that grants no capability, as Kubewarden does to a policy that lists none.
fn host() -> WapcHost {
    let engine = WasmtimeEngineProviderBuilder::new()
        .module_bytes(&module(WAPC))
        .build()
        .unwrap();
    let refuse = |_, _: &str, _: &str, operation: &str, _: &[u8]| {
        panic!("the module made a host call: {operation}")
    };
    WapcHost::new(Box::new(engine), Some(Box::new(refuse))).unwrap()
}

fn call(host: &WapcHost, operation: &str, payload: &Value) -> Value {
    let answer = host
        .call(operation, payload.to_string().as_bytes())
        .unwrap();
    serde_json::from_slice(&answer).unwrap()
}

#[test]
fn protocol_version_is_v1() {
    assert_eq!(call(&host(), "protocol_version", &json!({})), json!("v1"));
}

#[test]
fn validate_settings_accepts_the_settings_alone() {
    assert_eq!(
        call(&host(), "validate_settings", &settings()),
        json!({"valid": true, "message": null})
    );
}

#[test]
fn validate_settings_says_what_is_wrong() {
    let mut settings = settings();
    settings["typo"] = 1.into();
    let answer = call(&host(), "validate_settings", &settings);
    assert_eq!(answer["valid"], false);
    assert_eq!(
        answer["message"],
        "typo: unknown field (settings-unknown-field)"
    );
}

#[test]
fn validate_admits_a_signed_image() {
    let request = pod(one_container(&image()));
    let answer = call(
        &host(),
        "validate",
        &json!({"request": request, "settings": settings()}),
    );
    assert_eq!(answer, json!({"accepted": true}));
}

#[test]
fn validate_refuses_an_unsigned_image_and_says_why() {
    let request = pod(one_container(&unsigned()));
    let answer = call(
        &host(),
        "validate",
        &json!({"request": request, "settings": settings()}),
    );
    assert_eq!(
        (&answer["accepted"], &answer["code"]),
        (&json!(false), &json!(403))
    );
    let message = answer["message"].as_str().unwrap();
    assert_eq!(
        message,
        "denied: the image does not meet the policy
  app (trusted.example/app@sha256:bbbb…bbbb):
    not attested by a [no-valid-attestation]
help: countersign explain no-valid-attestation"
    );
}

#[test]
fn a_tag_is_denied_and_named() {
    let request = pod(one_container("trusted.example/app:1"));
    let answer = call(
        &host(),
        "validate",
        &json!({"request": request, "settings": settings()}),
    );
    assert_eq!(
        answer["message"],
        "denied: the image does not meet the policy
  app (trusted.example/app:1):
    the tag is not pinned to a digest [digest-required]
help: countersign explain digest-required"
    );
}

#[test]
fn an_error_is_refused_with_code_500() {
    let answer = call(&host(), "validate", &json!({"request": {}, "settings": {}}));
    assert_eq!(
        (&answer["accepted"], &answer["code"]),
        (&json!(false), &json!(500))
    );
}

#[test]
fn dry_run_admits_with_warnings_and_audit_annotations() {
    let mut settings = settings();
    settings["policy"]["defaultAdmissionRule"]["enforcementMode"] = "DRYRUN_AUDIT_LOG_ONLY".into();
    let request = pod(one_container(&unsigned()));
    let answer = call(
        &host(),
        "validate",
        &json!({"request": request, "settings": settings}),
    );
    assert_eq!(answer["accepted"], true);
    assert_eq!(answer["audit_annotations"]["dry-run"], "true");
    let overridden = answer["audit_annotations"]["overridden"].as_str();
    assert_eq!(overridden, Some(unsigned().as_str()));
    assert_eq!(
        answer["warnings"][0],
        "not attested by a [no-valid-attestation]: app (trusted.example/app@sha256:bbbb…bbbb) \
         admitted by dry run"
    );
}

#[test]
fn an_unknown_operation_is_an_error_of_the_guest() {
    let error = host().call("mutate", b"{}").unwrap_err().to_string();
    assert!(error.contains("unknown operation"), "{error}");
}

/// The policy server makes a fresh instance for every request, `kwctl bench` keeps one.
#[test]
fn one_instance_answers_many_calls_alike() {
    let host = host();
    let request = json!({"request": pod(one_container(&image())), "settings": settings()});
    let first = call(&host, "validate", &request);
    for _ in 0..10 {
        assert_eq!(call(&host, "validate", &request), first);
    }
}
