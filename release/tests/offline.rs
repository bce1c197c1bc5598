//! What a release must be, tried with the programs that will meet it: tar, skopeo and a registry, npm and Node.
//!
//! The program in archive and image is the one that this run of Cargo has built: its structure is tested, not its
//! speed. A tool that is not there is an error where `COUNTERSIGN_REQUIRE_TOOLS` is set.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
#![expect(clippy::print_stderr, reason = "what is not run is said")]

use core::time::Duration;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use core_tests::process::{can_run, stdout};
use core_tests::{corpus, native};
use host_runner::engine::{Abi, embedded, inspect};
use policy_tests::modules;
use policy_tests::web::{Loader, generate};
use serde_json::{Value, json};

const VERSION: &str = env!("CARGO_PKG_VERSION");
const TARGET: &str = "x86_64-unknown-linux-musl";
const COMMIT: &str = "0123456789012345678901234567890123456789";

/// The release tool, at a fixed time
fn release() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_release"));
    command.env("SOURCE_DATE_EPOCH", "1700000000");
    command
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The program, without what debuggers read, which is most of it
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let test = std::env::current_exe().unwrap();
        let built = test.ancestors().nth(2).unwrap().join("countersign");
        assert!(
            built.exists(),
            "`{}` is missing; run `just build` first",
            built.display()
        );
        let stripped = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stripped-countersign");
        let mut strip = Command::new("strip");
        strip.arg("-o").arg(&stripped).arg(&built);
        if !can_run("strip", "--version") {
            return built;
        }
        stdout(&mut strip);
        stripped
    })
}

fn module(folder: &Path) -> PathBuf {
    let path = folder.join("countersign.wasm");
    fs::write(&path, embedded(Abi::Wapc)).unwrap();
    path
}

/// What every program of a release contains: the module, and its digest
fn embedding() -> Vec<u8> {
    let module = embedded(Abi::Wapc);
    let digest = inspect(module).unwrap().digest;
    [module, b"\nmodule ", digest.as_bytes()].concat()
}

/// A small file in place of the program, which is run by it: compressing the program itself would take most of
/// the time of these tests.
fn wrapper(folder: &Path) -> PathBuf {
    let program = program().display();
    let mut content = format!("#!/bin/sh\nexec '{program}' \"$@\"\n").into_bytes();
    content.extend(embedding());
    let path = folder.join("wrapper");
    fs::write(&path, content).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[test]
fn an_archive_is_the_same_twice_and_the_program_in_it_runs() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let program = wrapper(folder);
    let name = format!("countersign-v{VERSION}-{TARGET}");
    let archive = |into: &str| {
        let into = folder.join(into);
        let mut command = release();
        command.args(["archive", "--target", TARGET]);
        stdout(command.arg("--program").arg(&program).arg("-o").arg(&into));
        into.join(format!("{name}.tar.gz"))
    };
    let (one, other) = (archive("one"), archive("other"));
    assert!(
        fs::read(&one).unwrap() == fs::read(&other).unwrap(),
        "the same input gave two archives"
    );
    module(&folder.join("one"));
    let mut check = release();
    stdout(check.args(["check", "--partial"]).arg(folder.join("one")));

    let mut tar = Command::new("tar");
    stdout(tar.arg("-xzf").arg(&one).arg("-C").arg(folder));
    let unpacked = folder.join(&name);
    let program = unpacked.join("countersign");
    let version = stdout(Command::new(&program).arg("--version"));
    assert!(
        version.starts_with(&format!("countersign {VERSION}\n"))
            && version.contains("\nmodule sha256:"),
        "{version}"
    );
    let judged = Command::new(&program)
        .arg("evaluate")
        .arg("--settings")
        .arg(root().join("policies/pipeline/policy.yaml"))
        .arg(root().join("policies/pipeline/fixtures"))
        .output()
        .unwrap();
    let judged = String::from_utf8(judged.stdout).unwrap();
    assert!(judged.contains("4 admitted, 2 denied"), "{judged}");

    let third_party = fs::read_to_string(unpacked.join("THIRD-PARTY.md")).unwrap();
    for words in [
        "| wasmtime |",
        "| clap |",
        "Rich Felker",
        "Version 2.0, January 2004",
    ] {
        assert!(third_party.contains(words), "{words}");
    }
    assert!(!third_party.contains("| countersign"), "it is our own");
}

