//! The configuration file of the linter.

use std::path::{Path, PathBuf};

use policy_lint::{Config, Diagnostic, SourceFile};

use crate::inputs::{self, InputError};

/// Its name
const NAME: &str = "countersign-lint.yaml";

/// Whether a path is that of a configuration file.
pub(crate) fn is_config(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == NAME)
}

/// Returns the configuration file of a folder, or of the nearest one above it.
pub(crate) fn nearest(folder: &Path) -> Option<PathBuf> {
    let mut places = folder.ancestors().map(|folder| folder.join(NAME));
    places.find(|path| path.is_file())
}

/// Why a configuration file cannot be used
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// It cannot be read
    #[error(transparent)]
    Input(#[from] InputError),
    /// It is malformed
    #[error("`{}` cannot be used", .0.name())]
    Malformed(SourceFile, Vec<Diagnostic>),
}

/// Reads a configuration file.
///
/// # Errors
///
/// The file cannot be read, or is malformed.
pub(crate) fn read(path: &Path) -> Result<Config, ConfigError> {
    let inputs::Source { name, text } = inputs::read(path)?;
    let source = SourceFile::new(name, text);
    Config::parse(&source).map_err(|problems| ConfigError::Malformed(source, problems))
}
