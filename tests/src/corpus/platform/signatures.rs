//! `simpleSigningAttestationCheck`: one attestation by any key of any authenticator, whatever note
//! it is filed under.

use serde_json::{Value, json};

use crate::case::{A, B, Case};
use crate::delivery::{Delivery, answer, resource_name};
use crate::platform::statements::{cloud_build, signed};
use crate::platform::{
    FRESHNESS, checked, from, simple_signing, simple_signing_of, supply, trust, uploader,
};
use crate::signing::{
    IN_TOTO, POLICY_VERIFICATION, SIMPLE_SIGNING, TestKey, envelope, occurrence, occurrence_of,
    pae, payload, statement,
};

const REPOSITORY: &str = "trusted.example/app";
const ATTESTED: &str = "allow attested checks-passed !no-valid-attestation";

/// The rejected candidate's own code, under the check's.
macro_rules! deny {
    ($code:literal) => {
        concat!("deny no-valid-attestation !attested ", $code)
    };
}

fn key() -> TestKey {
    TestKey::new("a")
}

/// A case of these attestations, and a check that key `a` satisfies.
fn with(name: &str, expected: &'static str, attestations: &[Value]) -> Case {
    of_checks(name, expected, &[simple_signing(&[&key()])], attestations)
}

fn of_checks(name: &str, expected: &'static str, checks: &[Value], attestations: &[Value]) -> Case {
    checked(name, expected, checks, |call| {
        supply(Delivery::Settings, call, attestations)
    })
}

pub(super) fn cases() -> Vec<Case> {
    [encodings(), rejected(), predicates(), keys(), places()].concat()
}

/// An occurrence whose signature is over this message, whatever its payload is.
fn signed_over(message: &str) -> Value {
    let text = payload(REPOSITORY, A);
    occurrence_of(
        "a",
        text.as_bytes(),
        &[(key().id(), key().sign(message.as_bytes()))],
    )
}

fn good() -> Value {
    signed_over(&payload(REPOSITORY, A))
}

fn encodings() -> Vec<Case> {
    let text = payload(REPOSITORY, A);
    vec![
        with(
            "x18_pae_signed",
            ATTESTED,
            &[signed_over(&pae(SIMPLE_SIGNING, &text))],
        ),
        with("x19_raw_signed", ATTESTED, &[good()]),
        with(
            "check_pae_of_another_type",
            deny!("attestation-bad-signature"),
            &[signed_over(&pae(IN_TOTO, &text))],
        ),
        with(
            "check_envelope",
            ATTESTED,
            &[envelope(&key(), SIMPLE_SIGNING, &text)],
        ),
        with(
            "check_envelope_over_the_bare_payload",
            deny!("attestation-bad-signature"),
            &[{
                let mut envelope = envelope(&key(), SIMPLE_SIGNING, &text);
                let bare = good()["attestation"]["signatures"][0]["signature"].clone();
                envelope["signatures"][0]["sig"] = bare;
                envelope
            }],
        ),
        checked(
            "check_tries_pae_whatever_is_set_for_the_singleton_policy",
            ATTESTED,
            &[simple_signing(&[&key()])],
            |call| {
                let signed = signed_over(&pae(SIMPLE_SIGNING, &text));
                supply(Delivery::Settings, call, &[signed]);
                call["settings"]["singletonPae"] = "off".into();
            },
        ),
        with(
            "check_signature_without_key_id",
            ATTESTED,
            &[occurrence_of(
                "a",
                text.as_bytes(),
                &[(String::new(), key().sign(text.as_bytes()))],
            )],
        ),
    ]
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
            &[stranger.clone()],
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

/// What attests is the same closed list as for an attestor.
fn predicates() -> Vec<Case> {
    let about = |predicate: &str| envelope(&key(), IN_TOTO, &statement(predicate, REPOSITORY, A));
    vec![
        with(
            "check_policy_verification",
            ATTESTED,
            &[about(POLICY_VERIFICATION)],
        ),
        with(
            "check_provenance_does_not_attest",
            deny!("attestation-predicate-type"),
            &[signed(
                &key(),
                &cloud_build("https://github.com/trusted/app"),
            )],
        ),
        with(
            "check_signed_wrong_payload_type",
            deny!("attestation-payload-type"),
            &[envelope(
                &key(),
                "application/json",
                &payload(REPOSITORY, A),
            )],
        ),
        checked(
            "statements_in_the_settings_never_attest",
            "deny no-valid-attestation !attested",
            &[simple_signing(&[&key()])],
            |call| {
                let statements = [cloud_build("https://github.com/trusted/app")];
                call["settings"]["evidence"] = json!({"statements": statements});
            },
        ),
        checked(
            "key_of_an_authenticator_in_the_settings_does_not_attest",
            deny!("attestation-unknown-key-id"),
            &[simple_signing(&[&TestKey::new("other")])],
            |call| {
                supply(Delivery::Settings, call, &[good()]);
                trust(call, FRESHNESS, &[uploader(&[&key()])]);
            },
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
            &[named("our-key")],
            &[by_id("our-key")],
        ),
        of_checks(
            "check_key_id_in_other_letter_case",
            deny!("attestation-unknown-key-id"),
            &[named("our-key")],
            &[by_id("OUR-KEY")],
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

fn places() -> Vec<Case> {
    let envelope = || envelope(&key(), SIMPLE_SIGNING, &payload(REPOSITORY, A));
    let mut cases: Vec<_> = Delivery::ALL
        .into_iter()
        .map(|place| {
            let check = simple_signing(&[&key()]);
            checked(
                &from("check_attestation", place),
                ATTESTED,
                &[check],
                |call| {
                    supply(place, call, &[envelope()]);
                },
            )
        })
        .collect();
    cases.push(checked(
        "check_lookup_failed",
        "error host-capability-failed",
        &[simple_signing(&[&key()])],
        |call| {
            supply(Delivery::Kubernetes, call, &[]);
            let failed = json!({"failed": "forbidden"});
            call["evidence"] = json!([answer("attestation", &resource_name(A), failed)]);
        },
    ));
    cases
}
