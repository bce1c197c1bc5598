//! `countersign explain`: why is the answer what it is, and what would change it?

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::Exit;
use crate::cli::{ContextArgs, EvidenceArgs, ModuleArgs};
use crate::emit::explain::Detail;
use crate::emit::{self, Evaluated, printable};
use crate::engine::{Operation, inspect};

use super::judge::{Judge, require_decisions};
use super::{module_bytes, objects};

/// Arguments of `countersign explain`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign explain --settings policy.yaml deployment.yaml
  countersign explain --settings policy.yaml --why-not deployment.yaml
  countersign explain --settings policy.yaml --namespace production manifests/
  countersign explain digest-required
  countersign explain attestation-unknown-key-id lint-dry-run

Exit status: 0 all admitted, or the page is shown, 1 one or more refused, 2 the
job could not be done")]
pub struct Args {
    /// With --settings: manifests, lists, admission requests or reviews in YAML or JSON (files,
    /// folders, or `-` for standard input). Without: codes of reasons and lints, whose pages are shown
    #[arg(required = true, value_name = "FILE|CODE")]
    subjects: Vec<PathBuf>,
    /// The settings, or a cluster admission policy that contains them; `-` is standard input
    #[arg(long, short, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Show also what would admit each refused image, as commands and YAML to copy
    #[arg(long, requires = "settings")]
    why_not: bool,
    #[command(flatten)]
    context: ContextArgs,
    #[command(flatten)]
    module: ModuleArgs,
    #[command(flatten)]
    evidence: EvidenceArgs,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    match &args.settings {
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
    let bytes = module_bytes(&args.module)?;
    let read = objects::read([path], &args.subjects, &args.context, &args.evidence)?;
    let judge = Judge::new(&bytes, &args.evidence, args.context.time)?;
    let [settings] = &read.settings;
    if let Some(problems) = judge.check_settings(settings)? {
        emit::settings_problems(path, &problems);
        return Ok(Exit::CouldNot);
    }
    let Some((requests, [settings], mut problems)) = read.asked(&args.context)? else {
        return Ok(Exit::CouldNot);
    };
    let answers = judge.evaluate(requests, &settings, Operation::Decide, &mut problems)?;
    if answers.is_empty() {
        return Ok(problems.finish(Exit::CouldNot));
    }
    require_decisions(&answers, "an explanation is made from")?;
    let detail = if args.why_not {
        Detail::WhyNot
    } else {
        Detail::Tree
    };
    let digest = inspect(&bytes)?.digest;
    emit::unless_closed(emit::explain::decisions(
        &answers, &settings, detail, &digest,
    ))?;
    let all_admitted = answers.iter().all(Evaluated::is_admitted);
    Ok(problems.finish(if all_admitted { Exit::Yes } else { Exit::No }))
}

fn explain_codes(codes: &[PathBuf]) -> Result<Exit> {
    let (mut pages, mut unknown) = (Vec::new(), Vec::new());
    for path in codes {
        let code = path.to_string_lossy();
        match emit::explain::page(&code) {
            Some(page) => pages.push(page),
            None if path.exists() => unknown.push(format!(
                "`{}` is a file, and no code: objects are explained under --settings FILE",
                printable(&code)
            )),
            None => unknown.push(format!(
                "no code `{}`{}",
                printable(&code),
                suggestion(&emit::explain::nearest(&code))
            )),
        }
    }
    if !unknown.is_empty() {
        bail!("{}", unknown.join("\nerror: "));
    }
    emit::unless_closed(emit::explain::pages(&pages))?;
    Ok(Exit::Yes)
}

/// Suggests similar codes, after a semicolon.
fn suggestion(nearest: &[&str]) -> String {
    if nearest.is_empty() {
        return String::new();
    }
    let nearest: Vec<_> = nearest.iter().map(|code| format!("`{code}`")).collect();
    format!("; did you mean {}?", nearest.join(" or "))
}
