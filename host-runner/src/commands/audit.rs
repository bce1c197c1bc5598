//! `countersign audit`: what would the policy refuse of everything that runs?

use std::fs;
use std::path::PathBuf;

use anyhow::{Error, Result, bail};
use clap::ValueEnum;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::Exit;
use crate::audit::{Audit, Judged};
use crate::cli::{ContextArgs, EvidenceArgs, ModuleArgs};
use crate::emit::audit::Report;
use crate::emit::{self, PassedOver, counted, output};
use crate::engine::{EngineError, Operation, inspect};
use crate::inputs::{self, Request, Walk};
use crate::parallel;
use crate::progress::Progress;
use crate::written::Written;

use super::judge::{Judge, no_decision};
use super::problems::{Problems, WithoutKind};
use super::{check_stdin, module_bytes, objects};

/// Arguments of `countersign audit`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign audit --settings policy.yaml --list dump.json
  kubectl get pods,deployments -A -o json | countersign audit --settings policy.yaml -
  countersign audit --settings policy.yaml --fail-on dry-run dump.json
  countersign audit --settings policy.yaml --format human --format json=audit.json dump.json
  countersign audit --settings policy.yaml --kubernetes attestations/ dump.json

Every object is judged as if it were created now, in its namespace. JSON is read object by object:
a dump may be longer than memory. A Pod repeats what its controller says; both are counted. An object
that cannot be read hides no other: it is told at the end, and the exit status is 2.

Exit status: 0 all would be admitted, 1 one or more refused (with --fail-on dry-run, or admitted by dry run or break-glass only), 2 the job could not be done")]
pub struct Args {
    /// The settings, or a cluster admission policy that contains them; `-` is standard input
    #[arg(long, short, value_name = "FILE")]
    settings: PathBuf,
    /// What runs, as `kubectl get -o json` prints it, or manifests, admission requests or reviews in
    /// JSON or YAML: files, folders, or `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// List the objects against which something stands, and all of their images
    #[arg(long)]
    list: bool,
    /// How many images and how many objects are kept to be listed; the rest is only counted
    #[arg(long, value_name = "COUNT", default_value_t = 1000)]
    limit: usize,
    /// What makes the exit status 1
    #[arg(long, value_enum, value_name = "OUTCOME", default_value_t = FailOn::Refused)]
    fail_on: FailOn,
    #[command(flatten)]
    context: ContextArgs,
    /// How to print the report, and to which file: `human` or `json`; may be given several times
    #[arg(long, value_name = "FORMAT[=FILE]", default_value = "human",
          value_parser = output::parse::<Format>)]
    format: Vec<output::Output<Format>>,
    #[command(flatten)]
    module: ModuleArgs,
    #[command(flatten)]
    evidence: EvidenceArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// What would be refused
    Refused,
    /// Also what only dry run or break-glass admits
    DryRun,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table by namespace and reason, and the images behind it
    Human,
    /// An `AuditReport`
    Json,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let all = args.files.iter().chain([&args.settings]);
    let read = || all.clone().map(PathBuf::as_path);
    args.evidence.check(read())?;
    output::check(&args.format, read().chain(args.evidence.inputs()))?;
    check_stdin(all.chain(args.evidence.replay()).map(PathBuf::as_path))?;
    let mut problems = Problems::default();
    let mut walks = walks(&args.files, &mut problems);
    let settings = inputs::settings(&args.settings)?;
    let bytes = module_bytes(&args.module)?;
    let judge = Judge::new(&bytes, &args.evidence, args.context.time)?;
    if let Some(problems) = judge.check_settings(&settings)? {
        emit::settings_problems(&args.settings, &problems);
        return Ok(Exit::CouldNot);
    }
    warn_of_silence(&settings, &args.evidence);
    let (audit, passed_over) = audit(args, &mut walks, &settings, &judge, &mut problems)?;
    for walk in &walks {
        emit::skipped(&walk.skipped);
    }
    passed_over.tell_unread();
    if audit.summary.objects == 0 {
        if problems.is_empty() {
            bail!("nothing to audit: no object that brings in an image");
        }
        return Ok(problems.finish(Exit::CouldNot));
    }
    let report = Report {
        audit: &audit,
        passed_over: &passed_over,
        time: args.context.time,
        digest: &inspect(&bytes)?.digest,
    };
    output::write(&args.format, |format, out| match format {
        Format::Human => emit::audit::human(out, &report, args.list),
        Format::Json => emit::audit::json(out, &report),
    })?;
    if audit.unanswered > 0 {
        let objects = counted(audit.unanswered, "object");
        problems.add(&format!(
            "the module gave no answer about {objects}, which the report counts as errors"
        ));
    }
    let summary = &audit.summary;
    let fails = match args.fail_on {
        FailOn::Refused => summary.is_refused(),
        FailOn::DryRun => !summary.is_clean(),
    };
    Ok(problems.finish(if fails { Exit::No } else { Exit::Yes }))
}

