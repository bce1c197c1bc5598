//! Settings with `imagePolicy`: rules with every effect on the image of the base case.

use serde_json::{Value, json};

use crate::case::{A, Case, image, one_container, pod};
use crate::platform::{NOW, vulnerability};
use crate::signing::{TestKey, attestor, attestor_name, occurrence, payload};

/// Settings of attestors `a` to `d`, of whom `a` and `b` have attested the image, and of these rules.
pub fn settings(unmatched: &str, rules: &[Value]) -> Value {
    let payload = payload("trusted.example/app", A);
    let keys = ["a", "b", "c", "d"].map(|name| (name, TestKey::new(name)));
    let attestors: Vec<_> = keys
        .iter()
        .map(|(name, key)| attestor(name, &[key]))
        .collect();
    let signed = keys.iter().take(2);
    let occurrences: Vec<_> = signed
        .map(|(name, key)| occurrence(name, key, payload.as_bytes()))
        .collect();
    json!({
        "imagePolicy": {"unmatchedImages": unmatched, "rules": rules},
        "attestors": attestors,
        "evidence": {"occurrences": occurrences},
    })
}

/// A rule for every image, with an effect.
pub fn rule(name: &str, effect: &str, value: Value) -> Value {
    json!({"name": name, "images": ["**"], effect: value})
}

/// A rule for every image that requires all of these attestors.
pub fn require(name: &str, attestors: &[&str]) -> Value {
    rule(name, "require", json!([quorum(attestors)]))
}

/// A rule for every image that denies it.
pub fn deny(name: &str) -> Value {
    rule(name, "deny", "Use another image.".into())
}

/// A rule for every image that exempts it.
pub fn exempt(name: &str) -> Value {
    rule(name, "exempt", json!({}))
}

/// A requirement of all of these attestors.
pub fn quorum(attestors: &[&str]) -> Value {
    let names: Vec<_> = attestors.iter().map(|name| attestor_name(name)).collect();
    json!({"attestors": names})
}

/// A requirement that is an error: no scan of the image is known.
pub fn unknown() -> Value {
    json!({"check": vulnerability("BLOCK_ALL", "BLOCK_ALL")})
}

/// The rule in dry run.
pub fn dry_run(mut rule: Value) -> Value {
    rule["enforcement"] = "dryrun".into();
    rule
}

/// The call that creates the Pod of the base case at [`NOW`].
pub fn call(settings: Value) -> Value {
    json!({"request": pod(one_container(&image())), "settings": settings, "time": NOW})
}

/// A case of these rules.
pub fn case(name: &str, expected: &'static str, unmatched: &str, rules: &[Value]) -> Case {
    changed(name, expected, unmatched, rules, |_| {})
}

/// Like [`case`], with a change of the call.
pub fn changed(
    name: &str,
    expected: &'static str,
    unmatched: &str,
    rules: &[Value],
    change: impl FnOnce(&mut Value),
) -> Case {
    let mut call = call(settings(unmatched, rules));
    change(&mut call);
    Case {
        name: format!("image_policy_{name}"),
        call: serde_json::to_vec(&call).unwrap(),
        expected,
    }
}

/// What one rule of a pair does with the image of the base case
pub const EFFECTS: [&str; 10] = [
    "satisfied",
    "unsatisfied",
    "unknown",
    "deny",
    "exempt",
    "ended",
    "dry satisfied",
    "dry unsatisfied",
    "dry unknown",
    "dry deny",
];

/// Outcomes of two rules, by the places of their effects in [`EFFECTS`]: `a` allow, `d` deny, `e` error, `o`
/// overridden. Where no rule in force covers the image, the first letter is that under `unmatchedImages: deny` and the
/// second that under `admit`. The verdict of a denial is that of all rules, also of those in dry run.
pub const PAIRS: [[&str; 10]; 10] = [
    // satisfied
    ["a", "d", "e", "d", "a", "a", "a", "o", "o", "o"],
    // unsatisfied
    ["d", "d", "d", "d", "a", "d", "d", "d", "d", "d"],
    // unknown
    ["e", "d", "e", "d", "a", "e", "e", "d", "e", "d"],
    // deny
    ["d", "d", "d", "d", "d", "d", "d", "d", "d", "d"],
    // exempt
    ["a", "a", "a", "d", "a", "a", "a", "a", "a", "o"],
    // ended
    ["a", "d", "e", "d", "a", "da", "da", "do", "do", "do"],
    // dry satisfied
    ["a", "d", "e", "d", "a", "da", "da", "do", "do", "do"],
    // dry unsatisfied
    ["o", "d", "d", "d", "a", "do", "do", "do", "do", "do"],
    // dry unknown
    ["o", "d", "e", "d", "a", "do", "do", "do", "do", "do"],
    // dry deny
    ["o", "d", "d", "d", "o", "do", "do", "do", "do", "do"],
];

/// The rule that has an effect of [`EFFECTS`].
pub fn rule_of(name: &str, effect: &str) -> Value {
    if let Some(effect) = effect.strip_prefix("dry ") {
        return dry_run(rule_of(name, effect));
    }
    match effect {
        "satisfied" => require(name, &["a"]),
        "unsatisfied" => require(name, &["c"]),
        "unknown" => rule(name, "require", json!([unknown()])),
        "deny" => deny(name),
        "exempt" => exempt(name),
        "ended" => rule(name, "exempt", json!({"until": "2026-06-14"})),
        other => panic!("no effect is named {other}"),
    }
}

/// The expected outcome of two rules.
pub fn outcome_of(one: usize, other: usize, unmatched: &str) -> &'static str {
    let letters = PAIRS[one][other];
    let place = usize::from(unmatched == "admit").min(letters.len() - 1);
    match &letters[place..=place] {
        "a" => "allow",
        "d" => "deny",
        "e" => "error",
        "o" => "overridden",
        letter => panic!("no outcome is named {letter}"),
    }
}
