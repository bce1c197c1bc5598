use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::*;

const TEST: &Dialect = &Dialect {
    malformed: Code::SettingsMalformed,
    unknown_field: Code::SettingsUnknownField,
    wrong_type: Code::SettingsWrongType,
    duplicate_key: Code::SettingsDuplicateKey,
    null: Null::Refused,
};

/// Reads a document of one known field, `a`, and returns what was reported.
fn problems(text: &str) -> Vec<String> {
    let report = Report::default();
    Raw::new(text).read(TEST, Path::Root(""), &report, |value| {
        value.object(|key, value| match key {
            "a" => {
                value.list(|_, item| {
                    item.text();
                });
            }
            "b" => value.skim(),
            _ => value.unknown(),
        });
    });
    report
        .into_problems()
        .iter()
        .map(Problem::to_string)
        .collect()
}

#[test]
fn every_problem_is_reported_with_its_path() {
    assert_eq!(
        problems(r#"{"a": ["x", 1, {"y": 2}], "x.y": 1, "a": [], "b": [{"c": 1, "c": 2}]}"#),
        [
            "a[1]: expected a string, got a number (settings-wrong-type)",
            "a[2]: expected a string, got an object (settings-wrong-type)",
            "[x.y]: unknown field (settings-unknown-field)",
            "duplicate key `a` (settings-duplicate-key)",
            "b[0]: duplicate key `c` (settings-duplicate-key)",
        ]
    );
}

#[test]
fn a_duplicate_key_is_found_however_it_is_spelled_and_however_many_there_are() {
    assert_eq!(problems(r#"{"b": {"x": 1, "\u0078": 2}}"#).len(), 1);
    let fields: Vec<_> = (0..100)
        .map(|n| alloc::format!(r#""k{}": 1"#, n % 99))
        .collect();
    assert_eq!(
        problems(&alloc::format!(r#"{{"b": {{{}}}}}"#, fields.join(","))).len(),
        1
    );
}

#[test]
fn malformed_json_is_one_problem() {
    for text in [
        "",
        "{",
        r#"{"a": ["#,
        "{} {}",
        r#"{"a": [}"#,
        "nul",
        r#"{"b": "\ud800"}"#,
    ] {
        assert_eq!(problems(text).len(), 1, "{text}");
    }
}

#[test]
fn nesting_is_counted_outside_of_strings_only() {
    for (text, expected) in [
        ("1", 0),
        ("[[]]", 2),
        (r#"{"[[[": "]\"[["}"#, 1),
        ("[{},[[]]]", 3),
    ] {
        assert_eq!(depth(text), expected, "{text}");
    }
}

#[test]
fn deep_nesting_ends_the_walk_instead_of_the_stack() {
    let text = alloc::format!(r#"{{"b": {}{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(problems(&text).len(), 1);
}
