//! What the settings trust for checks: authenticators, and statements as they stand.

use core_tests::platform::statements::{COSIGN_SCAN, SLSA_V1, UPLOAD, signed, statement, upload};
use core_tests::platform::{builder, policy, scanner, settings, uploader};
use core_tests::signing::{POLICY_VERIFICATION, TestKey};
use core_tests::validity::{assert_problems, problems};
use serde_json::{Value, json};

use super::trusting;

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
        (
            "provenance",
            with(builder(), "builderId", "https://ci.example/r*".into()),
            ".builderId",
            "settings-invalid-value",
        ),
        (
            "provenance",
            with(builder(), "builderId", "https://*".into()),
            ".builderId",
            "settings-invalid-value",
        ),
        (
            "vulnerability",
            with(scanner(), "name", "".into()),
            ".name",
            "settings-invalid-value",
        ),
        // A field of one purpose is unknown to another.
        (
            "provenance",
            with(builder(), "name", "x".into()),
            ".name",
            "settings-unknown-field",
        ),
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
    for (scanners, code) in [
        (json!("some"), "settings-invalid-value"),
        (json!(2), "settings-wrong-type"),
    ] {
        let mut settings = trusting("vulnerability", scanner());
        settings["evidence"]["authenticators"]["scanners"] = scanners;
        let expected = format!("evidence.authenticators.scanners {code}");
        assert_problems(&settings, &[&expected]);
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
