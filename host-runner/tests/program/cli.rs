//! The program as a user runs it: arguments in; output, errors and exit status out.

mod attest;
mod audit;
mod bundles;
mod describe;
mod export;
mod html;
mod import;
mod indexes;
mod init;
mod inputs;
mod platform;
mod predicate_types;
mod printable;
mod scaffold;
mod yaml;

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::program::{countersign, file, root, run};

const PIPELINE: &str = "evaluate --settings policies/pipeline/policy.yaml";
const ALLOWLIST: &str = "evaluate --settings policies/registry-allowlist/policy.yaml";

fn fixture(name: &str) -> String {
    std::fs::read_to_string(root().join("policies/pipeline/fixtures").join(name)).unwrap()
}

#[test]
fn the_digest_of_the_module_is_printed_when_it_is_asked_for() {
    let fixtures = "policies/pipeline/fixtures";
    let (stdout, _) = run(&format!("{PIPELINE} --verbose {fixtures}"), "", 1);
    assert!(stdout.contains(" denied (module sha256:"), "{stdout}");
}

#[test]
fn a_folder_is_evaluated_image_by_image() {
    let (stdout, stderr) = run(&format!("{PIPELINE} policies/pipeline/fixtures"), "", 1);
    for line in [
        "denied  Deployment production/web  policies/pipeline/fixtures/production-unsigned.yaml",
        "admitted  Deployment production/web  policies/pipeline/fixtures/production-signed.yaml",
        "admitted  Deployment development/web  policies/pipeline/fixtures/development-unsigned.yaml",
        "admitted by dry run  Deployment preview/web  policies/pipeline/fixtures/preview-unsigned.yaml",
        "    ✗ attestor projects/example/attestors/build",
        "warning[dry-run]: not attested by build, qa and canary [no-valid-attestation]: web admitted",
        "4 admitted, 2 denied\n",
    ] {
        assert!(stdout.contains(line), "lacks {line:?}:\n{stdout}");
    }
    assert_eq!(stderr, "");
    assert!(!stdout.contains('\x1b'), "no colour outside of a terminal");
}

#[test]
fn both_embedded_modules_answer_alike() {
    let answers: Vec<_> = ["wapc", "wasi"]
        .iter()
        .map(|abi| {
            let arguments =
                format!("{PIPELINE} --abi {abi} --format json policies/pipeline/fixtures");
            let report: Value = serde_json::from_str(&run(&arguments, "", 1).0).unwrap();
            // The modules have different digests.
            report["objects"].clone()
        })
        .collect();
    assert_eq!(answers[0], answers[1]);
}

#[test]
fn exit_status_is_0_when_everything_is_admitted() {
    run(
        &format!("{PIPELINE} policies/pipeline/fixtures/production-signed.yaml"),
        "",
        0,
    );
}

#[test]
fn json_is_one_document_for_one_object_and_for_several() {
    let one = run(
        &format!("{PIPELINE} --format json policies/pipeline/fixtures/qa-built.yaml"),
        "",
        0,
    )
    .0;
    let one: Value = serde_json::from_str(&one).unwrap();
    let object = &one["objects"][0];
    assert_eq!(object["decision"]["kind"], "Decision");
    assert_eq!(object["allowed"], true);
    assert_eq!(object["object"], "Deployment qa/web");
    assert_eq!(one["objects"].as_array().unwrap().len(), 1);
    let two = format!(
        "{}---\n{}",
        fixture("qa-built.yaml"),
        fixture("production-unsigned.yaml")
    );
    let two: Value =
        serde_json::from_str(&run(&format!("{PIPELINE} --format json -"), &two, 1).0).unwrap();
    assert_eq!(two["kind"], one["kind"]);
    let summary = serde_json::json!({"objects": 2, "admitted": 1, "denied": 1, "failed": 0});
    assert_eq!(two["summary"], summary);
}

