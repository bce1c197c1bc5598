//! The action: what it installs, what it runs, and that nothing which a caller writes becomes part of a script.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::std_instead_of_alloc,
    reason = "a test fails by panicking, and has all of std"
)]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{fs, thread};

use core_tests::process::can_run;
use serde_json::Value;
use tempfile::TempDir;

const VERSION: &str = env!("CARGO_PKG_VERSION");
const SLUG: &str = "countersign-dev/countersign";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn yaml(path: &str) -> Value {
    let text = fs::read_to_string(root().join(path)).unwrap();
    host_runner::inputs::parse(&text).unwrap().remove(0)
}

/// Serves a folder, and nothing else of HTTP than that.
fn serve(folder: PathBuf) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            answer(stream, &folder);
        }
    });
    address
}

fn answer(mut stream: TcpStream, folder: &Path) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let request = lines.next().unwrap().unwrap();
    for line in lines.map_while(Result::ok) {
        if line.is_empty() {
            break;
        }
    }
    let path = request.split(' ').nth(1).unwrap().trim_start_matches('/');
    let (status, body) = match fs::read(folder.join(path)) {
        Ok(body) => ("200 OK", body),
        Err(_) => ("404 Not Found", Vec::new()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(&body);
}

fn script(path: &Path, text: &str) {
    fs::write(path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn sum(path: &Path) -> String {
    let output = Command::new("sha256sum").arg(path).output().unwrap();
    String::from_utf8(output.stdout)
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .to_owned()
}

/// What a runner has: folders, a release on a server, and the commands that the script needs.
struct Runner {
    folder: TempDir,
    releases: String,
    environment: BTreeMap<&'static str, String>,
}

const TARGETS: [(&str, &str, &str); 4] = [
    ("Linux", "X64", "x86_64-unknown-linux-musl"),
    ("Linux", "ARM64", "aarch64-unknown-linux-musl"),
    ("macOS", "X64", "x86_64-apple-darwin"),
    ("macOS", "ARM64", "aarch64-apple-darwin"),
];

impl Runner {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["releases", "temp", "cache", "bin"] {
            fs::create_dir(at(name)).unwrap();
        }
        let release = at("releases").join(format!("v{VERSION}"));
        fs::create_dir(&release).unwrap();
        let mut sums = String::new();
        for (_, _, target) in TARGETS {
            let name = format!("countersign-v{VERSION}-{target}");
            let inner = release.join(&name);
            fs::create_dir(&inner).unwrap();
            script(
                &inner.join("countersign"),
                &format!(
                    "printf '{{\"target\": \"{target}\", \"digest\": \"sha256:{}\"}}'",
                    "ab".repeat(32)
                ),
            );
            let archive = release.join(format!("{name}.tar.gz"));
            let status = Command::new("tar")
                .arg("-czf")
                .arg(&archive)
                .arg("-C")
                .arg(&release)
                .arg(&name)
                .status();
            assert!(status.unwrap().success());
            sums += &format!("{}  {name}.tar.gz\n", sum(&archive));
        }
        fs::write(release.join("SHA256SUMS"), sums).unwrap();
        for tool in [
            "awk",
            "bash",
            "cmp",
            "cp",
            "curl",
            "cut",
            "dirname",
            "gzip",
            "head",
            "mkdir",
            "sed",
            "sh",
            "sha256sum",
            "tar",
        ] {
            let found = Command::new("sh")
                .args(["-c", &format!("command -v {tool}")])
                .output()
                .unwrap();
            let found = String::from_utf8(found.stdout).unwrap();
            symlink(found.trim(), at("bin").join(tool)).unwrap();
        }
        let path = |name: &str| at(name).display().to_string();
        let releases = serve(at("releases"));
        let environment = BTreeMap::from([
            ("PATH", path("bin")),
            ("GITHUB_ACTION_PATH", root().display().to_string()),
            ("GITHUB_OUTPUT", path("output")),
            ("GITHUB_PATH", path("path")),
            ("RUNNER_TEMP", path("temp")),
            ("RUNNER_TOOL_CACHE", path("cache")),
            ("RUNNER_OS", "Linux".into()),
            ("RUNNER_ARCH", "X64".into()),
            ("COUNTERSIGN_RELEASES", releases.clone()),
            ("SHA256", String::new()),
        ]);
        let runner = Self {
            folder,
            releases,
            environment,
        };
        runner.gh(0);
        runner
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A `gh` that writes down what it is asked, and answers with this status.
    fn gh(&self, status: u8) {
        let text = format!(
            "printf '%s\\n' \"$@\" > {}\nexit {status}",
            self.at("asked").display()
        );
        script(&self.at("bin/gh"), &text);
    }

    fn release(&self, name: &str) -> PathBuf {
        self.at(&format!("releases/v{VERSION}/{name}"))
    }

    fn install(&self, changes: &[(&'static str, &str)]) -> Output {
        for written in ["output", "path", "asked"] {
            let _ = fs::remove_file(self.at(written));
        }
        let mut command = Command::new(self.at("bin/bash"));
        command
            .arg(root().join("action/install.sh"))
            .env_clear()
            .envs(&self.environment);
        for (name, value) in changes {
            command.env(name, value);
        }
        command.output().unwrap()
    }

    fn installs(&self, changes: &[(&'static str, &str)]) {
        let output = self.install(changes);
        assert!(output.status.success(), "{output:?}");
    }

    fn refuses(&self, why: &str, changes: &[(&'static str, &str)]) {
        let output = self.install(changes);
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("::error::") && said.contains(why), "{said}");
        assert!(!self.at("path").exists(), "nothing gets into PATH");
    }
}

fn archive(target: &str) -> String {
    format!("countersign-v{VERSION}-{target}.tar.gz")
}

#[test]
fn each_platform_gets_its_archive() {
    let runner = Runner::new();
    for (os, arch, target) in TARGETS {
        runner.installs(&[("RUNNER_OS", os), ("RUNNER_ARCH", arch)]);
        let output = fs::read_to_string(runner.at("output")).unwrap();
        let program = format!("{target}/countersign\n");
        assert!(output.contains(&program), "{output}");
        assert!(
            output.contains(&format!("digest=sha256:{}\n", "ab".repeat(32))),
            "{output}"
        );
        let path = fs::read_to_string(runner.at("path")).unwrap();
        assert!(path.trim_end().ends_with(target), "{path}");
        let asked = fs::read_to_string(runner.at("asked")).unwrap();
        let asked: Vec<_> = asked.lines().collect();
        assert!(asked[2].ends_with(&archive(target)), "{asked:?}");
        let workflow = format!("{SLUG}/.github/workflows/release.yml");
        let tag = format!("refs/tags/v{VERSION}");
        assert_eq!(asked[..2], ["attestation", "verify"]);
        assert_eq!(
            asked[3..],
            [
                "--repo",
                SLUG,
                "--signer-workflow",
                &workflow,
                "--source-ref",
                &tag,
                "--deny-self-hosted-runners"
            ]
        );
    }
    for (os, arch) in [("Windows", "X64"), ("Linux", "X86"), ("Linux", "ARM")] {
        runner.refuses(
            "Linux and macOS on X64 and ARM64",
            &[("RUNNER_OS", os), ("RUNNER_ARCH", arch)],
        );
    }
}

#[test]
fn an_archive_needs_its_sum() {
    let runner = Runner::new();
    let name = archive(TARGETS[0].2);
    let right = sum(&runner.release(&name));
    runner.installs(&[("SHA256", &right)]);
    runner.refuses("the input sha256", &[("SHA256", &"0".repeat(64))]);
    fs::remove_dir_all(runner.at("cache")).unwrap();
    fs::write(runner.release(&name), "something else").unwrap();
    runner.refuses("the sum of", &[]);
    fs::remove_file(runner.release(&name)).unwrap();
    runner.refuses("cannot download", &[]);
    fs::write(runner.release("SHA256SUMS"), "").unwrap();
    runner.refuses("does not name", &[]);
}

#[test]
fn an_archive_needs_its_provenance() {
    let runner = Runner::new();
    runner.gh(1);
    runner.refuses("has no provenance", &[]);
    fs::remove_file(runner.at("bin/gh")).unwrap();
    runner.refuses("there is no gh", &[]);
    let right = sum(&runner.release(&archive(TARGETS[0].2)));
    runner.installs(&[("SHA256", &right)]);
}

#[test]
fn a_kept_archive_is_taken_only_with_its_sum() {
    let runner = Runner::new();
    runner.installs(&[]);
    let name = archive(TARGETS[0].2);
    let released = fs::read(runner.release(&name)).unwrap();
    let kept = runner.at(&format!("cache/countersign/{VERSION}/{name}"));
    assert_eq!(fs::read(&kept).unwrap(), released);
    fs::remove_file(runner.release(&name)).unwrap();
    runner.installs(&[]);
    fs::write(&kept, "something else").unwrap();
    runner.refuses("cannot download", &[]);
    fs::write(runner.release(&name), &released).unwrap();
    runner.installs(&[]);
    assert_eq!(fs::read(&kept).unwrap(), released);
    assert!(!runner.releases.is_empty());
}

/// Runs `check.sh` with a program that writes down its arguments, and ends with a status for each command.
fn check(statuses: [u8; 2], changes: &[(&'static str, &str)]) -> (i32, Vec<Vec<String>>, String) {
    let folder = tempfile::tempdir().unwrap();
    let (program, log) = (folder.path().join("program"), folder.path().join("log"));
    let [lint, test] = statuses;
    let text = format!(
        "printf '%s\\0' \"$@\" >> {0}; printf '\\n' >> {0}\nif [ \"$1\" = lint ]; then exit {lint}; fi\nexit {test}",
        log.display()
    );
    script(&program, &text);
    let mut command = Command::new("bash");
    command
        .arg(root().join("action/check.sh"))
        .env_remove("GITHUB_STEP_SUMMARY")
        .env("PROGRAM", &program);
    for (name, value) in defaults() {
        command.env(name, value);
    }
    for (name, value) in changes {
        command.env(name, value);
    }
    let output = command.output().unwrap();
    let log = fs::read_to_string(log).unwrap_or_default();
    let calls = log.split("\0\n").filter(|call| !call.is_empty());
    let calls = calls
        .map(|call| call.split('\0').map(str::to_owned).collect())
        .collect();
    (
        output.status.code().unwrap(),
        calls,
        String::from_utf8(output.stdout).unwrap(),
    )
}

/// The variables of the second step, as `action.yml` fills them.
fn defaults() -> Vec<(String, String)> {
    let action = yaml("action.yml");
    let variables = action["runs"]["steps"][1]["env"].as_object().unwrap();
    let inputs = variables.iter().filter_map(|(name, value)| {
        let value = value.as_str().unwrap();
        let input = value.strip_prefix("${{ inputs.")?.strip_suffix(" }}")?;
        let default = action["inputs"][input]["default"].as_str().unwrap();
        Some((name.clone(), default.to_owned()))
    });
    inputs.collect()
}

#[test]
fn by_default_all_is_checked() {
    let (status, calls, _) = check([0, 0], &[]);
    assert_eq!(status, 0);
    assert_eq!(
        calls,
        [
            vec![
                "lint",
                "--format",
                "github",
                "--fail-on",
                "warning",
                "--",
                "."
            ],
            vec![
                "test",
                "--format",
                "github",
                "--coverage",
                "--threshold",
                "100",
                "--mutate",
                "--",
                "."
            ],
        ]
    );
}

/// The summary of the job keeps what other steps have written.
#[test]
fn the_tests_are_in_the_summary_of_the_job() {
    let folder = tempfile::tempdir().unwrap();
    let summary = folder.path().join("summary.md");
    fs::write(&summary, "of another step\n").unwrap();
    let program = folder.path().join("program");
    let write =
        "for one; do case $one in markdown=*) echo '1 case' > \"${one#markdown=}\";; esac; done";
    script(&program, write);
    let mut command = Command::new("bash");
    command
        .arg(root().join("action/check.sh"))
        .envs(defaults())
        .env("PROGRAM", &program)
        .env("GITHUB_STEP_SUMMARY", &summary);
    assert!(command.status().unwrap().success());
    let written = fs::read_to_string(&summary).unwrap();
    assert_eq!(written, "of another step\n1 case\n");
}

#[test]
fn inputs_switch_and_name() {
    let (_, calls, _) = check(
        [0, 0],
        &[
            ("COVERAGE", "false"),
            ("MUTATE", "false"),
            ("SARIF", "a b.sarif"),
            ("JUNIT", "j.xml"),
            ("FAIL_ON", "error"),
        ],
    );
    assert_eq!(
        calls[0][1..],
        [
            "--format",
            "github",
            "--fail-on",
            "error",
            "--format",
            "sarif=a b.sarif",
            "--",
            "."
        ]
    );
    assert_eq!(
        calls[1][1..],
        ["--format", "github", "--format", "junit=j.xml", "--", "."]
    );
    for (off, left) in [("LINT", "test"), ("TEST", "lint")] {
        let (_, calls, _) = check([0, 0], &[(off, "false")]);
        assert_eq!(calls.len(), 1);
        assert_eq!(calls[0][0], left);
    }
    for switch in ["LINT", "TEST", "COVERAGE", "MUTATE"] {
        let (status, calls, said) = check([0, 0], &[(switch, "yes")]);
        assert_eq!((status, calls.len()), (2, 0));
        assert!(said.contains("true or false"), "{said}");
    }
    let (status, _, said) = check([0, 0], &[("PATHS", " \n\n")]);
    assert_eq!(status, 2);
    assert!(said.contains("the input paths is empty"), "{said}");
}

/// The worse of both counts, and the second runs whatever the first one said.
#[test]
fn the_status_is_the_worse_one() {
    for (statuses, expected) in [
        ([0, 0], 0),
        ([1, 0], 1),
        ([0, 1], 1),
        ([1, 1], 1),
        ([2, 0], 2),
        ([1, 2], 2),
        ([2, 1], 2),
    ] {
        let (status, calls, _) = check(statuses, &[]);
        assert_eq!((status, calls.len()), (expected, 2), "{statuses:?}");
    }
}

#[test]
fn paths_arrive_as_they_are() {
    let paths = [
        "with blanks",
        "'quotes\"",
        "$(touch gone)",
        "`touch gone`",
        "-dash",
        "*",
        "a;b",
    ];
    let (_, calls, _) = check([0, 0], &[("PATHS", &paths.join("\n"))]);
    for call in calls {
        let start = call.len() - paths.len();
        assert_eq!(call[start..], paths);
        assert_eq!(call[start - 1], "--");
    }
}

/// An expression in a script would be text of that script.
#[test]
fn no_expression_stands_in_a_script() {
    let mut workflows = vec![yaml("action.yml")];
    for name in fs::read_dir(root().join(".github/workflows")).unwrap() {
        let name = name.unwrap().file_name().into_string().unwrap();
        workflows.push(yaml(&format!(".github/workflows/{name}")));
    }
    let mut scripts = 0;
    for workflow in &workflows {
        each_field(workflow, &mut |key, value| {
            if key == "run" {
                scripts += 1;
                assert!(!value.contains("${{"), "{value}");
            }
        });
    }
    assert!(scripts > 2);
}

/// The bytes of an action are those of a commit; its version is for people.
#[test]
fn every_action_is_pinned_and_nothing_is_permitted_at_the_top() {
    let folder = root().join(".github/workflows");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.push(root().join("host-runner/scaffold/countersign.yaml"));
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let workflow = host_runner::inputs::parse(&text).unwrap().remove(0);
        assert_eq!(
            workflow["permissions"],
            serde_json::json!({}),
            "{}",
            file.display()
        );
        for line in text.lines().filter(|line| line.contains("uses: ")) {
            let (_, used) = line.split_once("uses: ").unwrap();
            if used == "ACTION" || used == "$/" {
                continue;
            }
            let (commit, version) = used.split_once('@').unwrap().1.split_once(" # v").unwrap();
            assert!(
                commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()),
                "{line}"
            );
            assert!(
                version.starts_with(|digit: char| digit.is_ascii_digit()),
                "{line}"
            );
        }
    }
}

fn each_field(value: &Value, found: &mut impl FnMut(&str, &str)) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                if let Some(text) = value.as_str() {
                    found(key, text);
                }
                each_field(value, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| each_field(item, found)),
        _ => {}
    }
}

/// The hooks take the files that `init` writes, by the program of this version.
#[test]
fn hooks_are_of_this_version() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let mut ids = Vec::new();
    for hook in hooks.as_array().unwrap() {
        let text = |key: &str| hook[key].as_str().unwrap();
        let mut keys: Vec<_> = hook
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        keys.sort_unstable();
        assert_eq!(
            keys,
            [
                "description",
                "entry",
                "files",
                "id",
                "language",
                "name",
                "require_serial",
                "types"
            ]
        );
        ids.push(text("id"));
        let (program, verb) = text("entry").split_once(' ').unwrap();
        assert!(["lint", "test"].contains(&verb));
        match text("language") {
            "docker_image" => assert_eq!(program, format!("ghcr.io/{SLUG}:{VERSION}")),
            "system" => assert_eq!(program, "countersign"),
            other => panic!("{other}"),
        }
    }
    assert_eq!(
        ids,
        [
            "countersign-lint",
            "countersign-test",
            "countersign-lint-system",
            "countersign-test-system"
        ]
    );
}

/// zizmor knows what is dangerous in workflows.
#[test]
fn zizmor_finds_nothing() {
    if !can_run("zizmor", "--version") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let workflows = folder.path().join(".github/workflows");
    fs::create_dir_all(&workflows).unwrap();
    let starter = fs::read_to_string(root().join("host-runner/scaffold/countersign.yaml")).unwrap();
    let pinned = format!("{SLUG}@{} # v{VERSION}", "0123456789".repeat(4));
    fs::write(
        workflows.join("starter.yml"),
        starter.replace("ACTION", &pinned),
    )
    .unwrap();
    for file in fs::read_dir(root().join(".github/workflows")).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), workflows.join(file.file_name())).unwrap();
    }
    fs::copy(root().join("action.yml"), folder.path().join("action.yml")).unwrap();
    let output = Command::new("zizmor")
        .args(["--offline", "--no-progress", "--color=never"])
        .arg(folder.path())
        .output();
    let output = output.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
