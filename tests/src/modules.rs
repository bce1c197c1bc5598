//! Builds of the policy that the program does not carry.

#[path = "../../host-runner/build/source_paths.rs"]
mod source_paths;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use host_runner::engine::{Cache, Engine, Limits};

use core_tests::process;

/// An engine that compiles a module once for all suites, and again only where it has changed.
pub fn engine() -> Engine {
    Engine::new(Limits::default()).unwrap().caching(cache())
}

/// An engine that counts instructions, which do not depend on the machine's load.
pub fn metering_engine() -> Engine {
    let limits = Limits {
        time: Duration::from_mins(5),
        ..Limits::default()
    };
    Engine::metering(limits).unwrap().caching(cache())
}

fn cache() -> Option<Cache> {
    Cache::at(&target_directory().join("tmp").join("compiled"))
}

/// The waPC module without OpenPGP and Sigstore, built once in this process: as it is shipped, or larger where that
/// cannot be had.
pub fn slim() -> &'static [u8] {
    static MODULE: OnceLock<Vec<u8>> = OnceLock::new();
    MODULE.get_or_init(|| {
        let module = build("curves,wapc", "wasm32-wasip1", "slim");
        if can_shrink() {
            shrink(&module)
        } else {
            std::fs::read(module).unwrap()
        }
    })
}

/// Whether Binaryen is there, which takes a ninth off a module.
pub fn can_shrink() -> bool {
    process::can_run("wasm-opt", "--version")
}

fn shrink(module: &Path) -> Vec<u8> {
    // What the compiler takes for granted of an engine, and nothing beyond.
    let features = [
        "--enable-bulk-memory",
        "--enable-multivalue",
        "--enable-mutable-globals",
        "--enable-nontrapping-float-to-int",
        "--enable-reference-types",
        "--enable-sign-ext",
    ];
    let shrunk = module.with_extension("slim.wasm");
    let mut command = Command::new("wasm-opt");
    command.arg("-Oz").args(features).arg(module);
    process::stdout(command.arg("-o").arg(&shrunk));
    std::fs::read(shrunk).unwrap()
}

/// Builds the policy as a module with these features and no default ones, and returns its path.
pub fn build(features: &str, target: &str, profile: &str) -> PathBuf {
    build_package(
        "countersign-policy",
        "policy_wasm",
        features,
        target,
        profile,
    )
}

/// Builds a library as a module with these features and no default ones, and returns its path.
pub(crate) fn build_package(
    package: &str,
    library: &str,
    features: &str,
    target: &str,
    profile: &str,
) -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    ensure_target(workspace, target);
    let modules = target_directory().join("modules");
    let status = Command::new("cargo")
        .args(["rustc", "--quiet", "--locked", "-p", package, "--lib"])
        .args(["--crate-type", "cdylib", "--no-default-features"])
        .args(["--features", features])
        .args(["--target", target, "--profile", profile, "--target-dir"])
        .arg(&modules)
        .current_dir(workspace)
        .env_remove("RUSTFLAGS")
        .env("CARGO_ENCODED_RUSTFLAGS", source_paths::flags())
        .env_remove("CARGO_BUILD_TARGET")
        .status()
        .unwrap();
    assert!(
        status.success(),
        "no module of {package} with features {features}"
    );
    modules
        .join(target)
        .join(profile)
        .join(library)
        .with_extension("wasm")
}

fn ensure_target(workspace: &Path, target: &str) {
    let has_target = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", target])
        .current_dir(workspace)
        .output()
        .is_ok_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir());
    if !has_target {
        let added = Command::new("rustup")
            .args(["target", "add", target])
            .current_dir(workspace)
            .status();
        let is_there = added.is_ok_and(|status| status.success());
        assert!(is_there, "run `rustup target add {target}` and try again");
    }
}

/// The root of the target directory that this program was built in.
pub fn target_directory() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    let root = program
        .ancestors()
        .find(|folder| folder.join("CACHEDIR.TAG").exists());
    root.expect("tests run from a target directory").to_owned()
}
