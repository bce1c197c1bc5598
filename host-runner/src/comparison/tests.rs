use serde::Deserialize as _;
use serde_json::{Value, json};

use super::*;
use crate::inputs::Asked;

fn answer(allowed: bool, verdict: &str, enforcement: &str, results: &Value) -> Value {
    json!({"kind": "Decision", "allowed": allowed, "verdict": verdict, "enforcement": enforcement,
        "images": [{"image": "a.example/b", "field": "spec.containers[0].image",
            "verdict": verdict, "results": results}]})
}

fn by_rule(mode: &str, code: &str) -> Value {
    json!([{"document": "policy", "rule": {"kind": "default", "evaluationMode": mode},
        "reasons": [{"code": code}]}])
}

fn request() -> Request {
    Request {
        request: Value::Null,
        title: "Pod default/web".into(),
        source: "pod.yaml".into(),
        place: Place::default(),
        asked: Asked::Yes,
    }
}

fn parsed(decision: &Value) -> Decision {
    Decision::deserialize(decision).unwrap()
}

fn between(old: &Value, new: &Value) -> Option<ObjectChange> {
    ObjectChange::between(&request(), &parsed(old), &parsed(new))
}

fn admitted() -> Value {
    let results = by_rule("ALWAYS_ALLOW", "always-allow");
    answer(true, "CONFORMANT", "enforced", &results)
}

fn denied() -> Value {
    let results = by_rule("ALWAYS_DENY", "always-deny");
    answer(false, "NON_CONFORMANT", "enforced", &results)
}

#[test]
fn an_object_is_newly_denied_with_what_was_lost_and_gained() {
    let change = between(&admitted(), &denied()).unwrap();
    assert_eq!(change.change, Change::NewlyDenied);
    assert_eq!(
        (change.old.words(), change.new.words()),
        ("admitted", "denied")
    );
    let image = &change.images[0];
    assert_eq!(image.codes.lost, ["always-allow"]);
    assert_eq!(image.codes.gained, ["always-deny"]);
    let by = &image.new.as_ref().unwrap().because[0].by;
    assert_eq!(by, "default rule: ALWAYS_DENY");
    assert_eq!(
        between(&denied(), &admitted()).unwrap().change,
        Change::NewlyAdmitted
    );
}

#[test]
fn what_is_admitted_in_another_way_changes_otherwise() {
    let results = by_rule("ALWAYS_DENY", "always-deny");
    let dry_run = answer(true, "NON_CONFORMANT", "dry-run", &results);
    let change = between(&admitted(), &dry_run).unwrap();
    assert_eq!(change.change, Change::Otherwise);
    assert_eq!(change.new.words(), "admitted by dry run");
    let error = answer(false, "ERROR", "enforced", &results);
    assert_eq!(
        between(&denied(), &error).unwrap().new.words(),
        "denied by an error"
    );
}

/// Reports shorten long texts.
#[test]
fn a_document_in_dry_run_says_so_first() {
    let mut results = by_rule("REQUIRE_ATTESTATION", "no-valid-attestation");
    results[0]["enforcement"] = "dry-run".into();
    let dry_run = answer(true, "NON_CONFORMANT", "dry-run", &results);
    let change = between(&admitted(), &dry_run).unwrap();
    let by = &change.images[0].new.as_ref().unwrap().because[0].by;
    assert_eq!(by, "in dry run, default rule: REQUIRE_ATTESTATION");
}

#[test]
fn what_says_the_same_does_not_change() {
    assert!(between(&denied(), &denied()).is_none());
}

