//! `countersign explain`: why is the answer what it is, and what would change it?

use alloc::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::ValueEnum;
use clap::builder::PathBufValueParser;
use serde_json::Value;

use crate::Exit;
use crate::args::{ContextArgs, EvidenceArgs, ModuleArgs, VerboseArgs, codes, suggested};
use crate::decision::Decision;
use crate::emit::explain::{Detail, Entry, mentioned};
use crate::emit::no_result::{self, Shape};
use crate::emit::{self, output, report};
use crate::engine::{Operation, inspect};
use crate::inputs;
use crate::terminal::printable;
use crate::why_not::Given;

use super::{check_stdin, objects};
use crate::judge::{Evaluated, Judge, require_decisions};
use crate::no_result::NoResult;
use crate::problems::Problems;

/// Arguments of `countersign explain`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign explain --settings policy.yaml deployment.yaml
  countersign explain --settings policy.yaml --why-not deployment.yaml
  countersign explain --settings policy.yaml --namespace production manifests/
  countersign explain digest-required
  countersign explain attestation-unknown-key-id lint-dry-run
  kubectl apply -f deployment.yaml 2>&1 | countersign explain -
  countersign explain --list
  countersign explain --format json always-deny

Exit status: 0 all admitted, or the page is shown, 1 one or more denied, 2 the
job could not be done")]
pub struct Args {
    /// With --settings: manifests, lists, admission requests or reviews in YAML or JSON (files,
    /// folders, or `-` for standard input). Without: codes of reasons and lints, or something that has
    /// such codes: the message of a denial, a Decision or `AdmissionReview` in a file, or `-` for standard input
    #[arg(required_unless_present = "list", value_name = "FILE|CODE|MESSAGE", hide_possible_values = true,
          value_parser = suggested(PathBufValueParser::new(), codes))]
    subjects: Vec<PathBuf>,
    /// List the codes of all reasons with their meanings
    #[arg(long, conflicts_with_all = ["subjects", "settings"])]
    list: bool,
    /// The settings, or a cluster admission policy that contains them; `-` is standard input
    #[arg(long, short, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Show also what would admit each denied image, as commands and YAML to copy
    #[arg(long, requires = "settings")]
    why_not: bool,
    #[command(flatten)]
    context: ContextArgs,
    /// Output format and file to write it to; repeatable
    #[arg(long, value_name = "FORMAT[=FILE]", default_value = "human",
          value_parser = output::parser::<Format>())]
    format: Vec<output::Output<Format>>,
    #[command(flatten)]
    module: ModuleArgs,
    #[command(flatten)]
    verbose: VerboseArgs,
    #[command(flatten)]
    evidence: EvidenceArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Text: a tree for each object, a page for each code
    Human,
    /// JSON: an `Explanation` of objects, or a `CodeList`
    Json,
    /// HTML: one page without dependencies, with filters
    Html,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    match &args.settings {
        None if args.list => {
            output::check(&args.format, [])?;
            let codes = emit::explain::listed();
            output::write(&args.format, |format, out| match format {
                Format::Human => emit::explain::list(out, &codes),
                Format::Json => emit::explain::codes_json(out, &codes),
                Format::Html => emit::explain::codes_html(out, &codes),
            })?;
            Ok(Exit::Yes)
        }
        Some(settings) => explain_objects(args, settings),
        None if args.context.is_given() => {
            bail!(
                "--namespace, --time and --strict-kinds are about objects, which are explained under \
                 --settings FILE"
            )
        }
        None => explain_codes(args),
    }
}

fn explain_objects(args: &Args, path: &Path) -> Result<Exit> {
    let inputs = args.subjects.iter().map(PathBuf::as_path);
    args.evidence.check(inputs.clone().chain([path]))?;
    let others = args.evidence.files().chain(args.module.file());
    output::check(&args.format, inputs.chain([path]).chain(others))?;
    let explained = match explained(args, path) {
        Ok(explained) => explained,
        Err(no_result) => {
            return no_result::write(&args.format, "countersign explain", no_result, |format| {
                match format {
                    Format::Human => Shape::Text,
                    Format::Json => Shape::Json("Explanation"),
                    Format::Html => Shape::Report(report::Format::Html),
                }
            });
        }
    };
    let Explained {
        answers,
        decisions,
        settings,
        problems,
        module,
    } = &explained;
    let detail = if args.why_not {
        Detail::WhyNot(Given {
            settings: path,
            kubernetes: args.evidence.kubernetes(),
            registry: args.evidence.registry(),
        })
    } else {
        Detail::Tree
    };
    output::write(&args.format, |format, out| match format {
        Format::Human => {
            emit::explain::decisions(out, decisions, settings, detail, args.verbose.shown(module))
        }
        Format::Json => emit::explain::json(out, answers, decisions, settings, detail),
        Format::Html => emit::explain::html(out, decisions, settings, detail),
    })?;
    let all_admitted = decisions.iter().all(|one| one.answer.allowed);
    Ok(problems.finish(if all_admitted { Exit::Yes } else { Exit::No }))
}

