//! Where attestations come from, and what happens when a place cannot be asked.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::case::{A, B, Case, call_case, one_container, pod};
use crate::delivery::{
    Delivery, NAMESPACE, annotate, answer, artifact, ask_registry, cosign_layer, cosign_payload,
    manifest, resource, resource_name,
};
use crate::signing::{
    IN_TOTO, SIMPLE_SIGNING, TestKey, envelope, note_name, occurrence, payload, statement,
};

const REPOSITORY: &str = "trusted.example/app";

pub(super) fn cases() -> Vec<Case> {
    [delivered(), annotation(), cluster(), registry(), failures()].concat()
}

fn good() -> Value {
    envelope(&TestKey::new("a"), SIMPLE_SIGNING, &payload(REPOSITORY, A))
}

/// One attestation and its forgeries, from every source.
fn delivered() -> Vec<Case> {
    let other = TestKey::new("other");
    let forged = envelope(&other, SIMPLE_SIGNING, &payload(REPOSITORY, A));
    let key = TestKey::new("a");
    let elsewhere = envelope(&key, SIMPLE_SIGNING, &payload(REPOSITORY, B));
    let provenance = statement("https://slsa.dev/provenance/v1", REPOSITORY, A);
    let provenance = envelope(&key, IN_TOTO, &provenance);
    let many = vec![forged.clone(); 101];
    let all = [&many[..99], &[good()]].concat();
    let mut cases = Vec::new();
    for place in Delivery::ALL {
        for (what, expected, attestations) in [
            ("good", "allow attested", vec![good()]),
            (
                "good_after_bad",
                "allow attested",
                vec![forged.clone(), good()],
            ),
            (
                "signed_by_unknown_key",
                "deny no-valid-attestation attestation-unknown-key-id",
                vec![forged.clone()],
            ),
            (
                "for_another_image",
                "deny no-valid-attestation attestation-digest-mismatch",
                vec![elsewhere.clone()],
            ),
            (
                "provenance",
                "deny no-valid-attestation attestation-predicate-type",
                vec![provenance.clone()],
            ),
            ("nothing", "deny no-valid-attestation", vec![]),
            ("as_many_as_allowed", "allow attested", all.clone()),
            ("too_many", "error limit-exceeded", many.clone()),
        ] {
            let name = format!("{}_{what}", place.name());
            cases.push(call_case(&name, expected, |call| {
                place.deliver(call, &attestations);
            }));
        }
    }
    cases
}

fn annotation() -> Vec<Case> {
    let with = |name: &str, expected, annotation: String| {
        call_case(name, expected, |call| {
            Delivery::PodAnnotation.deliver(call, &[]);
            annotate(call, &annotation);
        })
    };
    let text = good().to_string();
    vec![
        with(
            "annotation_in_url_safe_base64_without_padding",
            "allow attested",
            URL_SAFE_NO_PAD.encode(&text),
        ),
        with(
            "annotation_with_spaces_and_empty_items",
            "allow attested",
            format!(" ,{} , ", STANDARD.encode(&text)),
        ),
        with("annotation_with_line_breaks", "allow attested", {
            let text = STANDARD.encode(&text);
            format!("{}\n{}\n,\n{text}\n", &text[..76], &text[76..])
        }),
        with(
            "annotation_that_is_not_base64",
            "deny no-valid-attestation attestation-undecodable",
            "not base64!".into(),
        ),
        with(
            "annotation_that_is_not_json",
            "deny no-valid-attestation attestation-undecodable",
            STANDARD.encode("{"),
        ),
        with(
            "annotation_with_an_occurrence",
            "deny no-valid-attestation attestation-undecodable",
            STANDARD.encode(
                occurrence("a", &TestKey::new("a"), payload(REPOSITORY, A).as_bytes()).to_string(),
            ),
        ),
        with(
            "annotation_with_very_many_items",
            "error limit-exceeded",
            "a,".repeat(500_000),
        ),
        call_case(
            "annotation_ignored_when_off",
            "deny no-valid-attestation !attestation-unknown-key-id",
            |call| {
                Delivery::PodAnnotation.deliver(call, &[good()]);
                call["settings"]["evidence"] = json!({"podAnnotation": false});
            },
        ),
        call_case(
            "verification_annotation_of_our_own_forged",
            "deny no-valid-attestation",
            |call| {
                Delivery::PodAnnotation.deliver(call, &[]);
                call["request"]["object"]["metadata"]["annotations"] =
                    json!({"countersign.dev/verified": "true"});
            },
        ),
        call_case(
            "annotation_on_a_controller_is_not_the_pods",
            "deny no-valid-attestation",
            |call| {
                Delivery::PodAnnotation.deliver(call, &[good()]);
                let annotations = call["request"]["object"]["metadata"]["annotations"].clone();
                call["request"] = deployment(&annotations, &json!({}));
            },
        ),
        call_case("annotation_on_a_pod_template", "allow attested", |call| {
            Delivery::PodAnnotation.deliver(call, &[good()]);
            let annotations = call["request"]["object"]["metadata"]["annotations"].clone();
            call["request"] = deployment(&json!({}), &annotations);
        }),
    ]
}