#[test]
fn a_folder_with_anything_else_in_it_is_no_release() {
    let work = tempfile::tempdir().unwrap();
    let folder = work.path().join("release");
    let folder = folder.as_path();
    fs::create_dir(folder).unwrap();
    module(folder);
    let fails = |expected: &str, arguments: &[&str]| {
        let output = release().arg("check").args(arguments).arg(folder).output();
        let output = output.unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{expected}");
        assert!(error.contains(expected), "{error}");
    };
    fails("missing: SHA256SUMS, countersign.oci", &[]);
    fs::write(folder.join("notes.txt"), "").unwrap();
    fails("`notes.txt`: a release has no such file", &["--partial"]);
    fs::remove_file(folder.join("notes.txt")).unwrap();
    stdout(release().arg("sums").arg(folder));
    stdout(release().args(["check", "--partial"]).arg(folder));
    fs::write(folder.join("floor.wasm"), "").unwrap();
    fails("`SHA256SUMS`: it is not the list", &["--partial"]);

    // An archive around another module than the one that is released beside it.
    fs::remove_file(folder.join("SHA256SUMS")).unwrap();
    fs::remove_file(folder.join("floor.wasm")).unwrap();
    let mut command = release();
    command.args(["archive", "--target", TARGET, "--program"]);
    stdout(command.arg(wrapper(work.path())).arg("-o").arg(folder));
    stdout(release().args(["check", "--partial"]).arg(folder));
    fs::write(folder.join("countersign.wasm"), modules::slim()).unwrap();
    fails(
        "the program does not embed `countersign.wasm`",
        &["--partial"],
    );
}

#[test]
fn nothing_is_written_without_the_time_of_the_release() {
    let output = Command::new(env!("CARGO_BIN_EXE_release"))
        .args(["artifacthub", "--module", "x", "-o", "x"])
        .env_remove("SOURCE_DATE_EPOCH")
        .output()
        .unwrap();
    assert!(!output.status.success());
}

/// A registry of Debian's on the loopback interface, ended with this value
struct Registry {
    child: Child,
    address: String,
    _folder: tempfile::TempDir,
}

