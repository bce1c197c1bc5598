//! `countersign import --from`: converts the policies of another system.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};
use policy_lint::SourceFile;
use policy_wasm::decision::Role;
use policy_wasm::time::Time;
use serde_json::Value;

use super::{Args, check, exit, list, sigstore, single, write};
use crate::args::OutputArgs;
use crate::clock::now;
use crate::commands::check_stdin;
use crate::decision::{Decision, Verdict};
use crate::engine::Policy;
use crate::import::draft::{Draft, Finished, Suite};
use crate::import::source::Document;
use crate::import::{Exports, Import, System};
use crate::judge::engine;
use crate::suite::{CaseResult, Ended, Loaded, Runner, Scaffold};
use crate::terminal::{self, counted, shell_quoted, shown};
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
    let suite_output = args
        .output
        .beside(|path| beside_settings(path, ".tests.yaml"));
    let scaffold_output = args
        .output
        .beside(|path| beside_settings(path, ".scaffold.tests.yaml"));
    for output in suite_output.iter().chain(&scaffold_output) {
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
    match (&suite_output, &scaffold_output, &args.output.output) {
        (Some(output), Some(scaffold), Some(settings)) => {
            let suites = write_suites([output, scaffold], settings, &import, suite, &policy)?;
            advise(&import.settings, settings, &suites);
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
fn beside_settings(settings: &Path, ending: &str) -> PathBuf {
    let mut name = settings.file_stem().unwrap_or_default().to_owned();
    name.push(ending);
    settings.with_file_name(name)
}

/// Prints the commands that come next, as `init` does.
fn advise(written: &Value, settings: &Path, suites: &[&Path]) {
    let settings = shell_quoted(settings);
    let suites: String = suites
        .iter()
        .map(|path| format!(" {}", shell_quoted(path)))
        .collect();
    anstream::eprintln!("\nNext:\n  countersign lint {settings}{suites}");
    if !suites.is_empty() {
        anstream::eprintln!("  countersign test{suites} --coverage --mutate");
    }
    let reads = |source: &str| written.pointer(source) == Some(&Value::Bool(true));
    let registry = match reads("/evidence/registry") || reads("/evidence/referrers") {
        true => " --registry OCI_LAYOUT",
        false => "",
    };
    anstream::eprintln!("  countersign evaluate --settings {settings}{registry} MANIFESTS");
}

/// Writes the suite with the cases that the module answers as expected, and one whose cases detect changes of the
/// settings. Returns the files that were written.
fn write_suites<'o>(
    [of_system, scaffolded]: [&'o OutputArgs; 2],
    settings: &Path,
    import: &Import,
    suite: Suite,
    policy: &Policy,
) -> Result<Vec<&'o Path>> {
    let time = now().context("the clock is not set")?;
    let runner = Runner::new(policy);
    let named = settings.file_name().and_then(|name| name.to_str());
    let named = named.context("the name of the settings is no text")?;
    let (mut output, mut written) = (of_system, Vec::new());
    if !suite.is_empty() {
        let suite = as_expected(suite, &runner, settings, &import.settings, time)?;
        write_suite(output, &text(&suite, named, time), suite.cases.len())?;
        written.extend(output.output.as_deref());
        output = scaffolded;
    }
    let rules = import.settings.pointer("/imagePolicy/rules");
    if rules.and_then(Value::as_array).map_or(0, Vec::len) > MOST_RULES {
        terminal::note(
            "the settings have many rules; `countersign test --scaffold` writes a suite that detects changes of them",
        );
        return Ok(written);
    }
    let scaffold = Scaffold::of(&runner, &import.settings, settings, named, time);
    let scaffold = scaffold.map_err(|error| anyhow!("no suite can be written: {error}"))?;
    write_suite(output, &scaffold.text, scaffold.cases)?;
    written.extend(output.output.as_deref());
    Ok(written)
}

fn write_suite(output: &OutputArgs, text: &str, cases: usize) -> Result<()> {
    output.write(text)?;
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
    let mut results = results.iter();
    let mut others = Vec::new();
    suite.cases.retain_mut(|case| {
        let result = results.next();
        let is_expected = result.is_some_and(CaseResult::is_as_expected);
        if !is_expected {
            others.push(format!("`{}`", case.name));
        } else if let Some(Ended::Decided { decision, .. }) = result.map(|one| &one.ended) {
            case.give_reasons(&objections(decision));
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

/// The codes of the reasons against an object.
fn objections(decision: &Decision) -> Vec<String> {
    let mut codes = Vec::new();
    for image in &decision.images {
        let results = image.results.iter();
        let results = results.filter(|result| result.verdict != Verdict::Conformant);
        let reasons = results.flat_map(|result| &result.reasons);
        for reason in image.reasons.iter().chain(reasons) {
            let code = reason.code.to_string();
            let is_against = matches!(reason.code.role(), Some(Role::Violation | Role::Error));
            if is_against && !codes.contains(&code) {
                codes.push(code);
            }
        }
    }
    codes
}

/// Number of rules up to which a suite is scaffolded: each change of the settings is tried with each case
const MOST_RULES: usize = 50;

fn text(suite: &Suite, settings: &str, time: Time) -> String {
    let document = suite.to_json(settings, &time.to_string());
    let schema = repository::schema_line("host-runner/schemas/suite.json");
    schema + COMMENT + &yaml::document(&document)
}
