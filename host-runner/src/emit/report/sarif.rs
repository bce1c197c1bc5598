//! SARIF: a result for each reason, at its image.

use std::io::{self, Write};

use policy_wasm::Code;
use serde_json::{Value, json};

use super::{Finding, Item, Level, Report};
use crate::emit::{explain, json, sarif};

pub(super) fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let findings = || {
        let items = report.items.iter();
        let findings = items.flat_map(|item| item.findings.iter().map(move |one| (item, one)));
        findings.filter_map(|(item, finding)| Some((item, finding, level(finding.level)?)))
    };
    let mut codes: Vec<_> = findings()
        .map(|(item, finding, _)| item.code(finding))
        .collect();
    codes.sort_unstable();
    codes.dedup();
    let rules: Vec<_> = codes.iter().map(|code| rule(code)).collect();
    let results: Value = findings()
        .map(|(item, finding, level)| result(item, finding, level, &codes))
        .collect();
    let mut document = sarif::document(&rules, &results);
    let notes = report.notes.iter();
    let notes = notes.filter_map(|(note, text)| Some((level(*note)?, text)));
    let notes: Vec<_> = notes
        .map(|(level, text)| json!({"level": level, "message": {"text": plain(text)}}))
        .collect();
    let is_complete = report.notes.iter().all(|(note, _)| *note != Level::Error);
    let run = document
        .pointer_mut("/runs/0")
        .and_then(Value::as_object_mut);
    if let Some(run) = run.filter(|_| !notes.is_empty()) {
        let invocation =
            json!({"executionSuccessful": is_complete, "toolExecutionNotifications": notes});
        run.insert("invocations".into(), json!([invocation]));
    }
    json::write(out, &document)
}

/// A rule with the page of its code.
fn rule(id: &str) -> Value {
    let mut all = Code::ALL.iter();
    match (all.find(|known| known.as_str() == id), explain::page(id)) {
        (Some(code), Some(page)) => json!({
            "id": id, "shortDescription": {"text": code.meaning()}, "help": {"text": page},
        }),
        _ => json!({"id": id}),
    }
}

fn result(item: &Item, finding: &Finding, level: &str, codes: &[&str]) -> Value {
    let code = item.code(finding);
    let place = json!({
        "artifactLocation": {"uri": sarif::uri(&item.file)},
        "region": {"startLine": finding.position.line, "startColumn": finding.position.column},
    });
    json!({
        "ruleId": code, "ruleIndex": codes.iter().position(|one| *one == code), "level": level,
        "message": {"text": plain(&item.sentence(finding))},
        "locations": [{"physicalLocation": place}],
    })
}

/// A message without links, which brackets would be (SARIF 2.1.0, 3.11.6).
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '[' | ']' | '\\') {
            plain.push('\\');
        }
        plain.push(character);
    }
    plain
}

const fn level(level: Level) -> Option<&'static str> {
    match level {
        Level::Error | Level::Failure => Some("error"),
        Level::Warning => Some("warning"),
        Level::Passed => None,
    }
}
