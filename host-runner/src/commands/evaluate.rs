//! `countersign evaluate`: what would the gatekeeper say to these objects?

use alloc::sync::Arc;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;
use policy_wasm::time::{Time, TimeError};
use serde::Serialize;
use serde_json::Value;

use crate::Exit;
use crate::cli::{EvidenceArgs, ModuleArgs};
use crate::emit::{self, Evaluated};
use crate::engine::{Engine, EngineError, Host, Limits, Operation, Policy, inspect};
use crate::inputs::{self, Asked, Request};

use super::{check_settings, module_bytes};

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

Exit status: 0 all admitted, 1 one or more refused, 2 the job could not be done")]
pub struct Args {
    /// The settings, or a cluster admission policy that contains them; `-` is standard input
    #[arg(long, short, value_name = "FILE")]
    settings: PathBuf,
    /// Manifests, lists, admission requests or reviews in YAML or JSON: files, folders, or
    /// `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Namespace of the requests that are made from manifests
    ///
    /// Without it, the manifest's own, else `default`. Recorded requests keep theirs.
    #[arg(long, short, value_name = "NAME")]
    namespace: Option<String>,
    /// When the objects are judged, in RFC 3339, instead of now
    ///
    /// Scans and uploads grow old, and keys expire.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    time: Option<Time>,
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
    if args.time.is_some() && args.format == Format::AdmissionReview {
        bail!(
            "--time cannot be used with --format admission-review: a gatekeeper judges by its own clock"
        );
    }
    let bytes = module_bytes(&args.module)?;
    let (settings, requests) = read_inputs(args)?;
    let is_asked =
        |request: &Request| request.asked == Asked::Yes || is_named_in(&settings, &request.request);
    let (asked, others): (Vec<_>, Vec<_>) = requests.into_iter().partition(is_asked);
    let policy = Engine::new(Limits::default())?.load(&bytes)?;
    let evidence = Arc::new(args.evidence.open(policy.abi())?);
    if let Some(problems) = check_settings(&policy, &settings)? {
        emit::settings_problems(&args.settings, &problems);
        return Ok(Exit::CouldNot);
    }
    emit::not_asked(&others);
    if asked.is_empty() {
        bail!("nothing to evaluate: no object that brings in an image");
    }
    if let (Some(time), Format::Gke) = (args.time, args.format) {
        // Google's response has no place for it.
        anstream::eprintln!("note: judged as of {time}");
    }
    let operation = match args.format {
        Format::Human | Format::Json | Format::Gke => Operation::Decide,
        Format::AdmissionReview => Operation::Validate,
    };
    let host: Arc<dyn Host> = evidence.clone();
    let answers = asked.into_iter().map(|request| {
        let call = Call {
            request: &request.request,
            settings: &settings,
            time: args.time.map(|time| time.to_string()),
        };
        let answer = ask(&policy, &host, operation, &call).with_context(|| {
            format!("cannot evaluate {} of `{}`", request.title, request.source)
        })?;
        Ok(Evaluated { request, answer })
    });
    let answers: Result<Vec<_>> = answers.collect();
    // What was asked up to a failure may explain it.
    evidence.save()?;
    let answers = answers?;
    if args.format == Format::Gke {
        require_decisions(&answers)?;
    }
    let printed = match args.format {
        Format::Human => emit::human::decisions(&answers, &inspect(&bytes)?.digest),
        Format::Json => emit::json::decisions(&answers),
        Format::AdmissionReview => emit::admission_review::reviews(&answers),
        Format::Gke => emit::gke::responses(&answers),
    };
    emit::unless_closed(printed)?;
    let all_admitted = answers.iter().all(Evaluated::is_admitted);
    Ok(if all_admitted { Exit::Yes } else { Exit::No })
}

/// Refuses the answers of a policy that does not say what it found for each image.
fn require_decisions(answers: &[Evaluated]) -> Result<()> {
    match answers.iter().find(|answer| !answer.is_decision()) {
        Some(Evaluated { request, .. }) => bail!(
            "the module gives no Decision about {} of `{}`, which --format gke is made from; \
             use another format",
            request.title,
            request.source
        ),
        None => Ok(()),
    }
}

/// Whether the settings name the kind of a request among their `workloads`.
fn is_named_in(settings: &Value, request: &Value) -> bool {
    let kind = |field: &str| request.get("kind").and_then(|kind| kind.get(field));
    let workloads = settings.get("workloads").and_then(Value::as_array);
    workloads.into_iter().flatten().any(|workload| {
        ["group", "kind"]
            .iter()
            .all(|field| workload.get(*field) == kind(field))
    })
}

/// Reads settings and objects; every file that cannot be read is named, not only the first.
fn read_inputs(args: &Args) -> Result<(Value, Vec<Request>)> {
    let mut errors = Vec::new();
    let stdin = args
        .files
        .iter()
        .chain([&args.settings])
        .chain(args.evidence.replay())
        .filter(|path| path.as_os_str() == "-");
    if stdin.count() > 1 {
        bail!("standard input (`-`) can be read only once");
    }
    let settings = inputs::settings(&args.settings)
        .map_err(|error| errors.push(error))
        .ok();
    let mut requests = Vec::new();
    for path in &args.files {
        match inputs::files(path) {
            Ok(files) => {
                for file in files {
                    match inputs::requests(&file, args.namespace.as_deref()) {
                        Ok(found) => requests.extend(found),
                        Err(error) => errors.push(error),
                    }
                }
            }
            Err(error) => errors.push(error),
        }
    }
    match settings {
        Some(settings) if errors.is_empty() => Ok((settings, requests)),
        _ => {
            let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
            bail!("{}", texts.join("\nerror: "))
        }
    }
}

/// What a module is asked, borrowed: settings may be large, and objects many
#[derive(Serialize)]
struct Call<'a> {
    request: &'a Value,
    settings: &'a Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
}

fn ask(
    policy: &Policy,
    host: &Arc<dyn Host>,
    operation: Operation,
    call: &Call<'_>,
) -> Result<Value> {
    let payload = serde_json::to_vec(call)?;
    let answer = match policy.call_with_host(operation, &payload, host) {
        // A policy that is not ours has no Decision to give, and still an answer.
        Err(EngineError::Guest(_)) if operation == Operation::Decide && call.time.is_none() => {
            policy.call_with_host(Operation::Validate, &payload, host)?
        }
        answer => answer?,
    };
    serde_json::from_slice(&answer).context("the module's answer is not JSON")
}

fn parse_time(text: &str) -> Result<Time, TimeError> {
    Time::parse(text)
}
