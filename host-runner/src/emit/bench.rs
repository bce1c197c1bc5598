//! Text output of `bench`.

use std::io::{self, Write};

use crate::bench::{Case, Change, Metric, Report, Thresholds, Timing, Verdict};
use crate::terminal::{BOLD_GREEN, BOLD_RED, BOLD_YELLOW, RESET, counted, printable};

/// Prints a table for each request, and its changes if it was compared.
pub(crate) fn human(
    out: &mut dyn Write,
    report: &Report,
    compared: Option<Thresholds>,
) -> io::Result<()> {
    for case in &report.cases {
        print_case(out, case, report.runs)?;
        for change in case.changes.iter().flatten() {
            print_change(out, change)?;
        }
        if compared.is_some() && case.changes.is_none() {
            writeln!(out, "  not in the baseline")?;
        }
        writeln!(out)?;
    }
    let Some(Thresholds { percent, micros }) = compared else {
        return Ok(());
    };
    let regressions = report.changes().filter(|change| change.is_regression());
    let found = match regressions.count() {
        0 => "no regression".to_owned(),
        count => format!("{BOLD_RED}{}{RESET}", counted(count, "regression")),
    };
    let all = report.cases.iter();
    let measured = all.filter(|case| case.changes.is_some()).count();
    let requests = counted(report.cases.len(), "request");
    writeln!(
        out,
        "{found} (by more than {percent} %, of time also {micros} µs; {measured} of {requests} compared)"
    )
}

fn print_case(out: &mut dyn Write, case: &Case, runs: usize) -> io::Result<()> {
    writeln!(
        out,
        "{} of `{}`: {} bytes with its settings, {}",
        printable(&case.request),
        printable(&case.source),
        case.bytes,
        counted(runs, "run")
    )?;
    writeln!(
        out,
        "  {:<22} {:>10} {:>10} {:>10} {:>9}",
        "", "p50", "p99", "calls/s", "ratio"
    )?;
    print_timing(out, "always admits", &case.no_op, case)?;
    print_timing(out, "skips the JSON", &case.skip, case)?;
    print_timing(out, "the policy", &case.policy, case)?;
    if let Some(native) = &case.native {
        print_timing(out, "the policy, native", native, case)?;
    }
    if let Some(beside) = &case.beside {
        print_timing(out, "the other module", beside, case)?;
    }
    let answer = if case.accepted { "admitted" } else { "denied" };
    let memory = memory(case.memory);
    writeln!(out, "  {answer}; fuel {}, memory {memory}", case.fuel)
}

fn print_timing(out: &mut dyn Write, name: &str, timing: &Timing, case: &Case) -> io::Result<()> {
    let ratio = timing.beside(&case.skip);
    writeln!(
        out,
        "  {name:<22} {:>7.1} µs {:>7.1} µs {:>10.0} {ratio:>9.2}",
        timing.p50, timing.p99, timing.per_second
    )
}

fn print_change(out: &mut dyn Write, change: &Change) -> io::Result<()> {
    let Change {
        metric,
        before,
        after,
        verdict,
    } = change;
    let digits = if *metric == Metric::Time { 2 } else { 0 };
    let (mark, colour) = match verdict {
        Verdict::Fine => ("✓", BOLD_GREEN),
        Verdict::TooSmall => ("·", BOLD_YELLOW),
        Verdict::Regression => ("✗", BOLD_RED),
    };
    writeln!(
        out,
        "  {colour}{mark}{RESET} {metric:<20} {before:.digits$} → {after:.digits$} ({:+.1} %)",
        change.percent()
    )
}

/// Memory in MiB; pages have 64 KiB, so two digits suffice.
fn memory(bytes: usize) -> String {
    let kib = bytes / 1024;
    format!(
        "{}.{:02} MiB",
        kib / 1024,
        (kib % 1024).saturating_mul(100) / 1024
    )
}
