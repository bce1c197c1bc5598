//! Text output: a line for each case, and the differences of each failed case.

use std::io::{self, Write};

use policy_lint::suite::Outcome;

use super::{Tested, sentence};
use crate::emit::human::module_note;
use crate::suite::{Case, CaseResult, Coverage, Ended, Mutation};
use crate::terminal::{BOLD_GREEN, BOLD_RED, BOLD_YELLOW, DIM, RESET, counted, printable};

pub(super) fn write(out: &mut dyn Write, tested: &Tested) -> io::Result<()> {
    for (suite, results) in tested.by_suite() {
        let shown: Vec<_> = results
            .into_iter()
            .filter(|result| !(tested.fail_only && result.is_as_expected()))
            .filter_map(|result| Some((tested.case(result)?.1, result)))
            .collect();
        if shown.is_empty() {
            continue;
        }
        writeln!(out, "{}", printable(&suite.name))?;
        let widths = shown.iter().map(|(case, _)| case.name.chars().count());
        let width = widths.max().unwrap_or_default().min(MAX_WIDTH);
        for (case, result) in shown {
            self::case(out, case, result, width)?;
        }
        writeln!(out)?;
    }
    for coverage in &tested.coverage {
        self::coverage(out, coverage, tested.threshold)?;
    }
    for mutation in &tested.mutations {
        self::mutation(out, mutation)?;
    }
    summary(out, tested)
}

/// Maximum width of the names: they have any length
const MAX_WIDTH: usize = 100;

fn case(out: &mut dyn Write, case: &Case, result: &CaseResult, width: usize) -> io::Result<()> {
    let (colour, word) = match &result.ended {
        Ended::Failed(_) => (BOLD_RED, "ERROR"),
        Ended::Decided { mismatches, .. } if mismatches.is_empty() => (BOLD_GREEN, "ok   "),
        Ended::Decided { .. } => (BOLD_RED, "FAIL "),
    };
    let name = printable(&case.name);
    let sentence = printable(&sentence(case, result));
    let why = if result.is_as_expected() {
        why(case)
    } else {
        format!("  {DIM}line {}{RESET}", case.line)
    };
    writeln!(
        out,
        "  {colour}{word}{RESET} {name:width$}  {sentence}{why}"
    )?;
    let Ended::Decided { mismatches, .. } = &result.ended else {
        return Ok(());
    };
    for mismatch in mismatches {
        let what = &mismatch.what;
        let (expected, actual) = (printable(&mismatch.expected), printable(&mismatch.actual));
        writeln!(out, "        {BOLD_GREEN}- {what}: {expected}{RESET}")?;
        writeln!(out, "        {BOLD_RED}+ {what}: {actual}{RESET}")?;
    }
    // The reasons, if the differences do not list them.
    if !mismatches.is_empty() && !mismatches.iter().any(|one| one.what == "reasons") {
        let reasons = printable(&result.reasons().join(", "));
        writeln!(out, "          {DIM}because of {reasons}{RESET}")?;
    }
    Ok(())
}

/// The expected reasons of a passed case.
fn why(case: &Case) -> String {
    let expectation = &case.expectation;
    let images = expectation.images.iter().flat_map(|image| &image.reasons);
    let mut codes: Vec<&str> = Vec::new();
    for reason in expectation.reasons.iter().chain(images) {
        if reason.is_there && !codes.contains(&reason.code.as_str()) {
            codes.push(&reason.code);
        }
    }
    let enforcement = expectation.enforcement.map(|one| one.name());
    codes.extend(enforcement.filter(|name| *name != "enforced"));
    if codes.is_empty() {
        return String::new();
    }
    format!(" {DIM}({}){RESET}", codes.join(", "))
}

fn coverage(out: &mut dyn Write, coverage: &Coverage, threshold: usize) -> io::Result<()> {
    let (percent, all) = (coverage.percent(), coverage.parts.len());
    let colour = if percent < threshold {
        BOLD_RED
    } else {
        BOLD_GREEN
    };
    let settings = printable(&coverage.settings);
    let exercised = coverage.exercised();
    writeln!(
        out,
        "coverage of {settings}: {colour}{percent} %{RESET}, {exercised} of {all} parts"
    )?;
    if percent < threshold {
        writeln!(
            out,
            "  {BOLD_RED}below the threshold of {threshold} %{RESET}"
        )?;
    }
    for part in coverage.parts.iter().filter(|part| !part.exercised) {
        let (what, place) = (printable(&part.what), printable(&part.place));
        writeln!(
            out,
            "  {BOLD_YELLOW}not exercised{RESET}  {what}  {DIM}{place}{RESET}"
        )?;
    }
    Ok(())
}

fn mutation(out: &mut dyn Write, mutation: &Mutation) -> io::Result<()> {
    let settings = printable(&mutation.settings);
    let changes = counted(mutation.mutants, "change");
    let survivors = &mutation.survivors;
    if mutation.mutants == 0 {
        return writeln!(out, "mutation of {settings}: nothing to change");
    }
    if survivors.is_empty() {
        return writeln!(
            out,
            "mutation of {settings}: {BOLD_GREEN}all {changes} detected{RESET}"
        );
    }
    let unnoticed = survivors.len();
    writeln!(
        out,
        "mutation of {settings}: {BOLD_RED}{unnoticed} of {changes} not detected{RESET}"
    )?;
    for survivor in survivors {
        let (what, place) = (printable(&survivor.what), printable(&survivor.place));
        writeln!(
            out,
            "  {BOLD_YELLOW}not detected{RESET}  {what}  {DIM}{place}{RESET}"
        )?;
    }
    Ok(())
}

fn summary(out: &mut dyn Write, tested: &Tested) -> io::Result<()> {
    let (admitted, denied) = (
        tested.as_expected(Outcome::Admitted),
        tested.as_expected(Outcome::Denied),
    );
    let as_expected = admitted.saturating_add(denied);
    let mut parts = vec![format!(
        "{as_expected} passed ({admitted} admitted, {denied} denied)"
    )];
    for (count, what) in [
        (tested.unexpected(), "failed"),
        (tested.failed(), "with an error"),
    ] {
        if count > 0 {
            parts.push(format!("{BOLD_RED}{count} {what}{RESET}"));
        }
    }
    if tested.left_out > 0 {
        parts.push(format!("{} not run", tested.left_out));
    }
    writeln!(
        out,
        "{}: {}{}",
        counted(tested.results.len(), "case"),
        parts.join(", "),
        module_note(tested.shown_module())
    )
}
