//! `sigstoreSignatureCheck` where the registry does not say what was signed: the host verifies.

use serde_json::{Value, json};

use super::sigstore::{FAILED, REPOSITORY, SIGNED, UNSIGNED, ask, key};
use crate::case::{A, B, Case};
use crate::delivery::{Delivery, answer, cosign_layer, cosign_payload, manifest};
use crate::platform::{checked, sigstore, supply, verification};
use crate::signing::TestKey;

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

/// A call in which the host verifies a signature, and the id of its key.
pub(in crate::corpus) fn verified() -> (Value, String) {
    let trusted = json!({"found": {"is_trusted": true, "digest": A}});
    let case = checked("", "", &[sigstore(&[&key()])], |call| {
        verify(call, &[(&key(), trusted)]);
    });
    (serde_json::from_slice(&case.call).unwrap(), key().id())
}

/// A call whose registry has no manifest of signatures, so that there may be a bundle.
fn ask_unseen(call: &mut Value, answered: Option<Value>) {
    supply(Delivery::Registry, call, &[]);
    let entry = answered.map(|answered| answer("signature", &verification(&key()), answered));
    call["evidence"].as_array_mut().unwrap().extend(entry);
}

pub(super) fn cases() -> Vec<Case> {
    let with = |name, expected, answered: Value| {
        checked(name, expected, &[sigstore(&[&key()])], |call| {
            verify(call, &[(&key(), answered)]);
        })
    };
    let found = |found: Value| json!({"found": found});
    let trusted = || found(json!({"is_trusted": true, "digest": A}));
    let unseen = |name, expected, answered: Option<Value>| {
        checked(name, expected, &[sigstore(&[&key()])], |call| {
            ask_unseen(call, answered);
        })
    };
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
        unseen(
            "host_is_asked_where_there_is_no_manifest_of_signatures",
            SIGNED,
            Some(trusted()),
        ),
        unseen(
            "host_finds_no_bundle_either",
            UNSIGNED,
            Some(json!({"absent": true})),
        ),
        unseen(
            "host_finds_a_bundle_of_another_image",
            FAILED,
            Some(found(json!({"is_trusted": true, "digest": B}))),
        ),
        unseen(
            "host_fails_to_look_for_a_bundle",
            FAILED,
            Some(json!({"failed": "deadline has elapsed"})),
        ),
        // Nothing shows that there is anything to verify.
        unseen(
            "host_that_cannot_verify_where_there_is_no_manifest_of_signatures",
            UNSIGNED,
            None,
        ),
        checked(
            "host_is_not_asked_where_the_registry_failed",
            FAILED,
            &[sigstore(&[&key()])],
            |call| {
                ask_unseen(call, Some(trusted()));
                let failed = json!({"failed": "429 too many requests"});
                call["evidence"][0] = answer("manifest", &manifest("sig"), failed);
            },
        ),
        checked(
            "host_is_not_asked_where_the_repository_has_to_match",
            UNSIGNED,
            &[sigstore(&[&key()])],
            |call| {
                ask_unseen(call, Some(trusted()));
                call["settings"]["matchDockerReference"] = "repository".into();
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
