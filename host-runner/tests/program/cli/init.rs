//! `init`: a policy to begin with, and nothing that was there before is lost.

use std::fs;
use std::path::Path;

use crate::program::{file, run};

const FILES: [&str; 3] = [
    "policy.yaml",
    "tests.yaml",
    ".github/workflows/countersign.yaml",
];

const KEY: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEpW5z0WPTBWzTkXgTKfUVPUaMbJC/
8mD4rpJyymP6aswUQNyTLLC6k9BJ/u1KDUP3auKVRKpW0I6ceMx1WHcNMw==
-----END PUBLIC KEY-----
";

const POD: &str = "{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: production}, spec: {containers: \
    [{name: web, image: 'registry.example/shop/web@sha256:\
    2222222222222222222222222222222222222222222222222222222222222222'}]}}";

fn init(folder: &Path, options: &str, status: i32) -> (String, String) {
    run(&format!("init {} {options}", folder.display()), "", status)
}

/// Runs the commands that it prints as next steps.
#[test]
fn a_starter_passes_what_its_workflow_demands() {
    let (folder, key) = file("build.pub", KEY);
    let folder = folder.path().join("new/policy");
    let options = format!("--attestor build={} --namespace production", key.display());
    let (stdout, stderr) = init(&folder, &options, 0);
    assert_eq!(stderr, "");
    let shown = folder.display().to_string();
    for name in FILES {
        assert!(
            stdout.contains(&format!("wrote {shown}/{name}\n")),
            "{stdout}"
        );
    }
    let next: Vec<_> = stdout
        .lines()
        .filter_map(|line| line.strip_prefix("  countersign "))
        .collect();
    assert_eq!(next.len(), 4, "{stdout}");
    // The action of the workflow lints and tests like this by default.
    assert!(
        next[0].starts_with("lint ") && next[1].starts_with("test "),
        "{stdout}"
    );
    assert!(next[1].ends_with("--coverage --mutate"), "{stdout}");
    // The key of this test is a public one.
    run(&format!("{} --allow lint-public-test-key", next[0]), "", 0);
    run(&format!("{} --threshold 100", next[1]), "", 0);
    // The folder stands for a cluster without attestations, so the image is denied for the lack of one.
    let made = stdout
        .lines()
        .find_map(|line| line.strip_prefix("  mkdir "));
    fs::create_dir(made.unwrap()).unwrap();
    let (evaluated, _) = run(&next[2].replace("MANIFESTS", "-"), POD, 1);
    assert!(
        evaluated.contains("no-valid-attestation: ") && evaluated.contains("--why-not"),
        "{evaluated}"
    );
    run(next[3], "", 0);
}

/// An identity as a user of GitHub Actions has it, under the public instance.
#[test]
fn a_keyless_starter_is_tested_completely() {
    let folder = tempfile::tempdir().unwrap();
    let root = |name: &str| format!("tests/core/vectors/sigstore/published/{name}.json");
    let several = folder.path().join("roots.json");
    let texts = ["public-good", "github"].map(|name| read(&root(name)).replace('\n', ""));
    fs::write(&several, texts.join("\n")).unwrap();
    let several = several.display();
    let folder = folder.path().join("new");
    let workflow = "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/*";
    let of = |root: &str| format!("--trusted-root {root} --identity release={workflow}");
    let (_, stderr) = init(&folder, &of(&several.to_string()), 2);
    assert!(
        stderr.contains("the trusted roots `public-good`, `github`; choose one"),
        "{stderr}"
    );
    let (_, stderr) = init(&folder, &of("missing.json"), 2);
    assert!(stderr.contains("cannot read `missing.json`"), "{stderr}");
    let (_, stderr) = init(&folder, &format!("--identity release={workflow}"), 2);
    assert!(stderr.contains("--trusted-root"), "{stderr}");
    for (root, options) in [
        (root("public-good"), ""),
        (format!("github={several}"), "--force"),
    ] {
        init(&folder, &format!("{options} {}", of(&root)), 0);
        let suite = folder.join("tests.yaml");
        let test = format!(
            "test {} --coverage --threshold 100 --mutate",
            suite.display()
        );
        run(&test, "", 0);
    }
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new("..").join(path)).unwrap()
}

