//! Which check set applies to a Pod, and how the verdicts of its checks are folded.

use serde_json::{Value, json};

use crate::case::{A, B, Case, image, one_container, pod, update};
use crate::delivery::answer;
use crate::platform::{
    always_deny, attested, checked, image_freshness, passing, platform_case, policy, policy_of,
    settings, slsa, trusted_directory, vulnerability,
};

const TAG: &str = "trusted.example/app:1";

fn in_namespace(namespace: &str, checks: &[Value]) -> Value {
    json!({"scope": {"kubernetesNamespace": namespace}, "checks": checks})
}

fn as_account(account: &str, checks: &[Value]) -> Value {
    json!({"scope": {"kubernetesServiceAccount": account}, "checks": checks})
}

fn otherwise(checks: &[Value]) -> Value {
    json!({"checks": checks})
}

pub(super) fn cases() -> Vec<Case> {
    [scopes(), empty(), folds(), tags()].concat()
}

/// A case of check sets, about the base case's image, which is attested.
fn of_sets(
    name: &str,
    expected: &'static str,
    sets: &[Value],
    change: impl FnOnce(&mut Value),
) -> Case {
    platform_case(name, expected, attested(policy_of(sets.into())), change)
}

fn scopes() -> Vec<Case> {
    let deny = || [always_deny()];
    let pass = || [passing()];
    let passes = "allow attested checks-passed !always-deny";
    let denies = "deny always-deny !checks-passed";
    let account = |name: &'static str| {
        move |call: &mut Value| {
            call["request"]["object"]["spec"]["serviceAccountName"] = name.into();
        }
    };
    let layered = || {
        [
            as_account("default:deployer", &pass()),
            in_namespace("default", &deny()),
            otherwise(&deny()),
        ]
    };
    let unscoped = |call: &mut Value| {
        call["request"].as_object_mut().unwrap().remove("namespace");
    };
    vec![
        of_sets(
            "check_set_of_the_namespace",
            passes,
            &[in_namespace("default", &pass()), otherwise(&deny())],
            |_| {},
        ),
        of_sets(
            "check_set_of_another_namespace",
            denies,
            &[in_namespace("defaults", &pass()), otherwise(&deny())],
            |_| {},
        ),
        of_sets(
            "check_set_of_the_namespace_may_be_stricter",
            denies,
            &[in_namespace("default", &deny()), otherwise(&pass())],
            |_| {},
        ),
        of_sets(
            "check_set_by_the_requests_namespace_not_the_templates",
            denies,
            &[in_namespace("other", &pass()), otherwise(&deny())],
            |call| {
                call["request"] = crate::case::request(
                    "apps",
                    "Deployment",
                    json!({
                        "apiVersion": "apps/v1", "kind": "Deployment",
                        "spec": {"template": {
                            "metadata": {"namespace": "other"}, "spec": one_container(&image()),
                        }},
                    }),
                );
            },
        ),
        of_sets(
            "check_set_of_the_account",
            passes,
            &layered(),
            account("deployer"),
        ),
        of_sets(
            "check_set_of_the_account_by_old_field",
            passes,
            &layered(),
            |call| {
                call["request"]["object"]["spec"]["serviceAccount"] = "deployer".into();
            },
        ),
        of_sets(
            "check_set_of_another_account",
            denies,
            &layered(),
            account("deployers"),
        ),
        of_sets(
            "check_set_of_an_account_of_another_namespace",
            denies,
            &[as_account("other:deployer", &pass()), otherwise(&deny())],
            account("deployer"),
        ),
        of_sets(
            "check_set_of_the_account_that_nobody_named",
            passes,
            &[as_account("default:default", &pass()), otherwise(&deny())],
            |_| {},
        ),
        of_sets(
            "check_set_of_the_account_before_that_of_its_namespace",
            denies,
            &[
                as_account("default:deployer", &deny()),
                in_namespace("default", &pass()),
                otherwise(&pass()),
            ],
            account("deployer"),
        ),
        of_sets(
            "check_set_of_an_account_behind_that_of_another_namespace",
            passes,
            &[
                in_namespace("other", &deny()),
                as_account("default:deployer", &pass()),
                otherwise(&deny()),
            ],
            account("deployer"),
        ),
        of_sets(
            "check_set_by_namespace_and_none_stated",
            "error context-missing",
            &[in_namespace("default", &pass()), otherwise(&pass())],
            unscoped,
        ),
        of_sets(
            "check_set_by_account_and_no_namespace_stated",
            "error context-missing",
            &[as_account("default:deployer", &pass()), otherwise(&pass())],
            unscoped,
        ),
        of_sets(
            "check_set_without_scopes_and_no_namespace_stated",
            passes,
            &[otherwise(&pass())],
            unscoped,
        ),
        of_sets(
            "check_sets_in_an_order_that_is_invalid",
            "error settings-invalid",
            &[
                in_namespace("default", &pass()),
                as_account("default:deployer", &pass()),
                otherwise(&pass()),
            ],
            |_| {},
        ),
    ]
}

/// Nothing to check is nothing to object to, and is said.
fn empty() -> Vec<Case> {
    let of = |name, expected, sets: Value| {
        platform_case(name, expected, settings(policy_of(sets)), |call| {
            call["request"] = pod(one_container(TAG));
        })
    };
    vec![
        of(
            "no_check_sets",
            "allow no-check-sets !digest-required",
            json!([]),
        ),
        of(
            "no_checks",
            "allow no-checks !digest-required",
            json!([{"checks": []}]),
        ),
        of(
            "no_list_of_checks",
            "allow no-checks !digest-required",
            json!([{}]),
        ),
        platform_case(
            "no_list_of_check_sets",
            "allow no-check-sets !digest-required",
            settings(json!({"gkePolicy": {}})),
            |call| call["request"] = pod(one_container(TAG)),
        ),
        of(
            "no_checks_in_the_namespace",
            "allow no-checks !always-deny",
            json!([in_namespace("default", &[]), otherwise(&[always_deny()])]),
        ),
    ]
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
