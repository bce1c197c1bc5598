//! Names that try to be more than names, in everything that is printed.

use serde_json::Value;

use crate::program::{countersign, file};

/// A line break, a colour and the commands of three runners of workflows
const NAME: &str = r"a\e[31m ##[error]b ##vso[task.complete]c\n::error::d\n##[group]e\u202ef";

#[test]
fn no_name_is_a_command_of_a_workflow_in_any_format() {
    let (folder, suite) = file("::warning::x.tests.yaml", "");
    let policy = folder.path().join("policy.yaml");
    std::fs::copy(
        crate::program::root().join("policies/pipeline/policy.yaml"),
        policy,
    )
    .unwrap();
    let text = format!(
        "apiVersion: countersign.dev/v1\nkind: PolicySuite\nsettings: policy.yaml\n\
         time: 2026-01-31T12:00:00Z\nimages: {{unused: \"r.example/a@digest\"}}\n\
         cases: [{{name: \"{NAME}\", request: {{namespace: \"{NAME}\", images: [\"r.example/x:1\"]}}, \
         expect: {{outcome: admitted, reasons: [\"{NAME}\"]}}}}]\n"
    );
    std::fs::write(&suite, text).unwrap();
    let folder = folder.path().display();
    let mut commands = Vec::new();
    for format in ["human", "json", "junit", "sarif", "github", "markdown"] {
        commands.push(format!("test --format {format} {folder}"));
    }
    for format in ["human", "concise", "json", "sarif", "junit", "github"] {
        commands.push(format!("lint --format {format} {folder}"));
    }
    for command in commands {
        let output = countersign(&command, "");
        assert_ne!(output.status.code(), Some(0), "{command}");
        let is_github = command.contains("github");
        for shown in [output.stdout, output.stderr] {
            let shown = String::from_utf8(shown).unwrap();
            for line in shown.lines() {
                let is_annotation = [
                    "::error file=",
                    "::warning file=",
                    "::error title=countersign test::",
                ]
                .iter()
                .any(|command| line.starts_with(command));
                let is_own = is_github && is_annotation;
                assert!(
                    is_own || !line.trim_start().starts_with("::"),
                    "{command}\n{line}"
                );
            }
            for part in ["##[", "##vso[", "\u{1b}[31m", "\u{202e}"] {
                assert!(!shown.contains(part), "{command}: {part}\n{shown}");
            }
        }
    }
}

#[test]
fn json_says_the_same_with_every_character_spelled_out() {
    let pod = format!(
        r#"{{"apiVersion": "v1", "kind": "Pod", "metadata": {{"name": "a"}},
           "spec": {{"containers": [{{"name": "a", "image": "{}"}}]}}}}"#,
        "##[error]x"
    );
    let command = "evaluate --settings policies/pipeline/policy.yaml --format json -";
    let output = countersign(command, &pod);
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(!shown.contains("##["), "{shown}");
    let report: Value = serde_json::from_str(&shown).unwrap();
    let decision = &report["objects"][0]["decision"];
    assert_eq!(decision["images"][0]["image"], "##[error]x");
}

#[test]
fn no_private_key_is_shown_in_any_format() {
    let key = "-----BEGIN PRIVATE KEY-----\nMIIsecret\nsecretAAA\n-----END PRIVATE KEY-----\n";
    let text = serde_json::to_string(key).unwrap();
    let policy = format!(
        "policy: {{defaultAdmissionRule: {{evaluationMode: {text}, enforcementMode: {text}}}}}\n"
    );
    let (folder, policy) = file("policy.yaml", &policy);
    for format in ["human", "concise", "json", "sarif", "junit", "github"] {
        let output = countersign(&format!("lint --format {format} {}", policy.display()), "");
        for shown in [output.stdout, output.stderr] {
            let shown = String::from_utf8(shown).unwrap();
            assert!(!shown.contains("secret"), "{format}\n{shown}");
        }
    }
    drop(folder);
    let pod = format!(
        r#"{{"apiVersion": "v1", "kind": "Pod", "metadata": {{"name": "a"}},
           "spec": {{"containers": [{{"name": "a", "image": {text}}}]}}}}"#
    );
    let unknown = pod.replace(r#""Pod""#, &text);
    for (format, object) in [
        "human",
        "json",
        "admission-review",
        "gke",
        "junit",
        "sarif",
        "github",
        "markdown",
    ]
    .into_iter()
    .flat_map(|format| [(format, &pod), (format, &unknown)])
    {
        let command = format!(
            "evaluate --settings policies/pipeline/policy.yaml --strict-kinds --format {format} -"
        );
        let output = countersign(&command, object);
        for shown in [output.stdout, output.stderr] {
            let shown = String::from_utf8(shown).unwrap();
            assert!(!shown.contains("secret"), "{format}\n{shown}");
        }
    }
}
