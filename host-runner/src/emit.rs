//! Prints answers, one format a file. Answers go to standard output, everything else to standard
//! error.

pub(crate) mod admission_review;
pub(crate) mod audit;
pub(crate) mod bench;
pub(crate) mod change;
pub(crate) mod changes;
pub(crate) mod diagnostic;
pub(crate) mod explain;
mod github;
pub(crate) mod gke;
pub(crate) mod human;
pub(crate) mod import;
pub(crate) mod json;
mod junit;
pub(crate) mod lint;
pub(crate) mod output;
pub(crate) mod test;
mod tree;
pub(crate) mod verification;

use std::io;
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
        Self::admits(&self.answer)
    }

    /// The same for an answer by itself.
    pub(crate) fn admits(answer: &Value) -> bool {
        let flag = |key| answer.get(key).and_then(Value::as_bool);
        flag("allowed")
            .or_else(|| flag("accepted"))
            .unwrap_or_default()
    }

    pub(crate) fn is_decision(&self) -> bool {
        is_decision(&self.answer)
    }
}

/// Whether an answer says what was found for each image.
pub(crate) fn is_decision(answer: &Value) -> bool {
    text(answer, "kind") == "Decision"
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

/// Takes a closed pipe for success: whoever reads our output has read enough. The exit status is
/// that of the answer all the same.
pub(crate) fn unless_closed(printed: io::Result<()>) -> io::Result<()> {
    match printed {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        printed => printed,
    }
}

/// Text that somebody else wrote, fit for a terminal: nothing in it can move the cursor, change
/// colours, begin a line or turn the direction of writing.
pub(crate) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_unsafe(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Whether a character could do something to a terminal.
fn is_unsafe(character: char) -> bool {
    let is_invisible = matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    character.is_control() || is_invisible
}

/// `1 case`, `2 cases`
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// Prints an error with its causes, outer context first.
pub(crate) fn error(error: &anyhow::Error) {
    // Line by line: parsers show the place in the text on lines of their own.
    let text = format!("{error:#}");
    let lines: Vec<_> = text.lines().map(printable).collect();
    anstream::eprintln!("{BOLD_RED}error{RESET}: {}", lines.join("\n"));
}

/// Tells what the user may want to know.
pub(crate) fn note(text: &str) {
    anstream::eprintln!("note: {}", printable(text));
}

/// Tells what the user should do something about.
pub(crate) fn warning(text: &str) {
    anstream::eprintln!("{BOLD_YELLOW}warning{RESET}: {}", printable(text));
}

/// Prints everything that is wrong with a settings file.
pub(crate) fn settings_problems(path: &Path, problems: &SettingsProblems) {
    let path = path.display().to_string();
    for problem in &problems.problems {
        settings_problem(problem, &path, &problem.path);
    }
    if problems.problems.is_empty() {
        let message = printable(problems.message.as_deref().unwrap_or("no reason given"));
        anstream::eprintln!("{BOLD_RED}error{RESET}: {}: {message}", printable(&path));
    }
}

/// Prints one thing that is wrong, where it stands.
fn settings_problem(problem: &SettingsProblem, file: &str, place: &str) {
    let SettingsProblem { code, message, .. } = problem;
    let place = if place.is_empty() {
        String::new()
    } else {
        format!("{place}: ")
    };
    let text = printable(&format!("{place}{message}"));
    let (code, file) = (printable(code), printable(file));
    anstream::eprintln!("{BOLD_RED}error[{code}]{RESET}: {file}: {text}");
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

/// A text of an answer; empty where there is none.
pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// A list of an answer; empty where there is none.
pub(crate) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

const BOLD_RED: &str = "\x1b[1;31m";
const BOLD_GREEN: &str = "\x1b[1;32m";
const BOLD_YELLOW: &str = "\x1b[1;33m";
const DIM: &str = "\x1b[2m";
const RESET: &str = "\x1b[0m";
