//! Suites that `countersign test --scaffold` writes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use core_tests::corpus;
use core_tests::platform::{
    builder, policy, policy_of, scanner, simple_signing, slsa, uploader, vulnerability,
};
use core_tests::signing::{TestKey, attestor, attestor_name};
use host_runner::inputs;
use host_runner::suite::{Runner, Scaffold};
use policy_wasm::Budget;
use policy_wasm::time::Time;
use serde_json::{Value, json};

use super::{identities, module};

#[track_caller]
fn scaffold(runner: &Runner<'_>, settings: &Value) -> Scaffold {
    let time = Time::parse("2026-11-23T12:00:00Z").unwrap();
    let path = Path::new("settings.json");
    let written = Scaffold::of(runner, settings, path, "settings.json", time);
    let written = written.unwrap_or_else(|error| panic!("{error:?}\n{settings:#}"));
    assert!(written.is_passed, "{}", written.text);
    written
}

/// The places that no case covers.
fn left(written: &Scaffold) -> Vec<String> {
    let parts = written.coverage.parts.iter().filter(|one| !one.exercised);
    let parts = parts.map(|one| format!("{}: {}", one.place, one.what));
    let survivors = written.mutation.survivors.iter();
    let survivors = survivors.map(|one| format!("{}: {}", one.place, one.what));
    parts.chain(survivors).collect()
}

#[test]
fn identities_get_a_complete_suite() {
    let policy = module();
    let runner = Runner::new(&policy);
    for settings in [
        identities::with_logs(),
        identities::with_timestamps(),
        identities::beside_a_key(),
    ] {
        let written = scaffold(&runner, &settings);
        assert_eq!(left(&written), [""; 0], "{}", written.text);
        assert!(written.mutation.mutants > 10);
    }
}

#[test]
fn every_ready_made_policy_gets_a_complete_suite() {
    let module = module();
    let runner = Runner::new(&module);
    let mut count = 0;
    for folder in fs::read_dir("../policies").unwrap() {
        let path = folder.unwrap().path().join("policy.yaml");
        if path.exists() {
            let written = scaffold(&runner, &inputs::settings(&path).unwrap());
            assert_eq!(left(&written), [""; 0], "{}", path.display());
            count += 1;
        }
    }
    assert!(count >= 5);
}

fn rule(mode: &str, attestors: &[&str]) -> Value {
    let names: Vec<_> = attestors
        .iter()
        .map(|name| format!("projects/p/attestors/{name}"))
        .collect();
    let mut rule =
        json!({"evaluationMode": mode, "enforcementMode": "ENFORCED_BLOCK_AND_AUDIT_LOG"});
    if !names.is_empty() {
        rule["requireAttestationsBy"] = json!(names);
    }
    rule
}

