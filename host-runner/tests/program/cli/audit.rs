//! `countersign audit` as a user runs it.

use core::fmt::Write as _;

use serde_json::Value;

use crate::program::{file, run};

const AUDIT: &str = "audit --settings policies/pipeline/policy.yaml";

/// A list as `kubectl get -A -o json` prints it: `kind` behind the items.
fn dump(namespaces: &[&str]) -> String {
    let mut items = String::new();
    for (index, namespace) in namespaces.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        write!(
            items,
            r#"{comma}{{"apiVersion": "v1", "kind": "Pod",
              "metadata": {{"name": "web-{index}", "namespace": "{namespace}",
                "ownerReferences": [{{"kind": "ReplicaSet", "controller": true}}]}},
              "spec": {{"containers": [{{"name": "web", "image": "registry.example/shop/web:{index}"}}]}}}}"#
        )
        .unwrap();
    }
    format!(
        r#"{{"apiVersion": "v1", "items": [{items}], "kind": "List", "metadata": {{"resourceVersion": ""}}}}"#
    )
}

#[test]
fn what_would_be_refused_stands_in_a_table_by_namespace_and_reason() {
    let dump = dump(&[
        "production",
        "default",
        "preview",
        "development",
        "production",
    ]);
    let others = r#"{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}}"#;
    let (stdout, stderr) = run(&format!("{AUDIT} -"), &format!("{dump}{others}"), 1);
    let (table, rest) = stdout.split_once("\n\n").unwrap();
    assert_eq!(
        table,
        "NAMESPACE   OUTCOME  REASON           OBJECTS  IMAGES  FOR EXAMPLE
default     denied   always-deny            1       1  Pod default/web-1
preview     dry run  digest-required        1       1  Pod preview/web-2
production  denied   digest-required        2       2  Pod production/web-0"
    );
    let (images, rest) = rest.split_once("\n\n").unwrap();
    let (hint, summary) = rest.split_once("\n\n").unwrap();
    assert!(hint.starts_with("`countersign explain REASON` "), "{hint}");
    assert!(images.starts_with("OBJECTS  REASONS          IMAGE\n      1  digest-required  registry.example/shop/web:0\n"), "{images}");
    assert!(summary.starts_with("5 objects: 1 admitted, 3 denied, 1 admitted by dry run; 5 images; 1 skipped (no images)"), "{summary}");
    assert!(
        summary.ends_with(")\n5 of the objects belong to a controller, which is counted as well\n"),
        "{summary}"
    );
    assert_eq!(stderr, "");
}

#[test]
fn exit_status_says_whether_anything_would_be_refused() {
    let preview = dump(&["preview", "development"]);
    run(&format!("{AUDIT} -"), &preview, 0);
    run(&format!("{AUDIT} --fail-on dry-run -"), &preview, 1);
    let (stdout, _) = run(
        &format!("{AUDIT} --fail-on dry-run -"),
        &dump(&["development"]),
        0,
    );
    assert!(
        stdout.starts_with("1 object: 1 admitted, 0 denied; 1 image"),
        "{stdout}"
    );
}

#[test]
fn objects_are_listed_where_that_is_wanted_and_no_more_than_the_limit() {
    let dump = dump(&["production", "default", "production"]);
    let (stdout, _) = run(&format!("{AUDIT} --list --limit 2 -"), &dump, 1);
    assert!(
        stdout.starts_with(
            "denied  Pod production/web-0  <stdin>
  registry.example/shop/web:0  spec.containers[0].image
    digest-required: "
        ),
        "{stdout}"
    );
    assert!(!stdout.contains("Pod production/web-2"), "{stdout}");
    for line in [
        "1 more objects are not listed; raise --limit\n",
        "1 more images; raise --limit to list them\n",
    ] {
        assert!(stdout.contains(line), "{stdout}");
    }
}

