use serde_json::{Value, json};

use super::*;
use crate::decision::Answer;
use crate::inputs::{Asked, Place, Request};

/// Returns the output about a Decision, without colours and without the line of the object.
fn printed(answer: &Value) -> String {
    let mut out = Vec::new();
    let request = Request {
        request: Value::Null,
        title: "Pod prod/web".into(),
        source: "pod.yaml".into(),
        place: Place::default(),
        asked: Asked::Yes,
    };
    let answer = Answer::parse(answer.to_string().into_bytes()).unwrap();
    object(&mut out, &Evaluated { request, answer }).unwrap();
    let text = String::from_utf8(out).unwrap();
    let text = anstream::adapter::strip_str(&text).to_string();
    text.split_once('\n').unwrap().1.to_owned()
}

/// Returns the output about one image.
fn about(results: &Value) -> String {
    printed(
        &json!({"kind": "Decision", "allowed": false, "images": [{"image": "a.example/b:1",
        "field": "spec.containers[0].image", "verdict": "NON_CONFORMANT", "results": results}]}),
    )
}

fn exempt(pattern: &str) -> Value {
    json!({"document": "platformPolicies[0]", "pattern": pattern})
}

fn reason_of(code: &str, message: &str) -> Value {
    json!([{"code": code, "message": message}])
}

