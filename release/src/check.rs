//! `release check`: opens everything in the folder of a release again. The folder has
//!
//! | name | what | written by |
//! | --- | --- | --- |
//! | `countersign-vX.Y.Z-TARGET.tar.gz` | archives | `release archive` |
//! | `countersign.wasm` and the like | modules | `just modules` |
//! | `countersign.oci`, `countersign-slim.oci`, `countersign-wide.oci` | their layouts | `release layout` |
//! | `image.oci` | the image | `release image` |
//! | `npm` | the npm package | `release npm` |
//! | `artifacthub` | the entry on Artifact Hub | `release artifacthub` |
//! | `*.cdx.json` | bills of materials | `release sbom` |
//! | `SHA256SUMS` | sums of the files | `release sums` |
//!
//! and what is in it fits together: an artifact has the module beside it, programs embed that module.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use memchr::memmem;
use policy_wasm::time::Time;
use serde_json::Value;

use crate::image::Linkage;
use crate::module::{annotation, metadata};
use crate::sums::provided;
use crate::{
    VERSION, archive, artifacthub, epoch, image, layout, npm, oci, output, packages, sums,
};

/// Modules that a release has as files
const MODULES: [&str; 6] = [
    "countersign-slim.wasm",
    "countersign-wasi.wasm",
    "countersign-wide-wasi.wasm",
    "countersign-wide.wasm",
    "countersign.wasm",
    "floor.wasm",
];

/// Arguments of `release check`
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder of the release
    folder: PathBuf,
    /// Do not ask that the image's programs are static; for tests, whose programs are not
    #[arg(long)]
    allow_loader: bool,
    /// Check what is there, and do not ask for what is missing
    #[arg(long)]
    partial: bool,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<()> {
    let time = epoch::read()?;
    let linkage = if args.allow_loader {
        Linkage::Any
    } else {
        Linkage::Static
    };
    let mut missing = expected();
    for name in output::names(&args.folder)? {
        check(&args.folder, &name, time, linkage).with_context(|| format!("`{name}`"))?;
        output::line(&format!("ok {name}"));
        missing.retain(|expected| *expected != name);
    }
    ensure!(
        args.partial || missing.is_empty(),
        "missing: {}",
        missing.join(", ")
    );
    versions(&packages::root())
}

/// Everything that a complete release has
fn expected() -> Vec<String> {
    let mut expected: Vec<String> = [
        provided::SUMS,
        "countersign.oci",
        "countersign-slim.oci",
        "countersign-wide.oci",
        "image.oci",
        "npm",
        "artifacthub",
    ]
    .map(str::to_owned)
    .into();
    for module in MODULES {
        expected.push(module.to_owned());
        if module != "floor.wasm" {
            expected.push(format!("{module}.cdx.json"));
        }
    }
    expected.push("countersign-npm.cdx.json".into());
    for target in archive::TARGETS {
        let name = archive::name(target);
        expected.push(format!("{name}.tar.gz"));
        expected.push(format!("{name}.cdx.json"));
    }
    expected
}

/// Checks one thing in the folder.
fn check(folder: &Path, name: &str, time: Time, linkage: Linkage) -> Result<()> {
    let path = folder.join(name);
    match name {
        provided::SUMS => {
            ensure!(
                output::read_text(&path)? == sums::list(folder)?,
                "it is not the list of the files here"
            );
        }
        "countersign.oci" | "countersign-slim.oci" | "countersign-wide.oci" => {
            let module = name.replace(".oci", ".wasm");
            ensure!(
                layout::check(&path)? == output::read(&folder.join(&module))?,
                "it has another module than `{module}`"
            );
        }
        "image.oci" => {
            for (architecture, program) in image::check(&path, time, linkage)? {
                embeds(folder, &program).context(architecture)?;
            }
        }
        "npm" => npm::check(&path)?,
        "artifacthub" => {
            let module = output::read(&folder.join("countersign.wasm"))?;
            ensure!(
                output::read_text(&path.join(artifacthub::FILE))?
                    == artifacthub::document(&module, time)?,
                "`{}` is not that of the module",
                artifacthub::FILE
            );
        }
        "floor.wasm" => {}
        _ if MODULES.contains(&name) => {
            let metadata = metadata(&output::read(&path)?)?;
            let version = annotation(&metadata, "io.kubewarden.policy.version")?;
            ensure!(version == VERSION, "it has version {version}");
        }
        _ if name.ends_with(".cdx.json") => {
            let bill: Value = serde_json::from_str(&output::read_text(&path)?)?;
            ensure!(
                oci::text(&bill, "bomFormat") == "CycloneDX"
                    && !oci::list(&bill, "components").is_empty(),
                "it is no bill of materials"
            );
        }
        _ => {
            let target = archive::TARGETS
                .into_iter()
                .find(|target| name == format!("{}.tar.gz", archive::name(target)));
            let Some(target) = target else {
                bail!("a release has no such file");
            };
            let program = archive::check(&path, target, time)?;
            embeds(folder, &program)?;
        }
    }
    Ok(())
}

/// A program contains the bytes of the module that is released beside it, so that both have one digest.
fn embeds(folder: &Path, program: &[u8]) -> Result<()> {
    let path = folder.join("countersign.wasm");
    if !path.exists() {
        return Ok(());
    }
    let module = output::read(&path)?;
    let sum = format!("\nmodule sha256:{}", provided::sum(&module));
    let contains = |needle: &[u8]| memmem::find(program, needle).is_some();
    ensure!(
        contains(&module) && contains(sum.as_bytes()),
        "the program does not embed `countersign.wasm`"
    );
    Ok(())
}

/// There is one version, in everything that names it.
fn versions(root: &Path) -> Result<()> {
    let hooks = root.join(".pre-commit-hooks.yaml");
    if hooks.exists() {
        let hooks = output::read_text(&hooks)?;
        for image in hooks.split("/countersign:").skip(1) {
            ensure!(
                image.split_whitespace().next() == Some(VERSION),
                "`.pre-commit-hooks.yaml` names another version than {VERSION}"
            );
        }
    }
    let changes = output::read_text(&root.join("CHANGELOG.md"))?;
    let newest = changes.lines().find_map(|line| line.strip_prefix("## "));
    let newest = newest.context("CHANGELOG.md has no heading")?;
    ensure!(
        newest == "Unreleased" || newest.trim_start_matches('[').starts_with(VERSION),
        "CHANGELOG.md begins with `{newest}`, expected {VERSION} or Unreleased"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_workspace_has_one_version() {
        versions(&packages::root()).unwrap();
    }

    #[test]
    fn a_version_that_differs_is_found() {
        let root = tempfile::tempdir().unwrap();
        let changes = root.path().join("CHANGELOG.md");
        output::write(&changes, b"# Changelog\n\n## 9.9.9\n").unwrap();
        assert!(versions(root.path()).is_err());
        output::write(&changes, format!("## {VERSION} - 2026-08-01\n").as_bytes()).unwrap();
        versions(root.path()).unwrap();
        let hooks = root.path().join(".pre-commit-hooks.yaml");
        output::write(&hooks, b"entry: ghcr.io/a/countersign:9.9.9 lint\n").unwrap();
        assert!(versions(root.path()).is_err());
    }
}
