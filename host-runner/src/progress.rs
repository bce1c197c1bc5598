//! A progress bar for work that takes longer than a second, on terminals only.

use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Work that is under way
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
    is_shown: AtomicBool,
}

/// Shorter work is over before anybody has read the bar.
const QUIET: Duration = Duration::from_secs(1);

impl Progress {
    /// Begins some number of steps, each of which `noun` names.
    pub(crate) fn of(steps: usize, noun: &'static str) -> Self {
        let steps = u64::try_from(steps).ok();
        let bar = ProgressBar::with_draw_target(steps, ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{bar:30} {pos} of {len} {msg}  {eta} left");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.set_message(noun);
        Self {
            bar,
            is_shown: AtomicBool::new(false),
        }
    }

    /// One step is done.
    pub(crate) fn step(&self) {
        if self.bar.elapsed() > QUIET && !self.is_shown.swap(true, Ordering::Relaxed) {
            // Standard error, and nothing where that is no terminal.
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.inc(1);
    }
}

impl Drop for Progress {
    /// The answer takes the place of the bar.
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
