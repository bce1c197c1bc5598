//! `countersign test`: runs the test suites of policies, or writes one.

mod scaffold;

use alloc::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::{Context as _, Result, anyhow, bail};
use policy_wasm::time::Time;
use regex_lite::Regex;
use serde_json::Value;

use crate::Exit;
use crate::args::{ModuleArgs, OutputArgs, VerboseArgs, parse_time};
use crate::emit::no_result::{self, Shape};
use crate::emit::test::{Format, Formats, Tested};
use crate::emit::{self, output};
use crate::engine::{Policy, inspect};
use crate::inputs;
use crate::suite::{self, CaseResult, Coverage, Ended, LoadError, Loaded, Mutation, Runner};
use crate::terminal;
use crate::terminal::progress::Progress;

use crate::judge::{check_settings, engine};
use crate::no_result::NoResult;
use crate::problems::Problems;

/// Arguments of `countersign test`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign test
  countersign test policies/ --fail-only
  countersign test policies/pipeline/tests.yaml --run 'tag|digest'
  countersign test --coverage --threshold 100 --mutate
  countersign test --format human --format junit=report.xml \\
    --format json=report.json

  countersign test --scaffold policy.yaml --output tests.yaml

A suite is a file next to its policy:
  apiVersion: countersign.dev/v1
  kind: PolicySuite
  settings: policy.yaml
  time: 2026-01-31T12:00:00Z
  images: {web: registry.example/shop/web@digest}
  signers: {build: {standsFor: projects/example/attestors/build}}
  cases:
    - name: attested by build
      request: {namespace: production, images: [web]}
      attestations: [{by: build, image: web}]
      expect: admitted
    - name: signed with another key
      request: {namespace: production, images: [web]}
      attestations: [{by: build, image: web, tamper: wrong-key}]
      expect: {outcome: denied, reasons: [attestation-bad-signature]}

With --scaffold, a suite is written for settings that have none. Review it: its
expectations are what the policy answered. Exit status 1 means that it was
written, and that a part of the settings is left that no case can test.

Exit status: 0 if all cases pass, 1 if a case fails, coverage is below
--threshold or a mutant survives, 2 on an error or if there is no suite")]
pub struct Args {
    /// Suites, or directories with `tests.yaml` or `*.tests.yaml`
    #[arg(default_value = ".", value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// Run only cases whose name matches this regular expression
    ///
    /// `\w`, `\d`, `\s`, `\b` and `(?i)` are ASCII-only.
    #[arg(long, value_name = "REGEX")]
    run: Option<Regex>,
    /// Print only failed cases
    #[arg(long)]
    fail_only: bool,
    /// List rules, patterns, attestors and checks that no case exercises
    #[arg(long)]
    coverage: bool,
    /// Fail if the coverage of any settings file is below this, in percent
    #[arg(long, value_name = "PERCENT", requires = "coverage", default_value = "0",
          value_parser = clap::value_parser!(u8).range(0..=100))]
    threshold: u8,
    /// Change one part of the policy at a time, and list the changes that no case detects
    #[arg(long, conflicts_with = "run")]
    mutate: bool,
    /// Output format and file to write it to; repeatable
    #[arg(long, value_name = "FORMAT[=FILE]", default_value = "human",
          value_parser = output::parser::<Formats>())]
    format: Vec<output::Output<Formats>>,
    /// Write a suite for these settings, with full coverage and every change detected
    #[arg(long, value_name = "SETTINGS",
          conflicts_with_all = ["paths", "run", "fail_only", "coverage", "mutate", "format"])]
    scaffold: Option<PathBuf>,
    /// Time of the suite of --scaffold, in RFC 3339 [default: now]
    #[arg(long, value_name = "TIME", requires = "scaffold", value_parser = parse_time)]
    time: Option<Time>,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    module: ModuleArgs,
    #[command(flatten)]
    verbose: VerboseArgs,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    if let Some(settings) = &args.scaffold {
        return scaffold::run(settings, args.time, &args.output, &args.module);
    }
    if args.output.output.is_some() {
        bail!("--output is for --scaffold; write reports with --format FORMAT=FILE");
    }
    let paths = args.paths.iter().map(PathBuf::as_path);
    output::check(&args.format, paths.chain(args.module.file()))?;
    let mut problems = Problems::default();
    let suites = load(&args.paths, &mut problems);
    let read = suites.iter().flatten().flat_map(|suite| {
        let requests = suite.request_paths.iter();
        requests.chain([&suite.settings_path])
    });
    output::check(&args.format, read.map(PathBuf::as_path))?;
    let tested = suites
        .map_err(NoResult::from)
        .and_then(|suites| tested(args, suites, problems));
    let (tested, problems) = match tested {
        Ok(tested) => tested,
        Err(no_result) => {
            return no_result::write(&args.format, "countersign test", no_result, |format| {
                no_result::or_report(format, |own| match own {
                    Format::Human => Shape::Text,
                    Format::Json => Shape::Json("TestReport"),
                })
            });
        }
    };
    output::write(&args.format, |format, out| {
        emit::test::write(format, out, &tested)
    })?;
    let all_as_expected = tested.results.iter().all(CaseResult::is_as_expected);
    if args.mutate && !all_as_expected {
        anstream::eprintln!("note: --mutate was skipped: all cases have to pass first");
    }
    let could_not = tested
        .results
        .iter()
        .any(|result| matches!(result.ended, Ended::Failed(_)));
    let is_complete = tested.gaps().next().is_none();
    let exit = match (could_not, all_as_expected && is_complete) {
        (true, _) => Exit::CouldNot,
        (false, true) => Exit::Yes,
        (false, false) => Exit::No,
    };
    Ok(problems.finish(exit))
}

