//! Parser of Countersign's own documents (suites, configuration): unknown keys are errors, and all problems are
//! reported with their places.

use alloc::collections::BTreeSet;
use core::cell::RefCell;

use crate::diagnostic::Diagnostic;
use crate::source::{Entry, Malformed, Node, Shape, Span};
use crate::spelling::{closest, did_you_mean};

/// API version of these documents
pub const API_VERSION: &str = "countersign.dev/v1";

/// A problem that a document has as a whole, or a suite or a configuration in one of its fields
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// Its stable code
    pub code: &'static str,
    /// The problem, in one sentence without a period
    pub meaning: &'static str,
    /// The change that solves it
    pub help: &'static str,
}

/// All problems with documents, apart from those of settings
pub const PROBLEMS: &[Problem] = &[
    Problem::of(
        "document-malformed",
        "The document is not valid YAML or JSON, or has a duplicate key",
        "correct the document at the line that is shown",
    ),
    Problem::of(
        "document-several",
        "A file contains settings and another document; commands read settings from a file of one document",
        "move the settings to a file of their own",
    ),
    Problem::of(
        "document-unknown-kind",
        "Countersign's or Kubewarden's API has no such kind",
        "correct `kind` or `apiVersion`",
    ),
    Problem::of("suite-invalid-value", INVALID_VALUE, BY_MESSAGE),
    Problem::of("config-invalid-value", INVALID_VALUE, BY_MESSAGE),
    Problem::of("suite-malformed", MALFORMED, ONE_DOCUMENT),
    Problem::of("config-malformed", MALFORMED, ONE_DOCUMENT),
    Problem::of("suite-missing-field", MISSING_FIELD, ADD_FIELD),
    Problem::of("config-missing-field", MISSING_FIELD, ADD_FIELD),
    Problem::of("suite-unknown-field", UNKNOWN_FIELD, REMOVE_FIELD),
    Problem::of("config-unknown-field", UNKNOWN_FIELD, REMOVE_FIELD),
    Problem::of(
        "suite-unknown-name",
        "A name that neither the suite nor its settings declare",
        "correct the name, or declare it in the suite or the settings",
    ),
    Problem::of(
        "suite-without-clock",
        "The suite has no `time`, so its results would change as scans and keys expire",
        "add `time`, for example `time: 2026-01-31T12:00:00Z`",
    ),
    Problem::of("suite-wrong-type", WRONG_TYPE, SUITE_TYPES),
    Problem::of("config-wrong-type", WRONG_TYPE, CONFIG_TYPES),
];

const INVALID_VALUE: &str = "The value is invalid for this field";
const BY_MESSAGE: &str = "use a value of the form that the message names";
const MALFORMED: &str = "The file is not one valid YAML or JSON document";
const ONE_DOCUMENT: &str = "correct the file, which has exactly one document";
const MISSING_FIELD: &str = "A required field is missing";
const ADD_FIELD: &str = "add the field that the message names";
const UNKNOWN_FIELD: &str = "The document has no such field";
const REMOVE_FIELD: &str = "remove the field, or correct its spelling";
const WRONG_TYPE: &str = "The value has the wrong type";
const SUITE_TYPES: &str =
    "use the type that the message names; `countersign schema suite` describes all fields";
const CONFIG_TYPES: &str =
    "use the type that the message names; `countersign schema lint-config` describes all fields";

impl Problem {
    const fn of(code: &'static str, meaning: &'static str, help: &'static str) -> Self {
        Self {
            code,
            meaning,
            help,
        }
    }

    /// Returns the problem of a code.
    #[must_use]
    pub fn by_code(code: &str) -> Option<&'static Self> {
        PROBLEMS.iter().find(|problem| problem.code == code)
    }
}

/// Collects the problems of one document
#[derive(Debug)]
pub(crate) struct Reader {
    /// Prefix of the codes: `suite` or `config`
    noun: &'static str,
    problems: RefCell<Vec<Diagnostic>>,
}

impl Reader {
    pub(crate) const fn new(noun: &'static str) -> Self {
        Self {
            noun,
            problems: RefCell::new(Vec::new()),
        }
    }

    /// The problems, where there are some.
    pub(crate) fn finish(self) -> Result<(), Vec<Diagnostic>> {
        let problems = self.problems.into_inner();
        if problems.is_empty() {
            Ok(())
        } else {
            Err(problems)
        }
    }

    fn push(&self, problem: &str, finding: Diagnostic) {
        let code = format!("{}-{problem}", self.noun);
        self.problems.borrow_mut().push(finding.coded(&code));
    }

    /// A value that cannot be.
    pub(crate) fn invalid(&self, span: Span, message: impl Into<String>) {
        self.push("invalid-value", Diagnostic::new(span, "", message));
    }

    /// Like [`Self::invalid`], with a help text.
    pub(crate) fn invalid_with_help(&self, span: Span, message: impl Into<String>, help: &str) {
        let finding = Diagnostic::new(span, "", message).help(help);
        self.push("invalid-value", finding);
    }

    /// A suite that does not say when it is judged.
    pub(crate) fn without_clock(&self, span: Span) {
        let message = "`time` is required, because scans and keys expire";
        let finding = Diagnostic::new(span, "", message)
            .help("add `time`, for example `time: 2026-01-31T12:00:00Z`");
        self.push("without-clock", finding);
    }

    /// A name that nothing has.
    pub(crate) fn unknown_name(&self, span: Span, what: &str, name: &str, known: &[&str]) {
        let message = format!("there is no {what} `{name}`");
        let finding = Diagnostic::new(span, "", message);
        let finding = match did_you_mean(name, known) {
            Some(help) => finding.help(help),
            None => finding,
        };
        self.push("unknown-name", finding);
    }

