//! Times of several works in one process and in turns, so that anything that slows the
//! machine slows all of them.

use core::time::Duration;
use std::time::Instant;

/// Something that is measured
pub type Work<'w, E> = dyn FnMut() -> Result<(), E> + 'w;

/// Times of all runs of one work, shortest first
#[derive(Debug, Clone)]
pub struct Times(Vec<Duration>);

/// Runs every work once a round, each round beginning with another one; the first rounds, which
/// `warm_up` counts, are not kept. `each_round` is called between rounds, and not measured.
///
/// # Errors
///
/// The first error of a work.
pub fn in_turns<E>(
    works: &mut [&mut Work<'_, E>],
    warm_up: usize,
    rounds: usize,
    each_round: &dyn Fn(),
) -> Result<Vec<Times>, E> {
    let mut all: Vec<Vec<Duration>> = works.iter().map(|_| Vec::new()).collect();
    for round in 0..warm_up.saturating_add(rounds) {
        each_round();
        let first = round.checked_rem(works.len()).unwrap_or_default();
        let (head, tail) = works.split_at_mut(first);
        let (head_times, tail_times) = all.split_at_mut(first);
        let turns = tail
            .iter_mut()
            .zip(tail_times)
            .chain(head.iter_mut().zip(head_times));
        for (work, times) in turns {
            let started = Instant::now();
            work()?;
            let taken = started.elapsed();
            if round >= warm_up {
                times.push(taken);
            }
        }
    }
    Ok(all.into_iter().map(Times::from).collect())
}

impl From<Vec<Duration>> for Times {
    fn from(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }
}

impl Times {
    /// The time that so many per cent of the runs did not exceed; zero where there was none.
    #[must_use]
    pub fn percentile(&self, percent: usize) -> Duration {
        let rank = self.0.len().saturating_mul(percent).div_ceil(100);
        let place = rank.saturating_sub(1);
        self.0.get(place).copied().unwrap_or_default()
    }

    /// Runs in a second, one after the other.
    #[must_use]
    pub fn throughput(&self) -> f64 {
        let total: Duration = self.0.iter().sum();
        let runs: f64 = self.0.iter().map(|_| 1.0).sum();
        runs / total.as_secs_f64().max(f64::MIN_POSITIVE)
    }
}

#[cfg(test)]
mod tests {
    use core::convert::Infallible;

    use super::*;

    #[test]
    fn every_round_begins_with_another_work() {
        let order = core::cell::RefCell::new(String::new());
        let record = |name: char| {
            let order = &order;
            move || {
                order.borrow_mut().push(name);
                Ok::<_, Infallible>(())
            }
        };
        let (mut a, mut b, mut c) = (record('a'), record('b'), record('c'));
        let Ok(times) = in_turns(&mut [&mut a, &mut b, &mut c], 1, 3, &|| {});
        assert_eq!(*order.borrow(), "abcbcacababc");
        assert!(times.iter().all(|times| times.0.len() == 3));
    }

    #[test]
    fn the_first_error_ends_the_work() {
        let mut runs = 0;
        let mut failing = || {
            runs += 1;
            if runs < 3 { Ok(()) } else { Err("enough") }
        };
        assert_eq!(
            in_turns(&mut [&mut failing], 0, 10, &|| {}).unwrap_err(),
            "enough"
        );
        assert_eq!(runs, 3);
    }

    #[test]
    fn percentiles_are_times_that_were_measured() {
        let times = Times::from(
            (1..=200)
                .rev()
                .map(Duration::from_millis)
                .collect::<Vec<_>>(),
        );
        assert_eq!(times.percentile(50), Duration::from_millis(100));
        assert_eq!(times.percentile(99), Duration::from_millis(198));
        assert_eq!(times.percentile(100), Duration::from_millis(200));
        assert_eq!(times.percentile(0), Duration::from_millis(1));
        assert!((times.throughput() - 200.0 / 20.1).abs() < 1e-9);
        assert_eq!(Times::from(Vec::new()).percentile(50), Duration::ZERO);
    }
}
