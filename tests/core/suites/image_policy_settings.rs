//! `validate_settings` about `imagePolicy`: every rule of the document is an error with the path of the offending value.

use core_tests::image_policy::{deny, exempt, quorum, require, rule, settings, unknown};
use core_tests::platform::{simple_signing_of, slsa, trusted_directory};
use core_tests::signing::{TestKey, attestor, attestor_name};
use core_tests::validity::{assert_load_bearing, assert_problems};
use serde_json::{Value, json};

const RULE: &str = "imagePolicy.rules[0]";

/// Checks the problems of settings with one rule, by their paths below the rule.
#[track_caller]
fn problems_of(rule: Value, expected: &[&str]) {
    let below = |problem: &&str| match problem.split_once(' ') {
        Some(("", code)) => format!("{RULE} {code}"),
        _ => format!("{RULE}.{problem}"),
    };
    let expected: Vec<_> = expected.iter().map(below).collect();
    let expected: Vec<_> = expected.iter().map(String::as_str).collect();
    assert_problems(&settings("deny", &[rule]), &expected);
}

/// Checks the problems of a rule whose field has this value.
#[track_caller]
fn problems_with(mut rule: Value, field: &str, value: Value, expected: &[&str]) {
    rule[field] = value;
    problems_of(rule, expected);
}

/// Rules in which every field has a value.
fn full() -> Value {
    let mut requirement = quorum(&["a", "b", "c"]);
    requirement["threshold"] = 2.into();
    requirement["mustInclude"] = json!([attestor_name("c")]);
    requirement["predicateTypes"] = json!(["https://spdx.dev/Document"]);
    let mut shop = rule("shop", "require", json!([requirement, unknown()]));
    shop["images"] = json!([
        "registry.example/shop/**",
        "*.registry.example:5000/a/*:v*@*"
    ]);
    shop["exceptImages"] = json!(["registry.example/shop/tools/*"]);
    shop["namespaces"] = json!(["production", "staging"]);
    shop["serviceAccounts"] = json!(["production/deployer", "staging/a.b"]);
    shop["enforcement"] = "dryrun".into();
    let exemption =
        json!({"owner": "platform team", "reason": "images of the nodes", "until": "2027-03-31"});
    settings(
        "admit",
        &[shop, deny("no"), rule("nodes", "exempt", exemption)],
    )
}

#[test]
fn every_field_can_have_a_value() {
    assert_problems(&full(), &[]);
}

#[test]
fn unknown_fields_are_errors_at_every_level() {
    for (place, path) in [
        ("/imagePolicy", "imagePolicy"),
        ("/imagePolicy/rules/0", RULE),
        (
            "/imagePolicy/rules/0/require/0",
            "imagePolicy.rules[0].require[0]",
        ),
        (
            "/imagePolicy/rules/0/require/1",
            "imagePolicy.rules[0].require[1]",
        ),
        (
            "/imagePolicy/rules/0/require/1/check",
            "imagePolicy.rules[0].require[1].check",
        ),
        ("/imagePolicy/rules/2/exempt", "imagePolicy.rules[2].exempt"),
    ] {
        let mut settings = full();
        settings.pointer_mut(place).unwrap()["other"] = 1.into();
        assert_problems(&settings, &[&format!("{path}.other policy-unknown-field")]);
    }
}

