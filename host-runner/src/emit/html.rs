//! HTML reports: one page without dependencies, from one template (`html/`) and the tables of a command.
//!
//! The page has its tables as JSON in an element that browsers do not run, and `page.js` shows them as text. Readers
//! without JavaScript, such as previews of mail and artifacts, see the first rows of each table. The
//! Content-Security-Policy allows this one script and this one style sheet, by digest, and nothing else.

mod audit;
mod column;
mod plain;
mod report;

use alloc::collections::BTreeMap;
use std::io::{self, Write};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use policy_lint::Entry;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::report::Level;
use crate::terminal::{printable, printable_lines};

pub(crate) use audit::audit;
pub(super) use column::{Column, Jump};
pub(super) use report::{page as of_report, unique, write as report};

const SCRIPT: &str = include_str!("html/page.js");
const STYLE: &str = include_str!("html/page.css");

/// A page
#[derive(Debug, Default)]
pub(super) struct Page {
    /// `countersign audit`
    pub(super) title: String,
    /// `2 admitted, 1 denied`
    pub(super) summary: String,
    /// Counts that lead to their rows
    pub(super) stats: Vec<Stat>,
    /// About everything that is not in the tables
    pub(super) notes: Vec<(Level, String)>,
    pub(super) tables: Vec<Table>,
}

/// A table; all columns have as many values as there are rows
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) note: String,
    pub(super) columns: Vec<Column>,
}

/// A count of rows
#[derive(Debug)]
pub(super) struct Stat {
    pub(super) text: String,
    pub(super) level: Level,
    /// The rows
    pub(super) jump: Option<Jump>,
}

/// Writes a page.
pub(super) fn write(out: &mut dyn Write, page: &Page) -> io::Result<()> {
    let (title, summary) = (escaped(&page.title), escaped(&page.summary));
    let (script, style) = (digest(SCRIPT), digest(STYLE));
    write!(
        out,
        "<!doctype html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src '{script}'; style-src '{style}'; \
         base-uri 'none'; form-action 'none'\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<meta name=\"color-scheme\" content=\"light dark\">
<title>{title}</title>
<style>{STYLE}</style>
</head>
<body>
<header>
<h1>{title}</h1>
<p>{summary}</p>
"
    )?;
    if !page.notes.is_empty() {
        let notes = page.notes.iter().map(|(level, text)| {
            let mark = level.word().map(|word| format!("{word}: "));
            let mark = mark.unwrap_or_default();
            format!("<li>{mark}{}</li>\n", escaped(text))
        });
        write!(out, "<ul>\n{}</ul>\n", notes.collect::<String>())?;
    }
    write!(
        out,
        "</header>
<main></main>
<noscript>
{}</noscript>
<script id=\"data\" type=\"application/json\">{}</script>
<script>{SCRIPT}</script>
</body>
</html>
",
        plain::tables(&page.tables),
        data(page)
    )
}

/// The source expression of a script or a style sheet in a Content-Security-Policy.
fn digest(text: &str) -> String {
    let digest = BASE64_STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!("sha256-{digest}")
}

/// The tables as JSON, without characters that end the element.
fn data(page: &Page) -> String {
    let stats = page.stats.iter().map(|stat| {
        let jump = stat.jump.as_ref().map(Jump::json);
        json!({"text": stat.text, "state": state(stat.level), "jump": jump})
    });
    let tables = page.tables.iter().map(|table| {
        let columns = table.columns.iter().map(Column::json);
        let columns: Value = columns.collect();
        json!({"name": table.name, "note": printable(&table.note), "columns": columns})
    });
    let data = json!({
        "stats": stats.collect::<Value>(),
        "tables": tables.collect::<Value>(),
        "pages": pages(&page.tables),
    });
    let text = data.to_string();
    text.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}

/// Meaning and help of the codes in the tables.
fn pages(tables: &[Table]) -> BTreeMap<&'static str, Value> {
    let columns = tables.iter().flat_map(|table| &table.columns);
    let codes = columns.flat_map(Column::items).filter_map(Entry::of);
    let pages = codes.map(|entry| {
        let (meaning, help) = (entry.meaning(), entry.help());
        (entry.code(), json!({"meaning": meaning, "help": help}))
    });
    pages.collect()
}

/// The style of a result.
const fn state(level: Level) -> &'static str {
    match level {
        Level::Error | Level::Failure => "fail",
        Level::Warning => "warn",
        Level::Passed => "pass",
    }
}

/// Text of any author, in several lines, without control characters.
fn lines(text: &str) -> String {
    printable_lines(text).join("\n")
}

/// Text in HTML.
fn escaped(text: &str) -> String {
    printable(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
