//! Pages of codes: their meaning, effect and help.

use policy_wasm::Code;
use policy_wasm::decision::Role;
use serde_json::{Value, json};

use crate::help;
use crate::read::Problem;
use crate::rule::Rule;

/// A code of the policy, of documents or of the linter
#[derive(Debug, Clone, Copy)]
pub enum Entry {
    /// A reason of a Decision
    Reason(Code),
    /// A problem of a document
    Problem(&'static Problem),
    /// A rule of the linter
    Lint(&'static Rule),
}

impl Entry {
    /// Returns the entry of a code.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        let lint = || Rule::by_code(code).map(Self::Lint);
        let problem = || Problem::by_code(code).map(Self::Problem);
        let reason = || Code::ALL.iter().find(|known| known.as_str() == code);
        lint()
            .or_else(problem)
            .or_else(|| reason().copied().map(Self::Reason))
    }

    /// Returns the code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Reason(code) => code.as_str(),
            Self::Problem(problem) => problem.code,
            Self::Lint(rule) => rule.code,
        }
    }

    /// Returns its meaning, in one sentence.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Reason(code) => code.meaning(),
            Self::Problem(problem) => problem.meaning,
            Self::Lint(rule) => rule.what,
        }
    }

    /// Returns the subject of the code, in one word.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::Reason(code) => match code.role() {
                Role::Admission => "admission",
                Role::Violation => "denial",
                Role::Error => "error",
                Role::Detail => "detail",
                Role::Warning => "warning",
                Role::Settings => "settings",
            },
            Self::Problem(problem) => problem.code.split('-').next().unwrap_or_default(),
            Self::Lint(_) => "lint",
        }
    }

    /// Returns its effect on a request or a document.
    #[must_use]
    pub fn effect(self) -> &'static str {
        match self {
            Self::Reason(code) => match code.role() {
                Role::Admission => "none: explains why something is admitted or not checked",
                Role::Violation => "denied, with verdict NON_CONFORMANT",
                Role::Error => "denied, with verdict ERROR: the policy could not be evaluated",
                Role::Detail => {
                    "none by itself: explains in another reason why evidence was not used"
                }
                Role::Warning => "a warning in addition to the verdict",
                Role::Settings => {
                    "the settings are invalid: every request is denied with settings-invalid"
                }
            },
            Self::Problem(_) => "an error; the document is not used",
            Self::Lint(_) => "a finding of `countersign lint`",
        }
    }

    /// Returns the advice to the reader.
    #[must_use]
    pub fn help(self) -> Option<&'static str> {
        match self {
            Self::Reason(code) => help::on_page(code),
            Self::Problem(problem) => Some(problem.help),
            // Its page has an example.
            Self::Lint(_) => None,
        }
    }

    /// Returns its page, as `countersign explain` prints it.
    #[must_use]
    pub fn page(self) -> String {
        if let Self::Lint(rule) = self {
            return rule.page();
        }
        let (code, meaning, effect) = (self.code(), self.meaning(), self.effect());
        let help = self.help();
        let help = help.map_or_else(String::new, |help| format!("what to do  {help}\n"));
        format!("{code}\n\n  {meaning}\n\neffect      {effect}\n{help}")
    }

    /// Returns its page in Markdown.
    #[must_use]
    pub fn markdown(self) -> String {
        if let Self::Lint(rule) = self {
            return rule.markdown();
        }
        let (code, meaning, effect) = (self.code(), self.meaning(), self.effect());
        let help = self.help();
        let help = help.map_or_else(String::new, |help| format!("\n- **What to do:** {help}"));
        format!("**`{code}`**\n\n{meaning}\n\n- **Effect:** {effect}{help}")
    }

    /// Returns its page as JSON.
    #[must_use]
    pub fn document(self) -> Value {
        let mut document = json!({
            "code": self.code(), "kind": self.kind(), "meaning": self.meaning(), "effect": self.effect(),
        });
        let lint = match self {
            Self::Lint(rule) => json!({
                "severity": rule.severity.name(), "why": rule.why, "avoid": rule.avoided(), "prefer": rule.preferred(),
            }),
            Self::Reason(_) | Self::Problem(_) => json!({"help": self.help()}),
        };
        if let (Some(fields), Value::Object(more)) = (document.as_object_mut(), lint) {
            fields.extend(more);
        }
        document
    }
}