fn deployment(own: &Value, template: &Value) -> Value {
    crate::case::request(
        "apps",
        "Deployment",
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "web", "annotations": own},
            "spec": {"template": {
                "metadata": {"annotations": template},
                "spec": one_container(&crate::case::image()),
            }},
        }),
    )
}

fn cluster() -> Vec<Case> {
    let raw = |note: &str| {
        let key = TestKey::new("a");
        occurrence(note, &key, payload(REPOSITORY, A).as_bytes())
    };
    let with = |name: &str, expected, found: Value| {
        call_case(name, expected, |call| {
            Delivery::Kubernetes.deliver(call, &[]);
            call["evidence"] = json!([answer("attestation", &resource_name(A), found)]);
        })
    };
    vec![
        with(
            "resource_with_very_many_attestations",
            "error limit-exceeded",
            json!({"found": resource(&vec![json!({}); 10_000])}),
        ),
        with(
            "resource_with_an_occurrence",
            "allow attested",
            json!({"found": resource(&[raw("a")])}),
        ),
        with(
            "resource_with_an_occurrence_of_another_note",
            "deny no-valid-attestation attestation-note-mismatch",
            json!({"found": resource(&[raw("b")])}),
        ),
        with(
            "attestation_lookup_not_found",
            "deny no-valid-attestation !host-capability-failed",
            json!({"absent": true}),
        ),
        with(
            "resource_of_another_image",
            "error host-capability-failed",
            json!({"found": {"metadata": {"name": B.replace(':', "-")},
                "spec": {"attestations": [good()]}}}),
        ),
        with(
            "resource_that_is_a_list",
            "error host-capability-failed",
            json!({"found": [good()]}),
        ),
        with(
            "resource_that_is_null",
            "error host-capability-failed",
            json!({"found": null}),
        ),
        with(
            "resource_whose_attestations_are_a_text",
            "error host-capability-failed",
            json!({"found": {"spec": {"attestations": "all of them"}}}),
        ),
        with(
            "resource_with_garbage_beside_a_good_one",
            "allow attested",
            json!({"found": resource(&[json!({"attestation": 1}), json!(7), good()])}),
        ),
        call_case(
            "hostile_image_and_note_never_change_the_namespace",
            "deny no-valid-attestation !host-capability-failed",
            |call| {
                Delivery::Kubernetes.deliver(call, &[raw("b")]);
                call["settings"]["attestors"][0]["userOwnedGrafeasNote"]["noteReference"] =
                    "projects/p/notes/without-namespace".into();
            },
        ),
        call_case(
            "attestation_of_one_note_does_not_count_for_another",
            "deny no-valid-attestation",
            |call| {
                Delivery::Kubernetes.deliver(call, &[raw("a")]);
                call["settings"]["attestors"][0]["userOwnedGrafeasNote"]["noteReference"] =
                    note_name("b").into();
                call["settings"]["evidence"]["kubernetes"]["notes"] =
                    json!({note_name("b"): NAMESPACE});
            },
        ),
    ]
}

