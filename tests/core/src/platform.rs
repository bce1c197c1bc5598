//! Platform policies of the tests: check sets, their checks, and what the settings trust for them.

pub mod statements;

use serde_json::{Value, json};

use crate::case::{A, Case, image, one_container, pod};
use crate::delivery::Delivery;
use crate::signing::{TestKey, attestor, occurrence, payload};

/// When the cases that depend on time are judged
pub const NOW: &str = "2026-06-15T12:00:00Z";
/// An hour before [`NOW`]
pub const AN_HOUR_AGO: &str = "2026-06-15T11:00:00Z";
/// A day before [`NOW`]
pub const YESTERDAY: &str = "2026-06-14T12:00:00Z";

/// What authenticators are trusted for, as the settings spell it
pub const VULNERABILITY: &str = "vulnerability";
pub const PROVENANCE: &str = "provenance";
pub const FRESHNESS: &str = "freshness";

/// A case of one platform policy, whose default check set has these checks.
pub fn checked(
    name: &str,
    expected: &'static str,
    checks: &[Value],
    change: impl FnOnce(&mut Value),
) -> Case {
    platform_case(name, expected, settings(policy(checks)), change)
}

/// A case with any settings: the base case's request, judged at [`NOW`].
pub fn platform_case(
    name: &str,
    expected: &'static str,
    settings: Value,
    change: impl FnOnce(&mut Value),
) -> Case {
    let mut call = json!({
        "request": pod(one_container(&image())), "settings": settings, "time": NOW,
    });
    change(&mut call);
    Case {
        name: name.into(),
        call: serde_json::to_vec(&call).unwrap(),
        expected,
    }
}

/// Settings of one platform policy and nothing else.
pub fn settings(policy: Value) -> Value {
    json!({"platformPolicies": [policy]})
}

/// Adds an attestation of the base case's image by key `a`.
pub fn attested(policy: Value) -> Value {
    let mut settings = settings(policy);
    let text = payload("trusted.example/app", A);
    let good = occurrence("a", &TestKey::new("a"), text.as_bytes());
    settings["evidence"] = json!({"occurrences": [good]});
    settings
}

/// A policy with one check set, the default one.
pub fn policy(checks: &[Value]) -> Value {
    policy_of(json!([{"checks": checks}]))
}

/// A policy with any check sets.
pub fn policy_of(check_sets: Value) -> Value {
    json!({"gkePolicy": {"checkSets": check_sets}})
}

/// The first policy's own part of a call.
pub fn gke_policy(call: &mut Value) -> &mut Value {
    &mut call["settings"]["platformPolicies"][0]["gkePolicy"]
}

pub fn allowlist(patterns: &[&str]) -> Value {
    json!({"allowPattern": patterns})
}

pub fn always_deny() -> Value {
    json!({"alwaysDeny": true})
}

pub fn trusted_directory(patterns: &[&str]) -> Value {
    json!({"trustedDirectoryCheck": {"trustedDirPatterns": patterns}})
}

/// A check that the base case's image passes in [`attested`] settings.
pub fn passing() -> Value {
    simple_signing(&[&TestKey::new("a")])
}

pub fn image_freshness(days: u32) -> Value {
    json!({"imageFreshnessCheck": {"maxUploadAgeDays": days}})
}

pub fn slsa(rules: &[Value]) -> Value {
    json!({"slsaCheck": {"rules": rules}})
}

pub fn vulnerability(fixable: &str, unfixable: &str) -> Value {
    json!({"vulnerabilityCheck": {
        "maximumFixableSeverity": fixable, "maximumUnfixableSeverity": unfixable,
    }})
}

/// The check that one authenticator with these keys satisfies.
pub fn simple_signing(keys: &[&TestKey]) -> Value {
    let keys: Vec<_> = keys
        .iter()
        .map(|key| key.document()["pkixPublicKey"].clone())
        .collect();
    simple_signing_of(&[&keys])
}

/// Settings with several authenticators and any keys.
pub fn simple_signing_of(authenticators: &[&[Value]]) -> Value {
    let authenticators: Vec<_> = authenticators
        .iter()
        .map(|keys| json!({"pkixPublicKeySet": {"pkixPublicKeys": keys}}))
        .collect();
    json!({"simpleSigningAttestationCheck": {"attestationAuthenticators": authenticators}})
}

/// The check that one authority with these keys satisfies.
pub fn sigstore(keys: &[&TestKey]) -> Value {
    let keys: Vec<_> = keys
        .iter()
        .map(|key| json!({"publicKeyPem": key.pem()}))
        .collect();
    json!({"sigstoreSignatureCheck": {"sigstoreAuthorities": [
        {"publicKeySet": {"publicKeys": keys}},
    ]}})
}

/// Lets the keys speak for a purpose.
pub fn trust(call: &mut Value, purpose: &str, authenticators: &[Value]) {
    call["settings"]["evidence"]["authenticators"][purpose] = authenticators.into();
}

/// An authenticator of scans that are a week old at most.
pub fn scanner(keys: &[&TestKey]) -> Value {
    let mut authenticator = uploader(keys);
    authenticator["maxAgeDays"] = 7.into();
    authenticator
}

/// An authenticator of a builder's provenance.
pub fn builder(id: &str, keys: &[&TestKey]) -> Value {
    let mut authenticator = uploader(keys);
    authenticator["builderId"] = id.into();
    authenticator
}

/// An authenticator of upload times.
pub fn uploader(keys: &[&TestKey]) -> Value {
    let keys: Vec<_> = keys.iter().map(|key| key.document()).collect();
    json!({"publicKeys": keys})
}

/// Puts attestations in a place, as the only ones, and leaves alone what the settings trust. The
/// cluster is asked by the notes of attestors.
pub fn supply(place: Delivery, call: &mut Value, attestations: &[Value]) {
    let kept = call["settings"]["evidence"].take();
    place.deliver(call, attestations);
    for key in ["authenticators", "statements"] {
        if let Some(value) = kept.get(key) {
            call["settings"]["evidence"][key] = value.clone();
        }
    }
    if place == Delivery::Kubernetes {
        call["settings"]["attestors"] = json!([attestor("a", &[&TestKey::new("a")])]);
    }
}

/// A name of a case for each place.
pub fn from(what: &str, place: Delivery) -> String {
    format!("{what}_from_{}", place.name().replace('-', "_"))
}

/// The name of a lookup of signatures that the host itself verifies with a key.
pub fn verification(key: &TestKey) -> String {
    format!("trusted.example/app@{A} {}", key.id())
}