#[test]
fn an_admission_review_is_answered_with_one() {
    let pod = r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x"},
        "spec":{"containers":[{"name":"a","image":"nginx"}]}}"#;
    let request = format!(
        r#"{{"uid":"abc","kind":{{"group":"","version":"v1","kind":"Pod"}},"operation":"CREATE",
            "namespace":"default","object":{pod}}}"#
    );
    let review = format!(
        r#"{{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{request}}}"#
    );
    for input in [request, review] {
        let (stdout, _) = run(
            &format!("{ALLOWLIST} --format admission-review -"),
            &input,
            1,
        );
        let answers: Value = serde_json::from_str(&stdout).unwrap();
        let answer = &answers[0];
        assert_eq!(answer["kind"], "AdmissionReview");
        assert_eq!(answer["response"]["uid"], "abc");
        assert_eq!(answer["response"]["allowed"], false);
        assert_eq!(answer["response"]["status"]["code"], 403);
        let message = answer["response"]["status"]["message"].as_str().unwrap();
        let expected = "denied: the image does not meet the policy\n  a (nginx):\n    not on the ";
        assert!(message.starts_with(expected), "{message}");
    }
}

#[test]
fn google_s_evaluation_response_is_made_from_the_decision() {
    let evaluate = |file: &str, status| {
        let arguments = format!("{PIPELINE} --format gke policies/pipeline/fixtures/{file}");
        let (stdout, stderr) = run(&arguments, "", status);
        let responses: Value = serde_json::from_str(&stdout).unwrap();
        (responses[0].clone(), stderr)
    };
    let (denied, stderr) = evaluate("production-unsigned.yaml", 1);
    assert_eq!(denied["verdict"], "NON_CONFORMANT");
    let pod = &denied["results"][0];
    assert_eq!(pod["podName"], "web");
    assert_eq!(pod["kubernetesNamespace"], "production");
    assert_eq!(pod["verdict"], "NON_CONFORMANT");
    let image = &pod["imageResults"][0];
    assert_eq!(image["verdict"], "NON_CONFORMANT");
    let explanation = image["explanation"].as_str().unwrap();
    assert!(
        explanation.starts_with("No trusted key has signed this digest"),
        "{explanation}"
    );
    assert_eq!(stderr, "");
    // The verdict is what was found, whatever a dry run makes of it.
    assert_eq!(
        evaluate("preview-unsigned.yaml", 0).0["verdict"],
        "NON_CONFORMANT"
    );
    let all = run(
        &format!("{PIPELINE} --format gke policies/pipeline/fixtures"),
        "",
        1,
    );
    let all: Value = serde_json::from_str(&all.0).unwrap();
    assert_eq!(all.as_array().unwrap().len(), 6);
}

#[test]
fn what_concerns_the_whole_request_is_told_beside_the_response() {
    let (stdout, stderr) = run(
        &format!("{PIPELINE} --strict-kinds --format gke -"),
        "{\"apiVersion\": \"e.com/v1\", \"kind\": \"Fleet\"}",
        1,
    );
    let response: Value = serde_json::from_str(&stdout).unwrap();
    let expected = serde_json::json!([{"verdict": "NON_CONFORMANT", "results": []}]);
    assert_eq!(response, expected);
    assert!(
        stderr.starts_with("note: Fleet default\n  unsupported-object-kind: "),
        "{stderr}"
    );
}

#[test]
fn a_list_is_evaluated_item_by_item() {
    let pod = |image: &str| {
        format!(
            r#"{{"metadata":{{"name":"x"}},"spec":{{"containers":[{{"name":"a","image":"{image}"}}]}}}}"#
        )
    };
    let list = format!(
        r#"{{"apiVersion":"v1","kind":"PodList","items":[{},{}]}}"#,
        pod("nginx"),
        pod("registry.example/a")
    );
    let (stdout, _) = run(&format!("{ALLOWLIST} -"), &list, 1);
    assert!(stdout.contains("1 admitted, 1 denied"), "{stdout}");
}

#[test]
fn the_namespace_is_the_one_given_else_the_manifests_else_default() {
    let pod = "{apiVersion: v1, kind: Pod, metadata: {name: x}, spec: {containers: [{name: a, image: a/b}]}}";
    let pod = format!("# YAML\n{pod}");
    assert!(
        run(&format!("{PIPELINE} -"), &pod, 1)
            .0
            .contains("Pod default/x")
    );
    assert!(
        run(&format!("{PIPELINE} --namespace development -"), &pod, 0)
            .0
            .contains("Pod development/x")
    );
    let (stdout, stderr) = run(
        &format!("{PIPELINE} --namespace development -"),
        &fixture("qa-built.yaml"),
        1,
    );
    assert!(
        stdout.contains("undecodable-object"),
        "kubectl refuses this too: {stdout}"
    );
    assert!(
        stderr
            .contains("--namespace does not replace the namespace `qa` of `<stdin>`: leave it out"),
        "{stderr}"
    );
}

