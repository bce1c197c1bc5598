//! `imagePolicy`: which rules cover an image, and how their effects combine.

use core::slice;

use serde_json::{Value, json};

use crate::case::{A, B, Case, one_container, pod};
use crate::delivery::answer;
use crate::image_policy::{
    EFFECTS, case, changed, deny, dry_run, exempt, outcome_of, quorum, require, rule, rule_of,
};
use crate::platform::{allowlist, always_deny, passing, trusted_directory};

pub(super) fn cases() -> Vec<Case> {
    [
        pairs(),
        quorums(),
        scopes(),
        exemptions(),
        checks(),
        tags(),
        others(),
    ]
    .concat()
}

/// Every pair of effects.
fn pairs() -> Vec<Case> {
    let mut cases = Vec::new();
    for (one, effect) in EFFECTS.iter().enumerate() {
        for (other, other_effect) in EFFECTS.iter().enumerate().skip(one) {
            for unmatched in ["deny", "admit"] {
                let name = format!("{effect}_and_{other_effect}_or_{unmatched}").replace(' ', "_");
                let rules = [rule_of("one", effect), rule_of("other", other_effect)];
                let expected = outcome_of(one, other, unmatched);
                cases.push(case(&name, expected, unmatched, &rules));
            }
        }
    }
    cases
}

/// A rule that requires attestors, with other fields of the requirement.
fn some(attestors: &[&str], threshold: u32, must_include: &[&str]) -> Value {
    let mut requirement = quorum(attestors);
    requirement["threshold"] = threshold.into();
    if !must_include.is_empty() {
        requirement["mustInclude"] = quorum(must_include)["attestors"].take();
    }
    rule("shop", "require", json!([requirement]))
}

fn quorums() -> Vec<Case> {
    let case = |name: &str, expected, rule: Value| case(name, expected, "deny", &[rule]);
    vec![
        case(
            "all_attestors_by_default",
            "allow image-rules-satisfied attested",
            require("shop", &["a", "b"]),
        ),
        case(
            "one_of_all_attestors_is_missing",
            "deny no-valid-attestation !threshold-not-met",
            require("shop", &["a", "b", "c"]),
        ),
        case(
            "two_of_three",
            "allow attested",
            some(&["a", "b", "c"], 2, &[]),
        ),
        case(
            "three_of_three",
            "deny no-valid-attestation",
            some(&["a", "b", "c"], 3, &[]),
        ),
        case("one_of_two", "allow attested", some(&["a", "c"], 1, &[])),
        case(
            "two_of_three_and_one_has",
            "deny threshold-not-met",
            some(&["a", "c", "d"], 2, &[]),
        ),
        case(
            "the_required_one_has",
            "allow attested",
            some(&["a", "b", "c"], 2, &["a"]),
        ),
        case(
            "the_required_one_has_not",
            "deny threshold-not-met",
            some(&["a", "b", "c"], 2, &["c"]),
        ),
        case(
            "all_required_ones_have",
            "allow attested",
            some(&["a", "b", "c"], 1, &["a", "b"]),
        ),
        case(
            "two_requirements",
            "allow attested",
            rule("shop", "require", json!([quorum(&["a"]), quorum(&["b"])])),
        ),
        case(
            "one_of_two_requirements_fails",
            "deny no-valid-attestation attested",
            rule("shop", "require", json!([quorum(&["a"]), quorum(&["c"])])),
        ),
    ]
}

