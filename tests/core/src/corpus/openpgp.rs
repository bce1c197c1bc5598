//! OpenPGP attestors: what GnuPG signs, and when a key may sign.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use policy_wasm::key::PublicKey;
use serde_json::{Value, json};

use crate::case::{Case, call_case, one_container, pod};
use crate::delivery::Delivery;
use crate::known_answers::{DIGEST, REPOSITORY, message};
use crate::platform::statements::{clean_scan, signed as signed_statement};
use crate::platform::{VULNERABILITY, checked, scanner, supply, trust, vulnerability};
use crate::signing::{
    IN_TOTO, TestKey, attestor_name, attestor_of, envelope_of, note_name, payload,
};

/// A file that GnuPG wrote; `make.sh` beside it says how.
macro_rules! vector {
    ($name:literal) => {
        include_str!(concat!(
            "../../../../policy-wasm/src/openpgp/vectors/",
            $name,
            ".asc"
        ))
    };
}

const KEY: &str = vector!("ed25519.key");
const ATTACHED: &str = vector!("ed25519.attached");
const DETACHED: &str = vector!("ed25519.detached");

/// Some time after all of them were made, and before the one that expires does.
const THEN: &str = "2024-02-02T00:00:00Z";

/// A key as an attestor carries it, under an id that nobody computed.
fn key(armor: &str) -> Value {
    json!({"id": "the fingerprint counts", "asciiArmoredPgpPublicKey": armor})
}

/// An occurrence with one signature; the base64 of the whole armour, as everywhere.
fn occurrence(payload: &str, key_id: &str, armor: &str) -> Value {
    json!({"noteName": note_name("a"), "attestation": {
        "serializedPayload": STANDARD.encode(payload),
        "signatures": [{"publicKeyId": key_id, "signature": STANDARD.encode(armor)}],
    }})
}

/// A signature as base64 of the packets, from tools that write no armor.
fn without_armour(payload: &str, armor: &str) -> Value {
    let (_, rest) = armor.split_once("\n\n").unwrap();
    let (body, _) = rest.rsplit_once("\n=").unwrap();
    let mut occurrence = occurrence(payload, "", "");
    occurrence["attestation"]["signatures"][0]["signature"] = body.replace('\n', "").into();
    occurrence
}

fn fingerprint() -> String {
    PublicKey::from_openpgp(KEY).unwrap().id().to_owned()
}

fn with(
    name: &str,
    expected: &'static str,
    keys: &[Value],
    occurrence: &Value,
    time: &str,
) -> Case {
    call_case(name, expected, |call| {
        call["settings"]["attestors"] = json!([attestor_of("a", keys)]);
        call["settings"]["evidence"]["occurrences"] = json!([occurrence]);
        call["request"] = pod(one_container(&format!("{REPOSITORY}@{DIGEST}")));
        call["time"] = time.into();
    })
}

/// A signature without an id is tried with every key of the attestor.
fn signed(name: &str, expected: &'static str, armor: &str, signature: &str) -> Case {
    with(
        name,
        expected,
        &[key(armor)],
        &occurrence(&message(), "", signature),
        THEN,
    )
}

/// A call with what GnuPG signed, and the id of its key.
pub(super) fn attested() -> (Value, String) {
    let case = signed("", "", KEY, ATTACHED);
    (serde_json::from_slice(&case.call).unwrap(), fingerprint())
}

/// The rejected candidate's own code, under the attestor's.
macro_rules! deny {
    ($code:literal) => {
        concat!("deny no-valid-attestation ", $code)
    };
}

