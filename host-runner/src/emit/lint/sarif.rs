//! SARIF: a result for each finding, with its labels and fix.

use std::io::{self, Write};

use policy_lint::{Diagnostic, Label, RULES, Severity, SourceFile, Span};
use serde_json::{Map, Value, json};

use super::Linted;
use crate::emit::sarif;

pub(super) fn write(out: &mut dyn Write, linted: &Linted) -> io::Result<()> {
    let rules = rules(&linted.report.diagnostics);
    let results = linted.report.diagnostics.iter();
    let results: Value = results
        .map(|finding| result(finding, &rules, &linted.files))
        .collect();
    let rules: Vec<_> = rules.into_iter().map(|(_, rule)| rule).collect();
    crate::emit::json::write(out, &sarif::document(&rules, &results))
}

/// The rules of the findings, with their pages. Codes of the policy's own validation are rules, too.
fn rules(findings: &[Diagnostic]) -> Vec<(String, Value)> {
    let mut codes: Vec<&str> = findings.iter().map(|one| one.code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    let describe = |code: &str| {
        let rule = RULES.iter().find(|rule| rule.code == code);
        match rule {
            Some(rule) => json!({
                "id": code,
                "shortDescription": {"text": rule.what},
                "fullDescription": {"text": rule.why},
                "help": {"text": rule.page()},
                "defaultConfiguration": {"level": level(rule.severity)},
            }),
            None => json!({"id": code, "defaultConfiguration": {"level": "error"}}),
        }
    };
    let described = codes
        .into_iter()
        .map(|code| (code.to_owned(), describe(code)));
    described.collect()
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn result(finding: &Diagnostic, rules: &[(String, Value)], files: &[SourceFile]) -> Value {
    let index = rules.iter().position(|(code, _)| *code == finding.code);
    let message = match &finding.help {
        Some(help) => format!("{}; {help}", finding.message),
        None => finding.message.clone(),
    };
    let (first, others) = match finding.labels.split_first() {
        Some((first, others)) => (Some(first), others),
        None => (None, &[][..]),
    };
    let locations: Vec<_> = first
        .map(|label| location(label, files))
        .into_iter()
        .collect();
    let mut result = json!({
        "ruleId": finding.code, "ruleIndex": index, "level": level(finding.severity),
        "message": {"text": message}, "locations": locations,
    });
    let related: Vec<_> = others.iter().map(|label| location(label, files)).collect();
    if let Some(fields) = result.as_object_mut() {
        if !related.is_empty() {
            fields.insert("relatedLocations".into(), related.into());
        }
        if let Some(fix) = &finding.fix {
            let replacements: Value = fix
                .edits
                .iter()
                .map(|edit| {
                    json!({
                        "deletedRegion": region(edit.span, files),
                        "insertedContent": {"text": edit.replacement},
                    })
                })
                .collect();
            let changes = json!([{
                "artifactLocation": artifact(finding.span(), files), "replacements": replacements,
            }]);
            let fix = json!({"description": {"text": fix.title}, "artifactChanges": changes});
            fields.insert("fixes".into(), json!([fix]));
        }
    }
    result
}

fn location(label: &Label, files: &[SourceFile]) -> Value {
    let mut location = Map::new();
    location.insert(
        "physicalLocation".into(),
        json!({
            "artifactLocation": artifact(label.span, files), "region": region(label.span, files),
        }),
    );
    if !label.text.is_empty() {
        location.insert("message".into(), json!({"text": label.text}));
    }
    Value::Object(location)
}

fn artifact(span: Span, files: &[SourceFile]) -> Value {
    let name = files.get(span.file).map_or("", SourceFile::name);
    json!({"uri": sarif::uri(name)})
}

fn region(span: Span, files: &[SourceFile]) -> Value {
    let Some(file) = files.get(span.file) else {
        return json!({"startLine": 1});
    };
    let (start, end) = (file.position(span.start), file.position(span.end));
    json!({
        "startLine": start.line, "startColumn": start.column,
        "endLine": end.line, "endColumn": end.column,
    })
}
