//! What the suites of the settings share: the problems of a document, and pairs of cases that show
//! that a field has an effect.

use policy_wasm::{Budget, validate_settings};
use serde_json::Value;

use crate::corpus;

/// The problems of a document as `path code`.
pub fn problems(document: &[u8]) -> Vec<String> {
    validate_settings(document, &Budget::DEFAULT)
        .into_iter()
        .map(|problem| {
            format!("{} {}", problem.path, problem.code)
                .trim_start()
                .to_owned()
        })
        .collect()
}

/// Checks that settings have exactly these problems.
#[track_caller]
pub fn assert_problems(settings: &Value, expected: &[&str]) {
    let found = problems(settings.to_string().as_bytes());
    assert_eq!(found, expected, "{settings:#}");
}

/// Checks that the two cases of each field differ in their outcome.
#[track_caller]
pub fn assert_load_bearing(pairs: &[(&str, &str, &str)]) {
    let cases = corpus::all();
    let outcome = |name: &str| {
        let case = cases
            .iter()
            .find(|case| case.name == name)
            .unwrap_or_else(|| panic!("{name}"));
        case.expected.split(' ').next().unwrap()
    };
    for (field, one, other) in pairs {
        assert_ne!(
            outcome(one),
            outcome(other),
            "{field}: `{one}` and `{other}`"
        );
    }
}
