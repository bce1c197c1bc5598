//! The vocabulary of code and messages: terms with one meaning, and doc comments that make sense alone.

use std::fs;
use std::path::Path;

/// Words that stand for another term, and the term to use
const WORDS: &[(&str, &str)] = &[
    ("gatekeeper", "admission controller or policy engine"),
    ("passed over", "skipped"),
    ("mended", "fixed"),
    ("vouched for", "trusted or administrator-supplied"),
];

/// Beginnings of doc comments that depend on another comment or hide the subject
const BEGINNINGS: &[&str] = &["The same", "Whoever", "Whom", "Nobody", "Somebody"];

#[test]
fn code_has_one_word_for_one_thing() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = Vec::new();
    let places = [
        "host-runner/src",
        "host-runner/tests",
        "policy-lint/src",
        "policy-wasm",
        "tests/core",
        "tests/src",
        "tests/suites",
    ];
    for place in places {
        visit(&root.join(place), &mut |path, number, line| {
            if path.ends_with("surface/words.rs") {
                return;
            }
            let place = path.strip_prefix(root).unwrap().display();
            if let Some(advice) = advice(line) {
                found.push(format!("{place}:{number}: {advice}"));
            }
        });
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

/// The advice on a line with one of the words, or with a doc comment of one of the beginnings.
fn advice(line: &str) -> Option<String> {
    let lower = line.to_lowercase();
    for (word, instead) in WORDS {
        // Not `recommended`, nor the API group of a product.
        let mut rest = lower.match_indices(word);
        let is_word = |at: usize| {
            let before = lower.get(..at).unwrap().chars().next_back();
            !before.is_some_and(|one| one.is_alphanumeric() || one == '.')
        };
        if rest.any(|(at, _)| is_word(at)) {
            return Some(format!("write \"{instead}\" in place of \"{word}\""));
        }
    }
    let text = line.trim_start();
    let doc = text
        .strip_prefix("///")
        .or_else(|| text.strip_prefix("//!"))?
        .trim_start();
    let begins = |beginning: &&&str| {
        doc.strip_prefix(**beginning)
            .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    };
    let beginning = BEGINNINGS.iter().find(begins)?;
    Some(format!(
        "a doc comment begins with \"{beginning}\": begin with the thing, then what it does"
    ))
}

fn visit(path: &Path, each: &mut impl FnMut(&Path, usize, &str)) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            visit(&entry.unwrap().path(), each);
        }
    } else if path.extension().is_some_and(|extension| extension == "rs") {
        let text = fs::read_to_string(path).unwrap();
        for (number, line) in (1..).zip(text.lines()) {
            each(path, number, line);
        }
    }
}

#[test]
fn words_are_found_as_words_only() {
    for (line, is_found) in [
        ("let message = \"the gatekeeper denies\";", true),
        ("(\"constraints.gatekeeper.sh\", &[]),", false),
        ("/// which is not recommended", false),
        ("/// The same of a text.", true),
        ("    //! Nobody reads it.", true),
        ("/// Whomever", false),
        ("// The same line as above", false),
    ] {
        assert_eq!(advice(line).is_some(), is_found, "{line}");
    }
}
