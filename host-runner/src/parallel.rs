//! Work on all cores, with its results in the order of the items.

use alloc::collections::BTreeMap;
use core::convert::Infallible;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Returns the number of cores.
pub(crate) fn cores() -> usize {
    thread::available_parallelism().map_or(1, core::num::NonZero::get)
}

/// Does something with every item of a list.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let mut results = Vec::with_capacity(items.len());
    let mut keep = |result| {
        results.push(result);
        Ok::<_, Infallible>(())
    };
    let Ok(()) = stream(cores().min(items.len()), work, &mut keep, |queue| {
        items.iter().try_for_each(|item| queue.push(item))
    });
    results
}

/// Does something with items as they come. `feed` hands them in and waits where too many are under way,
/// so that memory does not grow with their number; `fold` gets each result, on the thread of the caller.
///
/// # Errors
///
/// The first error of `fold` ends the work. After one of `feed`, what was handed in is still folded.
pub(crate) fn stream<T: Send, R: Send, E>(
    threads: usize,
    work: impl Fn(T) -> R + Sync,
    fold: &mut dyn FnMut(R) -> Result<(), E>,
    feed: impl FnOnce(&mut Queue<'_, T, R, E>) -> Result<(), E>,
) -> Result<(), E> {
    let (jobs, waiting) = mpsc::channel::<(usize, T)>();
    let (answers, done) = mpsc::channel();
    let waiting = Mutex::new(waiting);
    thread::scope(|scope| {
        for _ in 0..threads {
            let (waiting, answers, work) = (&waiting, answers.clone(), &work);
            scope.spawn(move || {
                loop {
                    let job = waiting.lock().unwrap_or_else(PoisonError::into_inner);
                    let Ok((index, item)) = job.recv() else { break };
                    drop(job);
                    let mut answer = Answer {
                        index,
                        result: None,
                        answers: &answers,
                    };
                    answer.result = Some(work(item));
                }
            });
        }
        drop(answers);
        let mut queue = Queue {
            jobs,
            done,
            fold,
            under_way: 0,
            handed_in: 0,
            folded: 0,
            early: BTreeMap::new(),
            is_over: false,
            window: threads.saturating_mul(JOBS_PER_THREAD),
        };
        let fed = feed(&mut queue);
        queue.finish()?;
        fed
    })
}

/// Enough that no thread waits for its next item, and few enough that they need no memory.
const JOBS_PER_THREAD: usize = 8;

/// Queue of items
pub(crate) struct Queue<'f, T, R, E> {
    jobs: Sender<(usize, T)>,
    done: Receiver<(usize, Option<R>)>,
    fold: &'f mut dyn FnMut(R) -> Result<(), E>,
    /// Handed in and not folded
    under_way: usize,
    handed_in: usize,
    folded: usize,
    /// Results that came before those of earlier items
    early: BTreeMap<usize, R>,
    /// Folding has failed, or a thread has panicked, which the scope passes on: nothing more is waited for
    is_over: bool,
    window: usize,
}

impl<T, R, E> Queue<'_, T, R, E> {
    /// Hands in one item, and folds what is done where there is no room.
    ///
    /// # Errors
    ///
    /// One of `fold`; the caller hands in nothing more.
    pub(crate) fn push(&mut self, item: T) -> Result<(), E> {
        while !self.is_over && self.under_way >= self.window.max(1) {
            self.fold_next()?;
        }
        if !self.is_over && self.jobs.send((self.handed_in, item)).is_ok() {
            self.handed_in = self.handed_in.saturating_add(1);
            self.under_way = self.under_way.saturating_add(1);
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), E> {
        while !self.is_over && self.under_way > 0 {
            self.fold_next()?;
        }
        Ok(())
    }

    /// Waits for a result, and folds those whose turn it is.
    fn fold_next(&mut self) -> Result<(), E> {
        let Ok((index, Some(result))) = self.done.recv() else {
            self.is_over = true;
            return Ok(());
        };
        self.early.insert(index, result);
        while let Some(result) = self.early.remove(&self.folded) {
            self.folded = self.folded.saturating_add(1);
            self.under_way = self.under_way.saturating_sub(1);
            if let Err(error) = (self.fold)(result) {
                self.is_over = true;
                return Err(error);
            }
        }
        Ok(())
    }
}

