//! Markdown for job summaries and comments on pull requests: a line with the result, tables of the sums, and a table
//! of the results, the worst first. Long tables are folded, and what is left out of a long document is counted.

use alloc::collections::BTreeSet;
use std::io::{self, Write};

use super::{Finding, Item, Level, Report, Sums, by_outcome};
use crate::emit::explain;
use crate::emit::markdown::{MAX_BYTES, code, escaped, table};
use crate::terminal::{counted, printable_lines};

/// Maximum number of reasons of one object, so that it does not hide others
const MAX_ROWS_OF_OBJECT: usize = 10;
/// Maximum number of lines of a message
const MAX_LINES: usize = 10;
/// Number of rows from which on results that make the run fail are folded
const MANY: usize = 10;
/// Bytes of the tables of sums, and of the notes
const MAX_PART: usize = 10_000;
/// Bytes of the lines around a table
const FRAME: usize = 1_000;

pub(super) fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let mut text = format!("**{}**: {}\n", report.title, report.summary);
    for sums in &report.sums {
        text.push_str(&self::sums(sums, MAX_PART / 2));
    }
    let end = notes(report) + &learn_more(report);
    for levels in GROUPS {
        let used = text.len().saturating_add(end.len());
        let budget = MAX_BYTES.saturating_sub(used);
        text.push_str(&group(report, levels, budget.saturating_sub(FRAME)));
    }
    write!(out, "{text}{end}")
}

/// Levels of the results that stand in one table
const GROUPS: [&[Level]; 3] = [
    &[Level::Error, Level::Failure],
    &[Level::Warning],
    &[Level::Passed],
];

fn sums(sums: &Sums, budget: usize) -> String {
    let head: Vec<_> = sums.head.iter().map(|title| (*title).to_owned()).collect();
    let rows = sums.rows.iter();
    let rows = rows.map(|row| row.iter().map(|cell| escaped(cell)).collect());
    let (table, left) = table(&head, rows, budget);
    format!("\n{table}{}", not_shown(left))
}

/// The results of some levels; nothing if there are none.
fn group(report: &Report, levels: &[Level], budget: usize) -> String {
    let items = report.items.iter();
    let mut items: Vec<_> = items.filter(|item| levels.contains(&item.level)).collect();
    if items.is_empty() {
        return String::new();
    }
    items.sort_by_key(|item| (item.level, item.findings.iter().map(|one| one.level).min()));
    let has_images = has_images(report);
    let image = has_images.then_some("image");
    let head = ["result", report.noun].into_iter().chain(image);
    let head: Vec<_> = head.chain(["reason"]).map(str::to_owned).collect();
    let (mut written, mut bytes, mut unwritten) = (Vec::new(), 0_usize, 0_usize);
    for item in &items {
        if bytes > budget {
            unwritten = unwritten.saturating_add(row_count(item));
            continue;
        }
        let rows = rows(item, has_images);
        let cells = rows.iter().flatten().map(String::len);
        bytes = bytes.saturating_add(cells.sum());
        written.extend(rows);
    }
    let is_open = levels.contains(&Level::Failure) && unwritten == 0 && written.len() <= MANY;
    let open = if is_open { " open" } else { "" };
    let (table, left) = table(&head, written, budget);
    let (title, left) = (title(&items), not_shown(left.saturating_add(unwritten)));
    format!("\n<details{open}><summary>{title}</summary>\n\n{table}{left}\n</details>\n")
}

/// Whether a reason is about an image: those of suites never are.
fn has_images(report: &Report) -> bool {
    let mut findings = report.items.iter().flat_map(|item| &item.findings);
    findings.any(|finding| !finding.image.is_empty())
}

/// `2 denied, 1 denied by an error`
fn title(items: &[&Item]) -> String {
    let results = items.iter().map(|item| (item.level, item.outcome.as_str()));
    let counts = by_outcome(results).into_iter();
    let counts = counts.map(|((_, outcome), count)| format!("{count} {}", escaped(outcome)));
    counts.collect::<Vec<_>>().join(", ")
}

fn not_shown(left: usize) -> String {
    match left {
        0 => String::new(),
        left => format!("\n{} not shown\n", counted(left, "more row")),
    }
}

fn notes(report: &Report) -> String {
    let mut text = String::new();
    let mut left = 0_usize;
    for (level, note) in &report.notes {
        let mark = level.word().map(|word| format!("**{word}**: "));
        let mark = mark.unwrap_or_default();
        let note = format!("\n{mark}{}\n", escaped(note));
        if text.len().saturating_add(note.len()) > MAX_PART {
            left = left.saturating_add(1);
        } else {
            text.push_str(&note);
        }
    }
    if left > 0 {
        text.push_str(&format!("\n{} not shown\n", counted(left, "more note")));
    }
    text
}

/// The command that shows the pages of the codes.
fn learn_more(report: &Report) -> String {
    let findings = report.items.iter().flat_map(|item| &item.findings);
    let codes = findings.map(|finding| finding.code.as_str());
    let codes: BTreeSet<_> = codes.collect();
    let codes = codes.into_iter();
    let codes: Vec<_> = codes.filter(|code| explain::page(code).is_some()).collect();
    if codes.is_empty() {
        return String::new();
    }
    let codes = codes.join(" ");
    format!("\nTo learn more: `countersign explain {codes}`\n")
}

/// A row for each reason, or one for an object without reasons.
fn rows(item: &Item, has_images: bool) -> Vec<Vec<String>> {
    let outcome = match item.level {
        Level::Error | Level::Failure => format!("**{}**", escaped(&item.outcome)),
        Level::Warning | Level::Passed => escaped(&item.outcome),
    };
    let title = code(&item.title);
    let row = |line: usize, image: &str, reason: &str| {
        let place = code(&format!("{}:{line}", item.file));
        let object = format!("{title}<br>{place}");
        let image = has_images.then(|| image.to_owned());
        let cells = [outcome.clone(), object].into_iter().chain(image);
        cells.chain([reason.to_owned()]).collect()
    };
    if item.findings.is_empty() {
        return vec![row(item.position.line, "", "")];
    }
    let findings = item.findings.iter().take(MAX_ROWS_OF_OBJECT);
    let rows = findings.map(|finding| {
        let image = code(&finding.image);
        row(finding.position.line, &image, &reason(finding))
    });
    let left = item.findings.len().saturating_sub(MAX_ROWS_OF_OBJECT);
    let more = (left > 0).then(|| {
        let more = format!("and {}", counted(left, "more reason"));
        row(item.position.line, "", &more)
    });
    rows.chain(more).collect()
}

/// The number of rows of an object.
fn row_count(item: &Item) -> usize {
    let most = MAX_ROWS_OF_OBJECT.saturating_add(1);
    item.findings.len().clamp(1, most)
}

fn reason(finding: &Finding) -> String {
    let message = printable_cell(&finding.message);
    match finding.code.as_str() {
        "" => message,
        name => format!("{}<br>{message}", code(name)),
    }
}

/// A message of one or more lines.
fn printable_cell(text: &str) -> String {
    let all = printable_lines(text);
    let lines = all.iter().take(MAX_LINES).map(|line| code(line));
    let more = (all.len() > MAX_LINES).then(|| "…".to_owned());
    lines.chain(more).collect::<Vec<_>>().join("<br>")
}
