//! The shapes in which attestations come, and the closed list of payloads that attest an image.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::case::{A, B, Case, case};
use crate::signing::{
    EnvelopeKey, IN_TOTO, POLICY_VERIFICATION, SIMPLE_SIGNING, TestKey, attestor_of, envelope,
    envelope_of, note_name, occurrence, occurrence_of, pae, payload, statement,
};

const REPOSITORY: &str = "trusted.example/app";

/// A case in which this is the only attestation.
fn with(name: &str, expected: &'static str, attestation: Value) -> Case {
    case(name, expected, |s, _| {
        s["evidence"]["occurrences"] = json!([attestation]);
    })
}

/// The rejected candidate's own code, under the attestor's.
macro_rules! deny {
    ($code:literal) => {
        concat!("deny no-valid-attestation ", $code)
    };
}

pub(super) fn cases() -> Vec<Case> {
    [
        shapes(),
        bodies(),
        wrapped(),
        line_breaks(),
        payloads(),
        encodings(),
        swaps(),
        ed25519(),
    ]
    .concat()
}

/// Every shape that the versions of the API have, around the same signed bytes.
fn shapes() -> Vec<Case> {
    let key = TestKey::new("a");
    let text = payload(REPOSITORY, A);
    let raw = occurrence("a", &key, text.as_bytes());
    let generic = raw["attestation"].clone();
    let dsse = envelope(&key, SIMPLE_SIGNING, &text);
    let filed = |mut occurrence: Value| {
        occurrence["noteName"] = note_name("a").into();
        occurrence
    };
    let with_type = |content_type: &str| {
        let mut generic = generic.clone();
        generic["contentType"] = content_type.into();
        filed(json!({"attestation": {"attestation": {"genericSignedAttestation": generic}}}))
    };
    let mut lenient = dsse.clone();
    lenient["signatures"][0]["cert"] = "metadata".into();
    lenient["extra"] = json!({"more": 1});
    vec![
        with("v1_dsse_envelope_beside_its_kind", "allow attested", {
            filed(json!({"kind": "DSSE_ATTESTATION", "envelope": dsse}))
        }),
        with("v1_dsse_attestation", "allow attested", {
            let copy = json!({"_type": "nobody signed this copy"});
            filed(json!({"dsseAttestation": {"envelope": dsse, "statement": copy}}))
        }),
        with("v1_dsse_envelope_kept_twice", "allow attested", {
            filed(json!({"envelope": dsse, "dsseAttestation": {"envelope": dsse}}))
        }),
        with(
            "sigstore_bundle",
            "allow attested",
            json!({
                "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
                "verificationMaterial": {"publicKey": {"hint": ""}}, "dsseEnvelope": dsse,
            }),
        ),
        with("a_dsse_envelope_by_itself", "allow attested", dsse.clone()),
        with("dsse_metadata_nobody_knows", "allow attested", lenient),
        with(
            "v1beta1_generic",
            "allow attested",
            with_type("SIMPLE_SIGNING_JSON"),
        ),
        with(
            "v1beta1_generic_of_another_content_type",
            deny!("attestation-undecodable"),
            with_type("JWT"),
        ),
        with("v1beta1_resource_is_not_trusted", "allow attested", {
            let mut occurrence = with_type("CONTENT_TYPE_UNSPECIFIED");
            occurrence["resource"] = json!({"uri": format!("https://other.example/x@{B}")});
            occurrence
        }),
        with(
            "unknown_message_in_attestation",
            deny!("attestation-undecodable"),
            filed(json!({"attestation": {"signedByHand": generic}})),
        ),
        with(
            "envelope_without_signatures",
            deny!("attestation-undecodable"),
            filed(json!({"envelope": {"payload": "", "payloadType": "x", "signatures": []}})),
        ),
        with(
            "envelope_without_key_id_tries_every_key",
            "allow attested",
            {
                let mut dsse = dsse.clone();
                dsse["signatures"][0]
                    .as_object_mut()
                    .unwrap()
                    .remove("keyid");
                dsse
            },
        ),
        with(
            "envelope_signed_over_the_bare_payload",
            deny!("attestation-bad-signature"),
            {
                let mut dsse = dsse.clone();
                dsse["signatures"][0]["sig"] = STANDARD.encode(key.sign(text.as_bytes())).into();
                dsse
            },
        ),
    ]
}

