//! Text output: a table by namespace and reason, the most frequent images, and the sums.

use alloc::collections::BTreeSet;
use std::io::{self, Write};

use super::Report;
use super::summary::{grouped, namespace, summary};
use crate::audit::{Finding, Judged, Outcome};
use crate::emit::human::module_note;
use crate::terminal::{BOLD_GREEN, BOLD_RED, BOLD_YELLOW, DIM, RESET, printable};

/// Prints the report; with `in_full`, also every listed object.
pub(crate) fn print(
    out: &mut dyn Write,
    report: &Report<'_>,
    in_full: bool,
    module: Option<&str>,
) -> io::Result<()> {
    let audit = report.audit;
    if in_full {
        for one in &audit.objects {
            object(out, one)?;
            writeln!(out)?;
        }
    }
    rows(out, report)?;
    images(out, report, in_full)?;
    let omitted = audit.omitted().objects;
    if in_full && omitted > 0 {
        let omitted = grouped(omitted);
        writeln!(
            out,
            "{omitted} more objects are not listed; raise --limit\n"
        )?;
    }
    if !audit.summary.is_clean() {
        let hint = "`countersign explain REASON` shows what a reason means and what to do";
        writeln!(out, "{DIM}{hint}{RESET}\n")?;
    }
    let summary = summary(&audit.summary, report.passed_over.counts().values().sum());
    writeln!(out, "{summary}{}", module_note(module))?;
    let owned = grouped(audit.summary.owned);
    if audit.summary.owned > 0 {
        let text =
            format!("{owned} of the objects belong to a controller, which is counted as well");
        writeln!(out, "{DIM}{text}{RESET}")?;
    }
    match report.time {
        Some(time) => writeln!(out, "{DIM}evaluated as of {time}{RESET}"),
        None => Ok(()),
    }
}

fn object(out: &mut dyn Write, object: &Judged) -> io::Result<()> {
    let (outcome, colour) = (object.outcome, colour(object.outcome));
    let (title, source) = (&object.title, &object.source);
    writeln!(
        out,
        "{colour}{outcome}{RESET}  {title}  {DIM}{source}{RESET}"
    )?;
    let mut place = None;
    for finding in &object.findings {
        let own = (&finding.image, &finding.field);
        if place != Some(own) && finding.field.is_some() {
            let name = finding.image.as_deref().unwrap_or("(no image)");
            let field = finding.field.as_deref().unwrap_or_default();
            writeln!(
                out,
                "  {}  {DIM}{}{RESET}",
                printable(name),
                printable(field)
            )?;
        }
        place = Some(own);
        reason(out, finding, object.outcome)?;
    }
    Ok(())
}

fn reason(out: &mut dyn Write, finding: &Finding, of_object: Outcome) -> io::Result<()> {
    let indent = if finding.field.is_some() {
        "    "
    } else {
        "  "
    };
    let outcome = if finding.outcome == of_object {
        String::new()
    } else {
        format!("{}: ", finding.outcome)
    };
    let (code, message) = (printable(&finding.reason), printable(&finding.message));
    writeln!(out, "{indent}{outcome}{DIM}{code}{RESET}: {message}")
}

/// Prints the aligned table; the last column may have any width.
fn rows(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    let rows: Vec<_> = report
        .audit
        .rows()
        .map(|(row, tally)| {
            let namespace = printable(namespace(&row.namespace));
            let images = match tally.images() {
                0 => "-".to_owned(),
                images => grouped(images),
            };
            let (reason, objects) = (printable(&row.reason), grouped(tally.objects));
            (
                row.outcome,
                [namespace, reason, objects, images],
                &tally.example,
            )
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let titles = ["NAMESPACE", "REASON", "OBJECTS", "IMAGES"];
    let mut widths = titles.map(str::len);
    for (_, cells, _) in &rows {
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = (*width).max(cell.chars().count()).min(MAX_WIDTH);
        }
    }
    let [namespaces, reasons, objects, images] = widths;
    let outcomes = rows.iter().map(|(outcome, ..)| outcome.to_string().len());
    let outcomes = outcomes.max().unwrap_or_default().max("OUTCOME".len());
    writeln!(
        out,
        "{DIM}{:namespaces$}  {:outcomes$}  {:reasons$}  {:>objects$}  {:>images$}  FOR EXAMPLE{RESET}",
        "NAMESPACE", "OUTCOME", "REASON", "OBJECTS", "IMAGES"
    )?;
    for (outcome, [namespace, reason, count, of_images], example) in &rows {
        let colour = colour(*outcome);
        writeln!(
            out,
            "{namespace:namespaces$}  {colour}{outcome:outcomes$}{RESET}  {reason:reasons$}  \
             {count:>objects$}  {of_images:>images$}  {DIM}{example}{RESET}"
        )?;
    }
    writeln!(out)
}

/// Maximum width of a column: names of any length are in the input
const MAX_WIDTH: usize = 100;

/// Number of images in a report without `--list`
const MOST: usize = 10;

/// Prints the images with findings, the most frequent first.
fn images(out: &mut dyn Write, report: &Report<'_>, in_full: bool) -> io::Result<()> {
    let images = report.audit.images();
    let all = report.audit.summary.images_with_findings;
    let shown = if in_full { images.len() } else { MOST };
    let lines: Vec<_> = images
        .iter()
        .take(shown)
        .map(|(name, tally)| {
            let reasons = tally.reasons.iter();
            let codes: BTreeSet<_> = reasons.map(|(_, code)| printable(code)).collect();
            let codes: Vec<_> = codes.into_iter().collect();
            (grouped(tally.objects), codes.join(", "), printable(name))
        })
        .collect();
    if lines.is_empty() {
        return Ok(());
    }
    let width = |cell: fn(&(String, String, String)) -> &String, title: &str| {
        let widths = lines.iter().map(|line| cell(line).chars().count());
        widths.max().unwrap_or_default().max(title.len())
    };
    let (objects, reasons) = (
        width(|line| &line.0, "OBJECTS"),
        width(|line| &line.1, "REASONS"),
    );
    let (first, second) = ("OBJECTS", "REASONS");
    writeln!(
        out,
        "{DIM}{first:>objects$}  {second:reasons$}  IMAGE{RESET}"
    )?;
    for (count, codes, name) in &lines {
        writeln!(out, "{count:>objects$}  {codes:reasons$}  {name}")?;
    }
    let rest = all.saturating_sub(lines.len());
    if rest > 0 {
        let option = if in_full {
            "raise --limit to list them"
        } else {
            "list them with --list"
        };
        writeln!(out, "{DIM}{} more images; {option}{RESET}", grouped(rest))?;
    }
    writeln!(out)
}

const fn colour(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Denied | Outcome::Error => BOLD_RED,
        Outcome::DryRun | Outcome::BreakGlass => BOLD_YELLOW,
        Outcome::Admitted => BOLD_GREEN,
    }
}
