//! `countersign import --from`: converts the policies of another system.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};
use policy_lint::SourceFile;
use policy_wasm::time::Time;
use serde_json::Value;

use super::{Args, check, exit, list, sigstore, single, write};
use crate::args::OutputArgs;
use crate::clock::now;
use crate::commands::check_stdin;
use crate::engine::Policy;
use crate::import::draft::{Draft, Finished, Suite};
use crate::import::source::Document;
use crate::import::{Exports, Import, System};
use crate::judge::engine;
use crate::suite::{CaseResult, Loaded, Runner, Scaffold};
use crate::terminal::{self, counted, shown};
use crate::{Exit, repository, yaml};

/// First lines of the suite
const COMMENT: &str = "\
# Written by `countersign import`: what the other system decides about images of its rules. Other images of these
# patterns, and images of several rules, are worth cases of their own.
";

/// Runs the command.
pub(super) fn run(args: &Args, system: &'static System) -> Result<Exit> {
    let inputs = args.files.iter().chain(&args.trusted_root);
    let inputs = inputs.chain(&args.system_policy);
    let inputs = inputs.chain(&args.attestors).chain(&args.attestations);
    let inputs: Vec<_> = inputs.map(PathBuf::as_path).collect();
    args.output.check(inputs.iter().copied())?;
    let suite_output = args.output.beside(suite_beside);
    if let Some(output) = &suite_output {
        output.check(inputs.iter().copied())?;
    }
    check_stdin(inputs)?;
    let documents = read(&args.files)?;
    let mut draft = Draft::new(sigstore(&args.trusted_root, args.name.as_deref())?);
    draft.google = beside(args, system)?;
    let known = documents
        .iter()
        .filter(|one| (system.reads)(&one.to_json()));
    let known: Vec<_> = known.cloned().collect();
    if known.is_empty() {
        bail!("{}", nothing(system, &documents));
    }
    skipped(documents.len().saturating_sub(known.len()), system);
    (system.import)(&known, &mut draft);
    let is_empty = draft.is_empty();
    let Finished { import, suite } = draft.finish();
    if is_empty {
        crate::emit::import::findings(&import);
        bail!("nothing was written because nothing of these policies carries over");
    }
    let policy = engine()?.load(&args.module.bytes()?)?;
    check(&import, &policy)?;
    write(args, &import)?;
    match (&suite_output, &args.output.output) {
        (Some(output), Some(settings)) => {
            write_suite(output, settings, &import, suite, &policy)?;
        }
        _ => terminal::note("with --output FILE, a suite of what carried over is written, too"),
    }
    Ok(exit(&import))
}

/// The options for documents of Google, which some systems have in another spelling.
fn beside(args: &Args, system: &System) -> Result<Exports> {
    let has_options = args.system_policy.is_some()
        || !args.attestors.is_empty()
        || !args.attestations.is_empty()
        || args.cluster.is_some()
        || args.mesh_trust_domain.is_some()
        || args.all;
    if has_options && !system.has_google_documents {
        let title = system.title;
        bail!(
            "--system-policy, --attestors, --attestations, --cluster, --mesh-trust-domain and --all are for documents of Google's, not for those of {title}"
        );
    }
    let mut errors = Vec::new();
    let exports = Exports {
        system_policy: single(args.system_policy.as_deref(), &mut errors),
        attestors: list(&args.attestors, &mut errors),
        occurrences: list(&args.attestations, &mut errors),
        cluster: args.cluster.clone(),
        mesh_trust_domain: args.mesh_trust_domain.clone(),
        keeps_all: args.all,
        ..Exports::default()
    };
    if !errors.is_empty() {
        bail!("{}", errors.join("\nerror: "));
    }
    Ok(exports)
}

/// Reads all files; the error names every file that cannot be read.
fn read(paths: &[PathBuf]) -> Result<Vec<Document>> {
    let (mut documents, mut errors) = (Vec::new(), Vec::new());
    for path in paths {
        match Document::read(path) {
            Ok(read) => documents.extend(read),
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        bail!("{}", errors.join("\nerror: "));
    }
    Ok(documents)
}

/// Says that no document is of the system, and of which one they are.
fn nothing(system: &System, documents: &[Document]) -> String {
    let title = system.title;
    let other = documents.iter().find_map(|one| System::of(&one.to_json()));
    match other {
        Some(other) => format!(
            "no document is a policy of {title}; the files have policies of {}: use --from {}",
            other.title, other.name
        ),
        None => format!("no document is a policy of {title}"),
    }
}

fn skipped(count: usize, system: &System) {
    if count > 0 {
        let (documents, title) = (counted(count, "document"), system.title);
        terminal::note(&format!("skipped {documents} that are not of {title}"));
    }
}

/// `settings.tests.yaml` for `settings.yaml`
fn suite_beside(settings: &Path) -> PathBuf {
    let mut name = settings.file_stem().unwrap_or_default().to_owned();
    name.push(".tests.yaml");
    settings.with_file_name(name)
}

/// Writes the suite with the cases that the module answers as expected.
fn write_suite(
    output: &OutputArgs,
    settings: &Path,
    import: &Import,
    suite: Suite,
    policy: &Policy,
) -> Result<()> {
    let time = now().context("the clock is not set")?;
    let runner = Runner::new(policy);
    let named = settings.file_name().and_then(|name| name.to_str());
    let named = named.context("the name of the settings is no text")?;
    let (text, cases) = if suite.is_empty() {
        let scaffold = Scaffold::of(&runner, &import.settings, settings, named, time);
        let scaffold = scaffold.map_err(|error| anyhow!("no suite can be written: {error}"))?;
        (scaffold.text, scaffold.cases)
    } else {
        let suite = as_expected(suite, &runner, settings, &import.settings, time)?;
        (text(&suite, named, time), suite.cases.len())
    };
    output.write(&text)?;
    let name = output.output.as_deref().map(shown).unwrap_or_default();
    anstream::eprintln!("{name}: {}", counted(cases, "case"));
    Ok(())
}

/// The suite without the cases that another rule decides otherwise; they are named.
fn as_expected(
    mut suite: Suite,
    runner: &Runner<'_>,
    path: &Path,
    settings: &Value,
    time: Time,
) -> Result<Suite> {
    let source = SourceFile::new("the suite", text(&suite, "settings", time));
    let loaded = Loaded::of(source, path, settings)
        .map_err(|error| anyhow!("no suite can be written: {error}"))?;
    let all: Vec<_> = (0..loaded.cases.len()).map(|case| (0, case)).collect();
    let results = runner.run(core::slice::from_ref(&loaded), &all, |_| {});
    let mut are_expected = results.iter().map(CaseResult::is_as_expected);
    let mut others = Vec::new();
    suite.cases.retain(|case| {
        let is_expected = are_expected.next().unwrap_or_default();
        if !is_expected {
            others.push(format!("`{}`", case.name));
        }
        is_expected
    });
    if !others.is_empty() {
        terminal::note(&format!(
            "the suite has no case for images that several rules decide: {}",
            others.join(", ")
        ));
    }
    Ok(suite)
}

fn text(suite: &Suite, settings: &str, time: Time) -> String {
    let document = suite.to_json(settings, &time.to_string());
    let schema = repository::schema_line("host-runner/schemas/suite.json");
    schema + COMMENT + &yaml::document(&document)
}
