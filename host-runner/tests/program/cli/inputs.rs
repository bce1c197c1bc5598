//! Input that is not quite what the program reads: one bad object among many, files for other
//! programs, files in another form.

use std::fs;
use std::path::Path;

use crate::program::{file, root, run};

const PIPELINE: &str = "evaluate --settings policies/pipeline/policy.yaml";
const AUDIT: &str = "audit --settings policies/pipeline/policy.yaml";

fn pod(name: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: development}}\n\
         spec: {{containers: [{{name: a, image: registry.example/shop/web:1}}]}}\n"
    )
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// kubectl creates the items of an object of any kind, and leaves out the object itself.
#[test]
fn whatever_has_items_is_its_items_and_an_error_where_it_is_something_itself() {
    let evil = r#"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "evil", "namespace": "production"},
        "spec": {"containers": [{"name": "a", "image": "registry.example/shop/web:1"}]}}"#;
    for kind in ["Secret", "ConfigMap", "Service", "DeploymentList"] {
        for text in [
            format!(r#"{{"apiVersion": "v1", "kind": "{kind}", "items": [{evil}]}}"#),
            format!(r#"{{"items": [{evil}], "kind": "{kind}", "apiVersion": "v1"}}"#),
        ] {
            let (stdout, _) = run(&format!("{PIPELINE} -"), &text, 1);
            assert!(stdout.contains("0 admitted, 1 denied"), "{stdout}");
            run(&format!("{AUDIT} -"), &text, 1);
        }
    }
    let good = pod("good");
    let review =
        "apiVersion: admission.k8s.io/v1\nkind: AdmissionReview\nrequest: {operation: DELETE}\n";
    for (text, kind) in [(good.as_str(), "Pod"), (review, "AdmissionReview")] {
        for text in [
            format!("{text}items: [{evil}]\n"),
            format!("items: [{evil}]\n{text}"),
        ] {
            for command in [
                PIPELINE,
                AUDIT,
                "explain --settings policies/pipeline/policy.yaml",
            ] {
                let (_, stderr) = run(&format!("{command} -"), &text, 2);
                assert!(
                    stderr.contains(&format!("the {kind} also has `items`")),
                    "{stderr}"
                );
            }
        }
    }
}

#[test]
fn one_object_that_cannot_be_read_hides_no_answer() {
    let (folder, _) = file("a.yaml", &pod("first"));
    write(
        folder.path(),
        "b.yaml",
        &format!("{}---\na: [\n---\n{}", pod("second"), pod("third")),
    );
    write(
        folder.path(),
        "c.json",
        "{\"kind\": \"Pod\", \"kind\": \"Pod\", \"apiVersion\": \"v1\"}",
    );
    write(
        folder.path(),
        "d.yaml",
        "apiVersion: v1\nkind: List\nitems: [1, {apiVersion: v1}]\n",
    );
    let path = folder.path().display().to_string();
    for command in [PIPELINE, AUDIT] {
        let (stdout, stderr) = run(&format!("{command} {path}"), "", 2);
        let count = if command == AUDIT {
            "3 objects: 3 admitted"
        } else {
            "3 admitted, 0 denied"
        };
        assert!(stdout.contains(count), "{stdout}");
        let errors: Vec<_> = stderr.lines().collect();
        let expected = [
            "b.yaml`: not valid YAML: ",
            "c.json`: not valid JSON: duplicate key `kind`",
            "d.yaml`: items[0]: an item of the list is not an object",
            "d.yaml`: items[1]: expected an object with `apiVersion` and `kind`",
        ];
        assert_eq!(errors.len(), expected.len(), "{stderr}");
        for (error, expected) in errors.iter().zip(expected) {
            assert!(
                error.starts_with("error: `") && error.contains(expected),
                "{error}"
            );
        }
    }
    let (stdout, _) = run(&format!("{PIPELINE} --format json {path}"), "", 2);
    let report: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(report["objects"].as_array().unwrap().len(), 3);
    assert!(report["summary"]["failed"].as_u64() > Some(0), "{stdout}");
}

#[test]
fn a_file_that_cannot_be_read_hides_no_finding() {
    let (folder, _) = file("bad.yaml", "a: [\n");
    fs::write(folder.path().join("utf16.yaml"), b"\xff\xfea\0:\0 \0x\0").unwrap();
    let path = folder.path().display();
    let lint = "lint --allow lint-public-test-key";
    let (stdout, stderr) = run(
        &format!("{lint} {path} policies/pipeline/policy.yaml"),
        "",
        2,
    );
    assert!(
        stdout.contains("document-malformed") && stdout.contains("1 document: 1 error"),
        "{stdout}"
    );
    assert!(stderr.contains("utf16.yaml`: it is UTF-16"), "{stderr}");
}

#[test]
fn files_for_other_programs_are_skipped_with_a_note() {
    let (folder, _) = file("pod.yaml", &pod("a"));
    for (name, text) in [
        (
            "kustomization.yaml",
            "resources: [pod.yaml]\nimages: [{name: web, newTag: v2}]\n",
        ),
        (
            "flux.yaml",
            "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec: {images: []}\n",
        ),
        (".git/refs/heads/a.yaml", "0123456789abcdef"),
        ("web/node_modules/x/package.json", "{\"name\": \"x\"}"),
        (
            "chart/Chart.yaml",
            "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        ),
        (
            "chart/values.yaml",
            "image: {repository: registry.example/shop/web, tag: v1}\n",
        ),
        (
            "chart/templates/pod.yaml",
            "{{- if .Values.on }}\nkind: Pod\n{{- end }}\n",
        ),
        (
            "route.yaml",
            "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nspec: {rules: []}\n",
        ),
        (
            "monitor.yaml",
            "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nspec: {endpoints: []}\n",
        ),
        (
            "config.yaml",
            "apiVersion: v1\nkind: ConfigMap\ndata: {image: x}\n",
        ),
    ] {
        write(folder.path(), name, text);
    }
    let path = folder.path().display().to_string();
    let (stdout, stderr) = run(&format!("{PIPELINE} {path}"), "", 0);
    assert!(stdout.contains("1 admitted, 0 denied"), "{stdout}");
    let notes = stderr.replace(&format!("{path}/"), "");
    assert_eq!(
        notes,
        "note: skipped 2 directories of tools: `.git`, `web/node_modules`\n\
         note: skipped 1 template of a Helm chart; use the output of `helm template`: `chart/templates/pod.yaml`\n\
         note: skipped 3 files without Kubernetes objects: `chart/Chart.yaml`, `chart/values.yaml`, `kustomization.yaml`\n\
         note: skipped 3 objects without images, of kinds that the policy does not read: HTTPRoute, \
         Kustomization, ServiceMonitor (evaluate with --strict-kinds)\n\
         note: skipped 1 object without images: ConfigMap\n"
    );
    let (stdout, _) = run(&format!("{AUDIT} {path}"), "", 0);
    assert!(stdout.contains("1 object: 1 admitted"), "{stdout}");
    let (stdout, stderr) = run(&format!("{PIPELINE} --strict-kinds {path}"), "", 1);
    assert!(stdout.contains("1 admitted, 3 denied"), "{stdout}");
    assert!(
        stderr.contains("skipped 1 object without images: ConfigMap"),
        "{stderr}"
    );
    // In a file that the user names, a missing kind is a mistake.
    let (_, stderr) = run(&format!("{PIPELINE} {path}/chart/values.yaml"), "", 2);
    assert!(
        stderr.contains("expected an object with `apiVersion` and `kind`"),
        "{stderr}"
    );
}

#[test]
fn a_kind_that_is_not_read_is_skipped_in_manifests_and_denied_in_requests() {
    let object =
        r#"{"apiVersion": "cert-manager.io/v1", "kind": "Certificate", "metadata": {"name": "a"}}"#;
    let (_, stderr) = run(&format!("{PIPELINE} -"), object, 2);
    assert!(
        stderr.contains("Certificate (evaluate with --strict-kinds")
            && stderr.contains("nothing to evaluate"),
        "{stderr}"
    );
    let request = format!(
        r#"{{"uid": "u", "kind": {{"group": "cert-manager.io", "version": "v1", "kind": "Certificate"}},
           "namespace": "a", "operation": "CREATE", "userInfo": {{}}, "object": {object}}}"#
    );
    let (stdout, _) = run(&format!("{PIPELINE} -"), &request, 1);
    assert!(stdout.contains("unsupported-object-kind"), "{stdout}");
    // An object that may run images is evaluated, whatever its kind.
    let fleet = "apiVersion: e.com/v1\nkind: Fleet\nspec: {template: {spec: {containers: []}}}\n";
    let (stdout, _) = run(&format!("{PIPELINE} -"), fleet, 1);
    assert!(stdout.contains("unsupported-object-kind"), "{stdout}");
}

