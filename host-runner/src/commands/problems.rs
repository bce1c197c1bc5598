//! What cannot be read or judged among many: kept until the answers about the rest are printed.

use core::fmt::Display;

use crate::inputs::{InputError, Skipped, Walk, Why};
use crate::{Exit, emit};

/// More are only counted: their number is their author's.
const MAX_TOLD: usize = 100;

/// What is told at the end
#[derive(Debug, Default)]
pub(crate) struct Problems {
    told: Vec<String>,
    /// All of them
    count: usize,
}

impl Problems {
    /// Keeps a problem.
    pub(crate) fn add(&mut self, problem: &impl Display) {
        self.count = self.count.saturating_add(1);
        if self.told.len() < MAX_TOLD {
            self.told.push(problem.to_string());
        }
    }

    /// Adds those of another part of the work.
    pub(crate) fn append(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        let left = MAX_TOLD.saturating_sub(self.told.len());
        self.told.extend(other.told.into_iter().take(left));
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// How many there are.
    pub(crate) const fn count(&self) -> usize {
        self.count
    }

    /// Tells them; the exit status is the one of the answers, if there are none.
    pub(crate) fn finish(&self, exit: Exit) -> Exit {
        for problem in &self.told {
            emit::problem(problem);
        }
        let left = self.count.saturating_sub(self.told.len());
        if left > 0 {
            emit::problem(&format!(
                "{} like these",
                emit::counted(left, "more problem")
            ));
        }
        if self.is_empty() {
            exit
        } else {
            Exit::CouldNot
        }
    }
}

/// The documents of one file that say no kind. Below a folder a file of nothing else is for another program,
/// and one that the user names is a mistake.
#[derive(Debug, Default)]
pub(crate) struct WithoutKind {
    documents: Vec<InputError>,
    has_others: bool,
}

impl WithoutKind {
    /// Notes what was found in the file; a problem, if it is one now.
    pub(crate) fn note<T>(
        &mut self,
        found: Result<T, InputError>,
    ) -> Option<Result<T, InputError>> {
        match found {
            Err(error @ InputError::WithoutKind { .. }) => {
                self.documents.push(error);
                None
            }
            found => {
                self.has_others = true;
                Some(found)
            }
        }
    }

    /// Decides about them at the end of the file.
    pub(crate) fn finish(self, file: &std::path::Path, walk: &mut Walk, problems: &mut Problems) {
        if self.documents.is_empty() {
            return;
        }
        if walk.is_folder && !self.has_others {
            walk.skipped.push(Skipped {
                why: Why::WithoutKind,
                path: file.to_owned(),
            });
            return;
        }
        self.documents.iter().for_each(|error| problems.add(error));
    }
}
