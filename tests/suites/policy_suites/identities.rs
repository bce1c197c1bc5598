//! Suites whose signers have identities: the words about certificates, logs and timestamps do what they say.

use host_runner::suite::{LoadError, Loaded};
use policy_lint::suite::Tamper;
use pretend_sigstore::Instance;
use serde_json::{Value, json};

use super::{holds, suite};

const SUBJECT: &str = "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1";
const ISSUER: &str = "https://token.actions.githubusercontent.com";

/// Settings with an attestor without keys, for which the identities of one workflow may sign, under a root with these
/// thresholds; attestations are looked for everywhere.
fn settings(thresholds: &Value) -> Value {
    let mut root = thresholds.clone();
    let mut document = Instance::new("production.example").trusted_root();
    if thresholds["transparencyLogs"] == 0 {
        document["tlogs"] = json!([]);
        document["ctlogs"] = json!([]);
    }
    root["document"] = document;
    json!({
        "policy": {"defaultAdmissionRule": {
            "evaluationMode": "REQUIRE_ATTESTATION",
            "enforcementMode": "ENFORCED_BLOCK_AND_AUDIT_LOG",
            "requireAttestationsBy": ["projects/p/attestors/release"],
        }},
        "attestors": [{
            "name": "projects/p/attestors/release",
            "userOwnedGrafeasNote": {"noteReference": "projects/p/notes/release"},
        }],
        "sigstore": {
            "trustedRoots": {"public-good": root},
            "identities": {"release": [{
                "trustedRoot": "public-good", "issuer": ISSUER,
                "subjectPattern": "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/*",
                "claims": {"buildTrigger": "push"},
                "signedAfter": "2026-01-01T00:00:00Z",
            }]},
            "attestors": {"projects/p/attestors/release": ["release"]},
        },
        "evidence": {
            "podAnnotation": true, "registry": true, "referrers": true,
            "kubernetes": {"notes": {"projects/p/notes/release": "attest-release"}},
        },
        "registries": ["registry.example"],
    })
}

/// With logs, as the public instance demands
pub(super) fn with_logs() -> Value {
    settings(&json!({"transparencyLogs": 1, "ctLogs": 1}))
}

/// Without logs, as GitHub's instance for private repositories
pub(super) fn with_timestamps() -> Value {
    settings(&json!({"transparencyLogs": 0, "ctLogs": 0, "signedTimestamps": 1}))
}

/// A key and two identities, of which any one suffices
pub(super) fn beside_a_key() -> Value {
    let mut settings = with_logs();
    let identities = settings["sigstore"]["identities"]["release"].as_array_mut();
    identities.unwrap().push(json!({
        "trustedRoot": "public-good", "issuer": "https://accounts.example.com",
        "subject": "release@example.com",
    }));
    settings["attestors"][0]["userOwnedGrafeasNote"]["publicKeys"] = json!([{"pkixPublicKey": {
        "signatureAlgorithm": "ECDSA_P256_SHA256",
        "publicKeyPem": "-----BEGIN PUBLIC KEY-----\n\
            MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEoaC7XUAQ6Aj3D6bZOcJl6l7NbFqJ\n\
            PzRfYArej0+VlaULtY1pGYYRvC9UwWh8x8gehRtiGlh4Lw/uahkjcS91Og==\n\
            -----END PUBLIC KEY-----\n",
    }}]);
    settings
}

fn signers() -> String {
    format!(
        "signers:
  release: {{subject: {SUBJECT}, issuer: {ISSUER}, claims: {{buildTrigger: push}}}}
  branch: {{subject: https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main, issuer: {ISSUER}, claims: {{buildTrigger: push}}}}
  dispatch: {{subject: {SUBJECT}, issuer: {ISSUER}, claims: {{buildTrigger: workflow_dispatch}}}}
  quiet: {{subject: {SUBJECT}, issuer: {ISSUER}}}
"
    )
}

