//! What the program makes of Google's exports decides as they say.

use std::fs;
use std::path::Path;

use clap::Parser as _;
use core_tests::case::{A, image, one_container, outcome, pod, unsigned};
use core_tests::native::decision;
use core_tests::signing::{TestKey, attestor_of, occurrence_of, payload};
use host_runner::cli::Cli;
use host_runner::{Exit, inputs};
use serde_json::{Value, json};

const KMS: &str = "//cloudkms.googleapis.com/v1/projects/p/locations/eu/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1";

/// As `gcloud` prints it: keys in alphabetical order, with what the service adds.
const POLICY: &str = r#"admissionWhitelistPatterns:
- namePattern: exempt.example/**
defaultAdmissionRule:
  enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
  evaluationMode: REQUIRE_ATTESTATION
  requireAttestationsBy:
  - projects/p/attestors/a
  - projects/p/attestors/b
etag: '"GDXq/WrZN7Kp"'
globalPolicyEvaluationMode: ENABLE
name: projects/p/policy
updateTime: 2026-03-02T09:14:11.332Z
"#;

const SYSTEM_POLICY: &str = "admissionWhitelistPatterns:
- namePattern: system.example/*
name: locations/global/policy
updateTime: '2026-03-01T00:00:00Z'
";

/// The bytes fields of gcloud's listings are in the alphabet for addresses.
fn url_safe(text: &Value) -> Value {
    text.as_str()
        .unwrap()
        .replace('+', "-")
        .replace('/', "_")
        .into()
}

fn listed(attestor: &str, key: &TestKey, id: &str) -> Value {
    let payload = payload("trusted.example/app", A);
    let mut occurrence = occurrence_of(
        attestor,
        payload.as_bytes(),
        &[(id.to_owned(), key.sign(payload.as_bytes()))],
    );
    let attestation = &mut occurrence["attestation"];
    attestation["serializedPayload"] = url_safe(&attestation["serializedPayload"]);
    attestation["signatures"][0]["signature"] =
        url_safe(&attestation["signatures"][0]["signature"]);
    occurrence["name"] = format!("projects/p/occurrences/{attestor}").into();
    occurrence["createTime"] = "2026-03-01T00:00:00Z".into();
    occurrence["resourceUri"] = image().into();
    occurrence
}

fn import(folder: &Path, arguments: &[&str], exit: Exit) -> Value {
    let output = folder.join("settings.yaml");
    let output_text = output.to_str().unwrap();
    let command = ["countersign", "import", "-o", output_text, "--force"];
    let cli = Cli::try_parse_from([&command, arguments].concat()).unwrap();
    assert_eq!(host_runner::run(&cli), exit, "{arguments:?}");
    inputs::settings(&output).unwrap()
}

#[test]
fn exports_decide_here_as_they_say() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (a, b) = (TestKey::new("a"), TestKey::new("b"));
    let with_id = |key: &TestKey, id: &str| {
        let mut document = key.document();
        document["id"] = id.into();
        document
    };
    let attestors = [
        attestor_of("a", &[with_id(&a, KMS)]),
        attestor_of("b", &[with_id(&b, &b.id())]),
        attestor_of("unused", &[with_id(&TestKey::new("c"), "urn:c")]),
    ];
    // A list of documents in YAML, as the default format of `list` and `describe` has them.
    let documents: Vec<_> = attestors
        .iter()
        .map(|one| format!("---\n{one:#}\n"))
        .collect();
    let attestations = json!([
        listed("a", &a, KMS),
        listed("b", &b, &b.id()),
        listed("other", &b, &b.id())
    ]);
    let (policy, system) = (at("policy.yaml", POLICY), at("system.yaml", SYSTEM_POLICY));
    let (attestors, attestations) = (
        at("attestors.yaml", &documents.concat()),
        at("list.json", &attestations.to_string()),
    );
    let settings = import(
        folder.path(),
        &[
            "--policy",
            &policy,
            "--system-policy",
            &system,
            "--attestors",
            &attestors,
            "--attestations",
            &attestations,
        ],
        Exit::Yes,
    );
    assert_eq!(settings["attestors"].as_array().unwrap().len(), 2);
    assert_eq!(
        settings["evidence"]["occurrences"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    for (name, expected) in [
        (image(), "allow"),
        (unsigned(), "deny"),
        ("exempt.example/x/y:1".to_owned(), "allow"),
        ("system.example/x:1".to_owned(), "allow"),
        ("system.example/x/y:1".to_owned(), "deny"),
    ] {
        let decision =
            decision(&json!({"request": pod(one_container(&name)), "settings": settings}));
        assert_eq!(outcome(&decision), expected, "{name}: {decision:#}");
    }
    // Without the system policy something is missing, and nothing of it is admitted.
    let settings = import(
        folder.path(),
        &[
            "--policy",
            &policy,
            "--attestors",
            &attestors,
            "--attestations",
            &attestations,
        ],
        Exit::No,
    );
    let request = pod(one_container("system.example/x:1"));
    assert_eq!(
        outcome(&decision(
            &json!({"request": request, "settings": settings})
        )),
        "deny"
    );
}
