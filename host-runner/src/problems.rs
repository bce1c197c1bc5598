//! Problems with single objects or files, kept until the results of all others are printed.

use core::fmt::Display;

use crate::Exit;
use crate::inputs::{InputError, Skipped, Walk, Why};
use crate::terminal;

/// Limit on printed problems; the rest is only counted, because the input decides their number.
const MAX_TOLD: usize = 100;

/// Problems to print at the end
#[derive(Debug, Default)]
pub(crate) struct Problems {
    told: Vec<String>,
    /// Number of all problems, printed or not
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

    /// Adds the problems of another part of the work.
    pub(crate) fn append(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        let left = MAX_TOLD.saturating_sub(self.told.len());
        self.told.extend(other.told.into_iter().take(left));
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The number of problems.
    pub(crate) const fn count(&self) -> usize {
        self.count
    }

    /// The problems, and a count of those that are not kept.
    pub(crate) fn texts(&self) -> impl Iterator<Item = String> {
        let left = self.count.saturating_sub(self.told.len());
        let more = format!("{} like these", terminal::counted(left, "more problem"));
        let more = (left > 0).then_some(more);
        self.told.iter().cloned().chain(more)
    }

    /// Prints the problems and returns [`Exit::CouldNot`], or `exit` if there are none.
    pub(crate) fn finish(&self, exit: Exit) -> Exit {
        for problem in self.texts() {
            terminal::problem(&problem);
        }
        if self.is_empty() {
            exit
        } else {
            Exit::CouldNot
        }
    }
}

/// Documents without `kind` in one file. In a directory, a file with nothing else is skipped; if the user
/// names the file, it is a mistake.
#[derive(Debug, Default)]
pub(crate) struct WithoutKind {
    documents: Vec<InputError>,
    has_others: bool,
}

impl WithoutKind {
    /// Keeps a document without `kind`, and returns everything else.
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

    /// At the end of the file, skips it or adds problems.
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