#[test]
fn a_dump_that_is_malformed_is_judged_up_to_there() {
    let dump = dump(&["production", "default"]);
    let cut = dump.split_once(r#"], "kind""#).unwrap().0;
    for (text, judged, error) in [
        (cut.to_owned(), 2, "`<stdin>`: not valid JSON: EOF"),
        (format!("{dump} 5"), 2, "`<stdin>`: "),
        (
            "{\"a\" 1}".to_owned(),
            0,
            "`<stdin>`: not valid JSON: expected `:` at line 1 column 6",
        ),
        (String::new(), 0, "nothing to audit: no object has images"),
        (
            "{\"apiVersion\": \"v1\", \"kind\": \"Secret\"}".to_owned(),
            0,
            "nothing to audit",
        ),
    ] {
        let (stdout, stderr) = run(&format!("{AUDIT} -"), &text, 2);
        assert!(stderr.starts_with(&format!("error: {error}")), "{stderr}");
        match judged {
            0 => assert_eq!(stdout, ""),
            judged => assert!(stdout.contains(&format!("{judged} objects: ")), "{stdout}"),
        }
    }
    let (_, stderr) = run(&format!("{AUDIT} missing.json also-missing.json"), "", 2);
    assert!(
        stderr.contains("cannot read `missing.json`") && stderr.contains("`also-missing.json`"),
        "{stderr}"
    );
}

#[test]
fn what_nothing_answers_is_told_before() {
    let settings = "policy: {defaultAdmissionRule: {evaluationMode: REQUIRE_ATTESTATION, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG, requireAttestationsBy: [build]}}
attestors: [{name: build, userOwnedGrafeasNote: {noteReference: note}}]
evidence: {kubernetes: {notes: {note: attest}}, registry: true}
registries: [registry.example]
";
    let (_folder, path) = file("policy.yaml", settings);
    let audit = format!("audit --settings {}", path.display());
    let (stdout, stderr) = run(&format!("{audit} -"), &dump(&["x"]), 1);
    assert!(stdout.contains("digest-required"), "{stdout}");
    for note in [
        "note: the settings look up evidence in the cluster, ",
        "note: the settings look up evidence in registries, ",
    ] {
        assert!(stderr.contains(note), "{stderr}");
    }
    let (_, stderr) = run(
        &format!("{audit} --kubernetes policies/kubernetes -"),
        &dump(&["x"]),
        1,
    );
    assert!(!stderr.contains("the cluster"), "{stderr}");
}

#[test]
fn both_modules_give_the_same_report_in_the_order_of_the_dump() {
    let namespaces: Vec<_> = ["production", "qa", "default", "preview"]
        .into_iter()
        .cycle()
        .take(40)
        .collect();
    let dump = dump(&namespaces);
    let report = |more: &str| run(&format!("{AUDIT} --format json {more} -"), &dump, 1).0;
    let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let (wapc, mut wasi) = (value(&report("")), value(&report("--abi wasi")));
    assert_ne!(wapc["module"], wasi["module"]);
    wasi["module"] = wapc["module"].clone();
    assert_eq!(wapc, wasi);
    assert_eq!(wapc["objects"][3]["object"], "Pod preview/web-3");
}

/// A module that accepts all settings, and does `otherwise` when it is asked about anything else.
fn module(otherwise: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let text = format!(
        r#"(module
        (import "wapc" "__guest_response" (func $respond (param i32 i32)))
        (memory (export "memory") 1)
        (data (i32.const 0) "{{\"valid\":true}}{{\"accepted\":false}}")
        (func (export "__guest_call") (param $operation i32) (param $payload i32) (result i32)
            ;; 17 is validate_settings.
            (if (i32.eq (local.get $operation) (i32.const 17))
                (then (call $respond (i32.const 0) (i32.const 14)) (return (i32.const 1))))
            {otherwise}
            (i32.const 1)))"#
    );
    let (folder, path) = file("module.wasm", "");
    std::fs::write(&path, wat::parse_str(text).unwrap()).unwrap();
    (folder, path)
}

#[test]
fn an_object_without_an_answer_is_reported_and_the_job_is_not_done() {
    let (_folder, trapping) = module("unreachable");
    let audit = format!("{AUDIT} --module {} -", trapping.display());
    let (stdout, stderr) = run(&audit, &dump(&["a", "b"]), 2);
    assert!(
        stdout.contains("a          error    engine-trapped        1       -  Pod a/web-0\n"),
        "{stdout}"
    );
    assert!(
        stdout.contains("2 objects: 0 admitted, 0 denied, 2 denied by an error; 0 images"),
        "{stdout}"
    );
    let error = "error: the module failed on 2 objects; the report counts them as errors\n";
    assert_eq!(stderr, error);
    // A policy that does not say what it found is none to audit with.
    let (_folder, other) = module("(call $respond (i32.const 14) (i32.const 18))");
    let audit = format!("{AUDIT} --module {} -", other.display());
    let (stdout, stderr) = run(&audit, &dump(&["a"]), 2);
    assert!(
        stderr.contains("the module returns no Decision for Pod a/web-0"),
        "{stderr}"
    );
    assert_eq!(stdout, "");
}