#[test]
fn wrong_types_are_errors() {
    for (place, path, value) in [
        ("/imagePolicy", "imagePolicy", json!([])),
        ("/imagePolicy/rules", "imagePolicy.rules", json!({})),
        ("/imagePolicy/rules/0", RULE, json!("shop")),
        (
            "/imagePolicy/rules/0/name",
            "imagePolicy.rules[0].name",
            json!(1),
        ),
        (
            "/imagePolicy/rules/0/images",
            "imagePolicy.rules[0].images",
            json!("**"),
        ),
        (
            "/imagePolicy/rules/0/images/0",
            "imagePolicy.rules[0].images[0]",
            json!(1),
        ),
        (
            "/imagePolicy/rules/0/exceptImages",
            "imagePolicy.rules[0].exceptImages",
            json!({}),
        ),
        (
            "/imagePolicy/rules/0/namespaces",
            "imagePolicy.rules[0].namespaces",
            json!("production"),
        ),
        (
            "/imagePolicy/rules/0/serviceAccounts/0",
            "imagePolicy.rules[0].serviceAccounts[0]",
            json!({}),
        ),
        (
            "/imagePolicy/rules/0/require",
            "imagePolicy.rules[0].require",
            json!({}),
        ),
        (
            "/imagePolicy/rules/0/require/0",
            "imagePolicy.rules[0].require[0]",
            json!([]),
        ),
        (
            "/imagePolicy/rules/0/require/0/attestors",
            "imagePolicy.rules[0].require[0].attestors",
            json!("a"),
        ),
        (
            "/imagePolicy/rules/0/require/0/threshold",
            "imagePolicy.rules[0].require[0].threshold",
            json!("2"),
        ),
        (
            "/imagePolicy/rules/0/require/0/predicateTypes",
            "imagePolicy.rules[0].require[0].predicateTypes",
            json!("https://spdx.dev/Document"),
        ),
        (
            "/imagePolicy/rules/0/require/0/predicateTypes/0",
            "imagePolicy.rules[0].require[0].predicateTypes[0]",
            json!(1),
        ),
        (
            "/imagePolicy/rules/0/require/1/check",
            "imagePolicy.rules[0].require[1].check",
            json!([]),
        ),
        (
            "/imagePolicy/rules/1/deny",
            "imagePolicy.rules[1].deny",
            json!(true),
        ),
        (
            "/imagePolicy/rules/2/exempt",
            "imagePolicy.rules[2].exempt",
            json!(true),
        ),
        (
            "/imagePolicy/rules/2/exempt/owner",
            "imagePolicy.rules[2].exempt.owner",
            json!(1),
        ),
        (
            "/imagePolicy/rules/2/exempt/until",
            "imagePolicy.rules[2].exempt.until",
            json!(2027),
        ),
    ] {
        let mut settings = full();
        *settings.pointer_mut(place).unwrap() = value;
        assert_problems(&settings, &[&format!("{path} policy-wrong-type")]);
        *settings.pointer_mut(place).unwrap() = Value::Null;
        assert_problems(&settings, &[&format!("{path} policy-wrong-type")]);
    }
}

#[test]
fn required_fields_are_required() {
    assert_problems(
        &json!({"imagePolicy": {}}),
        &[
            "imagePolicy settings-missing-field",
            "imagePolicy settings-missing-field",
        ],
    );
    problems_of(
        json!({"deny": "no"}),
        &[" settings-missing-field", " settings-missing-field"],
    );
    assert_problems(&settings("deny", &[]), &[]);
}

#[test]
fn unmatched_images_are_denied_or_admitted() {
    let mut settings = settings("deny", &[]);
    for (value, code) in [
        (json!("DENY"), "policy-unknown-enum"),
        (json!(""), "policy-unknown-enum"),
        (json!(true), "policy-numeric-enum"),
        (json!([]), "policy-wrong-type"),
    ] {
        settings["imagePolicy"]["unmatchedImages"] = value;
        assert_problems(&settings, &[&format!("imagePolicy.unmatchedImages {code}")]);
    }
}

#[test]
fn a_rule_has_exactly_one_effect() {
    let mut none = deny("no");
    none.as_object_mut().unwrap().remove("deny");
    problems_of(none, &[" policy-invalid-value"]);
    problems_with(deny("no"), "exempt", json!({}), &[" policy-invalid-value"]);
    problems_with(
        require("no", &["a"]),
        "deny",
        "no".into(),
        &[" policy-invalid-value"],
    );
}

#[test]
fn enforcement_is_of_rules_that_can_deny() {
    for mode in ["enforce", "dryrun"] {
        problems_with(deny("no"), "enforcement", mode.into(), &[]);
        problems_with(require("shop", &["a"]), "enforcement", mode.into(), &[]);
        problems_with(
            exempt("ours"),
            "enforcement",
            mode.into(),
            &["enforcement policy-invalid-value"],
        );
    }
    problems_with(
        deny("no"),
        "enforcement",
        "DRYRUN".into(),
        &["enforcement policy-unknown-enum"],
    );
    problems_with(
        deny("no"),
        "enforcement",
        false.into(),
        &["enforcement policy-numeric-enum"],
    );
}

