//! What a softer mode admits: exactly what its own document refused.

use serde_json::{Value, json};

use super::documents::{beside, singleton};
use crate::case::{A, Case, image, one_container, pod, unsigned, update};
use crate::platform::{
    allowlist, always_deny, attested, gke_policy, passing, platform_case, policy, policy_of,
    trusted_directory, vulnerability,
};
use crate::signing::{TestKey, occurrence, payload};

const BREAK_GLASS: &str = "image-policy.k8s.io/break-glass";

fn dry(call: &mut Value) {
    call["settings"]["platformPolicyEnforcement"] = "dryrun".into();
}

fn singleton_dry(call: &mut Value) {
    call["settings"]["policy"]["defaultAdmissionRule"]["enforcementMode"] =
        "DRYRUN_AUDIT_LOG_ONLY".into();
}

fn marked(call: &mut Value) {
    call["settings"]["breakGlass"] = json!({"namespaces": ["default"]});
    call["request"]["object"]["metadata"]["labels"] = json!({BREAK_GLASS: "true"});
}

pub(super) fn cases() -> Vec<Case> {
    [
        dry_runs(),
        beyond_the_budget(),
        beyond_the_decision(),
        without_a_namespace(),
        break_glass(),
    ]
    .concat()
}

/// A mode softens its own document and no other.
fn dry_runs() -> Vec<Case> {
    let (passes, denies) = (|| policy(&[passing()]), || policy(&[always_deny()]));
    vec![
        beside(
            "platform_dry_run_beside_a_singleton_that_admits",
            "overridden always-deny dry-run attested",
            &[denies()],
            dry,
        ),
        beside(
            "platform_dry_run_beside_a_singleton_that_refuses",
            "deny always-deny !dry-run",
            &[denies()],
            |call| {
                dry(call);
                singleton(call, "ALWAYS_DENY");
            },
        ),
        beside(
            "platform_dry_run_that_passes_beside_a_singleton_that_refuses",
            "deny no-valid-attestation !dry-run",
            &[policy(&[])],
            |call| {
                dry(call);
                call["request"] = pod(one_container(&unsigned()));
            },
        ),
        beside(
            "singleton_dry_run_beside_a_platform_policy_that_refuses",
            "deny always-deny no-valid-attestation !dry-run",
            &[denies()],
            |call| {
                singleton_dry(call);
                call["request"] = pod(one_container(&unsigned()));
            },
        ),
        beside(
            "singleton_dry_run_beside_a_platform_policy_that_admits",
            "overridden no-valid-attestation dry-run no-checks",
            &[policy(&[])],
            |call| {
                singleton_dry(call);
                call["request"] = pod(one_container(&unsigned()));
            },
        ),
        beside(
            "both_documents_in_dry_run",
            "overridden always-deny no-valid-attestation dry-run",
            &[denies()],
            |call| {
                dry(call);
                singleton_dry(call);
                call["request"] = pod(one_container(&unsigned()));
            },
        ),
        beside(
            "platform_dry_run_that_passes",
            "allow checks-passed !dry-run",
            &[passes()],
            dry,
        ),
        beside(
            "platform_dry_run_of_an_error",
            "overridden evidence-missing dry-run",
            &[policy(&[vulnerability("LOW", "LOW")])],
            dry,
        ),
        beside(
            "platform_policy_enforced_by_name",
            "deny always-deny",
            &[denies()],
            |call| {
                call["settings"]["platformPolicyEnforcement"] = "enforce".into();
            },
        ),
        platform_case(
            "platform_dry_run_alone",
            "overridden always-deny dry-run",
            attested(denies()),
            dry,
        ),
        platform_case(
            "platform_dry_run_does_not_admit_a_malformed_image",
            "deny image-reference-invalid",
            attested(denies()),
            |call| {
                dry(call);
                call["request"] = pod(one_container("not an image"));
            },
        ),
        platform_case(
            "platform_dry_run_does_not_admit_a_malformed_digest",
            "deny digest-required",
            attested(denies()),
            |call| {
                dry(call);
                call["request"] = pod(one_container("trusted.example/app@sha256:ab"));
            },
        ),
        platform_case(
            "platform_dry_run_does_not_admit_a_revoked_digest",
            "deny digest-denied",
            attested(denies()),
            |call| {
                dry(call);
                call["settings"]["deniedDigests"] = json!([A]);
            },
        ),
    ]
}

