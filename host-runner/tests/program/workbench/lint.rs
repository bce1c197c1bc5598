//! `countersign lint` as a user runs it.

use std::fs;

use crate::program::{file, run};

/// Two findings: one with a fix, one without.
const POLICY: &str = "policy:
  admissionWhitelistPatterns:
    - namePattern: registry.example/shop/**
    - namePattern: registry.example/shop/**
  globalPolicyEvaluationMode: DISABLE
  defaultAdmissionRule:
    evaluationMode: ALWAYS_ALLOW
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
";

#[test]
fn findings_are_shown_with_their_lines_and_what_made_them() {
    let (_folder, path) = file("policy.yaml", POLICY);
    let path = path.display();
    let (stdout, stderr) = run(&format!("lint {path}"), "", 1);
    let expected = format!(
        "warning[lint-pattern-duplicate]: the list contains pattern `registry.example/shop/**` twice
 --> {path}:4:20
  |
3 |     - namePattern: registry.example/shop/**
  |                    ------------------------ the first one
4 |     - namePattern: registry.example/shop/**
  |                    ^^^^^^^^^^^^^^^^^^^^^^^^ duplicate
  |
  = help: remove one of them
"
    );
    assert!(stdout.starts_with(&expected), "{stdout}");
    assert!(
        stdout.ends_with("1 document: 2 warnings (1 fixable with `--fix`)\n"),
        "{stdout}"
    );
    assert_eq!(stderr, "");
}

#[test]
fn one_line_for_each_finding_where_that_is_wanted() {
    let (_folder, path) = file("policy.yaml", POLICY);
    let (stdout, _) = run(&format!("lint --format concise {}", path.display()), "", 1);
    let lines: Vec<_> = stdout.lines().collect();
    let [duplicate, default] = lines.as_slice() else {
        panic!("{stdout}")
    };
    let at = path.display();
    assert!(duplicate.starts_with(&format!("{at}:4:20: warning[lint-pattern-duplicate]: ")));
    assert!(default.starts_with(&format!("{at}:7:21: warning[lint-always-allow-default]: ")));
}

#[test]
fn fixes_that_cannot_change_a_verdict_are_applied() {
    let (_folder, path) = file("policy.yaml", POLICY);
    let (stdout, _) = run(&format!("lint --fix {}", path.display()), "", 1);
    assert!(
        stdout.ends_with("1 document: 1 warning, 1 fixed\n"),
        "{stdout}"
    );
    let line = "    - namePattern: registry.example/shop/**\n";
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        POLICY.replacen(line, "", 1)
    );
}

#[test]
fn severities_come_from_the_command_line_and_from_a_file() {
    let (folder, path) = file("policy.yaml", POLICY);
    let path = path.display();
    let allow = "--allow lint-pattern-duplicate --allow lint-always-allow-default";
    let (stdout, _) = run(&format!("lint {allow} {path}"), "", 0);
    assert_eq!(stdout, "1 document: nothing found\n");
    let (stdout, _) = run(&format!("lint --fail-on error {path}"), "", 0);
    assert!(stdout.contains("2 warnings"), "{stdout}");
    let config = folder.path().join("severities.yaml");
    let text = "apiVersion: countersign.dev/v1\nkind: LintConfig\nseverity:\n  lint-pattern-duplicate: allow\n  lint-always-allow-default: info\n";
    fs::write(&config, text).unwrap();
    let config = config.display();
    let (stdout, _) = run(&format!("lint --config {config} {path}"), "", 0);
    assert!(
        stdout.starts_with("info[lint-always-allow-default]"),
        "{stdout}"
    );
    let deny = "--deny lint-always-allow-default";
    let (stdout, _) = run(&format!("lint --config {config} {deny} {path}"), "", 1);
    assert!(
        stdout.starts_with("error[lint-always-allow-default]"),
        "{stdout}"
    );
}

#[test]
fn comments_ignore_findings_with_a_reason_and_no_error_of_validation() {
    let ignoring = POLICY
        .replacen(
            "shop/**\n    - ",
            "shop/**\n    # countersign-ignore lint-pattern-duplicate: a test\n    - ",
            1,
        )
        .replace(
            "ALWAYS_ALLOW\n",
            "ALWAYS_ALLOW # countersign-ignore lint-always-allow-default: only tests run here\n",
        );
    let (stdout, _) = run("lint -", &ignoring, 0);
    assert_eq!(
        stdout,
        "1 document: nothing found, 2 ignored with a reason\n"
    );
    let (stdout, _) = run("lint -", &ignoring.replace(": only tests run here", ""), 1);
    assert!(
        stdout.contains("error[lint-ignore-without-reason]"),
        "{stdout}"
    );
    assert!(
        stdout.contains("warning[lint-always-allow-default]"),
        "{stdout}"
    );
    let invalid = "policy: # countersign-ignore policy-missing-default-rule: later\n  description: x\nattestors: []\n";
    let (stdout, _) = run("lint -", invalid, 1);
    assert!(
        stdout.contains("error[policy-missing-default-rule]"),
        "{stdout}"
    );
}

#[test]
fn everything_that_validation_refuses_is_found_at_its_place() {
    let text = POLICY.replace("ALWAYS_ALLOW", "ALLOW_EVERYTHING").replace(
        "globalPolicyEvaluationMode: DISABLE",
        "globalPolicyEvaluationMod: DISABLE",
    ) + "singletonPae: off\n";
    let (stdout, _) = run("lint --format concise -", &text, 1);
    for line in [
        "<stdin>:5:3: error[policy-unknown-field]: unknown field `globalPolicyEvaluationMod`",
        "<stdin>:7:21: error[policy-unknown-enum]: ",
        "<stdin>:9:15: error[settings-wrong-type]: ",
    ] {
        assert!(stdout.contains(line), "{line}\n{stdout}");
    }
    let (stdout, _) = run("lint -", &text, 1);
    assert!(
        stdout.contains("YAML takes `off` for a boolean; write `\"off\"`"),
        "{stdout}"
    );
}

#[test]
fn pages_and_the_list_are_printed() {
    let (stdout, _) = run("lint --explain lint-star-prefix", "", 0);
    for part in ["lint-star-prefix (warning)\n", "\nAvoid\n", "\nPrefer\n"] {
        assert!(stdout.contains(part), "{stdout}");
    }
    let (stdout, _) = run("lint --list", "", 0);
    assert_eq!(stdout.lines().count(), policy_lint::RULES.len());
    let (_, stderr) = run("lint --explain lint-nothing", "", 2);
    assert!(stderr.contains("no lint `lint-nothing`"), "{stderr}");
}

#[test]
fn what_could_not_be_linted_ends_with_2() {
    let (folder, path) = file(
        "pod.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n",
    );
    let (_, stderr) = run(&format!("lint {}", path.display()), "", 2);
    let what = format!(
        "nothing to lint: `{}` is a Kubernetes object",
        path.display()
    );
    assert!(stderr.contains(&what), "{stderr}");
    let (_folder, other) = file("other.yaml", "replicas: 1\n");
    let (_, stderr) = run(&format!("lint {}", other.display()), "", 2);
    let what = format!("nothing to lint: `{}` has no policy", other.display());
    assert!(stderr.contains(&what), "{stderr}");
    let (_, stderr) = run(
        &format!("lint {}/nowhere.yaml", folder.path().display()),
        "",
        2,
    );
    assert!(stderr.contains("cannot read"), "{stderr}");
    let (_, stderr) = run("lint --deny lint-nothing policies", "", 2);
    assert!(stderr.contains("no lint `lint-nothing`"), "{stderr}");
    let (_, stderr) = run("lint --format json --format human policies", "", 2);
    assert!(stderr.contains("only one format"), "{stderr}");
    // A file that is not YAML was not linted, and is reported.
    let (stdout, _) = run("lint -", "policy: [", 1);
    assert!(stdout.contains("error[document-malformed]"), "{stdout}");
}

#[test]
fn the_shipped_policies_are_free_of_findings() {
    let allow = "--allow lint-public-test-key";
    let (stdout, _) = run(&format!("lint --fail-on info {allow} policies"), "", 0);
    assert!(stdout.contains(": nothing found, "), "{stdout}");
}

/// Nothing in a ready-made policy keeps its copy from being reported while it trusts a test key.
#[test]
fn copies_of_the_shipped_policies_are_reported_until_the_test_keys_are_replaced() {
    for policy in [
        "pipeline",
        "require-attestation",
        "require-attestation-platform",
        "supply-chain",
    ] {
        let arguments = format!("lint --format concise policies/{policy}/policy.yaml");
        let (stdout, _) = run(&arguments, "", 1);
        assert!(stdout.contains("error[lint-public-test-key]"), "{stdout}");
    }
}

/// Findings that depend on the day are those of now, or of the day of `--time`.
#[test]
fn a_day_decides_what_a_comment_ignores() {
    let policy = "policy:
  defaultAdmissionRule:
    # countersign-ignore lint-always-allow-default: until 2024-06-30, when the last team signs
    evaluationMode: ALWAYS_ALLOW
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
";
    let (stdout, _) = run("lint --format concise -", policy, 1);
    assert!(stdout.contains("warning[lint-ignore-expired]"), "{stdout}");
    let (stdout, _) = run("lint --time 2024-06-30T12:00:00Z -", policy, 0);
    assert!(stdout.contains("1 ignored with a reason"), "{stdout}");
    let (_, stderr) = run("lint --time tomorrow -", policy, 2);
    assert!(stderr.contains("--time"), "{stderr}");
}

#[test]
fn a_misspelled_name_is_answered_with_the_one_that_is_meant() {
    let image = format!("registry.example/shop/web@sha256:{}", "1".repeat(64));
    let sign = format!(
        "attest sign --key policies/test-keys/build.pem --settings policies/pipeline/policy.yaml --attestor biuld {image}"
    );
    for (arguments, meant) in [
        ("lint --explain lint-dry-rn", "`lint-dry-run`"),
        ("lint --allow lint-dry-rn policies", "`lint-dry-run`"),
        ("explain digest-requird", "`digest-required`"),
        (&sign, "`projects/example/attestors/build`"),
    ] {
        let (_, stderr) = run(arguments, "", 2);
        let expected = format!("did you mean {meant}?");
        assert!(stderr.contains(&expected), "{stderr}");
    }
}
