//! What there is to say about a text: stable code, severity, places, and what to do.

mod sink;

use core::fmt;

use serde::Serialize;

use crate::source::Span;

pub use sink::Report;
pub(crate) use sink::Sink;

/// One finding
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable code; that of a rule, of the policy's own validation, or of a suite's reader
    pub code: String,
    /// How bad it is, after all overrides
    pub severity: Severity,
    /// One sentence, without the place
    pub message: String,
    /// INVARIANT: not empty; the first says where it is, the others what made it so
    pub labels: Vec<Label>,
    /// What to write instead
    pub help: Option<String>,
    /// A change that makes the finding go away and cannot change a verdict
    pub fix: Option<Fix>,
}

/// How bad a finding is
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing
    Info,
    /// Probably not what was meant, or weaker than it looks
    Warning,
    /// Does not work, or does not protect
    Error,
}

/// A place and what is there
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where
    pub span: Span,
    /// A few words that go with the place; may be empty
    pub text: String,
}

/// A change of the text
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does
    pub title: String,
    /// All in one file, and none inside another
    pub edits: Vec<Edit>,
}

/// One replacement
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; may be empty
    pub span: Span,
    /// By what; may be empty
    pub replacement: String,
}

impl Severity {
    /// As it is written everywhere.
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

    /// Adds the place that made it so.
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

    /// Where it is.
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