/// All files, those in folders too, each once.
fn walks(paths: &[PathBuf], problems: &mut Problems) -> Vec<Walk> {
    let (mut walks, mut known) = (Vec::new(), Vec::new());
    for path in paths {
        match inputs::walk(path) {
            Ok(mut walk) => {
                let earlier = known.len();
                known.append(&mut walk.files);
                known = inputs::unique(known);
                walk.files = known.get(earlier..).unwrap_or_default().to_vec();
                walks.push(walk);
            }
            Err(error) => problems.add(&error),
        }
    }
    walks
}

/// Says what will be missing, before an hour has passed.
fn warn_of_silence(settings: &Value, evidence: &EvidenceArgs) {
    let is_on = |pointer| Written(settings).is_on(pointer);
    let asks_registry = is_on("/evidence/registry") || is_on("/resolveTags");
    for (asks, is_answered, whom, option) in [
        (
            is_on("/evidence/kubernetes"),
            evidence.has_cluster(),
            "the cluster",
            "--kubernetes",
        ),
        (
            asks_registry,
            evidence.has_registry(),
            "registries",
            "--registry",
        ),
    ] {
        if asks && !is_answered {
            emit::note(&format!(
                "the settings ask {whom}, and nothing answers here: what depends on it is an error \
                 (host-capability-failed). Give {option} DIR or --replay FILE"
            ));
        }
    }
}

/// Judges everything on all cores, as it is read.
fn audit(
    args: &Args,
    walks: &mut [Walk],
    settings: &Value,
    judge: &Judge,
    problems: &mut Problems,
) -> Result<(Audit, PassedOver)> {
    let threads = if args.evidence.keeps_order() {
        1
    } else {
        parallel::cores()
    };
    let files = walks.iter().flat_map(|walk| &walk.files);
    let progress = Progress::of_bytes(size(files), "objects");
    let mut audit = Audit::new(args.limit);
    let mut passed_over = PassedOver::default();
    let (mut unread, mut unjudged) = (Problems::default(), Problems::default());
    // Written once: it may be long, and there may be many objects.
    let written = to_raw_value(settings)?;
    let work = |request: Request| judged(judge, &written, &request);
    let mut fold = |judged: Result<Judged>| {
        match judged {
            Ok(judged) => audit.add(judged),
            Err(error) if is_of_object(&error) => unjudged.add(&format!("{error:#}")),
            Err(error) => return Err(error),
        }
        progress.step();
        Ok(())
    };
    let result = parallel::stream(threads, work, &mut fold, |queue| {
        let namespace = args.context.namespace.as_deref();
        for walk in walks {
            for file in core::mem::take(&mut walk.files) {
                let mut without_kind = WithoutKind::default();
                inputs::each_request(
                    &file,
                    namespace,
                    &|bytes| progress.read(bytes),
                    &mut |found| {
                        let request = match without_kind.note(found) {
                            None => return Ok(()),
                            Some(Ok(request)) => request,
                            Some(Err(error)) => {
                                unread.add(&error);
                                return Ok(());
                            }
                        };
                        if let Err(error) = created(&request) {
                            unread.add(&error);
                            Ok(())
                        } else if objects::is_asked(&request, settings, &args.context) {
                            queue.push(request)
                        } else {
                            passed_over.add(&request);
                            Ok(())
                        }
                    },
                )?;
                without_kind.finish(&file, walk, &mut unread);
            }
        }
        Ok(())
    });
    drop(progress);
    let result = result.map_err(|error: Error| match audit.summary.objects {
        0 => error,
        count => {
            let objects = counted(count, "object");
            error.context(format!("{objects} had been judged, and then"))
        }
    });
    judge.finish(result)?;
    problems.append(unread);
    problems.append(unjudged);
    Ok((audit, passed_over))
}

/// Whether the module fails at one object, and perhaps not at the others.
fn is_of_object(error: &Error) -> bool {
    matches!(error.downcast_ref(), Some(EngineError::Guest(_)))
}

/// Refuses recorded requests that create nothing: an audit is about what runs.
fn created(request: &Request) -> Result<()> {
    let operation = emit::text(&request.request, "operation");
    if operation == "CREATE" {
        return Ok(());
    }
    bail!(
        "`{}`: a recorded {} of {} is not an object that runs; `countersign evaluate` judges it",
        request.source,
        emit::printable(operation),
        request.title
    )
}

/// How many bytes there are to read, where that is known.
fn size<'p>(files: impl Iterator<Item = &'p PathBuf>) -> Option<u64> {
    let size = |path: &PathBuf| {
        let metadata = fs::metadata(path).ok();
        metadata
            .filter(fs::Metadata::is_file)
            .map(|file| file.len())
    };
    files.map(size).sum()
}

/// Asks about one object. Where the module fails at it, that is the outcome of this object alone.
fn judged(judge: &Judge, settings: &RawValue, request: &Request) -> Result<Judged> {
    match judge.ask(request, &settings, Operation::Decide) {
        Ok(decision) if emit::is_decision(&decision) => Ok(Judged::new(request, &decision)),
        Ok(_) => Err(no_decision(request, "an audit is made from")),
        Err(error) => {
            let failure = error.downcast_ref::<EngineError>();
            failure
                .and_then(|failure| Judged::failed(request, failure))
                .ok_or(error)
        }
    }
}
