//! Exit statuses, the same for every command.

use std::process::{ExitCode, Termination};

/// Exit status of a command
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: admitted, unchanged, valid, done
    Yes,
    /// 1: refused, changed
    No,
    /// 2: the job could not be done: bad usage, unreadable input, invalid settings, a trap
    CouldNot,
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Yes => 0,
            Self::No => 1,
            Self::CouldNot => 2,
        })
    }
}
