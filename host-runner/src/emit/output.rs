//! Destinations of formats: `--format human`, `--format junit=report.xml`, or both in one run.

use core::marker::PhantomData;
use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;
use clap::builder::{PossibleValue, TypedValueParser};
use policy_lint::closest;

use super::report;
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

impl<F: Copy> Output<F> {
    pub(crate) const fn format(&self) -> F {
        self.format
    }

    pub(crate) const fn is_to_stdout(&self) -> bool {
        self.path.is_none()
    }
}

/// The formats of a command
pub(crate) trait Formats: Copy + Send + Sync + 'static {
    /// Every format with its name and description.
    fn all() -> Vec<(PossibleValue, Self)>;
}

impl<F: ValueEnum + Copy + Send + Sync + 'static> Formats for F {
    fn all() -> Vec<(PossibleValue, Self)> {
        let all = F::value_variants().iter();
        all.filter_map(|one| Some((one.to_possible_value()?, *one)))
            .collect()
    }
}

/// A format of one command, or one of those that all reports of objects have
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OrReport<F> {
    Own(F),
    Report(report::Format),
}

impl<F: ValueEnum + Copy + Send + Sync + 'static> Formats for OrReport<F> {
    fn all() -> Vec<(PossibleValue, Self)> {
        let own = <F as Formats>::all().into_iter();
        let own = own.map(|(name, one)| (name, Self::Own(one)));
        let reports = <report::Format as Formats>::all().into_iter();
        own.chain(reports.map(|(name, one)| (name, Self::Report(one))))
            .collect()
    }
}

/// The parser of `FORMAT[=FILE]`, which lists the formats in help and completions.
pub(crate) fn parser<F: Formats>() -> Parser<F> {
    Parser(PhantomData)
}

/// Parser of [`Output`]
#[derive(Debug, Clone)]
pub(crate) struct Parser<F>(PhantomData<F>);

impl<F: Formats> TypedValueParser for Parser<F> {
    type Value = Output<F>;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<Output<F>, clap::Error> {
        TypedValueParser::parse_ref(&parse::<F>, command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let names = F::all().into_iter().map(|(name, _)| name);
        Some(Box::new(names))
    }
}

/// Reads `FORMAT` or `FORMAT=FILE`.
///
/// # Errors
///
/// Not a format.
fn parse<F: Formats>(text: &str) -> Result<Output<F>, String> {
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
    let all = F::all();
    let Some((_, format)) = all.iter().find(|(known, _)| known.get_name() == name) else {
        let known: Vec<_> = all.iter().map(|(known, _)| known.get_name()).collect();
        if let Some(meant) = closest(name, known.iter().copied()) {
            return Err(format!(
                "there is no format `{name}`; did you mean `{meant}`?"
            ));
        }
        let known = known.join(", ");
        return Err(format!("expected one of {known}, optionally with `=FILE`"));
    };
    Ok(Output {
        format: *format,
        path,
    })
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

/// The formats to write.
pub(crate) fn formats<F: Copy>(outputs: &[Output<F>]) -> impl Iterator<Item = F> {
    outputs.iter().map(|output| output.format)
}

/// The files that are written.
pub(crate) fn paths<F>(outputs: &[Output<F>]) -> impl Iterator<Item = &Path> {
    outputs.iter().filter_map(|output| output.path.as_deref())
}
