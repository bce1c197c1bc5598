//! Markdown for job summaries and comments on pull requests: a line with the result, and a table, the worst first.
//!
//! Authors of objects write titles, images and a part of the messages. These are HTML `code` elements with every
//! special character as an entity, so that they cannot end the cell, be markup or a link, or mention somebody.

use alloc::collections::BTreeSet;
use std::io::{self, Write};

use super::{Finding, Item, Level, Report};
use crate::emit::explain;
use crate::terminal::{counted, printable, printable_lines};

/// Maximum number of rows: comments have a limit of 65,536 characters.
const MAX_ROWS: usize = 100;
/// Maximum number of reasons of one object, so that it does not hide others
const MAX_ROWS_OF_OBJECT: usize = 10;
/// Maximum length of a text
const MAX_TEXT: usize = 200;

pub(super) fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    writeln!(out, "**{}**: {}", report.title, report.summary)?;
    let mut items: Vec<_> = report.items.iter().collect();
    items.sort_by_key(|item| (item.level, item.findings.iter().map(|one| one.level).min()));
    let rows: Vec<_> = items.iter().flat_map(|item| rows(item)).collect();
    if !rows.is_empty() {
        writeln!(
            out,
            "\n| result | object | image | reason |\n| --- | --- | --- | --- |"
        )?;
    }
    for row in rows.iter().take(MAX_ROWS) {
        writeln!(out, "{row}")?;
    }
    let left = rows.len().saturating_sub(MAX_ROWS);
    if left > 0 {
        writeln!(out, "\n{} not shown", counted(left, "more row"))?;
    }
    for (level, text) in &report.notes {
        let mark = match level {
            Level::Error | Level::Failure => "**error**: ",
            Level::Warning => "**warning**: ",
            Level::Passed => "",
        };
        writeln!(out, "\n{mark}{}", escaped(text))?;
    }
    let codes: BTreeSet<_> = items
        .iter()
        .flat_map(|item| &item.findings)
        .map(|finding| finding.code.as_str())
        .filter(|code| explain::page(code).is_some())
        .collect();
    if !codes.is_empty() {
        let codes: Vec<_> = codes.into_iter().collect();
        let codes = codes.join(" ");
        writeln!(out, "\nTo learn more: `countersign explain {codes}`")?;
    }
    Ok(())
}

/// A row for each reason, or one for an object without reasons.
fn rows(item: &Item) -> Vec<String> {
    let outcome = match item.level {
        Level::Error | Level::Failure => format!("**{}**", escaped(&item.outcome)),
        Level::Warning | Level::Passed => escaped(&item.outcome),
    };
    let title = code(&item.title);
    let row = |line: usize, image: &str, reason: &str| {
        let place = code(&format!("{}:{line}", item.file));
        format!("| {outcome} | {title}<br>{place} | {image} | {reason} |")
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

fn reason(finding: &Finding) -> String {
    let message = printable_cell(&finding.message);
    match finding.code.as_str() {
        "" => message,
        name => format!("{}<br>{message}", code(name)),
    }
}

/// A message of one or more lines.
fn printable_cell(text: &str) -> String {
    let lines: Vec<_> = printable_lines(text)
        .iter()
        .map(|line| code(line))
        .collect();
    lines.join("<br>")
}

/// Text of any author; nothing in it has a meaning.
fn code(text: &str) -> String {
    match text {
        "" => String::new(),
        text => format!("<code>{}</code>", escaped(text)),
    }
}

/// Replaces all characters that Markdown or HTML could interpret by entities, and truncates the text. GitHub makes
/// links of addresses everywhere: a comment keeps the parts of mail addresses apart.
fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let text = printable(text);
    for (at, character) in text.char_indices().take(MAX_TEXT) {
        let begins_link = || text.get(at..).is_some_and(|rest| rest.starts_with("://"));
        match character {
            ':' if !begins_link() => shown.push(':'),
            '@' => shown.push_str("@<!-- -->"),
            '.' if shown.ends_with("www") => shown.push_str("&#46;"),
            '-' | '.' | '/' | ',' | '(' | ')' | '=' | ';' | '\'' | '"' => shown.push(character),
            special if special.is_ascii_punctuation() => {
                shown.push_str(&format!("&#{};", u32::from(special)));
            }
            plain => shown.push(plain),
        }
    }
    if text.chars().nth(MAX_TEXT).is_some() {
        shown.push('…');
    }
    shown
}