#[test]
fn a_bundle_counts_from_every_place() {
    let mut cases = String::new();
    for source in [
        "settings",
        "pod-annotation",
        "kubernetes",
        "registry",
        "referrers",
    ] {
        for format in ["bundle", "bundle-message"] {
            let note = if source == "kubernetes" {
                ", note: projects/p/notes/release"
            } else {
                ""
            };
            cases.push_str(&format!(
                "  - name: {format} from {source}
    request: {{images: [web]}}
    attestations: [{{by: release, image: web, format: {format}, source: {source}{note}}}]
    expect: {{outcome: admitted, reasons: [attested]}}
"
            ));
        }
    }
    holds(&with_logs(), &signers(), &cases);
    holds(&with_timestamps(), &signers(), &cases);
}

/// The annotations of cosign's signature manifests have promises of a log, and no proofs.
#[test]
fn a_signature_manifest_counts_under_a_root_that_accepts_promises() {
    let mut settings = with_logs();
    settings["sigstore"]["trustedRoots"]["public-good"]["inclusionPromises"] = "accept".into();
    let case = |expect: &str, tamper: &str| {
        format!(
            "  - name: x{tamper}
    request: {{images: [web]}}
    attestations: [{{by: release, image: web, format: cosign, source: registry, tamper: [{tamper}]}}]
    expect: {expect}
"
        )
    };
    let admitted = "{outcome: admitted, reasons: [attested]}";
    let mut cases = case(admitted, "");
    for (tamper, code) in [
        ("missing-log-entry", "sigstore-log-entry-missing"),
        ("missing-sct", "sigstore-sct-missing"),
        ("unknown-log", "sigstore-log-unknown"),
        ("wrong-log-entry", "sigstore-entry-mismatch"),
        ("wrong-promise", "sigstore-set-invalid"),
        ("wrong-subject", "sigstore-identity-mismatch"),
        ("wrong-key", "attestation-bad-signature"),
        ("flip-bit", "attestation-bad-signature"),
        ("swap-subject", "attestation-bad-signature"),
        ("wrong-digest", "attestation-payload-unavailable"),
        ("truncated", "attestation-payload-unavailable"),
    ] {
        let expect = format!("{{outcome: denied, reasons: [{code}, \"!attested\"]}}");
        cases.push_str(&case(&expect, tamper));
    }
    holds(&settings, &signers(), &cases);
    let refused = "{outcome: denied, reasons: [sigstore-inclusion-proof-missing]}";
    holds(&with_logs(), &signers(), &case(refused, ""));
    settings["sigstore"]["trustedRoots"]["public-good"]["signedTimestamps"] = 1.into();
    holds(&settings, &signers(), &case(admitted, ""));
}

#[test]
fn a_trusted_root_that_the_settings_do_not_have_is_shown() {
    let signers = format!(
        "signers:\n  a: {{subject: {SUBJECT}, issuer: {ISSUER}, trustedRoot: public-god}}\n"
    );
    let cases = "  - name: x\n    request: {images: [web]}\n    attestations: [{by: a, image: web}]\n    expect: admitted\n";
    let (_folder, path) = suite(&with_logs(), &signers, cases);
    let Err(LoadError::Suite(source, problems)) = Loaded::open(&path) else {
        panic!("refused")
    };
    let [problem] = problems.as_slice() else {
        panic!("{problems:#?}")
    };
    assert_eq!(&source.text()[problem.span().range()], "public-god");
    assert_eq!(problem.help.as_deref(), Some("did you mean `public-good`?"));
}