/// The results of all suites, and the problems with those that cannot be used.
fn tested(
    args: &Args,
    suites: Vec<Loaded>,
    mut problems: Problems,
) -> Result<(Tested, Problems), NoResult> {
    let bytes = args.module.bytes()?;
    let policy = engine()?.load(&bytes)?;
    let suites = usable(&policy, suites, &mut problems)?;
    if suites.is_empty() {
        return Err(NoResult::Problems(problems));
    }
    let (chosen, left_out) = choose(&suites, args.run.as_ref());
    if chosen.is_empty() {
        return Err(anyhow!("no case has a name that matches `--run`").into());
    }
    let runner = Runner::new(&policy);
    let progress = Progress::of(chosen.len(), "cases");
    let results = runner.run(&suites, &chosen, |_| progress.step());
    drop(progress);
    let all_as_expected = results.iter().all(CaseResult::is_as_expected);
    let coverage = if args.coverage {
        coverage(&suites, &results)
    } else {
        Vec::new()
    };
    let mutations = if args.mutate && all_as_expected {
        mutations(&runner, &suites)
    } else {
        Vec::new()
    };
    let tested = Tested {
        suites,
        results,
        left_out,
        coverage,
        threshold: usize::from(args.threshold),
        mutations,
        problems: problems.texts().collect(),
        module: inspect(&bytes)?.digest,
        is_verbose: args.verbose.is_on(),
        fail_only: args.fail_only,
    };
    Ok((tested, problems))
}

/// Reads all suites, and reports the problems of each.
fn load(paths: &[PathBuf], problems: &mut Problems) -> Result<Vec<Loaded>> {
    let mut files = Vec::new();
    for path in paths {
        let root = root(path);
        match suite::find(path) {
            Ok(found) => files.extend(found.into_iter().map(|file| (file, root.clone()))),
            Err(error) => problems.add(&error),
        }
    }
    files.sort();
    let mut roots: BTreeMap<_, _> = files.iter().rev().cloned().collect();
    let files = inputs::unique(files.into_iter().map(|(file, _)| file).collect());
    if files.is_empty() && problems.is_empty() {
        bail!("no suite found: no file is called `tests.yaml` or `*.tests.yaml`");
    }
    let mut loaded = Vec::new();
    for file in &files {
        let root = roots.remove(file).unwrap_or_default();
        match Loaded::open_in(file, &root) {
            Ok(suite) => loaded.push(suite),
            Err(error) => {
                let why = match no_suite(&error) {
                    Some(why) => why,
                    None => tell(&error)?,
                };
                let file = terminal::shown(file);
                problems.add(&format!("suite `{file}` cannot be used: {why}"));
            }
        }
    }
    Ok(loaded)
}

/// The directory whose files a suite may refer to: the given directory; for a suite given as a file, the
/// working directory if the suite is below it, else the suite's own directory.
fn root(path: &Path) -> PathBuf {
    if path.is_dir() {
        return path.to_owned();
    }
    match std::env::current_dir() {
        Ok(here) if inputs::is_below(path, &here) => here,
        _ => path.parent().unwrap_or_else(|| Path::new("")).to_owned(),
    }
}

