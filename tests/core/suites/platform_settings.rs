//! `validate_settings` about platform policies and what the settings trust for their checks: every
//! rule of a document is an error with the path of the offending value.

mod check_sets;
mod checks;
mod evidence;
mod keys;
mod patterns;

use core_tests::platform::statements::{clean_scan, cloud_build, upload};
use core_tests::platform::{
    allowlist, always_deny, builder, image_freshness, policy, scanner, settings, slsa,
    trusted_directory, uploader,
};
use core_tests::signing::TestKey;
use core_tests::validity::{assert_load_bearing, assert_problems, problems};
use serde_json::{Value, json};

const POLICY: &str = "platformPolicies[0]";
const GKE: &str = "platformPolicies[0].gkePolicy";
const SETS: &str = "platformPolicies[0].gkePolicy.checkSets";
const CHECK: &str = "platformPolicies[0].gkePolicy.checkSets[0].checks[0]";

/// Settings of a policy in which every field has a value.
fn full() -> Value {
    let key = TestKey::new("a");
    let mut named = key.document()["pkixPublicKey"].clone();
    named["keyId"] = "urn:our-key".into();
    let projects = json!(["projects/p", "projects/another-project"]);
    let ours = allowlist(&["trusted.example/app", "trusted.example/exempt/**"]);
    let checks = json!([
        {"displayName": "nothing", "imageAllowlist": ours, "alwaysDeny": true},
        image_freshness(30),
        {"sigstoreSignatureCheck": {"sigstoreAuthorities": [
            {"displayName": "cosign", "publicKeySet": {"publicKeys": [{"publicKeyPem": key.pem()}]}},
        ]}},
        {"simpleSigningAttestationCheck": {
            "containerAnalysisAttestationProjects": projects,
            "attestationAuthenticators": [
                {"displayName": "build", "pkixPublicKeySet": {"pkixPublicKeys": [named]}},
            ],
        }},
        slsa(&[
            json!({
                "trustedBuilder": "GOOGLE_CLOUD_BUILD",
                "attestationSource": {"containerAnalysisAttestationProjects": projects},
                "configBasedBuildRequired": true,
                "trustedSourceRepoPatterns": ["github.com/trusted/*"],
            }),
            json!({"trustedBuilder": "https://forge.example/builder"}),
        ]),
        trusted_directory(&["gcr.io/p/**", "*-docker.pkg.dev/p/r"]),
        {"vulnerabilityCheck": {
            "maximumFixableSeverity": "MEDIUM", "maximumUnfixableSeverity": "HIGH",
            "allowedCves": ["CVE-2026-0001"], "blockedCves": ["GHSA-aaaa-bbbb-cccc"],
            "containerAnalysisVulnerabilityProjects": projects,
        }},
    ]);
    let account = json!({"kubernetesServiceAccount": "prod:deployer"});
    json!({
        "platformPolicies": [{
            "name": "projects/p/platforms/gke/policies/x", "description": "words",
            "etag": "\"a\"", "updateTime": "2026-01-01T00:00:00Z",
            "gkePolicy": {
                "imageAllowlist": ours,
                "checkSets": [
                    {"displayName": "all", "scope": account, "imageAllowlist": ours, "checks": checks},
                    {"displayName": "namespace", "scope": {"kubernetesNamespace": "prod"}, "checks": []},
                    {"displayName": "default", "checks": [always_deny()]},
                ],
            },
        }],
        "platformPolicyEnforcement": "dryrun",
        "evidence": {
            "statements": [
                clean_scan("2026-01-01T00:00:00Z"), upload("2026-01-01T00:00:00Z"),
                cloud_build("https://github.com/trusted/app"),
            ],
            "authenticators": {
                "vulnerability": [scanner(&[&TestKey::new("scanner")])],
                "provenance": [builder("https://forge.example/builder", &[&TestKey::new("forge")])],
                "freshness": [uploader(&[&TestKey::new("registry")])],
            },
        },
    })
}