#[test]
fn names_and_texts_are_one_short_line() {
    let invalid = |field: &str| format!("{field} policy-invalid-value");
    for (text, is_valid) in [
        ("x".repeat(100), true),
        ("x".repeat(101), false),
        (String::new(), false),
        ("a\nb".into(), false),
    ] {
        let expected = invalid("name");
        let expected: &[&str] = if is_valid { &[] } else { &[&expected] };
        problems_with(deny("no"), "name", text.into(), expected);
    }
    for (text, is_valid) in [
        ("é".repeat(200), true),
        ("é".repeat(201), false),
        (String::new(), false),
        ("\u{202e}".into(), false),
    ] {
        for (rule, field) in [
            ("deny", "deny"),
            ("exempt", "exempt.owner"),
            ("exempt", "exempt.reason"),
        ] {
            let value = match field.split_once('.') {
                Some((_, field)) => json!({field: text}),
                None => json!(text),
            };
            let expected = invalid(field);
            let expected: &[&str] = if is_valid { &[] } else { &[&expected] };
            problems_of(self::rule("rule", rule, value), expected);
        }
    }
}

#[test]
fn names_of_rules_are_unique() {
    let rules = [deny("a"), deny("b"), exempt("a")];
    assert_problems(
        &settings("deny", &rules),
        &["imagePolicy.rules[2].name policy-invalid-value"],
    );
}

#[test]
fn patterns_are_valid() {
    for field in ["images", "exceptImages"] {
        let invalid = format!("{field}[1] pattern-invalid");
        for pattern in ["nginx", "", "*", "registry.example", "*.example/**"] {
            problems_with(deny("no"), field, json!(["**", pattern]), &[&invalid]);
        }
        problems_with(
            deny("no"),
            field,
            json!([]),
            &[&format!("{field} policy-limit")],
        );
    }
}

#[test]
fn namespaces_and_accounts_are_names() {
    for value in ["", "A", "a/b", "a*"] {
        problems_with(
            deny("no"),
            "namespaces",
            json!([value]),
            &["namespaces[0] policy-invalid-value"],
        );
    }
    for value in [
        "",
        "default",
        "default:deployer",
        "/deployer",
        "default/",
        "a/b/c",
    ] {
        let expected = "serviceAccounts[0] policy-invalid-value";
        problems_with(deny("no"), "serviceAccounts", json!([value]), &[expected]);
    }
    problems_with(
        deny("no"),
        "namespaces",
        json!([]),
        &["namespaces policy-limit"],
    );
    problems_with(
        deny("no"),
        "serviceAccounts",
        json!([]),
        &["serviceAccounts policy-limit"],
    );
}

#[test]
fn a_requirement_is_of_attestors_or_a_check() {
    let require = |requirement: Value, expected: &[&str]| {
        problems_of(rule("shop", "require", json!([requirement])), expected);
    };
    require(json!({}), &["require[0] policy-invalid-value"]);
    let mut both = quorum(&["a"]);
    both["check"] = trusted_directory(&["gcr.io/p/r"]);
    require(both, &["require[0] policy-invalid-value"]);
    let mut check = unknown();
    check["threshold"] = 1.into();
    require(check, &["require[0] policy-invalid-value"]);
    let mut check = unknown();
    check["predicateTypes"] = json!(["https://spdx.dev/Document"]);
    require(check, &["require[0] policy-invalid-value"]);
    require(
        json!({"attestors": []}),
        &["require[0].attestors policy-limit"],
    );
    require(
        json!({"check": {}}),
        &["require[0].check policy-check-type-count"],
    );
    problems_of(
        rule("shop", "require", json!([])),
        &["require policy-limit"],
    );
}

