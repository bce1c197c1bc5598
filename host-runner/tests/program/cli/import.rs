//! `countersign import` as a user runs it.

use std::fs;

use crate::program::{file, run};

const POLICY: &str = "defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
globalPolicyEvaluationMode: DISABLE
";

#[test]
fn settings_go_to_standard_output_and_all_words_beside_them() {
    let policy = format!("{POLICY}admissionWhitelistPatterns: {{namePattern: r.example/a@*}}\n");
    let (stdout, stderr) = run("import --policy -", &policy, 0);
    let (schema, settings) = stdout.split_once('\n').unwrap();
    assert!(
        schema.starts_with("# yaml-language-server: $schema=https://"),
        "{schema}"
    );
    assert!(
        schema.ends_with("/policy-lint/schemas/settings.json"),
        "{schema}"
    );
    assert_eq!(
        settings,
        "policy:
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
  globalPolicyEvaluationMode: DISABLE
  admissionWhitelistPatterns:
    - namePattern: r.example/a@*
"
    );
    assert_eq!(
        stderr,
        "warning: <stdin>: admissionWhitelistPatterns: a single value was converted to a list
settings: a policy
"
    );
}

#[test]
fn a_file_is_written_once() {
    let (folder, policy) = file("policy.yaml", POLICY);
    let output = folder.path().join("settings.yaml");
    let import = format!(
        "import --policy {} -o {}",
        policy.display(),
        output.display()
    );
    let (stdout, stderr) = run(&import, "", 0);
    let suite = folder.path().join("tests.yaml");
    let (settings, suite) = (output.display(), suite.display());
    let offered = format!("countersign test --scaffold {settings} --output {suite}");
    assert_eq!(
        (stdout.as_str(), stderr),
        (
            "",
            format!("{settings}: a policy\nnote: write its tests with: {offered}\n")
        )
    );
    let written = fs::read_to_string(&output).unwrap();
    fs::write(&output, "precious").unwrap();
    let (_, stderr) = run(&import, "", 2);
    assert!(
        stderr.ends_with("settings.yaml` exists; overwrite it with --force\n"),
        "{stderr}"
    );
    assert_eq!(fs::read_to_string(&output).unwrap(), "precious");
    run(&format!("{import} --force"), "", 0);
    assert_eq!(fs::read_to_string(&output).unwrap(), written);
}

/// Whatever answers it is, the list in it is read; what is no occurrence is none.
#[test]
fn attestations_are_occurrences_and_nothing_else() {
    let (folder, policy) = file("policy.yaml", POLICY);
    let import = |attestations: &str, status| {
        let path = folder.path().join("attestations.json");
        fs::write(&path, attestations).unwrap();
        let arguments = format!(
            "import --policy {} --all --attestations {}",
            policy.display(),
            path.display()
        );
        run(&arguments, "", status)
    };
    let occurrence = r#"{"kind": "ATTESTATION", "attestation": {"serializedPayload": "e30=",
        "signatures": [{"publicKeyId": "k", "signature": "AA=="}]}}"#;
    for listing in [
        format!("[{occurrence}]"),
        format!("{{\"occurrences\": [{occurrence}]}}"),
        format!(
            "{{\"image_summary\": {{}}, \"provenance_summary\": {{\"provenance\": [{occurrence}]}}}}"
        ),
    ] {
        let (stdout, _) = import(&listing, 0);
        assert!(stdout.contains("    - kind: ATTESTATION\n"), "{stdout}");
        let lines = ["occurrences", "image_summary"];
        let nested = lines.map(|line| format!("occurrences:\n    - {line}"));
        assert!(!nested.iter().any(|line| stdout.contains(line)), "{stdout}");
    }
    for other in [r#"{"foo": 1}"#, r#"[{"name": "projects/p/attestors/a"}]"#] {
        let (stdout, stderr) = import(other, 2);
        assert_eq!(stdout, "");
        assert!(stderr.contains("this is not an occurrence"), "{stderr}");
    }
    let bundle =
        r#"{"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "dsseEnvelope": {}}"#;
    let (_, stderr) = import(bundle, 2);
    assert!(stderr.contains("this is a Sigstore bundle"), "{stderr}");
    let numbered = occurrence.replace(r#""ATTESTATION""#, "7");
    let scan = r#"{"kind": 1, "vulnerability": {}}"#;
    for numbered in [&*numbered, scan] {
        let (_, stderr) = import(numbered, 2);
        assert!(stderr.contains("kind: expected a name"), "{stderr}");
        assert!(stderr.contains("use_integers_for_enums"), "{stderr}");
    }
}

