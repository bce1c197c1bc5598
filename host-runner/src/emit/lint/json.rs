//! JSON output: one versioned document.

use std::io::{self, Write};

use policy_lint::{API_VERSION, Edit, Label, Severity, SourceFile, Span};
use serde_json::{Value, json};

use super::Linted;

pub(super) fn write(out: &mut dyn Write, linted: &Linted) -> io::Result<()> {
    let report = &linted.report;
    let findings = report.diagnostics.iter().map(|finding| {
        let labels = finding.labels.iter();
        let labels: Value = labels
            .map(|label| self::label(label, &linted.files))
            .collect();
        let mut document = json!({
            "code": finding.code, "severity": finding.severity, "message": finding.message,
            "labels": labels,
        });
        if let Some(fields) = document.as_object_mut() {
            if let Some(help) = &finding.help {
                fields.insert("help".into(), help.as_str().into());
            }
            if let Some(fix) = &finding.fix {
                let edits = fix.edits.iter();
                let edits: Value = edits.map(|edit| self::edit(edit, &linted.files)).collect();
                fields.insert("fix".into(), json!({"title": fix.title, "edits": edits}));
            }
        }
        document
    });
    let findings: Value = findings.collect();
    let document = json!({
        "apiVersion": API_VERSION,
        "kind": "LintReport",
        "findings": findings,
        "summary": {
            "documents": report.documents, "passedOver": report.passed_over,
            "errors": report.count(Severity::Error),
            "warnings": report.count(Severity::Warning),
            "infos": report.count(Severity::Info),
            "ignored": report.ignored, "fixed": linted.fixed,
        },
    });
    crate::emit::json::write(out, &document)
}

fn label(label: &Label, files: &[SourceFile]) -> Value {
    let mut document = place(label.span, files);
    if let Some(fields) = document.as_object_mut() {
        fields.insert("text".into(), label.text.as_str().into());
    }
    document
}

fn edit(edit: &Edit, files: &[SourceFile]) -> Value {
    let mut document = place(edit.span, files);
    if let Some(fields) = document.as_object_mut() {
        fields.insert("replacement".into(), edit.replacement.as_str().into());
    }
    document
}

fn place(span: Span, files: &[SourceFile]) -> Value {
    let Some(file) = files.get(span.file) else {
        return json!({});
    };
    let position = |offset| {
        let position = file.position(offset);
        json!({"line": position.line, "column": position.column, "byte": offset})
    };
    json!({"file": file.name(), "start": position(span.start), "end": position(span.end)})
}
