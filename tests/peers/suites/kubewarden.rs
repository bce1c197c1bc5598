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
    let expected = format!(
        "Image {0} denied by Binary Authorization default admission rule. Image {0} denied by \
         attestor projects/p/attestors/a: No attestations found that were valid and signed by a \
         key trusted by the attestor",
        unsigned()
    );
    assert!(message.starts_with(&expected), "{message}");
}

#[test]
fn a_tag_is_refused_in_the_name_of_every_attestor_with_what_to_write() {
    let request = pod(one_container("trusted.example/app:1"));
    let answer = call(
        &host(),
        "validate",
        &json!({"request": request, "settings": settings()}),
    );
    assert_eq!(
        answer["message"],
        "Image trusted.example/app:1 denied by Binary Authorization default admission rule. Image \
         trusted.example/app:1 denied by attestor projects/p/attestors/a: Expected digest with \
         sha256 scheme, but got tag or malformed digest (in `app`); use REPOSITORY@sha256:<digest>"
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
    let overridden = answer["audit_annotations"]["overridden-verification-result"].as_str();
    assert!(
        overridden
            .unwrap()
            .starts_with(&format!("'{}' : Image", unsigned()))
    );
    let warning = answer["warnings"][0].as_str().unwrap();
    assert!(
        warning.starts_with("Admitted by dry run; would have been denied: "),
        "{warning}"
    );
    assert!(warning.chars().count() <= 256, "{warning}");
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
