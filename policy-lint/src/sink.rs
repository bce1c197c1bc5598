//! Collects findings, sets their severities, and removes those that a comment ignores.

use alloc::collections::{BTreeMap, BTreeSet};

use policy_wasm::time::Time;

use crate::config::{Config, Level};
use crate::diagnostic::{Diagnostic, Severity};
use crate::directive::Directive;
use crate::rule;
use crate::source::SourceFile;

/// The result of linting files
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Findings, sorted by file and place
    pub diagnostics: Vec<Diagnostic>,
    /// Findings that a comment with a reason ignores
    pub ignored: usize,
    /// Documents that were linted
    pub documents: usize,
    /// Documents that are not policies, policy manifests or suites
    pub passed_over: usize,
    /// The linted files, by index
    pub files: BTreeSet<usize>,
}

/// Collects findings
#[derive(Debug)]
pub(crate) struct Sink<'a> {
    config: &'a Config,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Sink<'a> {
    pub(crate) const fn new(config: &'a Config) -> Self {
        Self {
            config,
            diagnostics: Vec::new(),
        }
    }

    /// Returns the time of the check.
    pub(crate) const fn time(&self) -> Option<Time> {
        self.config.time()
    }

    /// Adds a finding, with its severity after overrides.
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        let level = self.config.level(&diagnostic.code);
        let severity = match level {
            None => diagnostic.severity,
            Some(Level::Allow) => return,
            Some(Level::At(severity)) => severity,
        };
        self.diagnostics.push(Diagnostic {
            severity,
            ..diagnostic
        });
    }

    /// Applies the comments of the files, and sorts the remaining findings.
    pub(crate) fn into_report(mut self, files: &[SourceFile], directives: &[Directive]) -> Report {
        let mut used = BTreeSet::new();
        let mut ignored = 0_usize;
        let mut kept = Vec::new();
        let mut by_line: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (index, directive) in directives.iter().enumerate() {
            by_line.entry(directive.about()).or_default().push(index);
        }
        for diagnostic in core::mem::take(&mut self.diagnostics) {
            let span = diagnostic.span();
            let line = files
                .get(span.file)
                .map(|file| file.position(span.start).line);
            let here = line.and_then(|line| by_line.get(&(span.file, line)));
            let mut here = here.into_iter().flatten();
            let ignoring = here.find(|index| {
                directives.get(**index).is_some_and(|directive| {
                    directive.ignores(&diagnostic.code, self.config.time())
                })
            });
            match ignoring.filter(|_| rule::can_be_ignored(&diagnostic.code)) {
                Some(&index) => {
                    used.insert((index, diagnostic.code));
                    ignored = ignored.saturating_add(1);
                }
                None => kept.push(diagnostic),
            }
        }
        for (index, directive) in directives.iter().enumerate() {
            let is_used = |code: &str| {
                // A lint that is disabled may find something under another configuration.
                self.config.level(code) == Some(Level::Allow)
                    || used.contains(&(index, code.to_owned()))
            };
            for finding in directive.problems(is_used, self.config.time()) {
                self.push(finding);
            }
        }
        kept.append(&mut self.diagnostics);
        kept.sort_by(|a, b| {
            // A field that is missing at an unknown one is misspelled there: the cause comes first.
            let key = |one: &Diagnostic| {
                let is_cause = one.code.ends_with("-unknown-field");
                (one.span(), core::cmp::Reverse((one.severity, is_cause)))
            };
            key(a).cmp(&key(b)).then_with(|| a.code.cmp(&b.code))
        });
        kept.dedup();
        Report {
            diagnostics: kept,
            ignored,
            ..Report::default()
        }
    }
}

impl Report {
    /// Returns the number of findings of a severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        let of_severity = |one: &&Diagnostic| one.severity == severity;
        self.diagnostics.iter().filter(of_severity).count()
    }

    /// Returns the highest severity of the findings.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.diagnostics.iter().map(|one| one.severity).max()
    }
}
