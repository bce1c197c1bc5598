//! `countersign explain`: why is the answer what it is, and what would change it?

use alloc::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::builder::PathBufValueParser;

use crate::Exit;
use crate::args::{ContextArgs, EvidenceArgs, ModuleArgs, VerboseArgs, codes, suggested};
use crate::emit;
use crate::emit::explain::{Detail, mentioned};
use crate::engine::{Operation, inspect};
use crate::inputs;
use crate::terminal;
use crate::terminal::printable;
use crate::why_not::Given;

use super::{check_stdin, objects};
use crate::judge::{Judge, require_decisions};

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
    #[command(flatten)]
    module: ModuleArgs,
    #[command(flatten)]
    verbose: VerboseArgs,
    #[command(flatten)]
    evidence: EvidenceArgs,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    match &args.settings {
        None if args.list => {
            terminal::unless_closed(emit::explain::list_codes())?;
            Ok(Exit::Yes)
        }
        Some(settings) => explain_objects(args, settings),
        None if args.context.is_given() => {
            bail!(
                "--namespace, --time and --strict-kinds are about objects, which are explained under \
                 --settings FILE"
            )
        }
        None => explain_codes(&args.subjects),
    }
}

fn explain_objects(args: &Args, path: &Path) -> Result<Exit> {
    let inputs = args.subjects.iter().map(PathBuf::as_path);
    args.evidence.check(inputs.chain([path]))?;
    let bytes = args.module.bytes()?;
    let read = objects::read([path], &args.subjects, &args.context, &args.evidence)?;
    let judge = Judge::new(&bytes, |abi| args.evidence.open(abi), args.context.time)?;
    let [settings] = &read.settings;
    if let Some(problems) = judge.check_settings(settings)? {
        emit::settings_problems(path, &problems);
        return Ok(Exit::CouldNot);
    }
    let (requests, [settings], mut problems) = match read.asked(&args.context) {
        Ok(asked) => asked,
        Err(no_result) => return emit::no_result::tell(no_result),
    };
    let answers = judge.evaluate(requests, &settings, Operation::Decide, &mut problems)?;
    if answers.is_empty() {
        return Ok(problems.finish(Exit::CouldNot));
    }
    let answers = require_decisions(answers, "an explanation is made from")?;
    let detail = if args.why_not {
        Detail::WhyNot(Given {
            settings: path,
            kubernetes: args.evidence.kubernetes(),
            registry: args.evidence.registry(),
        })
    } else {
        Detail::Tree
    };
    let digest = inspect(&bytes)?.digest;
    terminal::unless_closed(emit::explain::decisions(
        &answers,
        &settings,
        detail,
        args.verbose.shown(&digest),
    ))?;
    let all_admitted = answers.iter().all(|one| one.answer.allowed);
    Ok(problems.finish(if all_admitted { Exit::Yes } else { Exit::No }))
}

fn explain_codes(subjects: &[PathBuf]) -> Result<Exit> {
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
    let pages: Vec<_> = new.filter_map(|code| emit::explain::page(code)).collect();
    terminal::unless_closed(emit::explain::pages(&pages))?;
    Ok(Exit::Yes)
}

/// The codes that a subject is or has, or why it has none.
fn codes_of(path: &Path) -> Result<Result<Vec<String>, String>> {
    let subject = path.to_string_lossy();
    let code = subject.to_ascii_lowercase();
    if emit::explain::page(&code).is_some() {
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
