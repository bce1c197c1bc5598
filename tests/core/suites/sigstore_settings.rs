//! `validate_settings` about trusted roots, identities, and the signers that they stand for.

use core_tests::case::{require, settings};
use core_tests::platform::{policy, settings as platform_settings};
use core_tests::signing::{TestKey, attestor, attestor_name};
use core_tests::sigstore::{identity, root, sigstore};
use core_tests::validity::assert_problems;
use serde_json::{Value, json};

const ATTESTOR: &str = "sigstore.attestors[projects/p/attestors/a]";

#[track_caller]
fn check(change: impl FnOnce(&mut Value), expected: &[&str]) {
    let mut settings = settings();
    settings["sigstore"] = sigstore();
    change(&mut settings);
    assert_problems(&settings, expected);
}

/// Checks the problems of an identity, below its path.
#[track_caller]
fn check_identity(change: impl FnOnce(&mut Value), path: &str, code: &str) {
    let expected = format!("sigstore.identities.release[0]{path} {code}");
    check(
        |s| change(&mut s["sigstore"]["identities"]["release"][0]),
        &[&expected],
    );
}

#[test]
fn an_identity_may_stand_for_an_attestor() {
    check(|_| {}, &[]);
    check(|s| s["sigstore"] = json!({}), &[]);
}

#[test]
fn an_attestor_may_have_identities_instead_of_keys() {
    check(|s| s["attestors"] = json!([attestor("a", &[])]), &[]);
}

#[test]
fn an_identity_names_one_issuer() {
    for issuer in ["*", "https://*.example.test", "issuer.example.test"] {
        check_identity(
            |one| one["issuer"] = issuer.into(),
            ".issuer",
            "settings-invalid-value",
        );
    }
    check_identity(
        |one| drop(one.as_object_mut().unwrap().remove("issuer")),
        "",
        "settings-missing-field",
    );
}

#[test]
fn an_identity_has_one_subject() {
    check_identity(
        |one| one["subjectPattern"] = "*@example.test".into(),
        ".subjectPattern",
        "settings-invalid-value",
    );
    check_identity(
        |one| drop(one.as_object_mut().unwrap().remove("subject")),
        "",
        "settings-missing-field",
    );
}

#[test]
fn a_subject_pattern_is_no_regular_expression() {
    for pattern in [
        "^https://github.com/acme/.*$",
        "https://github.com/(acme|other)/*",
        "https://github.com/*/shop/x",
        "*",
        "ann@example.test",
    ] {
        check(
            |s| {
                let one = &mut s["sigstore"]["identities"]["release"][0];
                one.as_object_mut().unwrap().remove("subject");
                one["subjectPattern"] = pattern.into();
            },
            &["sigstore.identities.release[0].subjectPattern settings-invalid-value"],
        );
    }
}

#[test]
fn roots_and_sets_that_are_named_must_exist() {
    check_identity(
        |one| one["trustedRoot"] = "public-good".into(),
        ".trustedRoot",
        "settings-invalid-value",
    );
    check(
        |s| s["sigstore"]["attestors"][attestor_name("a")] = json!(["release", "people"]),
        &[&format!("{ATTESTOR}[1] settings-invalid-value")],
    );
    check(
        |s| s["sigstore"]["attestors"]["x"] = json!(["release"]),
        &["sigstore.attestors.x settings-invalid-value"],
    );
}

#[test]
fn sets_and_their_lists_are_not_empty() {
    check(
        |s| s["sigstore"]["identities"]["release"] = json!([]),
        &["sigstore.identities.release settings-invalid-value"],
    );
    check(
        |s| s["sigstore"]["attestors"][attestor_name("a")] = json!([]),
        &[&format!("{ATTESTOR} settings-invalid-value")],
    );
}

#[test]
fn names_have_lower_case_letters_digits_and_dashes() {
    for name in ["Release", "a.b", "", &"x".repeat(64)] {
        check(
            |s| s["sigstore"]["identities"][name] = json!([identity()]),
            &[&match name {
                "Release" => "sigstore.identities.Release settings-invalid-value".to_owned(),
                _ if name.len() == 64 => {
                    format!("sigstore.identities.{name} settings-invalid-value")
                }
                _ => format!("sigstore.identities[{name}] settings-invalid-value"),
            }],
        );
    }
}

#[test]
fn roots_sets_and_identities_are_limited() {
    check(
        |s| {
            for number in 1..=16 {
                let root = s["sigstore"]["trustedRoots"]["instance"].clone();
                s["sigstore"]["trustedRoots"][format!("r{number}")] = root;
            }
        },
        &["sigstore.trustedRoots.r16 settings-invalid-value"],
    );
    check(
        |s| {
            for number in 1..=64 {
                s["sigstore"]["identities"][format!("s{number}")] = json!([identity()]);
            }
        },
        &["sigstore.identities.s64 settings-invalid-value"],
    );
    check(
        |s| s["sigstore"]["identities"]["release"] = json!(vec![identity(); 65]),
        &["sigstore.identities.release settings-invalid-value"],
    );
}

