//! `sigstoreSignatureCheck`: what cosign signed with a key, beside the image or in the settings.

use serde_json::{Value, json};

use crate::case::{A, B, Case};
use crate::delivery::{Delivery, answer, cosign_layer, cosign_payload, manifest};
use crate::platform::{checked, sigstore, supply};
use crate::signing::{TestKey, occurrence_of, payload};

pub(super) const REPOSITORY: &str = "trusted.example/app";
pub(super) const SIGNED: &str = "allow checks-passed !no-valid-sigstore-signature";
pub(super) const UNSIGNED: &str = "deny no-valid-sigstore-signature";
pub(super) const FAILED: &str = "error host-capability-failed !no-valid-sigstore-signature";

pub(super) fn key() -> TestKey {
    TestKey::new("cosign")
}

pub(super) fn cases() -> Vec<Case> {
    [inline(), registry()].concat()
}

/// A signature over a payload, without a key id.
fn over(key: &TestKey, text: &str) -> Value {
    let mut occurrence = occurrence_of(
        "a",
        text.as_bytes(),
        &[(String::new(), key.sign(text.as_bytes()))],
    );
    occurrence.as_object_mut().unwrap().remove("noteName");
    occurrence
}

fn inline() -> Vec<Case> {
    let of_checks = |name, expected, checks: &[Value], occurrences: &[Value]| {
        checked(name, expected, checks, |call| {
            supply(Delivery::Settings, call, occurrences)
        })
    };
    let with = |name, expected, occurrences: &[Value]| {
        of_checks(name, expected, &[sigstore(&[&key()])], occurrences)
    };
    let (mine, other) = (cosign_payload(REPOSITORY, A), TestKey::new("other"));
    let mut two_authorities = sigstore(&[&other]);
    let authority = &sigstore(&[&key()])["sigstoreSignatureCheck"]["sigstoreAuthorities"][0];
    two_authorities["sigstoreSignatureCheck"]["sigstoreAuthorities"]
        .as_array_mut()
        .unwrap()
        .push(authority.clone());
    vec![
        with("sigstore_signature", SIGNED, &[over(&key(), &mine)]),
        with(
            "sigstore_signature_with_annotations",
            SIGNED,
            &[over(&key(), &mine.replace("null", r#"{"env":"prod"}"#))],
        ),
        with(
            "sigstore_signature_of_googles_payload",
            SIGNED,
            &[over(&key(), &payload(REPOSITORY, A))],
        ),
        with(
            "sigstore_signature_by_unknown_key",
            UNSIGNED,
            &[over(&other, &mine)],
        ),
        with(
            "sigstore_signature_for_another_digest",
            UNSIGNED,
            &[over(&key(), &cosign_payload(REPOSITORY, B))],
        ),
        with(
            "sigstore_signature_over_no_payload",
            UNSIGNED,
            &[over(&key(), "hello")],
        ),
        with(
            "sigstore_good_signature_after_bad",
            SIGNED,
            &[over(&other, &mine), over(&key(), &mine)],
        ),
        of_checks(
            "sigstore_second_key",
            SIGNED,
            &[sigstore(&[&other, &key()])],
            &[over(&key(), &mine)],
        ),
        of_checks(
            "sigstore_second_authority",
            SIGNED,
            &[two_authorities],
            &[over(&key(), &mine)],
        ),
        of_checks(
            "sigstore_two_checks_and_one_signature",
            UNSIGNED,
            &[sigstore(&[&key()]), sigstore(&[&other])],
            &[over(&key(), &mine)],
        ),
        with(
            "sigstore_without_any_evidence",
            "error evidence-missing !check-passed",
            &[],
        ),
    ]
}

/// A call whose registry has these layers.
pub(super) fn ask(call: &mut Value, layers: &[Value]) {
    supply(Delivery::Registry, call, &[]);
    let found = json!({"found": {"schemaVersion": 2, "layers": layers}});
    call["evidence"][0] = answer("manifest", &manifest("sig"), found);
}

fn registry() -> Vec<Case> {
    let with = |name, expected, layers: &[Value]| {
        checked(name, expected, &[sigstore(&[&key()])], |call| {
            ask(call, layers)
        })
    };
    let mine = cosign_payload(REPOSITORY, A);
    let other = cosign_layer(&TestKey::new("other"), &mine);
    vec![
        with(
            "sigstore_signature_in_the_registry",
            SIGNED,
            &[cosign_layer(&key(), &mine)],
        ),
        with(
            "sigstore_signature_in_the_registry_after_another",
            SIGNED,
            &[json!({}), other.clone(), cosign_layer(&key(), &mine)],
        ),
        with(
            "sigstore_signature_in_the_registry_by_unknown_key",
            UNSIGNED,
            &[other],
        ),
        with(
            "sigstore_signature_in_the_registry_moved_to_another_payload",
            UNSIGNED,
            &[{
                let mut layer = cosign_layer(&key(), &cosign_payload(REPOSITORY, B));
                layer["digest"] = cosign_layer(&key(), &mine)["digest"].clone();
                layer
            }],
        ),
        with("sigstore_manifest_without_layers", UNSIGNED, &[]),
        checked(
            "sigstore_no_signature_in_the_registry",
            UNSIGNED,
            &[sigstore(&[&key()])],
            |call| supply(Delivery::Registry, call, &[]),
        ),
        checked(
            "sigstore_registry_down",
            FAILED,
            &[sigstore(&[&key()])],
            |call| {
                supply(Delivery::Registry, call, &[]);
                let failed = json!({"failed": "429 too many requests"});
                call["evidence"][0] = answer("manifest", &manifest("sig"), failed);
            },
        ),
        checked(
            "sigstore_registry_not_listed",
            "deny registry-not-allowed",
            &[sigstore(&[&key()])],
            |call| {
                supply(Delivery::Registry, call, &[]);
                call["settings"]["registries"] = json!(["other.example"]);
            },
        ),
    ]
}
