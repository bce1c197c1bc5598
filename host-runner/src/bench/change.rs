//! Changes of the costs since a saved report.

use core::fmt;

use serde::{Deserialize, Serialize};

use super::{Case, Report};

/// From when on more is a regression
#[derive(Debug, Clone, Copy)]
pub(crate) struct Thresholds {
    /// Per cent of any metric
    pub(crate) percent: f64,
    /// Microseconds, for time: a small part of a short time is noise
    pub(crate) micros: f64,
}

/// Compared metrics, which do not depend on the machine
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Metric {
    /// The policy's p50 beside that of a module that skips the same JSON
    Time,
    Fuel,
    Memory,
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Time => "time beside skipping",
            Self::Fuel => "fuel",
            Self::Memory => "memory",
        })
    }
}

/// One metric of one request, then and now
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    pub(crate) metric: Metric,
    pub(crate) before: f64,
    pub(crate) after: f64,
    pub(crate) verdict: Verdict,
}

/// Comparison of a metric with the baseline
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Verdict {
    Fine,
    /// More by that many per cent, but by too few microseconds to be told from noise
    TooSmall,
    Regression,
}

impl Change {
    pub(crate) fn is_regression(&self) -> bool {
        self.verdict == Verdict::Regression
    }

    /// Negative where it is less than it was.
    pub(crate) fn percent(&self) -> f64 {
        (self.after / self.before.max(f64::MIN_POSITIVE) - 1.0) * 100.0
    }
}

impl Report {
    /// Compares each case that is in the baseline, too.
    pub(crate) fn compare(&mut self, then: &Self, thresholds: Thresholds) {
        for case in &mut self.cases {
            let same = |other: &&Case| other.request == case.request && other.source == case.source;
            let before = then.cases.iter().find(same);
            case.changes = before.map(|before| compare(before, case, thresholds));
        }
    }

    /// Returns the changes of all compared cases.
    pub(crate) fn changes(&self) -> impl Iterator<Item = &Change> {
        self.cases
            .iter()
            .filter_map(|case| case.changes.as_ref())
            .flatten()
    }
}

fn compare(before: &Case, after: &Case, thresholds: Thresholds) -> [Change; 3] {
    let change = |metric, before: f64, after: f64, least: f64| {
        let mut change = Change {
            metric,
            before,
            after,
            verdict: Verdict::Fine,
        };
        if change.percent() > thresholds.percent {
            let is_more = after - before > least;
            change.verdict = if is_more {
                Verdict::Regression
            } else {
                Verdict::TooSmall
            };
        }
        change
    };
    let least_time = thresholds.micros / after.skip.p50.max(f64::MIN_POSITIVE);
    [
        change(Metric::Time, before.ratio, after.ratio, least_time),
        change(Metric::Fuel, float(before.fuel), float(after.fuel), 0.0),
        change(
            Metric::Memory,
            bytes(before.memory),
            bytes(after.memory),
            0.0,
        ),
    ]
}

/// Exact below 2^53, which is 26 days of instructions at four billion a second.
#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "there is no conversion that says where it rounds"
)]
const fn float(number: u64) -> f64 {
    number as f64
}

fn bytes(number: usize) -> f64 {
    float(u64::try_from(number).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::super::{Module, Timing};
    use super::*;

    fn report(ratio: f64, fuel: u64, memory: usize) -> Report {
        let timing = |p50| Timing {
            p50,
            p99: p50,
            per_second: 1.0,
        };
        let case = Case {
            request: "Pod web".into(),
            source: "pod.yaml".into(),
            bytes: 1,
            no_op: timing(50.0),
            skip: timing(100.0),
            policy: timing(100.0 * ratio),
            accepted: true,
            native: None,
            beside: None,
            ratio,
            fuel,
            memory,
            changes: None,
        };
        let module = Module {
            digest: "sha256:00".into(),
            bytes: 1,
        };
        Report::new(module, None, 1, vec![case])
    }

    fn regressions(before: &Report, mut after: Report, micros: f64) -> Vec<Metric> {
        let thresholds = Thresholds {
            percent: 10.0,
            micros,
        };
        after.compare(before, thresholds);
        let regressions = after.changes().filter(|change| change.is_regression());
        regressions.map(|change| change.metric).collect()
    }

    #[test]
    fn more_than_both_thresholds_is_a_regression() {
        let before = report(1.0, 1_000, 65_536);
        assert_eq!(regressions(&before, report(1.09, 1_099, 70_000), 0.0), []);
        assert_eq!(
            regressions(&before, report(1.2, 1_101, 131_072), 0.0),
            [Metric::Time, Metric::Fuel, Metric::Memory]
        );
        // A fifth of 100 µs is 20 µs.
        let mut small = report(1.2, 1_000, 1);
        let thresholds = Thresholds {
            percent: 10.0,
            micros: 30.0,
        };
        small.compare(&before, thresholds);
        let verdicts: Vec<_> = small.changes().map(|change| change.verdict).collect();
        assert_eq!(verdicts, [Verdict::TooSmall, Verdict::Fine, Verdict::Fine]);
        assert_eq!(regressions(&before, report(0.5, 1, 1), 0.0), []);
    }

    #[test]
    fn a_request_that_was_not_measured_before_is_no_regression() {
        let (before, mut after) = (report(1.0, 1, 1), report(9.0, 9, 9));
        after.cases[0].source = "other.yaml".into();
        assert_eq!(regressions(&before, after, 0.0), []);
    }
}
