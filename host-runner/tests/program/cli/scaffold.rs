//! `test --scaffold`: a suite for settings that have none, and the lines that no case can test.

use std::fs;

use crate::program::{file, run};

const SETTINGS: &str = "cluster: us-central1-a.production
policy:
  defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
  clusterAdmissionRules:
    us-central1-a.production: {evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
    us-central1-a.staging: {evaluationMode: ALWAYS_ALLOW, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
";

#[test]
fn lines_that_no_case_can_test_are_named() {
    let (folder, settings) = file("policy.yaml", SETTINGS);
    let suite = folder.path().join("tests.yaml");
    let scaffold = format!(
        "test --scaffold {} --output {}",
        settings.display(),
        suite.display()
    );
    let (stdout, stderr) = run(&scaffold, "", 1);
    assert_eq!(stdout, "");
    let expected = "policy.yaml:6: policy.clusterAdmissionRules[us-central1-a.staging]: no case exercises rule for \
                    `us-central1-a.staging`: only the rule of `cluster` applies";
    assert!(stderr.contains(expected), "{stderr}");
    run(&format!("test {}", suite.display()), "", 0);
}

#[test]
fn a_suite_elsewhere_names_the_settings_by_their_path_from_there() {
    let rule = SETTINGS
        .lines()
        .take(3)
        .skip(1)
        .collect::<Vec<_>>()
        .join("\n");
    let (folder, settings) = file("policy.yaml", &rule);
    let below = folder.path().join("checks");
    fs::create_dir(&below).unwrap();
    let suite = below.join("tests.yaml");
    let scaffold = format!(
        "test --scaffold {} --output {}",
        settings.display(),
        suite.display()
    );
    let (_, stderr) = run(&scaffold, "", 0);
    assert!(stderr.contains("1 of 1 parts exercised"), "{stderr}");
    let text = fs::read_to_string(&suite).unwrap();
    assert!(
        text.contains("settings: \"../policy.yaml\"") || text.contains("settings: ../policy.yaml"),
        "{text}"
    );
    run(
        &format!(
            "test {} --coverage --threshold 100 --mutate",
            suite.display()
        ),
        "",
        0,
    );
    let (_, stderr) = run(&scaffold, "", 2);
    assert!(
        stderr.contains("exists; overwrite it with --force"),
        "{stderr}"
    );
    let (_, stderr) = run("test --output tests.yaml", "", 2);
    assert!(stderr.contains("--output is for --scaffold"), "{stderr}");
}
