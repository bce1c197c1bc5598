//! Whether an answer is the expected one, and how it differs.

use alloc::collections::BTreeMap;

use policy_lint::suite::{Expectation, ExpectedCode, ExpectedImage, Outcome};
use policy_wasm::Code;
use serde::Serialize;
use serde_json::Value;

use super::place::Place;
use crate::decision::{self, Decision, Reason, Verdict};

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
    decision: &Decision,
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
    // An object that could not be evaluated is denied as well, which does not show that the policy denies it.
    let is_error = decision.verdict == Verdict::Error && outcome == Outcome::Denied;
    if is_error && expectation.outcome == Outcome::Denied && !expectation.gives_reasons() {
        differ(
            "verdict",
            "denied by the policy, or an expected reason that is an error".into(),
            format!("error: {}", reasons(decision).join(", ")),
        );
    }
    let enforcement = decision.enforcement.as_str();
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
pub(super) const fn outcome(decision: &Decision) -> Outcome {
    if decision.allowed {
        Outcome::Admitted
    } else {
        Outcome::Denied
    }
}

/// The codes of all reasons of a Decision, warnings apart, each once.
pub(super) fn reasons(decision: &Decision) -> Vec<String> {
    let mut found = Vec::new();
    decision::codes(&decision.reasons, &mut found);
    for image in &decision.images {
        found.extend(image.codes());
    }
    unique(&found)
}

/// The codes of all warnings, without that of the clock, which every suite sets.
pub(super) fn warnings(decision: &Decision) -> Vec<String> {
    let mut warnings = codes(&decision.warnings);
    warnings.retain(|code| code != Code::ClockOverridden.as_str());
    warnings
}

fn compare_image(expected: &ExpectedImage, decision: &Decision) -> Option<(String, String)> {
    let images = decision.images.iter();
    let images: Vec<_> = images
        .filter(|image| image.image == expected.image)
        .collect();
    let wanted = |outcome: Option<Outcome>, codes: String| {
        let verdict = match outcome {
            Some(Outcome::Admitted) => "accepted ",
            Some(Outcome::Denied) => "refused ",
            None => "",
        };
        format!("{} {verdict}({codes})", expected.image)
    };
    let wrong = images.iter().find(|image| {
        let accepted = image.verdict == Verdict::Conformant;
        let outcome = match expected.outcome {
            Some(Outcome::Admitted) => accepted,
            Some(Outcome::Denied) => !accepted,
            None => true,
        };
        !outcome || !agrees(&expected.reasons, &unique(&image.codes()))
    });
    let expected_text = || wanted(expected.outcome, expected_codes(&expected.reasons));
    match wrong {
        None if !images.is_empty() => None,
        None => Some((
            expected_text(),
            format!("{} is not in the object", expected.image),
        )),
        Some(image) => {
            let outcome = match image.verdict {
                Verdict::Conformant => Outcome::Admitted,
                _ => Outcome::Denied,
            };
            let codes = unique(&image.codes()).join(", ");
            Some((expected_text(), wanted(Some(outcome), codes)))
        }
    }
}

/// Returns the replaced images, read from the mutated object and not from the Decision.
pub(super) fn pinned(decision: &Decision, object: &Value) -> BTreeMap<String, String> {
    let Some(mutated) = &decision.mutated_object else {
        return BTreeMap::new();
    };
    let images = decision.images.iter();
    images
        .filter_map(|image| {
            let place = Place::parse(&image.field)?;
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

/// The codes of reasons and of their details, in order, each once.
fn codes(reasons: &[Reason]) -> Vec<String> {
    let mut found = Vec::new();
    decision::codes(reasons, &mut found);
    unique(&found)
}

fn unique(codes: &[&str]) -> Vec<String> {
    let mut seen: Vec<String> = Vec::with_capacity(codes.len());
    for code in codes {
        if !seen.iter().any(|known| known == code) {
            seen.push((*code).to_owned());
        }
    }
    seen
}
