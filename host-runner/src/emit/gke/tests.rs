mod messages;
mod pods;

use serde::Deserialize as _;
use serde_json::json;

use super::*;
use crate::inputs::{Asked, Place, Request};

/// The response to a request for the Pod `prod/web`, made from what a Decision has besides its kind.
fn answered(decision: Value) -> Value {
    let request =
        json!({"name": "web", "namespace": "prod", "object": {"metadata": {"name": "other"}}});
    asked(request, decision)
}

#[track_caller]
fn asked(request: Value, answer: Value) -> Value {
    let evaluated = Evaluated {
        request: Request {
            request,
            title: String::new(),
            source: String::new(),
            place: Place::default(),
            asked: Asked::Yes,
        },
        answer: Decision::deserialize(answer).unwrap(),
    };
    let response = serde_json::to_value(response(&evaluated)).unwrap();
    messages::assert_is_googles(&response);
    response
}

/// The one image result of a Decision about one image that one document judged.
fn of_document(document: &Value) -> Value {
    let verdict = document["verdict"].clone();
    let image = json!({"image": "a.example/b:1", "field": "spec.containers[0].image", "pod": 0,
        "verdict": verdict, "results": [document]});
    let pods = json!([{"field": "spec", "serviceAccount": "default"}]);
    let response = answered(json!({"verdict": verdict, "pods": pods, "images": [image]}));
    let result = response["results"][0]["imageResults"][0].clone();
    assert_eq!(result["imageUri"], "a.example/b:1");
    result
}

/// The one check result of a Decision about one check.
fn of_check(check: &Value) -> Value {
    let result = of_document(
        &json!({"document": "platformPolicies[0]", "verdict": "CONFORMANT",
        "checkSet": {"index": 0, "checks": [check]}}),
    );
    result["checkSetResult"]["checkResults"]["results"][0].clone()
}

#[test]
fn a_platform_policy_is_answered_field_for_field() {
    let digest = "a.example/b@sha256:0";
    let decision = json!({
        "apiVersion": "countersign.dev/v1", "kind": "Decision", "allowed": false,
        "verdict": "NON_CONFORMANT", "enforcement": "enforced",
        "pods": [{"field": "spec.template.spec", "serviceAccount": "robot"}],
        "images": [{"image": digest, "field": "spec.template.spec.containers[0].image",
            "container": "b", "pod": 0, "verdict": "NON_CONFORMANT", "results": [{
                "document": "platformPolicies[0]", "name": "projects/p/platforms/gke/policies/x",
                "verdict": "NON_CONFORMANT", "enforcement": "enforced",
                "checkSet": {"index": 1, "displayName": "Prod", "scope": {"kubernetesNamespace": "prod"},
                    "checks": [
                        {"index": 0, "displayName": "Ours", "type": "TrustedDirectoryCheck",
                            "verdict": "NON_CONFORMANT", "reasons": [
                                {"code": "image-not-in-trusted-directory",
                                    "message": "Image is not in a trusted directory", "details": [
                                        {"code": "x", "message": "y"}]}]},
                        {"index": 1, "type": "ImageFreshnessCheck", "verdict": "CONFORMANT",
                            "reasons": [{"code": "check-passed", "message": "Uploaded today"}]}]},
                "reasons": [{"code": "image-not-in-trusted-directory",
                    "message": "Image is not in a trusted directory"}]}]}],
        "reasons": [], "message": "…", "warnings": [], "auditAnnotations": {}});
    let expected = json!({
        "verdict": "NON_CONFORMANT",
        "results": [{
            "podName": "web", "kubernetesNamespace": "prod", "kubernetesServiceAccount": "robot",
            "verdict": "NON_CONFORMANT",
            "imageResults": [{
                "imageUri": digest, "verdict": "NON_CONFORMANT",
                "checkSetResult": {
                    "index": "1", "displayName": "Prod", "scope": {"kubernetesNamespace": "prod"},
                    "checkResults": {"results": [
                        {"index": "0", "displayName": "Ours", "type": "TrustedDirectoryCheck",
                            "explanation": "TrustedDirectoryCheck at index 0 with display name \"Ours\" \
                                has verdict NON_CONFORMANT. Image is not in a trusted directory",
                            "evaluationResult": {"verdict": "NON_CONFORMANT"}},
                        {"index": "1", "type": "ImageFreshnessCheck",
                            "explanation": "ImageFreshnessCheck at index 1 has verdict CONFORMANT. \
                                Uploaded today",
                            "evaluationResult": {"verdict": "CONFORMANT"}}]}}}]}]});
    let answer = answered(decision);
    assert_eq!(answer.to_string(), expected.to_string());
}

