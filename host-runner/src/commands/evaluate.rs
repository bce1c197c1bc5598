//! `countersign evaluate`: what would the gatekeeper say to these objects?

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::Exit;
use crate::cli::{ContextArgs, EvidenceArgs, ModuleArgs};
use crate::emit::{self, Evaluated};
use crate::engine::{Operation, inspect};

use super::judge::{Judge, require_decisions};
use super::{module_bytes, objects};

/// Arguments of `countersign evaluate`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign evaluate --settings policy.yaml deployment.yaml
  countersign evaluate --settings policy.yaml --namespace production manifests/
  kubectl get pods -A -o json | countersign evaluate --settings policy.yaml -
  countersign evaluate --settings policy.yaml --format json review.json
  countersign evaluate --settings policy.yaml --format gke deployment.yaml
  countersign evaluate --settings policy.yaml --time 2026-11-23T12:00:00Z pod.yaml
  countersign evaluate --settings policy.yaml --kubernetes attestations/ deployment.yaml
  countersign evaluate --settings policy.yaml --registry layout/ --record asked.yaml pod.yaml
  countersign evaluate --settings policy.yaml --replay asked.yaml pod.yaml

An object that cannot be read or judged hides no other: it is told at the end, and the exit status is 2.

Exit status: 0 all admitted, 1 one or more refused, 2 the job could not be done")]
pub struct Args {
    /// The settings, or a cluster admission policy that contains them; `-` is standard input
    #[arg(long, short, value_name = "FILE")]
    settings: PathBuf,
    /// Manifests, lists, admission requests or reviews in YAML or JSON: files, folders, or
    /// `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    context: ContextArgs,
    /// How to print the answers
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    #[command(flatten)]
    module: ModuleArgs,
    #[command(flatten)]
    evidence: EvidenceArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A verdict for each image
    Human,
    /// The Decision; a list of them for several objects
    Json,
    /// The admission review that an API server would get
    AdmissionReview,
    /// Google's `EvaluateGkePolicyResponse`, with an entry for each image and policy; a list of them
    /// for several objects
    Gke,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let time = args.context.time;
    if time.is_some() && args.format == Format::AdmissionReview {
        bail!(
            "--time cannot be used with --format admission-review: a gatekeeper judges by its own clock"
        );
    }
    let inputs = args.files.iter().chain([&args.settings]);
    args.evidence.check(inputs.map(PathBuf::as_path))?;
    let bytes = module_bytes(&args.module)?;
    let read = objects::read([&args.settings], &args.files, &args.context, &args.evidence)?;
    let judge = Judge::new(&bytes, &args.evidence, time)?;
    let [settings] = &read.settings;
    if let Some(problems) = judge.check_settings(settings)? {
        emit::settings_problems(&args.settings, &problems);
        return Ok(Exit::CouldNot);
    }
    let Some((requests, [settings], mut problems)) = read.asked(&args.context)? else {
        return Ok(Exit::CouldNot);
    };
    if let (Some(time), Format::Gke) = (time, args.format) {
        // Google's response has no place for it.
        anstream::eprintln!("note: judged as of {time}");
    }
    let operation = match args.format {
        Format::Human | Format::Json | Format::Gke => Operation::Decide,
        Format::AdmissionReview => Operation::Validate,
    };
    let answers = judge.evaluate(requests, &settings, operation, &mut problems)?;
    if answers.is_empty() {
        return Ok(problems.finish(Exit::CouldNot));
    }
    let is_one = answers.len().saturating_add(problems.count()) == 1;
    if args.format == Format::Gke {
        require_decisions(&answers, "--format gke is made from; use another format")?;
    }
    let printed = match args.format {
        Format::Human => emit::human::decisions(&answers, &inspect(&bytes)?.digest),
        Format::Json => emit::json::decisions(&answers, is_one),
        Format::AdmissionReview => emit::admission_review::reviews(&answers),
        Format::Gke => emit::gke::responses(&answers),
    };
    emit::unless_closed(printed)?;
    let all_admitted = answers.iter().all(Evaluated::is_admitted);
    Ok(problems.finish(if all_admitted { Exit::Yes } else { Exit::No }))
}
