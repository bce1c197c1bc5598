use std::fs;

use super::*;
use crate::attest::store::tests::{DIGEST, entry, occurrence, signed_again};
use crate::yaml::document;

/// The text of a file after an attestation was added to it.
fn after(name: &str, text: &str, document: &Value) -> Result<(String, Change), String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    let change = add(&path, &entry(document.clone())).map_err(|error| error.to_string())?;
    Ok((fs::read_to_string(path).unwrap(), change))
}

/// An occurrence as an item of a list, behind so many columns.
fn item(document: &Value, columns: usize) -> String {
    let indent = " ".repeat(columns);
    let lines = yaml::document(&json!([document]));
    lines
        .lines()
        .map(|line| format!("{indent}{line}\n"))
        .collect()
}

#[test]
fn a_file_comes_into_being_and_grows() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.yaml", "a.json"] {
        let written = |list: &Value| match name {
            "a.yaml" => document(list),
            _ => format!("{list:#}\n"),
        };
        let path = folder.path().join(name);
        let (first, second) = (occurrence("a", DIGEST), occurrence("b", DIGEST));
        let again = signed_again(&first);
        for (document, change, list) in [
            (&first, Change::Added, json!([first])),
            (&second, Change::Added, json!([first, second])),
            (&second, Change::Unchanged, json!([first, second])),
            (&again, Change::Replaced, json!([again, second])),
        ] {
            assert_eq!(add(&path, &entry(document.clone())).unwrap(), change);
            assert_eq!(fs::read_to_string(&path).unwrap(), written(&list), "{name}");
        }
    }
}

#[test]
fn comments_and_style_of_a_list_stay() {
    let (own, other) = (occurrence("own", DIGEST), occurrence("other", DIGEST));
    let mut small = other.clone();
    small["noteName"] = "x".into();
    let (own_item, other_item) = (item(&own, 0), item(&other, 0));
    for (before, expected) in [
        (String::new(), own_item.clone()),
        ("# none yet".into(), format!("# none yet\n{own_item}")),
        ("---\n".into(), format!("---\n{own_item}")),
        (
            format!("# ours\n{other_item}# the end\n"),
            format!("# ours\n{other_item}{own_item}# the end\n"),
        ),
        (
            // Once more, with another signature
            format!(
                "# ours\n{}\n# theirs\n{other_item}",
                item(&signed_again(&own), 0)
            ),
            format!("# ours\n{own_item}\n# theirs\n{other_item}"),
        ),
        (format!("-   {small}\n"), format!("-   {small}\n{own_item}")),
        // Nobody misses the style of a list without comments.
        (format!("[{other}]\n"), format!("{other_item}{own_item}")),
        ("[]\n".into(), own_item.clone()),
    ] {
        let (text, _) = after("a.yaml", &before, &own).unwrap();
        assert_eq!(text, expected, "{before}");
        let crlf = before.replace('\n', "\r\n");
        let (text, _) = after("a.yaml", &crlf, &own).unwrap();
        assert_eq!(
            inputs::parse(&text).unwrap(),
            inputs::parse(&expected).unwrap()
        );
    }
}

