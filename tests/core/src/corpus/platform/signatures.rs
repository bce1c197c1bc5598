//! `simpleSigningAttestationCheck`: what attests, in which encoding, from where.

use serde_json::{Value, json};

use crate::case::{A, Case};
use crate::delivery::{Delivery, answer, resource_name};
use crate::platform::statements::{cloud_build, signed};
use crate::platform::{FRESHNESS, checked, from, simple_signing, supply, trust, uploader};
use crate::signing::{
    IN_TOTO, POLICY_VERIFICATION, SIMPLE_SIGNING, TestKey, envelope, occurrence_of, pae, payload,
    statement,
};

pub(super) const REPOSITORY: &str = "trusted.example/app";
pub(super) const ATTESTED: &str = "allow attested checks-passed !no-valid-attestation";

/// The rejected candidate's own code, under the check's.
macro_rules! deny {
    ($code:literal) => {
        concat!("deny no-valid-attestation !attested ", $code)
    };
}

pub(super) fn key() -> TestKey {
    TestKey::new("a")
}

/// A case of these attestations, and a check that key `a` satisfies.
pub(super) fn with(name: &str, expected: &'static str, attestations: &[Value]) -> Case {
    of_checks(name, expected, &[simple_signing(&[&key()])], attestations)
}

pub(super) fn of_checks(
    name: &str,
    expected: &'static str,
    checks: &[Value],
    attestations: &[Value],
) -> Case {
    checked(name, expected, checks, |call| {
        supply(Delivery::Settings, call, attestations)
    })
}

pub(super) fn cases() -> Vec<Case> {
    [encodings(), predicates(), places()].concat()
}

/// An occurrence whose signature is over this message, whatever its payload is.
pub(super) fn signed_over(message: &str) -> Value {
    let text = payload(REPOSITORY, A);
    occurrence_of(
        "a",
        text.as_bytes(),
        &[(key().id(), key().sign(message.as_bytes()))],
    )
}

pub(super) fn good() -> Value {
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
