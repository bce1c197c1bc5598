//! `countersign lint`: checks policies, manifests and suites.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use admission_requests::of_file;
use anyhow::{Context as _, Result, anyhow, bail};
use clap::ValueEnum;
use clap::builder::StringValueParser;
use policy_lint::{Config, Level, RULES, Rule, Severity, SourceFile, apply_fixes, closest};
use policy_wasm::time::Time;

use crate::Exit;
use crate::args::{codes, lints, parse_time, suggested};
use crate::clock::now;
use crate::emit::lint::{Format, Linted};
use crate::emit::{self, no_result, output};
use crate::files::{self, Readers};
use crate::foreign;
use crate::inputs;
use crate::lint_config::{self, ConfigError};
use crate::terminal::progress::Progress;
use crate::terminal::{self, printable};

use crate::no_result::NoResult;
use crate::problems::Problems;

/// Arguments of `countersign lint`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign lint
  countersign lint policies/ --fail-on error
  countersign lint policy.yaml --fix
  countersign lint --format human --format sarif=lint.sarif policies/
  countersign lint --allow lint-dry-run --deny lint-bare-name policy.yaml
  countersign lint --time 2027-01-31T12:00:00Z policies/
  countersign lint --explain lint-star-prefix

To ignore a finding, add a comment on its line or the line above:
  # countersign-ignore lint-dry-run: until 2027-03-31, when the roll-out ends

To set severities, add `countersign-lint.yaml` in this directory or above it:
  apiVersion: countersign.dev/v1
  kind: LintConfig
  severity: {lint-dry-run: allow, lint-bare-name: error}

Files that cannot be read are reported at the end, with exit status 2; all
others are checked.

Exit status: 0 if no finding is at or above --fail-on, 1 if any is, 2 on an
error or if there is nothing to lint")]
pub struct Args {
    /// Policies, settings, manifests and suites: files, directories, or `-` for standard input
    #[arg(default_value = ".", value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// Show the page of a lint
    #[arg(long, value_name = "CODE", conflicts_with_all = ["list", "fix"], hide_possible_values = true,
          value_parser = suggested(StringValueParser::new(), codes))]
    explain: Option<String>,
    /// List all lints
    #[arg(long, conflicts_with = "fix")]
    list: bool,
    /// Apply fixes that cannot change a verdict
    #[arg(long)]
    fix: bool,
    /// Minimum severity that makes the exit status 1
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t = FailOn::Warning)]
    fail_on: FailOn,
    /// Read severities from this file [default: the nearest countersign-lint.yaml]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Disable a lint; overrides the configuration file
    #[arg(long, short = 'A', value_name = "CODE", hide_possible_values = true,
          value_parser = suggested(StringValueParser::new(), lints))]
    allow: Vec<String>,
    /// Report a lint as a warning; overrides --allow
    #[arg(long, short = 'W', value_name = "CODE", hide_possible_values = true,
          value_parser = suggested(StringValueParser::new(), lints))]
    warn: Vec<String>,
    /// Report a lint as an error; overrides --warn
    #[arg(long, short = 'D', value_name = "CODE", hide_possible_values = true,
          value_parser = suggested(StringValueParser::new(), lints))]
    deny: Vec<String>,
    /// Check as of this time, in RFC 3339 [default: now]
    ///
    /// The time decides whether keys, scans and `countersign-ignore` comments have expired.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    time: Option<Time>,
    /// Output format and file to write it to; repeatable
    #[arg(long, value_name = "FORMAT[=FILE]", default_value = "human",
          value_parser = output::parser::<Format>())]
    format: Vec<output::Output<Format>>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FailOn {
    Info,
    Warning,
    Error,
}

impl From<FailOn> for Severity {
    fn from(severity: FailOn) -> Self {
        match severity {
            FailOn::Info => Self::Info,
            FailOn::Warning => Self::Warning,
            FailOn::Error => Self::Error,
        }
    }
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    if let Some(code) = &args.explain {
        return explain(code);
    }
    if args.list {
        return list();
    }
    let config_path = args.config.clone().or_else(nearest_config);
    let inputs = args.paths.iter().chain(&config_path);
    output::check(&args.format, inputs.map(PathBuf::as_path))?;
    let (linted, problems) = match linted(args, config_path.as_deref()) {
        Ok(linted) => linted,
        Err(no_result) => {
            return no_result::write(
                &args.format,
                "countersign lint",
                no_result,
                emit::lint::shape,
            );
        }
    };
    output::write(&args.format, |format, out| {
        emit::lint::write(format, out, &linted)
    })?;
    let fails = linted.report.worst() >= Some(args.fail_on.into());
    Ok(problems.finish(if fails { Exit::No } else { Exit::Yes }))
}

/// The findings, and the problems with other files.
fn linted(args: &Args, config_path: Option<&Path>) -> Result<(Linted, Problems), NoResult> {
    let config = config(args, config_path)?;
    let config = match args.time.or_else(now) {
        Some(time) => config.at(time),
        None => config,
    };
    let Read {
        paths,
        mut files,
        foreign,
        problems,
    } = read(&args.paths);
    let mut report = lint(&files, &config);
    let mut fixed = 0_usize;
    if args.fix {
        fixed = fix(&paths, &mut files, &report.diagnostics)?;
        report = lint(&files, &config);
    }
    if report.documents == 0 && report.diagnostics.is_empty() {
        if files.is_empty() && foreign.is_empty() && !problems.is_empty() {
            return Err(NoResult::Problems(problems));
        }
        problems.finish(Exit::CouldNot);
        let nothing = foreign.into_iter().next();
        let nothing = nothing.unwrap_or_else(|| nothing_in(&files));
        return Err(anyhow!("nothing to lint: {nothing}").into());
    }
    for skipped in foreign {
        terminal::note(&format!("skipped {skipped}"));
    }
    let linted = Linted {
        files,
        report,
        fixed,
    };
    Ok((linted, problems))
}

