use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use policy_text::cursor::Cursor;

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
fn an_object_has_the_keys_of_no_other() {
    let many: Vec<_> = (0..40).map(|n| alloc::format!(r#""k{n}": 0"#)).collect();
    for inner in ["", r#""x": 0, "y": 0"#, &many.join(",")] {
        for (outer, expected) in [
            (r#"{"x": 0, "y": {INNER}, "z": {INNER}}"#, 0),
            (r#"{"x": {INNER}, "y": {"x": {INNER}, "y": 0}}"#, 0),
            (r#"[{"x": {INNER}}, {"x": {INNER}}]"#, 0),
            (r#"{"x": 0, "y": {INNER}, "x": 0}"#, 1),
            (r#"{"x": {INNER}, "y": [{INNER}], "y": 0, "x": 0}"#, 2),
            (r#"{"x": {"y": {INNER}, "y": 0}, "x": {INNER}}"#, 2),
            (r#"{"\u0078": 0, "y": {"\u0078": {INNER}}, "x": 0}"#, 1),
            (
                r#"{MANY, "z": {MANY, "y": {INNER}, "k38": 0}, "k39": 0}"#,
                2,
            ),
            (r#"{MANY, "z": {MANY, "y": {INNER}}, "y": {INNER}}"#, 0),
        ] {
            let text = outer
                .replace("INNER", inner)
                .replace("MANY", &many.join(","));
            let found = problems(&alloc::format!(r#"{{"b": {text}}}"#));
            assert_eq!(found.len(), expected, "{text}");
        }
    }
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
fn serde_json_describes_a_syntax_error() {
    for text in [
        "",
        " \n",
        "{",
        "{\"a\" 1}",
        "{\"a\":1,}",
        "{1:2}",
        "{\"a\":",
        "[1 2]",
        "[1,]",
        "[\n\n nul]",
        "nul",
        "{} {}",
        "01",
        "-",
        "1.",
        "1e",
        "\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\u{1}\"",
        "\u{feff}1",
    ] {
        let error = serde_json::from_str::<serde::de::IgnoredAny>(text).unwrap_err();
        let report = Report::default();
        Raw::new(text).read(TEST, Path::Root(""), &report, |_| {});
        let expected = alloc::format!("not valid JSON: {error}");
        assert_eq!(report.to_string(), expected, "{text:?}");
    }
}

#[test]
fn deep_nesting_ends_the_walk_instead_of_the_stack() {
    let text = alloc::format!(r#"{{"b": {}{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(problems(&text).len(), 1);
}

/// Everything that a value says, as `serde_json` would hold it; `None` where anything was reported.
fn rebuild(text: &str) -> Option<serde_json::Value> {
    let report = Report::default();
    let mut whole = serde_json::Value::Null;
    Raw::new(text).read(TEST, Path::Root(""), &report, |value| {
        whole = rebuild_value(value);
    });
    report.is_empty().then_some(whole)
}

fn rebuild_value(value: Value<'_, '_>) -> serde_json::Value {
    match value.walk.cursor.kind() {
        Kind::List => {
            let mut items = Vec::new();
            value.list(|_, item| items.push(rebuild_value(item)));
            items.into()
        }
        Kind::Object => {
            let mut fields = serde_json::Map::new();
            value.object(|key, value| {
                fields.insert(key.to_string(), rebuild_value(value));
            });
            fields.into()
        }
        Kind::Text => value.text().unwrap_or_default().into_owned().into(),
        Kind::Bool => value.flag().into(),
        Kind::Null | Kind::Number | Kind::Nothing => {
            serde_json::from_str(value.raw().text()).unwrap_or_default()
        }
    }
}

/// Every text of up to so many of these pieces.
fn each_text(pieces: &[&str], longest: usize, each: &mut impl FnMut(&str)) {
    fn grow(text: &mut String, pieces: &[&str], left: usize, each: &mut impl FnMut(&str)) {
        each(text);
        for piece in pieces {
            if left > 0 {
                let length = text.len();
                text.push_str(piece);
                grow(text, pieces, left.saturating_sub(1), each);
                text.truncate(length);
            }
        }
    }
    grow(&mut String::new(), pieces, longest, each);
}

/// Skipped values are checked, whichever function skips them.
fn passed_over_as_json(text: &str) {
    let expected = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    let mut cursor = Cursor::new(text);
    cursor.skip();
    cursor.finish();
    assert_eq!(cursor.is_whole(), expected, "{text:?}");
    let report = Report::default();
    Raw::new(text).read(TEST, Path::Root(""), &report, |_| {});
    assert_eq!(report.is_empty(), expected, "{text:?}");
    // Entered, and left at once; its keys are no text only where they are half of one.
    let report = Report::default();
    Raw::new(text).read(TEST, Path::Root(""), &report, |value| {
        value.object_unless_null(|_, _| {});
    });
    let is_object = text.trim_start().starts_with('{') && !text.contains("\\u");
    if is_object {
        let malformed = report.to_string().contains("not valid JSON");
        assert_eq!(malformed, !expected, "{text:?}: {report}");
    }
}

#[test]
fn whatever_is_passed_over_is_json_for_serde_json_too() {
    for (pieces, longest) in [
        (
            &["-", "0", "1", ".", "e", "E", "+", " ", "[", "]", ","][..],
            5,
        ),
        (
            &[
                "true", "fals", "e", "nul", "l", "\t", "\n", "\0", "\u{b}", "\u{feff}", "[", "]",
                ",",
            ][..],
            4,
        ),
        (
            &[
                "\"", "\\", "n", "u", "00", "e9", "\u{1}", "\u{1f}", "\u{7f}", "é", "{", ":", "}",
            ][..],
            4,
        ),
        (&["[", "{\"\":", "]", "}", "1", ",", "\"\""][..], 6),
    ] {
        each_text(pieces, longest, &mut |text| passed_over_as_json(text));
    }
}

#[test]
fn an_object_that_is_read_at_once_is_what_serde_json_reads() {
    let pieces = [
        "{\"a\":\"",
        "\"}",
        "{\"a\"",
        ":\"",
        "b",
        "\\n",
        "\"",
        "}",
        ",",
        " ",
    ];
    let mut read = 0;
    each_text(&pieces, 5, &mut |text| {
        let mut cursor = Cursor::new(text);
        let Some(found) = cursor.sole_text("a") else {
            return;
        };
        cursor.finish();
        if cursor.is_whole() {
            let value = serde_json::from_str::<serde_json::Value>(text).unwrap();
            assert_eq!(value, serde_json::json!({"a": found}), "{text}");
            read += 1;
        }
    });
    assert!(read > 10, "{read}");
}

#[test]
fn a_number_may_be_larger_than_a_float() {
    assert_eq!(problems(r#"{"b": [1e999, -1E+400]}"#), [""; 0]);
    assert!(serde_json::from_str::<serde_json::Value>("1e999").is_err());
}

#[test]
fn whatever_serde_json_accepts_is_read_as_it_reads_it() {
    let (mut accepted, mut refused) = (0, 0);
    for (pieces, longest) in [
        (&["{", "}", "[", "]", "\"", ",", ":", "1"][..], 7),
        (
            &[
                "{\"a\":",
                "{\"b\" : ",
                "}",
                "[",
                "]",
                ", ",
                "\"\\\"]\"",
                "null",
                "\"\\\\\":",
            ][..],
            6,
        ),
        (
            &[
                "\"", "\\", "u", "d83d", "dca9", "0041", "[", "]", "}", "é", " ",
            ][..],
            5,
        ),
    ] {
        each_text(pieces, longest, &mut |text| {
            passed_over_as_json(text);
            let Ok(expected) = serde_json::from_str::<serde_json::Value>(text) else {
                refused += 1;
                // Escapes that mean nothing are found where somebody reads them.
                assert!(rebuild(text).is_none(), "{text}");
                return;
            };
            accepted += 1;
            let duplicates = problems(&alloc::format!("{{\"b\": {text}}}"));
            match rebuild(text) {
                Some(rebuilt) => assert_eq!(rebuilt, expected, "{text}"),
                None => assert!(
                    duplicates.iter().all(|one| one.contains("duplicate key")),
                    "{text}"
                ),
            }
        });
    }
    assert!(accepted > 500 && refused > 100_000, "{accepted} {refused}");
}