#[test]
fn a_cluster_has_a_location() {
    let (_folder, policy) = file("policy.yaml", POLICY);
    let (_, stderr) = run(
        &format!("import --policy {} --cluster prod", policy.display()),
        "",
        2,
    );
    assert!(stderr.contains("expected LOCATION.NAME"), "{stderr}");
}

/// gcloud writes `n` without quotes, and kubectl would take it for `false`.
#[test]
fn what_kubectl_reads_as_something_else_is_not_imported() {
    for (rules, problem) in [
        (
            "{n: {}}",
            "kubectl reads `n` as false and other parsers as a text; put it in quotes at line 3 column 37",
        ),
        (
            "{'n': &a {}, x: {<<: *a}}",
            "parsers differ in how they merge `<<`",
        ),
    ] {
        let text = format!("{POLICY}kubernetesNamespaceAdmissionRules: {rules}\n");
        let (_folder, path) = file("policy.yaml", &text);
        let (stdout, stderr) = run(&format!("import --policy {}", path.display()), "", 2);
        assert_eq!(stdout, "");
        assert!(stderr.contains(problem), "{stderr}");
    }
}

#[test]
fn what_cannot_be_used_is_told_where_it_stands_and_nothing_is_written() {
    let policy = "default_admission_rule: {}
defaultAdmissionRule: {evaluationMode: 3, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
kubernetesNamespaceAdmissionRules: {shop: {evaluationMode: REQUIRE_ATTESTATION, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG, requireAttestationsBy: [projects/p/attestors/a]}}
gkePolicy: {}
";
    let (folder, path) = file("policy.yaml", policy);
    let output = folder.path().join("settings.yaml");
    let (stdout, stderr) = run(
        &format!("import --policy {} -o {}", path.display(), output.display()),
        "",
        2,
    );
    assert_eq!(stdout, "");
    let at = path.display();
    for line in [
        format!(
            "error[policy-unknown-field]: {at}: [default_admission_rule]: unknown field\n  help: it is spelled `defaultAdmissionRule`\n"
        ),
        format!(
            "error[policy-numeric-enum]: {at}: defaultAdmissionRule.evaluationMode: expected a name, got a number\n"
        ),
        format!(
            "error: {at}: kubernetesNamespaceAdmissionRules.shop.requireAttestationsBy: attestor `projects/p/attestors/a` is in none of the --attestors files\n  help: gcloud container binauthz attestors describe a --project=p "
        ),
        format!(
            "error[policy-unsupported-feature]: {at}: gkePolicy: a platform policy belongs under `platformPolicies`\n  help: give platform policies with --platform-policy\n"
        ),
        "error: nothing was written because of the errors above".to_owned(),
    ] {
        assert!(stderr.contains(&line), "lacks {line:?}:\n{stderr}");
    }
    // Said once, in the words that help.
    assert!(!stderr.contains("policy-attestor-unknown"), "{stderr}");
    assert!(!output.exists());
}

#[test]
fn what_has_to_be_added_makes_status_1() {
    let policy = POLICY.replace("DISABLE", "ENABLE");
    let (stdout, stderr) = run("import --policy -", &policy, 1);
    assert!(stdout.contains("\npolicy:\n"), "{stdout}");
    let line = "incomplete: <stdin>: globalPolicyEvaluationMode: the policy exempts Google's system images";
    assert!(stderr.starts_with(line), "{stderr}");
}

#[test]
fn files_that_cannot_be_read_are_all_named() {
    let (folder, twice) = file("twice.yaml", "a: 1\na: 2\n");
    let several = folder.path().join("several.yaml");
    fs::write(&several, format!("{POLICY}---\n{POLICY}")).unwrap();
    let arguments = format!(
        "import --policy {} --system-policy missing.yaml --attestors {} --attestations -",
        several.display(),
        twice.display()
    );
    let (_, stderr) = run(&arguments, "", 2);
    for error in [
        "expected one document, the policy",
        "`missing.yaml`",
        "duplicate key `a`",
        "`<stdin>`: the file is empty",
    ] {
        assert!(stderr.contains(error), "lacks {error:?}:\n{stderr}");
    }
}

#[test]
fn bad_usage_is_status_2() {
    for arguments in [
        "import",
        "import --attestors x",
        "import --policy x --force",
        "import --policy - --attestors -",
        "import --policy x --policy y",
    ] {
        run(arguments, "", 2);
    }
    let (stdout, _) = run("import --help", "", 0);
    assert!(
        stdout.contains("Examples:") && stdout.contains("Exit status: 0"),
        "{stdout}"
    );
}
