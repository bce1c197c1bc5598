//! `countersign audit`: evaluates a policy against everything running in a cluster.

use std::fs;
use std::path::PathBuf;

use anyhow::{Error, Result, anyhow, bail};
use clap::ValueEnum;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::Exit;
use crate::args::{ContextArgs, EvidenceArgs, ModuleArgs, VerboseArgs};
use crate::audit::{Audit, Judged};
use crate::clock::now;
use crate::emit::audit::Report;
use crate::emit::no_result::{self, Shape};
use crate::emit::{self, PassedOver, output, report};
use crate::engine::{EngineError, Operation, inspect};
use crate::fields;
use crate::foreign;
use crate::inputs::{self, Request, Walk};
use crate::parallel;
use crate::settings_view::SettingsView;
use crate::terminal;
use crate::terminal::counted;
use crate::terminal::progress::Progress;

use super::{check_stdin, objects};
use crate::judge::{Judge, no_decision};
use crate::no_result::NoResult;
use crate::problems::{Problems, WithoutKind};

/// Arguments of `countersign audit`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign audit --settings policy.yaml --list dump.json
  kubectl get pods,deployments -A -o json | countersign audit \\
    --settings policy.yaml -
  countersign audit --settings policy.yaml --fail-on dry-run dump.json
  countersign audit --settings policy.yaml --format human \\
    --format json=audit.json dump.json
  countersign audit --settings policy.yaml --kubernetes attestations/ dump.json

Each object is evaluated as if it were created now, in its namespace. JSON is
streamed, so a dump may be larger than memory. A Pod and its controller are
both counted. Objects that cannot be read are reported at the end, with exit
status 2; all others are evaluated.

Exit status: 0 if all objects are admitted, 1 if any is denied (with --fail-on
dry-run, also if any is admitted only by dry run or break-glass), 2 on an error")]
pub struct Args {
    /// Settings, or a manifest of a policy with settings (`-` for standard input)
    #[arg(long, short, value_name = "FILE")]
    settings: PathBuf,
    /// Objects to evaluate: files, directories, or `-` for standard input
    ///
    /// Output of `kubectl get -o json`, manifests, lists, admission requests or reviews, in YAML or JSON.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// List the objects with a reason against them and all of their images
    #[arg(long)]
    list: bool,
    /// Maximum number of images, and of objects, to list; the rest is only counted
    #[arg(long, value_name = "COUNT", default_value_t = 1000)]
    limit: usize,
    /// Outcomes that make the exit status 1
    #[arg(long, value_enum, value_name = "OUTCOME", default_value_t = FailOn::Denied)]
    fail_on: FailOn,
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
enum FailOn {
    /// Denied objects
    #[value(alias = "refused")]
    Denied,
    /// Denied objects, and objects that only dry run or break-glass admits
    DryRun,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Text: a table by namespace and reason, and the affected images
    Human,
    /// JSON: an `AuditReport`
    Json,
}

type Formats = output::OrReport<Format>;

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let all = args.files.iter().chain([&args.settings]);
    let read = || all.clone().map(PathBuf::as_path);
    args.evidence.check(read())?;
    let others = args.evidence.files().chain(args.module.file());
    output::check(&args.format, read().chain(others))?;
    check_stdin(all.chain(args.evidence.replay()).map(PathBuf::as_path))?;
    let (audit, passed_over, mut problems, module) = match audited(args) {
        Ok(audited) => audited,
        Err(no_result) => {
            return no_result::write(&args.format, "countersign audit", no_result, |format| {
                no_result::or_report(format, |own| match own {
                    Format::Human => Shape::Text,
                    Format::Json => Shape::Json("AuditReport"),
                })
            });
        }
    };
    let report = Report {
        audit: &audit,
        passed_over: &passed_over,
        time: args.context.time,
        made: now(),
        settings: &args.settings,
        digest: &module,
    };
    output::write(&args.format, |format, out| match format {
        Formats::Own(Format::Human) => {
            emit::audit::human(out, &report, args.list, args.verbose.shown(report.digest))
        }
        Formats::Own(Format::Json) => emit::audit::json(out, &report),
        Formats::Report(report::Format::Html) => emit::html::audit(out, &report, &problems),
        Formats::Report(format) => {
            let is_strict = args.fail_on == FailOn::DryRun;
            let skipped = passed_over.counts().values().sum();
            let report = report::audited(&audit, is_strict, skipped, &problems);
            report::write(format, out, &report)
        }
    })?;
    if audit.unanswered > 0 {
        let objects = counted(audit.unanswered, "object");
        problems.add(&format!(
            "the module failed on {objects}; the report counts them as errors"
        ));
    }
    let summary = &audit.summary;
    let fails = match args.fail_on {
        FailOn::Denied => summary.is_denied(),
        FailOn::DryRun => !summary.is_clean(),
    };
    Ok(problems.finish(if fails { Exit::No } else { Exit::Yes }))
}