/// Says what a file is that is something else than a suite: its fields are no problems of a suite.
fn no_suite(error: &LoadError) -> Option<String> {
    let LoadError::Suite(source, _) = error else {
        return None;
    };
    let documents = inputs::parse(source.text()).ok()?;
    let [document] = documents.as_slice() else {
        return None;
    };
    let has = |key: &str| document.get(key).is_some();
    match document.get("kind").and_then(Value::as_str) {
        None if has("policy") || has("platformPolicies") => Some(format!(
            "it has settings; give the suite beside them, or write one with `countersign test --scaffold {}`",
            terminal::shell_word(source.name())
        )),
        Some(kind) if kind != "PolicySuite" && !has("cases") => Some(format!(
            "it is a document of kind `{kind}`, not `PolicySuite`"
        )),
        _ => None,
    }
}

/// Prints the problems of a suite with their lines, and returns the cause in a few words.
fn tell(error: &LoadError) -> io::Result<String> {
    match error {
        LoadError::Suite(source, problems) => {
            let files = core::slice::from_ref(source);
            let mut out = anstream::stderr().lock();
            emit::diagnostic::write_all(&mut out, problems, files)?;
            let count = terminal::counted(problems.len(), "problem");
            Ok(match problems.first() {
                None => count,
                Some(first) => {
                    let line = source.position(first.span().start).line;
                    format!("{count}, the first at line {line}: {}", first.message)
                }
            })
        }
        LoadError::Input(error) => Ok(error.to_string()),
    }
}

/// Validates each suite's settings as they are in the file, and with its test keys and trusted roots in place. Returns
/// the suites with valid settings.
fn usable(policy: &Policy, suites: Vec<Loaded>, problems: &mut Problems) -> Result<Vec<Loaded>> {
    let mut usable = Vec::new();
    for suite in suites {
        // Stand-ins are valid even where production refuses what they replace.
        let all = [&suite.original_settings, &suite.settings];
        let checked = all
            .into_iter()
            .find_map(|settings| check_settings(policy, settings).transpose());
        let checked = checked
            .transpose()
            .with_context(|| format!("suite `{}`", suite.name))?;
        match checked {
            None => usable.push(suite),
            Some(wrong) => {
                emit::settings_problems(&suite.settings_path, &wrong);
                let name = &suite.name;
                problems.add(&format!(
                    "suite `{name}` cannot be used: its settings are invalid"
                ));
            }
        }
    }
    Ok(usable)
}

/// The cases to run, and the number of cases left out.
fn choose(suites: &[Loaded], name: Option<&Regex>) -> (Vec<(usize, usize)>, usize) {
    let cases = suites.iter().enumerate().flat_map(|(index, suite)| {
        let cases = suite.cases.iter().enumerate();
        cases.map(move |(case, found)| (index, case, found.name.as_str()))
    });
    let (chosen, others): (Vec<_>, Vec<_>) =
        cases.partition(|(_, _, case)| name.is_none_or(|name| name.is_match(case)));
    let chosen = chosen.into_iter().map(|(suite, case, _)| (suite, case));
    (chosen.collect(), others.len())
}

/// Suites with their indexes, grouped by the settings file that they test, whatever the spelling of its path.
fn by_settings(suites: &[Loaded]) -> Vec<(&Path, Vec<(usize, &Loaded)>)> {
    let mut groups: BTreeMap<PathBuf, (&Path, Vec<_>)> = BTreeMap::new();
    for (index, suite) in suites.iter().enumerate() {
        let path = suite.settings_path.as_path();
        let identity = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let (_, group) = groups.entry(identity).or_insert_with(|| (path, Vec::new()));
        group.push((index, suite));
    }
    groups.into_values().collect()
}

fn coverage(suites: &[Loaded], results: &[CaseResult]) -> Vec<Coverage> {
    let groups = by_settings(suites).into_iter();
    let covered = groups.map(|(path, group)| {
        let of_group = |result: &&CaseResult| group.iter().any(|(index, _)| *index == result.suite);
        let decisions = results.iter().filter(of_group);
        let decisions = decisions.filter_map(|result| match &result.ended {
            Ended::Decided { decision, .. } => Some(decision.as_ref()),
            Ended::Failed(_) => None,
        });
        let settings = group
            .first()
            .map_or(&Value::Null, |(_, suite)| &suite.settings);
        Coverage::of(&terminal::shown(path), settings, decisions)
    });
    covered.collect()
}

fn mutations(runner: &Runner<'_>, suites: &[Loaded]) -> Vec<Mutation> {
    let groups = by_settings(suites).into_iter();
    let mutated = groups.map(|(path, group)| {
        let suites: Vec<_> = group.into_iter().map(|(_, suite)| suite).collect();
        Mutation::of(runner, path, &suites)
    });
    mutated.collect()
}
