//! Destinations of formats: `--format human`, `--format junit=report.xml`, or both in one run.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;

use crate::files::{self, Readers};
use crate::terminal::shown;
use crate::terminal::unless_closed;

/// A format and its file
#[derive(Debug, Clone)]
pub(crate) struct Output<F> {
    format: F,
    /// `None` for standard output
    path: Option<PathBuf>,
}

/// Reads `FORMAT` or `FORMAT=FILE`.
///
/// # Errors
///
/// Not a format.
pub(crate) fn parse<F: ValueEnum>(text: &str) -> Result<Output<F>, String> {
    let (name, path) = match text.split_once('=') {
        Some((name, "-")) => (name, None),
        Some((name, path)) => (name, Some(PathBuf::from(path))),
        None => (text, None),
    };
    if path
        .as_ref()
        .is_some_and(|path| path.as_os_str().is_empty())
    {
        return Err(format!("`{name}=` needs a file"));
    }
    let format = F::from_str(name, false).map_err(|_| {
        let known = F::value_variants().iter();
        let known: Vec<_> = known
            .filter_map(|one| Some(one.to_possible_value()?.get_name().to_owned()))
            .collect();
        format!(
            "expected one of {}, optionally with `=FILE`",
            known.join(", ")
        )
    })?;
    Ok(Output { format, path })
}

/// Writes every format to its destination. Files have no colors.
pub(crate) fn write<F: Copy>(
    outputs: &[Output<F>],
    mut write: impl FnMut(F, &mut dyn Write) -> io::Result<()>,
) -> Result<()> {
    for Output { format, path } in outputs {
        match path {
            None => {
                let mut out = anstream::stdout().lock();
                unless_closed(write(*format, &mut out).and_then(|()| out.flush()))?;
            }
            Some(path) => {
                let mut plain = anstream::StripStream::new(Vec::new());
                let written = write(*format, &mut plain)
                    .and_then(|()| files::replace(path, &plain.into_inner(), Readers::Anyone));
                written.with_context(|| format!("cannot write `{}`", shown(path)))?;
            }
        }
    }
    Ok(())
}

/// Checks the combination of formats before any work; `inputs` must not be overwritten.
pub(crate) fn check<'p, F>(
    outputs: &'p [Output<F>],
    inputs: impl IntoIterator<Item = &'p Path>,
) -> Result<()> {
    let to_stdout = outputs.iter().filter(|output| output.path.is_none());
    if to_stdout.count() > 1 {
        bail!("only one format can go to standard output; give the others as FORMAT=FILE");
    }
    let mut files: Vec<_> = paths(outputs).collect();
    files.sort();
    let is_same = |a: &Path, b: &Path| a == b || files::is_same(a, b);
    for (index, path) in files.iter().enumerate() {
        if files.iter().take(index).any(|other| is_same(path, other)) {
            bail!("two formats cannot go to the same file, `{}`", shown(path));
        }
    }
    Ok(files::refuse_inputs(files, inputs)?)
}

/// The files that are written.
pub(crate) fn paths<F>(outputs: &[Output<F>]) -> impl Iterator<Item = &Path> {
    outputs.iter().filter_map(|output| output.path.as_deref())
}
