//! Builds the two WASI modules, and those that they are measured against, and puts them where
//! `src/engine/embedded.rs` embeds them. Modules that are built already are only checked, see
//! `build/provided.rs`.
//!
//! The nested builds get a target directory of their own, shared by all profiles of this one, and
//! an environment without what clippy or a surrounding cargo run leaves in it.

#![expect(
    clippy::print_stderr,
    reason = "the only way in which a build script can speak"
)]

#[path = "build/provided.rs"]
mod provided;
#[path = "build/source_paths.rs"]
mod source_paths;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

const TARGET: &str = "wasm32-wasip1";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cannot build the policy modules: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let manifest = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(variable("OUT_DIR")?);
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-env-changed=COUNTERSIGN_MODULES");
    println!("cargo::rerun-if-env-changed=COUNTERSIGN_COMMIT");
    let named = env::var_os("COUNTERSIGN_MODULES");
    match provided::folder(&manifest, named.as_deref())? {
        Some(folder) => take(&folder, &out)?,
        None => build_all(&manifest, &out)?,
    }
    write_version(&out)
}

/// Takes modules that are built already.
fn take(folder: &Path, out: &Path) -> Result<(), String> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for name in provided::MODULES {
        let module = provided::read(folder, name)?;
        fs::write(out.join(name), module).map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(())
}

/// Builds the modules from the sources of this workspace.
fn build_all(manifest: &Path, out: &Path) -> Result<(), String> {
    let workspace = manifest
        .parent()
        .ok_or("the package is not in a workspace")?;
    for input in [
        "policy-wasm/src",
        "policy-wasm/curves",
        "policy-wasm/rsa",
        "policy-wasm/text",
        "policy-wasm/x509",
        "policy-wasm/Cargo.toml",
        "host-runner/floor",
        "Cargo.toml",
        "Cargo.lock",
    ] {
        println!(
            "cargo::rerun-if-changed={}",
            workspace.join(input).display()
        );
    }
    println!("cargo::rerun-if-env-changed=CARGO_HOME");

    ensure_target(workspace)?;
    let modules = target_directory(out)?.join("modules");
    let built = modules.join(TARGET).join("wasm");
    // The floor is built beside the policy, so that both have the same `serde_json` and it is built once.
    for arguments in [
        "rustc -p countersign-policy --lib --crate-type cdylib --features wapc,openpgp",
        "build -p countersign-policy -p policy-floor --lib --bin countersign-wasi \
         --features countersign-policy/wasi,countersign-policy/openpgp",
    ] {
        build(workspace, &modules, arguments)?;
    }
    for (from, to) in [
        ("policy_wasm.wasm", "countersign.wasm"),
        ("countersign-wasi.wasm", "countersign-wasi.wasm"),
        ("policy_floor.wasm", "floor.wasm"),
    ] {
        fs::copy(built.join(from), out.join(to))
            .map_err(|error| format!("{}: {error}", built.join(from).display()))?;
    }
    Ok(())
}

/// Writes what `countersign --version` prints: the version, the commit if the build knows it, and the digest of
/// the waPC module, by which a program, an image and a cluster are compared.
fn write_version(out: &Path) -> Result<(), String> {
    let name = "countersign.wasm";
    let module = fs::read(out.join(name)).map_err(|error| format!("{name}: {error}"))?;
    let mut version = variable("CARGO_PKG_VERSION")?;
    if let Ok(commit) = env::var("COUNTERSIGN_COMMIT") {
        if commit.len() != 40 || !commit.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(format!(
                "COUNTERSIGN_COMMIT is `{commit}`, expected 40 hexadecimal digits"
            ));
        }
        version.push_str("\ncommit ");
        version.push_str(&commit);
    }
    version.push_str("\nmodule sha256:");
    version.push_str(&provided::sum(&module));
    fs::write(out.join("version.txt"), version).map_err(|error| format!("version.txt: {error}"))
}

/// Cargo marks the root of a target directory, wherever it is and whatever stands between.
fn target_directory(out: &Path) -> Result<PathBuf, String> {
    out.ancestors()
        .find(|directory| directory.join("CACHEDIR.TAG").exists())
        .map(Path::to_path_buf)
        .ok_or_else(|| format!("{} is not in a target directory", out.display()))
}

/// Adds the target through rustup where it is missing.
fn ensure_target(workspace: &Path) -> Result<(), String> {
    if has_target() {
        return Ok(());
    }
    let command = format!("rustup target add {TARGET}");
    let added = Command::new("rustup")
        .args(["target", "add", TARGET])
        .current_dir(workspace)
        .status()
        .is_ok_and(|status| status.success());
    if added && has_target() {
        Ok(())
    } else {
        Err(format!(
            "the target {TARGET} is not installed; run `{command}` and build again"
        ))
    }
}

fn has_target() -> bool {
    let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    let output = Command::new(rustc)
        .args(["--print", "target-libdir", "--target", TARGET])
        .output();
    output.is_ok_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir())
}

/// Runs cargo with these words for arguments.
fn build(workspace: &Path, modules: &Path, arguments: &str) -> Result<(), String> {
    let mut command = Command::new(variable("CARGO")?);
    command
        .args(arguments.split(' '))
        .args(["--locked", "--target", TARGET, "--profile", "wasm"])
        .arg("--target-dir")
        .arg(modules)
        .current_dir(workspace);
    for name in [
        "CARGO_BUILD_TARGET",
        "CARGO_TARGET_DIR",
        "CLIPPY_ARGS",
        "RUSTC_WORKSPACE_WRAPPER",
        "RUSTFLAGS",
    ] {
        command.env_remove(name);
    }
    let status = command
        .env("CARGO_ENCODED_RUSTFLAGS", source_paths::flags())
        .status()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`cargo {arguments}` failed for {TARGET}"))
    }
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|_| format!("{name} is not set; run this through cargo"))
}
