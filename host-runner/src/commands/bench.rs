//! `countersign bench`: what does a policy cost, and is that more than it was?

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;
use serde_json::json;

use crate::Exit;
use crate::bench::{Bench, Call, Module, Report, Rounds, Thresholds, changes};
use crate::cli::{ContextArgs, EvidenceArgs, ModuleArgs};
use crate::emit::{self, output};
use crate::engine::{Abi, Host, inspect};
use crate::files::{self, Readers};
use crate::inputs::shown;
use crate::progress::Progress;

use super::{check_settings, engine, metering_engine, module_bytes, objects};

/// Arguments of `countersign bench`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign bench --settings policy.yaml pod.yaml
  countersign bench --settings policy.yaml --save before.json manifests/
  countersign bench --settings policy.yaml --compare before.json --threshold 5 manifests/
  countersign bench --settings policy.yaml --module other.wasm --format json pod.yaml

Every call gets a fresh instance, as an engine gives it. In turns with the policy run a module that
says yes, one that skips the same JSON, and the same policy as native code; what counts is the ratio,
since times of their own are those of one machine on one day. With --compare a higher ratio, more
fuel or more memory is a regression.

Exit status: 0 measured, and no worse than before, 1 something became worse, 2 the job could not be done")]
pub struct Args {
    /// The settings, or a cluster admission policy that contains them; `-` is standard input
    #[arg(long, short, value_name = "FILE")]
    settings: PathBuf,
    /// Manifests, lists, admission requests or reviews in YAML or JSON: files, folders, or
    /// `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How often each request is measured
    #[arg(long, value_name = "COUNT", default_value_t = 300,
          value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=MAX_RUNS))]
    count: usize,
    /// How often before that, to warm up
    #[arg(long, value_name = "COUNT", default_value_t = 20,
          value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(..=MAX_RUNS))]
    warm_up: usize,
    /// Write what was measured to this file, in JSON; one that is there is replaced
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// Compare with what was saved
    #[arg(long, value_name = "FILE")]
    compare: Option<PathBuf>,
    /// How many per cent more is a regression
    #[arg(long, value_name = "PERCENT", default_value_t = 10.0, requires = "compare",
          value_parser = not_negative)]
    threshold: f64,
    /// And how many microseconds, for the time
    #[arg(long, value_name = "MICROSECONDS", default_value_t = 20.0, requires = "compare",
          value_parser = not_negative)]
    min_threshold: f64,
    #[command(flatten)]
    context: ContextArgs,
    /// How to print what was measured, and to which file; may be given several times
    #[arg(long, value_name = "FORMAT[=FILE]", default_value = "human",
          value_parser = output::parse::<Format>)]
    format: Vec<output::Output<Format>>,
    #[command(flatten)]
    module: ModuleArgs,
    #[command(flatten)]
    evidence: EvidenceArgs,
}

/// More would take hours.
const MAX_RUNS: u64 = 1_000_000;

fn not_negative(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "expected a number".to_owned())?;
    if number.is_finite() && number >= 0.0 {
        Ok(number)
    } else {
        Err("expected a number from 0 on".to_owned())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table for each request
    Human,
    /// A `BenchReport`
    Json,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let read = args
        .files
        .iter()
        .chain([&args.settings])
        .chain(&args.compare);
    let read = read.map(PathBuf::as_path).chain(args.evidence.inputs());
    let read: Vec<_> = read.collect();
    output::check(&args.format, read.iter().copied())?;
    files::refuse_inputs(args.save.as_deref(), read)?;
    if args.context.time.is_some() {
        bail!(
            "--time cannot be used here: a gatekeeper judges by its own clock, and that is measured"
        );
    }
    if args.evidence.is_recorded() {
        bail!("--record cannot be used here: every question would be asked and written many times");
    }
    let baseline = args.compare.as_deref().map(saved).transpose()?;
    let bytes = module_bytes(&args.module)?;
    let read = objects::read([&args.settings], &args.files, &args.context, &args.evidence)?;
    if !read.problems.is_empty() {
        // What is left out would be missing in every comparison.
        return Ok(read.problems.finish(Exit::CouldNot));
    }
    let engine = engine()?;
    let policy = engine.load(&bytes)?;
    let [settings] = &read.settings;
    if let Some(problems) = check_settings(&policy, settings)? {
        emit::settings_problems(&args.settings, &problems);
        return Ok(Exit::CouldNot);
    }
    if policy.abi() == Abi::Wasi {
        bail!(
            "a WASI command has another floor than the waPC modules that it would be measured beside"
        );
    }
    let Some((requests, [settings], _)) = read.asked(&args.context)? else {
        return Ok(Exit::CouldNot);
    };
    let host: Arc<dyn Host> = Arc::new(args.evidence.open(policy.abi())?);
    let has_native = args.module.module.is_none() && !args.evidence.is_given();
    let metered = metering_engine()?.load(&bytes)?;
    let bench = Bench::new(&engine, policy, metered, host, has_native)?;
    let rounds = Rounds {
        warm_up: args.warm_up,
        kept: args.count,
    };
    let runs = args.warm_up.saturating_add(args.count);
    let progress = Progress::of(runs.saturating_mul(requests.len()), "runs");
    let (mut cases, mut known) = (Vec::new(), BTreeMap::new());
    for request in requests {
        let call = json!({"request": request.request, "settings": settings});
        let mut call = Call {
            payload: serde_json::to_vec(&call)?,
            request: request.title,
            source: request.source,
        };
        // A file may have several requests about one object.
        let same = (call.source.clone(), call.request.clone());
        let number: &mut usize = known.entry(same).or_default();
        *number = number.saturating_add(1);
        if *number > 1 {
            call.request = format!("{} #{number}", call.request);
        }
        let case = bench.measure(&call, rounds, &|| progress.step());
        cases.push(case.with_context(|| format!("cannot measure {}", call.request))?);
    }
    drop(progress);
    let module = Module {
        digest: inspect(&bytes)?.digest,
        bytes: bytes.len(),
    };
    let report = Report::new(module, args.count, cases);
    if cfg!(debug_assertions) {
        emit::warning(
            "this program was built without optimisation, and so is the engine that is measured",
        );
    }
    if let Some(path) = &args.save {
        let text = serde_json::to_string_pretty(&report)? + "\n";
        files::replace(path, text.as_bytes(), Readers::Anyone)
            .with_context(|| format!("cannot write `{}`", shown(path)))?;
    }
    let thresholds = Thresholds {
        percent: args.threshold,
        micros: args.min_threshold,
    };
    let changes = baseline.map(|then| changes(&report, &then, thresholds));
    if let Some(all) = &changes
        && all.iter().all(Option::is_none)
    {
        bail!("none of these requests is in the report that they are to be compared with");
    }
    output::write(&args.format, |format, out| match format {
        Format::Human => {
            let compared = changes.as_deref().map(|changes| (changes, thresholds));
            emit::bench::human(out, &report, compared)
        }
        Format::Json => emit::json::write(out, &report),
    })?;
    let mut changes = changes.into_iter().flatten().flatten().flatten();
    let is_worse = changes.any(|change| change.is_regression());
    Ok(if is_worse { Exit::No } else { Exit::Yes })
}

/// Reads a report that was saved.
fn saved(path: &Path) -> Result<Report> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read `{}`", shown(path)))?;
    serde_json::from_str(&text)
        .with_context(|| format!("`{}` is not what `bench --save` writes", shown(path)))
}