#[test]
fn objects_without_images_are_skipped_and_named() {
    let manifests = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\n---\n{}",
        fixture("qa-built.yaml")
    );
    let (stdout, stderr) = run(&format!("{PIPELINE} -"), &manifests, 0);
    assert!(stdout.contains("1 admitted, 0 denied"), "{stdout}");
    assert!(
        stderr.contains("note: skipped 1 object without images: ConfigMap\n"),
        "{stderr}"
    );
    let (_, stderr) = run(
        &format!("{PIPELINE} -"),
        "{apiVersion: v1, kind: Secret}",
        2,
    );
    assert!(stderr.contains("nothing to evaluate"), "{stderr}");
}

/// The author of a manifest must not choose what is evaluated in its place.
#[test]
fn a_manifest_is_a_manifest_whatever_other_keys_it_has() {
    let pod = fixture("production-unsigned.yaml");
    for extra in ["request: {operation: DELETE}\n", "operation: DELETE\n"] {
        let (stdout, _) = run(&format!("{PIPELINE} -"), &format!("{pod}{extra}"), 1);
        assert!(
            stdout.contains("denied  Deployment production/web"),
            "{extra}{stdout}"
        );
    }
    // To kubectl it is a list then.
    let (stdout, stderr) = run(&format!("{PIPELINE} -"), &format!("{pod}items: []\n"), 2);
    assert!(
        stdout.is_empty() && stderr.contains("also has `items`"),
        "{stderr}"
    );
}

#[test]
fn an_item_of_a_list_is_a_manifest_whatever_is_in_the_place_of_its_kind() {
    let spec = r#""metadata":{"name":"x"},"spec":{"containers":[{"name":"a","image":"nginx"}]}"#;
    let request = r#""request":{"operation":"DELETE","kind":{"kind":"Pod"}}"#;
    for kind in ["null", "{\"kind\":\"x\"}", "\"\"", "5"] {
        let item = format!(r#"{{"kind":{kind},"operation":"DELETE",{request},{spec}}}"#);
        let list = format!(r#"{{"apiVersion":"v1","kind":"PodList","items":[{item}]}}"#);
        let (stdout, _) = run(&format!("{ALLOWLIST} -"), &list, 1);
        assert!(stdout.contains("denied  Pod default/x"), "{kind}: {stdout}");
        // An untyped list says nothing about its items.
        let list = format!(r#"{{"apiVersion":"v1","kind":"List","items":[{item}]}}"#);
        assert_ne!(
            countersign(&format!("{ALLOWLIST} -"), &list).status.code(),
            Some(0),
            "{kind}"
        );
    }
}

#[test]
fn a_kind_that_the_settings_name_is_never_skipped() {
    let (_folder, settings) = file(
        "s.yaml",
        "policy: {defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, \
         enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}}\n\
         workloads: [{group: autoscaling, kind: X, podSpecs: [spec]}]\n",
    );
    let object =
        "apiVersion: autoscaling/v1\nkind: X\nspec: {containers: [{name: a, image: a/b}]}\n";
    let (stdout, _) = run(&format!("evaluate -s {} -", settings.display()), object, 1);
    assert!(stdout.contains("always-deny"), "{stdout}");
}

#[cfg(unix)]
#[test]
fn a_file_name_cannot_forge_output() {
    let name = "a\x1b[2J\nadmitted  Pod default evil.yaml";
    let (folder, _) = file(name, &fixture("production-unsigned.yaml"));
    let (stdout, _) = run(&format!("{PIPELINE} {}", folder.path().display()), "", 1);
    assert!(
        !stdout.contains('\x1b') && !stdout.contains("\nadmitted"),
        "{stdout}"
    );
    let (folder, _) = file(name, "a: [");
    let (_, stderr) = run(&format!("{PIPELINE} {}", folder.path().display()), "", 2);
    assert!(
        !stderr.contains('\x1b') && !stderr.contains("\nadmitted"),
        "{stderr}"
    );
}

#[test]
fn a_closed_pipe_does_not_change_the_exit_status() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_countersign"))
        .args(format!("{PIPELINE} policies/pipeline/fixtures").split(' '))
        .current_dir(root())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), &*stderr), (Some(1), ""));
}

