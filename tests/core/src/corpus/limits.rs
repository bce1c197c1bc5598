//! Budgets: exhausting one refuses with its name, whatever could have been decided without it.

use serde_json::{Value, json};

use crate::case::{A, Case, case, image, one_container, pod, raw_case, request, rule, settings};
use crate::signing::{TestKey, occurrence, occurrence_of, payload};

pub(super) fn cases() -> Vec<Case> {
    let key = TestKey::new("a");
    let good_payload = payload("trusted.example/app", A);
    let good = occurrence("a", &key, good_payload.as_bytes());
    let other = TestKey::new("other");
    let bad = occurrence("a", &other, good_payload.as_bytes());
    let bad_signature = occurrence_of(
        "a",
        good_payload.as_bytes(),
        &[(key.id(), other.sign(b"x"))],
    );
    let seventeen = |note: &str| {
        let signature = (key.id(), key.sign(good_payload.as_bytes()));
        occurrence_of(note, good_payload.as_bytes(), &vec![signature; 17])
    };
    let containers = |count: usize| {
        let containers: Vec<_> = (0..count)
            .map(|n| json!({"name": format!("c{n}"), "image": image()}))
            .collect();
        pod(json!({"containers": containers}))
    };
    let annotated = |text: String| {
        let mut request = pod(one_container(&image()));
        request["object"]["metadata"]["annotations"] = json!({"note": text});
        request
    };
    let nested = |depth: usize| {
        let value = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let mut request = pod(one_container(&image()));
        request["object"]["extra"] = "NESTED".into();
        let call = json!({"request": request, "settings": settings()}).to_string();
        call.replace("\"NESTED\"", &value)
    };
    // A kind of so many paths of pod specs and of images.
    let of_paths = |settings: &mut Value, pod_specs: usize, images: usize| {
        let paths = |name: &str, count| -> Vec<_> {
            (0..count).map(|n| format!("spec.{name}{n}?")).collect()
        };
        settings["workloads"] = json!([{"group": "e.com", "kind": "Box",
            "podSpecs": paths("pod", pod_specs), "images": paths("image", images)}]);
        request(
            "e.com",
            "Box",
            json!({"apiVersion": "e.com/v1", "kind": "Box", "spec": {}}),
        )
    };
    // Patterns of so many rules that match no image, and rules for all images that except 1,023 others.
    let ruled = |name: &str, expected, rules: usize, further: usize, excepts: bool| {
        let patterns = |count: usize| -> Vec<_> {
            let hosts = 0..count;
            hosts.map(|n| format!("h{n}.example/x")).collect()
        };
        let rule = |index: usize, images: Vec<String>, others: Vec<String>| {
            let mut rule = json!({"name": format!("rule {index}"), "images": images, "exempt": {}});
            if !others.is_empty() {
                rule["exceptImages"] = json!(others);
            }
            rule
        };
        case(name, expected, |s, r| {
            let mut all: Vec<_> = (0..rules)
                .map(|index| match excepts {
                    false => rule(index, patterns(1024), Vec::new()),
                    true => rule(index, vec!["**".to_owned()], patterns(1023)),
                })
                .collect();
            if further > 0 {
                all.push(rule(rules, patterns(further), Vec::new()));
            }
            *s = json!({"imagePolicy": {"unmatchedImages": "admit", "rules": all}});
            *r = containers(512);
        })
    };
    vec![
        ruled(
            "as_many_patterns_of_rules_as_allowed",
            "allow unmatched-image-admitted",
            16,
            0,
            false,
        ),
        ruled(
            "one_pattern_of_rules_too_many",
            "error limit-exceeded",
            16,
            1,
            false,
        ),
        ruled(
            "as_many_excepted_patterns_of_rules_as_allowed",
            "allow image-rule-exempt",
            16,
            0,
            true,
        ),
        ruled(
            "one_excepted_pattern_of_rules_too_many",
            "error limit-exceeded",
            16,
            1,
            true,
        ),
        case("as_many_images_as_allowed", "allow attested", |_, r| {
            *r = containers(512)
        }),
        case(
            "as_many_paths_of_a_kind_as_allowed",
            "allow no-images",
            |s, r| {
                *r = of_paths(s, 8, 8);
            },
        ),
        case(
            "as_many_bytes_at_as_many_paths_as_allowed",
            "allow no-images",
            |s, r| {
                *r = of_paths(s, 8, 8);
                r["object"]["spec"]["padding"] = "x".repeat((1 << 20) - 100).into();
            },
        ),
        case(
            "more_bytes_at_so_many_paths",
            "error limit-exceeded",
            |s, r| {
                *r = of_paths(s, 8, 8);
                r["object"]["spec"]["padding"] = "x".repeat(1 << 20).into();
            },
        ),
        case(
            "one_path_of_a_kind_too_many",
            "error settings-invalid",
            |s, r| {
                *r = of_paths(s, 8, 9);
            },
        ),
        case(
            "too_many_paths_in_one_list",
            "error settings-invalid",
            |s, r| {
                *r = of_paths(s, 0, 1000);
            },
        ),
        case("one_image_too_many", "error limit-exceeded", |_, r| {
            *r = containers(513)
        }),
        case(
            "three_hundred_images_under_always_allow",
            "allow always-allow",
            |s, r| {
                s["policy"]["defaultAdmissionRule"] = rule("ALWAYS_ALLOW", &[]);
                *r = containers(300);
            },
        ),
        case("ten_thousand_images", "error limit-exceeded", |_, r| {
            *r = containers(10_000)
        }),
        // Each is short, none is looked at beyond the budget, and no module runs out of memory.
        case(
            "two_million_containers_that_are_nothing",
            "error limit-exceeded",
            |_, r| *r = pod(json!({"containers": vec![json!({}); 2_000_000]})),
        ),
        case(
            "too_many_images_under_always_allow",
            "error limit-exceeded",
            |s, r| {
                s["policy"]["defaultAdmissionRule"] = rule("ALWAYS_ALLOW", &[]);
                *r = containers(513);
            },
        ),
        case(
            "image_reference_of_4_kib",
            "error limit-exceeded",
            |_, r| {
                *r = pod(one_container(&format!(
                    "trusted.example/{}",
                    "a".repeat(4096)
                )));
            },
        ),
        case("request_of_10_mb", "error limit-exceeded", |_, r| {
            *r = annotated("x".repeat(10 << 20))
        }),
        case("request_of_1_mb", "allow attested", |_, r| {
            *r = annotated("x".repeat(1 << 20))
        }),
        raw_case("nesting_as_deep_as_allowed", "allow attested", nested(61)),
        raw_case("nesting_too_deep", "error limit-exceeded", nested(62)),
        raw_case(
            "nesting_without_end",
            "error limit-exceeded",
            nested(100_000),
        ),
        raw_case(
            "nesting_that_is_not_closed",
            "error limit-exceeded",
            "[".repeat(1_000_000),
        ),
        case(
            "a_hundred_attestations_of_one_image",
            "allow attested",
            |s, _| {
                let mut all = vec![bad.clone(); 99];
                all.push(good.clone());
                s["evidence"]["occurrences"] = all.into();
            },
        ),
        case(
            "a_hundred_and_one_attestations",
            "error limit-exceeded !attested",
            |s, _| {
                s["evidence"]["occurrences"] = vec![good.clone(); 101].into();
            },
        ),
        case(
            "ten_thousand_occurrences_of_other_images",
            "allow attested",
            |s, _| {
                let filler: Value = {
                    let mut other = good.clone();
                    let digest = format!("sha256:{}", "c".repeat(64));
                    other["resourceUri"] = format!("https://trusted.example/x@{digest}").into();
                    other["attestation"]["serializedPayload"] = "e30=".into();
                    other
                };
                let mut all = vec![filler; 10_000];
                all.push(good.clone());
                s["evidence"]["occurrences"] = all.into();
            },
        ),
        case("seventeen_signatures", "error limit-exceeded", |s, _| {
            s["evidence"]["occurrences"] = json!([seventeen("a")]);
        }),
        case(
            "seventeen_signatures_beside_a_good_attestation",
            "error limit-exceeded",
            |s, _| {
                s["evidence"]["occurrences"] = json!([good, seventeen("a")]);
            },
        ),
        case(
            "seventeen_signatures_under_another_note",
            "allow attested",
            |s, _| {
                s["evidence"]["occurrences"] = json!([good, seventeen("b")]);
            },
        ),
        case("huge_payload", "error limit-exceeded", |s, _| {
            let padded = format!("{good_payload}{}", " ".repeat(4 << 20));
            s["evidence"]["occurrences"] = json!([occurrence("a", &key, padded.as_bytes())]);
        }),
        case(
            "the_same_image_is_verified_once",
            "allow attested",
            |s, r| {
                // 512 times four verifications would be more than the budget has.
                s["evidence"]["occurrences"] =
                    json!([bad_signature, bad_signature, bad_signature, good]);
                *r = containers(512);
            },
        ),
        case(
            "more_verifications_than_the_budget",
            "error limit-exceeded !attested",
            |s, _| {
                // Forty attestations with sixteen signatures each, all naming our key.
                let signatures: Vec<_> = (0..16).map(|_| (key.id(), other.sign(b"x"))).collect();
                let busy = occurrence_of("a", good_payload.as_bytes(), &signatures);
                let mut all = vec![busy; 40];
                all.push(good.clone());
                s["evidence"]["occurrences"] = all.into();
            },
        ),
    ]
}