#[test]
fn files_in_another_form_are_recognised() {
    let google =
        "defaultAdmissionRule: {evaluationMode: ALWAYS_DENY}\nglobalPolicyEvaluationMode: ENABLE\n";
    let manifest = "apiVersion: policies.kubewarden.io/v1\nkind: ClusterAdmissionPolicy\nspec: {settings: {}}\n";
    let cnrm = "apiVersion: binaryauthorization.cnrm.cloud.google.com/v1beta1\nkind: BinaryAuthorizationPolicy\n";
    let terraform = r#"{"format_version": "1.0", "terraform_version": "1.9.8", "values": {}}"#;
    let table =
        "NAME   NOTE                    NUM_PUBLIC_KEYS\nbuild  projects/p/notes/build  1\n";
    let (_folder, pod) = file("pod.yaml", &pod("a"));
    let pod = pod.display();
    for (text, words) in [
        (
            google.to_owned(),
            "convert it with `countersign import --policy`",
        ),
        (
            format!("{manifest}---\n{manifest}"),
            "several Kubewarden policies",
        ),
        (
            cnrm.to_owned(),
            "countersign import --from config-connector",
        ),
        (terraform.to_owned(), "`terraform show -json`"),
        (table.to_owned(), "--format=json"),
    ] {
        let (_, stderr) = run(&format!("evaluate --settings - {pod}"), &text, 2);
        assert!(
            stderr.starts_with("error: `<stdin>` ") && stderr.contains(words),
            "{stderr}"
        );
    }
    for (text, words) in [(terraform, "`terraform show -json`"), (table, "-o json")] {
        let (_, stderr) = run(&format!("{PIPELINE} -"), text, 2);
        assert!(stderr.contains(words), "{stderr}");
    }
    for (text, words) in [
        (cnrm, "Config Connector"),
        (terraform, "terraform"),
        (table, "--format=json"),
    ] {
        let (_, stderr) = run("import --policy -", text, 2);
        assert!(stderr.contains(words), "{stderr}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_out_of_a_folder_is_not_followed() {
    use std::os::unix::fs::symlink;
    let (outside, secret) = file("secret.yaml", "policy: {a: 1, hunter2: [\n");
    let target = outside.path().join("policy.yaml");
    let fixable = fs::read_to_string(root().join("policies/pipeline/policy.yaml")).unwrap();
    fs::write(&target, &fixable).unwrap();
    let (folder, _) = file("pod.yaml", &pod("a"));
    symlink(&secret, folder.path().join("out.yaml")).unwrap();
    symlink(&target, folder.path().join("policy.yaml")).unwrap();
    let path = folder.path().display();
    let (stdout, stderr) = run(&format!("{PIPELINE} {path}"), "", 0);
    assert!(stdout.contains("1 admitted"), "{stdout}");
    assert!(
        stderr.contains("skipped 2 links to a file outside the directory"),
        "{stderr}"
    );
    let (stdout, stderr) = run(&format!("lint --fix {path}"), "", 2);
    assert!(
        !format!("{stdout}{stderr}").contains("hunter2"),
        "{stdout}{stderr}"
    );
    assert_eq!(fs::read_to_string(&target).unwrap(), fixable);
}

#[test]
fn a_suite_names_no_file_outside_of_the_folder() {
    let (_outside, secret) = file("secret.yaml", "hunter2: [\n");
    let (folder, suite) = file("tests.yaml", "");
    fs::copy(
        root().join("policies/pipeline/policy.yaml"),
        folder.path().join("policy.yaml"),
    )
    .unwrap();
    let text = format!(
        "apiVersion: countersign.dev/v1\nkind: PolicySuite\nsettings: policy.yaml\n\
         time: 2026-01-31T12:00:00Z\n\
         cases: [{{name: a, request: {{file: {}}}, expect: denied}}]\n",
        secret.display()
    );
    fs::write(&suite, text).unwrap();
    for given in [folder.path(), &suite] {
        let (stdout, stderr) = run(&format!("test {}", given.display()), "", 2);
        assert!(stderr.contains("is outside `"), "{stderr}");
        assert!(!format!("{stdout}{stderr}").contains("hunter2"), "{stderr}");
    }
}

#[test]
fn a_private_key_is_never_shown() {
    let key = "-----BEGIN PRIVATE KEY-----\nhunter2AAAA\n-----END PRIVATE KEY-----\n";
    let (folder, path) = file("key.pem", key);
    let indented = key.replace('\n', "\n  ");
    let in_yaml = format!("apiVersion: countersign.dev/v1\nkind: |\n  {indented}\nb: 1\nb: 2\n");
    let yaml = folder.path().join("key.yaml");
    fs::write(&yaml, in_yaml).unwrap();
    let settings = folder.path().join("settings.yaml");
    fs::write(&settings, format!("policy: |\n  {indented}\n")).unwrap();
    for path in [&path, &yaml, &settings] {
        for command in [
            format!("test {}", path.display()),
            format!("lint {}", path.display()),
            format!("lint --format json {}", path.display()),
            format!("lint --format junit {}", path.display()),
            format!("lint --format sarif {}", path.display()),
            format!("lint --format github {}", path.display()),
            format!("{PIPELINE} {}", path.display()),
            format!(
                "evaluate --settings {} policies/pipeline/fixtures",
                path.display()
            ),
            format!("import --policy {}", path.display()),
        ] {
            let output = crate::program::countersign(&command, "");
            assert_ne!(output.status.code(), Some(0), "{command}");
            for shown in [output.stdout, output.stderr] {
                let shown = String::from_utf8(shown).unwrap();
                assert!(!shown.contains("hunter2"), "{command}\n{shown}");
            }
        }
    }
}

#[test]
fn an_output_never_replaces_what_is_read() {
    let policy = fs::read_to_string(root().join("policies/pipeline/policy.yaml")).unwrap();
    let (folder, settings) = file("s.yaml", &policy);
    let pod_file = folder.path().join("pod.json");
    fs::write(&pod_file, "{\"apiVersion\": \"v1\", \"kind\": \"Pod\"}").unwrap();
    let (dir, s, p) = (
        folder.path().display(),
        settings.display(),
        pod_file.display(),
    );
    for command in [
        format!("lint --format json={s} {s}"),
        format!("lint --format json={dir}/./s.yaml {dir}"),
        format!("audit --settings {s} --format json={p} {p}"),
        format!("evaluate --settings {s} --kubernetes policies --record {s} {p}"),
        format!("evaluate --settings {s} --kubernetes policies --record {p} {dir}"),
        format!("explain --settings {s} --kubernetes policies --record {s} {p}"),
        format!("diff {s} {s} --format json={s} {p}"),
        format!("bench --settings {s} --save {s} {p}"),
        format!("export kubewarden --settings {s} --output {s} --force"),
        format!("import --policy {s} --output {s} --force"),
    ] {
        let (stdout, stderr) = run(&command, "", 2);
        assert_eq!(stdout, "", "{command}");
        assert!(stderr.contains(" input"), "{command}\n{stderr}");
        assert_eq!(fs::read_to_string(&settings).unwrap(), policy, "{command}");
    }
    // Another run replaces the report of the one before.
    for _ in 0..2 {
        let lint = "lint --allow lint-public-test-key";
        run(&format!("{lint} --format json={dir}/l.json {dir}"), "", 0);
    }
    assert!(
        fs::read_to_string(folder.path().join("l.json"))
            .unwrap()
            .contains("LintReport")
    );
}

#[test]
fn an_output_replaces_no_fixture_no_configuration_and_no_private_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let policy = fs::read_to_string(root().join("policies/pipeline/policy.yaml")).unwrap();
    let suite = "apiVersion: countersign.dev/v1\nkind: PolicySuite\nsettings: policy.yaml\n\
                 time: 2026-01-31T12:00:00Z\ncases: [{name: a, request: {file: pod.yaml}, expect: admitted}]\n";
    let key = "text\n-----BEGIN EC PRIVATE KEY-----\nc2VjcmV0\n-----END EC PRIVATE KEY-----\n";
    let config =
        "apiVersion: countersign.dev/v1\nkind: LintConfig\nseverity: {lint-dry-run: allow}\n";
    let before = [
        ("policy.yaml", policy.as_str()),
        ("pod.yaml", &pod("a")),
        ("tests.yaml", suite),
        ("key.pem", key),
        ("countersign-lint.yaml", config),
    ];
    for (name, text) in before {
        write(path, name, text);
    }
    for (arguments, problem) in [
        ("test --format json=pod.yaml tests.yaml", "is an input"),
        ("test --format json=policy.yaml tests.yaml", "is an input"),
        (
            "lint --format json=countersign-lint.yaml policy.yaml",
            "is an input",
        ),
        (
            "lint --format json=key.pem policy.yaml",
            "contains a private key",
        ),
        (
            "test --format junit=key.pem tests.yaml",
            "contains a private key",
        ),
    ] {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_countersign"))
            .args(arguments.split(' '))
            .current_dir(path)
            .env_clear()
            .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments}\n{stderr}");
        assert!(stderr.contains(problem), "{arguments}\n{stderr}");
        for (name, text) in before {
            assert_eq!(
                fs::read_to_string(path.join(name)).unwrap(),
                text,
                "{arguments}"
            );
        }
    }
}