#[test]
fn a_check_set_may_be_for_a_service_account_or_be_the_default() {
    let check = json!({"index": 0, "type": "AlwaysDenyCheck", "verdict": "NON_CONFORMANT",
        "reasons": []});
    for scope in [json!({"kubernetesServiceAccount": "prod:robot"}), json!({})] {
        let check_set = json!({"index": 0, "scope": scope, "checks": [check]});
        let result = of_document(&json!({"verdict": "NON_CONFORMANT", "checkSet": check_set}));
        let result = &result["checkSetResult"];
        let stated = !scope.as_object().unwrap().is_empty();
        assert_eq!(result.get("scope"), Some(&scope).filter(|_| stated));
        assert_eq!(result.get("displayName"), None);
        assert_eq!(
            result["checkResults"]["results"][0]["explanation"],
            "AlwaysDenyCheck at index 0 has verdict NON_CONFORMANT"
        );
    }
}

#[test]
fn the_policys_allowlist_stands_in_place_of_a_check_set() {
    let result = of_document(
        &json!({"document": "platformPolicies[0]", "verdict": "CONFORMANT",
        "allowlist": {"document": "platformPolicies[0]", "pattern": "a.example/**"},
        "reasons": [{"code": "exempt-allowlist", "message": "Image is exempt"}]}),
    );
    let expected = json!({"imageUri": "a.example/b:1", "verdict": "CONFORMANT",
        "allowlistResult": {"matchedPattern": "a.example/**"}});
    assert_eq!(result, expected);
}

#[test]
fn a_check_sets_allowlist_stands_in_place_of_its_checks() {
    let result = of_document(&json!({"verdict": "CONFORMANT", "checkSet": {"index": 0,
        "allowlist": {"document": "platformPolicies[0]", "pattern": "a.example/**"}, "checks": []},
        "reasons": [{"code": "exempt-allowlist", "message": "Image is exempt"}]}));
    let expected = json!({"index": "0", "allowlistResult": {"matchedPattern": "a.example/**"}});
    assert_eq!(result["checkSetResult"], expected);
}

#[test]
fn a_checks_allowlist_stands_in_place_of_its_evaluation() {
    let result = of_check(
        &json!({"index": 2, "type": "SlsaCheck", "verdict": "CONFORMANT",
        "allowlist": {"document": "platformPolicies[0]", "pattern": "a.example/**"},
        "reasons": [{"code": "exempt-allowlist", "message": "Image is exempt"}]}),
    );
    let expected = json!({"index": "2", "type": "SlsaCheck",
        "explanation": "SlsaCheck at index 2 has verdict CONFORMANT. Image is exempt",
        "allowlistResult": {"matchedPattern": "a.example/**"}});
    assert_eq!(result, expected);
}

#[test]
fn several_reasons_of_a_check_are_one_explanation() {
    let result = of_check(
        &json!({"index": 0, "type": "VulnerabilityCheck", "verdict": "ERROR",
        "reasons": [{"code": "a", "message": "First"}, {"code": "b", "message": "Second"}]}),
    );
    assert_eq!(
        result["explanation"],
        "VulnerabilityCheck at index 0 has verdict ERROR. First. Second"
    );
    assert_eq!(result["evaluationResult"], json!({"verdict": "ERROR"}));
}

#[test]
fn a_policy_without_check_sets_explains_itself() {
    let result = of_document(
        &json!({"document": "platformPolicies[0]", "verdict": "CONFORMANT",
        "reasons": [{"code": "no-check-sets", "message": "The policy has no check sets"}]}),
    );
    let expected = json!({"imageUri": "a.example/b:1", "verdict": "CONFORMANT",
        "explanation": "The policy has no check sets"});
    assert_eq!(result, expected);
}

