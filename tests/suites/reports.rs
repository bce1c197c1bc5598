//! What the program prints for other programs, against schemas: its own documents against those that
//! `countersign schema` prints, SARIF and JUnit against those that others have written.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Parser as _;
use core_tests::native::decide_natively;
use core_tests::process;
use core_tests::validity::problems;
use core_tests::{case, corpus};
use host_runner::Exit;
use host_runner::cli::Cli;
use jsonschema::Validator;
use policy_lint::RULES;
use serde_json::{Value, json};
use tempfile::TempDir;

const AUDIT_REPORT: &str = include_str!("../../host-runner/schemas/audit-report.json");
const BENCH_REPORT: &str = include_str!("../../host-runner/schemas/bench-report.json");
const DECISION: &str = include_str!("../../host-runner/schemas/decision.json");
const DIFF_REPORT: &str = include_str!("../../host-runner/schemas/diff-report.json");
const EVALUATION_REPORT: &str = include_str!("../../host-runner/schemas/evaluation-report.json");
const LINT_CONFIG: &str = include_str!("../../host-runner/schemas/lint-config.json");
const LINT_REPORT: &str = include_str!("../../host-runner/schemas/lint-report.json");
const POLICY_DESCRIPTION: &str = include_str!("../../host-runner/schemas/policy-description.json");
const SETTINGS: &str = policy_lint::SETTINGS_SCHEMA;
const SUITE: &str = include_str!("../../host-runner/schemas/suite.json");
const TEST_REPORT: &str = include_str!("../../host-runner/schemas/test-report.json");

