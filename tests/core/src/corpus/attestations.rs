//! What makes an attestation count, and why one does not.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::case::{A, B, Case, case, one_container, pod, require};
use crate::signing::{
    TestKey, attestor, attestor_of, filed_under, note_name, occurrence, occurrence_of, payload,
};

/// A case in which these are the only occurrences.
fn with(name: &str, expected: &'static str, occurrences: Vec<Value>) -> Case {
    case(name, expected, |s, _| {
        s["evidence"]["occurrences"] = occurrences.into()
    })
}

/// The rejected candidate's own code, under the attestor's.
macro_rules! deny {
    ($code:literal) => {
        concat!("deny no-valid-attestation ", $code)
    };
}

pub(super) fn cases() -> Vec<Case> {
    let (key, other) = (TestKey::new("a"), TestKey::new("other"));
    let good_payload = payload("trusted.example/app", A);
    let good = || occurrence("a", &key, good_payload.as_bytes());
    let signed = |text: &str| occurrence("a", &key, text.as_bytes());
    let compact = format!(
        r#"{{"optional":{{"x":[1,null]}},"critical":{{"type":"any","image":{{"docker-manifest-digest":"{A}"}},"identity":{{"docker-reference":"trusted.example/app"}},"more":1}}}}"#
    );
    let flipped = good_payload.replace("binauthz", "binauthy");
    let mut pae = format!(
        "DSSEv1 48 application/vnd.dev.cosign.simplesigning.v1+json {} ",
        good_payload.len()
    );
    pae.push_str(&good_payload);

    let mut cases = vec![
        with("x01_valid", "allow attested", vec![good()]),
        with(
            "x02_other_white_space_and_key_order",
            "allow attested",
            vec![signed(&compact)],
        ),
        with(
            "x03_payload_changed_after_signing",
            deny!("attestation-bad-signature"),
            vec![occurrence_of(
                "a",
                flipped.as_bytes(),
                &[(key.id(), key.sign(good_payload.as_bytes()))],
            )],
        ),
        with(
            "x04_signed_for_other_digest",
            deny!("attestation-digest-mismatch"),
            vec![signed(&payload("trusted.example/app", B))],
        ),
        with(
            "x04_filed_under_the_image_and_signed_for_another",
            deny!("attestation-digest-mismatch"),
            vec![{
                let mut occurrence = signed(&payload("trusted.example/app", B));
                occurrence["resourceUri"] = format!("https://trusted.example/app@{A}").into();
                occurrence
            }],
        ),
        with(
            "x07_unknown_key_id",
            deny!("attestation-unknown-key-id"),
            vec![occurrence("a", &other, good_payload.as_bytes())],
        ),
        with(
            "x08_key_id_in_other_letter_case",
            deny!("attestation-unknown-key-id"),
            vec![occurrence_of(
                "a",
                good_payload.as_bytes(),
                &[(key.id().to_uppercase(), key.sign(good_payload.as_bytes()))],
            )],
        ),
        with(
            "signature_by_other_key_under_our_id",
            deny!("attestation-bad-signature"),
            vec![occurrence_of(
                "a",
                good_payload.as_bytes(),
                &[(key.id(), other.sign(good_payload.as_bytes()))],
            )],
        ),
        with(
            "x10_first_signature_bad_second_good",
            "allow attested",
            vec![occurrence_of(
                "a",
                good_payload.as_bytes(),
                &[
                    (key.id(), other.sign(b"x")),
                    (key.id(), key.sign(good_payload.as_bytes())),
                ],
            )],
        ),
        case("one_key_under_two_ids", "allow attested", |s, _| {
            let mut named = key.document();
            named["id"] = "urn:another-id".into();
            s["attestors"] = json!([attestor_of("a", &[key.document(), named])]);
            s["evidence"]["occurrences"] = json!([occurrence_of(
                "a",
                good_payload.as_bytes(),
                &[("urn:another-id".into(), key.sign(good_payload.as_bytes()))],
            )]);
        }),
        with(
            "x11_under_another_note",
            deny!("attestation-note-mismatch"),
            vec![occurrence("b", &key, good_payload.as_bytes())],
        ),
        with(
            "x12_without_note",
            "allow attested",
            vec![{
                let mut occurrence = good();
                occurrence.as_object_mut().unwrap().remove("noteName");
                occurrence
            }],
        ),
        with(
            "x13_any_type",
            "allow attested",
            vec![signed(
                &good_payload.replace("Google cloud binauthz", "cosign"),
            )],
        ),
        with(
            "x14_duplicate_digest_in_payload",
            deny!("attestation-payload-invalid"),
            vec![signed(&format!(
                r#"{{"critical":{{"image":{{"docker-manifest-digest":"{B}","docker-manifest-digest":"{A}"}}}}}}"#
            ))],
        ),
        with(
            "signed_duplicate_key_elsewhere_in_payload",
            deny!("attestation-payload-invalid"),
            vec![signed(&format!(
                r#"{{"critical":{{"image":{{"docker-manifest-digest":"{A}"}}}},"optional":{{"a":1,"a":2}}}}"#
            ))],
        ),
        with(
            "x15_extra_bytes_after_payload",
            deny!("attestation-payload-invalid"),
            vec![signed(&format!("{good_payload}x"))],
        ),
        with(
            "x16_signed_non_json_payload",
            deny!("attestation-payload-invalid"),
            vec![signed("hello")],
        ),
        with(
            "signed_truncated_payload",
            deny!("attestation-payload-invalid"),
            vec![signed(good_payload.trim_end().trim_end_matches('}'))],
        ),
        with(
            "signed_payload_without_digest",
            deny!("attestation-payload-invalid"),
            vec![signed(r#"{"critical":{"image":{}}}"#)],
        ),
        with(
            "signed_payload_with_tag_instead_of_digest",
            deny!("attestation-payload-invalid"),
            vec![signed(&payload("trusted.example/app", "v1"))],
        ),
        with(
            "signed_payload_is_deeply_nested",
            deny!("attestation-payload-invalid"),
            vec![signed(&format!("{}{}", "[".repeat(5000), "]".repeat(5000)))],
        ),
        with(
            "signed_empty_payload",
            deny!("attestation-payload-invalid"),
            vec![signed("")],
        ),
        with(
            "x17_pae_signed",
            deny!("attestation-bad-signature"),
            vec![occurrence_of(
                "a",
                good_payload.as_bytes(),
                &[(key.id(), key.sign(pae.as_bytes()))],
            )],
        ),
        with(
            "x23_signature_of_fixed_width",
            deny!("attestation-bad-signature"),
            vec![occurrence_of(
                "a",
                good_payload.as_bytes(),
                &[(key.id(), key.sign_fixed_width(good_payload.as_bytes()))],
            )],
        ),
        with(
            "x24_signature_in_non_minimal_der",
            deny!("attestation-bad-signature"),
            vec![occurrence_of(
                "a",
                good_payload.as_bytes(),
                &[(key.id(), non_minimal(&key.sign(good_payload.as_bytes())))],
            )],
        ),
        with(
            "signature_empty",
            deny!("attestation-bad-signature"),
            vec![occurrence_of(
                "a",
                good_payload.as_bytes(),
                &[(key.id(), Vec::new())],
            )],
        ),
        with(
            "signature_with_trailing_byte",
            deny!("attestation-bad-signature"),
            vec![occurrence_of(
                "a",
                good_payload.as_bytes(),
                &[(key.id(), {
                    let mut signature = key.sign(good_payload.as_bytes());
                    signature.push(0);
                    signature
                })],
            )],
        ),
        with(
            "x31_only_jwts",
            deny!("attestation-jwt-unsupported"),
            vec![json!({
                "noteName": note_name("a"), "attestation": {"jwts": [{"compactJwt": "a.b.c"}]},
            })],
        ),
        with(
            "x37_resource_names_another_image",
            "allow attested",
            vec![filed_under(B, good())],
        ),
        with(
            "resource_names_another_image_beside_one_that_does_not_count",
            "allow attested",
            vec![
                occurrence("a", &other, good_payload.as_bytes()),
                filed_under(B, good()),
            ],
        ),
        with(
            "every_reason_wherever_it_is_filed",
            "deny no-valid-attestation attestation-unknown-key-id attestation-bad-signature",
            vec![
                occurrence("a", &other, good_payload.as_bytes()),
                filed_under(
                    B,
                    occurrence_of(
                        "a",
                        good_payload.as_bytes(),
                        &[(key.id(), key.sign(flipped.as_bytes()))],
                    ),
                ),
            ],
        ),
        with(
            "filed_under_nothing_with_a_digest_in_its_name",
            "allow attested",
            vec![{
                let mut occurrence = good();
                occurrence["name"] = format!("projects/p/occurrences/{}", "b".repeat(64)).into();
                occurrence
            }],
        ),
        with(
            "resource_uri_without_scheme",
            "allow attested",
            vec![{
                let mut occurrence = good();
                occurrence["resourceUri"] = format!("trusted.example/app@{A}").into();
                occurrence
            }],
        ),
        with(
            "metadata_that_nobody_reads",
            "allow attested",
            vec![{
                let mut occurrence = good();
                occurrence["createTime"] = "2026-01-01T00:00:00Z".into();
                occurrence["name"] = "projects/p/occurrences/1".into();
                occurrence["somethingNew"] = json!({"x": 1});
                occurrence
            }],
        ),
        with(
            "signature_without_key_id",
            "allow attested",
            vec![occurrence_of(
                "a",
                good_payload.as_bytes(),
                &[(String::new(), key.sign(good_payload.as_bytes()))],
            )],
        ),
        with(
            "no_occurrences",
            "deny no-valid-attestation !attestation-unknown-key-id",
            vec![],
        ),
        with(
            "occurrence_of_another_kind",
            "deny no-valid-attestation",
            vec![{
                let mut occurrence = good();
                occurrence["kind"] = "VULNERABILITY".into();
                occurrence
            }],
        ),
        with(
            "about_another_image_altogether",
            "deny no-valid-attestation !attestation-digest-mismatch",
            vec![{
                let mut occurrence = signed(&payload("trusted.example/app", B));
                occurrence["resourceUri"] = format!("https://trusted.example/app@{B}").into();
                occurrence
            }],
        ),
        case(
            "two_attestors_one_of_which_is_filed_under_another_image",
            "allow attested",
            |s, _| {
                let qa = TestKey::new("qa");
                s["policy"]["defaultAdmissionRule"] = require(&["a", "qa"]);
                s["attestors"] = json!([attestor("a", &[&key]), attestor("qa", &[&qa])]);
                s["evidence"]["occurrences"] = json!([
                    good(),
                    filed_under(B, occurrence("qa", &qa, good_payload.as_bytes())),
                ]);
            },
        ),
    ];

    for (name, change) in [
        (
            "payload_is_not_base64",
            (|o| o["attestation"]["serializedPayload"] = "!".into()) as fn(&mut Value),
        ),
        ("payload_is_a_number", |o| {
            o["attestation"]["serializedPayload"] = 1.into()
        }),
        ("signature_is_not_base64", |o| {
            o["attestation"]["signatures"][0]["signature"] = "*".into();
        }),
        ("signatures_missing", |o| {
            o["attestation"]
                .as_object_mut()
                .unwrap()
                .remove("signatures");
        }),
        ("signatures_empty", |o| {
            o["attestation"]["signatures"] = json!([])
        }),
        ("unknown_field_beside_signature", |o| {
            o["attestation"]["algorithm"] = "none".into()
        }),
        ("no_attestation", |o| {
            o.as_object_mut().unwrap().remove("attestation");
        }),
    ] {
        let mut garbage = good();
        change(&mut garbage);
        cases.push(with(
            &format!("garbage_occurrence_{name}"),
            deny!("attestation-undecodable"),
            vec![garbage.clone()],
        ));
        for (order, occurrences) in [
            ("before", vec![garbage.clone(), good()]),
            ("after", vec![good(), garbage]),
        ] {
            cases.push(with(
                &format!("garbage_occurrence_{name}_{order}_a_good_one"),
                "allow attested",
                occurrences,
            ));
        }
    }

    // Both alphabets of base64, with and without padding; never a mixture.
    let text = good_payload.as_bytes();
    for (name, payload) in [
        ("standard", STANDARD.encode(text)),
        ("standard_unpadded", STANDARD_NO_PAD.encode(text)),
        ("url_safe", URL_SAFE.encode(text)),
        ("url_safe_unpadded", URL_SAFE_NO_PAD.encode(text)),
    ] {
        cases.push(with(
            &format!("base64_{name}"),
            "allow attested",
            vec![{
                let mut occurrence = good();
                occurrence["attestation"]["serializedPayload"] = payload.into();
                occurrence
            }],
        ));
    }
    cases.push(with(
        "base64_mixed",
        deny!("attestation-undecodable"),
        vec![{
            let mut occurrence = good();
            occurrence["attestation"]["signatures"][0]["signature"] = "+_+_".into();
            occurrence
        }],
    ));

    // The docker-reference, by setting.
    let elsewhere = signed(&payload("gcr.io/other/i", A));
    cases.push(with(
        "x05_other_repository_ignored",
        "allow attested",
        vec![elsewhere.clone()],
    ));
    let by_repository = |name: &str, expected, payload_repository: &str, image: &str| {
        let occurrence = signed(&payload(payload_repository, A));
        case(name, expected, |s, r| {
            s["matchDockerReference"] = "repository".into();
            s["evidence"]["occurrences"] = json!([occurrence]);
            *r = pod(one_container(&format!("{image}@{A}")));
        })
    };
    let mismatch = deny!("attestation-reference-mismatch");
    cases.push(by_repository(
        "x06_other_repository",
        mismatch,
        "gcr.io/other/i",
        "trusted.example/app",
    ));
    cases.push(by_repository(
        "same_repository",
        "allow attested",
        "trusted.example/app",
        "trusted.example/app:v1",
    ));
    cases.push(by_repository(
        "repository_with_tag_in_payload",
        "allow attested",
        "trusted.example/app:1",
        "trusted.example/app",
    ));
    cases.push(by_repository(
        "repository_unreadable_in_payload",
        mismatch,
        "https://trusted.example/app",
        "trusted.example/app",
    ));
    cases.push(by_repository(
        "repository_empty_in_payload",
        mismatch,
        "",
        "trusted.example/app",
    ));
    let hub = "docker.io/library/nginx";
    for (name, image) in [
        ("hub_short", "nginx"),
        ("hub_library", "library/nginx"),
        ("hub_host_short", "docker.io/nginx"),
        ("hub_legacy_alias", "index.docker.io/library/nginx"),
    ] {
        cases.push(by_repository(
            &format!("reference_{name}"),
            "allow attested",
            hub,
            image,
        ));
    }
    cases.push(by_repository(
        "reference_hub_api_host",
        mismatch,
        hub,
        "registry-1.docker.io/library/nginx",
    ));

    for (setting, expected) in [
        ("ignore", "allow attested"),
        ("repository", "deny attestation-reference-mismatch attested"),
    ] {
        for (order, repositories) in [
            ("", ["trusted.example/app", "q.example/app"]),
            ("_reversed", ["q.example/app", "trusted.example/app"]),
        ] {
            let name = format!("same_digest_two_repositories_{setting}{order}");
            cases.push(case(&name, expected, |s, r| {
                s["matchDockerReference"] = setting.into();
                *r = pod(json!({"containers": [
                    {"name": "one", "image": format!("{}@{A}", repositories[0])},
                    {"name": "two", "image": format!("{}@{A}", repositories[1])},
                ]}));
            }));
        }
    }

    // Keys and attestors.
    cases.push(case("second_key_of_attestor", "allow attested", |s, _| {
        s["attestors"] = json!([attestor("a", &[&other, &key])]);
    }));
    cases.push(case(
        "x09_id_of_one_key_signature_of_another",
        deny!("attestation-bad-signature"),
        |s, _| {
            s["attestors"] = json!([attestor("a", &[&key, &other])]);
            s["evidence"]["occurrences"] = json!([occurrence_of(
                "a",
                good_payload.as_bytes(),
                &[(key.id(), other.sign(good_payload.as_bytes()))],
            )]);
        },
    ));
    let two_attestors = |s: &mut Value| {
        s["attestors"] = json!([attestor("a", &[&key]), attestor("b", &[&other])]);
        s["policy"]["defaultAdmissionRule"] = require(&["a", "b"]);
    };
    cases.push(case(
        "both_attestors_satisfied",
        "allow attested !no-valid-attestation",
        |s, _| {
            two_attestors(s);
            s["evidence"]["occurrences"] =
                json!([good(), occurrence("b", &other, good_payload.as_bytes())]);
        },
    ));
    cases.push(case(
        "key_id_of_other_attestor",
        "deny attestation-bad-signature attested",
        |s, _| {
            two_attestors(s);
            s["evidence"]["occurrences"] = json!([
                good(),
                occurrence_of(
                    "b",
                    good_payload.as_bytes(),
                    &[(other.id(), key.sign(good_payload.as_bytes()))],
                )
            ]);
        },
    ));
    cases.push(case(
        "one_attestors_key_under_the_others_note",
        "deny attestation-unknown-key-id attested",
        |s, _| {
            two_attestors(s);
            s["evidence"]["occurrences"] =
                json!([good(), occurrence("b", &key, good_payload.as_bytes())]);
        },
    ));
    let bad = occurrence("a", &other, good_payload.as_bytes());
    cases.push(with(
        "good_attestation_after_bad_ones",
        "allow attested",
        vec![bad.clone(), bad.clone(), good()],
    ));
    cases.push(with(
        "good_attestation_before_bad_ones",
        "allow attested",
        vec![good(), bad.clone(), bad],
    ));
    cases
}

/// Gives the first number of a DER signature a superfluous leading zero.
fn non_minimal(signature: &[u8]) -> Vec<u8> {
    let [0x30, length, 0x02, first, rest @ ..] = signature else {
        panic!("not DER")
    };
    let mut changed = vec![0x30, length + 1, 0x02, first + 1, 0];
    changed.extend_from_slice(rest);
    changed
}
