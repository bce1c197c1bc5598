//! `countersign diff`: whose verdict changes between two settings files?

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::Exit;
use crate::cli::{ContextArgs, EvidenceArgs, ModuleArgs};
use crate::comparison::{Comparison, ObjectChange};
use crate::emit::{self, Evaluated, output};
use crate::engine::{Operation, inspect};
use crate::progress::Progress;

use super::judge::Judge;
use super::{module_bytes, objects};

/// Arguments of `countersign diff`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign diff old.yaml new.yaml manifests/
  kubectl get pods -A -o json | countersign diff old.yaml new.yaml -
  countersign diff old.yaml new.yaml --reasons manifests/
  countersign diff old.yaml new.yaml --format json pods.json

Exit status: 0 nothing changes, 1 one or more answers change (with --reasons, or reasons), 2 the job could not be done")]
pub struct Args {
    /// The settings as they are, or a cluster admission policy that contains them
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The settings as they would be
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Manifests, lists, admission requests or reviews in YAML or JSON: files, folders, or
    /// `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// List also objects that are answered alike, for other reasons
    #[arg(long)]
    reasons: bool,
    #[command(flatten)]
    context: ContextArgs,
    /// How to print the changes, and to which file: `human` or `json`; may be given several times
    #[arg(long, value_name = "FORMAT[=FILE]", default_value = "human",
          value_parser = output::parse::<Format>)]
    format: Vec<output::Output<Format>>,
    #[command(flatten)]
    module: ModuleArgs,
    #[command(flatten)]
    evidence: EvidenceArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Each object whose answer changes, and why
    Human,
    /// A `DiffReport`
    Json,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    output::check(&args.format)?;
    let bytes = module_bytes(&args.module)?;
    let paths = [args.old.as_path(), args.new.as_path()];
    let (settings, requests) = objects::read(paths, &args.files, &args.context, &args.evidence)?;
    let judge = Judge::new(&bytes, &args.evidence, args.context.time)?;
    let mut is_usable = true;
    for (path, settings) in paths.iter().zip(&settings) {
        if let Some(problems) = judge.check_settings(settings)? {
            emit::settings_problems(path, &problems);
            is_usable = false;
        }
    }
    if !is_usable {
        return Ok(Exit::CouldNot);
    }
    let [old, new] = &settings;
    let requests = objects::asked(requests, &[old, new])?;
    let mut comparison = Comparison::default();
    let progress = Progress::of(requests.len(), "objects");
    // One object after the other: what does not change is not kept.
    let compared = requests.into_iter().try_for_each(|request| {
        let before = judge.ask(&request, old, Operation::Decide)?;
        let answer = judge.ask(&request, new, Operation::Decide)?;
        let after = Evaluated { request, answer };
        comparison.summary.note_errors([&before, &after.answer]);
        comparison.add(ObjectChange::between(&before, &after), args.reasons);
        progress.step();
        Ok(())
    });
    drop(progress);
    judge.finish(compared)?;
    let digest = inspect(&bytes)?.digest;
    output::write(&args.format, |format, out| match format {
        Format::Human => emit::changes::human(out, &comparison, &digest),
        Format::Json => emit::changes::json(out, &comparison, &digest),
    })?;
    if comparison.summary.errors == comparison.summary.objects {
        bail!("no object could be judged, so nothing is known about what changes");
    }
    Ok(if comparison.changes.is_empty() {
        Exit::Yes
    } else {
        Exit::No
    })
}
