//! `validate_settings`: every validity rule is an error with the path of the offending value, and
//! all of them are reported at once.

use core_tests::case::{A, require, rule, settings};
use core_tests::platform::{policy, sigstore, simple_signing, uploader};
use core_tests::signing::{TestKey, attestor, attestor_of, note_name};
use core_tests::validity::{assert_load_bearing, assert_problems, problems};
use policy_wasm::Budget;
use serde_json::{Value, json};

#[track_caller]
fn check(change: impl FnOnce(&mut Value), expected: &[&str]) {
    let mut settings = settings();
    change(&mut settings);
    assert_problems(&settings, expected);
}

const DEFAULT: &str = "defaultAdmissionRule";
const NAMESPACES: &str = "kubernetesNamespaceAdmissionRules";

#[test]
fn the_base_case_is_valid() {
    check(|_| {}, &[]);
}

#[test]
fn all_problems_are_reported_at_once() {
    check(
        |s| {
            s["typo"] = 1.into();
            s["policy"]["typo"] = 1.into();
            s["policy"]["admissionWhitelistPatterns"] =
                json!([{"namePattern": "*"}, {"namePattern": "a/b"}, {"pattern": "x"}, "x"]);
            s["policy"][DEFAULT]["enforcementMode"] = "WHATEVER".into();
            s["attestors"][0]["userOwnedGrafeasNote"]["publicKeys"][0]["pkixPublicKey"]["publicKeyPem"] =
                "x".into();
            s["deniedDigests"] = json!([A, "sha256:x"]);
            s["podTemplates"] = "maybe".into();
        },
        &[
            "policy.defaultAdmissionRule.enforcementMode policy-unknown-enum",
            "policy.typo policy-unknown-field",
            "policy.admissionWhitelistPatterns[0].namePattern pattern-invalid",
            "policy.admissionWhitelistPatterns[2].pattern policy-unknown-field",
            "policy.admissionWhitelistPatterns[2] pattern-invalid",
            "policy.admissionWhitelistPatterns[3] policy-wrong-type",
            "typo settings-unknown-field",
            "podTemplates settings-invalid-value",
            "attestors[0].userOwnedGrafeasNote.publicKeys[0].pkixPublicKey key-invalid",
            "deniedDigests[1] settings-invalid-value",
        ],
    );
}

#[test]
fn a_default_rule_is_required() {
    check(
        |s| s["policy"] = json!({"name": "projects/p/policy"}),
        &["policy policy-missing-default-rule"],
    );
}

#[test]
fn both_modes_are_required() {
    check(
        |s| s["policy"][DEFAULT] = json!({}),
        &[
            "policy.defaultAdmissionRule policy-missing-mode",
            "policy.defaultAdmissionRule policy-missing-mode",
        ],
    );
}

#[test]
fn modes_are_names_and_never_numbers() {
    for (value, code) in [
        (json!(1), "policy-numeric-enum"),
        (json!(true), "policy-numeric-enum"),
        (json!("always_allow"), "policy-unknown-enum"),
        (json!("EVALUATION_MODE_UNSPECIFIED"), "policy-unknown-enum"),
        (json!([]), "policy-wrong-type"),
        (json!(null), "policy-wrong-type"),
    ] {
        let expected = format!("policy.defaultAdmissionRule.evaluationMode {code}");
        check(
            |s| s["policy"][DEFAULT]["evaluationMode"] = value,
            &[&expected],
        );
    }
    check(
        |s| s["policy"]["globalPolicyEvaluationMode"] = true.into(),
        &["policy.globalPolicyEvaluationMode policy-numeric-enum"],
    );
}

#[test]
fn attestors_are_listed_exactly_under_require_attestation() {
    let expected = &["policy.defaultAdmissionRule policy-attestor-list-mismatch"];
    check(
        |s| s["policy"][DEFAULT] = rule("REQUIRE_ATTESTATION", &[]),
        expected,
    );
    check(
        |s| s["policy"][DEFAULT]["requireAttestationsBy"] = json!([]),
        expected,
    );
    for mode in ["ALWAYS_ALLOW", "ALWAYS_DENY"] {
        check(
            |s| s["policy"][DEFAULT]["evaluationMode"] = mode.into(),
            expected,
        );
        check(
            |s| {
                s["policy"][DEFAULT] = rule(mode, &[]);
                s["policy"][DEFAULT]["requireAttestationsBy"] = json!([]);
            },
            &[],
        );
    }
}

#[test]
fn a_single_name_is_no_list() {
    check(
        |s| s["policy"][DEFAULT]["requireAttestationsBy"] = "projects/p/attestors/a".into(),
        &["policy.defaultAdmissionRule.requireAttestationsBy policy-wrong-type"],
    );
}

#[test]
fn only_one_rule_map_may_have_entries() {
    check(
        |s| {
            s["policy"][NAMESPACES] = json!({"x": rule("ALWAYS_DENY", &[])});
            s["policy"]["kubernetesServiceAccountAdmissionRules"] =
                json!({"x:y": rule("ALWAYS_DENY", &[])});
        },
        &["policy.kubernetesServiceAccountAdmissionRules policy-multiple-rule-maps"],
    );
}

