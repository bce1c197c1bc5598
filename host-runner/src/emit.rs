//! Output, one format a file. Results go to standard output, everything else to standard error.

pub(crate) mod admission_review;
pub(crate) mod audit;
pub(crate) mod bench;
pub(crate) mod change;
pub(crate) mod changes;
pub(crate) mod decoded;
pub(crate) mod describe;
pub(crate) mod diagnostic;
pub(crate) mod evaluation;
pub(crate) mod explain;
mod github;
pub(crate) mod gke;
pub(crate) mod html;
pub(crate) mod human;
pub(crate) mod import;
pub(crate) mod json;
mod junit;
pub(crate) mod lint;
mod markdown;
pub(crate) mod no_result;
pub(crate) mod output;
pub(crate) mod report;
mod sarif;
pub(crate) mod test;
mod tree;
pub(crate) mod verification;

use alloc::collections::BTreeMap;
use std::path::Path;

use policy_lint::{Config, SourceFile};

use crate::inputs::{self, Asked, Request, Skipped, Why};
use crate::judge::{SettingsProblem, SettingsProblems};
use crate::terminal::{BOLD_RED, RESET, counted, printable, shown};

/// Prints all problems of a settings file, with the lines that they are about where the linter finds the same ones.
pub(crate) fn settings_problems(path: &Path, problems: &SettingsProblems) {
    if in_the_text(path, problems).is_some() {
        return;
    }
    let path = path.display().to_string();
    for problem in &problems.problems {
        settings_problem(problem, &path, &problem.path);
    }
    if problems.problems.is_empty() {
        let message = printable(problems.message.as_deref().unwrap_or("no reason given"));
        anstream::eprintln!("{BOLD_RED}error{RESET}: {}: {message}", printable(&path));
    }
}

/// Prints the problems as `lint` does; `None` if the file has other ones, as for the module of another version.
fn in_the_text(path: &Path, problems: &SettingsProblems) -> Option<()> {
    if path.as_os_str() == "-" {
        return None;
    }
    let source = inputs::read(path).ok()?;
    let files = [SourceFile::new(source.name, source.text)];
    let report = policy_lint::lint(&files, &Config::default());
    let is_told = |code: &str| problems.problems.iter().any(|one| one.code == code);
    let told = report.diagnostics.iter().filter(|one| is_told(&one.code));
    let told: Vec<_> = told.collect();
    if told.len() != problems.problems.len() || told.is_empty() {
        return None;
    }
    diagnostic::write_all(&mut anstream::stderr().lock(), told, &files).ok()
}

/// Prints one problem of settings with its place.
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

/// Prints a note of the objects that no exported webhook rule matches, by kind.
pub(crate) fn not_asked(requests: &[Request]) {
    let mut passed_over = PassedOver::default();
    requests.iter().for_each(|request| passed_over.add(request));
    passed_over.print();
}

/// Skipped objects without images, by kind
#[derive(Debug, Default)]
pub(crate) struct PassedOver {
    /// Of kinds without images
    known: BTreeMap<String, usize>,
    /// Of kinds that the policy does not read
    unread: BTreeMap<String, usize>,
}

impl PassedOver {
    /// Counts the object of a request.
    pub(crate) fn add(&mut self, request: &Request) {
        let kind = request.title.split(' ').next().unwrap_or_default();
        let counts = match request.asked {
            Asked::IfStrict => &mut self.unread,
            Asked::No | Asked::Yes => &mut self.known,
        };
        let count = counts.entry(kind.to_owned()).or_default();
        *count = count.saturating_add(1);
    }

    /// Prints notes of all skipped objects.
    pub(crate) fn print(&self) {
        self.print_unread();
        if let Some((count, kinds)) = named(&self.known) {
            anstream::eprintln!("note: skipped {count} without images: {kinds}");
        }
    }

    /// Prints a note of the objects that `--strict-kinds` would evaluate.
    pub(crate) fn print_unread(&self) {
        if let Some((count, kinds)) = named(&self.unread) {
            anstream::eprintln!(
                "note: skipped {count} without images, of kinds that the policy does not read: {kinds} \
                 (evaluate with --strict-kinds)"
            );
        }
    }

    /// The number of skipped objects of each kind.
    pub(crate) fn counts(&self) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for (kind, count) in self.known.iter().chain(&self.unread) {
            let all: &mut usize = counts.entry(kind.as_str()).or_default();
            *all = all.saturating_add(*count);
        }
        counts
    }
}

/// `3 objects` and the names of their kinds.
fn named(counts: &BTreeMap<String, usize>) -> Option<(String, String)> {
    let sum = counts
        .values()
        .fold(0, |sum: usize, one| sum.saturating_add(*one));
    let kinds: Vec<_> = counts.keys().take(MAX_NAMED).map(String::as_str).collect();
    let left = counts.len().saturating_sub(kinds.len());
    let more = match left {
        0 => String::new(),
        left => format!(" and {}", counted(left, "other kind")),
    };
    (sum > 0).then(|| (counted(sum, "object"), kinds.join(", ") + &more))
}

/// Maximum number of kinds or files in one note
const MAX_NAMED: usize = 20;

/// Prints notes of skipped files and directories.
pub(crate) fn skipped(all: &[Skipped]) {
    for (why, noun, because) in [
        (Why::ToolFolder, "directory", "of tools"),
        (Why::LinkOutside, "link", "to a file outside the directory"),
        (
            Why::FolderOutside,
            "link",
            "to a directory outside the directory",
        ),
        (
            Why::HelmTemplate,
            "template",
            "of a Helm chart; use the output of `helm template`",
        ),
        (Why::WithoutKind, "file", "without Kubernetes objects"),
    ] {
        let of_kind: Vec<_> = all.iter().filter(|one| one.why == why).collect();
        let names = of_kind.iter().take(MAX_NAMED);
        let names: Vec<_> = names.map(|one| format!("`{}`", shown(&one.path))).collect();
        if names.is_empty() {
            continue;
        }
        let left = of_kind.len().saturating_sub(names.len());
        let more = match left {
            0 => String::new(),
            left => format!(" and {left} more"),
        };
        let count = counted(of_kind.len(), noun);
        anstream::eprintln!(
            "note: skipped {count} {because}: {}{more}",
            names.join(", ")
        );
    }
}
