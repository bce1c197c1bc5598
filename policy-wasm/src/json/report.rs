//! The problems of a document.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::fmt;

use super::Path;
use crate::decision::Code;

/// One problem of a document and its place
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable code of the kind of problem
    pub code: Code,
    /// Path of the offending value; empty for the document itself
    pub path: String,
    /// Description of the problem and, if helpful, of a valid value
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", WithoutCode(self), self.code)
    }
}

/// The path of a problem and its description
struct WithoutCode<'p>(&'p Problem);

impl fmt::Display for WithoutCode<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(Problem { path, message, .. }) = self;
        if path.is_empty() {
            f.write_str(message)
        } else {
            write!(f, "{path}: {message}")
        }
    }
}

/// Maximum number of kept problems. A document with more is probably the wrong one; the rest is counted.
const KEPT: usize = 64;

/// Collects problems while a document is walked
#[derive(Debug, Default)]
pub(crate) struct Report {
    problems: RefCell<Vec<Problem>>,
    total: Cell<usize>,
}

impl Report {
    #[cold]
    pub(crate) fn push(&self, code: Code, path: Path<'_>, message: impl Into<String>) {
        self.total.set(self.total.get().saturating_add(1));
        if self.total.get() <= KEPT {
            let problem = Problem {
                code,
                path: path.text(),
                message: message.into(),
            };
            self.problems.borrow_mut().push(problem);
        }
    }

    /// Reports missing required fields of an object under `code`. Values that are not objects have been reported.
    pub(crate) fn require(
        &self,
        was_object: bool,
        fields: &[(&str, bool)],
        path: Path<'_>,
        code: Code,
    ) {
        for (field, saw) in fields {
            if was_object && !saw {
                self.push(code, path, alloc::format!("`{field}` is required"));
            }
        }
    }

    /// Whether there are no problems.
    pub(crate) fn is_empty(&self) -> bool {
        self.total.get() == 0
    }

    /// Returns the problems in order: at most 64, then a count of the rest.
    pub(crate) fn into_problems(self) -> Vec<Problem> {
        let more = self.left_out();
        let mut problems = self.problems.into_inner();
        if more > 0 {
            let message = alloc::format!("and {more} more problems");
            problems.push(Problem {
                code: Code::SettingsInvalid,
                path: String::new(),
                message,
            });
        }
        problems
    }

    /// The first problems in words.
    pub(crate) fn first(&self, count: usize) -> Vec<String> {
        let problems = self.problems.borrow();
        problems
            .iter()
            .take(count)
            .map(Problem::to_string)
            .collect()
    }

    /// Returns the number of problems.
    pub(crate) const fn total(&self) -> usize {
        self.total.get()
    }

    fn left_out(&self) -> usize {
        self.total
            .get()
            .saturating_sub(self.problems.borrow().len())
    }
}

impl fmt::Display for Report {
    /// Formats all problems, separated by `; `, with a count of the rest. Without their codes: the reason that this
    /// becomes a part of has the same.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problems = self.problems.borrow();
        for (index, problem) in problems.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{}", WithoutCode(problem))?;
        }
        match self.left_out() {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}