#[test]
fn thresholds_can_be_reached() {
    for (threshold, expected) in [
        (0, &["require[0].threshold policy-limit"][..]),
        (1, &[]),
        (2, &[]),
        (3, &["require[0].threshold policy-limit"]),
        (1000, &["require[0].threshold policy-limit"]),
    ] {
        let mut requirement = quorum(&["a", "b"]);
        requirement["threshold"] = threshold.into();
        problems_of(rule("shop", "require", json!([requirement])), expected);
    }
}

#[test]
fn attestors_exist_are_named_once_and_share_no_key() {
    let invalid = "require[0].attestors[1] policy-invalid-value";
    problems_of(require("shop", &["a", "a"]), &[invalid]);
    problems_of(
        require("shop", &["x", "a"]),
        &["require[0].attestors policy-attestor-unknown"],
    );
    let mut requirement = quorum(&["a", "b"]);
    requirement["mustInclude"] = json!([attestor_name("c")]);
    problems_of(
        rule("shop", "require", json!([requirement])),
        &["require[0].mustInclude policy-invalid-value"],
    );
    let mut settings = settings("deny", &[require("shop", &["a", "b"])]);
    settings["attestors"][1] = attestor("b", &[&TestKey::new("a")]);
    let path = "imagePolicy.rules[0].require[0].attestors";
    assert_problems(&settings, &[&format!("{path} policy-attestors-share-key")]);
}

#[test]
fn predicate_types_are_uris() {
    const INVALID: &str = "require[0].predicateTypes[0] policy-invalid-value";
    let long = format!("https://example.com/{}", "x".repeat(180));
    let too_long = format!("{long}y");
    for (uri, expected) in [
        ("https://spdx.dev/Document", &[][..]),
        ("https://example.com/review?v=1#%20", &[]),
        ("urn:example:review", &[]),
        ("cosign.sigstore.dev/attestation/v1", &[]),
        (&long, &[]),
        ("", &[INVALID]),
        ("cyclonedx", &[INVALID]),
        (" https://spdx.dev/Document", &[INVALID]),
        ("https://spdx.dev/a document", &[INVALID]),
        ("https://spdx.dev/Document\n", &[INVALID]),
        ("https://spdx.dev/Döcument", &[INVALID]),
        (&too_long, &[INVALID]),
    ] {
        let mut requirement = quorum(&["a"]);
        requirement["predicateTypes"] = json!([uri]);
        problems_of(rule("shop", "require", json!([requirement])), expected);
    }
}

#[test]
fn predicate_types_are_some_and_each_is_named_once() {
    let uris = |count: usize| -> Vec<_> { (0..count).map(|n| format!("urn:{n}")).collect() };
    for (types, expected) in [
        (json!(uris(16)), &[][..]),
        (
            json!(uris(17)),
            &["require[0].predicateTypes[16] limit-exceeded"],
        ),
        (json!([]), &["require[0].predicateTypes policy-limit"]),
        (
            json!(["urn:a", "urn:b", "urn:a"]),
            &["require[0].predicateTypes[2] policy-invalid-value"],
        ),
    ] {
        let mut requirement = quorum(&["a"]);
        requirement["predicateTypes"] = types;
        problems_of(rule("shop", "require", json!([requirement])), expected);
    }
}

/// One signature may satisfy two requirements, or attestors of two rules.
#[test]
fn attestors_of_two_requirements_may_share_a_key() {
    let requirements = json!([quorum(&["a"]), quorum(&["b"])]);
    let mut settings = settings(
        "deny",
        &[
            rule("shop", "require", requirements),
            require("all", &["a"]),
        ],
    );
    settings["attestors"][1] = attestor("b", &[&TestKey::new("a")]);
    assert_problems(&settings, &[]);
}

#[test]
fn checks_are_those_of_platform_policies() {
    let check = |check: Value, expected: &str| {
        let rule = rule("shop", "require", json!([quorum(&["a"]), {"check": check}]));
        problems_of(rule, &[&format!("require[1].check.{expected}")]);
    };
    check(
        trusted_directory(&["nginx/**/x"]),
        "trustedDirectoryCheck.trustedDirPatterns[0] pattern-invalid",
    );
    check(
        simple_signing_of(&[]),
        "simpleSigningAttestationCheck.attestationAuthenticators policy-limit",
    );
    check(
        slsa(&[json!({"trustedBuilder": "https://forge.example/builder"})]),
        "slsaCheck.rules[0].trustedBuilder policy-unknown-enum",
    );
    check(
        json!({"sigstoreSignatureCheck": {"sigstoreAuthorities": [{"displayName": "nobody"}]}}),
        "sigstoreSignatureCheck.sigstoreAuthorities[0] policy-limit",
    );
}