fn registry() -> Vec<Case> {
    let key = TestKey::new("a");
    let with = |name: &str, expected, layers: Vec<Value>| {
        call_case(name, expected, |call| {
            ask_registry(call);
            let found = json!({"found": {"schemaVersion": 2, "layers": layers}});
            call["evidence"] = json!([
                answer("manifest", &manifest("sig"), found),
                answer(
                    "manifest",
                    &manifest("countersign"),
                    json!({"absent": true})
                ),
            ]);
        })
    };
    let layer = |payload: &str| cosign_layer(&key, payload);
    let mine = cosign_payload(REPOSITORY, A);
    let mut cases = vec![
        // As OpenShift's releases are signed
        with(
            "cosign_signature_that_names_the_digest_too",
            "allow attested",
            vec![layer(&cosign_payload(&format!("{REPOSITORY}@{A}"), A))],
        ),
        with(
            "cosign_signature_that_names_another_digest_too",
            "deny no-valid-attestation attestation-payload-unavailable",
            vec![layer(&cosign_payload(&format!("{REPOSITORY}@{B}"), A))],
        ),
        with(
            "cosign_signature_with_line_breaks",
            "allow attested",
            vec![{
                let mut layer = layer(&mine);
                let signature = &mut layer["annotations"]["dev.cosignproject.cosign/signature"];
                let text = signature.as_str().unwrap();
                *signature = format!("{}\n{}\n", &text[..76], &text[76..]).into();
                layer
            }],
        ),
        with("cosign_signature", "allow attested", vec![layer(&mine)]),
        with(
            "cosign_signature_by_an_unknown_key",
            "deny no-valid-attestation attestation-bad-signature",
            vec![cosign_layer(&TestKey::new("other"), &mine)],
        ),
        with(
            "cosign_signature_with_annotations",
            "deny no-valid-attestation attestation-payload-unavailable",
            vec![layer(&mine.replace("null", r#"{"env":"prod"}"#))],
        ),
        with(
            "cosign_signature_of_another_image",
            "deny no-valid-attestation attestation-payload-unavailable",
            vec![layer(&cosign_payload(REPOSITORY, B))],
        ),
        with(
            "cosign_layer_digest_of_a_payload_nobody_signed",
            "deny no-valid-attestation attestation-bad-signature",
            vec![{
                let mut layer = layer(&cosign_payload(REPOSITORY, B));
                layer["digest"] = cosign_layer(&key, &mine)["digest"].clone();
                layer
            }],
        ),
        with(
            "cosign_layer_of_another_type",
            "deny no-valid-attestation attestation-format-unsupported",
            vec![{
                let mut layer = layer(&mine);
                layer["mediaType"] = "application/vnd.dsse.envelope.v1+json".into();
                layer
            }],
        ),
        with(
            "cosign_signature_after_others",
            "allow attested",
            vec![
                json!({}),
                cosign_layer(&TestKey::new("other"), &mine),
                layer(&mine),
            ],
        ),
        with(
            "ten_thousand_signatures_in_the_registry",
            "error limit-exceeded",
            vec![layer(&mine); 10_000],
        ),
        call_case(
            "registry_answers_an_index",
            "error host-capability-failed",
            |call| {
                Delivery::Registry.deliver(call, &[]);
                call["evidence"][0] = answer(
                    "manifest",
                    &manifest("sig"),
                    json!({"found": {"schemaVersion": 2, "manifests": []}}),
                );
            },
        ),
        call_case(
            "artifact_whose_annotation_is_not_json",
            "deny no-valid-attestation attestation-undecodable",
            |call| {
                Delivery::Registry.deliver(call, &[]);
                let mut manifest_of = artifact(&[good()]);
                manifest_of["annotations"]["attestation.countersign.dev/0"] = "{".into();
                call["evidence"][1] = answer(
                    "manifest",
                    &manifest("countersign"),
                    json!({"found": manifest_of}),
                );
            },
        ),
        call_case(
            "artifact_with_very_many_attestations",
            "error limit-exceeded",
            |call| {
                Delivery::Registry.deliver(call, &vec![json!({}); 80_000]);
            },
        ),
        call_case(
            "registry_not_listed",
            "deny registry-not-allowed !host-capability-failed",
            |call| {
                Delivery::Registry.deliver(call, &[good()]);
                call["settings"]["registries"] = json!(["other.example"]);
            },
        ),
        call_case(
            "registry_not_listed_and_attested_in_the_settings",
            "allow attested",
            |call| {
                Delivery::Registry.deliver(call, &[]);
                call["settings"]["registries"] = json!(["other.example"]);
                call["settings"]["evidence"]["occurrences"] = json!([good()]);
            },
        ),
    ];
    for (spelling, reference) in [
        ("nginx", "nginx"),
        ("nginx", "index.docker.io/library/nginx"),
        ("docker.io/nginx", "docker.io/library/nginx"),
        ("index.docker.io/library/nginx", "library/nginx"),
        ("library/nginx", "index.docker.io/nginx"),
    ] {
        let name = format!("cosign_signature_of_{reference}_for_{spelling}");
        cases.push(call_case(&name, "allow attested", |call| {
            ask_registry(call);
            call["settings"]["registries"] = json!(["docker.io"]);
            call["request"] = pod(one_container(&format!("{spelling}@{A}")));
            let tag =
                |suffix: &str| format!("docker.io/library/nginx:{}.{suffix}", A.replace(':', "-"));
            let layers = json!({"layers": [layer(&cosign_payload(reference, A))]});
            call["evidence"] = json!([
                answer("manifest", &tag("sig"), json!({"found": layers})),
                answer("manifest", &tag("countersign"), json!({"absent": true})),
            ]);
        }));
    }
    cases
}

/// A place that cannot be asked is an error, and only where nothing else satisfies the attestor.
fn failures() -> Vec<Case> {
    let mut cases = Vec::new();
    for (what, words) in [
        ("forbidden", "attestations.countersign.dev is forbidden"),
        ("timeout", "deadline has elapsed"),
        ("unknown_text", "something else"),
        ("empty_text", ""),
    ] {
        let failed = json!({"failed": words});
        let name = format!("attestation_lookup_{what}");
        cases.push(call_case(&name, "error host-capability-failed", |call| {
            Delivery::Kubernetes.deliver(call, &[]);
            call["evidence"] = json!([answer("attestation", &resource_name(A), failed.clone())]);
        }));
        let name = format!("manifest_lookup_{what}");
        cases.push(call_case(&name, "error host-capability-failed", |call| {
            Delivery::Registry.deliver(call, &[]);
            call["evidence"][1] = answer("manifest", &manifest("countersign"), failed.clone());
        }));
    }
    let down = || {
        let failed = json!({"failed": "down"});
        json!([answer("attestation", &resource_name(A), failed)])
    };
    cases.extend([
        call_case(
            "lookup_failed_and_attested_elsewhere",
            "allow attested !host-capability-failed",
            |call| {
                Delivery::Kubernetes.deliver(call, &[]);
                call["evidence"] = down();
                call["settings"]["evidence"]["occurrences"] = json!([good()]);
            },
        ),
        call_case(
            "lookup_failed_beside_a_bad_attestation",
            "error host-capability-failed attestation-bad-signature",
            |call| {
                Delivery::Kubernetes.deliver(call, &[]);
                call["evidence"] = down();
                let mut bad = good();
                bad["signatures"][0]["sig"] = STANDARD.encode(b"x").into();
                call["settings"]["evidence"]["occurrences"] = json!([bad]);
            },
        ),
        call_case(
            "host_that_offers_no_lookups",
            "error host-capability-failed",
            |call| {
                Delivery::Kubernetes.deliver(call, &[]);
                call["evidence"] = json!([]);
            },
        ),
        call_case("a_body_that_is_too_long", "error limit-exceeded", |call| {
            Delivery::Kubernetes.deliver(call, &[]);
            let found = json!({"found": "x".repeat((4 << 20) + 1)});
            call["evidence"] = json!([answer("attestation", &resource_name(A), found)]);
        }),
        call_case(
            "a_body_that_is_nested_too_deeply",
            "error limit-exceeded",
            |call| {
                Delivery::Kubernetes.deliver(call, &[]);
                let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
                call["evidence"] = json!([answer(
                    "attestation",
                    &resource_name(A),
                    json!({"found": deep})
                )]);
            },
        ),
        call_case(
            "more_lookups_than_one_request_may_cause",
            "error limit-exceeded",
            |call| {
                ask_registry(call);
                let images: Vec<_> = (0..129)
                    .map(|index| {
                        json!({"name": format!("c{index}"),
                    "image": format!("trusted.example/app{index}@{A}")})
                    })
                    .collect();
                call["request"] = pod(json!({"containers": images}));
                call["evidence"] = json!([]);
            },
        ),
    ]);
    for (name, evidence) in [
        (
            "evidence_with_two_answers_to_one_lookup",
            json!([
                answer(
                    "tag",
                    "trusted.example/app:1",
                    json!({"found": {"digest": A}})
                ),
                answer(
                    "tag",
                    "trusted.example/app:1",
                    json!({"found": {"digest": B}})
                ),
            ]),
        ),
        (
            "evidence_with_two_kinds_of_answer",
            json!([answer("tag", "x", json!({"absent": true, "failed": "x"})),]),
        ),
        (
            "evidence_that_is_absent_and_not",
            json!([answer("tag", "x", json!({"absent": false})),]),
        ),
        (
            "evidence_without_an_answer",
            json!([answer("tag", "x", json!({}))]),
        ),
        (
            "evidence_with_an_unknown_field",
            json!([answer("tag", "x", json!({"absent": true, "more": 1})),]),
        ),
        ("evidence_that_is_no_list", json!({})),
    ] {
        cases.push(call_case(name, "error call-invalid", |call| {
            call["evidence"] = evidence
        }));
    }
    for (name, time) in [
        ("time_that_is_a_number", json!(1)),
        ("time_that_is_no_date", json!("yesterday")),
    ] {
        cases.push(call_case(name, "error call-invalid", |call| {
            call["time"] = time
        }));
    }
    cases
}
