//! Which check set applies to a Pod, and what happens where there is nothing to check.

use serde_json::{Value, json};

use crate::case::{Case, image, one_container, pod};
use crate::platform::{always_deny, attested, passing, platform_case, policy_of, settings};

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
    [scopes(), empty()].concat()
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
