//! Findings as a client shows them.

use core::cmp::Reverse;
use std::path::Path;

use policy_lint::{Config, Diagnostic, Severity, Span};
use serde_json::{Value, json};

use super::documents::{Document, Documents, SETTINGS};
use crate::clock::now;
use crate::lint_config;

/// Maximum number of findings that are shown in a document: the most severe
const MAX_SHOWN: usize = 1000;

/// Looks for the findings in a document. Returns the parameters of `textDocument/publishDiagnostics`, and a problem of
/// the linter's configuration.
pub(super) fn publish(documents: &Documents, document: &Document) -> (Value, Option<String>) {
    let (config, problem) = config(document);
    let settings = documents.settings_of(document);
    let found = document
        .findings
        .get_or_init(|| find(document, settings.as_ref(), &config));
    let mut found: Vec<_> = found.iter().collect();
    if found.len() > MAX_SHOWN {
        found.sort_by_key(|one| Reverse(one.severity));
        found.truncate(MAX_SHOWN);
    }
    let shown = found
        .into_iter()
        .map(|one| shown(one, document, settings.as_ref()));
    let published = json!({
        "uri": document.uri,
        "version": document.version,
        "diagnostics": shown.collect::<Vec<_>>(),
    });
    (published, problem)
}

/// Returns the findings in a document, with their places.
pub(super) fn findings<'d>(documents: &Documents, document: &'d Document) -> &'d [Diagnostic] {
    document.findings.get_or_init(|| {
        let settings = documents.settings_of(document);
        find(document, settings.as_ref(), &config(document).0)
    })
}

fn find(document: &Document, settings: Option<&Document>, config: &Config) -> Vec<Diagnostic> {
    let is_config = document.path.as_deref().is_some_and(lint_config::is_config);
    let files = core::iter::once(document).chain(settings);
    let files: Vec<_> = files.map(|one| one.parsed().source().clone()).collect();
    if let Some(file) = files.first().filter(|_| is_config) {
        return Config::parse(file).err().unwrap_or_default();
    }
    // Most malformed documents are not for this program: other files are YAML, too.
    if !document.parsed().is_readable() && !document.may_be_own() {
        return Vec::new();
    }
    let report = policy_lint::lint(&files, config);
    let is_other = !report.files.contains(&0);
    let mut found = report.diagnostics;
    found.retain(|one| one.span().file == 0);
    if is_other && found.is_empty() {
        found.extend(document.parsed().misspelled());
    }
    found
}

/// Returns the configuration of the linter for a document, and its problem.
fn config(document: &Document) -> (Config, Option<String>) {
    let folder = document.path.as_deref().and_then(Path::parent);
    let path = folder.and_then(lint_config::nearest);
    let (config, problem) = match path.map(|path| lint_config::read(&path)) {
        Some(Ok(config)) => (config, None),
        Some(Err(error)) => (Config::default(), Some(error.to_string())),
        None => (Config::default(), None),
    };
    match now() {
        Some(time) => (config.at(time), problem),
        None => (config, problem),
    }
}

/// Returns a finding as the protocol has it.
pub(super) fn shown(
    finding: &Diagnostic,
    document: &Document,
    settings: Option<&Document>,
) -> Value {
    let mut labels = finding.labels.iter();
    let mut message = finding.message.clone();
    let label = labels.next().map_or("", |label| label.text.as_str());
    if !message.contains(label) {
        message.push_str(&format!(": {label}"));
    }
    if let Some(help) = &finding.help {
        message.push_str(&format!("\nhelp: {help}"));
    }
    let related = labels.filter_map(|label| {
        let location = location(label.span, document, settings)?;
        let text = if label.text.is_empty() {
            "here"
        } else {
            &label.text
        };
        Some(json!({"location": location, "message": text}))
    });
    json!({
        "range": document.range(finding.span()),
        "severity": match finding.severity {
            Severity::Error => 1,
            Severity::Warning => 2,
            Severity::Info => 3,
        },
        "code": finding.code,
        "source": "countersign",
        "message": message,
        "relatedInformation": related.collect::<Vec<_>>(),
    })
}

/// Returns a place in a document or in the settings of a suite.
pub(super) fn location(
    span: Span,
    document: &Document,
    settings: Option<&Document>,
) -> Option<Value> {
    let document = match span.file {
        SETTINGS => settings?,
        _ => document,
    };
    let range = document.range(span);
    Some(json!({"uri": document.uri, "range": range}))
}