/// What Tekton Chains makes of one signature over the bare payload: an attestation, for which it is true,
/// and an envelope with the same signature, for which it is not.
fn tekton_chains(key: &TestKey, text: &str) -> Value {
    let mut occurrence = occurrence("a", key, text.as_bytes());
    let signature = STANDARD.encode(key.sign(text.as_bytes()));
    occurrence["envelope"] = json!({
        "payload": STANDARD.encode(text), "payloadType": SIMPLE_SIGNING,
        "signatures": [{"keyid": key.id(), "sig": signature}],
    });
    occurrence
}

/// An occurrence may have several bodies. Each stands for itself, and one is enough.
fn bodies() -> Vec<Case> {
    let (key, other) = (TestKey::new("a"), TestKey::new("other"));
    let (mine, theirs) = (payload(REPOSITORY, A), payload(REPOSITORY, B));
    let good = || envelope(&key, SIMPLE_SIGNING, &mine);
    let beside = |mut occurrence: Value, envelope: Value| {
        occurrence["envelope"] = envelope;
        occurrence
    };
    let raw = |text: &str| occurrence("a", &key, text.as_bytes());
    let mut nameless = raw(&mine);
    nameless["attestation"]["serializedPayload"] = "???".into();
    let mut unknown = raw(&mine);
    unknown["attestation"] = json!({"signedByHand": {}});
    let many = |count| vec![tekton_chains(&other, &mine); count];
    vec![
        with(
            "tekton_chains_attestation",
            "allow attested",
            tekton_chains(&key, &mine),
        ),
        with(
            "tekton_chains_attestation_by_an_unknown_key",
            deny!("attestation-unknown-key-id"),
            tekton_chains(&other, &mine),
        ),
        with(
            "tekton_chains_attestation_of_another_image",
            deny!("attestation-digest-mismatch"),
            tekton_chains(&key, &theirs),
        ),
        with(
            "each_of_two_envelopes_stands_for_itself",
            "allow attested",
            json!({
                "noteName": note_name("a"),
                "envelope": good(),
                "dsseAttestation": {"envelope": envelope(&key, SIMPLE_SIGNING, "{}")},
            }),
        ),
        with(
            "neither_of_two_envelopes_counts",
            "deny no-valid-attestation attestation-digest-mismatch attestation-payload-invalid",
            json!({
                "envelope": envelope(&key, SIMPLE_SIGNING, &theirs),
                "dsseAttestation": {"envelope": envelope(&key, SIMPLE_SIGNING, "{}")},
            }),
        ),
        with(
            "envelope_beside_an_attestation_that_cannot_be_decoded",
            "allow attested",
            beside(nameless, good()),
        ),
        with(
            "envelope_beside_an_attestation_of_an_unknown_form",
            "allow attested",
            beside(unknown.clone(), good()),
        ),
        with(
            "attestation_beside_an_envelope_that_cannot_be_read",
            "allow attested",
            beside(raw(&mine), json!({"payload": 1, "signatures": {}})),
        ),
        with(
            "two_bodies_of_which_neither_can_be_read",
            deny!("attestation-undecodable"),
            beside(unknown, json!([])),
        ),
        with(
            "signature_of_one_body_under_the_payload_of_the_other",
            deny!("attestation-bad-signature"),
            {
                let mut swapped = tekton_chains(&key, &mine);
                swapped["attestation"]["serializedPayload"] = STANDARD.encode(&theirs).into();
                swapped
            },
        ),
        // Two bodies are one attestation.
        case(
            "sixty_occurrences_with_two_bodies_each",
            "deny no-valid-attestation attestation-unknown-key-id !limit-exceeded",
            |s, _| s["evidence"]["occurrences"] = many(60).into(),
        ),
        case(
            "too_many_occurrences_with_two_bodies_each",
            "error limit-exceeded",
            |s, _| s["evidence"]["occurrences"] = many(101).into(),
        ),
    ]
}

