mod choice;
mod context;
pub(in crate::import) mod other;
mod tolerances;

use policy_wasm::Budget;
use serde_json::json;

use super::*;
use crate::inputs;

const POLICY: &str = "
defaultAdmissionRule:
  evaluationMode: REQUIRE_ATTESTATION
  enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
  requireAttestationsBy: [projects/p/attestors/a]
globalPolicyEvaluationMode: DISABLE
";
const ATTESTOR: &str = "
name: projects/p/attestors/a
userOwnedGrafeasNote:
  noteReference: projects/p/notes/a
  publicKeys:
    - pkixPublicKey:
        signatureAlgorithm: ECDSA_P256_SHA256
        publicKeyPem: |
          -----BEGIN PUBLIC KEY-----
          MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEpW5z0WPTBWzTkXgTKfUVPUaMbJC/
          8mD4rpJyymP6aswUQNyTLLC6k9BJ/u1KDUP3auKVRKpW0I6ceMx1WHcNMw==
          -----END PUBLIC KEY-----
";
const ATTESTATION: &str = "
kind: ATTESTATION
name: projects/p/occurrences/1
noteName: projects/p/notes/a
attestation: {serializedPayload: e30=, signatures: [{publicKeyId: a, signature: b}]}
";

fn export(file: &str, text: &str) -> Export {
    let path = String::new();
    let place = Place {
        file: file.to_owned(),
        path,
    };
    let document = inputs::parse(text).unwrap().remove(0);
    Export { place, document }
}

fn exports(policy: &str) -> Exports {
    Exports {
        policy: Some(export("policy.yaml", policy)),
        attestors: vec![export("attestor.yaml", ATTESTOR)],
        occurrences: vec![export("attestation.yaml", ATTESTATION)],
        ..Exports::default()
    }
}

/// The paths of the problems that validation has with the settings.
fn problems(import: &Import) -> Vec<String> {
    let settings = import.settings.to_string();
    let problems = policy_wasm::validate_settings(settings.as_bytes(), &Budget::DEFAULT);
    problems.into_iter().map(|problem| problem.path).collect()
}

/// Level, path and message of each finding.
fn said(import: &Import) -> Vec<(Level, &str, &str)> {
    let findings = import.findings.iter();
    findings
        .map(|finding| {
            let path = finding.place.as_ref().map_or("", |place| &place.path);
            (finding.level, path, finding.message.as_str())
        })
        .collect()
}

#[track_caller]
fn says(import: &Import, level: Level, path: &str, words: &str) {
    let said = said(import);
    let is_said =
        |one: &&(Level, &str, &str)| one.0 == level && one.1 == path && one.2.contains(words);
    assert!(
        said.iter().any(|one| is_said(&one)),
        "{path}: {words}\n{said:#?}"
    );
}

#[test]
fn a_good_export_is_taken_over_without_a_word() {
    let import = Import::new(exports(POLICY));
    assert_eq!(said(&import), []);
    assert_eq!(problems(&import), [""; 0]);
    let expected = json!({
        "policy": export("", POLICY).document,
        "attestors": [export("", ATTESTOR).document],
        "evidence": {"occurrences": [export("", ATTESTATION).document]},
    });
    assert_eq!(import.settings, expected);
}