#[test]
fn another_attestor_or_check_is_another_reason() {
    let signed = |attestors: Value| {
        let mut answer = admitted();
        answer["images"][0]["results"][0]["attestors"] = attestors;
        answer
    };
    let attestor = |name: &str| json!({"name": name, "verified": true});
    let one = signed(json!([attestor("a")]));
    let change = between(&one, &signed(json!([attestor("a"), attestor("b")]))).unwrap();
    assert_eq!(change.change, Change::ReasonsOnly);
    let by = &change.images[0].new.as_ref().unwrap().because[0].by;
    assert_eq!(by, "default rule: ALWAYS_ALLOW by a, b");
    let checked = |kinds: &[&str]| {
        let checks: Vec<_> = kinds.iter().map(|kind| json!({"type": kind})).collect();
        let set = json!({"index": 1, "displayName": "Prod", "checks": checks});
        let results = json!([{"document": "platformPolicies[0]", "checkSet": set}]);
        answer(true, "CONFORMANT", "enforced", &results)
    };
    let change = between(&checked(&["A"]), &checked(&["A", "B"])).unwrap();
    let by = &change.images[0].new.as_ref().unwrap().because[0].by;
    assert_eq!(by, "check set 1 \"Prod\": A, B");
}

#[test]
fn an_object_that_was_not_read_has_no_images_on_that_side() {
    let refused = json!({"kind": "Decision", "allowed": false, "verdict": "ERROR",
        "enforcement": "enforced", "images": [], "reasons": [{"code": "context-missing"}]});
    let change = between(&refused, &admitted()).unwrap();
    assert_eq!(change.codes.lost, ["context-missing"]);
    assert_eq!(change.images[0].old, None);
    let change = between(&admitted(), &refused).unwrap();
    assert_eq!(change.images[0].new, None);
}

#[test]
fn objects_that_could_not_be_evaluated_are_listed_with_their_errors() {
    let failed = by_rule("ALWAYS_DENY", "host-capability-failed");
    let failed = parsed(&answer(false, "ERROR", "enforced", &failed));
    let mut comparison = Comparison::default();
    comparison.add(&request(), [&failed, &failed], false);
    assert_eq!(
        (comparison.summary.errors, comparison.changes.len()),
        (1, 0)
    );
    let [one] = comparison.unevaluated.as_slice() else {
        panic!("{:?}", comparison.unevaluated);
    };
    assert_eq!(one.reasons, ["host-capability-failed"]);
    // A change is listed already.
    comparison.add(&request(), [&parsed(&admitted()), &failed], false);
    assert_eq!(
        (comparison.summary.errors, comparison.changes.len()),
        (2, 1)
    );
    assert_eq!(comparison.unevaluated.len(), 1);
}

#[test]
fn only_changed_answers_are_kept_unless_reasons_are_asked_for() {
    let mut other = denied();
    other["images"][0]["results"][0]["reasons"] = json!([]);
    for (lists_reasons, kept) in [(false, 1), (true, 2)] {
        let mut comparison = Comparison::default();
        comparison.add_change(between(&admitted(), &denied()), lists_reasons);
        comparison.add_change(between(&denied(), &other), lists_reasons);
        comparison.add_change(None, lists_reasons);
        assert_eq!(comparison.changes.len(), kept);
        let Summary {
            objects,
            changed,
            newly_denied,
            reasons_only,
            ..
        } = comparison.summary;
        assert_eq!((objects, changed, newly_denied, reasons_only), (3, 1, 1, 1));
    }
}

#[test]
fn another_rule_of_an_image_policy_is_another_reason() {
    let by_rules = |rules: Value| {
        let results = json!([{"document": "imagePolicy", "rules": rules}]);
        answer(true, "CONFORMANT", "enforced", &results)
    };
    let shop = json!({"name": "shop", "effect": "require"});
    let lifted = json!({"name": "shop", "effect": "require", "liftedBy": "tools"});
    let tools = json!({"name": "tools", "effect": "exempt"});
    let change = between(&by_rules(json!([shop])), &by_rules(json!([lifted, tools]))).unwrap();
    assert_eq!(change.change, Change::ReasonsOnly);
    let by = |said: &Option<Said>| said.as_ref().unwrap().because[0].by.clone();
    assert_eq!(by(&change.images[0].old), "rule \"shop\" (require)");
    assert_eq!(
        by(&change.images[0].new),
        "rule \"shop\" (require, lifted by \"tools\"), rule \"tools\" (exempt)"
    );
    let change = between(&by_rules(json!([shop])), &by_rules(json!([]))).unwrap();
    assert_eq!(by(&change.images[0].new), "no rule covers the image");
}