/// Checks the problems of a policy with one check.
#[track_caller]
fn check_of(check: Value, expected: &[&str]) {
    assert_problems(&settings(policy(&[check])), expected);
}

/// Checks a problem whose value is at the path or within it.
#[track_caller]
fn check_under(settings: &Value, path: &str, code: &str) {
    let found = problems(settings.to_string().as_bytes());
    let is_there = found
        .iter()
        .any(|problem| problem.ends_with(&format!(" {code}")));
    let is_within = found.iter().all(|problem| problem.starts_with(path));
    assert!(
        is_there && is_within,
        "{path} {code}: {found:?}\n{settings:#}"
    );
}

/// Every value below a place, by its pointer and by its path.
fn walk(value: &Value, pointer: &str, path: &str, each: &mut dyn FnMut(&str, &str, &Value)) {
    each(pointer, path, value);
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                walk(
                    value,
                    &format!("{pointer}/{key}"),
                    &format!("{path}.{key}"),
                    each,
                );
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                walk(
                    value,
                    &format!("{pointer}/{index}"),
                    &format!("{path}[{index}]"),
                    each,
                );
            }
        }
        _ => {}
    }
}

/// What is checked at every depth: the policy, and what the settings trust.
fn walk_all(each: &mut dyn FnMut(&str, &str, &Value)) {
    let full = full();
    walk(
        &full["platformPolicies"],
        "/platformPolicies",
        "platformPolicies",
        each,
    );
    let authenticators = &full["evidence"]["authenticators"];
    walk(
        authenticators,
        "/evidence/authenticators",
        "evidence.authenticators",
        each,
    );
}

#[test]
fn every_field_of_the_api_is_accepted() {
    assert_problems(&full(), &[]);
}

#[test]
fn one_kind_of_policy_is_enough() {
    assert_problems(&settings(policy(&[])), &[]);
    assert_problems(&settings(json!({"gkePolicy": {}})), &[]);
    for nothing in [json!({}), json!({"platformPolicies": []})] {
        assert_problems(&nothing, &["policy settings-missing-field"]);
    }
}

#[test]
fn a_platform_policy_has_a_policy_for_its_platform() {
    let found = problems(settings(json!({"name": "x"})).to_string().as_bytes());
    assert!(!found.is_empty());
    assert!(
        found.iter().all(|problem| problem.starts_with(POLICY)),
        "{found:?}"
    );
}

#[test]
fn a_field_that_nobody_knows_is_refused_at_every_depth() {
    let mut count = 0;
    walk_all(&mut |pointer, path, value| {
        if value.is_object() {
            let mut settings = full();
            settings.pointer_mut(pointer).unwrap()["later"] = 1.into();
            let code = if path.starts_with("platformPolicies") {
                "policy"
            } else {
                "settings"
            };
            assert_problems(&settings, &[&format!("{path}.later {code}-unknown-field")]);
            count += 1;
        }
    });
    assert!(count > 40, "{count}");
}

#[test]
fn null_is_no_value_at_any_depth() {
    walk_all(&mut |pointer, path, _| assert_wrong_type(pointer, path, Value::Null));
}

/// Google's client takes one for the other; here it is a mistake.
#[test]
fn one_value_is_no_list() {
    walk_all(&mut |pointer, path, value| {
        if let Some([one]) = value.as_array().map(Vec::as_slice) {
            assert_wrong_type(pointer, path, one.clone());
        }
    });
}

/// Checks that another value in this place is a problem of exactly this place.
#[track_caller]
fn assert_wrong_type(pointer: &str, path: &str, value: Value) {
    let mut settings = full();
    *settings.pointer_mut(pointer).unwrap() = value;
    let found = problems(settings.to_string().as_bytes());
    let is_there = ["policy", "settings"]
        .iter()
        .any(|document| found.contains(&format!("{path} {document}-wrong-type")));
    assert!(is_there, "{path}: {found:?}");
}