/// An envelope whose signature is another one, as Tekton Chains files provenance.
pub(crate) fn wrapped_in(outer: &str, inner: &Value) -> Value {
    json!({
        "payload": STANDARD.encode(outer), "payloadType": IN_TOTO,
        "signatures": [{"keyid": "", "sig": STANDARD.encode(inner.to_string())}],
    })
}

/// An envelope in the place of a signature is believed for its own payload.
fn wrapped() -> Vec<Case> {
    let key = TestKey::new("a");
    let (mine, theirs) = (payload(REPOSITORY, A), payload(REPOSITORY, B));
    let inner = |text: &str| envelope(&key, SIMPLE_SIGNING, text);
    let mut tampered = inner(&theirs);
    tampered["payload"] = STANDARD.encode(&mine).into();
    let mut both = wrapped_in(&mine, &inner(&theirs));
    both["payloadType"] = SIMPLE_SIGNING.into();
    let own = inner(&mine)["signatures"][0].clone();
    both["signatures"].as_array_mut().unwrap().push(own);
    vec![
        with(
            "envelope_in_place_of_a_signature",
            "allow attested",
            wrapped_in("{}", &inner(&mine)),
        ),
        with(
            "envelope_in_place_of_a_signature_about_another_image",
            deny!("attestation-digest-mismatch"),
            wrapped_in(&mine, &inner(&theirs)),
        ),
        with(
            "envelope_in_place_of_a_signature_beside_a_signature",
            "allow attested",
            both,
        ),
        with(
            "envelope_in_place_of_a_signature_that_is_tampered_with",
            deny!("attestation-bad-signature"),
            wrapped_in(&mine, &tampered),
        ),
        with(
            "envelope_in_an_envelope_in_place_of_a_signature",
            deny!("attestation-bad-signature"),
            wrapped_in(&mine, &wrapped_in(&mine, &inner(&mine))),
        ),
        with(
            "empty_object_in_place_of_a_signature",
            deny!("attestation-undecodable"),
            wrapped_in(&mine, &json!({})),
        ),
        with(
            "deeply_nested_text_in_place_of_a_signature",
            deny!("attestation-bad-signature"),
            {
                let mut envelope = wrapped_in(&mine, &json!({}));
                let deep = format!("{{\"a\":{}{}}}", "[".repeat(2000), "]".repeat(2000));
                envelope["signatures"][0]["sig"] = STANDARD.encode(deep).into();
                envelope
            },
        ),
    ]
}

/// Base64 as command lines print it: GNU `base64` breaks lines after 76 characters, and so do others.
fn line_breaks() -> Vec<Case> {
    let key = TestKey::new("a");
    let text = payload(REPOSITORY, A);
    let broken = |text: &Value, end: &str| {
        let lines = text.as_str().unwrap().as_bytes().chunks(76);
        let lines = lines.map(|line| format!("{}{end}", core::str::from_utf8(line).unwrap()));
        Value::from(lines.collect::<String>())
    };
    let mut cases = Vec::new();
    for (name, end) in [("lf", "\n"), ("crlf", "\r\n"), ("space", " ")] {
        let mut raw = occurrence("a", &key, text.as_bytes());
        let attestation = &mut raw["attestation"];
        attestation["serializedPayload"] = broken(&attestation["serializedPayload"], end);
        let signature = &mut attestation["signatures"][0]["signature"];
        *signature = broken(signature, end);
        cases.push(with(
            &format!("base64_of_an_attestation_broken_by_{name}"),
            "allow attested",
            raw,
        ));
        let mut dsse = envelope(&key, SIMPLE_SIGNING, &text);
        dsse["payload"] = broken(&dsse["payload"], end);
        dsse["signatures"][0]["sig"] = broken(&dsse["signatures"][0]["sig"], end);
        cases.push(with(
            &format!("base64_of_an_envelope_broken_by_{name}"),
            "allow attested",
            dsse,
        ));
    }
    cases
}

