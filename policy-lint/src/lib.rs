//! Linter for policies: takes texts and returns findings. It uses no file, clock or network, so the crate also
//! builds for the browser.
//!
//! [`lint`] takes files together, since some findings are about several of them, and returns one
//! [`Report`]. The texts may be settings, Google's own documents, Kubewarden's manifests, or
//! [suites](suite) of tests; each is told by its content.
//!
//! | to read about | go to |
//! | --- | --- |
//! | rules and their pages | `rule/`, one file each |
//! | findings | [`Diagnostic`] |
//! | overrides of severities | [`Config`] |
//! | comments that ignore findings | `directive.rs` |
//! | what settings demand, as a matrix | [`describe()`] |
//! | recognition of documents | `document.rs` |
//! | answers to editors | [`editor`] |
//! | pages of codes | [`Entry`]; the help lines of reason codes are in [`help`] |
//! | permissions that settings need | [`Needs`] |
//! | cosign's names of predicate types | [`predicate_type`] |
//! | the tests of a policy, as a document | [`suite`] |

extern crate alloc;

mod apart;
mod config;
mod describe;
mod diagnostic;
mod directive;
mod document;
pub mod editor;
mod entry;
mod fix;
pub mod help;
mod misspelled;
mod needs;
pub mod predicate_type;
pub mod public_key;
mod read;
mod rule;
mod schema;
mod sink;
pub mod source;
mod spelling;
pub mod suite;
mod validation;

use alloc::collections::{BTreeMap, BTreeSet};

pub use config::{Config, Level};
pub use describe::{
    Cell, Check as DescribedCheck, Column, Demand, Exempt, ImageEffect, ImageRuleDemand,
    IndexPolicy, Matrix, Requirement, Row, Scope, Unmatched, describe,
};
pub use diagnostic::{Diagnostic, Edit, Fix, Label, Severity};
pub use document::{is_dns_label, is_dns_subdomain};
pub use entry::Entry;
pub use fix::apply_fixes;
pub use needs::{ATTESTATION, Needs};
pub use read::{API_VERSION, PROBLEMS, Problem};
pub use rule::{RULES, Rule};
pub use schema::{SETTINGS_SCHEMA, definition};
pub use sink::Report;
pub use source::{Position, SourceFile, Span};
pub use spelling::{closest, closest_resource};

use directive::Directive;
use document::{Document, Manifest, Origin, Settings};
use rule::{Check, Findings};
use sink::Sink;
use source::{Doubt, Node, Reading};
use suite::Suite;

/// Lints files together.
///
/// ```
/// use policy_lint::{Config, SourceFile, lint};
///
/// let settings = "policy: {defaultAdmissionRule: {evaluationMode: ALWAYS_ALLOW, \
///     enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}}";
/// let report = lint(&[SourceFile::new("policy.yaml", settings)], &Config::default());
/// let codes: Vec<_> = report.diagnostics.iter().map(|one| one.code.as_str()).collect();
/// assert!(codes.contains(&"lint-always-allow-default"));
/// ```
#[must_use]
pub fn lint(files: &[SourceFile], config: &Config) -> Report {
    lint_each(files, config, || {})
}

/// Like [`lint`], calling `done` after each file, for example for a progress bar.
#[must_use]
pub fn lint_each(files: &[SourceFile], config: &Config, done: impl Fn()) -> Report {
    let mut sink = Sink::new(config);
    let apart = apart::readable(files, &mut sink);
    let files = apart.as_deref().unwrap_or(files);
    let mut directives = Vec::new();
    let mut parsed: Vec<Reading> = Vec::new();
    for (index, file) in files.iter().enumerate() {
        match file.read(index) {
            Ok(reading) => {
                directives.append(&mut Directive::find(index, file, &reading.documents));
                parsed.push(reading);
            }
            Err(malformed) => {
                let finding = Diagnostic::new(malformed.span, "", malformed.to_string());
                sink.push(finding.coded("document-malformed"));
            }
        }
    }
    let (mut linted, mut passed_over) = (0_usize, 0_usize);
    let mut linted_files = BTreeSet::new();
    let (mut manifests, mut suites) = (Vec::new(), Vec::new());
    let mut settings_by_file = BTreeMap::new();
    for reading in &parsed {
        for node in &reading.documents {
            let text = files.get(node.span.file).map_or("", SourceFile::text);
            match misspelled::document(node, text) {
                Document::Settings(settings) => {
                    check_alone(&settings, &reading.documents, &mut sink);
                    check_notation(node, text, &reading.doubts, &mut sink);
                    check_settings(&settings, &mut sink);
                    settings_by_file.insert(node.span.file, settings);
                }
                Document::Manifest(manifest) => {
                    check_notation(node, text, &reading.doubts, &mut sink);
                    manifests.push(manifest);
                }
                Document::Suite(node) => {
                    let suite = check_suite(node, &mut sink);
                    suites.extend(suite.map(|suite| (node.span.file, suite)));
                }
                Document::Unknown(kind) => {
                    let message = "nothing of this version has this kind";
                    let finding = Diagnostic::new(source::pointed_at(kind), "", message);
                    sink.push(finding.coded("document-unknown-kind"));
                }
                Document::Other => {
                    passed_over = passed_over.saturating_add(1);
                    continue;
                }
            }
            linted = linted.saturating_add(1);
            linted_files.insert(node.span.file);
        }
        done();
    }
    check_manifests(&manifests, &mut sink);
    check_tested(&suites, &settings_by_file, files, &mut sink);
    Report {
        documents: linted,
        passed_over,
        files: linted_files,
        ..sink.into_report(files, &directives)
    }
}

