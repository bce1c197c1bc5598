//! HTML: a row for each object, with its tree, or for each code.

use std::io::{self, Write};

use serde_json::Value;

use super::{Detail, Entry, object, printable_json, write_fixes};
use crate::decision::Decision;
use crate::emit::html::{self, Column, Page, Table};
use crate::emit::human::{admission, summary};
use crate::emit::report::Level;
use crate::judge::Evaluated;
use crate::settings_view::SettingsView;
use crate::terminal::ShortDigests;

/// Writes the page of Decisions.
pub(crate) fn write(
    out: &mut dyn Write,
    answers: &[Evaluated<Decision>],
    settings: &Value,
    detail: Detail<'_>,
) -> io::Result<()> {
    let shown = printable_json(settings);
    let mut trees = Vec::new();
    for evaluated in answers {
        let mut tree = Vec::new();
        object(evaluated, SettingsView(&shown)).write(&mut tree, None, &ShortDigests::default())?;
        write_fixes(&mut tree, evaluated, settings, detail)?;
        trees.push(plain(&tree));
    }
    let mut sums = Vec::new();
    let admitted = answers.iter().map(|one| one.answer.allowed);
    summary(&mut sums, admitted, None)?;
    let decisions = || answers.iter().map(|one| &one.answer);
    let outcomes = decisions().map(|decision| {
        let (_, word) = admission(decision.allowed, &decision.enforcement);
        let level = match word {
            "denied" => Level::Failure,
            "admitted" => Level::Passed,
            _ => Level::Warning,
        };
        (word.to_owned(), level)
    });
    let requests = || answers.iter().map(|one| &one.request);
    let columns = vec![
        Column::text("Object", requests().map(|one| one.title.clone())),
        Column::outcomes("Outcome", outcomes),
        Column::code("Images", decisions().map(images)),
        Column::list("Reasons", decisions().map(codes)),
        Column::facet("File", requests().map(|one| one.source.clone())),
        Column::details(trees),
    ];
    let page = Page {
        title: "countersign explain".to_owned(),
        summary: plain(&sums).trim_end().to_owned(),
        tables: vec![Table {
            name: "Objects",
            note: "Each row opens to the explanation of its verdict.".to_owned(),
            columns,
        }],
        ..Page::default()
    };
    html::write(out, &page)
}

/// Writes the page of codes.
pub(crate) fn codes_page(out: &mut dyn Write, entries: &[Entry]) -> io::Result<()> {
    let entries = || entries.iter();
    let help = entries().map(|entry| entry.help().unwrap_or_default().to_owned());
    let columns = vec![
        Column::code("Code", entries().map(|entry| entry.code().to_owned())),
        Column::facet("Kind", entries().map(|entry| entry.kind().to_owned())),
        Column::text("Meaning", entries().map(|entry| entry.meaning().to_owned())),
        Column::text("What to do", help),
    ];
    let page = Page {
        title: "countersign explain".to_owned(),
        tables: vec![Table {
            name: "Codes",
            note: String::new(),
            columns,
        }],
        ..Page::default()
    };
    html::write(out, &page)
}

/// A text without colors.
fn plain(text: &[u8]) -> String {
    anstream::adapter::strip_str(&String::from_utf8_lossy(text)).to_string()
}

fn images(decision: &Decision) -> String {
    html::unique(decision.images.iter().map(|image| image.image.as_str()))
}

/// The codes of what stands against the object, or of why it is admitted.
fn codes(decision: &Decision) -> String {
    let images = decision.images.iter();
    let reasons = images.flat_map(|image| {
        let results = image.results.iter().flat_map(|result| &result.reasons);
        image.reasons.iter().chain(results)
    });
    let reasons = decision.reasons.iter().chain(reasons);
    html::unique(reasons.map(|reason| reason.code.as_str()))
}