/// What satisfies an attestor is a closed list; whatever else the same key has signed is not on it.
fn payloads() -> Vec<Case> {
    let key = TestKey::new("a");
    let signed = |payload_type: &str, text: &str| envelope(&key, payload_type, text);
    let about = |predicate: &str| signed(IN_TOTO, &statement(predicate, REPOSITORY, A));
    let mut cases = vec![
        with(
            "policy_verification_statement",
            "allow attested",
            about(POLICY_VERIFICATION),
        ),
        with(
            "policy_verification_for_another_digest",
            deny!("attestation-digest-mismatch"),
            signed(IN_TOTO, &statement(POLICY_VERIFICATION, REPOSITORY, B)),
        ),
        with(
            "policy_verification_about_two_images",
            "allow attested",
            signed(
                IN_TOTO,
                &json!({
                    "_type": "https://in-toto.io/Statement/v0.1",
                    "subject": [
                        {"name": "trusted.example/other", "digest": {"sha256": &B[7..]}},
                        {"name": REPOSITORY, "digest": {"sha256": &A[7..], "sha1": "00"}},
                    ],
                    "predicateType": POLICY_VERIFICATION,
                    "predicate": {"policy": "projects/p/platforms/gke/policies/x"},
                })
                .to_string(),
            ),
        ),
        with(
            "signed_wrong_payload_type",
            deny!("attestation-payload-type"),
            signed("application/json", &payload(REPOSITORY, A)),
        ),
        with(
            "statement_in_an_envelope_of_simple_signing",
            deny!("attestation-payload-invalid"),
            signed(
                SIMPLE_SIGNING,
                &statement(POLICY_VERIFICATION, REPOSITORY, A),
            ),
        ),
        with(
            "simple_signing_in_an_envelope_of_statements",
            deny!("attestation-payload-invalid"),
            signed(IN_TOTO, &payload(REPOSITORY, A)),
        ),
        case(
            "statement_about_another_repository",
            deny!("attestation-reference-mismatch"),
            |s, _| {
                s["matchDockerReference"] = "repository".into();
                let text = statement(POLICY_VERIFICATION, "trusted.example/other", A);
                s["evidence"]["occurrences"] = json!([signed(IN_TOTO, &text)]);
            },
        ),
        case(
            "statement_about_this_repository",
            "allow attested",
            |s, _| {
                s["matchDockerReference"] = "repository".into();
                s["evidence"]["occurrences"] = json!([about(POLICY_VERIFICATION)]);
            },
        ),
    ];
    for (name, predicate) in [
        (
            "provenance_does_not_attest",
            "https://slsa.dev/provenance/v1",
        ),
        (
            "provenance_v0_2_does_not_attest",
            "https://slsa.dev/provenance/v0.2",
        ),
        (
            "scan_does_not_attest",
            "https://cosign.sigstore.dev/attestation/vuln/v1",
        ),
        (
            "publish_statement_does_not_attest",
            "https://github.com/npm/attestation/tree/main/specs/publish/v0.1",
        ),
    ] {
        cases.push(with(
            name,
            deny!("attestation-predicate-type"),
            about(predicate),
        ));
    }
    cases
}

