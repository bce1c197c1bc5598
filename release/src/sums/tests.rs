use std::ffi::OsStr;
use std::fs;
use std::process::Command;

use super::provided::{MODULES, SUMS, folder, read};
use super::*;

/// A folder with the three modules and their sums
fn modules() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in MODULES {
        fs::write(folder.path().join(name), name).unwrap();
    }
    run(&Args {
        folder: folder.path().to_owned(),
    })
    .unwrap();
    folder
}

#[test]
fn the_list_is_what_sha256sum_reads_and_writes() {
    let folder = modules();
    fs::create_dir(folder.path().join("folder")).unwrap();
    let list = list(folder.path()).unwrap();
    assert_eq!(
        list,
        fs::read_to_string(folder.path().join(SUMS)).unwrap(),
        "the list does not list itself, nor a folder"
    );
    let written = Command::new("sha256sum")
        .args(["countersign-wasi.wasm", "countersign.wasm", "floor.wasm"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(list, String::from_utf8(written.stdout).unwrap());
}

#[test]
fn modules_with_their_sums_are_taken_and_other_files_left_alone() {
    let folder = modules();
    fs::write(folder.path().join("more.wasm"), "more").unwrap();
    for name in MODULES {
        assert_eq!(read(folder.path(), name).unwrap(), name.as_bytes());
    }
    let sums = folder.path().join(SUMS);
    let binary = fs::read_to_string(&sums).unwrap().replace("  ", " *");
    fs::write(&sums, binary).unwrap();
    assert_eq!(read(folder.path(), "floor.wasm").unwrap(), b"floor.wasm");
}

#[test]
fn a_module_that_is_not_what_its_sum_says_stops_the_build_with_its_name() {
    type Change = fn(&Path);
    let cases: [(&str, Change, &str); 6] = [
        (
            "changed",
            |folder| fs::write(folder.join("floor.wasm"), "floor.wasM").unwrap(),
            "sum mismatch of the module",
        ),
        (
            "longer",
            |folder| fs::write(folder.join("floor.wasm"), "floor.wasm\n").unwrap(),
            "sum mismatch of the module",
        ),
        (
            "missing",
            |folder| fs::remove_file(folder.join("floor.wasm")).unwrap(),
            "cannot read the module",
        ),
        (
            "no list",
            |folder| fs::remove_file(folder.join(SUMS)).unwrap(),
            "cannot read",
        ),
        (
            "not listed",
            |folder| edit(folder, |list| list.replace("floor.wasm", "floor")),
            "must list `floor.wasm` exactly once",
        ),
        (
            "listed twice",
            |folder| edit(folder, |list| list.repeat(2)),
            "must list `floor.wasm` exactly once",
        ),
    ];
    for (case, change, expected) in cases {
        let folder = modules();
        change(folder.path());
        let error = read(folder.path(), "floor.wasm").unwrap_err();
        assert!(error.contains(expected), "{case}: {error}");
        assert!(
            error.contains("floor.wasm") || error.contains(SUMS),
            "{case}: {error}"
        );
    }
}

fn edit(folder: &Path, change: impl Fn(&str) -> String) {
    let sums = folder.join(SUMS);
    let list = fs::read_to_string(&sums).unwrap();
    fs::write(&sums, change(&list)).unwrap();
}

#[test]
fn a_checkout_builds_its_modules_and_a_package_contains_them() {
    let package = tempfile::tempdir().unwrap();
    let package = package.path();
    fs::create_dir(package.join("build")).unwrap();
    fs::write(package.join("build/checkout"), "").unwrap();
    let elsewhere = OsStr::new("/elsewhere");
    assert_eq!(folder(package, None).unwrap(), None);
    assert_eq!(
        folder(package, Some(elsewhere)).unwrap(),
        Some(elsewhere.into())
    );

    // As cargo packages it, with another package beside it that looks like the workspace's.
    fs::remove_file(package.join("build/checkout")).unwrap();
    let modules = package.join("modules");
    assert_eq!(folder(package, None).unwrap(), Some(modules));
    assert_eq!(
        folder(package, Some(elsewhere)).unwrap(),
        Some(elsewhere.into())
    );
}

#[test]
fn a_folder_of_modules_is_named_by_an_absolute_path() {
    for named in ["", "dist", "./dist"] {
        let error = folder(Path::new("/"), Some(OsStr::new(named))).unwrap_err();
        assert_eq!(
            error,
            format!("COUNTERSIGN_MODULES is `{named}`, expected an absolute path")
        );
    }
}

/// The marker is what tells a checkout from a package, so no package may contain it.
#[test]
fn this_checkout_has_its_marker_and_no_package_gets_it() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("../host-runner");
    assert_eq!(folder(&package, None).unwrap(), None);
    let manifest = fs::read_to_string(package.join("Cargo.toml")).unwrap();
    assert!(manifest.contains(r#""/build/*.rs""#), "{manifest}");
    assert!(!manifest.contains(r#""/build""#), "{manifest}");
}
