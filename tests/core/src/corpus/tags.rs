//! Tags: refused, or resolved once, verified, and written into the object.

use serde_json::{Value, json};

use crate::case::{A, B, Case, call_case, one_container, pod, rule, update};
use crate::delivery::answer;

const TAG: &str = "trusted.example/app:1";

/// A call about one tagged image that is resolved to these digests.
fn resolving(call: &mut Value, answers: Value) {
    call["settings"]["resolveTags"] = true.into();
    call["settings"]["registries"] = json!(["trusted.example"]);
    call["request"] = pod(one_container(TAG));
    call["evidence"] = answers;
}

fn to(digest: &str) -> Value {
    json!([answer("tag", TAG, json!({"found": {"digest": digest}}))])
}

fn with(name: &str, expected: &'static str, answers: Value) -> Case {
    call_case(name, expected, |call| resolving(call, answers))
}

fn changed(name: &str, expected: &'static str, change: impl FnOnce(&mut Value)) -> Case {
    call_case(name, expected, |call| {
        resolving(call, to(A));
        change(call);
    })
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        with(
            "tag_resolved_to_an_attested_digest",
            "allow attested",
            to(A),
        ),
        with(
            "tag_resolved_to_an_unsigned_digest",
            "deny no-valid-attestation !digest-required",
            to(B),
        ),
        changed("tag_without_resolution", "deny digest-required", |call| {
            call["settings"]["resolveTags"] = false.into();
        }),
        with(
            "resolver_rate_limited",
            "error tag-resolution-failed host-capability-failed !digest-required",
            json!([answer(
                "tag",
                TAG,
                json!({"failed": "429 too many requests"})
            )]),
        ),
        with(
            "tag_that_does_not_exist",
            "error tag-resolution-failed",
            json!([answer("tag", TAG, json!({"absent": true}))]),
        ),
        with(
            "resolver_not_offered",
            "error tag-resolution-unavailable",
            json!([]),
        ),
        with(
            "resolver_answers_without_a_digest",
            "error tag-resolution-failed",
            json!([answer("tag", TAG, json!({"found": {}}))]),
        ),
        with(
            "resolver_answers_another_algorithm",
            "error tag-resolution-failed",
            to(&format!("sha512:{}", "a".repeat(128))),
        ),
        with(
            "resolver_answers_nonsense",
            "error tag-resolution-failed",
            json!([answer("tag", TAG, json!({"found": ["sha256"]}))]),
        ),
        changed(
            "registry_of_a_tag_not_listed",
            "deny registry-not-allowed",
            |call| call["settings"]["registries"] = json!(["other.example"]),
        ),
        changed(
            "revoked_digest_behind_a_tag",
            "deny digest-denied",
            |call| call["settings"]["deniedDigests"] = json!([A]),
        ),
        changed(
            "revocation_of_a_digest_behind_a_tag_has_ended",
            "allow attested digest-denial-ended !digest-denied",
            |call| {
                call["settings"]["deniedDigests"] =
                    json!([{"digest": A, "reason": "x", "until": "2026-06-30"}]);
                call["time"] = "2026-07-01T00:00:00Z".into();
            },
        ),
        changed(
            "revoked_digest_behind_a_tag_under_break_glass",
            "deny digest-denied",
            |call| {
                call["settings"]["deniedDigests"] = json!([A]);
                call["settings"]["breakGlass"] = json!({"namespaces": ["*"]});
                call["request"]["object"]["metadata"]["labels"] =
                    json!({"image-policy.k8s.io/break-glass": "true"});
            },
        ),
        changed(
            "failed_resolution_under_dry_run",
            "overridden tag-resolution-failed dry-run",
            |call| {
                call["settings"]["policy"]["defaultAdmissionRule"]["enforcementMode"] =
                    "DRYRUN_AUDIT_LOG_ONLY".into();
                call["evidence"] = json!([answer("tag", TAG, json!({"failed": "down"}))]);
            },
        ),
        changed(
            "allowlisted_image_is_not_resolved",
            "allow exempt-allowlist",
            |call| {
                call["settings"]["policy"]["admissionWhitelistPatterns"] =
                    json!([{"namePattern": TAG}]);
                call["evidence"] = json!([]);
            },
        ),
        changed(
            "allowed_image_is_not_resolved",
            "allow always-allow",
            |call| {
                call["settings"]["policy"]["defaultAdmissionRule"] = rule("ALWAYS_ALLOW", &[]);
                call["evidence"] = json!([]);
            },
        ),
        changed(
            "unchanged_tag_is_not_resolved",
            "allow unchanged-image",
            |call| {
                let request = pod(one_container(TAG));
                let old = request["object"].clone();
                call["request"] = update(request, old);
                call["evidence"] = json!([]);
            },
        ),
        changed(
            "pinned_image_that_returns_to_its_tag_is_checked",
            "allow attested !unchanged-image",
            |call| {
                let old = pod(one_container(&format!("{TAG}@{A}")))["object"].clone();
                call["request"] = update(pod(one_container(TAG)), old);
            },
        ),
        changed(
            "settings_pod_specs_by_the_same_path_twice",
            "error settings-invalid",
            |call| {
                call["settings"]["workloads"] = json!([{
                    "group": "example.com", "kind": "Widget",
                    "podSpecs": ["spec.template.spec", "spec.template.spec"],
                }]);
            },
        ),
        changed(
            "settings_pod_specs_above_one_another",
            "error settings-invalid",
            |call| {
                call["settings"]["workloads"] = json!([{
                    "group": "example.com", "kind": "Widget", "podSpecs": ["spec.a", "spec"],
                }]);
            },
        ),
        changed(
            "digest_of_another_algorithm_is_not_resolved",
            "deny digest-required",
            |call| {
                let image = format!("{TAG}@sha512:{}", "a".repeat(128));
                call["request"] = pod(one_container(&image));
            },
        ),
    ];
    cases.extend(applied_again());
    cases.extend(left_to_another());
    cases.extend(too_many());
    for (spelling, reference) in [
        ("nginx", "docker.io/library/nginx:latest"),
        ("docker.io/nginx:1", "docker.io/library/nginx:1"),
        (
            "index.docker.io/library/nginx:1",
            "docker.io/library/nginx:1",
        ),
        ("localhost:5000/x", "localhost:5000/x:latest"),
    ] {
        cases.push(changed(
            &format!("resolves_{spelling}_as_{reference}"),
            "allow attested",
            |call| {
                call["settings"]["registries"] = json!(["docker.io", "localhost:5000"]);
                call["request"] = pod(one_container(spelling));
                call["evidence"] =
                    json!([answer("tag", reference, json!({"found": {"digest": A}}))]);
            },
        ));
    }
    cases
}