/// `singletonPae`, for occurrences that do not record how they were signed.
fn encodings() -> Vec<Case> {
    let key = TestKey::new("a");
    let text = payload(REPOSITORY, A);
    let signed_over = |message: &str| {
        let mut occurrence = occurrence("a", &key, text.as_bytes());
        occurrence["attestation"]["signatures"][0]["signature"] =
            STANDARD.encode(key.sign(message.as_bytes())).into();
        occurrence
    };
    let encoded = pae(SIMPLE_SIGNING, &text);
    let case_of = |name, expected, mode: &str, message: &str| {
        case(name, expected, |s, _| {
            s["singletonPae"] = mode.into();
            s["evidence"]["occurrences"] = json!([signed_over(message)]);
        })
    };
    vec![
        case_of(
            "x17_pae_signed_with_singleton_pae_off",
            deny!("attestation-bad-signature"),
            "off",
            &encoded,
        ),
        case_of(
            "pae_signed_with_singleton_pae_try",
            "allow attested",
            "try",
            &encoded,
        ),
        case_of(
            "raw_signed_with_singleton_pae_try",
            "allow attested",
            "try",
            &text,
        ),
        case_of(
            "pae_of_another_type_with_singleton_pae_try",
            deny!("attestation-bad-signature"),
            "try",
            &pae(IN_TOTO, &text),
        ),
    ]
}

/// A key that Google does not have signs envelopes, and nothing else.
fn ed25519() -> Vec<Case> {
    let key = EnvelopeKey::new("ed25519");
    let text = payload(REPOSITORY, A);
    let signed = |name: &str, expected, attestation: Value| {
        case(name, expected, |s, _| {
            s["attestors"] = json!([attestor_of("a", &[key.document()])]);
            s["evidence"]["occurrences"] = json!([attestation]);
        })
    };
    let over = |message: &str| {
        let signature = key.sign(message.as_bytes());
        envelope_of("", &signature, SIMPLE_SIGNING, &text)
    };
    let bare = occurrence_of(
        "a",
        text.as_bytes(),
        &[(String::new(), key.sign(text.as_bytes()))],
    );
    vec![
        signed(
            "ed25519_signs_an_envelope",
            "allow attested",
            over(&pae(SIMPLE_SIGNING, &text)),
        ),
        signed(
            "ed25519_over_something_else",
            deny!("attestation-bad-signature"),
            over(&text),
        ),
        signed(
            "ed25519_signs_no_bare_payload",
            deny!("attestation-format-unsupported"),
            bare,
        ),
    ]
}

/// Parts of genuine attestations, put together wrongly: none may count for an image that its own
/// payload does not name.
fn swaps() -> Vec<Case> {
    let key = TestKey::new("a");
    let mine = envelope(&key, SIMPLE_SIGNING, &payload(REPOSITORY, A));
    let theirs = envelope(&key, SIMPLE_SIGNING, &payload(REPOSITORY, B));
    let statement = envelope(
        &key,
        IN_TOTO,
        &statement(POLICY_VERIFICATION, REPOSITORY, A),
    );
    let swapped = |field: &str, from: &Value| {
        let mut envelope = theirs.clone();
        envelope[field] = from[field].clone();
        envelope
    };
    vec![
        with(
            "swapped_payload",
            deny!("attestation-bad-signature"),
            swapped("payload", &mine),
        ),
        with(
            "genuine_for_another_image",
            deny!("attestation-digest-mismatch !attestation-bad-signature"),
            theirs.clone(),
        ),
        with(
            "signature_of_another_payload",
            deny!("attestation-bad-signature"),
            {
                let mut envelope = mine.clone();
                envelope["signatures"] = theirs["signatures"].clone();
                envelope
            },
        ),
        with(
            "payload_type_changed_after_signing",
            deny!("attestation-bad-signature"),
            {
                let mut envelope = mine.clone();
                envelope["payloadType"] = IN_TOTO.into();
                envelope
            },
        ),
        with(
            "statement_under_the_type_of_simple_signing",
            deny!("attestation-bad-signature"),
            {
                let mut envelope = statement.clone();
                envelope["payloadType"] = SIMPLE_SIGNING.into();
                envelope
            },
        ),
    ]
}
