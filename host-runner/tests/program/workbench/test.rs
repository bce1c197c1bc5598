//! `countersign test` as a user runs it.

use std::fs;

use pretend_sigstore::Instance;
use serde_json::{Value, json};

use crate::keyless::{self, ISSUER, WORKFLOW};
use crate::program::{file, root, run};

const SUITE: &str = "apiVersion: countersign.dev/v1
kind: PolicySuite
settings: POLICY
time: 2026-06-15T12:00:00Z
images: {web: registry.example/shop/web@digest}
signers: {build: {standsFor: projects/example/attestors/build}}
cases:
  - name: signed
    request: {namespace: production, images: [web]}
    attestations: [{by: build, image: web}]
    expect: {outcome: admitted, reasons: [attested]}
  - name: unsigned
    request: {namespace: production, images: [web]}
    expect: {outcome: denied, reasons: [no-valid-attestation]}
";

fn suite(change: impl Fn(String) -> String) -> (tempfile::TempDir, std::path::PathBuf) {
    let policy = root().join("policies/require-attestation/policy.yaml");
    let text = SUITE.replace("POLICY", policy.to_str().unwrap());
    file("tests.yaml", &change(text))
}

#[test]
fn cases_are_shown_by_what_happened_and_not_by_what_passed() {
    let (_folder, path) = suite(|text| text);
    let path = path.display();
    let (stdout, stderr) = run(&format!("test {path}"), "", 0);
    let expected = format!(
        "{path}
  ok    signed    admitted as expected (attested)
  ok    unsigned  denied as expected (no-valid-attestation)

2 cases: 2 passed (1 admitted, 1 denied)"
    );
    assert!(stdout.starts_with(&expected), "{stdout}");
    assert_eq!(stderr, "");
}

#[test]
fn a_case_that_is_not_as_expected_says_how() {
    let (_folder, path) = suite(|text| {
        text.replace("[attested]", "[checks-passed]")
            .replace("denied, reasons: [no", "admitted, reasons: [no")
    });
    let (stdout, _) = run(&format!("test --fail-only {}", path.display()), "", 1);
    for lines in [
        "  FAIL  signed    admitted as expected, but not its reasons  line 8\n        - reasons: checks-passed\n        + reasons: attested\n",
        "  FAIL  unsigned  expected to be admitted, and was denied  line 12\n        - outcome: admitted\n        + outcome: denied\n          because of no-valid-attestation\n",
        "2 cases: 0 passed (0 admitted, 0 denied), 2 failed\n",
    ] {
        assert!(stdout.contains(lines), "{stdout}");
    }
}

/// The regular expressions of `--run` know no Unicode tables, which the help says.
#[test]
fn classes_and_case_of_a_chosen_name_are_ascii_only() {
    let (help, _) = run("test --help", "", 0);
    assert!(help.contains("ASCII-only"), "{help}");
    let (_folder, path) = suite(|text| text.replace("unsigned", "unsigned é"));
    let path = path.display();
    for (pattern, status) in [("(?i)^UN", 0), ("é$", 0), ("(?i)É$", 2), (r"^un.*\w$", 2)] {
        run(&format!("test --run {pattern} {path}"), "", status);
    }
}

#[test]
fn cases_are_chosen_by_name_and_only_failures_shown() {
    let (_folder, path) = suite(|text| text);
    let path = path.display();
    let (stdout, _) = run(&format!("test --run ^un --fail-only {path}"), "", 0);
    assert!(
        stdout.starts_with("1 case: 1 passed (0 admitted, 1 denied), 1 not run"),
        "{stdout}"
    );
    let (_, stderr) = run(&format!("test --run nothing {path}"), "", 2);
    assert!(
        stderr.contains("no case has a name that matches `--run`"),
        "{stderr}"
    );
    let (_, stderr) = run(&format!("test --run ( {path}"), "", 2);
    assert!(stderr.contains("found open group"), "{stderr}");
}

#[test]
fn what_is_not_covered_or_not_noticed_ends_with_1() {
    let (_folder, path) = suite(|text| text);
    let path = path.display();
    let (stdout, _) = run(&format!("test --coverage --threshold 100 {path}"), "", 1);
    for line in [
        ": 60 %, 3 of 5 parts\n",
        "  not exercised  pattern `registry.k8s.io/**`  policy.admissionWhitelistPatterns[0]\n",
        "  not exercised  default rule  policy.defaultAdmissionRule\n",
    ] {
        assert!(stdout.contains(line), "{stdout}");
    }
    run(&format!("test --coverage --threshold 60 {path}"), "", 0);
    let (stdout, _) = run(&format!("test --mutate {path}"), "", 1);
    let line =
        "  not detected  drop pattern `registry.k8s.io/**`  policy.admissionWhitelistPatterns[0]\n";
    assert!(stdout.contains(line), "{stdout}");
    assert!(
        !stdout.contains("allow everything under the rule for `production`"),
        "{stdout}"
    );
}

