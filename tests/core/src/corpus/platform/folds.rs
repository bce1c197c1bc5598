//! How the verdicts of checks are folded, and what none of them passes.

use serde_json::{Value, json};

use crate::case::{A, B, Case, image, one_container, pod, update};
use crate::delivery::answer;
use crate::platform::{
    always_deny, attested, checked, image_freshness, passing, platform_case, policy, settings,
    slsa, trusted_directory, vulnerability,
};

const TAG: &str = "trusted.example/app:1";

pub(super) fn cases() -> Vec<Case> {
    [folds(), tags()].concat()
}

/// Every check is evaluated and reported; a violation outranks an error.
fn folds() -> Vec<Case> {
    let missing = || vulnerability("LOW", "LOW");
    let directory = || trusted_directory(&["gcr.io/p/r"]);
    let of = |name, expected, checks: &[Value]| {
        platform_case(name, expected, attested(policy(checks)), |_| {})
    };
    let images = |name, expected, images: [&str; 2]| {
        platform_case(name, expected, attested(policy(&[passing()])), |call| {
            let [one, two] = images.map(|digest| format!("trusted.example/app@{digest}"));
            call["request"] = pod(json!({"containers": [
                {"name": "one", "image": one}, {"name": "two", "image": two},
            ]}));
        })
    };
    let all = "deny always-deny image-not-in-trusted-directory evidence-missing attested";
    vec![
        of("check_passes", "allow attested checks-passed", &[passing()]),
        of(
            "every_check_passes",
            "allow attested checks-passed",
            &[passing(), passing()],
        ),
        of(
            "check_set_is_a_conjunction",
            "deny always-deny attested !checks-passed",
            &[passing(), always_deny()],
        ),
        of(
            "check_that_fails_first",
            "deny always-deny attested !checks-passed",
            &[always_deny(), passing()],
        ),
        of(
            "error_beside_a_pass",
            "error evidence-missing attested !checks-passed",
            &[passing(), missing()],
        ),
        of(
            "error_before_a_pass",
            "error evidence-missing attested !checks-passed",
            &[missing(), passing()],
        ),
        of(
            "error_beside_deny",
            "deny evidence-missing always-deny",
            &[missing(), always_deny()],
        ),
        of(
            "deny_beside_error",
            "deny always-deny evidence-missing",
            &[always_deny(), missing()],
        ),
        of(
            "every_check_is_reported",
            all,
            &[
                missing(),
                always_deny(),
                passing(),
                directory(),
                slsa(&[json!({"trustedBuilder": "GOOGLE_CLOUD_BUILD"})]),
            ],
        ),
        of(
            "every_check_is_reported_in_other_order",
            all,
            &[directory(), image_freshness(1), passing(), always_deny()],
        ),
        images(
            "good_image_beside_a_bad_one",
            "deny attested no-valid-attestation",
            [A, B],
        ),
        images(
            "good_image_behind_a_bad_one",
            "deny attested no-valid-attestation",
            [B, A],
        ),
        platform_case(
            "error_of_one_image_violation_of_another",
            "deny image-reference-invalid evidence-missing",
            settings(policy(&[missing()])),
            |call| {
                call["request"] = pod(json!({"containers": [
                    {"name": "one", "image": image()}, {"name": "two", "image": "not an image"},
                ]}));
            },
        ),
    ]
}

/// No check passes an image without a digest, unless the tag is resolved and pinned.
fn tags() -> Vec<Case> {
    let tagged = |call: &mut Value| call["request"] = pod(one_container(TAG));
    let resolving = |call: &mut Value, answers: Value| {
        call["settings"]["resolveTags"] = true.into();
        call["settings"]["registries"] = json!(["trusted.example"]);
        call["request"] = pod(one_container(TAG));
        call["evidence"] = answers;
    };
    let to = |digest: &str| json!([answer("tag", TAG, json!({"found": {"digest": digest}}))]);
    let resolved = |name, expected, checks: &[Value], answers: Value| {
        platform_case(name, expected, attested(policy(checks)), |call| {
            resolving(call, answers)
        })
    };
    vec![
        checked(
            "tag_under_a_check_of_signatures",
            "deny digest-required !attested",
            &[passing()],
            tagged,
        ),
        checked(
            "tag_under_a_check_of_age",
            "deny digest-required",
            &[image_freshness(1)],
            tagged,
        ),
        checked(
            "tag_under_a_check_of_vulnerabilities",
            "deny digest-required !evidence-missing",
            &[vulnerability("LOW", "LOW")],
            tagged,
        ),
        checked(
            "tag_under_a_check_of_provenance",
            "deny digest-required !evidence-missing",
            &[slsa(&[json!({"trustedBuilder": "GOOGLE_CLOUD_BUILD"})])],
            tagged,
        ),
        checked(
            "tag_under_always_deny",
            "deny always-deny",
            &[always_deny()],
            tagged,
        ),
        checked(
            "malformed_digest_under_a_check",
            "deny digest-required",
            &[passing()],
            |call| call["request"] = pod(one_container("trusted.example/app@sha256:abcd")),
        ),
        resolved(
            "tag_resolved_under_a_check",
            "allow attested checks-passed",
            &[passing()],
            to(A),
        ),
        resolved(
            "tag_resolved_to_an_unsigned_digest_under_a_check",
            "deny no-valid-attestation !digest-required",
            &[passing()],
            to(B),
        ),
        resolved(
            "tag_not_resolved_under_a_check",
            "error tag-resolution-failed !digest-required",
            &[passing()],
            json!([answer("tag", TAG, json!({"failed": "down"}))]),
        ),
        resolved(
            "tag_not_resolvable_under_a_check",
            "error tag-resolution-unavailable !digest-required",
            &[passing()],
            json!([]),
        ),
        resolved(
            "tag_without_checks_is_not_resolved",
            "allow no-checks",
            &[],
            json!([]),
        ),
        platform_case(
            "tag_of_an_exempt_image_is_not_resolved",
            "allow exempt-allowlist",
            attested(policy(&[passing()])),
            |call| {
                resolving(call, json!([]));
                let policy = crate::platform::gke_policy(call);
                policy["imageAllowlist"] = crate::platform::allowlist(&[TAG]);
            },
        ),
        platform_case(
            "unchanged_image_under_a_check_set",
            "allow unchanged-image !always-deny",
            settings(policy(&[always_deny()])),
            |call| {
                let request = pod(one_container(TAG));
                let old = request["object"].clone();
                call["request"] = update(request, old);
            },
        ),
    ]
}