#[test]
fn a_key_that_stands_twice_is_refused_at_every_depth() {
    let text = full().to_string();
    for (field, harmless, expected) in [
        ("gkePolicy", "{}", format!("{POLICY} policy-duplicate-key")),
        ("checkSets", "[]", format!("{GKE} policy-duplicate-key")),
        ("checks", "[]", format!("{SETS}[0] policy-duplicate-key")),
        (
            "alwaysDeny",
            "true",
            format!("{CHECK} policy-duplicate-key"),
        ),
        (
            "maximumFixableSeverity",
            "\"ALLOW_ALL\"",
            format!("{SETS}[0].checks[6].vulnerabilityCheck policy-duplicate-key"),
        ),
        (
            "authenticators",
            "{}",
            "evidence settings-duplicate-key".into(),
        ),
        (
            "maxAgeDays",
            "1",
            "evidence.authenticators.vulnerability[0] settings-duplicate-key".into(),
        ),
    ] {
        let key = format!("\"{field}\":");
        let twice = text.replacen(&key, &format!("{key}{harmless},{key}"), 1);
        let found = problems(twice.as_bytes());
        assert!(found.contains(&expected), "{field}: {found:?}");
    }
}

#[test]
fn other_spellings_of_known_fields_are_unknown() {
    let mut settings = full();
    let document = settings["platformPolicies"][0].as_object_mut().unwrap();
    let policy = document.remove("gkePolicy").unwrap();
    document.insert("gke_policy".into(), policy);
    let found = problems(settings.to_string().as_bytes());
    let expected = format!("{POLICY}[gke_policy] policy-unknown-field");
    assert!(found.contains(&expected), "{found:?}");
}

/// Settings that trust somebody for a purpose.
fn trusting(purpose: &str, authenticator: Value) -> Value {
    let mut settings = settings(policy(&[]));
    settings["evidence"] = json!({"authenticators": {purpose: [authenticator]}});
    settings
}

#[test]
fn enforcement_is_a_word() {
    for (value, code) in [
        (json!("dry-run"), "settings-invalid-value"),
        (json!("DRYRUN"), "settings-invalid-value"),
        (json!(true), "settings-wrong-type"),
    ] {
        let mut settings = settings(policy(&[]));
        settings["platformPolicyEnforcement"] = value;
        assert_problems(&settings, &[&format!("platformPolicyEnforcement {code}")]);
    }
}

#[test]
fn all_problems_of_all_documents_are_reported_at_once() {
    let broken = || policy(&[json!({"alwaysDeny": false})]);
    let mut settings = settings(broken());
    settings["platformPolicies"] = json!([broken(), policy(&[]), broken()]);
    settings["typo"] = 1.into();
    let mut found = problems(settings.to_string().as_bytes());
    found.sort();
    let at = |index: usize| {
        format!(
            "platformPolicies[{index}].gkePolicy.checkSets[0].checks[0].alwaysDeny policy-always-deny-false"
        )
    };
    assert_eq!(found, [at(0), at(2), "typo settings-unknown-field".into()]);
}

