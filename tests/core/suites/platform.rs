//! What a Decision says about a platform policy: which check set applied, and what each check found.

use core_tests::case::{A, image, one_container, pod, request};
use core_tests::corpus;
use core_tests::native::decision;
use core_tests::platform::{
    allowlist, always_deny, attested, image_freshness, passing, policy, policy_of, sigstore, slsa,
    trusted_directory, vulnerability,
};
use core_tests::signing::TestKey;
use policy_wasm::CheckType;
use serde_json::{Value, json};

fn decide(settings: Value, request: Value) -> Value {
    decision(&json!({"request": request, "settings": settings}))
}

/// What a document says about the base case's image.
fn result(settings: Value) -> Value {
    let decision = decide(settings, pod(one_container(&image())));
    decision["images"][0]["results"][0].clone()
}

/// The codes of reasons.
fn codes(reasons: &Value) -> Vec<&str> {
    let reasons = reasons.as_array().unwrap();
    reasons
        .iter()
        .map(|reason| reason["code"].as_str().unwrap())
        .collect()
}

#[test]
fn a_result_names_policy_check_set_and_checks() {
    let mut document = policy_of(json!([
        {"scope": {"kubernetesServiceAccount": "default:deployer"}, "checks": []},
        {"displayName": "Ours", "scope": {"kubernetesNamespace": "default"}, "checks": [
            passing(),
            {"displayName": "Nothing", "alwaysDeny": true},
            {"imageAllowlist": allowlist(&["gcr.io/p/i", "trusted.example/*"]), "alwaysDeny": true},
        ]},
        {"checks": []},
    ]));
    document["name"] = "projects/p/platforms/gke/policies/x".into();
    let result = result(attested(document));
    assert_eq!(result["document"], "platformPolicies[0]", "{result:#}");
    assert_eq!(result["name"], "projects/p/platforms/gke/policies/x");
    assert_eq!(result["verdict"], "NON_CONFORMANT");
    assert_eq!(result["enforcement"], "enforced");
    assert_eq!(codes(&result["reasons"]), ["always-deny"]);
    assert_eq!(result.get("allowlist"), None);
    let set = &result["checkSet"];
    assert_eq!(
        (&set["index"], &set["displayName"]),
        (&json!(1), &json!("Ours"))
    );
    assert_eq!(set["scope"], json!({"kubernetesNamespace": "default"}));
    assert_eq!(set.get("allowlist"), None);
    let [passed, denied, exempt] = set["checks"].as_array().unwrap().as_slice() else {
        panic!("{result:#}")
    };
    assert_eq!(passed["index"], 0);
    assert_eq!(passed.get("displayName"), None);
    assert_eq!(passed["type"], "SimpleSigningAttestationCheck");
    assert_eq!(passed["verdict"], "CONFORMANT");
    assert_eq!(
        (&denied["index"], &denied["displayName"]),
        (&json!(1), &json!("Nothing"))
    );
    assert_eq!(
        (&denied["type"], &denied["verdict"]),
        (&json!("AlwaysDenyCheck"), &json!("NON_CONFORMANT"))
    );
    assert_eq!(codes(&denied["reasons"]), ["always-deny"]);
    assert_eq!(exempt["verdict"], "CONFORMANT");
    let pattern = json!({"document": "platformPolicies[0]", "pattern": "trusted.example/*"});
    assert_eq!(exempt["allowlist"], pattern);
}

#[test]
fn every_type_of_check_has_its_name() {
    let checks = [
        (always_deny(), "AlwaysDenyCheck"),
        (image_freshness(1), "ImageFreshnessCheck"),
        (sigstore(&[&TestKey::new("a")]), "SigstoreSignatureCheck"),
        (passing(), "SimpleSigningAttestationCheck"),
        (
            slsa(&[json!({"trustedBuilder": "GOOGLE_CLOUD_BUILD"})]),
            "SlsaCheck",
        ),
        (trusted_directory(&["gcr.io/p/r"]), "TrustedDirectoryCheck"),
        (vulnerability("LOW", "LOW"), "VulnerabilityCheck"),
    ];
    let names = checks.iter().map(|(_, name)| *name);
    assert!(names.eq(CheckType::ALL.map(CheckType::name)));
    for (check, kind) in checks.iter().zip(CheckType::ALL) {
        let found = check.0.get(kind.field());
        assert!(found.is_some(), "{kind:?}");
    }
    let result = result(attested(policy(&checks.clone().map(|(check, _)| check))));
    let set = &result["checkSet"];
    assert_eq!(set["index"], 0);
    assert_eq!((set.get("scope"), set.get("displayName")), (None, None));
    for (index, (_, name)) in checks.iter().enumerate() {
        assert_eq!(set["checks"][index]["index"], index);
        assert_eq!(set["checks"][index]["type"], *name);
    }
}

