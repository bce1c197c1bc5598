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
