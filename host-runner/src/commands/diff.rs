//! `countersign diff`: lists the objects whose verdict changes between two settings files.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::Exit;
use crate::args::{ContextArgs, EvidenceArgs, ModuleArgs, VerboseArgs};
use crate::comparison::Comparison;
use crate::emit::no_result::{self, Shape};
use crate::emit::{self, output, report};
use crate::engine::{Operation, inspect};
use crate::terminal::progress::Progress;

use super::objects;
use crate::judge::Judge;
use crate::no_result::NoResult;
use crate::problems::Problems;

/// Arguments of `countersign diff`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign diff old.yaml new.yaml manifests/
  kubectl get pods -A -o json | countersign diff old.yaml new.yaml -
  countersign diff old.yaml new.yaml --reasons manifests/
  countersign diff old.yaml new.yaml --format json pods.json
  countersign diff old.yaml new.yaml --format github \\
    --format markdown=comment.md manifests/

Exit status: 0 if no verdict changes, 1 if any changes (with --reasons, also if
reasons change), 2 on an error")]
pub struct Args {
    /// Current settings, or a manifest of a policy with settings
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// New settings, or a manifest of a policy with settings
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Objects to evaluate: files, directories, or `-` for standard input
    ///
    /// Manifests, lists, admission requests or reviews, in YAML or JSON.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Also list objects with the same verdict but different reasons
    #[arg(long)]
    reasons: bool,
    #[command(flatten)]
    context: ContextArgs,
    /// Output format and file to write it to; repeatable
    #[arg(long, value_name = "FORMAT[=FILE]", default_value = "human",
          value_parser = output::parser::<Formats>())]
    format: Vec<output::Output<Formats>>,
    #[command(flatten)]
    module: ModuleArgs,
    #[command(flatten)]
    verbose: VerboseArgs,
    #[command(flatten)]
    evidence: EvidenceArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Text: each object whose verdict changes, and why
    Human,
    /// JSON: a `DiffReport`
    Json,
}

type Formats = output::OrReport<Format>;

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let read = || {
        args.files
            .iter()
            .chain([&args.old, &args.new])
            .map(PathBuf::as_path)
    };
    args.evidence.check(read())?;
    let others = args.evidence.files().chain(args.module.file());
    output::check(&args.format, read().chain(others))?;
    let (comparison, problems, module) = match comparison(args) {
        Ok(compared) => compared,
        Err(no_result) => {
            return no_result::write(&args.format, "countersign diff", no_result, |format| {
                no_result::or_report(format, |own| match own {
                    Format::Human => Shape::Text,
                    Format::Json => Shape::Json("DiffReport"),
                })
            });
        }
    };
    output::write(&args.format, |format, out| match format {
        Formats::Own(Format::Human) => {
            emit::changes::human(out, &comparison, args.verbose.shown(&module))
        }
        Formats::Own(Format::Json) => emit::changes::json(out, &comparison, &module),
        Formats::Report(format) => {
            let report = report::changes(&comparison, &problems);
            report::write(format, out, &report)
        }
    })?;
    if comparison.summary.errors == comparison.summary.objects {
        problems.finish(Exit::CouldNot);
        bail!("no object could be evaluated, so the changes are unknown");
    }
    Ok(problems.finish(if comparison.changes.is_empty() {
        Exit::Yes
    } else {
        Exit::No
    }))
}

/// The changes, the problems with other objects, and the digest of the module.
fn comparison(args: &Args) -> Result<(Comparison, Problems, String), NoResult> {
    let bytes = args.module.bytes()?;
    let paths = [args.old.as_path(), args.new.as_path()];
    let read = objects::read(paths, &args.files, &args.context, &args.evidence)?;
    let judge = Judge::new(&bytes, |abi| args.evidence.open(abi), args.context.time)?;
    NoResult::unless_valid(&judge, paths.into_iter().zip(&read.settings))?;
    let (requests, [old, new], mut problems) = read.asked(&args.context)?;
    let mut comparison = Comparison::default();
    let progress = Progress::of(requests.len(), "objects");
    // One object at a time: objects without a change are not kept.
    for request in requests {
        let ask = |settings| judge.ask(&request, settings, Operation::Decide);
        match ask(&old).and_then(|before| Ok([before, ask(&new)?])) {
            Ok(answers) => {
                // Of a policy that returns no Decision, only the outcome can be compared.
                let [before, after] = answers.map(|answer| {
                    let decision = answer.into_decision();
                    decision.unwrap_or_else(|response| response.outcome())
                });
                comparison.add(&request, [&before, &after], args.reasons);
            }
            Err(error) => problems.add(&format!("{error:#}")),
        }
        progress.step();
    }
    drop(progress);
    judge.finish(Ok(()))?;
    if comparison.summary.objects == 0 {
        return Err(NoResult::Problems(problems));
    }
    let module = inspect(&bytes)?.digest;
    Ok((comparison, problems, module))
}
