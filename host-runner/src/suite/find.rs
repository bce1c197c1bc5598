//! Which files are suites, by their names.

use std::path::{Path, PathBuf};

use crate::inputs::{self, InputError};

/// The suites that a path stands for: itself, or every `tests.yaml` and `*.tests.yaml` below a folder.
///
/// # Errors
///
/// A folder cannot be read.
pub fn find(path: &Path) -> Result<Vec<PathBuf>, InputError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    match inputs::files(path) {
        Ok(files) => Ok(files.into_iter().filter(|file| is_suite(file)).collect()),
        Err(InputError::EmptyFolder(_)) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn is_suite(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    let stem = name.and_then(|name| {
        name.strip_suffix(".yaml")
            .or_else(|| name.strip_suffix(".yml"))
            .or_else(|| name.strip_suffix(".json"))
    });
    stem.is_some_and(|stem| stem == "tests" || stem.ends_with(".tests"))
}
