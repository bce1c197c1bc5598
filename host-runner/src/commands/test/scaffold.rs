//! `countersign test --scaffold`: writes a suite for settings that have none.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context as _, Result, anyhow, bail};
use policy_lint::SourceFile;
use policy_wasm::time::Time;

use crate::Exit;
use crate::args::{ModuleArgs, OutputArgs};
use crate::clock::now;
use crate::emit;
use crate::foreign;
use crate::inputs;
use crate::judge::{check_settings, engine};
use crate::suite::{Runner, Scaffold};
use crate::terminal::{self, counted, shown};

/// Writes the suite, and names what no case tests.
pub(super) fn run(
    path: &Path,
    time: Option<Time>,
    output: &OutputArgs,
    module: &ModuleArgs,
) -> Result<Exit> {
    output.check([path])?;
    if path.as_os_str() == "-" {
        bail!("--scaffold needs a file, because the suite refers to it");
    }
    let settings = foreign::settings(path)?;
    let policy = engine()?.load(&module.bytes()?)?;
    if let Some(problems) = check_settings(&policy, &settings)? {
        emit::settings_problems(path, &problems);
        return Ok(Exit::CouldNot);
    }
    let time = match time {
        Some(time) => time,
        None => now().context("the clock is not set; give --time")?,
    };
    let named = from_suite(path, output.output.as_deref())?;
    let runner = Runner::new(&policy);
    let scaffold = Scaffold::of(&runner, &settings, path, &named, time);
    let scaffold = scaffold.map_err(|error| anyhow!("no suite can be written: {error}"))?;
    if scaffold.cases == 0 {
        bail!("no suite can be written: the policy answers none of the proposed cases");
    }
    output.write(&scaffold.text)?;
    let name = output.output.as_deref().map(shown);
    let name = name.as_deref().unwrap_or("suite");
    let (coverage, mutation) = (&scaffold.coverage, &scaffold.mutation);
    let detected = mutation.detected();
    anstream::eprintln!(
        "{name}: {}, {} of {} parts exercised, {detected} of {} detected",
        counted(scaffold.cases, "case"),
        coverage.exercised(),
        coverage.parts.len(),
        counted(mutation.mutants, "change"),
    );
    let left = left(&scaffold);
    if left.is_empty() {
        return Ok(Exit::Yes);
    }
    let text = inputs::read(path)?;
    let source = SourceFile::new(text.name, text.text);
    for (place, what) in left {
        let line = policy_lint::place(&source, place)
            .map(|span| source.position(span.start).line)
            .map_or_else(String::new, |line| format!(":{line}"));
        let why = why(place).map_or_else(String::new, |why| format!(": {why}"));
        terminal::note(&format!("{}{line}: {place}: {what}{why}", source.name()));
    }
    Ok(Exit::No)
}

/// The parts without a case and the changes that none detects, with their places.
fn left(scaffold: &Scaffold) -> Vec<(&str, String)> {
    let parts = scaffold.coverage.parts.iter().filter(|one| !one.exercised);
    let parts = parts.map(|one| {
        let what = format!("no case exercises {}", one.what);
        (one.place.as_str(), what)
    });
    let survivors = scaffold.mutation.survivors.iter().map(|one| {
        let what = format!("no case detects this change: {}", one.what);
        (one.place.as_str(), what)
    });
    parts.chain(survivors).collect()
}

/// Why no case can test a place, where that is known.
fn why(place: &str) -> Option<&'static str> {
    [
        (
            "policy.clusterAdmissionRules",
            "only the rule of `cluster` applies",
        ),
        (
            "policy.istioServiceIdentityAdmissionRules",
            "only identities of `meshTrustDomain` apply",
        ),
        (
            "workloads",
            "objects of other kinds are tested with `request: {file: …}`",
        ),
    ]
    .iter()
    .find(|(start, _)| place.starts_with(start))
    .map(|(_, why)| *why)
}

/// The path of the settings as the suite names it: relative to the folder of the suite, which without a file is
/// that of the settings.
fn from_suite(settings: &Path, suite: Option<&Path>) -> Result<String> {
    let name = settings.file_name().map(PathBuf::from).unwrap_or_default();
    let relative = match suite {
        None => name,
        Some(suite) => {
            let (folder, other) = (folder(settings)?, folder(suite)?);
            let common = folder
                .components()
                .zip(other.components())
                .take_while(|(a, b)| a == b)
                .count();
            let up = other.components().skip(common).map(|_| "..".as_ref());
            let down = folder.components().skip(common);
            let down = down.map(std::path::Component::as_os_str);
            up.chain(down).collect::<PathBuf>().join(name)
        }
    };
    let text = relative.to_str();
    text.map(str::to_owned)
        .with_context(|| format!("the path `{}` is no text", shown(&relative)))
}

/// The folder of a file, without links.
fn folder(file: &Path) -> Result<PathBuf> {
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.map_or_else(env::current_dir, |folder| Ok(folder.to_owned()))?;
    fs::canonicalize(&folder).with_context(|| format!("cannot read `{}`", shown(&folder)))
}
