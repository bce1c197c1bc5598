//! Image strings: missing, malformed, by tag, by digest, revoked.

use serde_json::json;

use crate::case::{A, B, Case, call_case, case, image, one_container, pod, rule, unsigned};

const REVOKED: &str = "deny digest-denied !attested !digest-denial-ended";
const ENDED: &str = "allow attested digest-denial-ended !digest-denied";

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, container) in [
        ("image_blank", json!({"name": "app", "image": ""})),
        ("image_absent", json!({"name": "app"})),
        ("image_null", json!({"name": "app", "image": null})),
    ] {
        cases.push(case(name, "deny image-missing", |s, r| {
            // Not even where everything is allowed.
            s["policy"]["defaultAdmissionRule"] = rule("ALWAYS_ALLOW", &[]);
            r["object"]["spec"]["containers"] = json!([container]);
        }));
    }
    cases.push(case(
        "one_of_three_init_without_image",
        "deny image-missing no-valid-attestation attested",
        |_, r| {
            r["object"]["spec"]["initContainers"] = json!([
                {"name": "x", "image": unsigned()}, {"name": "y"}, {"name": "z", "image": unsigned()},
            ]);
        },
    ));
    cases.push(case(
        "unparsable_image_among_good_ones",
        "deny image-reference-invalid attested",
        |_, r| {
            r["object"]["spec"]["initContainers"] = json!([{"name": "x", "image": "not an image"}]);
        },
    ));
    let malformed = [
        ("upper_case_repository", "trusted.example/App".to_owned()),
        ("leading_space", " trusted.example/a".into()),
        ("trailing_space", "trusted.example/a ".into()),
        ("trailing_newline", "trusted.example/a\n".into()),
        ("nul", "trusted.example/a\0".into()),
        ("dot_dot_segment", "trusted.example/ok/../evil".into()),
        ("dot_segment", "trusted.example/./b".into()),
        ("double_slash", "trusted.example//b".into()),
        ("leading_slash", "/trusted.example/b".into()),
        ("trailing_slash", "trusted.example/b/".into()),
        ("scheme", "https://trusted.example/a".into()),
        ("user_name", "user@trusted.example/a".into()),
        ("query", "trusted.example/a?x".into()),
        ("percent", "trusted.example/a%2fb".into()),
        ("upper_first_segment", "ORG/app".into()),
        ("trailing_dot_host", "trusted.example./app".into()),
        ("homoglyph_host", "trusteԁ.example/app".into()),
        ("two_digests", format!("trusted.example/a@{A}@{A}")),
        ("two_tags", "trusted.example/a:1:2".into()),
        ("image_id", "a".repeat(64)),
        (
            "image_id_with_its_algorithm",
            format!("sha256:{}", "a".repeat(64)),
        ),
        (
            "host_with_an_underscore_and_a_port",
            "a_b.example:5000/app".into(),
        ),
    ];
    for (name, text) in malformed {
        cases.push(case(
            &format!("malformed_{name}"),
            "deny image-reference-invalid",
            |s, r| {
                s["policy"]["admissionWhitelistPatterns"] =
                    json!([{"namePattern": "trusted.example/**"}]);
                s["policy"]["defaultAdmissionRule"] = rule("ALWAYS_ALLOW", &[]);
                *r = pod(one_container(&text));
            },
        ));
    }
    let malformed_digests = [
        (
            "x36_short_digest",
            "trusted.example/app@sha256:abcd".to_owned(),
        ),
        (
            "non_hex_digest",
            format!("trusted.example/app@sha256:{}", "z".repeat(64)),
        ),
        (
            "upper_hex_digest",
            format!("trusted.example/app@sha256:{}", "AB".repeat(32)),
        ),
        (
            "digest_without_algorithm",
            "trusted.example/app@abcd".into(),
        ),
    ];
    for (name, text) in malformed_digests {
        cases.push(case(name, "deny digest-required", |_, r| {
            *r = pod(one_container(&text))
        }));
        cases.push(case(
            &format!("{name}_is_refused_under_every_rule"),
            "deny image-reference-invalid",
            |s, r| {
                s["policy"]["defaultAdmissionRule"] = rule("ALWAYS_ALLOW", &[]);
                *r = pod(one_container(&text));
            },
        ));
    }
    for (name, expected, text) in [
        (
            "x34_tag",
            "deny digest-required",
            "trusted.example/app:1".to_owned(),
        ),
        (
            "no_tag",
            "deny digest-required",
            "trusted.example/app".into(),
        ),
        (
            "x35_tag_and_digest",
            "allow attested",
            format!("trusted.example/app:v1@{A}"),
        ),
        (
            "sha512_digest",
            "deny digest-required",
            format!("trusted.example/app@sha512:{}", "0".repeat(128)),
        ),
        (
            "same_digest_elsewhere",
            "allow attested",
            format!("other.example/x@{A}"),
        ),
        ("image_auto", "deny digest-required", "auto".into()),
        (
            "path_of_255_bytes_behind_a_host",
            "allow attested",
            format!("registry.example:5000/{}@{A}", "a".repeat(255)),
        ),
        (
            "path_of_256_bytes_behind_a_host",
            "deny image-reference-invalid",
            format!("registry.example:5000/{}@{A}", "a".repeat(256)),
        ),
        (
            "path_of_247_bytes_without_a_host",
            "allow attested",
            format!("{}@{A}", "a".repeat(247)),
        ),
        (
            "path_of_248_bytes_without_a_host",
            "deny image-reference-invalid",
            format!("{}@{A}", "a".repeat(248)),
        ),
        (
            "reference_of_more_than_512_bytes",
            "allow attested",
            format!(
                "{}.example:5000/{}:{}@{A}",
                "h".repeat(60),
                "a".repeat(255),
                "1".repeat(128)
            ),
        ),
        (
            "hexadecimal_name_with_a_tag",
            "deny digest-required",
            format!("{}:1", "a".repeat(64)),
        ),
        (
            "hexadecimal_name_with_a_digest",
            "allow attested",
            format!("{}@{A}", "a".repeat(64)),
        ),
        (
            "host_with_an_underscore",
            "allow attested",
            format!("a_b.example/app@{A}"),
        ),
    ] {
        cases.push(case(name, expected, |_, r| *r = pod(one_container(&text))));
    }
    cases.push(case(
        "same_image_two_containers",
        "allow attested",
        |_, r| {
            *r = pod(json!({"containers": [
                {"name": "one", "image": image()}, {"name": "two", "image": image()},
            ]}));
        },
    ));
    for (name, images) in [
        ("bad_then_good", [unsigned(), image()]),
        ("good_then_bad", [image(), unsigned()]),
    ] {
        cases.push(case(
            &format!("no_state_between_images_{name}"),
            "deny no-valid-attestation attested",
            |_, r| {
                *r = pod(json!({"containers": [
                    {"name": "one", "image": images[0]}, {"name": "two", "image": images[1]},
                ]}));
            },
        ));
    }
    cases.push(case(
        "revoked_digest",
        "deny digest-denied !attested",
        |s, _| {
            s["deniedDigests"] = json!([B, A]);
        },
    ));
    cases.push(case(
        "revoked_digest_of_exempt_image",
        "deny digest-denied",
        |s, _| {
            s["deniedDigests"] = json!([A]);
            s["policy"]["admissionWhitelistPatterns"] =
                json!([{"namePattern": "trusted.example/**"}]);
        },
    ));
    cases.push(case(
        "revoked_digest_under_dry_run",
        "deny digest-denied",
        |s, _| {
            s["deniedDigests"] = json!([A]);
            s["policy"]["defaultAdmissionRule"]["enforcementMode"] = "DRYRUN_AUDIT_LOG_ONLY".into();
        },
    ));
    for (name, expected, until, time) in [
        ("without_an_end", REVOKED, None, "9999-12-31T23:59:59Z"),
        (
            "in_its_last_second",
            REVOKED,
            Some("2026-06-30"),
            "2026-06-30T23:59:59Z",
        ),
        (
            "one_second_after_its_day",
            ENDED,
            Some("2026-06-30"),
            "2026-07-01T00:00:00Z",
        ),
        (
            "one_second_before_its_end",
            REVOKED,
            Some("2026-06-30T12:00:00Z"),
            "2026-06-30T11:59:59Z",
        ),
        (
            "at_its_end",
            ENDED,
            Some("2026-06-30T12:00:00Z"),
            "2026-06-30T12:00:00Z",
        ),
    ] {
        let name = format!("revoked_digest_with_a_reason_{name}");
        cases.push(call_case(&name, expected, |call| {
            let mut entry = json!({"digest": A, "reason": "CVE-2026-1 in the base image"});
            if let Some(until) = until {
                entry["until"] = until.into();
            }
            call["settings"]["deniedDigests"] = json!([B, entry]);
            call["time"] = time.into();
        }));
    }
    let ended = || json!({"digest": A, "reason": "x", "until": "2026-06-30"});
    for (name, entries) in [
        ("first", json!([ended(), A])),
        ("last", json!([A, ended()])),
    ] {
        let name = format!("revoked_digest_in_two_entries_of_which_the_{name}_has_ended");
        let expected = "deny digest-denied digest-denial-ended !attested";
        cases.push(call_case(&name, expected, |call| {
            call["settings"]["deniedDigests"] = entries;
            call["time"] = "2026-07-01T00:00:00Z".into();
        }));
    }
    cases.push(call_case(
        "revocation_of_another_image_has_ended",
        "allow attested !digest-denial-ended",
        |call| {
            call["settings"]["deniedDigests"] =
                json!([{"digest": B, "reason": "x", "until": "2026-06-30"}]);
            call["time"] = "2026-07-01T00:00:00Z".into();
        },
    ));
    cases.push(case(
        "revoked_digest_without_a_reason_in_its_entry",
        "error settings-invalid",
        |s, _| s["deniedDigests"] = json!([{"digest": A}]),
    ));
    cases.push(case(
        "another_digest_is_revoked",
        "allow attested",
        |s, _| {
            s["deniedDigests"] = json!([B]);
        },
    ));
    cases
}
