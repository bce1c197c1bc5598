//! Builds of the policy that the program does not carry.

#[path = "../../host-runner/build/source_paths.rs"]
mod source_paths;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use host_runner::engine::{Abi, Cache, Engine, Limits};

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

/// The waPC module without OpenPGP and Sigstore, and without `std`, built once in this process: as it is shipped, or
/// larger where that cannot be had.
pub fn slim() -> &'static [u8] {
    static MODULE: OnceLock<Vec<u8>> = OnceLock::new();
    MODULE.get_or_init(|| {
        let folder = target_directory().join("modules");
        let flags = [&source_paths::flags(), COMPACT].join("\u{1f}");
        let module = Product::POLICY.build("curves,bare", "wasm32-wasip1", "slim", &folder, &flags);
        if can_shrink() {
            shrink(&module)
        } else {
            std::fs::read(module).unwrap()
        }
    })
}

/// SHA-2 with its rounds in loops
const COMPACT: &str = "--cfg=sha2_backend_soft=\"compact\"";

/// The module of an ABI for engines with wide arithmetic, built once in this process: the program's, with arithmetic of
/// 64 bits by 64 to 128.
pub fn wide(abi: Abi) -> &'static [u8] {
    static MODULES: [OnceLock<Vec<u8>>; 2] = [const { OnceLock::new() }; 2];
    let [wapc, wasi] = &MODULES;
    let (module, product, features) = match abi {
        Abi::Wapc => (wapc, Product::POLICY, "default,wapc,openpgp"),
        Abi::Wasi => (wasi, Product::COMMAND, "default,wasi,openpgp"),
    };
    module.get_or_init(|| {
        // The portable module has the same name.
        let folder = target_directory().join("modules").join("wide");
        let flags = [&source_paths::flags(), WIDE].join("\u{1f}");
        let module = product.build(features, "wasm32-wasip1", "wasm", &folder, &flags);
        std::fs::read(module).unwrap()
    })
}

/// The feature of WebAssembly, which the compiler does not call stable, and the arithmetic of each crate that asks
const WIDE: &str = "-Ctarget-feature=+wide-arithmetic\u{1f}--cfg=wide_arithmetic\u{1f}--cfg=curve25519_dalek_bits=\"64\"";

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
    Product::POLICY.build_portable(features, target, profile)
}

/// A module that Cargo builds
pub(crate) struct Product {
    pub(crate) package: &'static str,
    /// Of the file, without its extension
    pub(crate) name: &'static str,
    /// Arguments for Cargo
    pub(crate) kind: &'static [&'static str],
}

impl Product {
    pub(crate) const LIBRARY: &'static [&'static str] = &["--lib", "--crate-type", "cdylib"];

    const POLICY: Self = Self {
        package: "countersign-policy",
        name: "policy_wasm",
        kind: Self::LIBRARY,
    };

    const COMMAND: Self = Self {
        package: "countersign-policy",
        name: "countersign-wasi",
        kind: &["--bin", "countersign-wasi"],
    };

    /// Builds a module with these features and no default ones, and returns its path.
    pub(crate) fn build_portable(&self, features: &str, target: &str, profile: &str) -> PathBuf {
        let folder = target_directory().join("modules");
        self.build(features, target, profile, &folder, &source_paths::flags())
    }

    fn build(
        &self,
        features: &str,
        target: &str,
        profile: &str,
        folder: &Path,
        flags: &str,
    ) -> PathBuf {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        ensure_target(workspace, target);
        let status = Command::new("cargo")
            .args(["rustc", "--quiet", "--locked", "-p", self.package])
            .args(self.kind)
            .args(["--no-default-features", "--features", features])
            .args(["--target", target, "--profile", profile, "--target-dir"])
            .arg(folder)
            .current_dir(workspace)
            .env_remove("RUSTFLAGS")
            .env("CARGO_ENCODED_RUSTFLAGS", flags)
            .env_remove("CARGO_BUILD_TARGET")
            .status()
            .unwrap();
        let Self { package, name, .. } = self;
        assert!(
            status.success(),
            "no module of {package} with features {features}"
        );
        let module = folder.join(target).join(profile).join(name);
        module.with_extension("wasm")
    }
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
