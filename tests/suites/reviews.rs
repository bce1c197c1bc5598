//! Reviews as a kube-apiserver 1.36 sends them: which images are found in each, and that nothing gets
//! stuck which stays as it is.
//!
//! `reviews/kubernetes-1.36.jsonl` has one review a line, without what no policy reads, and the images that a
//! reader of the object finds in it: `null` where a place names none.

mod presets;

use core_tests::native::decision;
use serde_json::{Value, json};

/// One recorded review
struct Review {
    name: String,
    request: Value,
    images: Value,
}

fn reviews() -> Vec<Review> {
    let text = include_str!("../reviews/kubernetes-1.36.jsonl");
    let review = |line: &str| {
        let mut review: Value = serde_json::from_str(line).unwrap();
        Review {
            name: review["name"].as_str().unwrap().to_owned(),
            request: review["request"].take(),
            images: sorted(review["images"].as_array().unwrap().clone()),
        }
    };
    text.lines().map(review).collect()
}

fn decide(request: &Value, mode: &str, unchanged: &str) -> Value {
    decision(&json!({"request": request, "settings": {
        "unchangedImages": unchanged,
        "policy": {"defaultAdmissionRule": {
            "evaluationMode": mode, "enforcementMode": "ENFORCED_BLOCK_AND_AUDIT_LOG",
        }},
    }}))
}

/// The images of a Decision, as the list has them.
fn images_of(decision: &Value) -> Value {
    let images = decision["images"].as_array().unwrap();
    let image = |image: &Value| match &image["image"] {
        text if text == "" => json!([image["field"], null]),
        text => json!([image["field"], text]),
    };
    let images = images.iter().map(image).collect();
    sorted(images)
}

/// In the order of their places: that of an object's fields is of no account.
fn sorted(mut images: Vec<Value>) -> Value {
    images.sort_by_key(|image| image[0].as_str().unwrap().to_owned());
    images.into()
}

fn code(decision: &Value) -> &str {
    decision["reasons"][0]["code"].as_str().unwrap_or_default()
}

/// Whether the object of an update names the images of the old one, and nothing else.
fn is_unchanged(review: &Review) -> bool {
    let images = |object: &Value| {
        let mut request = review.request.clone();
        request["object"] = object.clone();
        let decision = decide(&request, "ALWAYS_ALLOW", "check");
        (images_of(&decision), decision["pods"].clone())
    };
    let request = &review.request;
    request["operation"] == "UPDATE" && images(&request["object"]) == images(&request["oldObject"])
}

#[test]
fn exactly_the_images_of_a_review_are_found() {
    let mut found = 0;
    for review in reviews() {
        let decision = decide(&review.request, "ALWAYS_ALLOW", "check");
        assert_eq!(
            images_of(&decision),
            review.images,
            "{}: {decision:#}",
            review.name
        );
        found += review.images.as_array().unwrap().len();
        // Without images there is one reason, and it depends on the kind alone.
        if review.images == json!([]) {
            let known = [
                "no-images",
                "operation-not-checked",
                "unsupported-object-kind",
            ];
            let is_incomplete = code(&decision) == "undecodable-object";
            let is_known = known.contains(&code(&decision)) || is_incomplete;
            assert!(is_known, "{}: {decision:#}", review.name);
        }
    }
    assert!(found > 100, "{found}");
}

/// The two controllers of a cluster that update what they did not write: finalizers, and replica counts.
#[test]
fn nothing_that_stays_as_it_is_gets_stuck() {
    let (mut unchanged, mut going) = (0, 0);
    for review in reviews().iter().filter(|review| is_unchanged(review)) {
        let decision = decide(&review.request, "ALWAYS_DENY", "skip");
        let is_judged = code(&decision) != "unsupported-object-kind";
        assert_eq!(
            decision["allowed"], is_judged,
            "{}: {decision:#}",
            review.name
        );
        unchanged += usize::from(is_judged);
        let is_going = !review.request["object"]["metadata"]["deletionTimestamp"].is_null();
        if is_going {
            let decision = decide(&review.request, "ALWAYS_DENY", "check");
            assert_eq!(
                decision["allowed"], is_judged,
                "{}: {decision:#}",
                review.name
            );
            going += usize::from(is_judged);
        }
    }
    assert!(unchanged > 10, "{unchanged}");
    assert!(going > 0, "{going}");
}

/// A rule for `*/*` sends what scaling, evicting and binding is made of.
#[test]
fn subresources_without_images_are_admitted_under_every_policy() {
    let mut kinds: Vec<String> = Vec::new();
    for review in reviews() {
        let kind = review.request["kind"]["kind"].as_str().unwrap_or_default();
        if ["Scale", "Eviction", "Binding"].contains(&kind) {
            let decision = decide(&review.request, "ALWAYS_DENY", "check");
            assert_eq!(
                code(&decision),
                "no-images",
                "{}: {decision:#}",
                review.name
            );
            assert_eq!(decision["allowed"], true);
            kinds.push(kind.to_owned());
        }
    }
    kinds.sort();
    kinds.dedup();
    assert_eq!(kinds, ["Binding", "Eviction", "Scale"]);
}