pub(super) fn cases() -> Vec<Case> {
    let other = payload(REPOSITORY, crate::case::B);
    let mut cases = vec![
        signed("x25_pgp_attached", "allow attested", KEY, ATTACHED),
        with(
            "x26_pgp_attached_without_serialized_payload",
            "allow attested",
            &[key(KEY)],
            &occurrence("", "", ATTACHED),
            THEN,
        ),
        with(
            "x26_pgp_signed_attestation",
            "allow attested",
            &[key(KEY)],
            &json!({"noteName": note_name("a"), "attestation": {"attestation": {
                "pgpSignedAttestation": {
                    "signature": ATTACHED, "contentType": "SIMPLE_SIGNING_JSON",
                },
            }}}),
            THEN,
        ),
        with(
            "x27_pgp_embedded_payload_differs",
            deny!("attestation-pgp-payload-mismatch"),
            &[key(KEY)],
            &occurrence(&other, "", ATTACHED),
            THEN,
        ),
        signed("x28_pgp_detached", "allow attested", KEY, DETACHED),
        with(
            "pgp_detached_over_another_payload",
            deny!("attestation-bad-signature"),
            &[key(KEY)],
            &occurrence(&other, "", DETACHED),
            THEN,
        ),
        with(
            "pgp_detached_over_nothing",
            deny!("attestation-bad-signature"),
            &[key(KEY)],
            &occurrence("", "", DETACHED),
            THEN,
        ),
        signed(
            "x29_pgp_clear_signed",
            deny!("attestation-format-unsupported"),
            KEY,
            vector!("form.clear"),
        ),
        with(
            "pgp_key_is_named_by_its_fingerprint_alone",
            deny!("attestation-unknown-key-id"),
            &[key(KEY)],
            &occurrence(&message(), "the fingerprint counts", ATTACHED),
            THEN,
        ),
        with(
            "pgp_key_is_named_by_a_uri",
            "allow attested",
            &[key(KEY)],
            &occurrence(
                &message(),
                &format!("openpgp4fpr:{}", fingerprint()),
                ATTACHED,
            ),
            THEN,
        ),
        signed(
            "pgp_message_of_pgpy",
            "allow attested",
            vector!("pgpy.key"),
            vector!("pgpy.attached"),
        ),
        with(
            "pgp_attached_without_armour",
            "allow attested",
            &[key(KEY)],
            &without_armour(&message(), ATTACHED),
            THEN,
        ),
        with(
            "pgp_detached_without_armour",
            "allow attested",
            &[key(KEY)],
            &without_armour(&message(), DETACHED),
            THEN,
        ),
        signed(
            "pgp_signature_that_is_not_armour",
            deny!("attestation-bad-signature"),
            KEY,
            "not armour",
        ),
        signed(
            "pgp_signed_by_a_subkey",
            "allow attested",
            vector!("subkey.key"),
            vector!("subkey.attached"),
        ),
        signed(
            "pgp_key_revoked",
            deny!("attestation-key-not-valid"),
            vector!("revoked.key"),
            vector!("revoked.attached"),
        ),
        signed(
            "pgp_sha1_signature",
            deny!("attestation-bad-signature"),
            vector!("rsa3072.key"),
            vector!("form.sha1"),
        ),
        signed(
            "pgp_message_of_four_mebibytes_of_zeros",
            deny!("attestation-pgp-payload-mismatch"),
            KEY,
            vector!("form.bomb"),
        ),
        with(
            "pgp_key_not_yet_valid",
            deny!("attestation-key-not-valid"),
            &[key(KEY)],
            &occurrence(&message(), "", ATTACHED),
            "2023-12-31T23:59:59Z",
        ),
        with(
            "x30_pgp_key_expired",
            deny!("attestation-key-not-valid"),
            &[key(vector!("expiring.key"))],
            &occurrence(&message(), "", vector!("expiring.attached")),
            "2040-01-01T00:00:00Z",
        ),
        signed(
            "pgp_key_that_expires_later",
            "allow attested",
            vector!("expiring.key"),
            vector!("expiring.attached"),
        ),
        with(
            "settings_pgp_key_before_and_after_its_expiry_changed",
            "error settings-invalid",
            &[
                key(vector!("expiring.key")),
                key(vector!("expiring-extended.key")),
            ],
            &occurrence(&message(), "", vector!("expiring.attached")),
            THEN,
        ),
        with(
            "settings_pgp_key_after_and_before_its_expiry_changed",
            "error settings-invalid",
            &[
                key(vector!("expiring-extended.key")),
                key(vector!("expiring.key")),
            ],
            &occurrence(&message(), "", vector!("expiring.attached")),
            THEN,
        ),
        with(
            "pgp_key_that_stands_twice",
            "allow attested",
            &[key(KEY), key(KEY)],
            &occurrence(&message(), "", ATTACHED),
            THEN,
        ),
        call_case(
            "settings_two_pgp_attestors_share_a_key",
            "error settings-invalid",
            |call| {
                call["settings"]["attestors"] =
                    json!([attestor_of("a", &[key(KEY)]), attestor_of("b", &[key(KEY)]),]);
                call["settings"]["policy"]["defaultAdmissionRule"]["requireAttestationsBy"] =
                    json!([attestor_name("a"), attestor_name("b")]);
            },
        ),
    ];
    for (name, armor, signature) in [
        (
            "rsa3072",
            vector!("rsa3072.key"),
            vector!("rsa3072.attached"),
        ),
        (
            "nistp256",
            vector!("nistp256.key"),
            vector!("nistp256.detached"),
        ),
        (
            "nistp384",
            vector!("nistp384.key"),
            vector!("nistp384.attached"),
        ),
        (
            "nistp521",
            vector!("nistp521.key"),
            vector!("nistp521.detached"),
        ),
    ] {
        cases.push(signed(
            &format!("pgp_signed_with_{name}"),
            "allow attested",
            armor,
            signature,
        ));
    }
    cases.extend(scans());
    cases
}

/// A scan of 13 June whose signature lasts for the 14th, beside another scan by the same scanner.
fn scans() -> [Case; 3] {
    const FIRST: &str = "2026-06-14T00:00:00Z";
    const LAST: &str = "2026-06-14T23:59:59Z";
    const LATE: &str = "2026-06-15T00:00:00Z";
    let case = |name, expected, other: &str, time: &str| {
        let checks = [vulnerability("MEDIUM", "MEDIUM")];
        checked(name, expected, &checks, |call| {
            let spare = TestKey::new("spare");
            let one_day = vector!("scanner.one-day").as_bytes();
            let scan = include_str!("../../../../policy-wasm/src/openpgp/vectors/scan.json");
            let scans = [
                envelope_of("", one_day, IN_TOTO, scan.trim_end()),
                signed_statement(&spare, &clean_scan(other)),
            ];
            supply(Delivery::Settings, call, &scans);
            let mut scanner = scanner(&[&spare]);
            let keys = scanner["publicKeys"].as_array_mut().unwrap();
            keys.push(key(vector!("scanner.key")));
            trust(call, VULNERABILITY, &[scanner]);
            call["time"] = time.into();
        })
    };
    let older = "2026-06-12T12:00:00Z";
    [
        case(
            "newer_scan_in_the_last_second_of_its_pgp_signature",
            "allow check-passed !evidence-untrusted",
            older,
            LAST,
        ),
        case(
            "newer_scan_with_an_expired_pgp_signature",
            "error evidence-missing attestation-key-not-valid !check-passed",
            older,
            LATE,
        ),
        case(
            "older_scan_with_an_expired_pgp_signature",
            "allow check-passed evidence-untrusted attestation-key-not-valid",
            FIRST,
            LATE,
        ),
    ]
}