#[test]
fn what_is_there_is_not_replaced_and_all_of_it_is_named() {
    let (folder, path) = file("tests.yaml", "mine");
    let folder = folder.path();
    fs::create_dir_all(folder.join(".github/workflows")).unwrap();
    // Also a link that leads nowhere is there.
    let workflow = folder.join(FILES[2]);
    std::os::unix::fs::symlink("nowhere", &workflow).unwrap();
    let (stdout, stderr) = init(folder, "", 2);
    assert_eq!(stdout, "");
    for path in [&path, &workflow] {
        assert!(
            stderr.contains(&format!("`{}`", path.display())),
            "{stderr}"
        );
    }
    assert!(
        stderr.contains("nothing was written") && stderr.contains(" exist; overwrite with --force"),
        "{stderr}"
    );
    assert!(!folder.join("policy.yaml").exists());
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    fs::remove_file(&workflow).unwrap();
    init(folder, "--force", 0);
    assert!(fs::read_to_string(&path).unwrap().contains("PolicySuite"));
    assert!(FILES.iter().all(|name| folder.join(name).exists()));
}

/// A file that cannot be written keeps the others from being written, too.
#[test]
fn all_is_written_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::create_dir(folder.join("tests.yaml")).unwrap();
    fs::write(folder.join("policy.yaml"), "mine").unwrap();
    let (_, stderr) = init(folder, "--force", 2);
    assert!(stderr.contains("nothing was written, because "), "{stderr}");
    let policy = fs::read_to_string(folder.join("policy.yaml")).unwrap();
    assert_eq!(policy, "mine");
    assert!(!folder.join(FILES[2]).exists());
}

#[test]
fn short_names_of_docker_hub_that_no_pattern_covers_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (_, stderr) = init(&folder.join("a"), "--registry docker.io/library/*", 0);
    assert!(
        stderr.contains("such as `docker.io/library/web`"),
        "{stderr}"
    );
    let (_, stderr) = init(&folder.join("b"), "--registry docker.io/shop/**", 0);
    assert_eq!(stderr, "");
    let policy = fs::read_to_string(folder.join("b/policy.yaml")).unwrap();
    assert!(policy.contains("namePattern: shop/**"), "{policy}");
}

#[test]
fn nothing_is_written_from_what_cannot_be() {
    let (folder, key) = file("build.pem", &KEY.replace("PUBLIC", "PRIVATE"));
    let folder = folder.path().join("new");
    for (options, why) in [
        (
            format!("--attestor build={}", key.display()),
            "this is a private key",
        ),
        (
            "--attestor build=missing.pub".to_owned(),
            "cannot read `missing.pub`",
        ),
        (
            format!("--attestor build={} --registry r.example/**", key.display()),
            "`r.example/**` cannot be demanded together with attestors: a directory is needed",
        ),
        ("--registry r.example/a".to_owned(), "use `r.example/a/**`"),
        (
            "--registry r.example/a/** --registry r.example/a/b/**".to_owned(),
            "`r.example/a/**` already covers `r.example/a/b/**`",
        ),
        (
            "--attestor projects/a]/attestors/x=build.pub".to_owned(),
            "is neither of the form projects/PROJECT/attestors/NAME nor a NAME alone",
        ),
        (
            "--namespace A".to_owned(),
            "expected the name of a namespace",
        ),
    ] {
        let (stdout, stderr) = init(&folder, &options, 2);
        assert!(stdout.is_empty() && stderr.contains(why), "{stderr}");
        assert!(!folder.exists());
    }
}