#[test]
fn what_could_not_be_run_ends_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let (_, stderr) = run(&format!("test {}", folder.path().display()), "", 2);
    assert!(stderr.contains("no suite found"), "{stderr}");

    let (_folder, path) = suite(|text| text.replace("expect: {outcome: d", "expct: {outcome: d"));
    let (stdout, stderr) = run(&format!("test {}", path.display()), "", 2);
    assert_eq!(stdout, "");
    for part in [
        "error[suite-missing-field]: `expect` is required",
        "error[suite-unknown-field]: unknown field `expct`",
        "tests.yaml` cannot be used",
    ] {
        assert!(stderr.contains(part), "{stderr}");
    }

    let settings = folder.path().join("policy.yaml");
    fs::write(&settings, "policy: {}\nattestors: [{name: projects/example/attestors/build, userOwnedGrafeasNote: {noteReference: n}}]\n").unwrap();
    let (_folder, path) = file(
        "tests.yaml",
        &SUITE.replace("POLICY", settings.to_str().unwrap()),
    );
    let (_, stderr) = run(&format!("test {}", path.display()), "", 2);
    assert!(
        stderr.contains("error[policy-missing-default-rule]"),
        "{stderr}"
    );
}

#[test]
fn a_suite_that_cannot_be_used_hides_no_other() {
    let (folder, _) = suite(|text| text);
    fs::write(folder.path().join("a.tests.yaml"), "a: [").unwrap();
    let invalid = SUITE.replace("POLICY", "invalid.yaml");
    fs::write(folder.path().join("b.tests.yaml"), invalid).unwrap();
    fs::write(folder.path().join("invalid.yaml"), "policy: {}\nattestors: [{name: projects/example/attestors/build, userOwnedGrafeasNote: {noteReference: n}}]\n").unwrap();
    let (stdout, stderr) = run(&format!("test {}", folder.path().display()), "", 2);
    assert!(stdout.contains("2 passed"), "{stdout}");
    assert_eq!(stderr.matches("` cannot be used").count(), 2, "{stderr}");
    assert!(
        stderr.contains("error[policy-missing-default-rule]"),
        "{stderr}"
    );
}

/// A module that does not answer is no refusal, and no case holds by it.
#[test]
fn a_module_that_traps_ends_with_2() {
    let (folder, path) = suite(|text| text);
    let module = folder.path().join("trap.wasm");
    let text = r#"(module
        (import "wapc" "__guest_response" (func $respond (param i32 i32)))
        (import "wapc" "__guest_request" (func $request (param i32 i32)))
        (memory (export "memory") 64)
        (data (i32.const 0) "{\"valid\":true}")
        (func (export "__guest_call") (param i32 i32) (result i32)
            (if (i32.ne (local.get 0) (i32.const 17)) (then unreachable))
            (call $respond (i32.const 0) (i32.const 14))
            (i32.const 1)))"#;
    fs::write(&module, wat::parse_str(text).unwrap()).unwrap();
    let arguments = format!("test --module {} {}", module.display(), path.display());
    let (stdout, _) = run(&arguments, "", 2);
    assert!(
        stdout.contains("  ERROR signed    the module trapped (engine-trapped)"),
        "{stdout}"
    );
    assert!(stdout.contains("2 with an error"), "{stdout}");
}

#[test]
fn the_schemas_are_printed() {
    for document in [
        "audit-report",
        "bench-report",
        "decision",
        "diff-report",
        "evaluation-report",
        "lint-config",
        "lint-report",
        "suite",
        "test-report",
    ] {
        let (stdout, _) = run(&format!("schema {document}"), "", 0);
        let file = root().join(format!("host-runner/schemas/{document}.json"));
        assert_eq!(stdout, fs::read_to_string(file).unwrap());
    }
}

