//! Findings: stable code, severity, places, and help.

use core::fmt;

use serde::Serialize;

use crate::source::Span;

/// One finding
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable code; that of a rule, of the policy's own validation, or of a suite's reader
    pub code: String,
    /// Severity, after all overrides
    pub severity: Severity,
    /// One sentence, without the place
    pub message: String,
    /// INVARIANT: not empty; the first is the place of the finding, the others are its causes
    pub labels: Vec<Label>,
    /// Advice
    pub help: Option<String>,
    /// A change that resolves the finding and cannot change a verdict
    pub fix: Option<Fix>,
}

/// Severity of a finding
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// For information
    Info,
    /// Probably unintended, or weaker than it looks
    Warning,
    /// Does not work, or does not protect
    Error,
}

/// A place with a text
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place
    pub span: Span,
    /// A few words that go with the place; may be empty
    pub text: String,
}

/// A change of the text
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// Description of the change
    pub title: String,
    /// Edits in one file, without overlaps
    pub edits: Vec<Edit>,
}

/// One replacement
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The replaced text; may be empty
    pub span: Span,
    /// The replacement; may be empty
    pub replacement: String,
}

impl Severity {
    /// Returns the name of the severity.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Diagnostic {
    /// A finding at one place; of a rule, code and severity are the rule's.
    pub(crate) fn new(span: Span, label: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: String::new(),
            severity: Severity::Error,
            message: message.into(),
            labels: vec![Label {
                span,
                text: label.into(),
            }],
            help: None,
            fix: None,
        }
    }

    /// Sets the code.
    pub(crate) fn coded(self, code: &str) -> Self {
        Self {
            code: code.to_owned(),
            ..self
        }
    }

    /// Adds the place of a cause.
    pub(crate) fn because(mut self, span: Span, label: impl Into<String>) -> Self {
        self.labels.push(Label {
            span,
            text: label.into(),
        });
        self
    }

    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..self
        }
    }

    pub(crate) fn fix(self, title: impl Into<String>, edits: Vec<Edit>) -> Self {
        let title = title.into();
        Self {
            fix: Some(Fix { title, edits }),
            ..self
        }
    }

    /// Returns its place.
    #[must_use]
    pub fn span(&self) -> Span {
        self.labels.first().map_or(
            Span {
                file: 0,
                start: 0,
                end: 0,
            },
            |label| label.span,
        )
    }
}