#[test]
fn thresholds_are_small_numbers() {
    for (field, value, code) in [
        ("transparencyLogs", json!(9), "settings-invalid-value"),
        ("ctLogs", json!(-1), "settings-invalid-value"),
        ("signedTimestamps", json!(1.5), "settings-invalid-value"),
        ("signedTimestamps", json!("1"), "settings-wrong-type"),
        ("inclusionPromises", json!("yes"), "settings-invalid-value"),
        ("requireLog", json!(true), "settings-unknown-field"),
    ] {
        check(
            |s| s["sigstore"]["trustedRoots"]["instance"][field] = value,
            &[&format!("sigstore.trustedRoots.instance.{field} {code}")],
        );
    }
}

#[test]
fn a_root_has_a_document() {
    check(
        |s| s["sigstore"]["trustedRoots"]["instance"] = json!({}),
        &["sigstore.trustedRoots.instance settings-missing-field"],
    );
    check(
        |s| s["sigstore"]["trustedRoots"]["instance"]["document"] = json!("trusted_root.json"),
        &["sigstore.trustedRoots.instance.document settings-wrong-type"],
    );
}

/// Settings whose only root has no logs, as GitHub's.
fn without_logs(s: &mut Value) -> &mut Value {
    let root = &mut s["sigstore"]["trustedRoots"]["instance"];
    root["document"]["tlogs"] = json!([]);
    root["document"]["ctlogs"] = json!([]);
    root
}

const ROOT: &str = "sigstore.trustedRoots.instance";
const MISSING: &str = "sigstore.trustedRoots.instance settings-missing-field";

#[test]
fn doing_without_logs_must_be_written() {
    check(
        |s| {
            let root = without_logs(s);
            root["signedTimestamps"] = json!(1);
        },
        &[MISSING, MISSING],
    );
    check(
        |s| {
            let root = without_logs(s);
            root["signedTimestamps"] = json!(1);
            root["transparencyLogs"] = json!(0);
            root["ctLogs"] = json!(0);
        },
        &[],
    );
    check(
        |s| {
            let root = without_logs(s);
            root["signedTimestamps"] = json!(1);
            root["transparencyLogs"] = json!(1);
            root["ctLogs"] = json!(0);
        },
        &[&format!("{ROOT}.transparencyLogs settings-invalid-value")],
    );
}

#[test]
fn something_must_state_when_a_signature_was_made() {
    let timestamps = format!("{ROOT}.signedTimestamps settings-invalid-value");
    check(
        |s| {
            let root = without_logs(s);
            root["transparencyLogs"] = json!(0);
            root["ctLogs"] = json!(0);
        },
        &[&timestamps],
    );
    check(
        |s| {
            let root = without_logs(s);
            root["transparencyLogs"] = json!(0);
            root["ctLogs"] = json!(0);
            root["document"]["timestampAuthorities"] = json!([]);
        },
        &[
            &format!("{ROOT}.document sigstore-trusted-root-invalid"),
            &timestamps,
        ],
    );
    check(
        |s| s["sigstore"]["trustedRoots"]["instance"]["signedTimestamps"] = json!(3),
        &[&timestamps],
    );
}

#[test]
fn a_document_is_a_trusted_root() {
    check(
        |s| s["sigstore"]["trustedRoots"]["instance"]["document"]["mediaType"] = "x".into(),
        &[&format!("{ROOT}.document sigstore-trusted-root-invalid")],
    );
    check(
        |s| {
            let document = &mut s["sigstore"]["trustedRoots"]["instance"]["document"];
            document["tlogs"][1]["publicKey"]["validFor"] = json!({});
        },
        &[&format!(
            "{ROOT}.document.tlogs[1] sigstore-trusted-root-invalid"
        )],
    );
}

#[test]
fn a_problem_of_a_set_is_reported_once_for_all_its_users() {
    check(
        |s| {
            s["attestors"] = json!([attestor("a", &[]), attestor("b", &[])]);
            s["sigstore"]["attestors"][attestor_name("b")] = json!(["release"]);
            s["evidence"]["authenticators"] = json!({"freshness": [{"identities": ["release"]}]});
            s["sigstore"]["identities"]["release"][0]["issuer"] = "x".into();
        },
        &["sigstore.identities.release[0].issuer settings-invalid-value"],
    );
}