/// Returns the place in a file of settings to which a path leads, such as `policy.defaultAdmissionRule`; the place
/// of the nearest value above it if the path leads further. `None` if the file has no settings.
#[must_use]
pub fn place(file: &SourceFile, path: &str) -> Option<Span> {
    let documents = file.parse(0).ok()?;
    documents.iter().find_map(|node| {
        let root = match misspelled::document(node, file.text()) {
            Document::Settings(settings) => settings.root,
            Document::Manifest(manifest) => manifest.settings()?.root,
            Document::Suite(_) | Document::Unknown(_) | Document::Other => return None,
        };
        Some(source::resolve(root, path))
    })
}

/// Reports settings that share a file with other documents: every command reads settings from a file of one
/// document. A suite may follow them.
fn check_alone(settings: &Settings<'_>, documents: &[Node], sink: &mut Sink<'_>) {
    let others = documents.iter().filter(|node| {
        let is_suite = node.text_of("kind") == suite::KIND;
        !is_suite && node.span != settings.root.span
    });
    if settings.origin == Origin::Settings && others.count() > 0 {
        let message = "settings are one document, and this file has several";
        let finding = Diagnostic::new(source::pointed_at(settings.root), "", message);
        sink.push(finding.coded("document-several"));
    }
}

/// Checks the places of a document that YAML parsers read differently.
fn check_notation(node: &Node, text: &str, doubts: &[Doubt], sink: &mut Sink<'_>) {
    for doubt in doubts.iter().filter(|doubt| node.span.contains(doubt.span)) {
        let written = text.get(doubt.span.range()).unwrap_or_default();
        each_rule(sink, |check, findings| {
            if let Check::Notation(check) = check {
                check(doubt, written, findings);
            }
        });
    }
}

fn check_settings(settings: &Settings<'_>, sink: &mut Sink<'_>) {
    validation::check(settings)
        .into_iter()
        .for_each(|finding| sink.push(finding));
    let time = sink.time();
    each_rule(sink, |check, findings| match (check, time) {
        (Check::Settings(check), _) => check(settings, findings),
        (Check::Dated(check), Some(time)) => check(settings, time, findings),
        _ => {}
    });
}

fn check_manifests(manifests: &[Manifest<'_>], sink: &mut Sink<'_>) {
    for manifest in manifests {
        for part in manifest.parts() {
            if let Some(settings) = part.settings() {
                check_settings(&settings, sink);
            }
        }
        each_rule(sink, |check, findings| {
            if let Check::Manifest(check) = check {
                check(manifest, findings);
            }
        });
    }
    each_rule(sink, |check, findings| {
        if let Check::Manifests(check) = check {
            check(manifests, findings);
        }
    });
}

/// Checks a suite by itself, and returns it if it could be read.
fn check_suite(node: &Node, sink: &mut Sink<'_>) -> Option<Suite> {
    match Suite::read(node) {
        Ok(suite) => {
            each_rule(sink, |check, findings| {
                if let Check::Suite(check) = check {
                    check(&suite, findings);
                }
            });
            Some(suite)
        }
        Err(problems) => {
            problems.into_iter().for_each(|problem| sink.push(problem));
            None
        }
    }
}

/// Checks suites together with the settings that they test, where both were handed in.
fn check_tested(
    suites: &[(usize, Suite)],
    settings: &BTreeMap<usize, Settings<'_>>,
    files: &[SourceFile],
    sink: &mut Sink<'_>,
) {
    let named = |name: &str| {
        let mut of_file = settings.iter();
        of_file.find_map(|(file, settings)| {
            let file = files.get(*file)?;
            (plain_path(file.name()) == name).then_some(settings)
        })
    };
    for (file, suite) in suites {
        let name = files.get(*file).map_or("", SourceFile::name);
        let folder = name
            .rsplit_once(['/', '\\'])
            .map_or("", |(folder, _)| folder);
        let path = plain_path(&format!("{folder}/{}", suite.settings));
        // In one stream, the settings stand beside their suite.
        let Some(settings) = named(&path).or_else(|| settings.get(file)) else {
            continue;
        };
        each_rule(sink, |check, findings| {
            if let Check::Tested(check) = check {
                check(suite, settings, findings);
            }
        });
    }
}

/// A path without `.` and `..`, as far as that can be told from its text.
fn plain_path(path: &str) -> String {
    let mut steps = Vec::new();
    for step in path.split(['/', '\\']) {
        match step {
            "" | "." => {}
            ".." if steps.last().is_some_and(|last| *last != "..") => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.join("/")
}

/// Runs every rule; what it finds has its code and severity.
fn each_rule(sink: &mut Sink<'_>, run: impl Fn(&Check, &mut Findings)) {
    for rule in RULES {
        let mut findings = Findings::new();
        run(&rule.check, &mut findings);
        for finding in findings {
            let severity = rule.severity;
            sink.push(Diagnostic {
                severity,
                ..finding.coded(rule.code)
            });
        }
    }
}
