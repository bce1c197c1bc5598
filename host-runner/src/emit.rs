//! Prints answers, one format a file. Answers go to standard output, everything else to standard
//! error.

pub(crate) mod admission_review;
pub(crate) mod human;
pub(crate) mod json;

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::inputs::Request;

/// A request and what the module said to it
#[derive(Debug)]
pub(crate) struct Evaluated {
    pub(crate) request: Request,
    /// A Decision, or the answer of a policy that gives none
    pub(crate) answer: Value,
}

impl Evaluated {
    /// Whether the request is admitted; an answer that does not say so admits nothing.
    pub(crate) fn is_admitted(&self) -> bool {
        let flag = |key| self.answer.get(key).and_then(Value::as_bool);
        flag("allowed")
            .or_else(|| flag("accepted"))
            .unwrap_or_default()
    }

    pub(crate) fn is_decision(&self) -> bool {
        self.answer.get("kind").and_then(Value::as_str) == Some("Decision")
    }
}

/// A module's answer about settings
#[derive(Debug, Deserialize)]
pub(crate) struct SettingsProblems {
    pub(crate) valid: bool,
    message: Option<String>,
    #[serde(default)]
    problems: Vec<SettingsProblem>,
}

#[derive(Debug, Deserialize)]
struct SettingsProblem {
    code: String,
    path: String,
    message: String,
}

/// Prints an error with its causes, outer context first.
pub(crate) fn error(error: &anyhow::Error) {
    anstream::eprintln!("{BOLD_RED}error{RESET}: {error:#}");
}

/// Prints everything that is wrong with a settings file.
pub(crate) fn settings_problems(path: &Path, problems: &SettingsProblems) {
    let path = path.display();
    for SettingsProblem {
        code,
        path: place,
        message,
    } in &problems.problems
    {
        let place = if place.is_empty() {
            String::new()
        } else {
            format!("{place}: ")
        };
        anstream::eprintln!("{BOLD_RED}error[{code}]{RESET}: {path}: {place}{message}");
    }
    if problems.problems.is_empty() {
        let message = problems.message.as_deref().unwrap_or("no reason given");
        anstream::eprintln!("{BOLD_RED}error{RESET}: {path}: {message}");
    }
}

/// Names the objects that no gatekeeper for images is asked about, by kind.
pub(crate) fn not_asked(requests: &[Request]) {
    let mut kinds: Vec<_> = requests
        .iter()
        .filter_map(|request| request.title.split(' ').next())
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    if !kinds.is_empty() {
        let (count, kinds) = (requests.len(), kinds.join(", "));
        anstream::eprintln!(
            "note: {count} objects bring in no image and were passed over: {kinds}"
        );
    }
}

const BOLD_RED: &str = "\x1b[1;31m";
const BOLD_GREEN: &str = "\x1b[1;32m";
const BOLD_YELLOW: &str = "\x1b[1;33m";
const DIM: &str = "\x1b[2m";
const RESET: &str = "\x1b[0m";