#[test]
fn until_is_a_date_or_a_time() {
    for until in [
        "2027-03-31",
        "2027-03-31T12:00:00Z",
        "2027-03-31T12:00:00+02:00",
    ] {
        problems_of(rule("ours", "exempt", json!({"until": until})), &[]);
    }
    for until in [
        "",
        "2027",
        "2027-02-30",
        "31.3.2027",
        "2027-03-31 12:00",
        "1969-12-31",
    ] {
        let expected = "exempt.until settings-invalid-value";
        problems_of(rule("ours", "exempt", json!({"until": until})), &[expected]);
    }
}

#[test]
fn lists_are_limited() {
    let many = |count: usize| vec![deny("no"); count];
    let mut settings = settings("deny", &many(10_001));
    let rules = settings["imagePolicy"]["rules"].as_array_mut().unwrap();
    for (index, rule) in rules.iter_mut().enumerate() {
        rule["name"] = format!("{index}").into();
    }
    assert_problems(&settings, &["imagePolicy.rules[10000] limit-exceeded"]);
    let patterns = vec!["a.example/b"; 1025];
    problems_with(
        deny("no"),
        "images",
        json!(patterns),
        &["images[1024] limit-exceeded"],
    );
    problems_with(
        deny("no"),
        "namespaces",
        json!(vec!["a"; 1025]),
        &["namespaces[1024] limit-exceeded"],
    );
    let requirements = vec![quorum(&["a"]); 65];
    problems_of(
        rule("shop", "require", json!(requirements)),
        &["require[64] limit-exceeded"],
    );
    let mut settings = self::settings("deny", &[]);
    let rules: Vec<_> = (0..65)
        .map(|number| {
            let mut rule = deny(&format!("{number}"));
            rule["images"] = json!(vec!["a.example/b"; 1024]);
            rule
        })
        .collect();
    settings["imagePolicy"]["rules"] = rules.into();
    assert_problems(&settings, &["imagePolicy.rules[64] limit-exceeded"]);
    // The last rule has one pattern, of which the plain form and others are read in different ways.
    for pattern in ["a.example/b", "a.example/b:1"] {
        settings["imagePolicy"]["rules"][64]["images"] = json!([pattern]);
        assert_problems(&settings, &["imagePolicy.rules[64] limit-exceeded"]);
    }
}

#[test]
fn every_field_has_an_effect() {
    assert_load_bearing(&[
        (
            "images",
            "image_policy_images_of_the_repository",
            "image_policy_images_of_another_repository",
        ),
        (
            "exceptImages",
            "image_policy_an_exception",
            "image_policy_another_exception",
        ),
        (
            "namespaces",
            "image_policy_its_namespace",
            "image_policy_another_namespace",
        ),
        (
            "serviceAccounts",
            "image_policy_its_account",
            "image_policy_another_account",
        ),
        (
            "threshold",
            "image_policy_two_of_three",
            "image_policy_three_of_three",
        ),
        (
            "mustInclude",
            "image_policy_the_required_one_has",
            "image_policy_the_required_one_has_not",
        ),
        (
            "predicateTypes",
            "image_policy_predicate_types_that_type",
            "image_policy_predicate_types_another_type",
        ),
        (
            "check",
            "image_policy_a_check_that_passes",
            "image_policy_a_check_that_fails",
        ),
        (
            "until",
            "image_policy_exempt_until_the_next_second",
            "image_policy_exempt_until_this_second",
        ),
        (
            "unmatchedImages",
            "image_policy_no_rules",
            "image_policy_no_rules_and_others_are_admitted",
        ),
        (
            "enforcement",
            "image_policy_deny_and_deny_or_deny",
            "image_policy_dry_deny_and_dry_deny_or_admit",
        ),
    ]);
}