impl Registry {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // Free a moment ago; nothing else here takes ports.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
        let address = address.unwrap().to_string();
        let config = folder.path().join("config.yml");
        let document = json!({
            "version": 0.1,
            "storage": {"filesystem": {"rootdirectory": folder.path().join("data")}},
            "http": {"addr": address},
        });
        fs::write(&config, document.to_string()).unwrap();
        let child = Command::new("docker-registry")
            .arg("serve")
            .arg(&config)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        for _ in 0..100 {
            if TcpStream::connect(&address).is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Self {
            child,
            address,
            _folder: folder,
        }
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn has_registry() -> bool {
    can_run("skopeo", "--version") && can_run("docker-registry", "--version")
}

fn skopeo(arguments: &[&str]) -> String {
    stdout(
        Command::new("skopeo")
            .arg("--insecure-policy")
            .args(arguments),
    )
}

/// SHA-256 as `sha256sum` has it
fn digest(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("text");
    fs::write(&path, text).unwrap();
    let sum = stdout(Command::new("sha256sum").arg(path));
    format!("sha256:{}", sum.split(' ').next().unwrap())
}

#[test]
fn a_module_has_the_same_digest_in_its_layout_in_a_registry_and_back() {
    if !has_registry() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let registry = Registry::start();
    let tag = format!("v{VERSION}");
    for (name, module) in [
        ("countersign", embedded(Abi::Wapc)),
        ("countersign-slim", modules::slim()),
        ("countersign-wide", modules::wide(Abi::Wapc)),
    ] {
        let file = folder.join(format!("{name}.wasm"));
        fs::write(&file, module).unwrap();
        let layout = folder.join(format!("{name}.oci"));
        let mut command = release();
        command.args(["layout", "--tag", &tag]);
        let printed = stdout(command.arg("--module").arg(&file).arg("-o").arg(&layout));
        let printed = printed.trim();

        let local = format!("oci:{}:{tag}", layout.display());
        let remote = format!("docker://{}/policies/{name}:{tag}", registry.address);
        skopeo(&["copy", "--dest-tls-verify=false", &local, &remote]);
        let manifest = skopeo(&["inspect", "--raw", "--tls-verify=false", &remote]);
        assert_eq!(digest(&manifest), printed);

        let back = folder.join(format!("{name}.back"));
        let back = format!("oci:{}:{tag}", back.display());
        skopeo(&["copy", "--src-tls-verify=false", &remote, &back]);
        let back = folder.join(format!("{name}.back/blobs/sha256"));
        let blob = |digest: &str| fs::read(back.join(digest.replace("sha256:", ""))).unwrap();
        assert_eq!(blob(printed), manifest.as_bytes());

        let manifest: Value = serde_json::from_str(&manifest).unwrap();
        let layer = manifest["layers"][0]["digest"].as_str().unwrap();
        assert!(blob(layer) == module, "{name}: the layer is not the module");
        assert_eq!(
            manifest["annotations"]["org.opencontainers.image.source"],
            env!("CARGO_PKG_REPOSITORY")
        );
        assert_eq!(
            manifest["annotations"]["io.kubewarden.policy.version"],
            VERSION
        );
    }
    stdout(release().args(["check", "--partial"]).arg(prune(folder)));
}

/// Removes what came back from the registry, which is no part of a release.
fn prune(folder: &Path) -> &Path {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "back") {
            fs::remove_dir_all(path).unwrap();
        }
    }
    folder
}

/// A program for the other architecture, as far as its header says
fn for_arm64(folder: &Path) -> PathBuf {
    let mut program = vec![0_u8; 64];
    program[..6].copy_from_slice(b"\x7fELF\x02\x01");
    // `e_machine`; 183 is AArch64.
    program[18..20].copy_from_slice(&183_u16.to_le_bytes());
    program.extend(embedding());
    let path = folder.join("program-arm64");
    fs::write(&path, program).unwrap();
    path
}

#[test]
fn the_image_has_both_architectures_and_runs_as_a_user_that_owns_nothing() {
    let certificates = Path::new("/etc/ssl/certs/ca-certificates.crt");
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) || !certificates.exists() {
        return eprintln!("NOT RUN: the image needs Linux and Debian's certificates");
    }
    let work = tempfile::tempdir().unwrap();
    let work = work.path();
    let folder = work.join("release");
    let layout = folder.join("image.oci");
    let mut command = release();
    command.args(["image", "--revision", COMMIT, "--program"]);
    command.arg(program()).arg("--program");
    command.arg(for_arm64(work)).arg("-o").arg(&layout);
    let printed = stdout(&mut command);
    let printed = printed.trim();
    module(&folder);
    let mut check = release();
    check.args(["check", "--partial", "--allow-loader"]);
    stdout(check.arg(&folder));

    let mut local = format!("oci:{}:{VERSION}", layout.display());
    if has_registry() {
        let registry = Registry::start();
        let remote = format!("docker://{}/countersign:{VERSION}", registry.address);
        skopeo(&["copy", "--all", "--dest-tls-verify=false", &local, &remote]);
        let index = skopeo(&["inspect", "--raw", "--tls-verify=false", &remote]);
        assert_eq!(digest(&index), printed);
        local = format!("oci:{}:{VERSION}", work.join("back").display());
        skopeo(&["copy", "--all", "--src-tls-verify=false", &remote, &local]);
        for architecture in ["amd64", "arm64"] {
            let inspect = ["--override-arch", architecture, "inspect", &local];
            let seen: Value = serde_json::from_str(&skopeo(&inspect)).unwrap();
            assert_eq!(seen["Architecture"], architecture);
            assert_eq!(seen["Created"], "2023-11-14T22:13:20Z");
            let labels = &seen["Labels"];
            assert_eq!(labels["org.opencontainers.image.version"], VERSION);
            assert_eq!(labels["org.opencontainers.image.revision"], COMMIT);
        }
    }
    run_in(&unpack(&layout, work));
}

