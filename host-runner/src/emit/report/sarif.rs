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
    json::write(out, &sarif::document(&rules, &results))
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
        "message": {"text": item.sentence(finding)},
        "locations": [{"physicalLocation": place}],
    })
}

const fn level(level: Level) -> Option<&'static str> {
    match level {
        Level::Error | Level::Failure => Some("error"),
        Level::Warning => Some("warning"),
        Level::Passed => None,
    }
}
