//! Markdown: a table with a row for each scope and a column for each document.

use std::io::{self, Write};

use super::Described;
use super::words::{self, Line, Tone};
use crate::emit::markdown::{MAX_BYTES, code, escaped, table};

pub(super) fn write(out: &mut dyn Write, described: &Described) -> io::Result<()> {
    let Described { file, matrix } = described;
    writeln!(out, "**Demands of {}**\n", code(file.name()))?;
    let documents = matrix.columns.iter();
    let documents = documents.map(|column| escaped(&words::document(column)));
    let head: Vec<_> = ["Pods of".to_owned()]
        .into_iter()
        .chain(documents)
        .collect();
    let rows = matrix.rows.iter().map(|row| {
        let cells = row.cells.iter().map(words::cell);
        let all = [words::scope(row, matrix)].into_iter().chain(cells);
        all.map(|lines| cell(&lines)).collect()
    });
    let (table, left) = table(&head, rows, MAX_BYTES);
    write!(out, "{table}")?;
    if left > 0 {
        writeln!(out, "\n{left} more rows not shown")?;
    }
    for remark in words::remarks(matrix) {
        writeln!(out, "\n{}", escaped(&remark))?;
    }
    Ok(())
}

fn cell(lines: &[Line]) -> String {
    let lines = lines.iter().map(|line| match line.tone {
        Tone::Lenient => format!("**{}**", escaped(&line.text)),
        Tone::Note => format!("*{}*", escaped(&line.text)),
        Tone::Demand | Tone::Admit | Tone::Deny => escaped(&line.text),
    });
    lines.collect::<Vec<_>>().join("<br>")
}