#[test]
fn an_object_cannot_forge_lines_or_colours_of_the_output() {
    let forged = "x\\n0 denied\\u001b[32m\\u202e";
    let pod = format!(
        r#"{{"apiVersion":"v1","kind":"Pod","metadata":{{"name":"{forged}"}},
            "spec":{{"containers":[{{"name":"{forged}","image":"{forged}"}}]}}}}"#
    )
    .replace("\\\\", "\\");
    let (stdout, _) = run(&format!("{ALLOWLIST} -"), &pod, 1);
    assert!(
        !stdout.lines().any(|line| line.starts_with("0 denied")),
        "{stdout}"
    );
    assert!(
        !stdout.contains('\x1b') && !stdout.contains('\u{202e}'),
        "{stdout}"
    );
    assert!(stdout.contains("\\u{1b}"), "{stdout}");
}

#[test]
fn an_unknown_kind_is_denied_with_help() {
    let (stdout, _) = run(
        &format!("{PIPELINE} --strict-kinds -"),
        "{\"apiVersion\": \"e.com/v1\", \"kind\": \"Fleet\"}",
        1,
    );
    assert!(stdout.contains("unsupported-object-kind"), "{stdout}");
    assert!(
        stdout.contains("help: if the kind creates Pods"),
        "{stdout}"
    );
}