#[test]
fn a_check_set_without_checks_explains_itself() {
    let reasons = json!([{"code": "no-checks", "message": "The check set has no checks"}]);
    for check_set in [json!({"index": 0}), json!({"index": 0, "checks": []})] {
        let result = of_document(
            &json!({"verdict": "CONFORMANT", "checkSet": check_set, "reasons": reasons}),
        );
        let expected = json!({"index": "0", "explanation": "The check set has no checks"});
        assert_eq!(result["checkSetResult"], expected);
        assert_eq!(result.get("explanation"), None);
    }
}

#[test]
fn a_singleton_policy_explains_itself_or_exempts() {
    let rule = json!({"kind": "default", "evaluationMode": "REQUIRE_ATTESTATION"});
    let attestors =
        json!([{"name": "a", "verified": false, "reasons": [{"code": "x", "message": "X"}]}]);
    let reasons = json!([{"code": "x", "message": "X"}, {"code": "y", "message": "Y"}]);
    let result = of_document(&json!({"document": "policy", "verdict": "NON_CONFORMANT",
        "rule": rule, "attestors": attestors, "reasons": reasons}));
    let expected = json!({"imageUri": "a.example/b:1", "verdict": "NON_CONFORMANT",
        "explanation": "X. Y"});
    assert_eq!(result, expected);
    let result = of_document(&json!({"document": "policy", "verdict": "CONFORMANT",
        "allowlist": {"document": "systemPolicy", "pattern": "a.example/*"}, "reasons": reasons}));
    let expected = json!({"imageUri": "a.example/b:1", "verdict": "CONFORMANT",
        "allowlistResult": {"matchedPattern": "a.example/*"}});
    assert_eq!(result, expected);
}

#[test]
fn an_image_with_reasons_of_its_own_is_explained_by_them() {
    let image = |results: Value| {
        json!({"image": "a.example/b@sha256:0", "pod": 0, "verdict": "NON_CONFORMANT",
            "results": results, "reasons": [{"code": "digest-denied", "message": "Revoked"}]})
    };
    let revoked = json!({"imageUri": "a.example/b@sha256:0", "verdict": "NON_CONFORMANT",
        "explanation": "Revoked"});
    let judged = json!({"document": "policy", "verdict": "CONFORMANT",
        "reasons": [{"code": "always-allow", "message": "Allowed"}]});
    let allowed = json!({"imageUri": "a.example/b@sha256:0", "verdict": "CONFORMANT",
        "explanation": "Allowed"});
    for (results, expected) in [
        (json!([]), json!([revoked])),
        (json!([judged]), json!([revoked, allowed])),
    ] {
        let answer = answered(json!({"verdict": "NON_CONFORMANT", "pods": [{}],
            "images": [image(results)]}));
        assert_eq!(answer["results"][0]["imageResults"], expected);
        assert_eq!(answer["results"][0]["verdict"], "NON_CONFORMANT");
    }
    // Nothing at all was said about it: the verdict stands alone.
    let answer =
        answered(json!({"verdict": "ERROR", "images": [{"image": "", "verdict": "ERROR"}]}));
    assert_eq!(
        answer["results"][0]["imageResults"],
        json!([{"verdict": "ERROR"}])
    );
}

/// Google has no message for it; the verdicts count it.
#[test]
fn an_image_policy_counts_and_is_not_listed() {
    let of_images = json!({"document": "imagePolicy", "verdict": "NON_CONFORMANT", "enforcement": "enforced",
        "rules": [], "reasons": [{"code": "no-image-rule", "message": "No rule covers the image"}]});
    let singleton = json!({"document": "policy", "verdict": "CONFORMANT",
        "reasons": [{"code": "always-allow", "message": "Allowed by the rule"}]});
    let asked = |results: Value| {
        let image = json!({"image": "a.example/b:1", "pod": 0, "verdict": "NON_CONFORMANT", "results": results});
        let decision = json!({"verdict": "NON_CONFORMANT", "pods": [{}], "images": [image]});
        let response = answered(decision);
        assert_eq!(response["verdict"], "NON_CONFORMANT");
        assert_eq!(response["results"][0]["verdict"], "NON_CONFORMANT");
        response["results"][0]["imageResults"].clone()
    };
    assert_eq!(
        asked(json!([singleton, of_images])),
        json!([{"imageUri": "a.example/b:1", "verdict": "CONFORMANT", "explanation": "Allowed by the rule"}])
    );
    assert_eq!(
        asked(json!([of_images])),
        json!([{"imageUri": "a.example/b:1", "verdict": "NON_CONFORMANT"}])
    );
}