/// Settings in which every part that a word of suites can reach is used.
fn rich() -> Vec<(&'static str, Value)> {
    let attestors = json!([
        attestor("a", &[&TestKey::new("production a")]),
        attestor("b", &[&TestKey::new("production b")]),
        attestor("c", &[&TestKey::new("production c")]),
    ]);
    let deny = rule("ALWAYS_DENY", &[]);
    let with = |policy: Value, more: Value| {
        let mut settings = json!({"policy": policy, "attestors": attestors});
        if policy.is_null() {
            settings.as_object_mut().unwrap().remove("policy");
        }
        for (key, value) in more.as_object().unwrap() {
            settings[key] = value.clone();
        }
        settings
    };
    let require = rule("REQUIRE_ATTESTATION", &["a", "b"]);
    let simple = json!({"defaultAdmissionRule": require});
    let key = |name: &str| TestKey::new(name);
    let scanners = [
        scanner(&[&key("one scanner")]),
        scanner(&[&key("another scanner")]),
    ];
    let builders = [
        builder("https://ci.example/builder", &[&key("ci")]),
        builder(
            "https://cloudbuild.googleapis.com/GoogleHostedWorker",
            &[&key("gcb")],
        ),
    ];
    let mut vulnerabilities = vulnerability("MEDIUM", "HIGH");
    vulnerabilities["vulnerabilityCheck"]["allowedCves"] = json!(["CVE-2026-1"]);
    vulnerabilities["vulnerabilityCheck"]["blockedCves"] = json!(["CVE-2026-2"]);
    let checks = [
        json!({"trustedDirectoryCheck": {"trustedDirPatterns": [
            "registry.example/shop", "*.registry.example/a/**", "registry.example/b/*"]}}),
        vulnerabilities,
        json!({"imageFreshnessCheck": {"maxUploadAgeDays": 30}}),
        slsa(&[
            json!({"trustedBuilder": "https://ci.example/builder", "configBasedBuildRequired": true,
                "trustedSourceRepoPatterns": ["forge.example/org/*", "forge.example/app"]}),
            json!({"trustedBuilder": "GOOGLE_CLOUD_BUILD",
                "trustedSourceRepoPatterns": ["forge.example/other/**"]}),
        ]),
        simple_signing(&[&key("signer")]),
    ];
    let scoped = json!([
        {"scope": {"kubernetesServiceAccount": "shop:robot"}, "checks": [{"alwaysDeny": true}]},
        {"scope": {"kubernetesNamespace": "shop"},
            "imageAllowlist": {"allowPattern": ["registry.example/tools/*"]},
            "checks": [{"imageAllowlist": {"allowPattern": ["registry.example/old:1"]},
                "trustedDirectoryCheck": {"trustedDirPatterns": ["registry.example/shop"]}}]},
        {"imageAllowlist": {"allowPattern": ["registry.k8s.io/**"]}, "checks": [{"alwaysDeny": true}]},
    ]);
    vec![
        ("every source", super::settings()),
        (
            "service accounts",
            with(
                json!({"defaultAdmissionRule": deny,
                    "kubernetesServiceAccountAdmissionRules": {"shop:robot": require}}),
                json!({}),
            ),
        ),
        (
            "mesh identities",
            with(
                json!({"defaultAdmissionRule": deny,
                    "istioServiceIdentityAdmissionRules": {"mesh.example/ns/shop/sa/robot": require}}),
                json!({"meshTrustDomain": "mesh.example"}),
            ),
        ),
        (
            "break-glass, revoked images and updates",
            with(
                simple.clone(),
                json!({"breakGlass": {"namespaces": ["rescue"], "legacyAnnotation": true},
                    "deniedDigests": [format!("sha256:{}", "7".repeat(64))],
                    "unchangedImages": "check", "matchDockerReference": "repository"}),
            ),
        ),
        (
            "patterns",
            with(
                json!({"defaultAdmissionRule": deny, "admissionWhitelistPatterns": [
                    {"namePattern": "registry.example/a/**"}, {"namePattern": "registry.example/b/*"},
                    {"namePattern": "r.example:5000/**"}, {"namePattern": "registry.example/c:1*"},
                    {"namePattern": "nginx:1.29"}]}),
                json!({}),
            ),
        ),
        (
            "a system policy",
            with(
                json!({"defaultAdmissionRule": require, "globalPolicyEvaluationMode": "ENABLE"}),
                json!({"systemPolicy": {"admissionWhitelistPatterns": [{"namePattern": "gke.gcr.io/*"}],
                    "defaultAdmissionRule": deny}}),
            ),
        ),
        (
            "rules for images",
            with(json!(null), json!({"imagePolicy": image_policy()})),
        ),
        (
            "checks",
            json!({"platformPolicies": [policy(&checks)], "evidence": {"authenticators": {
                "vulnerability": scanners, "provenance": builders,
                "freshness": [uploader(&[&key("uploader")])]}}}),
        ),
        (
            "check sets",
            json!({"platformPolicies": [policy_of(scoped)]}),
        ),
        (
            "periods of keys",
            with(
                json!({
                    "defaultAdmissionRule": rule("REQUIRE_ATTESTATION", &["a"]),
                    "kubernetesNamespaceAdmissionRules": {"qa": rule("REQUIRE_ATTESTATION", &["b"])},
                }),
                json!({"keys": [
                    {"id": key("production a").id(), "notBefore": "2026-01-01", "notAfter": "2027-01-31"},
                    {"id": key("production b").id(), "notAfter": "2027-06-30"},
                ]}),
            ),
        ),
    ]
}

/// Rules of every effect, with every field.
fn image_policy() -> Value {
    let (a, b, c) = (attestor_name("a"), attestor_name("b"), attestor_name("c"));
    json!({"unmatchedImages": "deny", "rules": [
        {"name": "shop", "images": ["registry.example/shop/**"], "exceptImages": ["registry.example/shop/tools/*"],
            "require": [{"attestors": [a, b, c], "threshold": 2, "mustInclude": [c]}]},
        {"name": "production", "images": ["registry.example/**"], "namespaces": ["production"],
            "require": [{"attestors": [a, b]}, {"attestors": [b], "predicateTypes": [
                "https://spdx.dev/Document", "https://spdx.dev/Document/v2.3"]}, {"check": {"trustedDirectoryCheck": {
                "trustedDirPatterns": ["registry.example/shop"]}}}]},
        {"name": "robots", "images": ["robots.example/**"], "serviceAccounts": ["shop/robot"],
            "exempt": {"owner": "us"}},
        {"name": "no latest", "images": ["**:latest@-"], "deny": "Use a version."},
        {"name": "for a time", "images": ["old.example/*", "older.example/app:1.*"],
            "exempt": {"until": "2027-03-31"}},
    ]})
}

#[test]
fn every_part_that_suites_can_reach_is_reached() {
    let module = module();
    let runner = Runner::new(&module);
    for (title, settings) in rich() {
        let written = scaffold(&runner, &settings);
        assert_eq!(left(&written), [""; 0], "{title}:\n{}", written.text);
    }
}

/// One in twenty of the settings in the corpus.
#[test]
fn settings_of_the_corpus_get_a_suite_that_passes() {
    let module = module();
    let runner = Runner::new(&module);
    let mut seen: BTreeMap<String, Value> = BTreeMap::new();
    for case in corpus::all() {
        let Ok(call) = serde_json::from_slice::<Value>(&case.call) else {
            continue;
        };
        let settings = call["settings"].clone();
        let text = settings.to_string();
        let is_valid = policy_wasm::validate_settings(text.as_bytes(), &Budget::DEFAULT).is_empty();
        if is_valid && text.len() < 20_000 {
            seen.entry(text).or_insert(settings);
        }
    }
    let sample: Vec<_> = seen.into_values().step_by(20).collect();
    let complete = sample
        .iter()
        .filter(|settings| left(&scaffold(&runner, settings)).is_empty());
    let (complete, all) = (complete.count(), sample.len());
    // The others say the same twice, or have evidence of some digests only and no authenticator.
    assert!(complete * 2 > all, "{complete} of {all}");
}
