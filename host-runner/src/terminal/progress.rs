//! A progress bar for work that takes longer than a second, on terminals only.

use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;
use std::io::{self, IsTerminal as _, Write};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;

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

/// Delay before the bar is shown; shorter work shows none
const QUIET: Duration = Duration::from_secs(1);

impl Progress {
    /// Begins some number of steps, each of which `noun` names.
    pub(crate) fn of(steps: usize, noun: &'static str) -> Self {
        let steps = u64::try_from(steps).ok();
        let template = "{bar:30} {pos} of {len} {msg}  {eta} left";
        Self::begin(Measure::Steps, steps, template, noun)
    }

    /// Returns a bar for this number of bytes; without a number, it counts steps.
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

/// Compiles a module. If that takes longer than a second, a terminal says so.
pub(crate) fn compiling(compile: &mut dyn FnMut()) {
    if io::stderr().is_terminal() {
        let message = "compiling the policy module (first run only)";
        tell_if_longer(QUIET, message, compile, &mut anstream::stderr());
    } else {
        compile();
    }
}

/// Writes a line if work takes longer than `patience`.
fn tell_if_longer(
    patience: Duration,
    message: &str,
    work: &mut dyn FnMut(),
    out: &mut (dyn Write + Send),
) {
    thread::scope(|scope| {
        let (done, waiting) = mpsc::channel::<()>();
        scope.spawn(move || {
            if waiting.recv_timeout(patience) == Err(RecvTimeoutError::Timeout) {
                // The work matters, not the line.
                let _ = writeln!(out, "{message}");
            }
        });
        work();
        drop(done);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Passes on what is written.
    struct Line(mpsc::Sender<Vec<u8>>);

    impl Write for Line {
        fn write(&mut self, text: &[u8]) -> io::Result<usize> {
            self.0.send(text.to_owned()).map_err(io::Error::other)?;
            Ok(text.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn only_long_work_is_told() {
        let (line, lines) = mpsc::channel();
        // This work ends when it has been told.
        let mut work = || assert_eq!(lines.recv().unwrap(), b"long");
        tell_if_longer(Duration::ZERO, "long", &mut work, &mut Line(line));
        let mut out = Vec::new();
        tell_if_longer(Duration::from_secs(3600), "short", &mut || (), &mut out);
        assert_eq!(out, b"");
    }
}