#[test]
fn a_platform_policy_is_shown_check_by_check() {
    let failed = json!([{"code": "no-matching-provenance", "message": "No provenance", "details": [
        {"code": "provenance-builder-not-trusted", "message": "Another builder"}]}]);
    let text = about(
        &json!([{"document": "platformPolicies[0]", "name": "projects/p/x",
        "verdict": "NON_CONFORMANT", "enforcement": "enforced",
        "checkSet": {"index": 0, "displayName": "Prod", "scope": {"kubernetesNamespace": "prod"},
            "checks": [
                {"index": 0, "displayName": "ours", "type": "TrustedDirectoryCheck",
                    "verdict": "CONFORMANT", "reasons": reason_of("check-passed", "In a.example")},
                {"index": 1, "type": "SlsaCheck", "verdict": "NON_CONFORMANT", "reasons": failed},
                {"index": 2, "type": "AlwaysDenyCheck", "verdict": "CONFORMANT",
                    "allowlist": exempt("a.example/*"),
                    "reasons": reason_of("exempt-allowlist", "Image is exempt")},
                {"index": 3, "type": "ImageFreshnessCheck", "verdict": "ERROR",
                    "reasons": reason_of("unheard-of", "Nobody knows")}]},
        "reasons": reason_of("no-matching-provenance", "No provenance")}]),
    );
    let expected = "  ✗ a.example/b:1  spec.containers[0].image
    ✗ document projects/p/x
      check set 0 \"Prod\" for namespace prod
      ✓ TrustedDirectoryCheck \"ours\"
        check-passed: In a.example
      ✗ SlsaCheck
        no-matching-provenance: No provenance
          provenance-builder-not-trusted: Another builder
          help: build the image with the builder and source of a rule, or add its builder \
(`trustedBuilder`) or source (`trustedSourceRepoPatterns`) to the rules
      ✓ AlwaysDenyCheck
        exempt by a.example/*
      ! ImageFreshnessCheck
        unheard-of: Nobody knows
";
    assert_eq!(text, expected);
}

#[test]
fn several_documents_are_told_apart() {
    let text = about(&json!([
        {"document": "policy", "verdict": "CONFORMANT", "rule": {"kind": "default",
            "evaluationMode": "ALWAYS_ALLOW"}, "reasons": reason_of("always-allow", "Allowed")},
        {"document": "platformPolicies[1]", "verdict": "CONFORMANT", "enforcement": "dry-run",
            "reasons": reason_of("no-check-sets", "No check sets")}]));
    let expected = "  ✗ a.example/b:1  spec.containers[0].image
    ✓ document policy
      rule default: ALWAYS_ALLOW
      always-allow: Allowed
    ✓ document platformPolicies[1]  in dry run
      no-check-sets: No check sets
";
    assert_eq!(text, expected);
}

#[test]
fn every_level_shows_the_entry_that_exempts() {
    let reasons = reason_of("exempt-allowlist", "Image is exempt");
    let policy = json!({"document": "platformPolicies[0]", "verdict": "CONFORMANT",
        "allowlist": exempt("a.example/**"), "reasons": reasons});
    let check_set = json!({"document": "platformPolicies[0]", "verdict": "CONFORMANT",
        "checkSet": {"index": 1, "displayName": "Rest", "allowlist": exempt("a.example/b")},
        "reasons": reasons});
    for (result, lines) in [
        (policy, "exempt by a.example/**\n"),
        (
            check_set,
            "default check set 1 \"Rest\"\n      exempt by a.example/b\n",
        ),
    ] {
        let text = about(&json!([result]));
        let expected = format!("    ✓ document platformPolicies[0]\n      {lines}");
        assert!(text.ends_with(&expected), "{text}");
    }
}

#[test]
fn a_check_set_may_be_for_a_service_account_and_without_checks() {
    let scope = json!({"kubernetesServiceAccount": "prod:robot"});
    let text = about(
        &json!([{"document": "platformPolicies[0]", "verdict": "CONFORMANT",
        "checkSet": {"index": 0, "scope": scope, "checks": []},
        "reasons": reason_of("no-checks", "No checks")}]),
    );
    let expected =
        "\n      check set 0 for service account prod:robot\n      no-checks: No checks\n";
    assert!(text.ends_with(expected), "{text}");
}

#[test]
fn names_in_a_policy_cannot_forge_lines() {
    let forged = "x\n  ✓ forged\u{1b}[2J";
    let text = about(&json!([{"document": "platformPolicies[0]", "name": forged,
        "verdict": "NON_CONFORMANT", "allowlist": exempt(forged),
        "checkSet": {"index": forged, "displayName": forged,
            "scope": {"kubernetesNamespace": forged}, "checks": [
                {"displayName": forged, "type": forged, "allowlist": exempt(forged)}]}}]));
    assert!(
        !text.contains("\n  ✓") && !text.contains('\u{1b}'),
        "{text}"
    );
}

#[test]
fn rules_of_image_policies_are_shown_with_what_they_lack() {
    let attestor = |name: &str, code: &str| json!({"name": name, "verified": code == "attested", "reasons": reason_of(code, "words")});
    let quorum = json!({"verdict": "NON_CONFORMANT", "threshold": 2, "mustInclude": ["y"],
        "attestors": [attestor("x", "attested"), attestor("y", "unheard-of"), attestor("z", "unheard-of")]});
    let typed = json!({"verdict": "CONFORMANT", "threshold": 1, "predicateTypes": ["urn:a", "urn:b"],
        "attestors": [attestor("x", "attested")]});
    let check = json!({"verdict": "CONFORMANT", "check": {"index": 1, "type": "SlsaCheck",
        "verdict": "CONFORMANT", "allowlist": exempt("a.example/*"), "reasons": []}});
    let text = about(
        &json!([{"document": "imagePolicy", "verdict": "NON_CONFORMANT",
        "rules": [
            {"name": "other", "effect": "require", "verdict": "CONFORMANT", "liftedBy": "tools"},
            {"name": "shop", "effect": "require", "verdict": "NON_CONFORMANT", "requirements": [quorum, typed, check],
                "reasons": reason_of("threshold-not-met", "Too few")},
            {"name": "tools", "effect": "exempt", "verdict": "CONFORMANT",
                "reasons": reason_of("unheard-of", "Exempt")}],
        "reasons": reason_of("threshold-not-met", "Too few (rule shop)")}]),
    );
    let expected = "  ✗ a.example/b:1  spec.containers[0].image
    ✗ document imagePolicy
      ✓ rule other: require  lifted by rule tools
      ✗ rule shop: require
        ✗ attested by 1 of 2 attestors needed, among 3
          ✓ attestor x
            attested: words
          ✗ attestor y (required)
            unheard-of: words
          ✗ attestor z
            unheard-of: words
        ✓ attested by 1 of 1 attestors needed, with predicate type urn:a or urn:b
          ✓ attestor x
            attested: words
        ✓ SlsaCheck
          exempt by a.example/*
      ✓ rule tools: exempt
        unheard-of: Exempt
";
    assert_eq!(text, expected);
}
