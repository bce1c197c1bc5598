//! `release sbom`: the bill of materials of a part, in CycloneDX 1.5
//! (<https://cyclonedx.org/docs/1.5/json/>).

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::ValueEnum;
use policy_wasm::time::Time;
use serde_json::{Value, json};

use crate::packages::{self, Package, Part};
use crate::{VERSION, epoch, output};

/// Arguments of `release sbom`
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The part
    #[arg(value_enum)]
    part: Name,
    /// The target of the program
    #[arg(long, value_name = "TRIPLE", required_if_eq("part", "program"))]
    target: Option<String>,
    /// The folder for the file
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Name {
    /// The program
    Program,
    /// countersign.wasm
    Module,
    /// countersign-slim.wasm
    Slim,
    /// countersign-wasi.wasm
    Wasi,
    /// countersign-wide.wasm
    Wide,
    /// countersign-wide-wasi.wasm
    WideWasi,
    /// The npm package
    Npm,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<()> {
    let (part, file) = match args.part {
        Name::Program => {
            let target = args.target.clone().context("no target")?;
            let file = format!("countersign-v{VERSION}-{target}.cdx.json");
            (Part::Program(target), file)
        }
        Name::Module => (Part::Module, "countersign.wasm.cdx.json".into()),
        Name::Slim => (Part::Slim, "countersign-slim.wasm.cdx.json".into()),
        Name::Wasi => (Part::Wasi, "countersign-wasi.wasm.cdx.json".into()),
        Name::Wide => (Part::Module, "countersign-wide.wasm.cdx.json".into()),
        Name::WideWasi => (Part::Wasi, "countersign-wide-wasi.wasm.cdx.json".into()),
        Name::Npm => (Part::Web, "countersign-npm.cdx.json".into()),
    };
    let document = bill(&part, epoch::read()?)?;
    let text = serde_json::to_string_pretty(&document)?;
    output::write(&args.output.join(file), format!("{text}\n").as_bytes())
}

/// The document
pub(crate) fn bill(part: &Part, time: Time) -> Result<Value> {
    let (root, packages) = packages::of(part)?;
    let own = packages.get(&root).context("the part is no package")?;
    let components: Vec<_> = packages
        .iter()
        .filter(|(id, _)| **id != root)
        .map(|(_, package)| component(package, "library"))
        .collect();
    let dependencies: Vec<_> = packages
        .values()
        .map(|package| {
            let names = package.dependencies.iter();
            let names: Vec<_> = names.map(|(name, version)| purl(name, version)).collect();
            json!({"ref": purl(&package.name, &package.version), "dependsOn": names})
        })
        .collect();
    let mut subject = component(own, "application");
    if let Some(fields) = subject.as_object_mut() {
        let target = json!([{"name": "target", "value": part.target()}]);
        fields.insert("properties".into(), target);
    }
    // No serial number: the document is the same whenever it is made.
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"timestamp": time.to_string(), "component": subject},
        "components": components,
        "dependencies": dependencies,
    }))
}

fn component(package: &Package, kind: &str) -> Value {
    let purl = purl(&package.name, &package.version);
    let mut component = json!({
        "type": kind,
        "bom-ref": purl,
        "name": package.name,
        "version": package.version,
        "licenses": [{"expression": package.licence}],
        "purl": purl,
    });
    if let Some(fields) = component.as_object_mut() {
        if let Some(checksum) = &package.checksum {
            fields.insert(
                "hashes".into(),
                json!([{"alg": "SHA-256", "content": checksum}]),
            );
        }
        if let Some(repository) = &package.repository {
            fields.insert(
                "externalReferences".into(),
                json!([{"type": "vcs", "url": repository}]),
            );
        }
    }
    component
}

/// The name of a package for scanners (<https://github.com/package-url/purl-spec>). A version may have a `+`.
fn purl(name: &str, version: &str) -> String {
    format!("pkg:cargo/{name}@{}", version.replace('+', "%2B"))
}