/// Result of a job; sent also if the work panics, so that the receiver does not wait
struct Answer<'a, R> {
    index: usize,
    result: Option<R>,
    answers: &'a Sender<(usize, Option<R>)>,
}

impl<R> Drop for Answer<'_, R> {
    fn drop(&mut self) {
        // There is no receiver after folding has failed.
        let _ = self.answers.send((self.index, self.result.take()));
    }
}

#[cfg(test)]
mod tests {
    use core::sync::atomic::{AtomicUsize, Ordering};
    use core::time::Duration;

    use super::*;

    #[test]
    fn results_are_in_the_order_of_the_items() {
        let items: Vec<u64> = (0..200).collect();
        let doubled = map(&items, |item| {
            thread::sleep(Duration::from_micros(200 - item));
            item * 2
        });
        assert_eq!(doubled, (0..200).map(|item| item * 2).collect::<Vec<_>>());
        assert!(map(&[], |item: &u64| *item).is_empty());
    }

    #[test]
    fn items_wait_until_there_is_room() {
        let (made, folded) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let most = AtomicUsize::new(0);
        let mut fold = |()| {
            folded.fetch_add(1, Ordering::SeqCst);
            Ok::<_, ()>(())
        };
        stream(
            2,
            |_| (),
            &mut fold,
            |queue| {
                for index in 0..500 {
                    queue.push(index)?;
                    let made = made.fetch_add(1, Ordering::SeqCst) + 1;
                    most.fetch_max(made - folded.load(Ordering::SeqCst), Ordering::SeqCst);
                }
                Ok(())
            },
        )
        .unwrap();
        assert_eq!(folded.load(Ordering::SeqCst), 500);
        assert!(most.load(Ordering::SeqCst) <= 2 * JOBS_PER_THREAD);
    }

    #[test]
    fn what_was_handed_in_is_folded_before_an_error_of_the_feed_is_told() {
        let mut sum = 0;
        let mut fold = |item: u32| {
            sum += item;
            Ok(())
        };
        let fed = stream(
            2,
            |item| item,
            &mut fold,
            |queue| {
                (1..=3).try_for_each(|item| queue.push(item))?;
                Err("malformed")
            },
        );
        assert_eq!((fed, sum), (Err("malformed"), 6));
    }

    /// Also where later results are there already, and none will come any more.
    #[test]
    fn an_error_of_the_fold_waits_for_nobody() {
        for _ in 0..200 {
            let mut fold = |item: u32| if item == 0 { Err("enough") } else { Ok(()) };
            let slow_at_first = |item| {
                if item == 0 {
                    thread::sleep(Duration::from_micros(500));
                }
                item
            };
            let fed = stream(4, slow_at_first, &mut fold, |queue| {
                (0..4).try_for_each(|item| queue.push(item))
            });
            assert_eq!(fed, Err("enough"));
        }
    }

    #[test]
    fn an_error_of_the_fold_ends_the_work() {
        let mut fold = |item: u32| if item == 5 { Err("enough") } else { Ok(()) };
        let fed = stream(
            2,
            |item| item,
            &mut fold,
            |queue| (0..).try_for_each(|item| queue.push(item)),
        );
        assert_eq!(fed, Err("enough"));
    }

    #[test]
    #[should_panic(expected = "a scoped thread panicked")]
    fn a_panic_is_passed_on_and_waits_for_nobody() {
        let items: Vec<u32> = (0..500).collect();
        map(&items, |item| assert!(*item != 2, "two"));
    }
}
