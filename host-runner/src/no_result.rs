//! Why a command has no results.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::judge::{Judge, SettingsProblems};
use crate::problems::Problems;

/// Why a command has no results
#[derive(Debug)]
pub(crate) enum NoResult {
    /// The module rejects these settings
    Settings(Vec<(PathBuf, SettingsProblems)>),
    /// No object could be read or evaluated
    Problems(Problems),
    Error(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for NoResult {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

impl NoResult {
    /// Lets the module validate the settings of some files.
    ///
    /// # Errors
    ///
    /// Any of them are invalid, or the module fails.
    pub(crate) fn unless_valid<'s>(
        judge: &Judge,
        all: impl IntoIterator<Item = (&'s Path, &'s Value)>,
    ) -> Result<(), Self> {
        let mut invalid = Vec::new();
        for (path, settings) in all {
            if let Some(problems) = judge.check_settings(settings)? {
                invalid.push((path.to_owned(), problems));
            }
        }
        if invalid.is_empty() {
            Ok(())
        } else {
            Err(Self::Settings(invalid))
        }
    }
}
