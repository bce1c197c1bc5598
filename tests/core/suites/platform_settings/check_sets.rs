//! Check sets: which come first, and whom they are for.

use core_tests::platform::{policy_of, settings};
use core_tests::validity::{assert_problems, problems};
use serde_json::{Value, json};

use super::{SETS, check_under};

#[test]
fn the_last_check_set_and_no_other_is_for_all() {
    let ns = |name: &str| json!({"scope": {"kubernetesNamespace": name}, "checks": []});
    let account = |name: &str| json!({"scope": {"kubernetesServiceAccount": name}, "checks": []});
    let other = || json!({"checks": []});
    let of = |sets: &[Value]| settings(policy_of(sets.into()));
    for valid in [
        vec![other()],
        vec![ns("a"), other()],
        vec![ns("a"), ns("b"), account("c:d"), other()],
        vec![
            account("a:x"),
            account("a:y"),
            account("b:x"),
            ns("a"),
            other(),
        ],
        // Only the same namespace matters.
        vec![ns("b"), account("a:x"), ns("a"), other()],
    ] {
        assert_problems(&of(&valid), &[]);
    }
    let missing = format!("{SETS} policy-checkset-default-missing");
    assert_problems(&of(&[ns("a")]), &[&missing]);
    assert_problems(&of(&[ns("a"), account("b:c")]), &[&missing]);
    for (sets, code) in [
        (
            vec![ns("a"), account("a:x"), other()],
            "policy-checkset-order",
        ),
        (
            vec![ns("a"), ns("b"), account("a:x"), other()],
            "policy-checkset-order",
        ),
        (
            vec![ns("a"), ns("a"), other()],
            "policy-checkset-scope-duplicate",
        ),
        (
            vec![account("a:x"), account("a:x"), other()],
            "policy-checkset-scope-duplicate",
        ),
        (
            vec![ns("a"), account("b:x"), ns("a"), other()],
            "policy-checkset-scope-duplicate",
        ),
    ] {
        check_under(&of(&sets), SETS, code);
    }
    for unreachable in [vec![other(), ns("a")], vec![other(), other()]] {
        let found = problems(of(&unreachable).to_string().as_bytes());
        assert!(!found.is_empty());
        for problem in &found {
            assert!(problem.starts_with(SETS) && problem.contains(" policy-checkset-"));
        }
    }
}

#[test]
fn a_scope_is_one_of_two_and_has_a_form() {
    for scope in [
        json!({}),
        json!({"kubernetesNamespace": "a", "kubernetesServiceAccount": "a:b"}),
        json!({"kubernetesNamespace": ""}),
        json!({"kubernetesServiceAccount": ""}),
        json!({"kubernetesServiceAccount": "deployer"}),
        json!({"kubernetesServiceAccount": ":deployer"}),
        json!({"kubernetesServiceAccount": "default:"}),
        // What no Pod can have would leave its Pods to the default check set.
        json!({"kubernetesNamespace": "production\n"}),
        json!({"kubernetesNamespace": "Production"}),
        json!({"kubernetesNamespace": "*"}),
        json!({"kubernetesNamespace": "default:deployer"}),
        json!({"kubernetesServiceAccount": "default:default:deployer"}),
        json!({"kubernetesServiceAccount": "default: deployer"}),
        json!({"kubernetesServiceAccount": "default:deployer\n"}),
    ] {
        let sets = json!([{"scope": scope, "checks": []}, {"checks": []}]);
        let path = format!("{SETS}[0].scope");
        check_under(&settings(policy_of(sets)), &path, "policy-invalid-value");
    }
    let text = json!([{"scope": "", "checks": []}, {"checks": []}]);
    let wrong = format!("{SETS}[0].scope policy-wrong-type");
    assert_problems(&settings(policy_of(text)), &[&wrong]);
}
