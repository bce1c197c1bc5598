//! `countersign evaluate`: evaluates manifests or admission requests against a policy.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::Exit;
use crate::args::{ContextArgs, EvidenceArgs, ModuleArgs};
use crate::emit;
use crate::engine::{Operation, inspect};
use crate::judge::Evaluated;
use crate::terminal;

use super::objects;
use crate::judge::{Judge, require_decisions};

/// Arguments of `countersign evaluate`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign evaluate --settings policy.yaml deployment.yaml
  countersign evaluate --settings policy.yaml --namespace production manifests/
  kubectl get pods -A -o json | countersign evaluate --settings policy.yaml -
  countersign evaluate --settings policy.yaml --format json review.json
  countersign evaluate --settings policy.yaml --format gke deployment.yaml
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
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    #[command(flatten)]
    module: ModuleArgs,
    #[command(flatten)]
    evidence: EvidenceArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Text: a verdict for each image
    Human,
    /// JSON: the Decision, or a list of Decisions for several objects
    Json,
    /// JSON: the `AdmissionReview` that the API server would receive
    AdmissionReview,
    /// JSON: Google's `EvaluateGkePolicyResponse`, or a list for several objects
    Gke,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let time = args.context.time;
    if time.is_some() && args.format == Format::AdmissionReview {
        bail!(
            "--time cannot be used with --format admission-review: an admission controller uses its own clock"
        );
    }
    let inputs = args.files.iter().chain([&args.settings]);
    args.evidence.check(inputs.map(PathBuf::as_path))?;
    let bytes = args.module.bytes()?;
    let read = objects::read([&args.settings], &args.files, &args.context, &args.evidence)?;
    let judge = Judge::new(&bytes, |abi| args.evidence.open(abi), time)?;
    let [settings] = &read.settings;
    if let Some(problems) = judge.check_settings(settings)? {
        emit::settings_problems(&args.settings, &problems);
        return Ok(Exit::CouldNot);
    }
    let Some((requests, [settings], mut problems)) = read.asked(&args.context)? else {
        return Ok(Exit::CouldNot);
    };
    if let (Some(time), Format::Gke) = (time, args.format) {
        // Google's response has no field for it.
        anstream::eprintln!("note: evaluated as of {time}");
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
    let all_admitted = answers.iter().all(Evaluated::is_admitted);
    let printed = match args.format {
        Format::Human => emit::human::decisions(&answers, &inspect(&bytes)?.digest),
        Format::Json => emit::json::decisions(&answers, is_one),
        Format::AdmissionReview => emit::admission_review::reviews(&answers),
        Format::Gke => {
            let what_for = "--format gke needs; use another format";
            emit::gke::responses(&require_decisions(answers, what_for)?)
        }
    };
    terminal::unless_closed(printed)?;
    Ok(problems.finish(if all_admitted { Exit::Yes } else { Exit::No }))
}
