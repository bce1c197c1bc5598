//! `sigstoreSignatureCheck`: what cosign signed with a key, beside the image, in the settings, or
//! verified by the host where the registry does not say what was signed.

use serde_json::{Value, json};

use crate::case::{A, B, Case};
use crate::delivery::{Delivery, answer, cosign_layer, cosign_payload, manifest};
use crate::platform::{checked, sigstore, supply, verification};
use crate::signing::{TestKey, occurrence_of, payload};

const REPOSITORY: &str = "trusted.example/app";
const SIGNED: &str = "allow checks-passed !no-valid-sigstore-signature";
const UNSIGNED: &str = "deny no-valid-sigstore-signature";
const FAILED: &str = "error host-capability-failed !no-valid-sigstore-signature";

fn key() -> TestKey {
    TestKey::new("cosign")
}

pub(super) fn cases() -> Vec<Case> {
    [inline(), registry(), verified_by_the_host()].concat()
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
fn ask(call: &mut Value, layers: &[Value]) {
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

/// A layer whose payload cannot be rebuilt, since it has annotations.
fn opaque(key: &TestKey) -> Value {
    let text = cosign_payload(REPOSITORY, A).replace("null", r#"{"env":"prod"}"#);
    cosign_layer(key, &text)
}

/// A call whose registry has an opaque layer, and whose host verifies.
fn verify(call: &mut Value, answers: &[(&TestKey, Value)]) {
    ask(call, &[opaque(&key())]);
    for (key, answered) in answers {
        let entry = answer("signature", &verification(key), answered.clone());
        call["evidence"].as_array_mut().unwrap().push(entry);
    }
}

fn verified_by_the_host() -> Vec<Case> {
    let with = |name, expected, answered: Value| {
        checked(name, expected, &[sigstore(&[&key()])], |call| {
            verify(call, &[(&key(), answered)]);
        })
    };
    let found = |found: Value| json!({"found": found});
    let trusted = || found(json!({"is_trusted": true, "digest": A}));
    let other = TestKey::new("other");
    let two_keys = |name, expected, answers: &[(&TestKey, Value)]| {
        checked(name, expected, &[sigstore(&[&other, &key()])], |call| {
            verify(call, answers)
        })
    };
    vec![
        with("host_verifies_signature", SIGNED, trusted()),
        with(
            "host_verifies_other_digest",
            FAILED,
            found(json!({"is_trusted": true, "digest": B})),
        ),
        with(
            "host_does_not_trust_signature",
            UNSIGNED,
            found(json!({
                "is_trusted": false, "digest": A,
            })),
        ),
        with(
            "verify_answer_without_is_trusted",
            FAILED,
            found(json!({"digest": A})),
        ),
        with(
            "verify_answer_without_digest",
            FAILED,
            found(json!({"is_trusted": true})),
        ),
        with(
            "verify_answer_of_another_type",
            FAILED,
            found(json!({
                "is_trusted": "true", "digest": A,
            })),
        ),
        with("verify_answer_that_is_true", FAILED, found(json!(true))),
        with("verify_answer_that_is_null", FAILED, found(json!(null))),
        with("host_finds_no_signature", UNSIGNED, json!({"absent": true})),
        with(
            "host_fails_to_verify",
            FAILED,
            json!({"failed": "deadline has elapsed"}),
        ),
        checked(
            "host_that_cannot_verify",
            FAILED,
            &[sigstore(&[&key()])],
            |call| {
                verify(call, &[]);
            },
        ),
        checked(
            "host_is_not_asked_where_the_payload_is_known",
            UNSIGNED,
            &[sigstore(&[&key()])],
            |call| {
                let mine = cosign_payload(REPOSITORY, A);
                ask(call, &[cosign_layer(&TestKey::new("other"), &mine)]);
            },
        ),
        checked(
            "host_is_asked_where_one_layer_of_two_cannot_be_rebuilt",
            SIGNED,
            &[sigstore(&[&key()])],
            |call| {
                let mine = cosign_payload(REPOSITORY, A);
                ask(call, &[opaque(&key()), cosign_layer(&key(), &mine)]);
            },
        ),
        checked(
            "host_is_not_asked_where_there_is_no_signature",
            UNSIGNED,
            &[sigstore(&[&key()])],
            |call| {
                supply(Delivery::Registry, call, &[]);
                let entry = answer("signature", &verification(&key()), trusted());
                call["evidence"].as_array_mut().unwrap().push(entry);
            },
        ),
        two_keys(
            "host_verifies_with_the_second_key",
            SIGNED,
            &[(&other, json!({"absent": true})), (&key(), trusted())],
        ),
        two_keys(
            "host_verifies_with_one_key_and_fails_with_the_other",
            SIGNED,
            &[
                (&other, json!({"failed": "deadline has elapsed"})),
                (&key(), trusted()),
            ],
        ),
        two_keys(
            "host_finds_nothing_with_one_key_and_fails_with_the_other",
            FAILED,
            &[
                (&other, json!({"absent": true})),
                (&key(), json!({"failed": "deadline has elapsed"})),
            ],
        ),
    ]
}
