//! Markdown for job summaries and comments on pull requests: a line with the result, and a table, the worst first.
//!
//! Authors of objects write titles, images and a part of the messages. These are HTML `code` elements with every
//! special character as an entity, so that they cannot end the cell, be markup, or mention somebody.

use alloc::collections::BTreeSet;
use std::io::{self, Write};

use super::{Finding, Item, Level, Report};
use crate::emit::explain;
use crate::terminal::{counted, printable};

/// Maximum number of rows: comments have a limit of 65,536 characters.
const MAX_ROWS: usize = 100;

pub(super) fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    writeln!(out, "**{}**: {}", report.title, report.summary)?;
    let mut items: Vec<_> = report.items.iter().collect();
    items.sort_by_key(|item| item.level);
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
    let findings = item.findings.iter();
    let rows = findings.map(|finding| {
        let image = code(&finding.image);
        row(finding.position.line, &image, &reason(finding))
    });
    rows.collect()
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
    let lines: Vec<_> = text.lines().map(code).collect();
    lines.join("<br>")
}

/// Text of any author; nothing in it has a meaning.
fn code(text: &str) -> String {
    match text {
        "" => String::new(),
        text => format!("<code>{}</code>", escaped(text)),
    }
}

/// Replaces all characters that Markdown or HTML could interpret by entities.
fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in printable(text).chars() {
        let is_special = character.is_ascii_punctuation() && !"-./:,@()=;'\"".contains(character);
        if is_special {
            shown.push_str(&format!("&#{};", u32::from(character)));
        } else {
            shown.push(character);
        }
    }
    shown
}