/// The second map is invalid for being there, and is read all the same.
#[test]
fn every_rule_map_is_checked() {
    check(
        |s| {
            s["policy"][NAMESPACES] = json!({"x": rule("ALWAYS_DENY", &[])});
            s["policy"]["clusterAdmissionRules"] = json!({"nodot": {"evaluationMode": 3}});
        },
        &[
            "policy.clusterAdmissionRules policy-multiple-rule-maps",
            "policy.clusterAdmissionRules.nodot policy-rule-key-invalid",
            "policy.clusterAdmissionRules.nodot.evaluationMode policy-numeric-enum",
            "policy.clusterAdmissionRules.nodot policy-missing-mode",
        ],
    );
    check(
        |s| {
            s["policy"][NAMESPACES] = json!({"x": rule("ALWAYS_DENY", &[])});
            s["policy"]["clusterAdmissionRules"] = Value::Null;
        },
        &["policy.clusterAdmissionRules policy-wrong-type"],
    );
}

#[test]
fn one_mistake_in_an_attestor_is_one_problem() {
    check(
        |s| {
            s["attestors"][0]["userOwnedGrafeasNote"]
                .as_object_mut()
                .unwrap()
                .remove("noteReference");
        },
        &["attestors[0].userOwnedGrafeasNote settings-missing-field"],
    );
    check(
        |s| s["attestors"][0]["userOwnedGrafeasNote"]["noteReference"] = "".into(),
        &["attestors[0].userOwnedGrafeasNote.noteReference settings-invalid-value"],
    );
}

#[test]
fn rule_keys_have_a_form() {
    for (map, key) in [
        ("kubernetesServiceAccountAdmissionRules", "no-colon"),
        ("clusterAdmissionRules", "no-dot"),
        ("istioServiceIdentityAdmissionRules", "mesh.example/default"),
    ] {
        let shown = if key.contains('-') || key.contains('/') {
            format!("[{key}]")
        } else {
            key.into()
        };
        let expected = format!("policy.{map}{shown} policy-rule-key-invalid");
        check(
            |s| {
                s["cluster"] = "a.b".into();
                s["meshTrustDomain"] = "mesh.example".into();
                s["policy"][map] = json!({key: rule("ALWAYS_DENY", &[])});
            },
            &[&expected],
        );
    }
}

#[test]
fn rules_by_cluster_or_mesh_need_to_know_it() {
    check(
        |s| s["policy"]["clusterAdmissionRules"] = json!({"l.c": rule("ALWAYS_DENY", &[])}),
        &["cluster settings-context-missing"],
    );
    check(
        |s| {
            s["policy"]["istioServiceIdentityAdmissionRules"] =
                json!({"d/ns/n/sa/s": rule("ALWAYS_DENY", &[])});
        },
        &["meshTrustDomain settings-context-missing"],
    );
}

#[test]
fn a_named_attestor_must_be_there() {
    check(
        |s| s["policy"][NAMESPACES] = json!({"ns.x": require(&["a", "missing"])}),
        &[
            "policy.kubernetesNamespaceAdmissionRules[ns.x].requireAttestationsBy policy-attestor-unknown",
        ],
    );
}

#[test]
fn attestors_of_one_rule_must_not_share_a_key() {
    let key = TestKey::new("a");
    let two = json!([attestor("a", &[&key]), attestor("b", &[&key])]);
    check(
        |s| {
            s["attestors"] = two.clone();
            s["policy"][DEFAULT] = require(&["a", "b"]);
        },
        &["policy.defaultAdmissionRule.requireAttestationsBy policy-attestors-share-key"],
    );
    check(|s| s["attestors"] = two, &[]);
}

/// A key in another form is the same key.
#[test]
fn one_key_as_openpgp_and_as_pkix_is_shared() {
    macro_rules! vector {
        ($name:literal) => {
            include_str!(concat!("../../../policy-wasm/src/openpgp/vectors/", $name))
        };
    }
    for (armor, pem, algorithm) in [
        (
            vector!("rsa3072.key.asc"),
            vector!("rsa3072.pkix.pem"),
            "RSA_PSS_3072_SHA256",
        ),
        (
            vector!("nistp256.key.asc"),
            vector!("nistp256.pkix.pem"),
            "ECDSA_P256_SHA256",
        ),
        (
            vector!("ed25519.key.asc"),
            vector!("ed25519.pkix.pem"),
            "ED25519",
        ),
    ] {
        check(
            |s| {
                s["policy"][DEFAULT] = require(&["a", "b"]);
                s["attestors"] = json!([
                    attestor_of("a", &[json!({"asciiArmoredPgpPublicKey": armor})]),
                    attestor_of(
                        "b",
                        &[json!({"pkixPublicKey": {
                            "publicKeyPem": pem, "signatureAlgorithm": algorithm,
                        }})]
                    ),
                ]);
            },
            &["policy.defaultAdmissionRule.requireAttestationsBy policy-attestors-share-key"],
        );
    }
}

