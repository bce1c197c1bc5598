//! Whether an answer is the expected one, and how it differs.

use alloc::collections::BTreeMap;

use policy_lint::suite::{Expectation, ExpectedCode, ExpectedImage, Outcome};
use serde::Serialize;
use serde_json::Value;

/// One difference between the expected and the actual result
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    /// The differing field: `outcome`, `enforcement`, `reasons` …
    pub what: String,
    /// In the suite's words
    pub expected: String,
    /// In the same words
    pub actual: String,
}

/// All differences; none is as expected.
pub(super) fn compare(
    expectation: &Expectation,
    decision: &Value,
    object: &Value,
) -> Vec<Mismatch> {
    let mut mismatches = Vec::new();
    let mut differ = |what: &str, expected: String, actual: String| {
        mismatches.push(Mismatch {
            what: what.to_owned(),
            expected,
            actual,
        });
    };
    let outcome = outcome(decision);
    if outcome != expectation.outcome {
        differ(
            "outcome",
            expectation.outcome.name().into(),
            outcome.name().into(),
        );
    }
    // What could not be judged is denied too, and is no proof that the policy refuses it.
    let is_error = text(decision, "verdict") == "ERROR" && outcome == Outcome::Denied;
    if is_error && expectation.outcome == Outcome::Denied && !expectation.gives_reasons() {
        differ(
            "verdict",
            "denied by the policy, or an expected reason that is an error".into(),
            format!("error: {}", reasons(decision).join(", ")),
        );
    }
    let enforcement = text(decision, "enforcement");
    if let Some(expected) = expectation.enforcement
        && expected.name() != enforcement
    {
        differ("enforcement", expected.name().into(), enforcement.into());
    }
    let reasons = reasons(decision);
    if !agrees(&expectation.reasons, &reasons) {
        differ(
            "reasons",
            expected_codes(&expectation.reasons),
            reasons.join(", "),
        );
    }
    let warnings = warnings(decision);
    if !agrees(&expectation.warnings, &warnings) {
        differ(
            "warnings",
            expected_codes(&expectation.warnings),
            warnings.join(", "),
        );
    }
    for expected in &expectation.images {
        if let Some((expected, actual)) = compare_image(expected, decision) {
            differ("image", expected, actual);
        }
    }
    if let Some(expected) = &expectation.pinned {
        let actual = pinned(decision, object);
        if *expected != actual {
            differ("pinned", shown(expected), shown(&actual));
        }
    }
    mismatches
}

/// Whether a Decision lets its request in. One that does not say so does not.
pub(super) fn outcome(decision: &Value) -> Outcome {
    match decision.get("allowed") {
        Some(Value::Bool(true)) => Outcome::Admitted,
        _ => Outcome::Denied,
    }
}

/// The codes of all reasons of a Decision, warnings apart, each once.
pub(super) fn reasons(decision: &Value) -> Vec<String> {
    let mut found = codes(decision.get("reasons"));
    found.extend(codes(decision.get("images")));
    unique(found)
}

/// The codes of all warnings, without that of the clock, which every suite sets.
pub(super) fn warnings(decision: &Value) -> Vec<String> {
    let mut warnings = codes(decision.get("warnings"));
    warnings.retain(|code| code != "clock-overridden");
    warnings
}

fn compare_image(expected: &ExpectedImage, decision: &Value) -> Option<(String, String)> {
    let images = decision.get("images").and_then(Value::as_array);
    let same = |image: &&Value| text(image, "image") == expected.image;
    let images: Vec<&Value> = images.into_iter().flatten().filter(same).collect();
    let wanted = |outcome: Option<Outcome>, codes: String| {
        let verdict = match outcome {
            Some(Outcome::Admitted) => "accepted ",
            Some(Outcome::Denied) => "refused ",
            None => "",
        };
        format!("{} {verdict}({codes})", expected.image)
    };
    let wrong = images.iter().find(|image| {
        let accepted = text(image, "verdict") == "CONFORMANT";
        let outcome = match expected.outcome {
            Some(Outcome::Admitted) => accepted,
            Some(Outcome::Denied) => !accepted,
            None => true,
        };
        !outcome || !agrees(&expected.reasons, &unique(codes(Some(image))))
    });
    let expected_text = || wanted(expected.outcome, expected_codes(&expected.reasons));
    match wrong {
        None if !images.is_empty() => None,
        None => Some((
            expected_text(),
            format!("{} is not in the object", expected.image),
        )),
        Some(image) => {
            let outcome = match text(image, "verdict") {
                "CONFORMANT" => Outcome::Admitted,
                _ => Outcome::Denied,
            };
            let codes = unique(codes(Some(image))).join(", ");
            Some((expected_text(), wanted(Some(outcome), codes)))
        }
    }
}

/// Returns the replaced images, read from the mutated object and not from the Decision.
pub(super) fn pinned(decision: &Value, object: &Value) -> BTreeMap<String, String> {
    let Some(mutated) = decision.get("mutatedObject") else {
        return BTreeMap::new();
    };
    let images = decision.get("images").and_then(Value::as_array);
    let fields = images
        .into_iter()
        .flatten()
        .map(|image| text(image, "field"));
    fields
        .filter_map(|field| {
            let place = super::place::Place::parse(field)?;
            let before = place.get(object)?.as_str()?;
            let after = place.get(mutated)?.as_str()?;
            (before != after).then(|| (before.to_owned(), after.to_owned()))
        })
        .collect()
}

fn agrees(expected: &[ExpectedCode], actual: &[String]) -> bool {
    expected
        .iter()
        .all(|one| actual.contains(&one.code) == one.is_there)
}

fn expected_codes(expected: &[ExpectedCode]) -> String {
    let words = expected.iter().map(|one| {
        let not = if one.is_there { "" } else { "!" };
        format!("{not}{}", one.code)
    });
    words.collect::<Vec<_>>().join(", ")
}

fn shown(pinned: &BTreeMap<String, String>) -> String {
    if pinned.is_empty() {
        return "nothing".into();
    }
    let pairs = pinned
        .iter()
        .map(|(before, after)| format!("{before} -> {after}"));
    pairs.collect::<Vec<_>>().join(", ")
}

/// The codes at every depth, in order.
fn codes(value: Option<&Value>) -> Vec<String> {
    fn collect(value: &Value, codes: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                let code = fields.get("code").and_then(Value::as_str);
                codes.extend(code.map(str::to_owned));
                fields.values().for_each(|value| collect(value, codes));
            }
            Value::Array(items) => items.iter().for_each(|item| collect(item, codes)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    if let Some(value) = value {
        collect(value, &mut found);
    }
    unique(found)
}

fn unique(codes: Vec<String>) -> Vec<String> {
    let mut seen: Vec<String> = Vec::with_capacity(codes.len());
    for code in codes {
        if !seen.contains(&code) {
            seen.push(code);
        }
    }
    seen
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}
