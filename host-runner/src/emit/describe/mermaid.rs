//! Mermaid: a flowchart from the Pods of each scope to the demands of each document.
//!
//! Labels stand in quotes with every special character as a number, so that no name is syntax or markup.

use std::io::{self, Write};

use policy_lint::Matrix;

use super::words::{self, Line, Tone};
use crate::terminal::printable;

pub(super) fn write(out: &mut dyn Write, matrix: &Matrix) -> io::Result<()> {
    writeln!(out, "flowchart LR")?;
    for (index, row) in matrix.rows.iter().enumerate() {
        writeln!(out, "  p{index}([{}])", label(&words::scope(row, matrix)))?;
    }
    for (document, column) in matrix.columns.iter().enumerate() {
        let title = Line::new(Tone::Demand, words::document(column));
        writeln!(out, "  subgraph d{document}[{}]", label(&[title]))?;
        // Scopes with the same demand lead to one node.
        let mut demands: Vec<Vec<Line>> = Vec::new();
        let mut edges = Vec::new();
        for (scope, row) in matrix.rows.iter().enumerate() {
            let Some(cell) = row.cells.get(document) else {
                continue;
            };
            let lines = words::demand(cell);
            let known = demands.iter().position(|known| *known == lines);
            let demand = known.unwrap_or(demands.len());
            if known.is_none() {
                let (label, class) = (label(&lines), class(&lines));
                writeln!(out, "    d{document}n{demand}[{label}]:::{class}")?;
                demands.push(lines);
            }
            let arrow = if cell.inherited { "-.->" } else { "-->" };
            edges.push(format!("  p{scope} {arrow} d{document}n{demand}"));
        }
        writeln!(out, "  end")?;
        edges.iter().try_for_each(|edge| writeln!(out, "{edge}"))?;
    }
    for (index, remark) in words::remarks(matrix).into_iter().enumerate() {
        let label = label(&[Line::new(Tone::Note, remark)]);
        writeln!(out, "  r{index}[{label}]:::remark")?;
    }
    write!(out, "{CLASSES}")
}

/// Colors that can be read on light and dark pages
const CLASSES: &str = "  classDef demand fill:#e4eff8,stroke:#0b5fa5,color:#1b2026
  classDef admit fill:#e3f3e7,stroke:#1a6b35,color:#1b2026
  classDef deny fill:#fbe8e6,stroke:#a8231c,color:#1b2026
  classDef lenient fill:#fbf0d6,stroke:#7a5200,color:#1b2026
  classDef remark fill:#f1f3f5,stroke:#58626d,color:#1b2026
";

fn class(lines: &[Line]) -> &'static str {
    if lines.iter().any(|line| line.tone == Tone::Lenient) {
        return "lenient";
    }
    match lines {
        [only] if only.tone == Tone::Admit => "admit",
        [only] if only.tone == Tone::Deny => "deny",
        _ => "demand",
    }
}

fn label(lines: &[Line]) -> String {
    let lines: Vec<_> = lines.iter().map(|line| escaped(&line.text)).collect();
    format!("\"{}\"", lines.join("<br/>"))
}

/// A text without characters that Mermaid or HTML could interpret.
fn escaped(text: &str) -> String {
    let mut shown = String::new();
    for character in printable(text).chars() {
        if character.is_alphanumeric() || " .,/-()".contains(character) {
            shown.push(character);
        } else {
            shown.push_str(&format!("#{};", u32::from(character)));
        }
    }
    shown
}