/// Every field of a policy, and two cases of the corpus that differ in it and in their answer.
#[rustfmt::skip]
const LOAD_BEARING: &[(&str, &str, &str)] = &[
    ("gkePolicy.imageAllowlist.allowPattern", "allowlist_of_the_policy", "b19_longer_name"),
    ("gkePolicy.checkSets.scope.kubernetesNamespace", "check_set_of_the_namespace", "check_set_of_another_namespace"),
    ("gkePolicy.checkSets.scope.kubernetesServiceAccount", "check_set_of_the_account", "check_set_of_another_account"),
    ("gkePolicy.checkSets.imageAllowlist.allowPattern", "allowlist_of_the_check_set", "allowlist_of_a_check_set_that_does_not_apply"),
    ("gkePolicy.checkSets.checks.imageAllowlist.allowPattern", "check_allowlist_of_the_only_check", "check_allowlist_of_another_image"),
    ("gkePolicy.checkSets.checks.alwaysDeny", "no_checks", "tag_under_always_deny"),
    ("gkePolicy.checkSets.checks.imageFreshnessCheck.maxUploadAgeDays", "uploaded_exactly_max_age_ago", "one_day_is_allowed"),
    ("gkePolicy.checkSets.checks.sigstoreSignatureCheck.sigstoreAuthorities.publicKeySet.publicKeys.publicKeyPem", "sigstore_second_key", "sigstore_signature_by_unknown_key"),
    ("gkePolicy.checkSets.checks.simpleSigningAttestationCheck.attestationAuthenticators.pkixPublicKeySet.pkixPublicKeys.publicKeyPem", "x19_raw_signed", "key_of_an_authenticator_in_the_settings_does_not_attest"),
    ("gkePolicy.checkSets.checks.simpleSigningAttestationCheck.attestationAuthenticators.pkixPublicKeySet.pkixPublicKeys.signatureAlgorithm", "check_key_under_its_other_spelling", "check_key_of_another_algorithm"),
    ("gkePolicy.checkSets.checks.simpleSigningAttestationCheck.attestationAuthenticators.pkixPublicKeySet.pkixPublicKeys.keyId", "check_key_id_of_the_policy", "check_key_id_in_other_letter_case"),
    ("gkePolicy.checkSets.checks.slsaCheck.rules.trustedBuilder", "builder_of_the_settings", "builder_is_another"),
    ("gkePolicy.checkSets.checks.slsaCheck.rules.configBasedBuildRequired", "config_not_required", "config_required"),
    ("gkePolicy.checkSets.checks.slsaCheck.rules.trustedSourceRepoPatterns", "source_is_trusted", "source_is_not_trusted"),
    ("gkePolicy.checkSets.checks.trustedDirectoryCheck.trustedDirPatterns", "directory_by_the_second_pattern", "directory_by_no_pattern"),
    ("gkePolicy.checkSets.checks.vulnerabilityCheck.maximumFixableSeverity", "severity_high_under_high_fixable", "severity_high_under_medium_fixable"),
    ("gkePolicy.checkSets.checks.vulnerabilityCheck.maximumUnfixableSeverity", "severity_high_under_high_unfixable", "severity_high_under_medium_unfixable"),
    ("gkePolicy.checkSets.checks.vulnerabilityCheck.allowedCves", "cve_allowed_not_blocked_above", "cve_not_allowed_not_blocked_above"),
    ("gkePolicy.checkSets.checks.vulnerabilityCheck.blockedCves", "cve_not_allowed_not_blocked_below", "cve_not_allowed_blocked_below"),
];

/// What Google's API has for people and for its own look-ups.
const WITHOUT_EFFECT: &[&str] = &[
    "containerAnalysisAttestationProjects",
    "containerAnalysisVulnerabilityProjects",
    "description",
    "displayName",
    "etag",
    "name",
    "updateTime",
];

#[test]
fn each_field_of_a_policy_is_load_bearing() {
    assert_load_bearing(LOAD_BEARING);
}

#[test]
fn every_field_of_a_policy_is_listed_above() {
    let full = full();
    let mut count = 0;
    walk(
        &full["platformPolicies"][0],
        "",
        "",
        &mut |pointer, _, value| {
            let is_leaf = match value {
                Value::Object(_) => false,
                Value::Array(items) => items.iter().all(Value::is_string) && !items.is_empty(),
                _ => !pointer
                    .rsplit('/')
                    .next()
                    .unwrap()
                    .bytes()
                    .all(|byte| byte.is_ascii_digit()),
            };
            if !is_leaf {
                return;
            }
            let is_name = |step: &&str| step.parse::<usize>().is_err() && !step.is_empty();
            let field: Vec<_> = pointer.split('/').filter(is_name).collect();
            let name = field.last().unwrap();
            let path = field.join(".");
            let is_listed = LOAD_BEARING.iter().any(|(listed, ..)| *listed == path);
            assert!(
                is_listed || WITHOUT_EFFECT.contains(name),
                "`{path}` has no pair of cases"
            );
            count += 1;
        },
    );
    assert!(count > 30, "{count}");
}
