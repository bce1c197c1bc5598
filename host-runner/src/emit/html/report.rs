//! The page of any report: a row for each object or case.

use std::io::{self, Write};

use super::{Column, Jump, Level, Page, Stat, Table};
use crate::emit::report::{Item, Report, by_outcome};

const TABLE: &str = "Results";
const OUTCOME: &str = "Result";

/// Writes the page of a report.
pub(in crate::emit) fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    super::write(out, &page(report))
}

/// The page of a report, to which its command may add tables.
pub(in crate::emit) fn page(report: &Report) -> Page {
    Page {
        title: report.title.to_owned(),
        summary: report.summary.clone(),
        stats: stats(report),
        notes: report.notes.clone(),
        tables: vec![table(report)],
    }
}

fn stats(report: &Report) -> Vec<Stat> {
    let items = report.items.iter();
    let results = items.map(|item| (level(item), item.outcome.as_str()));
    let stats = by_outcome(results)
        .into_iter()
        .map(|((level, outcome), count)| Stat {
            text: format!("{count} {outcome}"),
            level,
            jump: Some(Jump {
                table: TABLE,
                set: vec![(OUTCOME, outcome.to_owned())],
                copy: Vec::new(),
            }),
        });
    stats.collect()
}

fn table(report: &Report) -> Table {
    let mut items: Vec<_> = report.items.iter().collect();
    items.sort_by_key(|item| level(item));
    let items = || items.iter();
    let places = items().map(|item| format!("{}:{}", item.file, item.position.line));
    let columns = vec![
        Column::text("Name", items().map(|item| item.title.clone())),
        Column::outcomes(
            OUTCOME,
            items().map(|item| (item.outcome.clone(), level(item))),
        ),
        Column::code("Images", items().map(|item| images(item))),
        Column::list("Reasons", items().map(|item| codes(item))),
        Column::text("Place", places),
        Column::details(items().map(|item| details(item))),
    ];
    Table {
        name: TABLE,
        note: String::new(),
        columns: columns.into_iter().filter(Column::says_something).collect(),
    }
}

/// The worst of the findings: every change fails a comparison, but not every one is to be feared.
fn level(item: &Item) -> Level {
    let findings = item.findings.iter().map(|finding| finding.level);
    findings.min().unwrap_or(item.level)
}

/// The images of the findings, a line each.
fn images(item: &Item) -> String {
    let images = item.findings.iter().map(|finding| finding.image.as_str());
    unique(images)
}

fn codes(item: &Item) -> String {
    unique(item.findings.iter().map(|finding| finding.code.as_str()))
}

/// The findings in words.
fn details(item: &Item) -> String {
    let findings = item.findings.iter().map(|finding| {
        let parts = [&finding.image, &finding.code, &finding.message].into_iter();
        let parts = parts.filter(|text| !text.is_empty());
        parts.map(String::as_str).collect::<Vec<_>>().join(": ")
    });
    findings.collect::<Vec<_>>().join("\n")
}

/// Texts that are not empty, each once and on a line.
pub(in crate::emit) fn unique<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    let mut found: Vec<&str> = Vec::new();
    for text in texts {
        if !text.is_empty() && !found.contains(&text) {
            found.push(text);
        }
    }
    found.join("\n")
}