/// The Decisions on all objects
struct Explained {
    answers: Vec<Evaluated>,
    /// The answers, as Decisions
    decisions: Vec<Evaluated<Decision>>,
    settings: Value,
    /// Problems with other objects
    problems: Problems,
    /// The digest of the module
    module: String,
}

fn explained(args: &Args, path: &Path) -> Result<Explained, NoResult> {
    let bytes = args.module.bytes()?;
    let read = objects::read([path], &args.subjects, &args.context, &args.evidence)?;
    let judge = Judge::new(&bytes, |abi| args.evidence.open(abi), args.context.time)?;
    let [settings] = &read.settings;
    NoResult::unless_valid(&judge, [(path, settings)])?;
    let (requests, [settings], mut problems) = read.asked(&args.context)?;
    let answers = judge.evaluate(requests, &settings, Operation::Decide, &mut problems)?;
    if answers.is_empty() {
        return Err(NoResult::Problems(problems));
    }
    let decisions = require_decisions(answers.clone(), "an explanation is made from")?;
    Ok(Explained {
        answers,
        decisions,
        settings,
        problems,
        module: inspect(&bytes)?.digest,
    })
}

fn explain_codes(args: &Args) -> Result<Exit> {
    let subjects = &args.subjects;
    output::check(&args.format, subjects.iter().map(PathBuf::as_path))?;
    check_stdin(subjects.iter().map(PathBuf::as_path))?;
    let (mut codes, mut unknown) = (Vec::new(), Vec::new());
    for path in subjects {
        match codes_of(path)? {
            Ok(found) => codes.extend(found),
            Err(problem) => unknown.push(problem),
        }
    }
    if !unknown.is_empty() {
        bail!("{}", unknown.join("\nerror: "));
    }
    let mut seen = BTreeSet::new();
    let new = codes.iter().filter(|code| seen.insert(code.as_str()));
    let entries: Vec<_> = new.filter_map(|code| Entry::of(code)).collect();
    output::write(&args.format, |format, out| match format {
        Format::Human => emit::explain::pages(out, &entries),
        Format::Json => emit::explain::codes_json(out, &entries),
        Format::Html => emit::explain::codes_html(out, &entries),
    })?;
    Ok(Exit::Yes)
}

/// The codes that a subject is or has, or why it has none.
fn codes_of(path: &Path) -> Result<Result<Vec<String>, String>> {
    let subject = path.to_string_lossy();
    let code = subject.to_ascii_lowercase();
    if Entry::of(&code).is_some() {
        return Ok(Ok(vec![code]));
    }
    let shown = printable(&subject);
    let is_stdin = subject == "-";
    let text = if is_stdin || path.is_file() {
        let source = inputs::read(path)?;
        if !is_stdin && !mentioned::is_answer(&source.text) {
            return Ok(Err(format!(
                "`{shown}` is a file without codes; explain its objects with --settings FILE"
            )));
        }
        source.text
    } else if mentioned::is_message(&subject) {
        subject.into_owned()
    } else {
        let nearest = suggestion(&emit::explain::nearest(&subject));
        return Ok(Err(format!("no code `{shown}`{nearest}")));
    };
    let codes = mentioned::codes(&text);
    if codes.is_empty() {
        let what = if is_stdin {
            "standard input"
        } else {
            "the message"
        };
        return Ok(Err(format!("{what} has no code; --list lists all")));
    }
    Ok(Ok(codes))
}

/// Suggests similar codes, after a semicolon.
fn suggestion(nearest: &[&str]) -> String {
    if nearest.is_empty() {
        return String::new();
    }
    let nearest: Vec<_> = nearest.iter().map(|code| format!("`{code}`")).collect();
    format!("; did you mean {}?", nearest.join(" or "))
}