#[test]
fn only_the_identity_counts_that_the_settings_have() {
    let mut cases = String::new();
    for (signer, fields, reason) in [
        ("branch", "", "sigstore-identity-mismatch"),
        ("dispatch", "", "sigstore-identity-mismatch"),
        ("quiet", "", "sigstore-identity-mismatch"),
        (
            "release",
            ", subject: https://github.com/acme/shop/.github/workflows/other.yml@refs/tags/v1",
            "sigstore-identity-mismatch",
        ),
        (
            "release",
            ", claims: {buildTrigger: schedule}",
            "sigstore-identity-mismatch",
        ),
        // Before `signedAfter`
        (
            "release",
            ", signed: {age: 200d}",
            "sigstore-identity-mismatch",
        ),
    ] {
        cases.push_str(&format!(
            "  - name: \"by {signer}{}\"
    request: {{images: [web]}}
    attestations: [{{by: {signer}, image: web{fields}}}]
    expect: {{outcome: denied, reasons: [{reason}, \"!attested\"]}}
",
            fields
                .trim_start_matches([',', ' '])
                .replace(['{', '}', ':'], "")
        ));
    }
    cases.push_str(
        "  - name: long ago and in time
    request: {images: [web]}
    attestations: [{by: release, image: web, signed: {age: 100d}}]
    expect: {outcome: admitted, reasons: [attested]}
",
    );
    holds(&with_logs(), &signers(), &cases);
}

/// Words, with the format and the reason for which the image is denied
const WORDS: [(&str, &str, &str); 23] = [
    (
        "expired-certificate",
        "bundle",
        "sigstore-certificate-outside-validity",
    ),
    ("missing-log-entry", "bundle", "sigstore-log-entry-missing"),
    (
        "missing-proof",
        "bundle",
        "sigstore-inclusion-proof-missing",
    ),
    ("missing-sct", "bundle", "sigstore-sct-missing"),
    ("missing-time", "bundle", "sigstore-time-missing"),
    ("unknown-log", "bundle", "sigstore-log-unknown"),
    (
        "untrusted-certificate",
        "bundle",
        "sigstore-certificate-untrusted",
    ),
    ("wrong-checkpoint", "bundle", "sigstore-checkpoint-invalid"),
    ("wrong-issuer", "bundle", "sigstore-identity-mismatch"),
    ("wrong-log-entry", "bundle", "sigstore-entry-mismatch"),
    (
        "wrong-log-entry",
        "bundle-message",
        "sigstore-entry-mismatch",
    ),
    ("wrong-promise", "bundle", "sigstore-set-invalid"),
    ("wrong-subject", "bundle", "sigstore-identity-mismatch"),
    ("wrong-key", "bundle", "attestation-bad-signature"),
    ("wrong-digest", "bundle", "attestation-digest-mismatch"),
    (
        "wrong-digest",
        "bundle-message",
        "attestation-digest-mismatch",
    ),
    ("swap-subject", "bundle", "attestation-bad-signature"),
    (
        "swap-subject",
        "bundle-message",
        "attestation-bad-signature",
    ),
    ("flip-bit", "bundle-message", "attestation-bad-signature"),
    ("truncated", "bundle", "attestation-bad-signature"),
    ("garbage", "bundle", "sigstore-bundle-invalid"),
    ("unsigned", "bundle", "sigstore-bundle-invalid"),
    ("wrong-type", "bundle", "attestation-predicate-type"),
];

#[test]
fn what_was_tampered_with_is_denied_for_that_reason() {
    let mut cases = String::new();
    for (tamper, format, code) in WORDS {
        cases.push_str(&format!(
            "  - name: {tamper} {format}
    request: {{images: [web]}}
    attestations: [{{by: release, image: web, format: {format}, tamper: {tamper}}}]
    expect: {{outcome: denied, reasons: [{code}, \"!attested\"]}}
  - name: {tamper} {format} beside a good one
    request: {{images: [web]}}
    attestations:
      - {{by: release, image: web, format: {format}, tamper: {tamper}}}
      - {{by: release, image: web}}
    expect: {{outcome: admitted, reasons: [attested]}}
"
        ));
    }
    holds(&with_logs(), &signers(), &cases);
    holds(
        &with_timestamps(),
        &signers(),
        "  - name: a timestamp of another signature
    request: {images: [web]}
    attestations: [{by: release, image: web, tamper: wrong-timestamp}]
    expect: {outcome: denied, reasons: [sigstore-timestamp-invalid, \"!attested\"]}
  - name: no timestamp
    request: {images: [web]}
    attestations: [{by: release, image: web, tamper: missing-time}]
    expect: {outcome: denied, reasons: [sigstore-time-missing, \"!attested\"]}
",
    );
}

/// No case above may hold for lack of tampering.
#[test]
fn every_word_about_identities_is_tested() {
    for (word, tamper) in Tamper::NAMES {
        let is_tested =
            WORDS.iter().any(|(tested, ..)| tested == word) || *tamper == Tamper::WrongTimestamp;
        assert!(is_tested || !tamper.needs_identity(), "{word}");
    }
}
