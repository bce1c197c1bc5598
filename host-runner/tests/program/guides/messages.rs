//! The tables of `docs/messages.md`, made from the codes themselves, the program's `explain`, and the rules of the
//! linter.

use std::collections::HashMap;
use std::fs;
use std::process::Command;

use policy_lint::{PROBLEMS, RULES};
use policy_wasm::Code;
use policy_wasm::decision::Role;

use crate::guides::root;

/// Where the tables begin
const TABLES: &str = "<!-- The tables below are written by `BLESS=1 cargo test -p countersign --test program guides::`. -->\n";

/// The effect of a code by its role, as a heading and a sentence
const ROLES: &[(Role, &str, &str)] = &[
    (
        Role::Violation,
        "Denials",
        "The image or object does not conform to the policy: verdict `NON_CONFORMANT`.",
    ),
    (
        Role::Error,
        "Errors",
        "The policy could not be evaluated: verdict `ERROR`. The request is denied.",
    ),
    (
        Role::Detail,
        "Details",
        "Listed below another reason: why a candidate attestation, statement or check did not count.",
    ),
    (
        Role::Admission,
        "Admissions",
        "Why an image or object is admitted or not checked.",
    ),
    (
        Role::Warning,
        "Warnings",
        "Reported beside the verdict, and to the client as an admission warning.",
    ),
    (
        Role::Settings,
        "Settings",
        "Problems of a settings document. Nothing is evaluated with such settings.",
    ),
];

#[test]
fn every_code_and_lint_is_in_the_list_of_messages() {
    let path = root().join("docs/messages.md");
    let text = fs::read_to_string(&path).unwrap();
    let (introduction, _) = text.split_once(TABLES).unwrap();
    let expected = format!(
        "{introduction}{TABLES}{}{}{}",
        reasons(),
        documents(),
        lints()
    );
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, expected).unwrap();
        return;
    }
    assert!(
        text == expected,
        "docs/messages.md is not what the codes and lints say; write it with BLESS=1"
    );
}

/// One table for each role.
fn reasons() -> String {
    let advice = advice();
    let mut text = String::new();
    for (role, heading, sentence) in ROLES {
        let codes = Code::ALL.iter().filter(|code| code.role() == *role);
        text.push_str(&format!(
            "\n## {heading}\n\n{sentence}\n\n| code | means | what to do |\n| --- | --- | --- |\n"
        ));
        for code in codes {
            let advice = advice.get(code.as_str()).map_or("", String::as_str);
            let [meaning, advice] = [code.meaning(), advice].map(cell);
            text.push_str(&format!("| `{code}` | {meaning} | {advice} |\n"));
        }
    }
    text
}

fn documents() -> String {
    let mut text = "\n## Documents\n\nProblems of suites (`suite-`), of `countersign-lint.yaml` (`config-`), and of documents as a \
                    whole. The document is not used.\n\n| code | means | what to do |\n| --- | --- | --- |\n"
        .to_owned();
    for problem in PROBLEMS {
        let [meaning, help] = [problem.meaning, problem.help].map(cell);
        text.push_str(&format!("| `{}` | {meaning} | {help} |\n", problem.code));
    }
    text
}

fn lints() -> String {
    let mut text = "\n## Lints\n\nReported by `countersign lint`; `countersign explain CODE` prints the page of one.\n\n\
                    | code | severity | finds |\n| --- | --- | --- |\n"
        .to_owned();
    for rule in RULES {
        let severity = format!("{:?}", rule.severity).to_lowercase();
        text.push_str(&format!(
            "| `{}` | {severity} | {} |\n",
            rule.code,
            cell(rule.what)
        ));
    }
    text
}

/// Returns the advice on each code, as `explain` prints it.
fn advice() -> HashMap<String, String> {
    let codes = Code::ALL.iter().map(|code| code.as_str());
    let mut explain = Command::new(env!("CARGO_BIN_EXE_countersign"));
    let printed = explain.arg("explain").args(codes).output().unwrap();
    let printed = String::from_utf8(printed.stdout).unwrap();
    let mut advice = HashMap::new();
    let mut page = None;
    for line in printed.lines() {
        if Code::ALL.iter().any(|code| code.as_str() == line) {
            page = Some(line);
        } else if let (Some(code), Some(text)) = (page, line.strip_prefix("what to do  ")) {
            advice.insert(code.to_owned(), text.to_owned());
        }
    }
    assert!(!advice.is_empty(), "{printed}");
    advice
}

/// A text as a cell of a table: `<` begins no tag outside of code, and `|` ends no cell.
fn cell(text: &str) -> String {
    let mut is_code = false;
    let mut cell = String::new();
    for character in text.chars() {
        match character {
            '`' => is_code = !is_code,
            '<' if !is_code => cell.push('\\'),
            '|' => cell.push('\\'),
            _ => {}
        }
        cell.push(character);
    }
    cell
}