/// One would have no effect.
#[test]
fn one_key_under_two_algorithms_has_one_id() {
    let pem = include_str!("../../../policy-wasm/src/openpgp/vectors/rsa3072.pkix.pem");
    let key = |algorithm: &str| json!({"pkixPublicKey": {"publicKeyPem": pem, "signatureAlgorithm": algorithm}});
    check(
        |s| {
            s["attestors"][0]["userOwnedGrafeasNote"]["publicKeys"] = json!([
                key("RSA_PSS_3072_SHA256"),
                key("RSA_SIGN_PKCS1_3072_SHA256"),
                key("RSA_PSS_3072_SHA256"),
            ]);
        },
        &["attestors[0].userOwnedGrafeasNote.publicKeys[1] key-id-duplicate"],
    );
}

/// A request would not find it: a rule that names the attestor would have to apply.
#[test]
fn notes_of_attestors_that_no_rule_names_are_checked() {
    check(
        |s| {
            let attestors = s["attestors"].as_array_mut().unwrap();
            attestors.push(json!({"name": "unused", "userOwnedGrafeasNote": {"typo": 1}}));
            attestors.push(json!({"userOwnedGrafeasNote": {"noteReference": 1}}));
        },
        &[
            "attestors[2] settings-missing-field",
            "attestors[1].userOwnedGrafeasNote.typo settings-unknown-field",
            "attestors[1].userOwnedGrafeasNote settings-missing-field",
            "attestors[2].userOwnedGrafeasNote.noteReference settings-wrong-type",
        ],
    );
}