fn scopes() -> Vec<Case> {
    let with = |field: &str, values: &[&str]| {
        let mut rule = deny("no");
        rule[field] = json!(values);
        rule
    };
    let case = |name: &str, expected, rule: Value, change: fn(&mut Value)| {
        changed(name, expected, "admit", &[rule], change)
    };
    let nothing: fn(&mut Value) = |_| {};
    let deployer: fn(&mut Value) = |call| {
        call["request"]["object"]["spec"]["serviceAccountName"] = "deployer".into();
    };
    let without_namespace: fn(&mut Value) = |call| {
        call["request"].as_object_mut().unwrap().remove("namespace");
    };
    let mut both = with("namespaces", &["default"]);
    both["serviceAccounts"] = json!(["default/deployer"]);
    let mut elsewhere = both.clone();
    elsewhere["namespaces"] = json!(["other"]);
    vec![
        case(
            "images_of_another_repository",
            "allow unmatched-image-admitted",
            with("images", &["trusted.example/other"]),
            nothing,
        ),
        case(
            "images_of_the_repository",
            "deny image-rule-denied",
            with("images", &["trusted.example/*"]),
            nothing,
        ),
        case(
            "the_second_pattern_of_a_rule",
            "deny image-rule-denied",
            with("images", &["other.example/*", "trusted.example/app"]),
            nothing,
        ),
        case(
            "an_exception",
            "allow unmatched-image-admitted",
            with("exceptImages", &["trusted.example/app"]),
            nothing,
        ),
        case(
            "another_exception",
            "deny image-rule-denied",
            with(
                "exceptImages",
                &["trusted.example/app:1", "other.example/**"],
            ),
            nothing,
        ),
        case(
            "pinned_by_digest",
            "allow unmatched-image-admitted",
            with("images", &["**@-"]),
            nothing,
        ),
        case(
            "not_pinned_by_digest",
            "deny image-rule-denied",
            with("images", &["**@-"]),
            |call| {
                call["request"] = pod(one_container("trusted.example/app:1"));
            },
        ),
        case(
            "latest_is_implied",
            "deny image-rule-denied",
            with("images", &["**:latest@-"]),
            |call| {
                call["request"] = pod(one_container("nginx"));
            },
        ),
        case(
            "short_names_are_completed",
            "deny image-rule-denied",
            with("images", &["docker.io/library/nginx"]),
            |call| {
                call["request"] = pod(one_container("nginx"));
            },
        ),
        case(
            "names_of_docker_hub_in_upper_case",
            "deny image-rule-denied",
            with("images", &["docker.io/library/nginx"]),
            |call| {
                call["request"] = pod(one_container("INDEX.docker.io/library/nginx"));
            },
        ),
        case(
            "ports_with_leading_zeros",
            "deny image-rule-denied",
            with("images", &["trusted.example:5000/**"]),
            |call| {
                call["request"] = pod(one_container("trusted.example:05000/app"));
            },
        ),
        case(
            "its_namespace",
            "deny image-rule-denied",
            with("namespaces", &["default"]),
            nothing,
        ),
        case(
            "another_namespace",
            "allow unmatched-image-admitted",
            with("namespaces", &["other"]),
            nothing,
        ),
        case(
            "its_account",
            "deny image-rule-denied",
            with("serviceAccounts", &["default/deployer"]),
            deployer,
        ),
        case(
            "another_account",
            "allow unmatched-image-admitted",
            with("serviceAccounts", &["default/deployer"]),
            nothing,
        ),
        case(
            "an_account_of_another_namespace",
            "allow unmatched-image-admitted",
            with("serviceAccounts", &["other/deployer"]),
            deployer,
        ),
        case(
            "its_namespace_and_account",
            "deny image-rule-denied",
            both,
            deployer,
        ),
        case(
            "another_namespace_and_its_account",
            "allow unmatched-image-admitted",
            elsewhere,
            deployer,
        ),
        case(
            "no_namespace",
            "error context-missing !image-rule-denied",
            with("namespaces", &["default"]),
            without_namespace,
        ),
        case(
            "no_namespace_for_an_account",
            "error context-missing",
            with("serviceAccounts", &["default/deployer"]),
            without_namespace,
        ),
        case(
            "no_namespace_and_another_image",
            "allow unmatched-image-admitted",
            {
                let mut rule = with("namespaces", &["default"]);
                rule["images"] = json!(["other.example/**"]);
                rule
            },
            without_namespace,
        ),
        case(
            "no_namespace_in_dry_run",
            "overridden context-missing",
            dry_run(with("namespaces", &["default"])),
            without_namespace,
        ),
        changed(
            "no_namespace_and_a_denial",
            "deny context-missing image-rule-denied",
            "admit",
            &[with("namespaces", &["other"]), deny("all")],
            without_namespace,
        ),
        changed(
            "no_namespace_and_an_exemption",
            "allow image-rule-exempt !context-missing",
            "deny",
            &[
                {
                    let mut rule = require("shop", &["c"]);
                    rule["namespaces"] = json!(["default"]);
                    rule
                },
                exempt("ours"),
            ],
            without_namespace,
        ),
        changed(
            "no_namespace_for_an_exemption_that_has_ended",
            "deny no-image-rule exemption-expired !context-missing",
            "deny",
            &[{
                let mut rule = rule_of("ours", "ended");
                rule["namespaces"] = json!(["default"]);
                rule
            }],
            without_namespace,
        ),
        changed(
            "no_namespace_for_an_exemption",
            "error context-missing",
            "deny",
            &[require("shop", &["c"]), {
                let mut rule = exempt("ours");
                rule["namespaces"] = json!(["default"]);
                rule
            }],
            without_namespace,
        ),
    ]
}