/// The audit, the skipped objects, the problems with other objects, and the digest of the module.
fn audited(args: &Args) -> Result<(Audit, PassedOver, Problems, String), NoResult> {
    let mut problems = Problems::default();
    let mut walks = walks(&args.files, &mut problems);
    let settings = foreign::settings(&args.settings)?;
    let bytes = args.module.bytes()?;
    let judge = Judge::new(&bytes, |abi| args.evidence.open(abi), args.context.time)?;
    NoResult::unless_valid(&judge, [(args.settings.as_path(), &settings)])?;
    warn_of_missing_evidence(&settings, &args.evidence);
    let (audit, passed_over) = audit(args, &mut walks, &settings, &judge, &mut problems)?;
    for walk in &walks {
        emit::skipped(&walk.skipped);
    }
    passed_over.print_unread();
    if audit.summary.objects == 0 {
        if problems.is_empty() {
            return Err(anyhow!("nothing to audit: no object has images").into());
        }
        return Err(NoResult::Problems(problems));
    }
    Ok((audit, passed_over, problems, inspect(&bytes)?.digest))
}

/// All files, including those in directories, each once.
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

/// Warns before a long run of host calls that nothing will answer.
fn warn_of_missing_evidence(settings: &Value, evidence: &EvidenceArgs) {
    let is_on = |pointer| SettingsView(settings).is_on(pointer);
    let asks_registry =
        is_on("/evidence/registry") || is_on("/evidence/referrers") || is_on("/resolveTags");
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
            terminal::note(&format!(
                "the settings look up evidence in {whom}, and {option} is not given: such checks fail \
                 with host-capability-failed. Give {option} DIR or --replay FILE"
            ));
        }
    }
}

/// Evaluates objects on all cores while reading.
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
    // Serialized once: settings may be long, and there may be many objects.
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
            error.context(format!("stopped after {objects}"))
        }
    });
    judge.finish(result)?;
    problems.append(unread);
    problems.append(unjudged);
    Ok((audit, passed_over))
}

/// Whether the module failed on this object; it may succeed on others.
fn is_of_object(error: &Error) -> bool {
    matches!(error.downcast_ref(), Some(EngineError::Guest(_)))
}

/// Rejects recorded requests other than CREATE: an audit is about running objects.
fn created(request: &Request) -> Result<()> {
    let operation = fields::text(&request.request, "operation");
    if operation == "CREATE" {
        return Ok(());
    }
    bail!(
        "`{}`: a recorded {} of {} is not a running object; use `countersign evaluate`",
        request.source,
        terminal::printable(operation),
        request.title
    )
}

/// The number of bytes to read, if known.
fn size<'p>(files: impl Iterator<Item = &'p PathBuf>) -> Option<u64> {
    let size = |path: &PathBuf| {
        let metadata = fs::metadata(path).ok();
        metadata
            .filter(fs::Metadata::is_file)
            .map(|file| file.len())
    };
    files.map(size).sum()
}

/// Evaluates one object. If the module fails on it, that is the outcome of this object alone.
fn judged(judge: &Judge, settings: &RawValue, request: &Request) -> Result<Judged> {
    match judge.ask(request, &settings, Operation::Decide) {
        Ok(answer) => match answer.decision() {
            Ok(decision) => Ok(Judged::new(request, decision)),
            Err(_) => Err(no_decision(request, "`audit` needs")),
        },
        Err(error) => {
            let failure = error.downcast_ref::<EngineError>();
            failure
                .and_then(|failure| Judged::failed(request, failure))
                .ok_or(error)
        }
    }
}
