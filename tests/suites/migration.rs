//! Platform policies decide like the project-singleton policies that they replace.

mod import;

use std::path::Path;

use core_tests::case::{image, outcome};
use core_tests::corpus;
use core_tests::native::decision;
use core_tests::validity::problems;
use host_runner::inputs;
use serde_json::{Map, Value, json};

fn ready_made(policy: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies");
    inputs::settings(&folder.join(policy).join("policy.yaml")).unwrap()
}

/// The calls of the corpus that are JSON, by the name of their case.
fn calls() -> impl Iterator<Item = (String, Value)> {
    corpus::all()
        .iter()
        .filter_map(|case| Some((case.name.clone(), serde_json::from_slice(&case.call).ok()?)))
}

/// Every request of the corpus, with its attested image replaced by one that the policy's attestor
/// has signed. Outside of production the original only warns, so there only `allowed` is compared.
#[test]
fn the_ready_made_policy_and_its_migration_decide_the_corpus_alike() {
    let original = ready_made("require-attestation");
    let migrated = ready_made("require-attestation-platform");
    let signed = format!("registry.example/shop/web@sha256:{}", "1".repeat(64));
    let mut seen = Map::new();
    for (name, call) in calls() {
        let text = call["request"].to_string().replace(&image(), &signed);
        let request: Value = serde_json::from_str(&text).unwrap();
        for namespace in [None, Some("production")] {
            let mut request = request.clone();
            if let (Some(namespace), true) = (namespace, request.is_object()) {
                request["namespace"] = namespace.into();
            }
            let answer =
                |settings: &Value| decision(&json!({"request": request, "settings": settings}));
            let (before, after) = (answer(&original), answer(&migrated));
            let shown = || format!("{name} in {namespace:?}:\n{before:#}\n{after:#}");
            assert_eq!(before["allowed"], after["allowed"], "{}", shown());
            if request["namespace"] == "production" {
                assert_eq!(before["verdict"], after["verdict"], "{}", shown());
            }
            seen.insert(outcome(&after).to_owned(), Value::Null);
        }
    }
    for outcome in ["allow", "deny", "error"] {
        assert!(
            seen.contains_key(outcome),
            "no request had the answer {outcome}"
        );
    }
}

/// Where the two kinds of document differ on purpose: the case, and what differs.
#[rustfmt::skip]
const DIFFERENT: &[(&str, &str)] = &[
    ("x11_under_another_note", "a check knows no notes"),
    ("x17_pae_signed", "a check tries the DSSE encoding of a bare payload"),
    ("x17_pae_signed_with_singleton_pae_off", "likewise"),
    ("seventeen_signatures_under_another_note", "a check knows no notes, so they are too many"),
];

/// The policies of the corpus, migrated by the table of `policies/require-attestation-platform`.
#[test]
fn policies_of_the_corpus_decide_as_before_when_they_are_migrated() {
    let (mut compared, mut different) = (0, Vec::new());
    for (name, mut call) in calls() {
        let Some(migrated) = migrate(&call["settings"]) else {
            continue;
        };
        let before = decision(&call);
        call["settings"] = migrated;
        let after = decision(&call);
        if outcome(&before) == outcome(&after) {
            compared += 1;
        } else {
            different.push(name);
        }
    }
    let expected: Vec<_> = DIFFERENT.iter().map(|(name, _)| *name).collect();
    assert_eq!(different, expected);
    println!("{compared} policies decide as before");
    assert!(compared > 200, "{compared}");
}

/// A settings document with its policy as a platform policy; `None` where it has no exact
/// counterpart.
fn migrate(settings: &Value) -> Option<Value> {
    let policy = settings["policy"].as_object()?;
    // A check of attestations has keys and no identities.
    if settings.get("platformPolicies").is_some()
        || settings.get("sigstore").is_some()
        || !problems(settings.to_string().as_bytes()).is_empty()
    {
        return None;
    }
    let attestors = settings["attestors"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let (mut patterns, mut check_sets, mut default) = (Vec::new(), Vec::new(), None);
    for (field, value) in policy {
        match field.as_str() {
            "admissionWhitelistPatterns" => {
                for pattern in value.as_array()? {
                    patterns.push(migrate_pattern(pattern["namePattern"].as_str()?)?);
                }
            }
            "kubernetesNamespaceAdmissionRules" => {
                for (key, rule) in value.as_object()? {
                    let scope = json!({"kubernetesNamespace": key});
                    check_sets.push(check_set(rule, &attestors, Some(scope))?);
                }
            }
            "kubernetesServiceAccountAdmissionRules" => {
                for (key, rule) in value.as_object()? {
                    let scope = json!({"kubernetesServiceAccount": key});
                    check_sets.push(check_set(rule, &attestors, Some(scope))?);
                }
            }
            "defaultAdmissionRule" => default = Some(check_set(value, &attestors, None)?),
            "name" | "description" => {}
            _ => return None,
        }
    }
    check_sets.push(default?);
    let mut settings = settings.clone();
    settings.as_object_mut()?.remove("policy");
    settings["platformPolicies"] = json!([{"gkePolicy": {
        "imageAllowlist": {"allowPattern": patterns}, "checkSets": check_sets,
    }}]);
    Some(settings)
}

/// Only patterns that mean the same in both languages.
fn migrate_pattern(pattern: &str) -> Option<String> {
    let is_prefix = pattern.ends_with("/**")
        || (pattern.ends_with("/*") || pattern.ends_with('*'))
            && !pattern.ends_with("**")
            && pattern.contains('/')
            && !pattern.contains([':', '@']);
    is_prefix.then(|| pattern.to_owned())
}

fn check_set(rule: &Value, attestors: &[Value], scope: Option<Value>) -> Option<Value> {
    if rule["enforcementMode"] != "ENFORCED_BLOCK_AND_AUDIT_LOG" {
        return None;
    }
    let checks = match rule["evaluationMode"].as_str()? {
        "ALWAYS_ALLOW" => Vec::new(),
        "ALWAYS_DENY" => vec![json!({"alwaysDeny": true})],
        "REQUIRE_ATTESTATION" => {
            let names = rule["requireAttestationsBy"].as_array()?;
            let check = |name: &Value| check(attestors.iter().find(|one| one["name"] == *name)?);
            names.iter().map(check).collect::<Option<_>>()?
        }
        _ => return None,
    };
    let mut check_set = json!({"checks": checks});
    if let Some(scope) = scope {
        check_set["scope"] = scope;
    }
    Some(check_set)
}

/// The check for one attestor, all of whose keys are PKIX keys.
fn check(attestor: &Value) -> Option<Value> {
    let keys = attestor["userOwnedGrafeasNote"]["publicKeys"].as_array()?;
    let key = |key: &Value| {
        let mut pkix = key.get("pkixPublicKey")?.clone();
        if let Some(id) = key.get("id") {
            pkix["keyId"] = id.clone();
        }
        Some(pkix)
    };
    let keys: Vec<_> = keys.iter().map(key).collect::<Option<_>>()?;
    if keys.is_empty() {
        return None;
    }
    Some(json!({"simpleSigningAttestationCheck": {
        "attestationAuthenticators": [{"pkixPublicKeySet": {"pkixPublicKeys": keys}}],
    }}))
}