/// Exemptions of [`NOW`](crate::platform::NOW), `2026-06-15T12:00:00Z`.
fn exemptions() -> Vec<Case> {
    let until = |name: &str, expected, until: &str| {
        let exempt =
            json!({"owner": "platform team", "reason": "Images of the nodes", "until": until});
        let rules = [require("shop", &["c"]), rule("nodes", "exempt", exempt)];
        case(name, expected, "deny", &rules)
    };
    vec![
        until(
            "exempt_until_the_next_second",
            "allow image-rule-exempt !exemption-expired",
            "2026-06-15T12:00:01Z",
        ),
        until(
            "exempt_until_this_second",
            "deny exemption-expired no-valid-attestation !image-rule-exempt",
            "2026-06-15T12:00:00Z",
        ),
        until(
            "exempt_until_the_second_before",
            "deny exemption-expired no-valid-attestation",
            "2026-06-15T11:59:59Z",
        ),
        until(
            "exempt_until_today",
            "allow image-rule-exempt",
            "2026-06-15",
        ),
        until(
            "exempt_until_yesterday",
            "deny exemption-expired",
            "2026-06-14",
        ),
        until(
            "exempt_until_a_time_in_another_zone",
            "allow image-rule-exempt",
            "2026-06-15T14:00:01+02:00",
        ),
        changed(
            "exempt_in_the_last_second_of_a_date",
            "allow image-rule-exempt",
            "deny",
            &[rule("nodes", "exempt", json!({"until": "2026-06-15"}))],
            |call| call["time"] = "2026-06-15T23:59:59Z".into(),
        ),
        changed(
            "exempt_in_the_second_after_a_date",
            "deny no-image-rule exemption-expired",
            "deny",
            &[rule("nodes", "exempt", json!({"until": "2026-06-15"}))],
            |call| call["time"] = "2026-06-16T00:00:00Z".into(),
        ),
        changed(
            "an_exemption_is_from_no_other_document",
            "deny always-deny image-rule-exempt",
            "deny",
            &[exempt("ours")],
            |call| {
                call["settings"]["policy"] =
                    json!({"defaultAdmissionRule": crate::case::rule("ALWAYS_DENY", &[])});
            },
        ),
    ]
}

fn checks() -> Vec<Case> {
    let check = |name: &str, expected, mut check: Value, exempt: &[&str]| {
        if !exempt.is_empty() {
            check["imageAllowlist"] = allowlist(exempt);
        }
        let rule = rule("shop", "require", json!([{"check": check}]));
        case(name, expected, "deny", &[rule])
    };
    let ours = passing();
    let theirs = trusted_directory(&["other.example/*"]);
    vec![
        check(
            "a_check_that_passes",
            "allow attested image-rules-satisfied",
            ours,
            &[],
        ),
        check(
            "a_check_that_fails",
            "deny image-not-in-trusted-directory",
            theirs.clone(),
            &[],
        ),
        check(
            "an_exemption_from_a_check",
            "allow exempt-allowlist",
            theirs,
            &["trusted.example/app"],
        ),
        check(
            "a_check_of_another_exemption",
            "deny always-deny",
            always_deny(),
            &["other.example/*"],
        ),
    ]
}