/// Unpacks the layer for this machine into an empty folder.
fn unpack(layout: &Path, work: &Path) -> PathBuf {
    let read = |digest: &str| {
        let hex = digest.trim_start_matches("sha256:");
        layout.join("blobs/sha256").join(hex)
    };
    let json = |path: &Path| -> Value { serde_json::from_slice(&fs::read(path).unwrap()).unwrap() };
    let of = |value: &Value| read(value["digest"].as_str().unwrap());
    let index = json(&layout.join("index.json"));
    let index = json(&of(&index["manifests"][0]));
    let manifest = json(&of(&index["manifests"][0]));
    let config = json(&of(&manifest["config"]));
    assert_eq!(config["architecture"], "amd64");
    assert_eq!(config["config"]["User"], "65532:65532");
    assert_eq!(config["config"]["Entrypoint"], json!(["/countersign"]));

    let image = work.join("root");
    fs::create_dir(&image).unwrap();
    let mut tar = Command::new("tar");
    tar.arg("-xzf").arg(of(&manifest["layers"][0]));
    stdout(tar.arg("-C").arg(&image));
    let files = stdout(
        Command::new("find")
            .args([".", "-type", "f", "-printf", "%P %m\\n"])
            .current_dir(&image),
    );
    let mut files: Vec<_> = files.lines().collect();
    files.sort_unstable();
    assert_eq!(
        files,
        [
            "LICENSE 644",
            "THIRD-PARTY.md 644",
            "countersign 755",
            "etc/ssl/certs/ca-certificates.crt 644"
        ]
    );
    image
}

