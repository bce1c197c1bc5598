//! Several documents: every one must admit, each by its own allowlists and its own mode.

use serde_json::{Value, json};

use crate::case::{B, Case, call_case, one_container, pod, rule, settings, unsigned};
use crate::platform::{
    NOW, allowlist, always_deny, attested, gke_policy, passing, platform_case, policy,
    trusted_directory, vulnerability,
};

/// A case of the base case's singleton policy and these platform policies beside it.
pub(super) fn beside(
    name: &str,
    expected: &'static str,
    policies: &[Value],
    change: impl FnOnce(&mut Value),
) -> Case {
    call_case(name, expected, |call| {
        call["settings"]["platformPolicies"] = policies.into();
        call["time"] = NOW.into();
        change(call);
    })
}

pub(super) fn singleton(call: &mut Value, mode: &str) {
    call["settings"]["policy"]["defaultAdmissionRule"] = rule(mode, &[]);
}

pub(super) fn cases() -> Vec<Case> {
    [together(), alone()].concat()
}

fn together() -> Vec<Case> {
    let (passes, denies) = (|| policy(&[passing()]), || policy(&[always_deny()]));
    let errs = || policy(&[vulnerability("LOW", "LOW")]);
    vec![
        beside(
            "both_documents_admit",
            "allow attested checks-passed",
            &[passes()],
            |_| {},
        ),
        beside(
            "platform_policy_refuses_alone",
            "deny always-deny attested",
            &[denies()],
            |_| {},
        ),
        beside(
            "singleton_policy_refuses_alone",
            "deny always-deny checks-passed",
            &[passes()],
            |call| singleton(call, "ALWAYS_DENY"),
        ),
        beside(
            "first_of_two_platform_policies_refuses",
            "deny always-deny checks-passed",
            &[denies(), passes()],
            |_| {},
        ),
        beside(
            "second_of_two_platform_policies_refuses",
            "deny always-deny checks-passed",
            &[passes(), denies()],
            |_| {},
        ),
        beside(
            "platform_policy_errs_beside_a_singleton_that_admits",
            "error evidence-missing attested",
            &[errs()],
            |_| {},
        ),
        beside(
            "platform_policy_errs_beside_a_singleton_that_refuses",
            "deny evidence-missing always-deny",
            &[errs()],
            |call| singleton(call, "ALWAYS_DENY"),
        ),
        beside(
            "one_platform_policy_errs_and_another_refuses",
            "deny evidence-missing image-not-in-trusted-directory",
            &[errs(), policy(&[trusted_directory(&["gcr.io/p/r"])])],
            |_| {},
        ),
        beside(
            "exempt_from_the_platform_policy_only",
            "deny no-valid-attestation exempt-allowlist",
            &[denies()],
            |call| {
                gke_policy(call)["imageAllowlist"] = allowlist(&["trusted.example/app"]);
                call["request"] = pod(one_container(&unsigned()));
            },
        ),
        beside(
            "exempt_from_the_singleton_policy_only",
            "deny always-deny exempt-allowlist",
            &[denies()],
            |call| {
                call["settings"]["policy"]["admissionWhitelistPatterns"] =
                    json!([{"namePattern": "trusted.example/**"}]);
            },
        ),
        beside(
            "exempt_from_one_platform_policy_only",
            "deny always-deny exempt-allowlist",
            &[denies(), denies()],
            |call| {
                gke_policy(call)["imageAllowlist"] = allowlist(&["trusted.example/app"]);
            },
        ),
        beside("no_platform_policies", "allow attested", &[], |_| {}),
        beside(
            "singleton_attestor_is_not_the_checks_key",
            "deny no-valid-attestation attested",
            &[policy(&[crate::platform::simple_signing(&[
                &crate::signing::TestKey::new("other"),
            ])])],
            |_| {},
        ),
    ]
}

/// Platform policies without a singleton policy.
fn alone() -> Vec<Case> {
    let with = |name, expected, change: fn(&mut Value)| {
        platform_case(name, expected, attested(policy(&[passing()])), change)
    };
    let prose = |call: &mut Value| {
        let document = &mut call["settings"]["platformPolicies"][0];
        document["name"] = "projects/p/platforms/gke/policies/x".into();
        document["description"] = "words".into();
        document["etag"] = "\"a\"".into();
        document["updateTime"] = "2026-01-01T00:00:00Z".into();
        let set = &mut document["gkePolicy"]["checkSets"][0];
        set["displayName"] = "Everything".into();
        set["checks"][0]["displayName"] = "Signed".into();
    };
    vec![
        with(
            "only_a_platform_policy",
            "allow attested checks-passed",
            |_| {},
        ),
        with(
            "only_a_platform_policy_and_an_unsigned_image",
            "deny no-valid-attestation",
            |call| {
                call["request"] = pod(one_container(&format!("trusted.example/app@{B}")));
            },
        ),
        with(
            "names_and_prose_have_no_effect",
            "allow attested checks-passed",
            prose,
        ),
        with(
            "deletion_under_a_platform_policy",
            "allow operation-not-checked",
            |call| {
                call["request"]["operation"] = "DELETE".into();
            },
        ),
        with(
            "unknown_kind_under_a_platform_policy",
            "deny unsupported-object-kind",
            |call| {
                call["request"]["kind"]["kind"] = "Widget".into();
            },
        ),
        with(
            "platform_policy_with_an_unknown_field",
            "error settings-invalid",
            |call| {
                gke_policy(call)["mode"] = "AUDIT".into();
            },
        ),
        with(
            "platform_policy_with_two_types_in_a_check",
            "error settings-invalid",
            |call| {
                gke_policy(call)["checkSets"][0]["checks"][0]["alwaysDeny"] = true.into();
            },
        ),
        with("neither_kind_of_policy", "error settings-invalid", |call| {
            call["settings"]["platformPolicies"] = json!([]);
        }),
        call_case(
            "singleton_policy_that_is_invalid_beside_a_platform_policy",
            "error settings-invalid",
            |call| {
                call["settings"] = settings();
                call["settings"]["platformPolicies"] = json!([policy(&[])]);
                call["settings"]["policy"] = json!({});
            },
        ),
    ]
}