/// Both admissions and denials, everything exercised, no change unnoticed; as CI demands it.
#[test]
fn the_shipped_policies_hold() {
    let arguments = "test policies --coverage --threshold 100 --mutate --fail-only";
    let (stdout, stderr) = run(arguments, "", 0);
    assert_eq!(stdout.matches(": 100 %, ").count(), 8, "{stdout}");
    assert_eq!(stdout.matches("changes detected").count(), 8, "{stdout}");
    assert_eq!(stderr, "");
}

/// The outcome of a suite that expects a signed image to be admitted, under a changed entry of `trustedRoots`.
#[track_caller]
fn under_a_root(change: impl Fn(&mut Value), status: i32) -> String {
    let mut root = json!({"document": Instance::new("production.example").trusted_root()});
    change(&mut root);
    let settings = keyless::settings(&root, &json!({"podAnnotation": true}));
    let suite = json!({
        "apiVersion": "countersign.dev/v1", "kind": "PolicySuite", "settings": "policy.json",
        "time": "2026-06-15T12:00:00Z",
        "images": {"web": "registry.example/shop/web@digest"},
        "signers": {"release": {"subject": WORKFLOW, "issuer": ISSUER}},
        "cases": [{
            "name": "signed",
            "request": {"images": ["web"]},
            "attestations": [{"by": "release", "image": "web", "source": "pod-annotation"}],
            "expect": {"outcome": "admitted", "reasons": ["attested"]},
        }],
    });
    let (folder, path) = file("tests.yaml", &suite.to_string());
    fs::write(folder.path().join("policy.json"), settings.to_string()).unwrap();
    let (stdout, stderr) = run(&format!("test {}", path.display()), "", status);
    stdout + &stderr
}

#[test]
fn a_trusted_root_that_production_refuses_fails_the_suite() {
    type Change = fn(&mut Value);
    fn unsupported(root: &mut Value, list: &str) {
        for log in root["document"][list].as_array_mut().unwrap() {
            log["publicKey"]["keyDetails"] = "ML_DSA_65".into();
        }
    }
    fn keep_one(root: &mut Value, list: &str, kept: usize) {
        let parties = root["document"][list].as_array_mut().unwrap();
        *parties = vec![parties[kept].clone()];
    }
    let rows: [(Change, &str); 5] = [
        (
            |root| root["document"] = json!({"tlogs": [1], "ctlogs": ["x"]}),
            "sigstore-trusted-root-invalid",
        ),
        (
            |root| unsupported(root, "tlogs"),
            "no usable logs for `transparencyLogs`",
        ),
        (
            |root| unsupported(root, "ctlogs"),
            "no usable logs for `ctLogs`",
        ),
        (
            |root| keep_one(root, "tlogs", 1),
            "write `signedTimestamps: 1` to require a timestamp",
        ),
        (
            |root| {
                keep_one(root, "timestampAuthorities", 0);
                root["signedTimestamps"] = 2.into();
            },
            "all timestamp authorities of the document have one operator",
        ),
    ];
    for (change, message) in rows {
        let output = under_a_root(change, 2);
        assert!(output.contains(message), "{message}: {output}");
        assert!(output.contains("its settings are invalid"), "{output}");
    }
    under_a_root(|_| (), 0);
}

#[test]
fn a_bundle_that_the_trusted_root_cannot_prove_is_denied() {
    type Change = fn(&mut Value);
    fn end(root: &mut Value, list: &str) {
        for party in root["document"][list].as_array_mut().unwrap() {
            let log = party.get("publicKey").is_some();
            let period = if log {
                "/publicKey/validFor"
            } else {
                "/validFor"
            };
            party.pointer_mut(period).unwrap()["end"] = "2026-01-01T00:00:00Z".into();
        }
    }
    let rows: [(Change, &str); 5] = [
        (
            |root| {
                root["document"]["tlogs"].as_array_mut().unwrap().pop();
                root["transparencyLogs"] = 2.into();
            },
            "sigstore-log-entry-missing",
        ),
        (
            |root| end(root, "certificateAuthorities"),
            "sigstore-authority-outside-validity",
        ),
        (|root| end(root, "tlogs"), "sigstore-log-outside-validity"),
        (|root| end(root, "ctlogs"), "sigstore-log-outside-validity"),
        (
            |root| {
                end(root, "timestampAuthorities");
                root["signedTimestamps"] = 1.into();
            },
            "sigstore-timestamp-outside-validity",
        ),
    ];
    for (change, code) in rows {
        let output = under_a_root(change, 1);
        assert!(output.contains(code), "{code}: {output}");
    }
}
