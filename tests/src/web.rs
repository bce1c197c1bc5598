//! Builds the module for browsers and Node, with its JavaScript and TypeScript around it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use wasm_bindgen_cli_support::Bindgen;

/// What the module is loaded by
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loader {
    /// `require`
    Node,
    /// `import`, in a browser
    Browser,
}

const TARGET: &str = "wasm32-unknown-unknown";

/// Builds for Node once in this process, and returns the folder.
pub fn build() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = target_directory().join("countersign-node");
        generate(Loader::Node, &folder);
        folder
    })
}

/// Builds the module and writes it with its glue into a folder.
pub fn generate(loader: Loader, folder: &Path) {
    let modules = target_directory().join("modules");
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let has_target = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", TARGET])
        .current_dir(workspace)
        .output()
        .is_ok_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir());
    if !has_target {
        let added = Command::new("rustup")
            .args(["target", "add", TARGET])
            .current_dir(workspace)
            .status();
        let is_there = added.is_ok_and(|status| status.success());
        assert!(is_there, "run `rustup target add {TARGET}` and try again");
    }
    let status = Command::new("cargo")
        .args(["rustc", "--quiet", "--locked", "-p", "policy-wasm", "--lib"])
        .args(["--crate-type", "cdylib", "--features", "web,openpgp"])
        .args(["--target", TARGET, "--profile", "web", "--target-dir"])
        .arg(&modules)
        .current_dir(workspace)
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("CARGO_BUILD_TARGET")
        .status()
        .unwrap();
    assert!(status.success(), "the web module does not build");
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(modules.join(TARGET).join("web/policy_wasm.wasm"))
        .out_name("countersign")
        .remove_name_section(true)
        .remove_producers_section(true)
        .typescript(true);
    match loader {
        Loader::Node => bindgen.nodejs(true).unwrap(),
        Loader::Browser => bindgen.web(true).unwrap(),
    };
    bindgen.generate(folder).unwrap();
}

/// The root of the target directory that this program was built in.
fn target_directory() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    let root = program
        .ancestors()
        .find(|folder| folder.join("CACHEDIR.TAG").exists());
    root.expect("tests run from a target directory").to_owned()
}