/// An object that is applied again, with the tag that was pinned when it was first applied.
fn applied_again() -> Vec<Case> {
    let again = |name: &str, expected, old: String, change: fn(&mut Value)| {
        // The tag has moved on.
        call_case(name, expected, |call| {
            resolving(call, to(B));
            call["request"] = update(
                pod(one_container(TAG)),
                pod(one_container(&old))["object"].take(),
            );
            change(call);
        })
    };
    let pinned = || format!("{TAG}@{A}");
    vec![
        again(
            "tag_keeps_the_digest_of_the_old_object",
            "allow attested",
            pinned(),
            |_| {},
        ),
        again(
            "tag_keeps_the_digest_of_the_old_object_without_a_registry",
            "allow attested",
            pinned(),
            |call| {
                call["evidence"] = json!([]);
                call["settings"]["registries"] = json!(["other.example"]);
            },
        ),
        again(
            "tag_keeps_an_unattested_digest_and_is_denied",
            "deny no-valid-attestation !digest-required",
            format!("{TAG}@{B}"),
            |_| {},
        ),
        again(
            "tag_keeps_a_revoked_digest_and_is_denied",
            "deny digest-denied",
            pinned(),
            |call| call["settings"]["deniedDigests"] = json!([A]),
        ),
        again(
            "another_tag_is_resolved_anew",
            "deny no-valid-attestation",
            format!("trusted.example/app:2@{A}"),
            |_| {},
        ),
        again(
            "tag_of_another_repository_is_resolved_anew",
            "deny no-valid-attestation",
            format!("trusted.example/other:1@{A}"),
            |_| {},
        ),
        again(
            "tag_of_another_container_is_resolved_anew",
            "deny no-valid-attestation",
            pinned(),
            |call| {
                call["request"]["oldObject"]["spec"]["containers"][0]["name"] = "old".into();
            },
        ),
        again(
            "tag_of_an_old_object_on_creation_is_resolved_anew",
            "deny no-valid-attestation",
            pinned(),
            |call| call["request"]["operation"] = "CREATE".into(),
        ),
    ]
}

