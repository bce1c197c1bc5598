//! For people: a table by namespace and reason, the images that most objects have, and the sums.

use alloc::collections::BTreeSet;
use std::io::{self, Write};

use super::Report;
use crate::audit::{Finding, Judged, Outcome, Summary};
use crate::emit::{BOLD_GREEN, BOLD_RED, BOLD_YELLOW, DIM, RESET, printable};

/// Prints the report. In full, also every object that was kept.
pub(crate) fn print(out: &mut dyn Write, report: &Report<'_>, in_full: bool) -> io::Result<()> {
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
            "{omitted} more objects are not listed; --limit says how many are\n"
        )?;
    }
    let summary = summary(&audit.summary, report.passed_over.count());
    writeln!(out, "{summary} {DIM}(module {}){RESET}", report.digest)?;
    let owned = grouped(audit.summary.owned);
    if audit.summary.owned > 0 {
        let text =
            format!("{owned} of the objects were made by a controller, and repeat what it says");
        writeln!(out, "{DIM}{text}{RESET}")?;
    }
    match report.time {
        Some(time) => writeln!(out, "{DIM}judged as of {time}{RESET}"),
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

/// The table, aligned. What others wrote is in the columns; the last one may be of any width.
fn rows(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    let rows: Vec<_> = report
        .audit
        .rows()
        .map(|(row, tally)| {
            let namespace = match row.namespace.as_str() {
                "" => "(none)".to_owned(),
                namespace => printable(namespace),
            };
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
            *width = (*width).max(cell.chars().count());
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

/// Few enough to be read where nobody has asked for more.
const MOST: usize = 10;

/// The images against which something stands, those of most objects first.
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
            "--limit says how many are listed"
        } else {
            "--list lists them"
        };
        writeln!(out, "{DIM}{} more images; {option}{RESET}", grouped(rest))?;
    }
    writeln!(out)
}

const fn colour(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Refused | Outcome::Error => BOLD_RED,
        Outcome::DryRun | Outcome::BreakGlass => BOLD_YELLOW,
        Outcome::Admitted => BOLD_GREEN,
    }
}

/// `1,234 objects: 1,200 admitted, 30 refused, 4 in dry run; 57 images; 300 passed over`
fn summary(summary: &Summary, passed_over: usize) -> String {
    let many = |count: usize, noun: &str| {
        let plural = if count == 1 { "" } else { "s" };
        format!("{} {noun}{plural}", grouped(count))
    };
    let mut outcomes = vec![
        format!("{} admitted", grouped(summary.admitted)),
        format!("{} refused", grouped(summary.refused)),
    ];
    for (count, words) in [
        (summary.errors, "refused by an error"),
        (summary.dry_run, "in dry run, which would be refused"),
        (summary.break_glass, "with break-glass"),
    ] {
        if count > 0 {
            outcomes.push(format!("{} {words}", grouped(count)));
        }
    }
    let passed_over = match passed_over {
        0 => String::new(),
        count => format!("; {} without an image passed over", grouped(count)),
    };
    format!(
        "{}: {}; {}{passed_over}",
        many(summary.objects, "object"),
        outcomes.join(", "),
        many(summary.images, "image"),
    )
}

/// `1,234`
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len());
    for (index, digit) in digits.chars().enumerate() {
        let left = digits.len().saturating_sub(index);
        if index > 0 && left.is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_groups() {
        let shown: Vec<_> = [0, 12, 123, 1234, 123_456, 1_234_567]
            .into_iter()
            .map(grouped)
            .collect();
        assert_eq!(shown, ["0", "12", "123", "1,234", "123,456", "1,234,567"]);
    }

    #[test]
    fn the_summary_counts_what_there_is() {
        let mut counts = Summary {
            objects: 1234,
            admitted: 1234,
            images: 1,
            ..Summary::default()
        };
        assert_eq!(
            summary(&counts, 0),
            "1,234 objects: 1,234 admitted, 0 refused; 1 image"
        );
        counts.admitted = 1200;
        (
            counts.refused,
            counts.errors,
            counts.dry_run,
            counts.break_glass,
        ) = (28, 1, 4, 1);
        assert_eq!(
            summary(&counts, 300),
            "1,234 objects: 1,200 admitted, 28 refused, 1 refused by an error, 4 in dry run, which \
             would be refused, 1 with break-glass; 1 image; 300 without an image passed over"
        );
    }
}
