//! Configuration: severities by code, from a file or the command line, and the time of the check, which callers
//! supply.

use alloc::collections::BTreeMap;

use policy_wasm::time::Time;

use crate::diagnostic::{Diagnostic, Severity};
use crate::read::Reader;
use crate::rule;
use crate::source::{Node, SourceFile};
use crate::spelling::closest;

/// Overrides of severities, and the time
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Config {
    levels: BTreeMap<String, Level>,
    time: Option<Time>,
}

/// Level of a code
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Not reported
    Allow,
    /// Reported with this severity
    At(Severity),
}

const LEVELS: &[(&str, Level)] = &[
    ("allow", Level::Allow),
    ("info", Level::At(Severity::Info)),
    ("warning", Level::At(Severity::Warning)),
    ("error", Level::At(Severity::Error)),
];

/// The kind of a configuration document
const KIND: &str = "LintConfig";

/// Whether a document is a configuration.
pub(crate) fn is_config(document: &Node) -> bool {
    document.text_of("kind") == KIND
}

impl Config {
    /// Reads a configuration file: `kind: LintConfig` with `severity: {CODE: allow|info|warning|error}`.
    ///
    /// # Errors
    ///
    /// All problems of the file, including unknown codes, which would have no effect.
    pub fn parse(source: &SourceFile) -> Result<Self, Vec<Diagnostic>> {
        let reader = Reader::new("config");
        let mut config = Self::default();
        match source.parse(0) {
            Err(malformed) => reader.malformed(&malformed),
            Ok(documents) => match documents.as_slice() {
                [document] => config.read(document, &reader),
                [] => reader.empty(0),
                [_, second, ..] => reader.several(second),
            },
        }
        reader.finish().map(|()| config)
    }

    fn read(&mut self, document: &Node, reader: &Reader) {
        let Some(fields) = reader.fields(document) else {
            return;
        };
        fields.require_kind(KIND);
        let levels = fields.get("severity").and_then(|node| reader.fields(node));
        for entry in levels.iter().flat_map(|levels| levels.all()) {
            if !rule::can_be_ignored(&entry.key) {
                let message = format!("no lint `{}`", entry.key);
                let known = rule::RULES.iter().map(|rule| rule.code);
                match closest(&entry.key, known) {
                    Some(code) => {
                        let help = format!("did you mean `{code}`?");
                        reader.invalid_with_help(entry.key_span, message, &help);
                    }
                    None => reader.invalid(entry.key_span, message),
                }
            }
            if let Some(level) = reader.choice(&entry.value, LEVELS) {
                self.set(&entry.key, level);
            }
        }
        fields.finish();
    }

    /// Sets the time of the check. Without it, rules that depend on a date find nothing.
    #[must_use]
    pub fn at(self, time: Time) -> Self {
        Self {
            time: Some(time),
            ..self
        }
    }

    /// Returns the time of the check.
    pub(crate) const fn time(&self) -> Option<Time> {
        self.time
    }

    /// Overrides one code; the last override applies.
    pub fn set(&mut self, code: &str, level: Level) {
        self.levels.insert(code.to_owned(), level);
    }

    pub(crate) fn level(&self, code: &str) -> Option<Level> {
        self.levels.get(code).copied()
    }
}