/// The form that is read at once, and others of the same content.
#[test]
fn patterns_are_checked_however_they_are_written() {
    let settings = settings();
    for (entry, code) in [
        (r#"{"namePattern":"*"}"#, "pattern-invalid"),
        (r#"{ "namePattern" : "*" }"#, "pattern-invalid"),
        (r#"{"namePattern":"\u002a"}"#, "pattern-invalid"),
        (r#"{"name\u0050attern":"*"}"#, "pattern-invalid"),
        (
            r#"{"namePattern":"a/b","namePattern":"*"}"#,
            "policy-duplicate-key",
        ),
        (r#"{"namePattern":"a/b","typo":1}"#, "policy-unknown-field"),
        (r#"{"namePattern":""}"#, "pattern-invalid"),
        (r#"{"namePattern":null}"#, "policy-wrong-type"),
        (r#"{}"#, "pattern-invalid"),
    ] {
        let mut settings = settings.clone();
        let plain = json!({"namePattern": "plain.example/*"});
        for before in [0, 1, 2, 9, 10, 11] {
            let mut patterns = vec![plain.clone(); before];
            patterns.extend([json!("HERE"), plain.clone(), plain.clone()]);
            settings["policy"]["admissionWhitelistPatterns"] = patterns.into();
            let text = settings.to_string().replace(r#""HERE""#, entry);
            let problems = policy_wasm::validate_settings(text.as_bytes(), &Budget::DEFAULT);
            let codes: Vec<_> = problems.iter().map(|one| one.code.as_str()).collect();
            assert_eq!(codes, [code], "{entry}");
            let place = format!("policy.admissionWhitelistPatterns[{before}]");
            assert!(problems[0].path.starts_with(&place), "{:?}", problems[0]);
        }
    }
}

#[test]
fn attestors_have_distinct_names_and_key_ids() {
    let (key, other) = (TestKey::new("a"), TestKey::new("other"));
    check(
        |s| s["attestors"] = json!([attestor("a", &[&key]), attestor("a", &[&other])]),
        &["attestors[1] attestor-duplicate"],
    );
    check(
        |s| {
            s["attestors"] = json!([attestor("a", &[&key, &other])]);
            for key in s["attestors"][0]["userOwnedGrafeasNote"]["publicKeys"]
                .as_array_mut()
                .unwrap()
            {
                key["id"] = "urn:same".into();
            }
        },
        &["attestors[0].userOwnedGrafeasNote.publicKeys[1] key-id-duplicate"],
    );
}

#[test]
fn keys_must_be_usable_and_are_never_skipped() {
    let key = "attestors[0].userOwnedGrafeasNote.publicKeys[0]";
    let pkix = |s: &mut Value, field: &str, value: Value| {
        s["attestors"][0]["userOwnedGrafeasNote"]["publicKeys"][0]["pkixPublicKey"][field] = value;
    };
    for (field, value, code) in [
        (
            "signatureAlgorithm",
            json!("RSA_PSS_2048_SHA256"),
            "key-algorithm-mismatch",
        ),
        (
            "signatureAlgorithm",
            json!("ML_DSA_65"),
            "key-algorithm-mismatch",
        ),
        ("publicKeyPem", json!(""), "key-invalid"),
    ] {
        check(
            |s| pkix(s, field, value),
            &[&format!("{key}.pkixPublicKey {code}")],
        );
    }
    for (field, value, code) in [
        ("signatureAlgorithm", json!("ecdsa"), "policy-unknown-enum"),
        ("signatureAlgorithm", json!(9), "policy-numeric-enum"),
        ("publicKeyPem", json!(1), "settings-wrong-type"),
        ("keyId", json!("urn:x\n"), "key-id-invalid"),
        ("keyId", json!("our key"), "key-id-invalid"),
        ("keyId", json!("1x:y"), "key-id-invalid"),
        ("keyId", json!("urn:"), "key-id-invalid"),
        ("keyId", json!("urn:ü"), "key-id-invalid"),
    ] {
        check(
            |s| pkix(s, field, value),
            &[&format!("{key}.pkixPublicKey.{field} {code}")],
        );
    }
    check(
        |s| s["attestors"][0]["userOwnedGrafeasNote"]["publicKeys"][0]["id"] = " urn:x".into(),
        &[&format!("{key}.id key-id-invalid")],
    );
    // Google's API takes URIs, and names of keys in Cloud KMS.
    check(
        |s| s["attestors"][0]["userOwnedGrafeasNote"]["publicKeys"][0]["id"] = "our-key".into(),
        &[&format!("{key}.id key-id-invalid")],
    );
    for id in ["urn:our-key", "//cloudkms.googleapis.com/v1/projects/p"] {
        check(
            |s| s["attestors"][0]["userOwnedGrafeasNote"]["publicKeys"][0]["id"] = id.into(),
            &[],
        );
    }
    check(
        |s| {
            pkix(s, "keyId", "urn:x".into());
            s["attestors"][0]["userOwnedGrafeasNote"]["publicKeys"][0]["id"] = "urn:y".into();
        },
        &[&format!("{key} key-id-invalid")],
    );
    check(
        |s| {
            s["attestors"][0]["userOwnedGrafeasNote"]["publicKeys"] =
                json!([{"asciiArmoredPgpPublicKey": "-----BEGIN PGP PUBLIC KEY BLOCK-----"}]);
        },
        &[&format!("{key}.asciiArmoredPgpPublicKey key-invalid")],
    );
    let dsa =
        include_str!("../../../policy-wasm/src/openpgp/vectors/refused.dsa2048.key.asc").to_owned();
    check(
        |s| {
            s["attestors"][0]["userOwnedGrafeasNote"]["publicKeys"] =
                json!([{"asciiArmoredPgpPublicKey": dsa}]);
        },
        &[&format!(
            "{key}.asciiArmoredPgpPublicKey key-algorithm-unsupported"
        )],
    );
    check(
        |s| s["attestors"][0]["userOwnedGrafeasNote"]["publicKeys"] = json!([{"comment": "x"}]),
        &[&format!("{key} settings-missing-field")],
    );
}

const P384: &str = include_str!("../vectors/ecdsa-p384.pem");

#[test]
fn x22_a_key_must_be_of_the_declared_algorithm() {
    check(
        |s| {
            s["attestors"][0]["userOwnedGrafeasNote"]["publicKeys"][0]["pkixPublicKey"]["publicKeyPem"] =
                P384.into();
        },
        &["attestors[0].userOwnedGrafeasNote.publicKeys[0].pkixPublicKey key-algorithm-mismatch"],
    );
}

#[test]
fn both_spellings_of_the_note_work_and_not_together() {
    let rename = |s: &mut Value| s["attestors"][0]["userOwnedGrafeasNote"].take();
    check(
        |s| {
            let note = rename(s);
            let attestor = s["attestors"][0].as_object_mut().unwrap();
            attestor.remove("userOwnedGrafeasNote");
            attestor.insert("userOwnedDrydockNote".into(), note);
        },
        &[],
    );
    check(
        |s| {
            let note = s["attestors"][0]["userOwnedGrafeasNote"].clone();
            s["attestors"][0]["userOwnedDrydockNote"] = note;
        },
        &["attestors[0].userOwnedDrydockNote settings-invalid-value"],
    );
}

/// What a policy exported from Google carries beside its rules.
#[test]
fn output_fields_and_prose_are_accepted() {
    check(
        |s| {
            for field in ["name", "etag", "updateTime", "description"] {
                s["policy"][field] = "x".into();
                if field != "name" {
                    s["attestors"][0][field] = "x".into();
                }
            }
            s["attestors"][0]["userOwnedGrafeasNote"]["delegationServiceAccountEmail"] = "x".into();
        },
        &[],
    );
}

#[test]
fn other_spellings_of_known_fields_are_unknown() {
    for field in ["admission_whitelist_patterns", "admissionAllowlistPatterns"] {
        let path = if field.contains('_') {
            format!("policy[{field}]")
        } else {
            format!("policy.{field}")
        };
        check(
            |s| s["policy"][field] = json!([]),
            &[&format!("{path} policy-unknown-field")],
        );
    }
}

#[test]
fn a_platform_policy_is_refused_by_name() {
    for field in ["gkePolicy", "cloudRunPolicy"] {
        check(
            |s| s["policy"][field] = json!({}),
            &[&format!("policy.{field} policy-unsupported-feature")],
        );
    }
}

#[test]
fn workloads_are_checked() {
    let images = json!({"group": "e.com", "kind": "X", "images": ["spec.steps?.*.image?"]});
    check(|s| s["workloads"] = json!([images]), &[]);
    let workload = |group: &str, kind: &str, path: &str| json!({"group": group, "kind": kind, "podSpecs": [path]});
    check(
        |s| s["workloads"] = json!([workload("e.com", "X", "spec.*.pod")]),
        &[],
    );
    for (bad, expected) in [
        (
            workload("apps", "Deployment", "spec.x"),
            vec!["workloads[0] settings-invalid-value"],
        ),
        (
            workload("e.com", "X", "spec..pod"),
            vec![
                "workloads[0].podSpecs[0] settings-invalid-value",
                "workloads[0] settings-missing-field",
            ],
        ),
        (
            workload("e.com", "X", "*.pod"),
            vec![
                "workloads[0].podSpecs[0] settings-invalid-value",
                "workloads[0] settings-missing-field",
            ],
        ),
        (json!({}), vec!["workloads[0] settings-missing-field"; 3]),
    ] {
        check(|s| s["workloads"] = json!([bad]), &expected);
    }
    let twice = json!([workload("e.com", "X", "a"), workload("e.com", "X", "b")]);
    check(
        |s| s["workloads"] = twice,
        &["workloads[1] settings-invalid-value"],
    );
}

/// Places are asked only where the settings say exactly which.
#[test]
fn sources_of_evidence_are_checked() {
    let notes = |notes: Value| json!({"occurrences": [], "kubernetes": {"notes": notes}});
    for (evidence, expected) in [
        (
            json!({"podAnnotation": "yes"}),
            "evidence.podAnnotation settings-wrong-type",
        ),
        (
            json!({"registry": "yes"}),
            "evidence.registry settings-wrong-type",
        ),
        (
            json!({"occurrences": [{}, "x", {}]}),
            "evidence.occurrences[1] settings-wrong-type",
        ),
        (
            json!({"statements": {}}),
            "evidence.statements settings-wrong-type",
        ),
        (
            json!({"kubernetes": true}),
            "evidence.kubernetes settings-wrong-type",
        ),
        (
            json!({"kubernetes": {}}),
            "evidence.kubernetes settings-missing-field",
        ),
        (
            notes(json!({})),
            "evidence.kubernetes settings-missing-field",
        ),
        (
            notes(json!({"projects/p/notes/a": "Upper"})),
            "evidence.kubernetes.notes[projects/p/notes/a] settings-invalid-value",
        ),
        (
            notes(json!({"projects/p/notes/a": "a/../b"})),
            "evidence.kubernetes.notes[projects/p/notes/a] settings-invalid-value",
        ),
        (
            notes(json!({"projects/p/notes/a": ""})),
            "evidence.kubernetes.notes[projects/p/notes/a] settings-invalid-value",
        ),
        (
            json!({"kubernetes": {"notes": {"projects/p/notes/a": "a"}, "namespace": "b"}}),
            "evidence.kubernetes.namespace settings-unknown-field",
        ),
        (
            json!({"annotations": true}),
            "evidence.annotations settings-unknown-field",
        ),
        (
            json!({"registry": true}),
            "registries settings-missing-field",
        ),
    ] {
        let mut expected = vec![expected];
        if evidence["kubernetes"]["notes"][note_name("a")] == "" {
            expected.push("evidence.kubernetes settings-missing-field");
        }
        check(|s| s["evidence"] = evidence, &expected);
    }
}

/// A note that nobody has would be asked about by nobody.
#[test]
fn every_note_with_a_namespace_has_an_attestor() {
    check(
        |s| s["evidence"] = json!({"kubernetes": {"notes": {"projects/p/notes/aa": "x"}}}),
        &["evidence.kubernetes.notes[projects/p/notes/aa] settings-invalid-value"],
    );
    check(
        |s| s["evidence"] = json!({"kubernetes": {"notes": {note_name("a"): "x"}}}),
        &[],
    );
}

/// The attestor of one note could write for the other.
#[test]
fn two_notes_never_share_a_namespace() {
    check(
        |s| {
            s["attestors"] = json!([
                attestor("a", &[&TestKey::new("a")]),
                attestor("b", &[&TestKey::new("b")]),
            ]);
            let notes = json!({note_name("a"): "x", note_name("b"): "x"});
            s["evidence"] = json!({"kubernetes": {"notes": notes}});
        },
        &["evidence.kubernetes.notes[projects/p/notes/b] settings-invalid-value"],
    );
}

#[test]
fn registries_are_hosts_as_they_are_compared() {
    for host in [
        "",
        "https://trusted.example",
        "trusted.example/path",
        "index.docker.io",
        "nginx",
        "trusted.example:5000:1",
        "*.example",
    ] {
        check(
            |s| s["registries"] = json!([host]),
            &["registries[0] settings-invalid-value"],
        );
    }
    check(
        |s| s["registries"] = json!(["docker.io", "localhost", "[::1]:5000", "a.example:443"]),
        &[],
    );
}

#[test]
fn tags_are_resolved_only_where_registries_are_named() {
    check(
        |s| s["resolveTags"] = true.into(),
        &["registries settings-missing-field"],
    );
    check(
        |s| s["indexPolicy"] = "platforms".into(),
        &["registries settings-missing-field"],
    );
    check(
        |s| s["indexPolicy"] = "images".into(),
        &["indexPolicy settings-invalid-value"],
    );
    check(
        |s| s["singletonPae"] = "on".into(),
        &["singletonPae settings-invalid-value"],
    );
}

#[test]
fn what_is_not_settings_at_all_is_one_problem() {
    for (document, expected) in [
        ("", "settings-malformed"),
        ("[]", "settings-wrong-type"),
        ("{}", "policy settings-missing-field"),
        (r#"{"policy": {"#, "settings-malformed"),
        ("\"\u{1}\"", "settings-malformed"),
    ] {
        let found = problems(document.as_bytes());
        assert_eq!(
            found.last().map(String::as_str),
            Some(expected),
            "{document:?}: {found:?}"
        );
    }
    assert_eq!(problems(b"\xff"), ["settings-malformed"]);
    assert_eq!(problems("[".repeat(1000).as_bytes()), ["limit-exceeded"]);
}

#[test]
fn a_key_that_stands_twice_is_refused_at_every_depth() {
    let text = settings().to_string();
    for (field, harmless, expected) in [
        ("attestors", "[]", "settings-duplicate-key"),
        ("occurrences", "[]", "evidence settings-duplicate-key"),
        (
            "publicKeyPem",
            "\"x\"",
            "attestors[0].userOwnedGrafeasNote.publicKeys[0].pkixPublicKey settings-duplicate-key",
        ),
        (
            "evaluationMode",
            "\"ALWAYS_ALLOW\"",
            "policy.defaultAdmissionRule policy-duplicate-key",
        ),
    ] {
        let key = format!("\"{field}\":");
        let twice = text.replacen(&key, &format!("{key}{harmless},{key}"), 1);
        let found = problems(twice.as_bytes());
        assert!(
            found.iter().any(|problem| problem == expected),
            "{field}: {found:?}"
        );
    }
}

#[test]
fn problems_beyond_sixty_four_are_only_counted() {
    let mut settings = settings();
    for n in 0..100 {
        settings[format!("typo{n}")] = 1.into();
    }
    assert_eq!(problems(&serde_json::to_vec(&settings).unwrap()).len(), 65);
}

/// Every setting, and two cases of the corpus that differ in it and in their answer.
#[rustfmt::skip]
const LOAD_BEARING: &[(&str, &str, &str)] = &[
    ("attestors", "x01_valid", "x33_attestor_without_keys"),
    ("breakGlass.legacyAnnotation", "break_glass_annotation_with_legacy", "break_glass_annotation_without_legacy"),
    ("breakGlass.namespaces", "break_glass_valid", "break_glass_other_namespace"),
    ("cluster", "cluster_rule", "cluster_rule_of_another_cluster"),
    ("deniedDigests", "revoked_digest", "another_digest_is_revoked"),
    ("evidence.authenticators.freshness", "new_upload_from_settings", "upload_time_by_unknown_key"),
    ("evidence.authenticators.provenance", "builder_of_the_settings", "provenance_signed_by_unknown_key"),
    ("evidence.authenticators.provenance.builderId", "builder_of_the_settings", "builder_that_another_builders_key_speaks_for"),
    ("evidence.authenticators.scanners", "one_of_two_scanners_and_any", "one_of_two_scanners_and_all"),
    ("evidence.authenticators.vulnerability", "clean_scan_from_settings", "scan_by_a_key_that_nobody_is_trusted_with"),
    ("evidence.authenticators.vulnerability.maxAgeDays", "scan_exactly_as_old_as_allowed", "scan_one_second_too_old"),
    ("evidence.authenticators.vulnerability.publicKeys", "clean_scan_from_settings", "scan_signed_by_unknown_key"),
    ("evidence.kubernetes", "kubernetes_good", "hostile_image_and_note_never_change_the_namespace"),
    ("evidence.occurrences", "x01_valid", "no_occurrences"),
    ("evidence.podAnnotation", "pod-annotation_good", "annotation_ignored_when_off"),
    ("evidence.referrers", "bundle_of_a_referrer", "annotation_ignored_when_off"),
    ("evidence.registry", "registry_good", "annotation_ignored_when_off"),
    ("evidence.statements", "inline_scan", "no_scan"),
    ("indexPolicy", "index_of_one_attested_image", "index_under_the_default_is_attested_itself"),
    ("matchDockerReference", "x05_other_repository_ignored", "x06_other_repository"),
    ("meshTrustDomain", "mesh_rule_without_scheme", "mesh_domain_unknown"),
    ("platformPolicies", "no_platform_policies", "platform_policy_refuses_alone"),
    ("platformPolicyEnforcement", "platform_dry_run_alone", "platform_policy_enforced_by_name"),
    ("podTemplates", "pod_templates_ignored", "unsigned_in_Deployment"),
    ("keys", "key_in_the_last_second_of_its_window", "key_one_second_after_its_window"),
    ("policy.admissionWhitelistPatterns", "pattern_double_star", "default_always_deny"),
    ("policy.clusterAdmissionRules", "cluster_rule", "default_always_deny"),
    ("policy.defaultAdmissionRule", "default_always_allow", "default_always_deny"),
    ("policy.globalPolicyEvaluationMode", "system_policy_enabled", "system_policy_disabled"),
    ("policy.istioServiceIdentityAdmissionRules", "mesh_rule_with_scheme", "mesh_rule_of_another_account"),
    ("policy.kubernetesNamespaceAdmissionRules", "namespace_rule_replaces_the_default", "namespace_rule_of_another_namespace"),
    ("policy.kubernetesServiceAccountAdmissionRules", "account_rule", "account_of_another_namespace"),
    ("registries", "tag_resolved_to_an_attested_digest", "registry_of_a_tag_not_listed"),
    ("resolveTags", "tag_resolved_to_an_attested_digest", "tag_without_resolution"),
    ("sigstore", "bundle_good_from_settings", "certificate_bundle_without_identities_in_the_settings"),
    ("sigstore.attestors", "bundle_good_from_settings", "attestor_with_neither_keys_nor_identities"),
    ("sigstore.authorities", "sigstore_check_by_an_identity", "sigstore_check_by_another_identity"),
    ("sigstore.identities", "claim_of_the_source_repository", "reusable_workflow_called_by_a_stranger_and_a_claim"),
    ("sigstore.trustedRoots", "bundle_good_from_settings", "identity_under_another_root_than_it_names"),
    ("sigstore.trustedRoots.ctLogs", "bundle_without_an_sct_where_none_is_required", "bundle_without_an_sct"),
    ("sigstore.trustedRoots.inclusionPromises", "old_keyless_signature", "old_keyless_signature_where_promises_are_refused"),
    ("sigstore.trustedRoots.signedTimestamps", "bundle_good_from_settings", "bundle_without_the_required_timestamp"),
    ("sigstore.trustedRoots.transparencyLogs", "bundle_without_a_log_entry_where_none_is_required", "bundle_without_a_log_entry"),
    ("singletonPae", "pae_signed_with_singleton_pae_try", "x17_pae_signed_with_singleton_pae_off"),
    ("systemPolicy", "system_policy_enabled", "system_policy_enabled_and_missing"),
    ("tagsPinnedBefore", "both_of_the_twins_at_once", "tag_resolved_to_an_attested_digest"),
    ("unchangedImages", "unchanged_image_is_reported", "unchanged_images_checked_by_setting"),
    ("workloads", "workload_signed", "unknown_kind"),
];

#[test]
fn each_field_is_load_bearing() {
    assert_load_bearing(LOAD_BEARING);
    let reference = include_str!("../../../docs/settings.md");
    for (field, ..) in LOAD_BEARING {
        let name = field.rsplit('.').next().unwrap();
        let is_google_s_own = field.starts_with("policy.");
        assert!(
            is_google_s_own || reference.contains(name),
            "docs/settings.md does not mention {field}"
        );
    }
}

/// `contact` decides nothing: it is the end of a denial (`denials.rs`).
const WORDS: [&str; 1] = ["contact"];

#[test]
fn a_contact_is_one_short_line() {
    for (contact, expected) in [
        (json!("é".repeat(200)), None),
        (
            json!("x".repeat(201)),
            Some("contact settings-invalid-value"),
        ),
        (json!("two\nlines"), Some("contact settings-invalid-value")),
        (json!("\u{202e}x"), Some("contact settings-invalid-value")),
        (json!(""), Some("contact settings-invalid-value")),
        (json!(["x"]), Some("contact settings-wrong-type")),
    ] {
        check(|s| s["contact"] = contact, expected.as_slice());
    }
}

/// Settings that the core reads and that no pair above covers would be settings without effect.
#[test]
fn every_setting_is_listed_above() {
    let source = include_str!("../../../policy-wasm/src/settings.rs");
    let top_level: Vec<_> = source
        .split_once("fn read(&mut self, key: &str")
        .unwrap()
        .1
        .lines()
        .filter_map(|line| line.strip_prefix("            \"")?.split('"').next())
        .collect();
    assert!(top_level.len() > 10, "{top_level:?}");
    for key in top_level {
        let is_listed = LOAD_BEARING
            .iter()
            .any(|(field, ..)| field.split('.').next() == Some(key))
            || WORDS.contains(&key);
        assert!(is_listed, "`{key}` has no pair of cases");
    }
}

/// Windows of keys: one entry a key that exists, with a window that has a second.
#[test]
fn windows_of_keys_are_checked() {
    let id = TestKey::new("a").id();
    let digits = id.strip_prefix("ni:").unwrap();
    for (keys, expected) in [
        (
            json!([{"id": id, "notBefore": "2026-01-01", "notAfter": "2026-01-01"}]),
            &[][..],
        ),
        (
            json!([{"id": id, "notAfter": "2026-01-01T00:00:00+02:00", "owner": "build team"}]),
            &[],
        ),
        (json!([{"id": id, "owner": "build team"}]), &[]),
        (json!([]), &[]),
        (json!({}), &["keys settings-wrong-type"]),
        (json!([id]), &["keys[0] settings-wrong-type"]),
        (
            json!([{}]),
            &[
                "keys[0] settings-missing-field",
                "keys[0] settings-missing-field",
            ],
        ),
        (json!([{"id": id}]), &["keys[0] settings-missing-field"]),
        (
            json!([{"owner": "build team"}]),
            &["keys[0] settings-missing-field"],
        ),
        (
            json!([{"id": "", "owner": "x"}]),
            &["keys[0].id settings-invalid-value"],
        ),
        (
            json!([{"id": id, "until": "2026-01-01", "owner": "x"}]),
            &["keys[0].until settings-unknown-field"],
        ),
        (
            json!([{"id": id, "owner": ""}]),
            &["keys[0].owner settings-invalid-value"],
        ),
        (
            json!([{"id": id, "owner": "a\nb"}]),
            &["keys[0].owner settings-invalid-value"],
        ),
        (
            json!([{"id": id, "notBefore": "2026-02-30"}]),
            &["keys[0].notBefore settings-invalid-value"],
        ),
        (
            json!([{"id": id, "notAfter": 2026}]),
            &["keys[0].notAfter settings-wrong-type"],
        ),
        (
            json!([{"id": id, "notBefore": "2026-01-02", "notAfter": "2026-01-01"}]),
            &["keys[0] settings-invalid-value"],
        ),
        (
            json!([{"id": id, "notBefore": "2026-01-01", "notAfter": "2026-01-01T00:00:00Z"}]),
            &["keys[0] settings-invalid-value"],
        ),
        (
            json!([{"id": format!("x{digits}"), "notAfter": "2026-01-01"}]),
            &["keys[0].id settings-invalid-value"],
        ),
        (
            json!([{"id": id, "notAfter": "2026-01-01"}, {"id": id, "notBefore": "2026-01-01"}]),
            &["keys[1].id settings-invalid-value"],
        ),
        (
            json!([{"id": id, "owner": "x"}, {"id": TestKey::new("a").hexadecimal_id(), "owner": "x"}]),
            &["keys[1].id settings-invalid-value"],
        ),
    ] {
        check(|s| s["keys"] = keys, expected);
    }
}

/// A window may be that of any key that the settings have.
#[test]
fn windows_are_for_keys_in_every_place() {
    let key = TestKey::new("other");
    let owner = json!([{"id": key.id(), "owner": "build team"}]);
    let rule = json!({"name": "app", "images": ["**"], "require": [{"check": sigstore(&[&key])}]});
    let attestors = [attestor("a", &[&TestKey::new("a")]), attestor("b", &[&key])];
    for (field, value) in [
        ("attestors", json!(attestors)),
        (
            "evidence",
            json!({"authenticators": {"freshness": [uploader(&[&key])]}}),
        ),
        (
            "platformPolicies",
            json!([policy(&[simple_signing(&[&key])])]),
        ),
        ("platformPolicies", json!([policy(&[sigstore(&[&key])])])),
        (
            "imagePolicy",
            json!({"unmatchedImages": "deny", "rules": [rule]}),
        ),
    ] {
        check(
            |s| {
                s[field] = value;
                s["keys"] = owner.clone();
            },
            &[],
        );
    }
    check(
        |s| s["keys"] = owner,
        &["keys[0].id settings-invalid-value"],
    );
}

#[test]
fn a_revocation_is_a_digest_or_has_a_reason() {
    for (entry, expected) in [
        (
            json!({"digest": A, "reason": "CVE-2026-1 in the base image"}),
            None,
        ),
        (
            json!({"digest": A, "reason": "é".repeat(120), "until": "2026-06-30"}),
            None,
        ),
        (
            json!({"digest": A, "reason": "x", "until": "2026-06-30T12:00:00+02:00"}),
            None,
        ),
        (
            json!({"digest": A}),
            Some("deniedDigests[0] settings-missing-field"),
        ),
        (
            json!({"reason": "x"}),
            Some("deniedDigests[0] settings-missing-field"),
        ),
        (
            json!({"digest": A, "reason": ""}),
            Some("deniedDigests[0].reason settings-invalid-value"),
        ),
        (
            json!({"digest": A, "reason": "x".repeat(121)}),
            Some("deniedDigests[0].reason settings-invalid-value"),
        ),
        (
            json!({"digest": A, "reason": "a\nb"}),
            Some("deniedDigests[0].reason settings-invalid-value"),
        ),
        (
            json!({"digest": "sha256:x", "reason": "x"}),
            Some("deniedDigests[0].digest settings-invalid-value"),
        ),
        (
            json!({"digest": A, "reason": "x", "until": "tomorrow"}),
            Some("deniedDigests[0].until settings-invalid-value"),
        ),
        (
            json!({"digest": A, "reason": "x", "owner": "x"}),
            Some("deniedDigests[0].owner settings-unknown-field"),
        ),
        (json!([A]), Some("deniedDigests[0] settings-wrong-type")),
        (json!(7), Some("deniedDigests[0] settings-wrong-type")),
    ] {
        check(|s| s["deniedDigests"] = json!([entry]), expected.as_slice());
    }
}