#[test]
fn settings_keep_everything_but_the_list() {
    let own = occurrence("own", DIGEST);
    let policy = "# ours\npolicy: {defaultAdmissionRule: x} # why\n";
    let other = item(&occurrence("other", DIGEST), 4);
    for (before, after_it) in [
        (
            policy.to_owned(),
            format!("{policy}evidence:\n  occurrences:\n{}", item(&own, 4)),
        ),
        (
            format!("evidence:\n  registry: true\n{policy}"),
            format!(
                "evidence:\n  occurrences:\n{}  registry: true\n{policy}",
                item(&own, 4)
            ),
        ),
        (
            format!("evidence:\n  occurrences: []\n{policy}"),
            format!("evidence:\n  occurrences:\n{}{policy}", item(&own, 4)),
        ),
        (
            format!("evidence:\n  occurrences:\n{other}\n  # more\n  registry: true\n{policy}"),
            format!(
                "evidence:\n  occurrences:\n{other}{}\n  # more\n  registry: true\n{policy}",
                item(&own, 4)
            ),
        ),
        (
            format!(
                "apiVersion: policies.kubewarden.io/v1\nkind: ClusterAdmissionPolicy\nspec:\n  settings:\n    policy: {{}} # x\n---\n{policy}"
            ),
            format!(
                "apiVersion: policies.kubewarden.io/v1\nkind: ClusterAdmissionPolicy\nspec:\n  settings:\n    evidence:\n      occurrences:\n{}    policy: {{}} # x\n---\n{policy}",
                item(&own, 8)
            ),
        ),
    ] {
        let (text, change) = after("policy.yaml", &before, &own).unwrap();
        assert_eq!(
            (text.as_str(), change),
            (after_it.as_str(), Change::Added),
            "{before}"
        );
        let again = signed_again(&own);
        let (text, change) = after("policy.yaml", &text, &again).unwrap();
        assert_eq!(change, Change::Replaced);
        // Ours is the last one.
        let (others, rest) = after_it.rsplit_once("T0xE").unwrap();
        assert_eq!(text, format!("{others}TkVX{rest}"), "{before}");
    }
    let (text, _) = after(
        "policy.json",
        r#"{"policy": {}, "evidence": {"registry": true}}"#,
        &own,
    )
    .unwrap();
    let expected = json!({"policy": {}, "evidence": {"registry": true, "occurrences": [own]}});
    assert_eq!(text, format!("{expected:#}\n"));
}

#[test]
fn what_is_neither_a_list_nor_settings_is_refused() {
    let manifest = "apiVersion: policies.kubewarden.io/v1\nkind: ClusterAdmissionPolicy\nspec: {settings: {policy: {}}}\n";
    for (text, problem) in [
        ("a: 1\n", "expected a list of occurrences, or settings"),
        ("- 1\n", "expected a list of occurrences"),
        (
            "- {apiVersion: v1, kind: Pod}\n",
            "expected a list of occurrences",
        ),
        (
            "apiVersion: policies.kubewarden.io/v1\nkind: ClusterAdmissionPolicy\nspec: {settings: {signatures: []}}\n",
            "expected a list of occurrences",
        ),
        (
            "policy: {}\n---\npolicy: {}\n",
            "expected a list of occurrences",
        ),
        (
            &format!("{manifest}---\n{manifest}"),
            "it has several policies",
        ),
        (
            "policy: {}\nevidence: {occurrences: x}\n",
            "`occurrences` is not a list",
        ),
        (
            "policy: {}\nevidence: x\n",
            "`occurrences` has to be in a mapping",
        ),
        (
            "policy: {}\nevidence: {occurrences: [{a: b}]}\n",
            "print it with `--format occurrence`",
        ),
        ("[{a: b}] # ours\n", "print it with `--format occurrence`"),
        ("a: [\n", "not valid YAML"),
    ] {
        let error = after("a.yaml", text, &occurrence("own", DIGEST)).unwrap_err();
        assert!(error.contains(problem), "{text}\n{error}");
    }
    let error = after("a.json", "{", &occurrence("own", DIGEST)).unwrap_err();
    assert!(error.contains("a.json`: not valid JSON"), "{error}");
}

#[test]
fn a_list_may_be_long_but_not_for_one_image() {
    let many = |digest: &str| {
        let others: Vec<_> = (0..100)
            .map(|index| occurrence(&format!("k{index}"), digest))
            .collect();
        json!(others).to_string()
    };
    let own = occurrence("own", DIGEST);
    assert!(after("a.json", &many(&DIGEST.replace('1', "2")), &own).is_ok());
    let error = after("a.json", &many(DIGEST), &own).unwrap_err();
    assert!(
        error.contains("has 100 attestations") && error.contains(DIGEST),
        "{error}"
    );
    let again = signed_again(&occurrence("k7", DIGEST));
    assert_eq!(
        after("a.json", &many(DIGEST), &again).unwrap().1,
        Change::Replaced
    );
    let mut other_note = own;
    other_note["noteName"] = "projects/p/notes/qa".into();
    assert!(after("a.json", &many(DIGEST), &other_note).is_ok());
}