#[test]
fn an_exemption_stands_at_its_own_level() {
    let pattern = json!({"document": "platformPolicies[0]", "pattern": "trusted.example/app"});
    let ours = allowlist(&["trusted.example/app"]);
    let mut by_policy = policy(&[always_deny()]);
    by_policy["gkePolicy"]["imageAllowlist"] = ours.clone();
    let exempt = result(attested(by_policy));
    assert_eq!(exempt["allowlist"], pattern, "{exempt:#}");
    assert_eq!(exempt.get("checkSet"), None);
    assert_eq!(codes(&exempt["reasons"]), ["exempt-allowlist"]);
    let set = json!([{"checks": [always_deny()], "imageAllowlist": ours}]);
    let exempt = result(attested(policy_of(set)));
    assert_eq!(exempt.get("allowlist"), None, "{exempt:#}");
    assert_eq!(exempt["checkSet"]["allowlist"], pattern);
    assert_eq!(codes(&exempt["reasons"]), ["exempt-allowlist"]);
}

/// Patterns of the second document are the second document's.
#[test]
fn documents_are_counted() {
    let mut exempt = policy(&[always_deny()]);
    exempt["gkePolicy"]["imageAllowlist"] = allowlist(&["trusted.example/app"]);
    let mut settings = attested(policy(&[]));
    settings["platformPolicies"] = json!([policy(&[]), exempt]);
    let decision = decide(settings, pod(one_container(&image())));
    let results = &decision["images"][0]["results"];
    assert_eq!(
        results[0]["document"], "platformPolicies[0]",
        "{decision:#}"
    );
    assert_eq!(results[0].get("name"), None);
    assert_eq!(codes(&results[0]["reasons"]), ["no-checks"]);
    assert_eq!(results[1]["document"], "platformPolicies[1]");
    assert_eq!(results[1]["allowlist"]["document"], "platformPolicies[1]");
}

#[test]
fn a_decision_lists_the_pods_of_the_object() {
    let mut spec = one_container(&format!("trusted.example/app@{A}"));
    spec["serviceAccountName"] = "deployer".into();
    let decision = decide(attested(policy(&[])), pod(spec.clone()));
    assert_eq!(
        decision["pods"],
        json!([{"field": "spec", "serviceAccount": "deployer"}])
    );
    assert_eq!(decision["images"][0]["pod"], 0);
    let object = json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "spec": {"template": {"spec": one_container(&image())}},
    });
    let decision = decide(attested(policy(&[])), request("apps", "Deployment", object));
    let expected = json!([{"field": "spec.template.spec", "serviceAccount": "default"}]);
    assert_eq!(decision["pods"], expected);
    let decision = decide(attested(policy(&[])), request("", "Widget", json!({})));
    assert_eq!(decision["pods"], json!([]));
}

/// Named in the settings, a scanner is called by its name; otherwise by its place there.
#[test]
fn a_scan_that_is_missing_or_old_is_reported_by_its_scanner() {
    for (name, expected) in [
        (
            "one_of_two_scanners_has_a_scan",
            "No scan of the image by scanner `second`",
        ),
        (
            "scan_of_one_of_two_scanners_is_too_old",
            "The newest scan of scanner `second` was finished at 2026-06-08T11:59:59Z, more than 7 days ago",
        ),
        (
            "no_scanner_has_a_scan_and_any",
            "No scan of the image by scanner `evidence.authenticators.vulnerability[0]`",
        ),
    ] {
        let call = serde_json::from_slice(&corpus::named(name).call).unwrap();
        let decision = decision(&call);
        let reasons = &decision["images"][0]["results"][0]["checkSet"]["checks"][0]["reasons"];
        let message = &reasons[0]["details"][0]["message"];
        assert_eq!(message, expected, "{decision:#}");
    }
}
