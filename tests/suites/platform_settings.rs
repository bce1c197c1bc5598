//! `validate_settings` about platform policies and what the settings trust for their checks: every
//! rule of a document is an error with the path of the offending value.

use policy_tests::implementation;
use policy_tests::platform::statements::{
    COSIGN_SCAN, SLSA_V1, UPLOAD, clean_scan, cloud_build, signed, statement, upload,
};
use policy_tests::platform::{
    allowlist, always_deny, builder, image_freshness, policy, policy_of, scanner, settings,
    simple_signing, simple_signing_of, slsa, trusted_directory, uploader, vulnerability,
};
use policy_tests::signing::{POLICY_VERIFICATION, TestKey};
use policy_tests::validity::{assert_load_bearing, assert_problems, problems};
use serde_json::{Value, json};

const POLICY: &str = "platformPolicies[0]";
const GKE: &str = "platformPolicies[0].gkePolicy";
const SETS: &str = "platformPolicies[0].gkePolicy.checkSets";
const CHECK: &str = "platformPolicies[0].gkePolicy.checkSets[0].checks[0]";

/// Settings of a policy in which every field has a value.
fn full() -> Value {
    let key = TestKey::new("a");
    let mut named = key.document()["pkixPublicKey"].clone();
    named["keyId"] = "our-key".into();
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

/// The same, where the value at fault is at the path or within it.
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

#[test]
fn the_last_check_set_and_no_other_is_for_all() {
    let ns = |name: &str| json!({"scope": {"kubernetesNamespace": name}, "checks": []});
    let account = |name: &str| json!({"scope": {"kubernetesServiceAccount": name}, "checks": []});
    let other = || json!({"checks": []});
    let of = |sets: &[Value]| settings(policy_of(sets.into()));
    for valid in [
        vec![other()],
        vec![ns("a"), other()],
        vec![ns("a"), ns("b"), account("c:d"), other()],
        vec![
            account("a:x"),
            account("a:y"),
            account("b:x"),
            ns("a"),
            other(),
        ],
        // Only the same namespace matters.
        vec![ns("b"), account("a:x"), ns("a"), other()],
    ] {
        assert_problems(&of(&valid), &[]);
    }
    let missing = format!("{SETS} policy-checkset-default-missing");
    assert_problems(&of(&[ns("a")]), &[&missing]);
    assert_problems(&of(&[ns("a"), account("b:c")]), &[&missing]);
    for (sets, code) in [
        (
            vec![ns("a"), account("a:x"), other()],
            "policy-checkset-order",
        ),
        (
            vec![ns("a"), ns("b"), account("a:x"), other()],
            "policy-checkset-order",
        ),
        (
            vec![ns("a"), ns("a"), other()],
            "policy-checkset-scope-duplicate",
        ),
        (
            vec![account("a:x"), account("a:x"), other()],
            "policy-checkset-scope-duplicate",
        ),
        (
            vec![ns("a"), account("b:x"), ns("a"), other()],
            "policy-checkset-scope-duplicate",
        ),
    ] {
        check_under(&of(&sets), SETS, code);
    }
    for unreachable in [vec![other(), ns("a")], vec![other(), other()]] {
        let found = problems(of(&unreachable).to_string().as_bytes());
        assert!(!found.is_empty());
        for problem in &found {
            assert!(problem.starts_with(SETS) && problem.contains(" policy-checkset-"));
        }
    }
}

#[test]
fn a_scope_is_one_of_two_and_has_a_form() {
    for scope in [
        json!({}),
        json!({"kubernetesNamespace": "a", "kubernetesServiceAccount": "a:b"}),
        json!({"kubernetesNamespace": ""}),
        json!({"kubernetesServiceAccount": ""}),
        json!({"kubernetesServiceAccount": "deployer"}),
        json!({"kubernetesServiceAccount": ":deployer"}),
        json!({"kubernetesServiceAccount": "default:"}),
    ] {
        let sets = json!([{"scope": scope, "checks": []}, {"checks": []}]);
        let path = format!("{SETS}[0].scope");
        check_under(&settings(policy_of(sets)), &path, "policy-invalid-value");
    }
    let text = json!([{"scope": "", "checks": []}, {"checks": []}]);
    let wrong = format!("{SETS}[0].scope policy-wrong-type");
    assert_problems(&settings(policy_of(text)), &[&wrong]);
}

#[test]
fn a_check_is_of_exactly_one_type() {
    let expected = format!("{CHECK} policy-check-type-count");
    check_of(json!({}), &[&expected]);
    check_of(
        json!({"displayName": "x", "imageAllowlist": allowlist(&[])}),
        &[&expected],
    );
    let mut two = always_deny();
    two["trustedDirectoryCheck"] = json!({"trustedDirPatterns": ["gcr.io/p/r"]});
    check_of(two, &[&expected]);
}

#[test]
fn always_deny_is_never_false() {
    let expected = format!("{CHECK}.alwaysDeny policy-always-deny-false");
    check_of(json!({"alwaysDeny": false}), &[&expected]);
    let expected = format!("{CHECK}.alwaysDeny policy-wrong-type");
    for value in [json!("true"), json!(1), json!({})] {
        check_of(json!({"alwaysDeny": value}), &[&expected]);
    }
}

#[test]
fn days_are_a_positive_number() {
    let days = |days: Value| json!({"imageFreshnessCheck": {"maxUploadAgeDays": days}});
    for value in [1, 30, i32::MAX] {
        check_of(days(value.into()), &[]);
    }
    let limit = format!("{CHECK}.imageFreshnessCheck.maxUploadAgeDays policy-limit");
    for value in [
        json!(0),
        json!(-1),
        json!(i64::from(i32::MAX) + 1),
        json!(u64::MAX),
    ] {
        check_of(days(value), &[&limit]);
    }
    let path = format!("{CHECK}.imageFreshnessCheck");
    check_under(
        &settings(policy(&[json!({"imageFreshnessCheck": {}})])),
        &path,
        "policy-limit",
    );
    let wrong = format!("{path}.maxUploadAgeDays policy-wrong-type");
    for value in [json!("30"), json!(true), json!([30])] {
        check_of(days(value), &[&wrong]);
    }
}

/// A requirement by nobody is met by everybody.
#[test]
fn lists_that_say_what_is_required_are_not_empty() {
    let keys = |keys: Value| json!({"publicKeySet": {"publicKeys": keys}});
    for (check, path) in [
        (
            json!({"sigstoreSignatureCheck": {"sigstoreAuthorities": []}}),
            "sigstoreSignatureCheck.sigstoreAuthorities",
        ),
        (
            json!({"sigstoreSignatureCheck": {"sigstoreAuthorities": [keys(json!([]))]}}),
            "sigstoreSignatureCheck.sigstoreAuthorities[0].publicKeySet.publicKeys",
        ),
        (
            simple_signing_of(&[]),
            "simpleSigningAttestationCheck.attestationAuthenticators",
        ),
        (
            simple_signing_of(&[&[]]),
            "simpleSigningAttestationCheck.attestationAuthenticators[0].pkixPublicKeySet.pkixPublicKeys",
        ),
        (slsa(&[]), "slsaCheck.rules"),
        (
            trusted_directory(&[]),
            "trustedDirectoryCheck.trustedDirPatterns",
        ),
    ] {
        check_of(check, &[&format!("{CHECK}.{path} policy-limit")]);
    }
    for (check, path) in [
        (
            json!({"sigstoreSignatureCheck": {}}),
            "sigstoreSignatureCheck",
        ),
        (
            json!({"simpleSigningAttestationCheck": {}}),
            "simpleSigningAttestationCheck",
        ),
        (json!({"slsaCheck": {}}), "slsaCheck"),
        (
            json!({"trustedDirectoryCheck": {}}),
            "trustedDirectoryCheck",
        ),
    ] {
        let path = format!("{CHECK}.{path}");
        check_under(&settings(policy(&[check])), &path, "policy-limit");
    }
}

#[test]
fn both_severities_are_required() {
    let path = format!("{CHECK}.vulnerabilityCheck");
    for field in ["maximumFixableSeverity", "maximumUnfixableSeverity"] {
        let mut check = vulnerability("LOW", "LOW");
        check["vulnerabilityCheck"][field] = "MAXIMUM_ALLOWED_SEVERITY_UNSPECIFIED".into();
        check_under(
            &settings(policy(&[check.clone()])),
            &path,
            "policy-severity-missing",
        );
        check["vulnerabilityCheck"]
            .as_object_mut()
            .unwrap()
            .remove(field);
        check_under(
            &settings(policy(&[check])),
            &path,
            "policy-severity-missing",
        );
    }
    for (value, code) in [
        (json!(4), "policy-numeric-enum"),
        (json!(true), "policy-numeric-enum"),
        (json!("medium"), "policy-unknown-enum"),
        (json!("SEVERE"), "policy-unknown-enum"),
    ] {
        let mut check = vulnerability("LOW", "LOW");
        check["vulnerabilityCheck"]["maximumFixableSeverity"] = value;
        check_of(check, &[&format!("{path}.maximumFixableSeverity {code}")]);
    }
}

#[test]
fn what_is_not_supported_is_refused_by_name() {
    let mut rule = json!({"trustedBuilder": "GOOGLE_CLOUD_BUILD"});
    rule["customConstraints"] = "true".into();
    let expected =
        format!("{CHECK}.slsaCheck.rules[0].customConstraints policy-unsupported-feature");
    check_of(slsa(&[rule]), &[&expected]);
    let path = format!("{POLICY}.cloudRunPolicy");
    for mut document in [json!({}), policy(&[])] {
        document["cloudRunPolicy"] = json!({});
        check_under(&settings(document), POLICY, "policy-unsupported-feature");
    }
    let mut document = policy(&[]);
    document["cloudRunPolicy"] = json!({});
    let found = problems(settings(document).to_string().as_bytes());
    assert!(
        found.contains(&format!("{path} policy-unsupported-feature")),
        "{found:?}"
    );
}

#[test]
fn projects_are_names_and_at_most_ten() {
    let projects = |count: usize| -> Value {
        (0..count)
            .map(|index| json!(format!("projects/p{index}")))
            .collect()
    };
    let places: [(fn(Value) -> Value, &str); 3] = [
        (
            |projects| {
                let mut check = simple_signing(&[&TestKey::new("a")]);
                check["simpleSigningAttestationCheck"]["containerAnalysisAttestationProjects"] =
                    projects;
                check
            },
            "simpleSigningAttestationCheck.containerAnalysisAttestationProjects",
        ),
        (
            |projects| {
                slsa(&[json!({
                    "trustedBuilder": "GOOGLE_CLOUD_BUILD",
                    "attestationSource": {"containerAnalysisAttestationProjects": projects},
                })])
            },
            "slsaCheck.rules[0].attestationSource.containerAnalysisAttestationProjects",
        ),
        (
            |projects| {
                let mut check = vulnerability("LOW", "LOW");
                check["vulnerabilityCheck"]["containerAnalysisVulnerabilityProjects"] = projects;
                check
            },
            "vulnerabilityCheck.containerAnalysisVulnerabilityProjects",
        ),
    ];
    for (with, path) in places {
        check_of(with(projects(10)), &[]);
        let list = format!("{CHECK}.{path}");
        check_under(
            &settings(policy(&[with(projects(11))])),
            &list,
            "policy-limit",
        );
        for bad in [
            "p",
            "",
            "projects/",
            "projects/p/notes/n",
            "project/p",
            " projects/p",
        ] {
            let expected = format!("{list}[1] policy-invalid-value");
            check_of(with(json!(["projects/p", bad])), &[&expected]);
        }
    }
}

#[test]
fn ids_of_vulnerabilities_have_a_form() {
    for list in ["allowedCves", "blockedCves"] {
        for bad in [
            "",
            "projects/goog-vulnz/notes/CVE-2021-1",
            "CVE-2021-1\n",
            " CVE-2021-1",
            "a b",
        ] {
            let mut check = vulnerability("LOW", "LOW");
            check["vulnerabilityCheck"][list] = json!(["CVE-2021-1", bad]);
            let expected = format!("{CHECK}.vulnerabilityCheck.{list}[1] policy-invalid-value");
            check_of(check, &[&expected]);
        }
    }
}

#[test]
fn a_builder_is_googles_or_one_of_the_settings() {
    let path = format!("{CHECK}.slsaCheck.rules[0]");
    let rule = |builder: Value| slsa(&[json!({"trustedBuilder": builder})]);
    for (value, code) in [
        (json!("GITHUB"), "policy-unknown-enum"),
        (json!("BUILDER_UNSPECIFIED"), "policy-unknown-enum"),
        (
            json!("https://forge.example/builder"),
            "policy-unknown-enum",
        ),
        (json!(1), "policy-numeric-enum"),
    ] {
        check_of(rule(value), &[&format!("{path}.trustedBuilder {code}")]);
    }
    let nobody = slsa(&[json!({"configBasedBuildRequired": true})]);
    let found = problems(settings(policy(&[nobody])).to_string().as_bytes());
    assert!(
        !found.is_empty() && found.iter().all(|one| one.starts_with(&path)),
        "{found:?}"
    );
    let mut settings = settings(policy(&[rule("https://forge.example/builder".into())]));
    settings["evidence"] = json!({"authenticators": {"provenance": [
        builder("https://forge.example/builder2", &[&TestKey::new("forge")]),
    ]}});
    let expected = format!("{path}.trustedBuilder policy-unknown-enum");
    assert_problems(&settings, &[&expected]);
    settings["evidence"]["authenticators"]["provenance"][0]["builderId"] =
        "https://forge.example/builder".into();
    assert_problems(&settings, &[]);
}

/// Patterns of each language that are invalid, and some that look so and are not.
#[rustfmt::skip]
const PATTERNS: &[(&str, &str, bool)] = &[
    ("BV01", "*", false), ("BV02", "**", false), ("BV03", "us-central1.pkg.dev/my-image:*", false),
    ("BV04", "gcr.io/p/nginx**", false), ("BV05", "gcr.io/p/i@sha256:*", false),
    ("BV06", "gcr.io/p/i@sha256:ab*", false), ("BV07", "gcr.io/p/i*:v1", false),
    ("BV08", "gcr.io/p/i:v*@{d0}", false), ("BV09", "gcr.io/p/i:foo**", false),
    ("BV10", "gcr.io/p/n*x", false), ("BV11", "gcr.io/p/i:foo*", true), ("BV12", "gcr.io/p/**", true),
    ("BV13", "gcr.io/p/i@sha256:abcd", false), ("BV14", "", false), ("BV15", "/**", false),
    ("host_open_end", "trusted.example*", false), ("wildcard_inside", "trusted.example/a*b", false),
    ("wildcard_first", "*/app", false), ("metacharacter", "trusted.example/a?", false),
    ("class", "trusted.example/[ab]", false), ("negation", "!trusted.example/a", false),
    ("TV01", "gcr.io/my-project/my-repo", true), ("TV02", "*-docker.pkg.dev/my-project/my-repo", true),
    ("TV03", "*.gcr.io/my-project", true), ("TV04", "gcr.io/my-project/*", true),
    ("TV05", "gcr.io/my-project/**", true), ("TV06", "gcr.i*", false),
    ("TV07", "sub*domain.gcr.io/nginx", false), ("TV08", "*pkg.dev/my-project/my-repo", false),
    ("TV09", "**-docker.pkg.dev", false), ("TV10", "gcr.io", false), ("TV11", "gcr.io/my-project/", false),
    ("TV12", "localhost/p/r", false), ("TV13", "gcr.io/a*b/c", false), ("TV14", "*.io/p", false),
    ("SV01", "https://github.com/p/r", false), ("SV02", "github.com/p/*", true),
    ("SV03", "github.com/**", true), ("SV04", "github.com/p/r*x", false), ("SV05", "github.com/p/r*", false),
    ("SV06", "*", false), ("SV07", "github.com/*/r", false), ("SV08", "", false),
];

#[test]
fn patterns_are_of_the_language_of_their_place() {
    let d0 = format!("sha256:{}", "0".repeat(64));
    for (id, pattern, is_valid) in PATTERNS {
        let pattern = pattern.replace("{d0}", &d0);
        let (settings, path) = if id.starts_with("TV") {
            let check = trusted_directory(&["gcr.io/p/r", &pattern]);
            (
                settings(policy(&[check])),
                "checkSets[0].checks[0].trustedDirectoryCheck.trustedDirPatterns",
            )
        } else if id.starts_with("SV") {
            let mut rule = json!({"trustedBuilder": "GOOGLE_CLOUD_BUILD"});
            rule["trustedSourceRepoPatterns"] = json!(["github.com/p/r", pattern]);
            let path = "checkSets[0].checks[0].slsaCheck.rules[0].trustedSourceRepoPatterns";
            (settings(policy(&[slsa(&[rule])])), path)
        } else {
            let mut document = policy(&[]);
            document["gkePolicy"]["imageAllowlist"] = allowlist(&["gcr.io/p/r", &pattern]);
            (settings(document), "imageAllowlist.allowPattern")
        };
        let expected = format!("{GKE}.{path}[1] pattern-invalid");
        let expected: &[&str] = if *is_valid { &[] } else { &[&expected] };
        assert_problems(&settings, expected);
    }
}

#[test]
fn patterns_are_checked_at_every_level() {
    let mut document = policy(&[always_deny()]);
    let bad = allowlist(&["*"]);
    document["gkePolicy"]["imageAllowlist"] = bad.clone();
    document["gkePolicy"]["checkSets"][0]["imageAllowlist"] = bad.clone();
    document["gkePolicy"]["checkSets"][0]["checks"][0]["imageAllowlist"] = bad;
    let mut found = problems(settings(document).to_string().as_bytes());
    found.sort();
    let expected = [
        format!("{CHECK}.imageAllowlist.allowPattern[0] pattern-invalid"),
        format!("{SETS}[0].imageAllowlist.allowPattern[0] pattern-invalid"),
        format!("{GKE}.imageAllowlist.allowPattern[0] pattern-invalid"),
    ];
    assert_eq!(found, expected);
}

/// `openssl ecparam -name secp384r1 -genkey -noout | openssl ec -pubout`
const P384: &str = "-----BEGIN PUBLIC KEY-----
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEixVK1r3205zzMFYKLZweAKAjNznXsHRJ
TS8UNuqDPquoXhLzV2L00/vFpvqBTIp1aNLLCGI/bWlgjrhDn5lPjREj9LblwebH
oizkS0Y4NKSn3BcvhV5OTa1PyUBZkgpw
-----END PUBLIC KEY-----
";

#[test]
fn keys_of_checks_must_be_usable() {
    let document = || TestKey::new("a").document()["pkixPublicKey"].clone();
    let path = format!(
        "{CHECK}.simpleSigningAttestationCheck.attestationAuthenticators[0].pkixPublicKeySet.pkixPublicKeys"
    );
    for (field, value, code) in [
        ("publicKeyPem", json!("x"), "key-invalid"),
        ("publicKeyPem", json!(P384), "key-algorithm-mismatch"),
        (
            "signatureAlgorithm",
            json!("RSA_PSS_2048_SHA256"),
            "key-algorithm-mismatch",
        ),
        ("signatureAlgorithm", json!("ecdsa"), "policy-unknown-enum"),
        (
            "signatureAlgorithm",
            json!("SIGNATURE_ALGORITHM_UNSPECIFIED"),
            "policy-unknown-enum",
        ),
        ("signatureAlgorithm", json!(9), "policy-numeric-enum"),
        ("keyId", json!("our-key\n"), "key-id-invalid"),
    ] {
        let mut key = document();
        key[field] = value;
        let settings = settings(policy(&[simple_signing_of(&[&[key]])]));
        check_under(&settings, &format!("{path}[0]"), code);
    }
    for field in ["publicKeyPem", "signatureAlgorithm"] {
        let mut key = document();
        key.as_object_mut().unwrap().remove(field);
        let settings = settings(policy(&[simple_signing_of(&[&[key]])]));
        let found = problems(settings.to_string().as_bytes());
        assert!(
            !found.is_empty() && found.iter().all(|one| one.starts_with(&path)),
            "{found:?}"
        );
    }
    let (mut one, mut other) = (
        document(),
        TestKey::new("b").document()["pkixPublicKey"].clone(),
    );
    one["keyId"] = "same".into();
    other["keyId"] = "same".into();
    let twice = settings(policy(&[simple_signing_of(&[&[one, other]])]));
    check_under(&twice, &format!("{path}[1]"), "key-id-duplicate");
}

#[test]
fn keys_of_cosign_are_of_one_algorithm() {
    let check = |pem: &str| {
        json!({"sigstoreSignatureCheck": {"sigstoreAuthorities": [
            {"publicKeySet": {"publicKeys": [{"publicKeyPem": pem}]}},
        ]}})
    };
    let path =
        format!("{CHECK}.sigstoreSignatureCheck.sigstoreAuthorities[0].publicKeySet.publicKeys[0]");
    let rsa = include_str!("../../policy-wasm/src/openpgp/vectors/rsa3072.pkix.pem");
    let good = TestKey::new("a").pem();
    check_of(check(&good), &[]);
    for (pem, code) in [
        (P384, "key-algorithm-unsupported"),
        (rsa, "key-algorithm-unsupported"),
        ("x", "key-invalid"),
        ("", "key-invalid"),
        (&format!("{good}{good}"), "key-invalid"),
    ] {
        check_under(&settings(policy(&[check(pem)])), &path, code);
    }
}

/// Settings that trust somebody for a purpose.
fn trusting(purpose: &str, authenticator: Value) -> Value {
    let mut settings = settings(policy(&[]));
    settings["evidence"] = json!({"authenticators": {purpose: [authenticator]}});
    settings
}

#[test]
fn authenticators_are_complete() {
    let key = TestKey::new("a");
    let without = |mut authenticator: Value, field: &str| {
        authenticator.as_object_mut().unwrap().remove(field);
        authenticator
    };
    let with = |mut authenticator: Value, field: &str, value: Value| {
        authenticator[field] = value;
        authenticator
    };
    let (scanner, uploader) = (|| scanner(&[&key]), || uploader(&[&key]));
    let builder = || builder("https://forge.example/builder", &[&key]);
    for (purpose, authenticator, field, code) in [
        (
            "vulnerability",
            without(scanner(), "maxAgeDays"),
            "",
            "settings-missing-field",
        ),
        (
            "vulnerability",
            without(scanner(), "publicKeys"),
            "",
            "settings-missing-field",
        ),
        (
            "provenance",
            without(builder(), "builderId"),
            "",
            "settings-missing-field",
        ),
        (
            "provenance",
            without(builder(), "publicKeys"),
            "",
            "settings-missing-field",
        ),
        (
            "freshness",
            without(uploader(), "publicKeys"),
            "",
            "settings-missing-field",
        ),
        (
            "vulnerability",
            with(scanner(), "maxAgeDays", 0.into()),
            ".maxAgeDays",
            "settings-invalid-value",
        ),
        (
            "vulnerability",
            with(scanner(), "maxAgeDays", (-1).into()),
            ".maxAgeDays",
            "settings-invalid-value",
        ),
        (
            "vulnerability",
            with(scanner(), "maxAgeDays", "7".into()),
            ".maxAgeDays",
            "settings-wrong-type",
        ),
        (
            "provenance",
            with(builder(), "builderId", "".into()),
            ".builderId",
            "settings-invalid-value",
        ),
        // A field of one purpose is unknown to another.
        (
            "freshness",
            with(uploader(), "maxAgeDays", 7.into()),
            ".maxAgeDays",
            "settings-unknown-field",
        ),
        (
            "vulnerability",
            with(scanner(), "builderId", "x".into()),
            ".builderId",
            "settings-unknown-field",
        ),
    ] {
        let expected = format!("evidence.authenticators.{purpose}[0]{field} {code}");
        assert_problems(&trusting(purpose, authenticator), &[&expected]);
    }
    let unknown = trusting("attestation", uploader());
    assert_problems(
        &unknown,
        &["evidence.authenticators.attestation settings-unknown-field"],
    );
    for purpose in ["vulnerability", "provenance", "freshness"] {
        let mut nobody = match purpose {
            "vulnerability" => scanner(),
            "provenance" => builder(),
            _ => uploader(),
        };
        nobody["publicKeys"] = json!([]);
        let path = format!("evidence.authenticators.{purpose}[0]");
        let found = problems(trusting(purpose, nobody).to_string().as_bytes());
        assert!(
            !found.is_empty() && found.iter().all(|one| one.starts_with(&path)),
            "{found:?}"
        );
    }
}

#[test]
fn keys_of_authenticators_must_be_usable() {
    let (key, other) = (TestKey::new("a"), TestKey::new("b"));
    let path = "evidence.authenticators.freshness[0].publicKeys";
    let with_pem = |pem: &str| {
        let mut authenticator = uploader(&[&key]);
        authenticator["publicKeys"][0]["pkixPublicKey"]["publicKeyPem"] = pem.into();
        trusting("freshness", authenticator)
    };
    assert_problems(
        &with_pem("x"),
        &[&format!("{path}[0].pkixPublicKey key-invalid")],
    );
    assert_problems(
        &with_pem(P384),
        &[&format!("{path}[0].pkixPublicKey key-algorithm-mismatch")],
    );
    let mut same = uploader(&[&key, &other]);
    for key in same["publicKeys"].as_array_mut().unwrap() {
        key["id"] = "same".into();
    }
    assert_problems(
        &trusting("freshness", same),
        &[&format!("{path}[1] key-id-duplicate")],
    );
}

/// What no check reads would be believed by nobody, and its author should know.
#[test]
fn statements_in_the_settings_are_read() {
    let of = |statement: Value| {
        let mut settings = settings(policy(&[]));
        settings["evidence"] = json!({"statements": [upload("2026-01-01T00:00:00Z"), statement]});
        settings
    };
    let mut no_type = upload("2026-01-01T00:00:00Z");
    no_type.as_object_mut().unwrap().remove("_type");
    let mut no_digest = upload("2026-01-01T00:00:00Z");
    no_digest["subject"][0]["digest"] = json!({});
    for bad in [
        json!({}),
        no_type,
        no_digest,
        statement(POLICY_VERIFICATION, json!({})),
        statement("https://example.com/kept/v1", json!({})),
        statement(UPLOAD, json!({})),
        statement(SLSA_V1, json!({})),
        statement(COSIGN_SCAN, json!({"scanner": {"result": {}}})),
        signed(&TestKey::new("a"), &upload("2026-01-01T00:00:00Z")),
    ] {
        assert_problems(&of(bad), &["evidence.statements[1] evidence-invalid"]);
    }
    for bad in [json!("x"), json!(1), json!([])] {
        assert_problems(&of(bad), &["evidence.statements[1] settings-wrong-type"]);
    }
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

#[test]
fn every_build_gives_the_same_answer_about_platform_policies() {
    let mut broken = full();
    broken["platformPolicies"][0]["gkePolicy"]["checkSets"][0]["checks"][0]["alwaysDeny"] =
        false.into();
    let mut builds = implementation::all();
    for document in [full(), broken] {
        let text = document.to_string();
        let answers: Vec<_> = builds
            .iter_mut()
            .map(|build| build.validate_settings(text.as_bytes()))
            .collect();
        for answer in &answers {
            assert_eq!(answer, &answers[0], "{document:#}");
        }
    }
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
