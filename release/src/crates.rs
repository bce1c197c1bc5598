//! `release crates`: the packages for crates.io. That of the program contains the modules, so that who installs it
//! needs neither the targets nor the sources of the policy.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use host_runner::engine::{Abi, FLOOR, embedded};
use serde_json::Value;

use crate::oci::text;
use crate::sums::provided;
use crate::{VERSION, output, packages, sums, tarball};

/// The packages, each behind those that it depends on
const CRATES: [&str; 9] = [
    "countersign-curves",
    "countersign-rsa",
    "countersign-text",
    "countersign-x509",
    "countersign-policy",
    "countersign-lint",
    "countersign-pretend-sigstore",
    "countersign-requests",
    "countersign",
];

/// crates.io takes no larger one.
const LIMIT: usize = 10 << 20;

/// Arguments of `release crates`
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Do not build the packages to see that they are complete
    #[arg(long)]
    no_verify: bool,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<()> {
    let root = packages::root();
    // Cargo packages files that Git ignores only if it may package changed files too.
    let changes = stdout(Command::new("git").args(["status", "--porcelain"]), &root)?;
    ensure!(changes.is_empty(), "there are changes:\n{changes}");
    fill(&root.join("host-runner").join("modules"))?;

    let mut package = Command::new(packages::cargo_program());
    package.args([
        "package",
        "--locked",
        "--allow-dirty",
        "--no-verify",
        "--quiet",
    ]);
    for name in CRATES {
        package.args(["--package", name]);
    }
    stdout(&mut package, &root)?;
    let target = target_directory(&root)?;
    let workspace = target.join("package").join("workspace");
    if workspace.exists() {
        fs::remove_dir_all(&workspace)?;
    }
    for name in CRATES {
        let path = format!("{name}-{VERSION}.crate");
        let package = output::read(&target.join("package").join(&path))?;
        unpack(&package, &workspace).with_context(|| path.clone())?;
        ensure!(
            package.len() <= LIMIT,
            "`{path}` has more than {LIMIT} bytes"
        );
        output::line(&format!("{path}: {} bytes", package.len()));
    }
    if args.no_verify {
        return Ok(());
    }
    verify(&root, &workspace, &target)
}

/// Writes the modules of this build, with their sums.
fn fill(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    for name in provided::MODULES {
        let content = match name {
            "countersign.wasm" => embedded(Abi::Wapc),
            "countersign-wasi.wasm" => embedded(Abi::Wasi),
            _ => FLOOR,
        };
        output::write(&folder.join(name), content)?;
    }
    let list = sums::list(folder)?;
    output::write(&folder.join(provided::SUMS), list.as_bytes())
}

/// Unpacks a package beside the others, as `cargo vendor` has them: without the version in the folder's name.
fn unpack(package: &[u8], workspace: &Path) -> Result<()> {
    let mut tar = Vec::new();
    let mut decoder = flate2::read::GzDecoder::new(package);
    std::io::Read::read_to_end(&mut decoder, &mut tar)?;
    for (path, content) in tarball::read_any(&tar)? {
        let (folder, path) = path.split_once('/').context("a file is in no folder")?;
        let name = folder.strip_suffix(&format!("-{VERSION}"));
        let name = name.with_context(|| format!("unexpected folder `{folder}`"))?;
        output::write(&workspace.join(name).join(path), &content)?;
    }
    Ok(())
}

/// Builds the unpacked packages with our lock file, profiles and target directory, so that what they have in common
/// with us is not built again, and compares the module in the program. Another module must stop the build.
fn verify(root: &Path, workspace: &Path, target: &Path) -> Result<()> {
    for name in CRATES {
        ensure!(
            workspace.join(name).join("LICENSE").exists(),
            "the package `{name}` contains no licence"
        );
    }
    let manifest = output::read_text(&root.join("Cargo.toml"))?;
    let profiles = manifest.find("\n[profile.").unwrap_or(manifest.len());
    let profiles = manifest.get(profiles..).unwrap_or_default();
    let mut own =
        format!("[workspace]\nresolver = \"3\"\nmembers = {CRATES:?}\n\n[patch.crates-io]\n");
    for name in CRATES {
        own.push_str(&format!("{name} = {{ path = \"{name}\" }}\n"));
    }
    own.push_str(profiles);
    output::write(&workspace.join("Cargo.toml"), own.as_bytes())?;
    fs::copy(root.join("Cargo.lock"), workspace.join("Cargo.lock"))?;
    let build = || {
        let mut build = Command::new(packages::cargo_program());
        build
            .args(["build", "--offline", "--quiet", "--package", "countersign"])
            .arg("--target-dir")
            .arg(target);
        for name in ["COUNTERSIGN_MODULES", "COUNTERSIGN_COMMIT"] {
            build.env_remove(name);
        }
        build
    };
    stdout(&mut build(), workspace)?;
    let mut inspect = Command::new(target.join("debug").join("countersign"));
    let seen = stdout(inspect.args(["inspect", "--format", "json"]), workspace)?;
    let seen: Value = serde_json::from_str(&seen)?;
    let expected = format!("sha256:{}", provided::sum(embedded(Abi::Wapc)));
    ensure!(
        text(&seen, "digest") == expected,
        "the packaged program embeds {}, expected {expected}",
        text(&seen, "digest")
    );
    let module = workspace.join("countersign/modules/countersign.wasm");
    let mut content = output::read(&module)?;
    content.push(0);
    output::write(&module, &content)?;
    let stopped = build().current_dir(workspace).output()?;
    let error = String::from_utf8_lossy(&stopped.stderr);
    ensure!(
        !stopped.status.success() && error.contains("countersign.wasm"),
        "a module with another sum does not stop the build: {error}"
    );
    Ok(())
}

fn target_directory(root: &Path) -> Result<PathBuf> {
    let mut metadata = Command::new(packages::cargo_program());
    metadata.args(["metadata", "--locked", "--no-deps", "--format-version", "1"]);
    let metadata: Value = serde_json::from_str(&stdout(&mut metadata, root)?)?;
    Ok(PathBuf::from(text(&metadata, "target_directory")))
}

fn stdout(command: &mut Command, folder: &Path) -> Result<String> {
    let output = command.current_dir(folder).output()?;
    ensure!(
        output.status.success(),
        "{command:?} failed: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8(output.stdout)?)
}
