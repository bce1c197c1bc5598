//! HTML: the matrix as a page.

use std::io::{self, Write};

use super::Described;
use super::words::{self, Line, Tone};
use crate::emit::html::{self, Column, Page, Table};
use crate::emit::report::Level;

pub(super) fn write(out: &mut dyn Write, described: &Described) -> io::Result<()> {
    let Described { file, matrix } = described;
    let rows = || matrix.rows.iter();
    let scopes = rows().map(|row| toned(&words::scope(row, matrix)));
    let documents = matrix.columns.iter().enumerate();
    let documents = documents.map(|(index, column)| {
        let cells = rows().map(|row| row.cells.get(index).map(words::cell));
        let cells = cells.map(|lines| toned(&lines.unwrap_or_default()));
        Column::toned(&words::document(column), cells)
    });
    let columns = [Column::toned("Pods of", scopes)]
        .into_iter()
        .chain(documents);
    let remarks = words::remarks(matrix).into_iter();
    let page = Page {
        title: "countersign describe".to_owned(),
        summary: file.name().to_owned(),
        notes: remarks.map(|text| (Level::Passed, text)).collect(),
        tables: vec![Table {
            name: "Demands",
            note: String::new(),
            columns: columns.collect(),
        }],
        ..Page::default()
    };
    html::write(out, &page)
}

/// The lines, each behind the letter of its tone.
fn toned(lines: &[Line]) -> String {
    let lines = lines.iter().map(|line| {
        let tone = match line.tone {
            Tone::Demand => 'd',
            Tone::Admit => 'a',
            Tone::Deny => 'x',
            Tone::Lenient => 'l',
            Tone::Note => 'n',
        };
        format!("{tone}{}", line.text.replace('\n', " "))
    });
    lines.collect::<Vec<_>>().join("\n")
}