/// The validating twin of a policy that pins sees a tag only where dry run or break-glass has admitted it.
fn left_to_another() -> Vec<Case> {
    let twin = |name: &str, expected, change: fn(&mut Value)| {
        call_case(name, expected, |call| {
            call["settings"]["tagsPinnedBefore"] = true.into();
            call["request"] = pod(one_container(TAG));
            change(call);
        })
    };
    let dry = |call: &mut Value| {
        call["settings"]["policy"]["defaultAdmissionRule"]["enforcementMode"] =
            "DRYRUN_AUDIT_LOG_ONLY".into();
    };
    vec![
        twin(
            "tag_left_to_the_twin_is_denied",
            "deny digest-required",
            |_| {},
        ),
        twin(
            "tag_without_a_twin_under_dry_run",
            "overridden digest-required dry-run",
            |call| {
                call["settings"]["tagsPinnedBefore"] = false.into();
                call["settings"]["policy"]["defaultAdmissionRule"]["enforcementMode"] =
                    "DRYRUN_AUDIT_LOG_ONLY".into();
            },
        ),
        twin(
            "tag_left_to_the_twin_under_dry_run",
            "overridden digest-required !dry-run",
            dry,
        ),
        twin(
            "tag_left_to_the_twin_under_break_glass",
            "overridden digest-required !break-glass",
            |call| {
                call["settings"]["breakGlass"] = json!({"namespaces": ["*"]});
                call["request"]["object"]["metadata"]["labels"] =
                    json!({"image-policy.k8s.io/break-glass": "true"});
            },
        ),
        twin(
            "digest_left_to_the_twin_under_dry_run",
            "overridden no-valid-attestation dry-run",
            |call| {
                call["settings"]["policy"]["defaultAdmissionRule"]["enforcementMode"] =
                    "DRYRUN_AUDIT_LOG_ONLY".into();
                call["request"] = pod(one_container(&format!("{TAG}@{B}")));
            },
        ),
        twin(
            "both_of_the_twins_at_once",
            "error settings-invalid",
            |call| {
                call["settings"]["resolveTags"] = true.into();
                call["settings"]["registries"] = json!(["trusted.example"]);
            },
        ),
    ]
}

/// More tags than one request may ask for.
fn too_many() -> Vec<Case> {
    let many = |name: &str, expected, change: fn(&mut Value)| {
        call_case(name, expected, |call| {
            resolving(call, json!([]));
            let containers: Vec<_> = (0..257)
                .map(|index| {
                    let image = format!("trusted.example/app{index}:1");
                    json!({"name": format!("c{index}"), "image": image})
                })
                .collect();
            call["request"]["object"]["spec"]["containers"] = containers.into();
            change(call);
        })
    };
    vec![
        many(
            "more_tags_than_one_request_may_ask_for",
            "error limit-exceeded",
            |_| {},
        ),
        many(
            "more_tags_than_one_request_may_ask_for_under_dry_run",
            "overridden limit-exceeded dry-run",
            |call| {
                call["settings"]["policy"]["defaultAdmissionRule"]["enforcementMode"] =
                    "DRYRUN_AUDIT_LOG_ONLY".into();
            },
        ),
        many(
            "more_tags_than_one_request_may_ask_for_under_break_glass",
            "overridden limit-exceeded break-glass",
            |call| {
                call["settings"]["breakGlass"] = json!({"namespaces": ["default"]});
                call["request"]["object"]["metadata"]["labels"] =
                    json!({"image-policy.k8s.io/break-glass": "true"});
            },
        ),
    ]
}