#[test]
fn two_attestors_of_a_rule_do_not_share_an_identity() {
    let two = |s: &mut Value| {
        s["attestors"] = json!([attestor("a", &[]), attestor("b", &[])]);
        s["policy"]["defaultAdmissionRule"] = require(&["a", "b"]);
        s["sigstore"]["attestors"][attestor_name("b")] = json!(["other"]);
    };
    check(
        |s| {
            two(s);
            s["sigstore"]["identities"]["other"] = json!([identity()]);
        },
        &["policy.defaultAdmissionRule.requireAttestationsBy policy-attestors-share-key"],
    );
    check(
        |s| {
            two(s);
            s["sigstore"]["trustedRoots"]["copy"] = json!({"document": root()});
            let mut other = identity();
            other["trustedRoot"] = "copy".into();
            s["sigstore"]["identities"]["other"] = json!([other]);
        },
        &["policy.defaultAdmissionRule.requireAttestationsBy policy-attestors-share-key"],
    );
    check(
        |s| {
            two(s);
            let mut other = identity();
            other["claims"] = json!({"buildTrigger": "push"});
            s["sigstore"]["identities"]["other"] = json!([other]);
        },
        &[],
    );
}

#[test]
fn authenticators_have_keys_or_identities() {
    let root = "evidence.authenticators";
    check(
        |s| {
            s["evidence"]["authenticators"] = json!({
                "vulnerability": [{"identities": ["release"], "maxAgeDays": 7}],
                "provenance": [{"identities": ["release"], "builderId": "https://forge.example/b"}],
                "freshness": [{"identities": ["release"]}],
            });
        },
        &[],
    );
    check(
        |s| s["evidence"]["authenticators"] = json!({"freshness": [{}]}),
        &[&format!("{root}.freshness[0] settings-missing-field")],
    );
    check(
        |s| s["evidence"]["authenticators"] = json!({"freshness": [{"identities": []}]}),
        &[&format!(
            "{root}.freshness[0].identities settings-invalid-value"
        )],
    );
    let unknown = format!("{root}.freshness[0].identities[0] settings-invalid-value");
    check(
        |s| s["evidence"]["authenticators"] = json!({"freshness": [{"identities": ["people"]}]}),
        &[&unknown],
    );
    check(
        |s| {
            s.as_object_mut().unwrap().remove("sigstore");
            s["evidence"]["authenticators"] = json!({"freshness": [{"identities": ["release"]}]});
        },
        &[&unknown],
    );
}

/// Settings with authorities of a `sigstoreSignatureCheck`, of which `authorities` names some.
fn authorities(authorities: Value, named: &[&str]) -> Value {
    let check = json!({"sigstoreSignatureCheck": {"sigstoreAuthorities": authorities}});
    let mut settings = platform_settings(policy(&[check]));
    settings["sigstore"] = sigstore();
    settings["sigstore"]
        .as_object_mut()
        .unwrap()
        .remove("attestors");
    for name in named {
        settings["sigstore"]["authorities"][*name] = json!(["release"]);
    }
    settings
}

#[test]
fn an_authority_may_have_identities_instead_of_keys() {
    let with_key = json!({
        "displayName": "build",
        "publicKeySet": {"publicKeys": [{"publicKeyPem": TestKey::new("a").pem()}]},
    });
    let empty = json!({"displayName": "build", "publicKeySet": {"publicKeys": []}});
    let without = json!({"displayName": "build"});
    for authority in [with_key, empty, without] {
        assert_problems(&authorities(json!([authority]), &["build"]), &[]);
    }
}

#[test]
fn an_authority_without_keys_is_named_in_authorities() {
    const LIST: &str = "platformPolicies[0].gkePolicy.checkSets[0].checks[0]\
                        .sigstoreSignatureCheck.sigstoreAuthorities";
    let empty = json!({"displayName": "build", "publicKeySet": {"publicKeys": []}});
    assert_problems(
        &authorities(json!([empty]), &[]),
        &[&format!("{LIST}[0].publicKeySet.publicKeys policy-limit")],
    );
    assert_problems(
        &authorities(json!([{"displayName": "build"}]), &[]),
        &[&format!("{LIST}[0] policy-limit")],
    );
    assert_problems(
        &authorities(json!([{}]), &[]),
        &[&format!("{LIST}[0] policy-limit")],
    );
}

#[test]
fn authorities_are_named_by_their_only_display_name() {
    let authority = json!({"displayName": "build"});
    assert_problems(
        &authorities(json!([authority]), &["build", "other"]),
        &["sigstore.authorities.other settings-invalid-value"],
    );
    assert_problems(
        &authorities(json!([authority, authority]), &["build"]),
        &["sigstore.authorities.build settings-invalid-value"],
    );
}