#[test]
fn input_that_cannot_be_read_is_status_2_and_named() {
    for (input, error) in [
        ("hello", "expected a Kubernetes object"),
        ("{", "not valid JSON"),
        ("a: [", "not valid YAML"),
        ("a: 1\na: 2\n", "duplicate"),
        (r#"{"kind": "Pod", "kind": "Pod"}"#, "duplicate key `kind`"),
        (
            "{\"a\": 1}",
            "expected an object with `apiVersion` and `kind`",
        ),
        ("kind: AdmissionReview\n", "has no `request`"),
        ("", "nothing to evaluate"),
    ] {
        let (stdout, stderr) = run(&format!("{ALLOWLIST} -"), input, 2);
        assert!(
            stderr.starts_with("error: ") && stderr.contains(error),
            "{input:?}: {stderr}"
        );
        assert_eq!(stdout, "");
    }
    let (_, stderr) = run(
        &format!("{ALLOWLIST} missing.yaml also-missing.yaml"),
        "",
        2,
    );
    assert!(
        stderr.contains("`missing.yaml`") && stderr.contains("`also-missing.yaml`"),
        "{stderr}"
    );
}

#[test]
fn a_deeply_nested_or_huge_object_is_denied_and_never_a_trap() {
    let pod = |extra: &str| {
        format!(r#"{{"apiVersion":"v1","kind":"Pod","extra":{extra},"spec":{{"containers":[]}}}}"#)
    };
    let nested = pod(&format!("{}{}", "[".repeat(70), "]".repeat(70)));
    let huge = pod(&format!("\"{}\"", "x".repeat(10 << 20)));
    for input in [nested, huge] {
        let (stdout, _) = run(&format!("{ALLOWLIST} -"), &input, 1);
        assert!(stdout.contains("limit-exceeded"), "{stdout}");
    }
}

#[test]
fn a_document_that_expands_without_end_is_status_2() {
    let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
    for n in 1..9 {
        let aliases = vec![format!("*a{}", n - 1); 10].join(",");
        bomb.push_str(&format!("a{n}: &a{n} [{aliases}]\n"));
    }
    let nested = format!("a: {}", "[".repeat(100_000));
    for (input, reason) in [
        (bomb, "anchors and aliases repeat more than is read"),
        (nested, "nested too deeply"),
        ("[".repeat(100_000), "nested too deeply"),
    ] {
        let (_, stderr) = run(&format!("{ALLOWLIST} -"), &input, 2);
        assert!(stderr.contains(reason), "{stderr}");
    }
}

#[test]
fn invalid_settings_are_status_2_with_every_problem() {
    let (_folder, settings) = file(
        "s.yaml",
        "typo: 1\npolicy:\n  defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, enforcementMode: 2}\n",
    );
    let arguments = format!(
        "evaluate -s {} policies/pipeline/fixtures",
        settings.display()
    );
    let (stdout, stderr) = run(&arguments, "", 2);
    assert_eq!(stdout, "");
    let path = settings.display();
    for problem in [
        format!("error[settings-unknown-field]: unknown field `typo`\n --> {path}:1:1\n"),
        format!("error[policy-numeric-enum]: expected a name, got a number\n --> {path}:3:72\n"),
    ] {
        assert!(stderr.contains(&problem), "lacks {problem:?}:\n{stderr}");
    }
    for command in ["audit", "explain", "evaluate"] {
        let arguments = format!("{command} -s {path} policies/pipeline/fixtures");
        let (_, stderr) = run(&arguments, "", 2);
        assert!(stderr.contains(&format!(" --> {path}:3:72\n")), "{stderr}");
    }
}

#[test]
fn settings_of_several_documents_are_refused() {
    let (_folder, settings) = file("s.yaml", "policy: {}\n---\npolicy: {}\n");
    let (_, stderr) = run(&format!("evaluate -s {} -", settings.display()), "{}", 2);
    assert!(stderr.contains("s.yaml` has several documents"), "{stderr}");
}

#[test]
fn a_kubewarden_manifest_stands_for_its_settings() {
    let manifest = "policies/pipeline/cluster-admission-policy.yaml";
    run(
        &format!("evaluate -s {manifest} policies/pipeline/fixtures/production-signed.yaml"),
        "",
        0,
    );
}

#[test]
fn any_other_policy_module_can_be_run() {
    let text = r#"(module
        (import "wapc" "__guest_response" (func $respond (param i32 i32)))
        (import "wapc" "__guest_error" (func $error (param i32 i32)))
        (import "wapc" "__guest_request" (func $request (param i32 i32)))
        (memory (export "memory") 1000)
        (data (i32.const 0) "{\"valid\":true}{\"accepted\":false,\"message\":\"not today\"}")
        (func (export "__guest_call") (param $operation i32) (param $payload i32) (result i32)
            ;; 17 is validate_settings, 8 validate; decide is not theirs.
            (if (i32.eq (local.get $operation) (i32.const 17))
                (then (call $respond (i32.const 0) (i32.const 14)) (return (i32.const 1))))
            (if (i32.eq (local.get $operation) (i32.const 8))
                (then (call $respond (i32.const 14) (i32.const 40)) (return (i32.const 1))))
            (call $error (i32.const 0) (i32.const 0))
            (i32.const 0)))"#;
    let (_folder, module) = file("other.wat", text);
    let arguments = format!(
        "{ALLOWLIST} --module {} policies/registry-allowlist/fixtures/our-registry.yaml",
        module.display()
    );
    // Text modules are for people; the program takes binary ones.
    let binary = wat::parse_str(text).unwrap();
    std::fs::write(&module, binary).unwrap();
    let (stdout, _) = run(&arguments, "", 1);
    assert!(
        stdout.contains("denied  Pod default/web") && stdout.contains("not today"),
        "{stdout}"
    );
    let (stdout, stderr) = run(&format!("{arguments} --format gke"), "", 2);
    assert!(
        stdout.is_empty() && stderr.contains("the module returns no Decision for Pod default/web"),
        "{stderr}"
    );
}

/// A policy that admits what its cluster has: the Secret `b` in the namespace `a`.
fn asking_module() -> (tempfile::TempDir, PathBuf) {
    let question =
        r#"{"api_version":"v1","kind":"Secret","name":"b","namespace":"a","disable_cache":false}"#;
    let text = format!(
        r#"(module
        (import "wapc" "__guest_response" (func $respond (param i32 i32)))
        (import "wapc" "__host_call"
            (func $host_call (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1)
        (data (i32.const 0) "{{\"valid\":true}}{{\"accepted\":false}}{{\"accepted\":true}}")
        (data (i32.const 64) "kubewardenkubernetesget_resource{}")
        (func (export "__guest_call") (param $operation i32) (param $payload i32) (result i32)
            ;; 17 is validate_settings.
            (if (i32.eq (local.get $operation) (i32.const 17))
                (then (call $respond (i32.const 0) (i32.const 14)) (return (i32.const 1))))
            (if (call $host_call (i32.const 64) (i32.const 10) (i32.const 74) (i32.const 10)
                    (i32.const 84) (i32.const 12) (i32.const 96) (i32.const {}))
                (then (call $respond (i32.const 32) (i32.const 17)))
                (else (call $respond (i32.const 14) (i32.const 18))))
            (i32.const 1)))"#,
        question.replace('"', "\\\""),
        question.len()
    );
    let (folder, module) = file("asking.wasm", "");
    std::fs::write(&module, wat::parse_str(text).unwrap()).unwrap();
    (folder, module)
}

#[test]
fn a_policy_asks_the_folder_that_stands_for_its_cluster() {
    let (folder, module) = asking_module();
    let (_cluster, secret) = file(
        "secret.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata: {namespace: a, name: b}\n",
    );
    let cluster = secret.parent().unwrap().display();
    let recording = folder.path().join("asked.yaml");
    let recording = recording.display();
    let evaluate = format!(
        "{ALLOWLIST} --module {} policies/registry-allowlist/fixtures/our-registry.yaml",
        module.display()
    );
    run(&evaluate, "", 1);
    run(
        &format!("{evaluate} --kubernetes {cluster} --record {recording}"),
        "",
        0,
    );
    run(&format!("{evaluate} --replay {recording}"), "", 0);
    // As often as it is asked.
    run(
        &format!(
            "{evaluate} policies/registry-allowlist/fixtures/docker-hub.yaml --replay {recording}"
        ),
        "",
        0,
    );
    std::fs::write(&secret, "# Empty\nitems: []\nkind: List\n").unwrap();
    run(
        &format!("{evaluate} --kubernetes {cluster} --record {recording}"),
        "",
        1,
    );
    run(&format!("{evaluate} --replay {recording}"), "", 1);
}

#[test]
fn evidence_that_cannot_be_used_is_status_2_and_named() {
    let evaluate = format!("{PIPELINE} policies/pipeline/fixtures");
    for (options, error) in [
        ("--kubernetes missing", "there is no directory `missing`"),
        ("--registry missing", "there is no directory `missing`"),
        (
            "--registry policies",
            "`policies/oci-layout`: no OCI image layout",
        ),
        ("--replay missing", "cannot read `missing`"),
        (
            "--replay policies/pipeline/policy.yaml",
            "it is not one list",
        ),
        ("--kubernetes policies --record missing/file", "policies/"),
        (
            "--kubernetes policies/kubernetes --record missing/file",
            "cannot write `missing/file`",
        ),
        (
            "--abi wasi --kubernetes policies",
            "a WASI module makes no host calls",
        ),
        (
            "--abi wasi --replay missing",
            "a WASI module makes no host calls",
        ),
    ] {
        let (_, stderr) = run(&format!("{evaluate} {options}"), "", 2);
        assert!(stderr.contains(error), "{options}: {stderr}");
    }
}

#[test]
fn a_module_that_is_none_is_status_2() {
    let (_folder, module) = file("m.wasm", "hello");
    let (_, stderr) = run(&format!("inspect --module {}", module.display()), "", 2);
    assert!(
        stderr.starts_with("error: cannot load the module"),
        "{stderr}"
    );
}

#[test]
fn inspect_shows_the_surface() {
    let (stdout, _) = run("inspect", "", 0);
    for line in [
        "abi      waPC",
        "digest   sha256:",
        "engines  with WebAssembly 2.0\n",
        "  wapc.__guest_request",
        "  __guest_call",
        "metadata",
    ] {
        assert!(stdout.contains(line), "lacks {line:?}:\n{stdout}");
    }
    let json: Value =
        serde_json::from_str(&run("inspect --abi wasi --format json", "", 0).0).unwrap();
    assert_eq!(json["abi"], "WASI command");
    assert_eq!(json["engines"], "wasm2");
    assert_eq!(json["metadata"]["executionMode"], "wasi");
}

#[test]
fn inspect_tells_which_engines_take_a_module() {
    let multiplies =
        "(module (func (param i64) (result i64 i64) local.get 0 local.get 0 i64.mul_wide_u)";
    for (module, engines) in [
        ("(module".to_owned(), "wasm2"),
        (multiplies.to_owned(), "wasm2+wide-arithmetic"),
        (format!("{multiplies} (memory i64 1)"), "other"),
    ] {
        let text = format!("{module} (func (export \"_start\")))");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.wasm");
        std::fs::write(&path, wat::parse_str(&text).unwrap()).unwrap();
        let command = format!("inspect --format json --module {}", path.display());
        let json: Value = serde_json::from_str(&run(&command, "", 0).0).unwrap();
        assert_eq!(json["engines"], engines, "{text}");
    }
}

#[test]
fn bad_usage_is_status_2() {
    for arguments in [
        "",
        "evaluate",
        "evaluate --settings x",
        "evaluate --settings - -",
        "evaluate --settings x --format html y",
        "evaluate --settings x --record a y",
        "evaluate --settings x --replay a --kubernetes b y",
        "evaluate --settings x --replay a --registry b y",
        "evaluate --settings x --replay a --record b --registry c y",
        "evaluate --settings - --replay - y",
        "inspect --module x --abi wasi",
    ] {
        run(arguments, "", 2);
    }
}

#[test]
fn help_has_examples_and_exit_status() {
    for command in ["evaluate", "inspect"] {
        let (stdout, _) = run(&format!("{command} --help"), "", 0);
        assert!(
            stdout.contains("Examples:") && stdout.contains("Exit status:"),
            "{stdout}"
        );
    }
}

#[test]
fn every_shell_gets_its_completions() {
    for (shell, sign) in [
        ("bash", "_countersign()"),
        ("zsh", "#compdef countersign"),
        ("fish", "complete -c countersign"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion"),
    ] {
        let (stdout, _) = run(&format!("completions {shell}"), "", 0);
        assert!(stdout.contains(sign), "{shell}: {stdout}");
        assert!(stdout.contains("evaluate"), "{shell}: {stdout}");
    }
}

#[test]
fn codes_algorithms_and_formats_are_completed_and_other_values_stay_possible() {
    for shell in ["bash", "zsh", "fish"] {
        let (script, _) = run(&format!("completions {shell}"), "", 0);
        for value in [
            "markdown",
            "ECDSA_P256_SHA256",
            "lint-dry-run",
            "digest-required",
        ] {
            assert!(script.contains(value), "{shell}: {value}");
        }
    }
    // In zsh, `explain` takes files as well.
    let (script, _) = run("completions zsh", "", 0);
    let files = r#" lint-yaml-merge)" "files:file:_files"}' \"#;
    assert!(script.contains(files), "{script}");
    // A spelling of an algorithm that is not listed.
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key.pem");
    let keygen = "attest keygen --algorithm P-384 --attestor projects/p/attestors/build";
    run(&format!("{keygen} --output {}", key.display()), "", 0);
    let (_, stderr) = run("explain digest-requird", "", 2);
    assert!(
        stderr.contains("did you mean `digest-required`"),
        "{stderr}"
    );
    for help in ["explain --help", "lint --help", "attest verify --help"] {
        let (help, _) = run(help, "", 0);
        assert!(!help.contains("lint-yaml-merge"), "{help}");
        assert!(!help.contains("ECDSA_P256_SHA256"), "{help}");
    }
}

/// `explain --settings policy.yaml d` followed by a tab: files are completed beside the codes.
#[test]
fn files_are_completed_beside_codes_in_bash() {
    let folder = tempfile::tempdir().unwrap();
    let (script, _) = run("completions bash", "", 0);
    std::fs::write(folder.path().join("script"), script).unwrap();
    std::fs::write(folder.path().join("deployment.yaml"), "").unwrap();
    let complete = "source ./script
        COMP_WORDS=(countersign explain --settings policy.yaml d) COMP_CWORD=4
        _countersign countersign d policy.yaml
        printf '%s\n' \"${COMPREPLY[@]}\"";
    let mut bash = Command::new("bash");
    bash.args(["-c", complete]).current_dir(folder.path());
    let output = bash.output().unwrap();
    let replies = String::from_utf8(output.stdout).unwrap();
    for word in ["deployment.yaml", "digest-required", "dry-run"] {
        assert!(replies.lines().any(|line| line == word), "{replies}");
    }
}

/// Each misspelling is answered with what was meant.
#[test]
fn a_misspelling_is_answered_with_what_was_meant() {
    let pod = "policies/pipeline/fixtures/qa-built.yaml";
    for (arguments, answer) in [
        ("sign".to_owned(), "exists: 'attest sign'"),
        (
            format!("{PIPELINE} --format githb {pod}"),
            "there is no format `githb`; did you mean `github`?",
        ),
        (
            "test policies/pipeline/policy.yaml".to_owned(),
            "it has settings; give the suite beside them, or write one with `countersign test --scaffold \
             policies/pipeline/policy.yaml`",
        ),
        (
            format!("test {pod}"),
            "it is a document of kind `Deployment`, not `PolicySuite`",
        ),
        (
            "explain bad-signature".to_owned(),
            "did you mean `attestation-bad-signature`?",
        ),
    ] {
        let (stdout, stderr) = run(&arguments, "", 2);
        assert!(stderr.contains(answer), "{arguments}: {stderr}");
        assert_eq!(stdout, "");
    }
}

#[test]
fn codes_and_explanations_are_printed_in_json() {
    let json = |arguments: &str, status| -> Value {
        serde_json::from_str(&run(arguments, "", status).0).unwrap()
    };
    let list = json("explain --list --format json", 0);
    assert_eq!(list["kind"], "CodeList");
    let codes = list["codes"].as_array().unwrap();
    assert!(codes.iter().all(|one| one["help"].is_string()), "{list:#}");
    let suite = codes
        .iter()
        .find(|one| one["code"] == "suite-unknown-field");
    assert_eq!(suite.unwrap()["kind"], "suite");
    let page = json("explain --format json digest-required lint-dry-run", 0);
    assert_eq!(page["codes"][1]["severity"], "warning");
    let settings = "--settings policies/pipeline/policy.yaml";
    let pod = "policies/pipeline/fixtures/production-unsigned.yaml";
    let explained = json(
        &format!("explain --why-not {settings} --format json {pod}"),
        1,
    );
    let object = &explained["objects"][0];
    assert_eq!(object["decision"]["kind"], "Decision");
    let way = &object["whyNot"][0]["obstacles"][0]["ways"][0];
    assert!(
        way["title"].as_str().unwrap().starts_with("sign it as"),
        "{way:#}"
    );
    assert!(way["blocks"][0].is_string());
}

#[test]
fn reports_name_the_files_that_cannot_be_read_and_the_attestors_that_are_missing() {
    let folder = tempfile::tempdir().unwrap();
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: production}\nspec:\n  containers:\n  \
               - {name: web, image: \"registry.example/shop/web@sha256:DIGITS\"}\n";
    let pod = pod.replace("DIGITS", &"3".repeat(64));
    std::fs::write(folder.path().join("web.yaml"), pod).unwrap();
    std::fs::write(folder.path().join("broken.yaml"), "kind: [").unwrap();
    let path = folder.path().display();
    for (format, problem, missing) in [
        (
            "github",
            "::error title=countersign evaluate::",
            ",line=6,col=",
        ),
        ("markdown", "broken.yaml", "web.yaml"),
        ("junit", "broken.yaml", "web.yaml"),
        (
            "sarif",
            "\"toolExecutionNotifications\"",
            "\"startLine\": 6",
        ),
    ] {
        let (report, _) = run(&format!("{PIPELINE} --format {format} {path}"), "", 2);
        for part in [
            problem,
            missing,
            "broken.yaml",
            "not attested by build, qa, canary: ",
        ] {
            assert!(report.contains(part), "{format} lacks {part:?}:\n{report}");
        }
    }
}

#[test]
fn standard_input_is_no_file_of_an_annotation() {
    let pod = r#"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "production"},
        "spec": {"containers": [{"name": "web", "image": "registry.example/shop/web:1"}]}}"#;
    let (report, _) = run(&format!("{PIPELINE} --format github -"), pod, 1);
    assert!(report.starts_with("::error title="), "{report}");
}
