//! A progress bar for work that takes longer than a second, on terminals only.

use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Work that is under way
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
    measure: Measure,
    is_shown: AtomicBool,
}

/// In what the work is measured
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Measure {
    Steps,
    Bytes,
}

/// Shorter work is over before anybody has read the bar.
const QUIET: Duration = Duration::from_secs(1);

impl Progress {
    /// Begins some number of steps, each of which `noun` names.
    pub(crate) fn of(steps: usize, noun: &'static str) -> Self {
        let steps = u64::try_from(steps).ok();
        let template = "{bar:30} {pos} of {len} {msg}  {eta} left";
        Self::begin(Measure::Steps, steps, template, noun)
    }

    /// Begins to read so many bytes; where nobody knows how many, the steps are counted.
    pub(crate) fn of_bytes(bytes: Option<u64>, noun: &'static str) -> Self {
        match bytes {
            Some(_) => {
                let template = "{bar:30} {bytes} of {total_bytes}  {eta} left";
                Self::begin(Measure::Bytes, bytes, template, noun)
            }
            None => Self::begin(Measure::Steps, None, "{pos} {msg}  {elapsed}", noun),
        }
    }

    fn begin(measure: Measure, length: Option<u64>, template: &str, noun: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(noun);
        Self {
            bar,
            measure,
            is_shown: AtomicBool::new(false),
        }
    }

    /// One step is done.
    pub(crate) fn step(&self) {
        self.advance(Measure::Steps, 1);
    }

    /// Some bytes were read.
    pub(crate) fn read(&self, bytes: u64) {
        self.advance(Measure::Bytes, bytes);
    }

    fn advance(&self, measure: Measure, by: u64) {
        if measure != self.measure {
            return;
        }
        if self.bar.elapsed() > QUIET && !self.is_shown.swap(true, Ordering::Relaxed) {
            // Standard error, and nothing where that is no terminal.
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.inc(by);
    }
}

impl Drop for Progress {
    /// The answer takes the place of the bar.
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
