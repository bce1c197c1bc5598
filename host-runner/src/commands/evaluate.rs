//! `countersign evaluate`: evaluates manifests or admission requests against a policy.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::Exit;
use crate::args::{ContextArgs, EvidenceArgs, ModuleArgs, VerboseArgs};
use crate::decision::Decision;
use crate::emit::no_result::{self, Shape};
use crate::emit::{self, output, report};
use crate::engine::{Operation, inspect};

use super::objects;
use crate::judge::{Evaluated, Judge, require_decisions};
use crate::no_result::NoResult;
use crate::problems::Problems;

/// Arguments of `countersign evaluate`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign evaluate --settings policy.yaml deployment.yaml
  countersign evaluate --settings policy.yaml --namespace production manifests/
  kubectl get pods -A -o json | countersign evaluate --settings policy.yaml -
  countersign evaluate --settings policy.yaml --format json review.json
  countersign evaluate --settings policy.yaml --format gke deployment.yaml
  countersign evaluate --settings policy.yaml --format github \\
    --format markdown=comment.md --format junit=report.xml manifests/
  countersign evaluate --settings policy.yaml \\
    --time 2026-11-23T12:00:00Z pod.yaml
  countersign evaluate --settings policy.yaml \\
    --kubernetes attestations/ deployment.yaml
  countersign evaluate --settings policy.yaml --registry layout/ \\
    --record asked.yaml pod.yaml
  countersign evaluate --settings policy.yaml --replay asked.yaml pod.yaml

Objects that cannot be read or evaluated are reported at the end, with exit
status 2; all others are evaluated.

Exit status: 0 if all objects are admitted, 1 if any is denied, 2 on an error")]
pub struct Args {
    /// Settings, or a manifest of a policy with settings (`-` for standard input)
    #[arg(long, short, value_name = "FILE")]
    settings: PathBuf,
    /// Objects to evaluate: files, directories, or `-` for standard input
    ///
    /// Manifests, lists, admission requests or reviews, in YAML or JSON.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
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
    /// Text: a verdict for each image
    Human,
    /// JSON: an `EvaluationReport` with the Decision on each object
    Json,
    /// JSON: a list of the `AdmissionReview`s that the API server would receive
    AdmissionReview,
    /// JSON: a list of Google's `EvaluateGkePolicyResponse`s
    Gke,
}

type Formats = output::OrReport<Format>;

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let time = args.context.time;
    let has = |format| output::formats(&args.format).any(|one| one == Formats::Own(format));
    let has_reviews = has(Format::AdmissionReview);
    if time.is_some() && has_reviews {
        bail!(
            "--time cannot be used with --format admission-review: an admission controller uses its own clock"
        );
    }
    let inputs = || {
        let inputs = args.files.iter().chain([&args.settings]);
        inputs.map(PathBuf::as_path)
    };
    args.evidence.check(inputs())?;
    let others = args.evidence.files().chain(args.module.file());
    output::check(&args.format, inputs().chain(others))?;
    let Answered {
        answers,
        reviewed,
        decisions,
        problems,
        module,
    } = match answers(args) {
        Ok(answered) => answered,
        Err(no_result) => {
            return no_result::write(&args.format, "countersign evaluate", no_result, |format| {
                no_result::or_report(format, |own| match own {
                    Format::Human => Shape::Text,
                    Format::Json => Shape::Json("EvaluationReport"),
                    Format::AdmissionReview | Format::Gke => Shape::Empty,
                })
            });
        }
    };
    output::write(&args.format, |format, out| match format {
        Formats::Own(Format::Human) => {
            emit::human::decisions(out, &answers, args.verbose.shown(&module))
        }
        Formats::Own(Format::Json) => {
            emit::evaluation::json(out, &answers, &module, problems.count())
        }
        Formats::Own(Format::AdmissionReview) => emit::admission_review::reviews(out, &reviewed),
        Formats::Own(Format::Gke) => emit::gke::responses(out, &decisions),
        Formats::Report(format) => {
            let report = report::evaluated(&answers, &problems);
            report::write(format, out, &report)
        }
    })?;
    let mut all = answers.iter().chain(&reviewed);
    let exit = if all.all(Evaluated::is_admitted) {
        Exit::Yes
    } else {
        Exit::No
    };
    Ok(problems.finish(exit))
}

/// The answers to all objects
struct Answered {
    /// Decisions, if a format needs them
    answers: Vec<Evaluated>,
    /// Admission responses, if a format needs them
    reviewed: Vec<Evaluated>,
    /// Decisions of this policy, if a format needs them
    decisions: Vec<Evaluated<Decision>>,
    /// Problems with other objects
    problems: Problems,
    /// The digest of the module
    module: String,
}

fn answers(args: &Args) -> Result<Answered, NoResult> {
    let time = args.context.time;
    let has = |format| output::formats(&args.format).any(|one| one == Formats::Own(format));
    let bytes = args.module.bytes()?;
    let read = objects::read([&args.settings], &args.files, &args.context, &args.evidence)?;
    let judge = Judge::new(&bytes, |abi| args.evidence.open(abi), time)?;
    let [settings] = &read.settings;
    NoResult::unless_valid(&judge, [(args.settings.as_path(), settings)])?;
    let (requests, [settings], mut problems) = read.asked(&args.context)?;
    if let Some(time) = time.filter(|_| has(Format::Gke)) {
        // Google's response has no field for it.
        anstream::eprintln!("note: evaluated as of {time}");
    }
    let has_decisions =
        output::formats(&args.format).any(|one| one != Formats::Own(Format::AdmissionReview));
    let reviewed = if has(Format::AdmissionReview) {
        let mut own = Problems::default();
        let requests = requests.clone();
        let reviewed = judge.evaluate(requests, &settings, Operation::Validate, &mut own)?;
        if !has_decisions {
            problems.append(own);
        }
        reviewed
    } else {
        Vec::new()
    };
    let answers = if has_decisions {
        judge.evaluate(requests, &settings, Operation::Decide, &mut problems)?
    } else {
        Vec::new()
    };
    if answers.is_empty() && reviewed.is_empty() {
        return Err(NoResult::Problems(problems));
    }
    let decisions = if has(Format::Gke) {
        require_decisions(answers.clone(), "--format gke needs; use another format")?
    } else {
        Vec::new()
    };
    Ok(Answered {
        answers,
        reviewed,
        decisions,
        problems,
        module: inspect(&bytes)?.digest,
    })
}
