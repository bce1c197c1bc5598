//! Report of a run without results.

use std::path::Path;

use super::{Finding, Item, Level, Report, without_result};
use crate::inputs::lines::Lines;
use crate::judge::SettingsProblems;
use crate::no_result::NoResult;
use crate::terminal::{printable, shown};

impl Report {
    /// The report of a run without results.
    pub(crate) fn without_results(title: &'static str, no_result: &NoResult) -> Self {
        let mut report = Self {
            title,
            noun: "object",
            summary: "no result".to_owned(),
            sums: Vec::new(),
            items: Vec::new(),
            notes: Vec::new(),
        };
        match no_result {
            NoResult::Settings(all) => {
                "no result, because the settings are invalid".clone_into(&mut report.summary);
                let mut lines = Lines::default();
                let items = all.iter();
                report.items = items
                    .map(|(path, problems)| settings(path, problems, &mut lines))
                    .collect();
            }
            NoResult::Problems(problems) => without_result(&mut report.notes, problems),
            NoResult::Error(error) => report.notes.push((Level::Error, format!("{error:#}"))),
        }
        report
    }

    /// All errors, each on one line.
    pub(crate) fn errors(&self) -> impl Iterator<Item = String> {
        let items = self.items.iter();
        let findings = items.flat_map(|item| item.findings.iter().map(move |one| (item, one)));
        let findings = findings.filter(|(_, finding)| finding.level == Level::Error);
        let findings = findings.map(|(item, finding)| {
            let (file, line) = (&item.file, finding.position.line);
            let code = item.code(finding);
            format!("{file}:{line}: {code}: {}", finding.message)
        });
        let notes = self
            .notes
            .iter()
            .filter(|(level, _)| *level == Level::Error);
        let notes = notes.map(|(_, text)| text.clone());
        findings.chain(notes).map(|error| printable(&error))
    }
}

fn settings(path: &Path, problems: &SettingsProblems, lines: &mut Lines) -> Item {
    let file = shown(path);
    let findings = problems.problems.iter().map(|problem| Finding {
        level: Level::Error,
        code: problem.code.clone(),
        message: problem.message.clone(),
        image: String::new(),
        position: lines.of_settings(&file, &problem.path),
    });
    let mut findings: Vec<_> = findings.collect();
    if findings.is_empty() {
        let message = problems.message.as_deref().unwrap_or("no reason given");
        findings.push(Finding {
            level: Level::Error,
            code: String::new(),
            message: message.to_owned(),
            image: String::new(),
            position: lines.of_settings(&file, ""),
        });
    }
    Item {
        title: "settings".to_owned(),
        position: lines.of_settings(&file, ""),
        file,
        outcome: "invalid".to_owned(),
        level: Level::Error,
        findings,
    }
}