fn nothing_in(files: &[SourceFile]) -> String {
    let foreign = files.iter().find_map(|file| {
        let what = foreign::text(file.text())?;
        Some(of_file(file.name(), &what))
    });
    foreign.unwrap_or_else(|| {
        let files = match files {
            [file] => format!("`{}` has", file.name()),
            files => format!("{} files have", files.len()),
        };
        format!("{files} no policy, policy manifest or suite")
    })
}

fn lint(files: &[SourceFile], config: &Config) -> policy_lint::Report {
    let progress = Progress::of(files.len(), "files");
    policy_lint::lint_each(files, config, || progress.step())
}

fn explain(code: &str) -> Result<Exit> {
    let Some(page) = emit::explain::page(code) else {
        bail!(unknown(code));
    };
    terminal::unless_closed(write!(anstream::stdout(), "{page}"))?;
    Ok(Exit::Yes)
}

/// Names the lint that a misspelled code may mean.
fn unknown(code: &str) -> String {
    let code = printable(code);
    match closest(&code, RULES.iter().map(|rule| rule.code)) {
        Some(meant) => format!("no lint `{code}`; did you mean `{meant}`?"),
        None => format!("no lint `{code}`; `countersign lint --list` lists them"),
    }
}

fn list() -> Result<Exit> {
    let width = RULES
        .iter()
        .map(|rule| rule.code.len())
        .max()
        .unwrap_or_default();
    let mut out = anstream::stdout().lock();
    let printed = RULES.iter().try_for_each(|rule| {
        let severity = rule.severity.name();
        writeln!(out, "{:width$}  {severity:7}  {}", rule.code, rule.what)
    });
    terminal::unless_closed(printed)?;
    Ok(Exit::Yes)
}

/// The configuration file, overridden by the command line.
fn config(args: &Args, path: Option<&Path>) -> Result<Config> {
    let mut config = match path {
        Some(path) => match lint_config::read(path) {
            Ok(config) => config,
            Err(error) => {
                if let ConfigError::Malformed(source, problems) = &error {
                    let files = core::slice::from_ref(source);
                    let mut out = anstream::stderr().lock();
                    emit::diagnostic::write_all(&mut out, problems, files)?;
                }
                return Err(error.into());
            }
        },
        None => Config::default(),
    };
    for (codes, level) in [
        (&args.allow, Level::Allow),
        (&args.warn, Level::At(Severity::Warning)),
        (&args.deny, Level::At(Severity::Error)),
    ] {
        for code in codes {
            if Rule::by_code(code).is_none() {
                bail!(unknown(code));
            }
            config.set(code, level);
        }
    }
    Ok(config)
}

fn nearest_config() -> Option<PathBuf> {
    lint_config::nearest(&std::env::current_dir().ok()?)
}

/// The files to lint
struct Read {
    paths: Vec<PathBuf>,
    /// Those of the paths
    files: Vec<SourceFile>,
    /// Policies of Kubewarden for another module, each with what it is
    foreign: Vec<String>,
    problems: Problems,
}

/// Reads all files to lint, and collects problems with those that cannot be read.
fn read(paths: &[PathBuf]) -> Read {
    let (mut found, mut problems) = (Vec::new(), Problems::default());
    for path in paths {
        match inputs::walk(path) {
            Ok(walk) => {
                emit::skipped(&walk.skipped);
                found.extend(walk.files);
            }
            Err(error) => problems.add(&error),
        }
    }
    found.retain(|path| !lint_config::is_config(path));
    let (mut read, mut files, mut foreign) = (Vec::new(), Vec::new(), Vec::new());
    for path in inputs::unique(found) {
        match inputs::read(&path) {
            Ok(inputs::Source { name, text }) => {
                if let Some(problem) = foreign::manifest(&text) {
                    foreign.push(of_file(&name, &problem));
                    continue;
                }
                files.push(SourceFile::new(name, text));
                read.push(path);
            }
            Err(error) => problems.add(&error),
        }
    }
    Read {
        paths: read,
        files,
        foreign,
        problems,
    }
}

/// Writes the fixes to the files and returns their number.
fn fix(
    paths: &[PathBuf],
    sources: &mut [SourceFile],
    diagnostics: &[policy_lint::Diagnostic],
) -> Result<usize> {
    let mut all = 0_usize;
    for (index, (path, file)) in paths.iter().zip(sources.iter_mut()).enumerate() {
        let (text, fixed) = apply_fixes(index, file, diagnostics);
        if fixed == 0 {
            continue;
        }
        if path.as_os_str() == "-" {
            bail!("--fix cannot change standard input; give a file");
        }
        files::replace(path, text.as_bytes(), Readers::Anyone)
            .with_context(|| format!("cannot write `{}`", file.name()))?;
        *file = SourceFile::new(file.name().to_owned(), text);
        all = all.saturating_add(fixed);
    }
    Ok(all)
}
