//! Findings of an import. They go to standard error, because the settings may go to standard output.

use policy_lint::help::on_page;
use policy_wasm::Code;

use super::{settings_problem, settings_problems};
use crate::import::{Finding, Import, Level, Place, spelling};
use crate::judge::SettingsProblems;
use crate::terminal::{BOLD_RED, BOLD_YELLOW, DIM, RESET, printable};

/// Prints all findings, the most severe last.
pub(crate) fn findings(import: &Import) {
    for finding in &import.findings {
        let Finding {
            level,
            place,
            message,
            help: advice,
        } = finding;
        let (colour, word) = match level {
            Level::Note => (DIM, "note"),
            Level::Warning => (BOLD_YELLOW, "warning"),
            Level::Lacking => (BOLD_YELLOW, "incomplete"),
            Level::Error => (BOLD_RED, "error"),
        };
        let place = place.as_ref().map_or(String::new(), in_words);
        let text = printable(&format!("{place}{message}"));
        anstream::eprintln!("{colour}{word}{RESET}: {text}");
        if let Some(advice) = advice {
            help(advice);
        }
    }
}

/// `policy.yaml: defaultAdmissionRule: `
fn in_words(place: &Place) -> String {
    let Place { file, path } = place;
    if path.is_empty() {
        format!("{file}: ")
    } else {
        format!("{file}: {path}: ")
    }
}

/// Prints the problems of the settings with their places in the exports.
pub(crate) fn problems(import: &Import, problems: &SettingsProblems) {
    let is_told = import.level() == Some(Level::Error);
    for problem in &problems.problems {
        if is_told && TOLD.contains(&problem.code.as_str()) {
            continue;
        }
        match import.origin(&problem.path) {
            Some(Place { file, path }) => settings_problem(problem, &file, &path),
            None => settings_problem(problem, "the settings", &problem.path),
        }
        let key = problem.path.trim_end_matches(']');
        let key = key.rsplit(['.', '[']).next().unwrap_or_default();
        let is_unknown = problem.code.ends_with("-unknown-field");
        match (is_unknown.then(|| spelling(key)).flatten(), key) {
            (Some(spelled), _) => help(&format!("it is spelled `{spelled}`")),
            (None, "gkePolicy") => help("give platform policies with --platform-policy"),
            _ if problem.code == Code::PolicyNumericEnum.as_str() => {
                help(on_page(Code::PolicyNumericEnum).unwrap_or_default());
            }
            _ => {}
        }
    }
    if problems.problems.is_empty() {
        settings_problems("the settings".as_ref(), problems);
    }
}

/// Codes for which the import has its own, more specific errors
const TOLD: [&str; 2] = ["policy-attestor-unknown", "settings-context-missing"];

fn help(text: &str) {
    anstream::eprintln!("  {DIM}help: {}{RESET}", printable(text));
}