/// A tag that is resolved if a rule needs its digest; rules see the tag and not the digest.
fn tags() -> Vec<Case> {
    const TAG: &str = "trusted.example/app:1";
    let tagged = |name: &str, expected, rules: &[Value], digest: Option<&str>| {
        changed(name, expected, "deny", rules, |call| {
            call["settings"]["resolveTags"] = true.into();
            call["settings"]["registries"] = json!(["trusted.example"]);
            call["request"] = pod(one_container(TAG));
            let found = digest.map(|digest| json!({"found": {"digest": digest}}));
            let answers = found.map(|found| answer("tag", TAG, found));
            call["evidence"] = answers.into_iter().collect();
        })
    };
    let shop = require("shop", &["a"]);
    vec![
        tagged(
            "a_resolved_tag",
            "allow attested",
            slice::from_ref(&shop),
            Some(A),
        ),
        tagged(
            "a_tag_of_another_digest",
            "deny no-valid-attestation",
            slice::from_ref(&shop),
            Some(B),
        ),
        tagged(
            "a_tag_that_is_not_resolved",
            "error tag-resolution-unavailable",
            slice::from_ref(&shop),
            None,
        ),
        tagged(
            "an_exempt_tag_is_not_resolved",
            "allow image-rule-exempt",
            &[shop.clone(), exempt("ours")],
            None,
        ),
        tagged(
            "a_denied_tag_is_not_resolved",
            "deny image-rule-denied !tag-resolution-unavailable",
            &[deny("no")],
            None,
        ),
        tagged(
            "a_resolved_tag_is_no_digest_for_patterns",
            "deny image-rule-denied attested",
            &[shop, {
                let mut pinned = deny("pinned");
                pinned["images"] = json!(["**@-"]);
                pinned
            }],
            Some(A),
        ),
    ]
}

/// A case whose pattern has an escape in the text of the settings.
fn escaped() -> Case {
    let mut rule = deny("no");
    rule["images"] = json!(["trusted.example/app"]);
    let mut case = case(
        "escapes_in_a_pattern",
        "deny image-rule-denied",
        "admit",
        &[rule],
    );
    let text = String::from_utf8(case.call).unwrap();
    let (before, after) = text.split_once("[\"trusted.example/app\"]").unwrap();
    case.call = format!("{before}[\"trusted.example/\\u0061pp\"]{after}").into_bytes();
    case
}

fn others() -> Vec<Case> {
    let by_tag: fn(&mut Value) =
        |call| call["request"] = pod(one_container("trusted.example/app:1"));
    vec![
        escaped(),
        case("no_rules", "deny no-image-rule", "deny", &[]),
        case(
            "no_rules_and_others_are_admitted",
            "allow unmatched-image-admitted",
            "admit",
            &[],
        ),
        changed(
            "a_tag_under_a_requirement",
            "deny digest-required",
            "deny",
            &[require("shop", &["a"])],
            by_tag,
        ),
        changed(
            "a_tag_under_an_exemption",
            "allow image-rule-exempt",
            "deny",
            &[require("shop", &["a"]), exempt("ours")],
            by_tag,
        ),
        changed(
            "a_malformed_digest",
            "deny image-reference-invalid !image-rule-exempt",
            "admit",
            &[exempt("ours")],
            |call| {
                call["request"] = pod(one_container("trusted.example/app@sha256:ab"));
            },
        ),
        changed(
            "break_glass",
            "overridden break-glass image-rule-denied",
            "deny",
            &[deny("no")],
            |call| {
                call["settings"]["breakGlass"] = json!({"namespaces": ["default"]});
                call["request"]["object"]["metadata"]["labels"] =
                    json!({"image-policy.k8s.io/break-glass": "true"});
            },
        ),
        changed(
            "beside_a_policy_that_allows",
            "deny image-rule-denied always-allow",
            "deny",
            &[deny("no")],
            |call| {
                call["settings"]["policy"] =
                    json!({"defaultAdmissionRule": crate::case::rule("ALWAYS_ALLOW", &[])});
            },
        ),
        changed(
            "beside_a_policy_that_denies",
            "deny image-rules-satisfied always-deny",
            "deny",
            &[require("shop", &["a"])],
            |call| {
                call["settings"]["policy"] =
                    json!({"defaultAdmissionRule": crate::case::rule("ALWAYS_DENY", &[])});
            },
        ),
        changed(
            "an_unchanged_image",
            "allow unchanged-image",
            "deny",
            &[deny("no")],
            |call| {
                let object = call["request"]["object"].clone();
                call["request"]["oldObject"] = object;
                call["request"]["operation"] = "UPDATE".into();
            },
        ),
    ]
}
