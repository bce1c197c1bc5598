use serde_json::json;

use super::*;

#[track_caller]
fn settings(text: &str) -> SettingsText {
    let source = inputs::Source {
        name: String::new(),
        text: text.to_owned(),
    };
    let value = inputs::settings_in(&source).unwrap();
    SettingsText::new(value.clone(), own_text(text, &value))
}

/// Embedded settings equal the settings themselves, wherever they are embedded.
#[track_caller]
fn embedded(settings: &SettingsText) {
    for columns in [2, 4] {
        let document = format!("before: 1\nsettings:\n{}", settings.indented(columns));
        let documents = format!("{document}---\nafter: 1\n");
        let parsed = inputs::parse(&documents).unwrap();
        assert_eq!(parsed[0]["settings"], *settings.value(), "{document}");
        assert_eq!(parsed[1], json!({"after": 1}), "{document}");
    }
}

#[test]
fn what_an_author_wrote_is_kept() {
    let written = "# why\na: 1 # one\n\nb:\n  # two\n  - |\n    x\n\n    # y\n  - {c: d}\n";
    for text in [
        written.to_owned(),
        written.replace('\n', "\r\n"),
        format!("---\n{written}...\n"),
        format!("# above\n--- \n{written}"),
    ] {
        let settings = settings(&text);
        let expected = text.replace('\r', "");
        let expected: String = expected
            .split_inclusive('\n')
            .filter(|line| !["---", "..."].contains(&line.trim_end()))
            .collect();
        assert_eq!(settings.indented(0), expected);
        embedded(&settings);
    }
}

#[test]
fn settings_of_a_manifest_stand_by_themselves() {
    for below in [
        "",
        "  mode: protect\n",
        "  # about the mode\n  mode: protect\n",
        "\nstatus: {}\n",
    ] {
        let text = format!(
            "apiVersion: policies.kubewarden.io/v1\nkind: ClusterAdmissionPolicy\nspec:\n  \
             settings: # of it\n      # why\n      a: |\n        x\n\n        y\n\n      b: 1 # one\n{below}"
        );
        let settings = settings(&text);
        assert_eq!(
            settings.indented(0),
            "# why\na: |\n  x\n\n  y\n\nb: 1 # one\n"
        );
        embedded(&settings);
    }
}

#[test]
fn what_cannot_be_kept_is_written_anew() {
    let anew = "a: 1\nb:\n  - x\n";
    for text in [
        r#"{"a": 1, "b": ["x"]}"#,
        "{a: 1, # one\n b: [x]}\n",
        "--- {a: 1, b: [x]}\n",
        "apiVersion: policies.kubewarden.io/v1\nspec: {settings: {a: 1, b: [x]}}\n",
        "apiVersion: policies.kubewarden.io/v1\nspec:\n  settings: {a: 1, b: [x]}\n",
        "apiVersion: policies.kubewarden.io/v1\nspec:\n  settings:\n      a: 1\n    # less\n      b: [x]\n",
        "# \u{202e}hidden\na: 1\nb: [x]\n",
        "%YAML 1.2\n---\na: 1\nb: [x]\n",
    ] {
        let settings = settings(text);
        assert_eq!(settings.indented(0), anew, "{text}");
        embedded(&settings);
    }
}

#[test]
fn what_readers_take_for_different_values_is_written_as_kubectl_reads_it() {
    for (text, expected) in [
        ("on: a # b\n", "\"true\": a # b\n"),
        (
            "a: {0123: x, y: 'y', 1: 1}\n",
            "a: {\"83\": x, \"true\": 'y', \"1\": 1}\n",
        ),
        (
            "a: [1e3, off, \"off\", 012]\n",
            "a: [1000, false, \"off\", 10]\n",
        ),
        ("a: 1_000\nb: 12:30 # c\n", "a: 1000\nb: \"12:30\" # c\n"),
        (
            "a: 12e4567\nb: 2001-01-01\n",
            "a: \"12e4567\"\nb: \"2001-01-01\"\n",
        ),
        // YAML 1.1 does not have this escape.
        ("a: \"x\\/y\" # c\n", "a: x/y # c\n"),
        ("a: ~ # nothing\n", "a: ~ # nothing\n"),
        (
            "a: https://r.example/a@sha256:0\n",
            "a: https://r.example/a@sha256:0\n",
        ),
        (r#"{"off": "no"}"#, "\"off\": \"no\"\n"),
    ] {
        let settings = settings(text);
        assert_eq!(settings.indented(0), expected);
        embedded(&settings);
    }
}

#[test]
fn what_stands_in_two_places_is_written_out() {
    for (text, expected) in [
        ("a: &x {b: 1} # c\nd: *x\n", "a:\n  b: 1\nd:\n  b: 1\n"),
        // kubectl lets the later win.
        (
            "x: &x {b: 2}\na: {b: 1, <<: *x}\nc: {<<: *x, b: 3}\n",
            "x:\n  b: 2\na:\n  b: 2\nc:\n  b: 3\n",
        ),
        ("a: {<<: {b: 1}}\n", "a:\n  b: 1\n"),
        ("a: &unused 1\n", "a: 1\n"),
        ("a: !!int \"1\" # b\n", "a: 1\n"),
    ] {
        let settings = settings(text);
        assert_eq!(settings.indented(0), expected, "{text}");
        embedded(&settings);
    }
}

#[test]
fn a_setting_goes_with_the_comment_above_it() {
    let without = |text: &str| {
        let less = settings(text).without(&["x", "z"]);
        embedded(&less);
        assert_eq!(less.value().get("x"), None);
        less.indented(0)
    };
    for (text, expected) in [
        ("x: true\na: 1\n", "a: 1\n"),
        ("# head\nx: true # x\n# a\na: 1\n", "# head\n# a\na: 1\n"),
        (
            "# head\n\n# x\n# xx\nx: true\n\n# a\na: 1\n",
            "# head\n\n\n# a\na: 1\n",
        ),
        (
            "a: 1\n# z\nz:\n  # in z\n  - b\nx: true\n# tail\n",
            "a: 1\n# tail\n",
        ),
        ("a: 1\nx: [\n  b,\n]\nc: 2\n", "a: 1\nc: 2\n"),
        ("z: |\n  # in z\na: 1\n", "a: 1\n"),
        // A value of two places is written out, without comments.
        ("a: &b 1\nx: *b\n", "a: 1\n"),
        ("x: &b 1\na: *b # a\n", "a: 1\n"),
        (r#"{"a": 1, "x": true}"#, "a: 1\n"),
        ("a: 1 # stays\n", "a: 1 # stays\n"),
    ] {
        assert_eq!(without(text), expected, "{text}");
    }
}

#[test]
fn needs_are_those_of_the_settings() {
    let capabilities = |text: &str| settings(text).needs().capabilities;
    assert!(capabilities("policy: {}\n").is_empty());
    assert_eq!(
        capabilities(r#"{"resolveTags": true, "evidence": {"registry": true}}"#),
        ["oci/v1/manifest_digest", "oci/v1/oci_manifest"]
    );
}