#[test]
fn a_namespace_cannot_forge_the_table() {
    let review = r#"{"uid": "u", "kind": {"kind": "Pod", "group": ""}, "namespace": "x\n0 objects\u001b[2J", "operation": "CREATE",
      "object": {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "\u202e"}, "spec": {"containers": [{"name": "a", "image": "a\u001b\n"}]}}}"#;
    let (stdout, _) = run(&format!("{AUDIT} --list -"), review, 1);
    assert!(!stdout.contains(['\u{1b}', '\u{202e}']), "{stdout}");
    assert!(
        !stdout.lines().any(|line| line.starts_with("0 objects")),
        "{stdout}"
    );
}

#[test]
fn bad_usage_is_status_2() {
    for arguments in [
        "audit -",
        "audit --settings x",
        "audit --settings - -",
        "audit --settings x --limit -1 y",
        "audit --settings x --format html y",
        "audit --settings x --format json --format human y",
    ] {
        run(arguments, "", 2);
    }
    let (stdout, _) = run("audit --help", "", 0);
    assert!(
        stdout.contains("Examples:") && stdout.contains("Exit status: 0"),
        "{stdout}"
    );
}

/// A recorded update of an unchanged image, and a deletion, would be admitted whatever runs.
#[test]
fn only_what_is_created_is_audited() {
    let pod = r#"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x", "namespace": "production"},
        "spec": {"containers": [{"name": "a", "image": "bad.example/x:1"}]}}"#;
    for operation in ["UPDATE", "DELETE"] {
        let request = format!(
            r#"{{"uid": "u", "kind": {{"group": "", "version": "v1", "kind": "Pod"}}, "namespace": "production",
                "operation": "{operation}", "object": {pod}, "oldObject": {pod}}}"#
        );
        let (_, stderr) = run(&format!("{AUDIT} -"), &request, 2);
        assert!(
            stderr.contains(&format!("a recorded {operation} of Pod production")),
            "{stderr}"
        );
    }
}

#[test]
fn a_file_is_audited_once_however_it_is_spelled() {
    let (folder, path) = file("dump.json", &dump(&["production"]));
    let other = folder.path().join(".").join("dump.json");
    let arguments = format!("{AUDIT} {} {}", path.display(), other.display());
    assert!(run(&arguments, "", 1).0.contains("\n1 object: "));
}

#[test]
fn no_output_moves_the_cursor_of_a_terminal() {
    let list = dump(&["production"]).replace("shop/web:0", "shop/web\u{9b}2J\u{202e}:0");
    for format in ["human", "json"] {
        let (stdout, _) = run(&format!("{AUDIT} --format {format} --list -"), &list, 1);
        assert!(!stdout.contains(['\u{9b}', '\u{202e}']), "{stdout}");
    }
    let json = run(&format!("{AUDIT} --format json -"), &list, 1).0;
    assert!(json.contains("\\u009b2J\\u202e"), "{json}");
    let twice = "{\"kind\": \"Pod\", \"a\\nerror: forged\": 1, \"a\\nerror: forged\": 2}";
    let (_, stderr) = run(&format!("{AUDIT} -"), twice, 2);
    assert!(!stderr.contains("\nerror: forged"), "{stderr}");
}

#[test]
fn a_denied_object_is_listed_whatever_stands_before_it() {
    let dry_run = pods("preview", 3);
    let text = format!("{dry_run}{}", pods("production", 1));
    for format in ["sarif", "github", "junit", "markdown"] {
        let command =
            format!("audit --settings policies/pipeline/policy.yaml --limit 2 --format {format} -");
        let (report, _) = run(&command, &text, 1);
        assert!(report.contains("production/web-0"), "{format}:\n{report}");
        assert!(
            report.contains("2 more objects are not listed"),
            "{format}:\n{report}"
        );
    }
}

#[test]
fn a_name_of_any_length_has_its_row() {
    let text = pods(&"n".repeat(70_000), 1);
    let command = "audit --settings policies/pipeline/policy.yaml --list -";
    let (report, _) = run(command, &text, 1);
    assert!(report.contains("1 denied"), "{}", report.len());
}

/// Returns `count` Pods of a namespace, with an image that has no attestation.
fn pods(namespace: &str, count: usize) -> String {
    let pod = |index| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: web-{index}, namespace: {namespace}}}\n\
             spec: {{containers: [{{name: web, image: \"registry.example/shop/web@sha256:{}\"}}]}}\n---\n",
            "3".repeat(64)
        )
    };
    (0..count).map(pod).collect()
}