    pub(crate) fn malformed(&self, malformed: &Malformed) {
        let finding = Diagnostic::new(malformed.span, "", malformed.to_string());
        self.push("malformed", finding);
    }

    pub(crate) fn empty(&self, file: usize) {
        let span = Span {
            file,
            start: 0,
            end: 0,
        };
        self.push("malformed", Diagnostic::new(span, "", "the file is empty"));
    }

    pub(crate) fn several(&self, second: &Node) {
        let message = "expected one document, but another one begins here";
        self.push(
            "malformed",
            Diagnostic::new(crate::source::pointed_at(second), "", message),
        );
    }

    /// The fields of a mapping.
    pub(crate) fn fields<'n, 'r>(&'r self, node: &'n Node) -> Option<Fields<'n, 'r>> {
        if matches!(node.shape, Shape::Map(_)) {
            return Some(Fields {
                node,
                reader: self,
                asked: RefCell::default(),
            });
        }
        self.wrong_type(node, "a mapping");
        None
    }

    /// The items of a list.
    pub(crate) fn items<'n>(&self, node: &'n Node) -> &'n [Node] {
        if !matches!(node.shape, Shape::List(_)) {
            self.wrong_type(node, "a list");
        }
        node.items()
    }

    /// The items of a list that has some: none would ask for nothing.
    pub(crate) fn filled<'n>(&self, node: &'n Node) -> &'n [Node] {
        let items = self.items(node);
        if matches!(node.shape, Shape::List(_)) && items.is_empty() {
            self.invalid(node.span, "an empty list has no effect; remove it");
        }
        items
    }

    /// A text that is not empty.
    pub(crate) fn text<'n>(&self, node: &'n Node) -> Option<&'n str> {
        match node.text() {
            Some("") => {
                self.invalid(node.span, "must not be empty");
                None
            }
            Some(text) => Some(text),
            None => {
                self.wrong_type(node, "a text");
                None
            }
        }
    }

    /// One of several words.
    pub(crate) fn choice<T: Copy>(&self, node: &Node, choices: &[(&str, T)]) -> Option<T> {
        let text = self.text(node)?;
        let found = choices.iter().find(|(name, _)| *name == text);
        if found.is_none() {
            let names = || choices.iter().map(|(name, _)| *name);
            let listed: Vec<_> = names().map(|name| format!("`{name}`")).collect();
            let message = format!("expected one of {}, got `{text}`", listed.join(", "));
            let finding = Diagnostic::new(node.span, "", message);
            let finding = match closest(text, names()) {
                Some(name) => finding.help(format!("did you mean `{name}`?")),
                None => finding,
            };
            self.push("invalid-value", finding);
        }
        found.map(|(_, value)| *value)
    }

    pub(crate) fn wrong_type(&self, node: &Node, expected: &str) {
        let message = format!("expected {expected}, got {}", node.kind());
        self.push(
            "wrong-type",
            Diagnostic::new(crate::source::pointed_at(node), "", message),
        );
    }
}

/// A mapping, of which each key has to be asked for
#[derive(Debug)]
pub(crate) struct Fields<'n, 'r> {
    node: &'n Node,
    reader: &'r Reader,
    asked: RefCell<BTreeSet<&'static str>>,
}

impl<'n> Fields<'n, '_> {
    /// Returns the start of the mapping.
    pub(crate) fn span(&self) -> Span {
        crate::source::pointed_at(self.node)
    }

    /// Returns the place of a key's value, or of the mapping if it has none.
    pub(crate) fn entry_span(&self, key: &str) -> Span {
        match self.node.entry(key) {
            Some(entry) if matches!(entry.value.shape, Shape::Text(_)) => entry.value.span,
            Some(entry) => entry.key_span,
            None => self.span(),
        }
    }

    /// The value of a key that may be there.
    pub(crate) fn get(&self, key: &'static str) -> Option<&'n Node> {
        self.asked.borrow_mut().insert(key);
        self.node.get(key)
    }

    /// The value of a key that has to be there.
    pub(crate) fn require(&self, key: &'static str) -> Option<&'n Node> {
        let found = self.get(key);
        if found.is_none() {
            let message = format!("`{key}` is required");
            self.reader
                .push("missing-field", Diagnostic::new(self.span(), "", message));
        }
        found
    }

    /// The text of a key that may be there.
    pub(crate) fn text(&self, key: &'static str) -> Option<&'n str> {
        self.get(key).and_then(|node| self.reader.text(node))
    }

    /// The items under a key, whatever they are.
    pub(crate) fn items(&self, key: &str) -> &'n [Node] {
        self.node.items_of(key)
    }

    /// Every entry, for mappings whose keys are free.
    pub(crate) fn all(&self) -> &'n [Entry] {
        self.node.entries()
    }

    /// Checks version and kind.
    pub(crate) fn require_kind(&self, kind: &'static str) {
        if let Some(version) = self.require("apiVersion") {
            self.reader.choice(version, &[(API_VERSION, ())]);
        }
        if let Some(node) = self.require("kind") {
            self.reader.choice(node, &[(kind, ())]);
        }
    }

    /// Reports unknown keys.
    pub(crate) fn finish(self) {
        let asked = self.asked.borrow();
        let known: Vec<_> = asked.iter().copied().collect();
        for entry in self.node.entries() {
            if !asked.contains(entry.key.as_str()) {
                let message = format!("unknown field `{}`", entry.key);
                let finding = Diagnostic::new(entry.key_span, "", message);
                let help = did_you_mean(&entry.key, &known).unwrap_or_default();
                self.reader.push("unknown-field", finding.help(help));
            }
        }
    }
}