/// Runs the program with this folder for its root, as the image's user, who cannot write there.
fn run_in(image: &Path) {
    let is_root = stdout(Command::new("id").arg("-u")).trim() == "0";
    if !is_root || !can_run("chroot", "--version") {
        return eprintln!("NOT RUN: only root can change the root folder");
    }
    // The umask decides these bits, not tar.
    fs::set_permissions(image, fs::Permissions::from_mode(0o755)).unwrap();
    // A release's program is static; this one finds here what it is linked with.
    let libraries = stdout(Command::new("ldd").arg(image.join("countersign")));
    for library in libraries
        .split_whitespace()
        .filter(|word| word.starts_with('/'))
    {
        let copy = image.join(library.trim_start_matches('/'));
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(library, copy).unwrap();
    }
    let policies = image.join("w");
    stdout(
        Command::new("cp")
            .arg("-r")
            .arg(root().join("policies/pipeline"))
            .arg(&policies),
    );
    let run = |arguments: &[&str]| {
        let output = Command::new("chroot")
            .args(["--userspec=65532:65532", &image.display().to_string()])
            .arg("/countersign")
            .args(arguments)
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let version = run(&["--version"]);
    assert!(version.starts_with("countersign "), "{version}");
    let judged = run(&["evaluate", "--settings", "/w/policy.yaml", "/w/fixtures"]);
    assert!(judged.contains("4 admitted, 2 denied"), "{judged}");
    let written = Command::new("chroot")
        .args(["--userspec=65532:65532", &image.display().to_string()])
        .args([
            "/countersign",
            "attest",
            "keygen",
            "--attestor",
            "projects/a/attestors/a",
            "-o",
            "/new.pem",
        ])
        .output()
        .unwrap();
    assert!(!written.status.success() && !image.join("new.pem").exists());
}

/// Answers calls, one a line, as the program answers them.
const NODE: &str = r#"
import { readFileSync } from "node:fs";
import init, { decide, validateSettings } from "countersign";
await init();
for (const line of readFileSync(process.argv[2], "utf8").split("\n").filter(line => line)) {
  process.stdout.write(JSON.stringify(decide(line)) + "\n");
}
if (validateSettings({}).valid) throw new Error("empty settings are valid");
"#;

const BROWSER: &str = r#"
import { readFileSync } from "node:fs";
import { decide, initSync } from "./node_modules/countersign/countersign.js";
initSync({ module: readFileSync("node_modules/countersign/countersign_bg.wasm") });
process.stdout.write(decide(readFileSync(process.argv[2], "utf8").split("\n")[0]).verdict);
"#;

const REQUIRED: &str = r#"
const { decide } = require("countersign");
const line = require("node:fs").readFileSync(process.argv[2], "utf8").split("\n")[0];
process.stdout.write(decide(line).verdict);
"#;

const TYPED: &str = r#"
import { decide, validateSettings } from "countersign";
import type { Decision } from "countersign";
const decision: Decision = decide({ request: {}, settings: {} });
const allowed: boolean = decision.allowed;
const valid: boolean = validateSettings({}).valid;
export { allowed, valid };
"#;

#[test]
fn the_npm_package_is_imported_and_required_and_answers_as_the_program_does() {
    if !can_run("npm", "--version") || !can_run("node", "--version") {
        return;
    }
    let work = tempfile::tempdir().unwrap();
    let work = work.path();
    let (web, folder) = (work.join("web"), work.join("release"));
    generate(Loader::Browser, &web);
    let mut command = release();
    stdout(
        command
            .arg("npm")
            .arg("--web")
            .arg(&web)
            .arg("-o")
            .arg(folder.join("npm")),
    );
    stdout(release().args(["check", "--partial"]).arg(&folder));

    let npm = |folder: &Path, arguments: &[&str]| {
        let mut command = Command::new("npm");
        command.args(arguments).current_dir(folder);
        command.env("npm_config_cache", work.join("cache"));
        command.env("npm_config_update_notifier", "false");
        stdout(&mut command)
    };
    let packed = npm(&folder.join("npm"), &["pack", "--json"]);
    let packed: Value = serde_json::from_str(&packed).unwrap();
    // npm 12 has an object where npm 11 has a list.
    let packed = packed
        .get(0)
        .or_else(|| packed.as_object()?.values().next());
    let packed = packed.unwrap();
    let files = packed["files"].as_array().unwrap().iter();
    let mut files: Vec<_> = files.map(|file| file["path"].as_str().unwrap()).collect();
    files.sort_unstable();
    assert_eq!(
        files,
        [
            "LICENSE",
            "README.md",
            "THIRD-PARTY.md",
            "countersign.d.ts",
            "countersign.js",
            "countersign_bg.wasm",
            "node.js",
            "package.json"
        ]
    );
    let package = folder
        .join("npm")
        .join(packed["filename"].as_str().unwrap());

    let user = work.join("user");
    fs::create_dir(&user).unwrap();
    fs::write(user.join("package.json"), "{}").unwrap();
    npm(
        &user,
        &[
            "install",
            "--offline",
            "--no-audit",
            "--no-fund",
            &package.display().to_string(),
        ],
    );
    // A text that is not UTF-8 has no JavaScript string, and a line break would end its line here.
    let calls: Vec<_> = corpus::all()
        .iter()
        .filter(|case| !case.call.contains(&b'\n') && !case.call.is_empty())
        .filter_map(|case| Some((&case.name, core::str::from_utf8(&case.call).ok()?)))
        .collect();
    assert!(calls.len() > corpus::all().len() / 2);
    let lines: Vec<_> = calls.iter().map(|(_, call)| *call).collect();
    fs::write(user.join("calls"), lines.join("\n")).unwrap();
    let run = |file: &str, script: &str| {
        fs::write(user.join(file), script).unwrap();
        let mut node = Command::new("node");
        stdout(node.args([file, "calls"]).current_dir(&user))
    };
    let answers = run("import.mjs", NODE);
    let answers: Vec<_> = answers.lines().collect();
    assert_eq!(answers.len(), calls.len());
    for ((name, call), answer) in calls.iter().zip(answers) {
        let expected = native::decide_natively(call.as_bytes());
        let [answer, expected] = [answer.as_bytes(), &expected]
            .map(|json| serde_json::from_slice::<Value>(json).unwrap());
        assert_eq!(answer, expected, "{name}");
    }
    let expected = native::decide_natively(calls[0].1.as_bytes());
    let expected: Value = serde_json::from_slice(&expected).unwrap();
    assert_eq!(run("require.cjs", REQUIRED), expected["verdict"]);
    assert_eq!(run("browser.mjs", BROWSER), expected["verdict"]);

    fs::write(user.join("typed.mts"), TYPED).unwrap();
    if Command::new("tsc").arg("--version").output().is_ok() {
        let mut tsc = Command::new("tsc");
        tsc.args(["--noEmit", "--strict", "--module", "nodenext", "typed.mts"]);
        stdout(tsc.current_dir(&user));
    } else {
        eprintln!("NOT RUN: `tsc` cannot be run");
    }
}

/// Each package of `cargo tree` and no other, with its licence
#[test]
fn a_bill_of_materials_lists_what_is_linked_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (part, file, package, features, target) in [
        (
            "program",
            format!("countersign-v{VERSION}-{TARGET}.cdx.json"),
            "countersign",
            "",
            TARGET,
        ),
        (
            "module",
            "countersign.wasm.cdx.json".into(),
            "countersign-policy",
            "wapc,openpgp",
            "wasm32-wasip1",
        ),
        (
            "slim",
            "countersign-slim.wasm.cdx.json".into(),
            "countersign-policy",
            "wapc",
            "wasm32-wasip1",
        ),
        (
            "wide",
            "countersign-wide.wasm.cdx.json".into(),
            "countersign-policy",
            "wapc,openpgp",
            "wasm32-wasip1",
        ),
    ] {
        let mut command = release();
        command.args(["sbom", part, "--target", target, "-o"]);
        stdout(command.arg(folder));
        let bill = fs::read_to_string(folder.join(file)).unwrap();
        let bill: Value = serde_json::from_str(&bill).unwrap();
        assert_eq!(bill["specVersion"], "1.5");
        assert_eq!(bill["metadata"]["timestamp"], "2023-11-14T22:13:20Z");
        let mut listed = vec![name(&bill["metadata"]["component"])];
        listed.extend(bill["components"].as_array().unwrap().iter().map(name));
        listed.sort();
        let mut cargo = Command::new("cargo");
        cargo.args([
            "tree", "--locked", "-e", "normal", "--prefix", "none", "-f", "{p}",
        ]);
        cargo.args(["-p", package, "--features", features, "--target", target]);
        let tree = stdout(cargo.current_dir(root()));
        let mut linked: Vec<_> = tree
            .lines()
            .map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "))
            .collect();
        linked.sort();
        linked.dedup();
        assert_eq!(listed, linked, "{part}");
    }
    // Slim is the module without OpenPGP.
    let slim = fs::read_to_string(folder.join("countersign-slim.wasm.cdx.json")).unwrap();
    assert!(!slim.contains("\"pgp\""), "{slim}");
    stdout(release().args(["check", "--partial"]).arg(folder));
}

/// Name and version as `cargo tree` has them; without a licence, the test fails.
fn name(component: &Value) -> String {
    let licence = component["licenses"][0]["expression"].as_str().unwrap();
    assert!(!licence.is_empty() && !licence.contains('/'), "{licence}");
    let text = |field: &str| component[field].as_str().unwrap();
    format!("{} v{}", text("name"), text("version"))
}
