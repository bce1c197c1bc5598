//! `simpleSigningAttestationCheck`: which keys count, and why an attestation does not.

use serde_json::json;

use super::signatures::{ATTESTED, REPOSITORY, good, key, of_checks, signed_over, with};
use crate::case::{A, B, Case};
use crate::delivery::Delivery;
use crate::platform::{checked, simple_signing, simple_signing_of, supply};
use crate::signing::{TestKey, occurrence, occurrence_of, payload};

/// The rejected candidate's own code, under the check's.
macro_rules! deny {
    ($code:literal) => {
        concat!("deny no-valid-attestation !attested ", $code)
    };
}

pub(super) fn cases() -> Vec<Case> {
    [rejected(), keys()].concat()
}

fn rejected() -> Vec<Case> {
    let text = payload(REPOSITORY, A);
    let by_a = |text: &str| occurrence("a", &key(), text.as_bytes());
    let stranger = occurrence("a", &TestKey::new("stranger"), text.as_bytes());
    let compared = |name, expected, setting: &str| {
        checked(name, expected, &[simple_signing(&[&key()])], |call| {
            supply(
                Delivery::Settings,
                call,
                &[by_a(&payload("gcr.io/other/i", A))],
            );
            call["settings"]["matchDockerReference"] = setting.into();
        })
    };
    vec![
        with(
            "check_no_attestation",
            deny!("!attestation-unknown-key-id"),
            &[],
        ),
        with(
            "check_attestation_by_unknown_key",
            deny!("attestation-unknown-key-id"),
            std::slice::from_ref(&stranger),
        ),
        with(
            "check_good_attestation_after_bad",
            ATTESTED,
            &[stranger.clone(), good()],
        ),
        with(
            "check_good_attestation_before_bad",
            ATTESTED,
            &[good(), stranger],
        ),
        with(
            "check_attestation_for_another_digest",
            deny!("attestation-digest-mismatch"),
            &[by_a(&payload(REPOSITORY, B))],
        ),
        with(
            "check_signed_non_json_payload",
            deny!("attestation-payload-invalid"),
            &[by_a("hello")],
        ),
        with(
            "check_payload_changed_after_signing",
            deny!("attestation-bad-signature"),
            &[signed_over(&text.replace("binauthz", "binauthy"))],
        ),
        with(
            "check_only_jwts",
            deny!("attestation-jwt-unsupported"),
            &[json!({
                "attestation": {"jwts": [{"compactJwt": "a.b.c"}]},
            })],
        ),
        with(
            "check_garbage_beside_a_good_one",
            ATTESTED,
            &[json!({"attestation": {"signatures": 1}}), good()],
        ),
        with(
            "check_under_another_note",
            "allow attested !attestation-note-mismatch",
            &[occurrence("of-somebody-else", &key(), text.as_bytes())],
        ),
        compared("check_other_repository_ignored", ATTESTED, "ignore"),
        compared(
            "check_other_repository",
            deny!("attestation-reference-mismatch"),
            "repository",
        ),
    ]
}

fn keys() -> Vec<Case> {
    let other = TestKey::new("other");
    let text = payload(REPOSITORY, A);
    let document = |key: &TestKey| key.document()["pkixPublicKey"].clone();
    let named = |id: &str| {
        let mut document = document(&key());
        document["keyId"] = id.into();
        simple_signing_of(&[&[document]])
    };
    let of_algorithm = |algorithm: &str| {
        let mut document = document(&key());
        document["signatureAlgorithm"] = algorithm.into();
        simple_signing_of(&[&[document]])
    };
    let by_id = |id: &str| {
        occurrence_of(
            "a",
            text.as_bytes(),
            &[(id.into(), key().sign(text.as_bytes()))],
        )
    };
    vec![
        of_checks(
            "second_key_of_an_authenticator",
            ATTESTED,
            &[simple_signing(&[&other, &key()])],
            &[good()],
        ),
        of_checks(
            "key_of_the_second_authenticator",
            ATTESTED,
            &[simple_signing_of(&[
                &[document(&other)],
                &[document(&key())],
            ])],
            &[good()],
        ),
        of_checks(
            "id_of_one_authenticators_key_signature_of_anothers",
            deny!("attestation-bad-signature"),
            &[simple_signing_of(&[
                &[document(&other)],
                &[document(&key())],
            ])],
            &[occurrence_of(
                "a",
                text.as_bytes(),
                &[(other.id(), key().sign(text.as_bytes()))],
            )],
        ),
        of_checks(
            "two_checks_and_one_attestation",
            "deny no-valid-attestation attested",
            &[simple_signing(&[&key()]), simple_signing(&[&other])],
            &[good()],
        ),
        of_checks(
            "two_checks_and_two_attestations",
            ATTESTED,
            &[simple_signing(&[&key()]), simple_signing(&[&other])],
            &[good(), occurrence("b", &other, text.as_bytes())],
        ),
        of_checks(
            "check_key_id_of_the_policy",
            ATTESTED,
            &[named("urn:our-key")],
            &[by_id("urn:our-key")],
        ),
        of_checks(
            "check_key_id_in_other_letter_case",
            deny!("attestation-unknown-key-id"),
            &[named("urn:our-key")],
            &[by_id("URN:OUR-KEY")],
        ),
        of_checks(
            "check_key_under_its_other_spelling",
            ATTESTED,
            &[of_algorithm("EC_SIGN_P256_SHA256")],
            &[good()],
        ),
        of_checks(
            "check_key_of_another_algorithm",
            "error settings-invalid",
            &[of_algorithm("ECDSA_P384_SHA384")],
            &[good()],
        ),
    ]
}
