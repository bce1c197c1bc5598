//! What a policy costs, for people.

use std::io::{self, Write};

use super::{BOLD_GREEN, BOLD_RED, RESET, counted, printable};
use crate::bench::{Case, Change, Metric, Report, Timing};

/// Prints a table for each request, and what has become of it.
pub(crate) fn human(
    out: &mut dyn Write,
    report: &Report,
    changes: Option<&[Option<[Change; 3]>]>,
    threshold: f64,
) -> io::Result<()> {
    for (index, case) in report.cases.iter().enumerate() {
        let Case {
            request,
            source,
            bytes,
            ..
        } = case;
        writeln!(
            out,
            "{} of `{}`: {bytes} bytes with its settings, {}",
            printable(request),
            printable(source),
            counted(report.runs, "run")
        )?;
        writeln!(
            out,
            "  {:<22} {:>10} {:>10} {:>10} {:>9}",
            "", "p50", "p99", "calls/s", "ratio"
        )?;
        line(out, "says yes", &case.no_op, case)?;
        line(out, "skips the JSON", &case.skip, case)?;
        line(out, "the policy", &case.policy, case)?;
        if let Some(native) = &case.native {
            line(out, "the same, native", native, case)?;
        }
        writeln!(out, "  fuel {}, memory {}", case.fuel, memory(case.memory))?;
        match changes.and_then(|all| all.get(index)) {
            Some(Some(changes)) => {
                for change in changes {
                    print_change(out, change)?;
                }
            }
            Some(None) => writeln!(out, "  not in the report that this is compared with")?,
            None => {}
        }
        writeln!(out)?;
    }
    if let Some(all) = changes {
        let changes = all.iter().flatten().flatten();
        match changes.filter(|change| change.is_regression).count() {
            0 => writeln!(out, "nothing became worse by more than {threshold} %")?,
            count => {
                let regressions = counted(count, "regression");
                writeln!(
                    out,
                    "{BOLD_RED}{regressions}{RESET} of more than {threshold} %"
                )?;
            }
        }
    }
    Ok(())
}

fn line(out: &mut dyn Write, name: &str, timing: &Timing, case: &Case) -> io::Result<()> {
    let ratio = timing.p50 / case.skip.p50.max(f64::MIN_POSITIVE);
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
        is_regression,
    } = change;
    let digits = if *metric == Metric::Time { 2 } else { 0 };
    let (mark, colour) = if *is_regression {
        ("✗", BOLD_RED)
    } else {
        ("✓", BOLD_GREEN)
    };
    writeln!(
        out,
        "  {colour}{mark}{RESET} {metric:<20} {before:.digits$} → {after:.digits$} ({:+.1} %)",
        change.percent()
    )
}

/// Whole pages are 64 KiB, so two digits are exact enough.
fn memory(bytes: usize) -> String {
    let kib = bytes / 1024;
    format!(
        "{}.{:02} MiB",
        kib / 1024,
        (kib % 1024).saturating_mul(100) / 1024
    )
}
