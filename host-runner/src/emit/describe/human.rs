//! Text output: tables that fit the terminal, of as many documents as there is room for.

use std::io::{self, Write};

use policy_lint::Matrix;

use super::words::{self, Line, Tone};
use crate::terminal::{BOLD_GREEN, BOLD_RED, BOLD_YELLOW, DIM, RESET, columns, fitted, printable};

/// Width of output that is no terminal
const WIDTH: usize = 80;
/// Documents whose columns would be narrower stand in a table below.
const MIN_COLUMN: usize = 24;
/// Maximum width of the first column
const MAX_SCOPE: usize = 26;
const GAP: &str = "  ";

/// The lines of the cells of a column
type Column = Vec<Vec<Line>>;

pub(super) fn write(out: &mut dyn Write, matrix: &Matrix) -> io::Result<()> {
    let width = columns().unwrap_or(WIDTH);
    let rows = matrix.rows.iter();
    let scopes = column(
        "PODS OF".to_owned(),
        rows.map(|row| words::scope(row, matrix)),
    );
    let first = natural(&scopes).min(MAX_SCOPE);
    let left = width.saturating_sub(first);
    let fit = left.checked_div(MIN_COLUMN.saturating_add(GAP.len()));
    let documents: Vec<_> = matrix.columns.iter().enumerate().collect();
    let chunks = documents.chunks(fit.unwrap_or_default().max(1));
    for (index, documents) in chunks.enumerate() {
        let mut columns = vec![scopes.clone()];
        for (place, document) in documents {
            let cells = matrix.rows.iter().map(|row| row.cells.get(*place));
            let cells = cells.map(|cell| cell.map(words::cell).unwrap_or_default());
            columns.push(column(words::document(document), cells));
        }
        let gaps = GAP.len().saturating_mul(documents.len());
        let needed = columns.iter().skip(1).map(natural);
        let shares = shares(&needed.collect::<Vec<_>>(), left.saturating_sub(gaps));
        let widths: Vec<_> = [first].into_iter().chain(shares).collect();
        if index > 0 {
            writeln!(out)?;
        }
        table(out, &columns, &widths)?;
    }
    let remarks = words::remarks(matrix);
    if !remarks.is_empty() {
        writeln!(out)?;
    }
    for remark in remarks {
        for part in fitted(&printable(&remark), width) {
            writeln!(out, "{part}")?;
        }
    }
    Ok(())
}

fn column(title: String, cells: impl Iterator<Item = Vec<Line>>) -> Column {
    let head = vec![Line::new(Tone::Note, title)];
    [head].into_iter().chain(cells).collect()
}

/// The width of the longest line.
fn natural(column: &Column) -> usize {
    let lines = column.iter().flatten();
    let widths = lines.map(|line| printable(&line.text).chars().count());
    widths.max().unwrap_or_default()
}

/// Divides a width: columns that need less than their share leave the rest to the others.
fn shares(needed: &[usize], width: usize) -> Vec<usize> {
    let mut given: Vec<Option<usize>> = needed.iter().map(|_| None).collect();
    loop {
        let used: usize = given.iter().flatten().sum();
        let open = given.iter().filter(|one| one.is_none()).count();
        let share = width.saturating_sub(used).checked_div(open);
        let share = share.unwrap_or_default();
        let mut is_stable = true;
        for (own, needed) in given.iter_mut().zip(needed) {
            if own.is_none() && *needed <= share {
                *own = Some(*needed);
                is_stable = false;
            }
        }
        if is_stable {
            return given.into_iter().map(|one| one.unwrap_or(share)).collect();
        }
    }
}

/// Prints rows of cells, with an empty line below each row of several lines.
fn table(out: &mut dyn Write, columns: &[Column], widths: &[usize]) -> io::Result<()> {
    let rows = columns.first().map_or(0, Vec::len);
    for row in 0..rows {
        let cells = columns.iter().zip(widths);
        let cells: Vec<_> = cells
            .map(|(column, width)| parts(column.get(row).map_or(&[], Vec::as_slice), *width))
            .collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or_default();
        for line in 0..height {
            writeln!(out, "{}", across(&cells, widths, line))?;
        }
        if height > 1 && row.saturating_add(1) < rows {
            writeln!(out)?;
        }
    }
    Ok(())
}

/// One line of a row.
fn across(cells: &[Vec<(String, Tone)>], widths: &[usize], line: usize) -> String {
    let (mut text, mut missing) = (String::new(), 0_usize);
    for (cell, width) in cells.iter().zip(widths) {
        let mut used = 0;
        if let Some((part, tone)) = cell.get(line) {
            text.push_str(&" ".repeat(core::mem::take(&mut missing)));
            text.push_str(&match colour(*tone) {
                "" => part.clone(),
                colour => format!("{colour}{part}{RESET}"),
            });
            used = part.chars().count();
        }
        missing = missing
            .saturating_add(width.saturating_sub(used))
            .saturating_add(GAP.len());
    }
    text
}

/// The lines of a cell in its width; those after the first of each are indented.
fn parts(lines: &[Line], width: usize) -> Vec<(String, Tone)> {
    let mut parts = Vec::new();
    for line in lines {
        let text = printable(&line.text);
        if text.chars().count() <= width {
            parts.push((text, line.tone));
            continue;
        }
        let fitting = fitted(&text, width.saturating_sub(GAP.len()));
        for (index, part) in fitting.into_iter().enumerate() {
            let indent = if index == 0 { "" } else { GAP };
            parts.push((format!("{indent}{part}"), line.tone));
        }
    }
    parts
}

const fn colour(tone: Tone) -> &'static str {
    match tone {
        Tone::Demand => "",
        Tone::Admit => BOLD_GREEN,
        Tone::Deny => BOLD_RED,
        Tone::Lenient => BOLD_YELLOW,
        Tone::Note => DIM,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrow_columns_leave_their_share_to_wide_ones() {
        assert_eq!(shares(&[5, 90, 90], 65), [5, 30, 30]);
        assert_eq!(shares(&[5, 10], 65), [5, 10]);
        assert_eq!(shares(&[90], 40), [40]);
        assert!(shares(&[], 40).is_empty());
    }
}