fn validator(schema: &str) -> Validator {
    let schema: Value = serde_json::from_str(schema).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

#[track_caller]
fn fits(validator: &Validator, document: &Value) {
    let errors: Vec<_> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}\n{document:#}");
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Runs the program in this process; what it prints goes into files.
#[track_caller]
fn run(arguments: &[&str], exit: Exit) {
    let cli = Cli::try_parse_from([&["countersign"], arguments].concat()).unwrap();
    assert_eq!(host_runner::run(&cli), exit, "{arguments:?}");
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// A file of a package that Cargo has brought and nobody builds.
fn from_package(package: &str, file: &str) -> String {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(root());
    let metadata: Value = serde_json::from_str(&process::stdout(&mut cargo)).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let found = packages.iter().find(|one| one["name"] == package).unwrap();
    let manifest = found["manifest_path"].as_str().unwrap();
    let path = Path::new(manifest).parent().unwrap().join(file);
    fs::read_to_string(path).unwrap()
}

#[test]
fn every_decision_of_the_corpus_fits_its_schema() {
    let validator = validator(DECISION);
    for case in corpus::all() {
        let decision = serde_json::from_slice(&decide_natively(&case.call)).unwrap();
        fits(&validator, &decision);
    }
}

/// Settings that the policy cannot use are refused by it with a reason; the schema is for editors, and must only never
/// complain about what is right.
#[test]
fn settings_that_the_policy_can_use_fit_their_schema() {
    let validator = validator(SETTINGS);
    let calls = corpus::all().iter();
    let calls = calls.filter_map(|case| serde_json::from_slice::<Value>(&case.call).ok());
    let all: BTreeSet<_> = calls.map(|call| call["settings"].to_string()).collect();
    let (mut valid, mut wrong) = (0, BTreeSet::new());
    for text in all {
        if problems(text.as_bytes()).is_empty() {
            let settings: Value = serde_json::from_str(&text).unwrap();
            let problems = validator.iter_errors(&settings);
            wrong.extend(problems.map(|error| format!("{}: {error}", error.instance_path())));
            valid += 1;
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(valid > 300, "{valid}");
}

#[test]
fn an_unknown_setting_does_not_fit_the_schema() {
    let validator = validator(SETTINGS);
    let settings = case::settings();
    assert!(validator.is_valid(&settings));
    for place in [
        "",
        "/policy",
        "/policy/defaultAdmissionRule",
        "/attestors/0",
        "/evidence",
    ] {
        let mut settings = settings.clone();
        settings.pointer_mut(place).unwrap()["resolvetags"] = true.into();
        assert!(!validator.is_valid(&settings), "{place}");
    }
}

/// One description for the page and for editors.
#[test]
fn settings_are_described_in_the_schema_as_on_their_page() {
    let schema: Value = serde_json::from_str(SETTINGS).unwrap();
    let page = fs::read_to_string(root().join("docs/settings.md")).unwrap();
    let (_, block) = page.split_once("```yaml\n").unwrap();
    let (block, _) = block.split_once("```").unwrap();
    let mut path: Vec<&str> = Vec::new();
    let mut described = BTreeSet::new();
    for line in block.lines() {
        let key = line.trim_start();
        let depth = (line.len() - key.len()) / 2;
        let (key, rest) = key.split_once(':').unwrap();
        path.truncate(depth);
        path.push(key);
        let Some((_, comment)) = rest.split_once(" # ") else {
            continue;
        };
        let pointer: String = path
            .iter()
            .map(|key| format!("/properties/{key}"))
            .collect();
        let description = schema.pointer(&pointer).unwrap_or(&Value::Null)["description"].as_str();
        let description = description.unwrap_or_else(|| panic!("no description of {pointer}"));
        assert_eq!(
            description.to_lowercase(),
            comment.to_lowercase(),
            "{pointer}"
        );
        described.insert(path[0]);
    }
    let properties = schema["properties"].as_object().unwrap();
    for name in properties.keys() {
        assert!(described.contains(name.as_str()), "{name}");
    }
}

/// Every lint's example, in files with names that need care.
fn findings() -> (TempDir, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    for (index, rule) in RULES.iter().enumerate() {
        let path = folder.path().join(format!("a file {index}% é&<.yaml"));
        fs::write(&path, rule.avoided()).unwrap();
        paths.push(path.to_str().unwrap().to_owned());
    }
    let malformed = folder.path().join("malformed.yaml");
    fs::write(&malformed, "policy: [").unwrap();
    paths.push(malformed.to_str().unwrap().to_owned());
    (folder, paths)
}

fn lint(format: &str) -> (TempDir, PathBuf) {
    let (folder, paths) = findings();
    let path = folder.path().join("report");
    let output = format!("{format}={}", path.display());
    // Some of what is found depends on the day.
    let mut arguments = vec![
        "lint",
        "--time",
        "2026-11-23T12:00:00Z",
        "--format",
        &output,
    ];
    arguments.extend(paths.iter().map(String::as_str));
    run(&arguments, Exit::No);
    (folder, path)
}

#[test]
fn lint_reports_fit_their_schema_and_have_every_lint() {
    let (_folder, path) = lint("json");
    let report = json(&path);
    fits(&validator(LINT_REPORT), &report);
    let findings = report["findings"].as_array().unwrap();
    for rule in RULES {
        // Among all the examples there is a twin.
        let is_expected = rule.code != "lint-mutating-without-validating";
        let is_found = findings.iter().any(|one| one["code"] == rule.code);
        assert_eq!(is_found, is_expected, "{}", rule.code);
    }
    assert!(findings.iter().any(|one| one["fix"].is_object()));
    assert!(
        findings
            .iter()
            .any(|one| one["labels"].as_array().unwrap().len() > 1)
    );
}

/// The schema of OASIS, as published but for one pattern that is no regular expression.
fn sarif_validator() -> Validator {
    let schema = from_package("serde-sarif", "src/schema.json");
    let broken = r#""^[a-zA-Z]{2}|^[a-zA-Z]{2}-[a-zA-Z]{2}]?$""#;
    assert!(schema.contains(broken));
    let schema = schema.replace(broken, r#""^[a-zA-Z]{2}(-[a-zA-Z]{2})?$""#);
    validator(&schema)
}

#[test]
fn sarif_is_valid_by_the_schema_of_oasis() {
    let validator = sarif_validator();
    let (_folder, path) = lint("sarif");
    let mut sarif = json(&path);
    fits(&validator, &sarif);
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert!(results.len() > RULES.len());
    assert!(results.iter().any(|one| one["fixes"].is_array()));
    assert!(results.iter().any(|one| one["relatedLocations"].is_array()));
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .unwrap();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    // A validator that accepts everything would prove nothing.
    sarif["runs"][0]["results"][0]["level"] = "fatal".into();
    assert!(!validator.is_valid(&sarif));
}

#[track_caller]
fn is_junit(text: &str) {
    let schema = from_package("junit-report", "tests/JUnit.xsd");
    let schema = uppsala::parse(&schema).unwrap();
    let validator = uppsala::XsdValidator::from_schema(&schema).unwrap();
    let errors = validator.validate(&uppsala::parse(text).unwrap());
    assert!(errors.is_empty(), "{errors:#?}\n{text}");
    let wrong = text.replacen("<testcase ", "<testcase nonsense=\"1\" ", 1);
    assert_ne!(wrong, text);
    let errors = validator.validate(&uppsala::parse(&wrong).unwrap());
    assert!(!errors.is_empty(), "the validator accepts everything");
}

#[test]
fn junit_of_lint_is_valid() {
    let (_folder, path) = lint("junit");
    is_junit(&fs::read_to_string(path).unwrap());
}

const SUITE_HEAD: &str = "apiVersion: countersign.dev/v1
kind: PolicySuite
settings: policy.yaml
time: 2026-06-15T12:00:00Z
cases:
  - name: as expected
    request: {images: [registry.example/app:1]}
    expect: {outcome: denied, reasons: [always-deny]}
";

/// A policy with a suite, and one module for all of it.
fn policy(cases: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let policy = "policy: {defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}}";
    fs::write(folder.path().join("policy.yaml"), policy).unwrap();
    fs::write(
        folder.path().join("tests.yaml"),
        format!("{SUITE_HEAD}{cases}"),
    )
    .unwrap();
    folder
}

/// All formats of one run that has everything in it.
#[test]
fn reports_of_tests_fit_their_schemas() {
    let folder = policy(
        "  - name: \"not <as> expected & \\u0007\"
    request: {images: [registry.example/app:1]}
    expect: {outcome: admitted, reasons: [attested]}
",
    );
    let at = |name: &str| folder.path().join(name);
    let output = |format: &str, name: &str| format!("{format}={}", at(name).display());
    let (as_json, as_junit) = (output("json", "r.json"), output("junit", "r.xml"));
    let (as_github, human) = (output("github", "r.txt"), output("human", "h.txt"));
    let (as_sarif, markdown) = (output("sarif", "r.sarif"), output("markdown", "r.md"));
    let path = folder.path().to_str().unwrap();
    run(
        &[
            "test",
            path,
            "--coverage",
            "--mutate",
            "--format",
            &as_json,
            "--format",
            &as_junit,
            "--format",
            &as_github,
            "--format",
            &human,
            "--format",
            &as_sarif,
            "--format",
            &markdown,
        ],
        Exit::No,
    );
    let sarif = json(&at("r.sarif"));
    fits(&sarif_validator(), &sarif);
    let result = &sarif["runs"][0]["results"][0];
    let region = &result["locations"][0]["physicalLocation"]["region"];
    assert_eq!(region["startLine"], 9);
    let markdown = fs::read_to_string(at("r.md")).unwrap();
    let start = "**countersign test**: 2 cases: 1 passed, 1 failed, 0 with an error\n";
    assert!(markdown.starts_with(start), "{markdown}");
    let report = json(&at("r.json"));
    fits(&validator(TEST_REPORT), &report);
    assert_eq!(report["summary"]["unexpected"], 1);
    assert_eq!(report["coverage"][0]["percent"], 100);
    is_junit(&fs::read_to_string(at("r.xml")).unwrap());
    let annotations = fs::read_to_string(at("r.txt")).unwrap();
    let [annotation] = annotations.lines().collect::<Vec<_>>()[..] else {
        panic!("{annotations}")
    };
    assert!(annotation.starts_with("::error file="), "{annotation}");
    assert!(
        annotation.contains("%0Aoutcome: expected admitted, got denied"),
        "{annotation}"
    );
    let human = fs::read_to_string(at("h.txt")).unwrap();
    assert!(!human.contains(['\u{1b}', '\u{7}']), "{human}");
}

/// Why a run fails is in every format, also where every case is as expected.
#[test]
fn what_is_missing_is_in_every_report() {
    let folder = policy("");
    let pattern = "policy:\n  admissionWhitelistPatterns:\n  - namePattern: r.example/a@*\n  defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}\n";
    fs::write(folder.path().join("policy.yaml"), pattern).unwrap();
    let at = |name: &str| folder.path().join(name);
    let output = |format: &str, name: &str| format!("{format}={}", at(name).display());
    let (junit, github) = (output("junit", "r.xml"), output("github", "r.txt"));
    let (human, path) = (output("human", "h.txt"), folder.path().to_str().unwrap());
    run(
        &[
            "test",
            path,
            "--coverage",
            "--threshold",
            "100",
            "--mutate",
            "--format",
            &junit,
            "--format",
            &github,
            "--format",
            &human,
        ],
        Exit::No,
    );
    let junit = fs::read_to_string(at("r.xml")).unwrap();
    is_junit(&junit);
    for name in ["r.xml", "r.txt"] {
        let text = fs::read_to_string(at(name)).unwrap();
        for part in ["below the threshold of 100", "drop pattern `r.example/a@*`"] {
            assert!(
                text.contains(part) || text.contains(&part.replace(' ', "%20")),
                "{part}: {text}"
            );
        }
    }
    let github = fs::read_to_string(at("r.txt")).unwrap();
    let at_setting = github.lines().filter(|line| line.contains(",line=3,"));
    assert_eq!(at_setting.count(), 1, "{github}");
    let human = fs::read_to_string(at("h.txt")).unwrap();
    assert!(
        human.contains("  below the threshold of 100 %\n"),
        "{human}"
    );
}

#[test]
fn reports_of_mutation_fit_their_schema() {
    let folder = policy("");
    let path = folder.path().join("report.json");
    let output = format!("json={}", path.display());
    let suites = folder.path().to_str().unwrap();
    run(
        &[
            "test",
            suites,
            "--mutate",
            "--coverage",
            "--format",
            &output,
        ],
        Exit::No,
    );
    let report = json(&path);
    fits(&validator(TEST_REPORT), &report);
    assert!(report["mutation"][0]["mutants"].as_u64().unwrap() >= 2);
    assert!(report["mutation"][0]["survivors"][0]["what"].is_string());
}

#[test]
fn the_shipped_suites_fit_the_schema_of_suites() {
    let validator = validator(SUITE);
    let mut seen = 0;
    for entry in fs::read_dir(root().join("policies")).unwrap() {
        let path = entry.unwrap().path().join("tests.yaml");
        if path.exists() {
            let text = fs::read_to_string(path).unwrap();
            let documents = host_runner::inputs::parse(&text).unwrap();
            fits(&validator, &documents[0]);
            seen += 1;
        }
    }
    assert!(seen >= 5);
}

/// The words of a suite stand in its schema and in the code that reads them.
#[test]
fn the_schema_of_suites_knows_every_word() {
    let schema: Value = serde_json::from_str(SUITE).unwrap();
    let words: Vec<_> = policy_lint::suite::Tamper::NAMES
        .iter()
        .map(|(word, _)| Value::from(*word))
        .collect();
    assert_eq!(schema["$defs"]["tamper"]["enum"], Value::Array(words));
}

#[test]
fn a_configuration_fits_its_schema_as_the_program_reads_it() {
    let validator = validator(LINT_CONFIG);
    let read = |text: &str| {
        let source = policy_lint::SourceFile::new("countersign-lint.yaml", text);
        policy_lint::Config::parse(&source).is_ok()
    };
    for (body, is_good) in [
        (
            "severity: {lint-dry-run: allow, lint-bare-name: error}",
            true,
        ),
        ("", true),
        ("severity: {lint-dry-run: fatal}", false),
        ("severity: {policy-unknown-field: allow}", false),
        ("severities: {}", false),
    ] {
        let text = format!("apiVersion: countersign.dev/v1\nkind: LintConfig\n{body}\n");
        let document = &host_runner::inputs::parse(&text).unwrap()[0];
        assert_eq!(validator.is_valid(document), is_good, "{body}");
        assert_eq!(read(&text), is_good, "{body}");
    }
    // What looks right may still be no lint.
    assert!(!read(
        "apiVersion: countersign.dev/v1\nkind: LintConfig\nseverity: {lint-nothing: allow}\n"
    ));
}

#[test]
fn reports_of_differences_fit_their_schema() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    let output = format!("json={}", path.display());
    let policies = root().join("policies");
    let at = |file: &str| policies.join(file).to_str().unwrap().to_owned();
    let (old, new) = (
        at("pipeline/policy.yaml"),
        at("registry-allowlist/policy.yaml"),
    );
    let files = at("pipeline/fixtures");
    run(
        &["diff", &old, &new, &files, "--reasons", "--format", &output],
        Exit::No,
    );
    let report = json(&path);
    fits(&validator(DIFF_REPORT), &report);
    let changes: Vec<_> = report["objects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["change"].as_str().unwrap())
        .collect();
    assert!(changes.contains(&"newly-admitted"), "{changes:?}");
}

/// Every command that evaluates objects has the same formats, at the lines of the images.
#[test]
fn reports_of_measurements_fit_their_schema() {
    let folder = tempfile::tempdir().unwrap();
    let policies = root().join("policies/pipeline");
    let at = |file: &str| policies.join(file).to_str().unwrap().to_owned();
    let (settings, object) = (at("policy.yaml"), at("fixtures/qa-built.yaml"));
    let timing = json!({"p50": 1, "p99": 1, "perSecond": 1});
    let baseline = json!({
        "apiVersion": "countersign.dev/v1", "kind": "BenchReport", "runs": 1,
        "module": {"digest": format!("sha256:{}", "0".repeat(64)), "bytes": 1},
        "cases": [{
            "request": "Deployment qa/web", "source": object, "bytes": 1, "accepted": true,
            "noOp": timing, "skip": timing, "policy": timing, "ratio": 1, "fuel": 1, "memory": 1,
        }],
    });
    let (before, path) = (folder.path().join("a.json"), folder.path().join("b.json"));
    fs::write(&before, baseline.to_string()).unwrap();
    let (before, output) = (before.to_str().unwrap(), format!("json={}", path.display()));
    run(
        &[
            "bench",
            "--settings",
            &settings,
            "--count",
            "1",
            "--warm-up",
            "0",
            &object,
            "--compare",
            before,
            "--format",
            &output,
        ],
        Exit::No,
    );
    let report = json(&path);
    for report in [&baseline, &report] {
        fits(&validator(BENCH_REPORT), report);
    }
    assert_eq!(report["cases"][0]["changes"][1]["verdict"], "regression");
}

#[test]
fn reports_of_objects_are_valid_and_at_the_image() {
    let policies = root().join("policies");
    let at = |file: &str| policies.join(file).to_str().unwrap().to_owned();
    let (policy, other) = (
        at("pipeline/policy.yaml"),
        at("registry-allowlist/policy.yaml"),
    );
    let fixtures = at("pipeline/fixtures");
    let commands: [&[&str]; 3] = [
        &["evaluate", "--settings", &policy, &fixtures],
        &["audit", "--settings", &policy, &fixtures],
        &["diff", &other, &policy, &fixtures],
    ];
    let sarif = sarif_validator();
    for command in commands {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let outputs = ["junit", "sarif", "github", "markdown", "json"]
            .map(|format| format!("{format}={}", path(format).display()));
        let mut arguments = command.to_vec();
        for output in &outputs {
            arguments.extend(["--format", output]);
        }
        run(&arguments, Exit::No);
        let text = |name: &str| fs::read_to_string(path(name)).unwrap();
        is_junit(&text("junit"));
        fits(&sarif, &json(&path("sarif")));
        let unsigned = at("pipeline/fixtures/production-unsigned.yaml");
        let manifest = fs::read_to_string(&unsigned).unwrap();
        let line = manifest.lines().position(|line| line.contains("image: "));
        let line = line.unwrap() + 1;
        let annotation = format!("::error file={unsigned},line={line},col=");
        assert!(text("github").contains(&annotation), "{}", text("github"));
        let results = json(&path("sarif"))["runs"][0]["results"].clone();
        let is_at = |one: &Value| {
            let place = &one["locations"][0]["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str().unwrap();
            uri.ends_with("production-unsigned.yaml") && place["region"]["startLine"] == line
        };
        assert!(results.as_array().unwrap().iter().any(is_at), "{results:#}");
        assert!(
            text("markdown").starts_with(&format!("**countersign {}**: ", command[0])),
            "{}",
            text("markdown")
        );
    }
}

#[test]
fn reports_of_evaluations_fit_their_schema() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    let output = format!("json={}", path.display());
    let policies = root().join("policies/pipeline");
    let at = |file: &str| policies.join(file).to_str().unwrap().to_owned();
    let (policy, fixtures) = (at("policy.yaml"), at("fixtures"));
    let arguments = [
        "evaluate",
        "--settings",
        &policy,
        &fixtures,
        "--format",
        &output,
    ];
    run(&arguments, Exit::No);
    let report = json(&path);
    fits(&validator(EVALUATION_REPORT), &report);
    let validator = validator(DECISION);
    let objects = report["objects"].as_array().unwrap();
    assert_eq!(objects.len(), 6);
    for object in objects {
        fits(&validator, &object["decision"]);
    }
}

/// A dump with every outcome in it, which fits the schema whole and cut short.
#[test]
fn reports_of_audits_fit_their_schema() {
    let folder = tempfile::tempdir().unwrap();
    let at = |file: &str| folder.path().join(file).to_str().unwrap().to_owned();
    let settings = "policy:
  defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
  kubernetesNamespaceAdmissionRules:
    preview: {evaluationMode: ALWAYS_DENY, enforcementMode: DRYRUN_AUDIT_LOG_ONLY}
    open: {evaluationMode: ALWAYS_ALLOW, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
    signed:
      evaluationMode: REQUIRE_ATTESTATION
      enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
      requireAttestationsBy: [projects/p/attestors/a]
attestors: [{name: projects/p/attestors/a, userOwnedGrafeasNote: {noteReference: projects/p/notes/a, publicKeys: [{pkixPublicKey: {signatureAlgorithm: ECDSA_P256_SHA256, publicKeyPem: PEM}}]}}]
evidence: {kubernetes: {notes: {projects/p/notes/a: attest-a}}}
breakGlass: {namespaces: [glass]}
";
    let key = fs::read_to_string(root().join("tests/core/vectors/ecdsa-p256.pem")).unwrap();
    let settings = settings.replace("PEM", &Value::from(key).to_string());
    fs::write(at("policy.yaml"), settings).unwrap();
    let pod = |namespace: &str| {
        format!(
            r#"{{"apiVersion": "v1", "kind": "Pod", "metadata": {{"name": "x", "namespace": "{namespace}",
              "labels": {{"image-policy.k8s.io/break-glass": "true"}}}},
              "spec": {{"containers": [{{"name": "a", "image": "r.example/a@sha256:{}"}}]}}}}"#,
            "1".repeat(64)
        )
    };
    let dump = ["open", "closed", "preview", "glass", "signed"]
        .map(pod)
        .join("");
    let others = r#"{"apiVersion": "v1", "kind": "Secret"} {"apiVersion": "v1", "kind": "Nothing", "image": ""}"#;
    fs::write(at("dump.json"), format!("{dump}{others}")).unwrap();
    let (policy, dump, output) = (at("policy.yaml"), at("dump.json"), at("report.json"));
    let format = format!("json={output}");
    let audit = |more: &[&str]| {
        let arguments = ["audit", "--settings", &policy, &dump, "--format", &format];
        run(&[&arguments, more].concat(), Exit::No);
        let report = json(Path::new(&output));
        fits(&validator(AUDIT_REPORT), &report);
        report
    };
    let report = audit(&["--time", "2026-11-23T12:00:00Z"]);
    let outcomes: Vec<_> = report["findings"].as_array().unwrap().iter().collect();
    let outcomes: Vec<_> = outcomes
        .iter()
        .map(|one| one["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(
        outcomes,
        ["refused", "refused", "break-glass", "dry-run", "error"]
    );
    assert_eq!(report["passedOver"], serde_json::json!({"Secret": 1}));
    let summary = serde_json::json!({
        "objects": 6, "admitted": 1, "refused": 2, "errors": 1, "dryRun": 1, "breakGlass": 1,
        "owned": 0, "images": 1, "imagesWithFindings": 1,
    });
    assert_eq!(report["summary"], summary);
    let short = audit(&["--limit", "0"]);
    assert_eq!(
        short["omitted"],
        serde_json::json!({"images": 1, "objects": 5})
    );
    assert_eq!(short["findings"], report["findings"]);
}

#[test]
fn descriptions_of_the_ready_made_policies_fit_their_schema() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("description.json");
    let format = format!("json={}", path.display());
    let validator = validator(POLICY_DESCRIPTION);
    let mut demands = BTreeSet::new();
    for entry in fs::read_dir(root().join("policies")).unwrap() {
        let settings = entry.unwrap().path().join("policy.yaml");
        if !settings.exists() {
            continue;
        }
        run(
            &["describe", settings.to_str().unwrap(), "--format", &format],
            Exit::Yes,
        );
        let description = json(&path);
        fits(&validator, &description);
        let rows = description["rows"].as_array().unwrap().iter();
        let cells = rows.flat_map(|row| row["cells"].as_array().unwrap());
        demands.extend(cells.map(|cell| cell["demand"].as_str().unwrap().to_owned()));
    }
    let expected = ["admit", "attestation", "checks", "deny", "imageRules"];
    assert!(
        expected.iter().all(|demand| demands.contains(*demand)),
        "{demands:?}"
    );
}

/// A report of an earlier run would be taken for one of this run.
#[test]
fn a_run_without_results_replaces_every_report() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let settings = folder.join("policy.yaml");
    fs::write(
        &settings,
        "policy:\n  defaultAdmissionRule:\n    evaluationMode: ALWAYS_DENI\n    enforcementMode: \
         ENFORCED_BLOCK_AND_AUDIT_LOG\n",
    )
    .unwrap();
    let suite = folder.join("tests.yaml");
    fs::write(
        &suite,
        "apiVersion: countersign.dev/v1\nkind: PolicySuite\nsettings: policy.yaml\ntime: \
         2026-01-31T12:00:00Z\ncases: [{name: a, request: {images: [a.example/a]}, expect: denied}]\n",
    )
    .unwrap();
    let pod = root().join("policies/pipeline/fixtures/production-signed.yaml");
    let [settings, suite, pod] = [&settings, &suite, &pod].map(|path| path.to_str().unwrap());
    for (arguments, schema, kind) in [
        (
            vec!["evaluate", "--settings", settings, pod],
            EVALUATION_REPORT,
            "EvaluationReport",
        ),
        (
            vec!["evaluate", "--settings", pod, "no such file"],
            EVALUATION_REPORT,
            "EvaluationReport",
        ),
        (
            vec!["audit", "--settings", settings, pod],
            AUDIT_REPORT,
            "AuditReport",
        ),
        (
            vec!["diff", settings, settings, pod],
            DIFF_REPORT,
            "DiffReport",
        ),
        (vec!["test", suite], TEST_REPORT, "TestReport"),
        (
            vec!["describe", settings],
            POLICY_DESCRIPTION,
            "PolicyDescription",
        ),
        (vec!["lint", "no such file"], LINT_REPORT, "LintReport"),
    ] {
        let mut formats = vec!["json", "human"];
        if arguments[0] != "describe" {
            formats.extend(["sarif", "junit", "github"]);
        }
        if arguments[0] != "lint" {
            formats.extend(["markdown", "html"]);
        }
        if arguments[0] == "evaluate" {
            formats.extend(["gke", "admission-review"]);
        }
        let path = |format: &str| folder.join(format).display().to_string();
        let mut all: Vec<_> = arguments.into_iter().map(str::to_owned).collect();
        for format in &formats {
            fs::write(path(format), "of an earlier run").unwrap();
            all.extend(["--format".to_owned(), format!("{format}={}", path(format))]);
        }
        let all: Vec<_> = all.iter().map(String::as_str).collect();
        run(&all, Exit::CouldNot);
        let report = json(&folder.join("json"));
        fits(&validator(schema), &report);
        assert_eq!(report["kind"], kind);
        for format in formats {
            let text = fs::read_to_string(path(format)).unwrap();
            let is_empty = ["gke", "admission-review"].contains(&format);
            let is_told = if is_empty {
                text.is_empty()
            } else {
                ["ALWAYS_DENI", "ALWAYS&#95;DENI", "no such file", "invalid"]
                    .iter()
                    .any(|cause| text.contains(cause))
                    || all[0] == "evaluate" && text.contains("settings")
            };
            assert!(is_told, "{all:?} {format}:\n{text}");
        }
    }
}