fn break_glass() -> Vec<Case> {
    let denies = || policy(&[always_deny()]);
    vec![
        beside(
            "break_glass_from_a_platform_policy",
            "overridden always-deny break-glass",
            &[denies()],
            marked,
        ),
        beside(
            "break_glass_from_both_documents",
            "overridden always-deny no-valid-attestation break-glass",
            &[denies()],
            |call| {
                call["request"] = pod(one_container(&unsigned()));
                marked(call);
            },
        ),
        beside(
            "break_glass_does_not_admit_a_revoked_digest",
            "deny digest-denied",
            &[denies()],
            |call| {
                marked(call);
                call["settings"]["deniedDigests"] = json!([A]);
            },
        ),
        platform_case(
            "break_glass_not_needed_under_a_platform_policy",
            "allow checks-passed break-glass",
            attested(policy(&[passing()])),
            marked,
        ),
        platform_case(
            "break_glass_from_a_platform_policy_not_enabled",
            "deny always-deny break-glass-refused",
            attested(denies()),
            |call| {
                marked(call);
                call["settings"]
                    .as_object_mut()
                    .unwrap()
                    .remove("breakGlass");
            },
        ),
    ]
}

/// So many notes that one document alone uses up the lookups of a request.
fn beyond_the_budget() -> Vec<Case> {
    let notes = || -> Value {
        let notes = (0..65).map(|index| {
            (
                format!("projects/p/notes/n{index}"),
                json!(format!("attest-{index}")),
            )
        });
        notes.collect::<serde_json::Map<_, _>>().into()
    };
    let four_images = || {
        let containers: Vec<_> = (0..4)
            .map(|index| {
                let image = format!(
                    "trusted.example/app@sha256:{}",
                    index.to_string().repeat(64)
                );
                json!({"name": format!("c{index}"), "image": image})
            })
            .collect();
        pod(json!({"containers": containers}))
    };
    let crowded = move |call: &mut Value| {
        call["settings"]["evidence"]["kubernetes"] = json!({"notes": notes()});
        call["evidence"] = json!([]);
    };
    let with_many = move |call: &mut Value| {
        crowded(call);
        call["request"] = four_images();
    };
    let passes = || policy(&[passing()]);
    vec![
        platform_case(
            "more_lookups_than_one_request_may_cause_for_checks",
            "error limit-exceeded",
            attested(passes()),
            with_many,
        ),
        platform_case(
            "more_lookups_than_one_request_may_cause_in_dry_run",
            "overridden limit-exceeded dry-run",
            attested(passes()),
            move |call| {
                with_many(call);
                dry(call);
            },
        ),
        platform_case(
            "more_lookups_than_one_request_may_cause_under_break_glass",
            "overridden limit-exceeded break-glass",
            attested(passes()),
            move |call| {
                with_many(call);
                marked(call);
            },
        ),
        beside(
            "dry_run_that_asks_too_much_denies_nothing",
            "allow attested !limit-exceeded",
            &[passes()],
            move |call| {
                with_many(call);
                dry(call);
                let key = TestKey::new("a");
                let all: Vec<_> = (0..4)
                    .map(|index| {
                        let digest = format!("sha256:{}", index.to_string().repeat(64));
                        let text = payload("trusted.example/app", &digest);
                        occurrence("a", &key, text.as_bytes())
                    })
                    .collect();
                let notes = call["settings"]["evidence"]["kubernetes"].clone();
                call["settings"]["evidence"] = json!({"occurrences": all, "kubernetes": notes});
            },
        ),
    ]
}

