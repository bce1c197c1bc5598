//! The modules are the same bytes wherever they are built on one kind of machine: their digest is what clusters name.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;
use std::{env, fs};

use core_tests::process;
use host_runner::engine::{Abi, embedded};
use policy_tests::modules;

/// Builds them once more, from another folder and with another home of Cargo.
#[test]
#[ignore = "takes minutes; `just reproducible` runs it"]
fn modules_are_the_same_from_another_folder() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path().join("a/longer/way/to/countersign");
    copy_workspace(&workspace);
    let home = folder.path().join("cargo");
    let registry = cargo_home().join("registry");
    for part in ["cache", "index", "src"] {
        copy(&registry.join(part), &home.join("registry").join(part));
    }
    copy(&cargo_home().join("config.toml"), &home.join("config.toml"));
    let target = folder.path().join("target");
    let out = target.join("out");
    fs::create_dir_all(&out).unwrap();
    // By this the script knows a target directory.
    fs::write(target.join("CACHEDIR.TAG"), "").unwrap();
    let built = Command::new(build_script())
        .current_dir(workspace.join("host-runner"))
        .env("CARGO_MANIFEST_DIR", workspace.join("host-runner"))
        .env("CARGO_HOME", &home)
        .env("CARGO_PKG_VERSION", env!("CARGO_PKG_VERSION"))
        .env("OUT_DIR", &out)
        .env_remove("COUNTERSIGN_MODULES")
        .status()
        .unwrap();
    assert!(built.success());
    for (abi, name) in [
        (Abi::Wapc, "countersign.wasm"),
        (Abi::Wasi, "countersign-wasi.wasm"),
    ] {
        let again = fs::read(out.join(name)).unwrap();
        assert!(again == embedded(abi), "{name} differs");
    }
}

/// The build script of the program, which builds the modules.
fn build_script() -> PathBuf {
    let folders = fs::read_dir(modules::target_directory().join("debug/build")).unwrap();
    let scripts = folders
        .map(|folder| folder.unwrap().path())
        .filter(|folder| {
            let name = folder.file_name().unwrap().to_str().unwrap();
            let hash = name.strip_prefix("countersign-");
            hash.is_some_and(|hash| hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
        })
        .map(|folder| folder.join("build-script-build"));
    let modified = |path: &PathBuf| fs::metadata(path).and_then(|file| file.modified()).ok();
    scripts
        .filter(|script| script.is_file())
        .max_by_key(|script| modified(script).unwrap_or(SystemTime::UNIX_EPOCH))
        .unwrap()
}

/// What git knows, as it is now.
fn copy_workspace(to: &Path) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let listed = process::stdout(Command::new("git").current_dir(root).arg("ls-files"));
    for name in listed.lines() {
        copy(&root.join(name), &to.join(name));
    }
}

fn copy(from: &Path, to: &Path) {
    if from.symlink_metadata().is_err() {
        return;
    }
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    process::stdout(Command::new("cp").arg("-a").arg(from).arg(to));
}

fn cargo_home() -> PathBuf {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    home.unwrap_or_else(|| env::home_dir().unwrap().join(".cargo"))
}
