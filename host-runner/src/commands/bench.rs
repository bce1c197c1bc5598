//! `countersign bench`: measures a policy and compares it with a baseline.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;
use serde_json::json;

use crate::Exit;
use crate::args::{ContextArgs, EvidenceArgs, ModuleArgs};
use crate::bench::{Bench, Call, Change, Module, Report, Rounds, Thresholds};
use crate::emit::{self, output};
use crate::engine::{self, Abi, Host, Policy};
use crate::files::{self, Readers};
use crate::terminal;
use crate::terminal::progress::Progress;
use crate::terminal::shown;

use super::objects;
use crate::judge::{self, check_settings, metering_engine};

/// Arguments of `countersign bench`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign bench --settings policy.yaml pod.yaml
  countersign bench --settings policy.yaml --save before.json manifests/
  countersign bench --settings policy.yaml --compare before.json \\
    --threshold 5 manifests/
  countersign bench --settings policy.yaml --module other.wasm \\
    --format json pod.yaml
  countersign bench --settings policy.yaml --beside countersign-wide.wasm \\
    pod.yaml

Each call gets a fresh instance, as in an admission controller. Runs of the
policy alternate with runs of a module that always admits, of a module that
only skips the JSON, and of the policy as native code. Times are reported as
ratios to these, because absolute times depend on the machine. With --compare,
a higher ratio, more fuel or more memory is a regression.

Exit status: 0 if measured without a regression, 1 on a regression, 2 on an
error")]
pub struct Args {
    /// Settings, or a manifest of a policy with settings (`-` for standard input)
    #[arg(long, short, value_name = "FILE")]
    settings: PathBuf,
    /// Objects to evaluate: files, directories, or `-` for standard input
    ///
    /// Manifests, lists, admission requests or reviews, in YAML or JSON.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Number of measured runs of each request
    #[arg(long, value_name = "COUNT", default_value_t = 300,
          value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=MAX_RUNS))]
    count: usize,
    /// Number of runs of each request before measuring
    #[arg(long, value_name = "COUNT", default_value_t = 20,
          value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(..=MAX_RUNS))]
    warm_up: usize,
    /// Save the results to this JSON file, overwriting it
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// Compare with results from `--save`
    #[arg(long, value_name = "FILE")]
    compare: Option<PathBuf>,
    /// Minimum increase of a regression, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = 10.0, requires = "compare",
          value_parser = not_negative)]
    threshold: f64,
    /// Minimum increase of a regression in time, in microseconds
    #[arg(long, value_name = "MICROSECONDS", default_value_t = 20.0, requires = "compare",
          value_parser = not_negative)]
    min_threshold: f64,
    #[command(flatten)]
    context: ContextArgs,
    /// Output format and file to write it to; repeatable
    #[arg(long, value_name = "FORMAT[=FILE]", default_value = "human",
          value_parser = output::parser::<Format>())]
    format: Vec<output::Output<Format>>,
    /// Also measure this waPC module, in turns with the policy
    #[arg(long, value_name = "FILE")]
    beside: Option<PathBuf>,
    #[command(flatten)]
    module: ModuleArgs,
    #[command(flatten)]
    evidence: EvidenceArgs,
}

/// Limit on `--count` and `--warm-up`: more would take hours.
const MAX_RUNS: u64 = 1_000_000;

fn not_negative(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "expected a number".to_owned())?;
    if number.is_finite() && number >= 0.0 {
        Ok(number)
    } else {
        Err("expected a number of at least 0".to_owned())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Text: a table for each request
    Human,
    /// JSON: a `BenchReport`, as for `--save`, with the changes since the baseline
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
    let others = args.save.as_deref().into_iter().chain(args.module.file());
    let others = others.chain(args.beside.as_deref());
    output::check(&args.format, read.iter().copied().chain(others))?;
    files::refuse_inputs(args.save.as_deref(), read)?;
    if args.context.time.is_some() {
        bail!(
            "--time cannot be used with bench, which measures the policy with the clock of an admission controller"
        );
    }
    if args.evidence.is_recorded() {
        bail!("--record cannot be used with bench, which would record each host call many times");
    }
    let baseline = args.compare.as_deref().map(saved).transpose()?;
    let bytes = args.module.bytes()?;
    let read = objects::read([&args.settings], &args.files, &args.context, &args.evidence)?;
    if !read.problems.is_empty() {
        // A request that is left out would be missing from every comparison.
        return Ok(read.problems.finish(Exit::CouldNot));
    }
    let engine = judge::engine()?;
    let policy = engine.load(&bytes)?;
    let [settings] = &read.settings;
    if let Some(problems) = check_settings(&policy, settings)? {
        emit::settings_problems(&args.settings, &problems);
        return Ok(Exit::CouldNot);
    }
    let beside = args.beside.as_deref().map(engine::read).transpose()?;
    let other = beside
        .as_ref()
        .map(|bytes| engine.load(bytes))
        .transpose()?;
    let is_command = |policy: &Policy| policy.abi() == Abi::Wasi;
    if [Some(&policy), other.as_ref()]
        .into_iter()
        .flatten()
        .any(is_command)
    {
        bail!(
            "bench measures only waPC modules: a WASI command starts differently from the modules it is compared with"
        );
    }
    let (requests, [settings], _) = match read.asked(&args.context) {
        Ok(asked) => asked,
        Err(no_result) => return emit::no_result::tell(no_result),
    };
    let host: Arc<dyn Host> = Arc::new(args.evidence.open(policy.abi())?);
    let has_native = args.module.module.is_none() && !args.evidence.is_given();
    let metered = metering_engine()?.load(&bytes)?;
    let bench = Bench::new(&engine, policy, metered, other, host, has_native)?;
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
    let module = Module::of(&bytes)?;
    let beside = beside.as_deref().map(Module::of).transpose()?;
    let mut report = Report::new(module, beside, args.count, cases);
    if cfg!(debug_assertions) {
        terminal::warning(
            "this program and its engine were built without optimizations, so the times are too high",
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
    if let Some(then) = &baseline {
        report.compare(then, thresholds);
        if let (Some(before), Some(after)) = (&then.engine, &report.engine)
            && before != after
        {
            terminal::warning(&format!(
                "the report given by --compare is from {before}, and this engine is {after}, which may count fuel differently"
            ));
        }
        if report.changes().next().is_none() {
            bail!("none of these requests is in the report given by --compare");
        }
    }
    output::write(&args.format, |format, out| match format {
        Format::Human => {
            let compared = baseline.is_some().then_some(thresholds);
            emit::bench::human(out, &report, compared)
        }
        Format::Json => emit::json::write(out, &report),
    })?;
    let is_worse = report.changes().any(Change::is_regression);
    Ok(if is_worse { Exit::No } else { Exit::Yes })
}

/// Reads a saved report.
fn saved(path: &Path) -> Result<Report> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read `{}`", shown(path)))?;
    serde_json::from_str(&text)
        .with_context(|| format!("`{}` is not a report from `bench --save`", shown(path)))
}
