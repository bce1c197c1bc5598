//! Checks: one type each, and the values that their fields take.

use core_tests::platform::{
    allowlist, always_deny, builder, policy, settings, simple_signing, simple_signing_of, slsa,
    trusted_directory, vulnerability,
};
use core_tests::signing::TestKey;
use core_tests::validity::{assert_problems, problems};
use serde_json::{Value, json};

use super::{CHECK, POLICY, check_of, check_under};

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

/// Makes a check that lists these projects.
type WithProjects = fn(Value) -> Value;

#[test]
fn projects_are_names_and_at_most_ten() {
    let projects = |count: usize| -> Value {
        (0..count)
            .map(|index| json!(format!("projects/p{index}")))
            .collect()
    };
    let places: [(WithProjects, &str); 3] = [
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