/// More checks than a Decision has room for. Checks that may deny an image come first; what dry run and
/// break-glass have no room for is an error of theirs.
fn beyond_the_decision() -> Vec<Case> {
    let containers = |count: usize| {
        let containers: Vec<_> = (0..count)
            .map(|index| json!({"name": format!("c{index}"), "image": image()}))
            .collect();
        pod(json!({"containers": containers}))
    };
    let checks = |count: usize| policy(&vec![trusted_directory(&["gcr.io/p/r"]); count]);
    let of = |name, expected, policies: &[Value], change: fn(&mut Value)| {
        beside(name, expected, policies, |call| {
            call["request"] = containers(512);
            singleton(call, "ALWAYS_ALLOW");
            change(call);
        })
    };
    let unchanged = |call: &mut Value, count: usize| {
        let mut old = containers(count)["object"].take();
        old["metadata"]["finalizers"] = json!(["e.com/f"]);
        call["request"] = update(containers(count), old);
    };
    vec![
        of(
            "more_checks_than_fit_into_a_decision",
            "error limit-exceeded",
            &[checks(33)],
            |_| {},
        ),
        of(
            "more_checks_than_fit_into_a_decision_in_dry_run",
            "overridden limit-exceeded image-not-in-trusted-directory dry-run",
            &[checks(33)],
            dry,
        ),
        of(
            "more_checks_than_fit_into_a_decision_under_break_glass",
            "overridden limit-exceeded image-not-in-trusted-directory break-glass",
            &[checks(33)],
            marked,
        ),
        of(
            "more_checks_than_fit_into_a_decision_of_exempt_images",
            "allow exempt-allowlist",
            &[checks(33)],
            |call| gke_policy(call)["imageAllowlist"] = allowlist(&["trusted.example/app"]),
        ),
        beside(
            "dry_run_takes_no_room_from_what_enforces",
            "overridden attested limit-exceeded dry-run !no-valid-attestation",
            &[checks(32)],
            |call| {
                call["request"] = containers(512);
                dry(call);
            },
        ),
        beside(
            "dry_run_beyond_the_decision_admits_nothing_else",
            "deny no-valid-attestation limit-exceeded !dry-run",
            &[checks(32)],
            |call| {
                call["request"] = containers(512);
                call["request"]["object"]["spec"]["containers"][7]["image"] = unsigned().into();
                dry(call);
            },
        ),
        beside(
            "finalizer_under_more_checks_than_fit_into_a_decision",
            "allow unchanged-image",
            &[checks(1000)],
            move |call| unchanged(call, 17),
        ),
        beside(
            "new_image_beside_unchanged_ones_under_more_checks_than_fit",
            "deny image-not-in-trusted-directory unchanged-image",
            &[checks(1000)],
            move |call| {
                unchanged(call, 17);
                call["request"]["object"]["spec"]["containers"][7]["image"] = unsigned().into();
            },
        ),
    ]
}

/// Check sets by namespace, and an object that has none.
fn without_a_namespace() -> Vec<Case> {
    let by_namespace = || {
        let scoped = json!({"scope": {"kubernetesNamespace": "production"}, "checks": [passing()]});
        policy_of(json!([scoped, {"checks": []}]))
    };
    let cluster_scoped = |call: &mut Value| {
        call["request"].as_object_mut().unwrap().remove("namespace");
    };
    vec![
        platform_case(
            "check_sets_by_namespace_without_a_namespace",
            "error context-missing",
            attested(by_namespace()),
            cluster_scoped,
        ),
        platform_case(
            "check_sets_by_namespace_without_a_namespace_in_dry_run",
            "overridden context-missing dry-run",
            attested(by_namespace()),
            move |call| {
                cluster_scoped(call);
                dry(call);
            },
        ),
        platform_case(
            "check_sets_by_namespace_without_a_namespace_under_break_glass",
            "overridden context-missing break-glass",
            attested(by_namespace()),
            move |call| {
                cluster_scoped(call);
                marked(call);
                call["settings"]["breakGlass"] = json!({"namespaces": ["*"]});
            },
        ),
        platform_case(
            "check_sets_by_namespace_without_a_namespace_and_an_unchanged_image",
            "allow unchanged-image !context-missing",
            attested(by_namespace()),
            move |call| {
                let old = call["request"]["object"].clone();
                call["request"] = update(call["request"].take(), old);
                cluster_scoped(call);
            },
        ),
        beside(
            "check_sets_by_namespace_in_dry_run_beside_a_singleton_that_refuses",
            "deny context-missing no-valid-attestation",
            &[by_namespace()],
            move |call| {
                dry(call);
                call["request"] = pod(one_container(&unsigned()));
                cluster_scoped(call);
            },
        ),
    ]
}
