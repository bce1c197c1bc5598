//! `release image`: the container image, which has the program, certificates and licences, and nothing else.

use alloc::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use policy_wasm::digest::Digest;
use policy_wasm::time::Time;
use serde_json::{Value, json};

use crate::elf::{self, Architecture};
use crate::oci::{self, Layout};
use crate::tarball::{self, EXECUTABLE, PLAIN, Tarball};
use crate::{REPOSITORY, VERSION, epoch, licences, output, packages};

const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

const PROGRAM: &str = "countersign";
const CERTIFICATES: &str = "etc/ssl/certs/ca-certificates.crt";
/// A user that owns nothing
const USER: &str = "65532:65532";

/// Arguments of `release image`
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The static program for one architecture; once for each
    #[arg(long, value_name = "FILE", required = true)]
    program: Vec<PathBuf>,
    /// The certificates of the authorities that TLS trusts, as Debian's package `ca-certificates` has them
    #[arg(
        long,
        value_name = "FILE",
        default_value = "/etc/ssl/certs/ca-certificates.crt"
    )]
    certificates: PathBuf,
    /// The commit that the program was built from
    #[arg(long, value_name = "COMMIT")]
    revision: String,
    /// The folder of the layout, empty or missing
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<()> {
    let time = epoch::read()?;
    let mut programs = BTreeMap::new();
    for path in &args.program {
        let program = output::read(path)?;
        let read = elf::read(&program).with_context(|| format!("`{}`", path.display()))?;
        let before = programs.insert(read.architecture, program);
        ensure!(
            before.is_none(),
            "two programs are for {}",
            read.architecture.name()
        );
    }
    let certificates = output::read(&args.certificates)?;
    let licence = output::read(&packages::root().join("LICENSE"))?;

    let layout = Layout::create(&args.output)?;
    let mut manifests = Vec::new();
    for (architecture, program) in programs {
        let mut layer = Tarball::default();
        layer.add(PROGRAM, EXECUTABLE, program);
        layer.add(CERTIFICATES, PLAIN, certificates.clone());
        layer.add("LICENSE", PLAIN, licence.clone());
        let third_party = licences::of_program(architecture.target())?;
        layer.add(licences::FILE, PLAIN, third_party.into_bytes());
        let tar = layer.to_tar(time)?;
        let config = config(architecture, &Digest::of(&tar), time, &args.revision);
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": oci::MANIFEST,
            "config": layout.blob(CONFIG, oci::canonical(&config)?.as_bytes())?,
            "layers": [layout.blob(LAYER, &tarball::gzip(&tar)?)?],
        });
        let manifest = oci::canonical(&manifest)?;
        let mut descriptor = layout.blob(oci::MANIFEST, manifest.as_bytes())?;
        if let Some(fields) = descriptor.as_object_mut() {
            let platform = json!({"architecture": architecture.name(), "os": "linux"});
            fields.insert("platform".into(), platform);
        }
        manifests.push(descriptor);
    }
    let index = json!({"schemaVersion": 2, "mediaType": oci::INDEX, "manifests": manifests});
    let index = layout.blob(oci::INDEX, oci::canonical(&index)?.as_bytes())?;
    output::line(&layout.finish(&index, &tags())?);
    Ok(())
}

/// `X.Y.Z` and `X.Y`, and never `latest`: an admission policy by such a tag is what our own linter reports.
/// A pre-release has its full version alone.
fn tags() -> Vec<String> {
    let mut tags = vec![VERSION.to_owned()];
    if let Some((minor, _)) = VERSION.rsplit_once('.')
        && !VERSION.contains('-')
    {
        tags.push(minor.to_owned());
    }
    tags
}

fn config(architecture: Architecture, layer: &Digest, time: Time, revision: &str) -> Value {
    let created = time.to_string();
    json!({
        "architecture": architecture.name(),
        "os": "linux",
        "created": created,
        "config": {
            "User": USER,
            "Entrypoint": [format!("/{PROGRAM}")],
            "Labels": {
                "org.opencontainers.image.title": "countersign",
                "org.opencontainers.image.description": env!("CARGO_PKG_DESCRIPTION"),
                "org.opencontainers.image.source": REPOSITORY,
                "org.opencontainers.image.version": VERSION,
                "org.opencontainers.image.revision": revision,
                "org.opencontainers.image.licenses": env!("CARGO_PKG_LICENSE"),
            },
        },
        "rootfs": {"type": "layers", "diff_ids": [layer.to_string()]},
        "history": [{"created": created, "created_by": "release image"}],
    })
}

/// Whether programs of an image may need a loader
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Linkage {
    Static,
    Any,
}

/// Checks an image, and returns its programs.
///
/// # Errors
///
/// It is not as [`run`] writes one.
pub(crate) fn check(
    folder: &Path,
    time: Time,
    linkage: Linkage,
) -> Result<BTreeMap<&'static str, Vec<u8>>> {
    let (descriptor, names) = oci::read_index(folder)?;
    ensure!(names == tags(), "unexpected tags: {}", names.join(", "));
    let index: Value = serde_json::from_slice(&oci::read_blob(folder, &descriptor)?)?;
    let mut programs = BTreeMap::new();
    for listed in oci::list(&index, "manifests") {
        let manifest: Value = serde_json::from_slice(&oci::read_blob(folder, listed)?)?;
        let config = manifest.get("config").context("no config")?;
        let config: Value = serde_json::from_slice(&oci::read_blob(folder, config)?)?;
        let [layer] = oci::list(&manifest, "layers") else {
            anyhow::bail!("expected one layer");
        };
        let tar = tarball::gunzip(&oci::read_blob(folder, layer)?)?;
        let entries = tarball::read(&tar, time)?;
        let paths: Vec<_> = entries
            .iter()
            .filter(|entry| !entry.path.ends_with('/'))
            .map(|entry| entry.path.as_str())
            .collect();
        ensure!(
            paths == ["LICENSE", licences::FILE, PROGRAM, CERTIFICATES],
            "unexpected files: {}",
            paths.join(", ")
        );
        let program = entries.into_iter().find(|entry| entry.path == PROGRAM);
        let program = program.context("no program")?;
        ensure!(program.mode == EXECUTABLE, "the program cannot be run");
        let elf = elf::read(&program.content)?;
        ensure!(
            elf.is_static || linkage == Linkage::Any,
            "the program needs a loader, which the image does not have"
        );
        let revision = config
            .pointer("/config/Labels/org.opencontainers.image.revision")
            .and_then(Value::as_str)
            .context("no revision")?;
        ensure!(
            config == self::config(elf.architecture, &Digest::of(&tar), time, revision),
            "the config is not that of this program"
        );
        let platform = listed.get("platform").context("no platform")?;
        ensure!(
            oci::text(platform, "architecture") == elf.architecture.name(),
            "the index names another architecture"
        );
        programs.insert(elf.architecture.name(), program.content);
    }
    Ok(programs)
}
