//! Calls, settings and objects that are not what they should be.

use serde_json::{Value, json};

use crate::case::{Case, case, image, one_container, pod, raw_case, settings};

pub(super) fn cases() -> Vec<Case> {
    let (settings, request) = (settings(), pod(one_container(&image())));
    let mut cases = vec![
        raw_case("call_empty", "error call-invalid", ""),
        raw_case("call_not_json", "error call-invalid", "hello"),
        raw_case("call_truncated", "error call-invalid", r#"{"request": {"#),
        raw_case("call_is_a_list", "error call-invalid", "[]"),
        raw_case("call_is_null", "error call-invalid", "null"),
        raw_case(
            "call_without_request",
            "error call-invalid",
            format!(r#"{{"settings": {settings}}}"#),
        ),
        raw_case(
            "call_without_settings",
            "error call-invalid",
            format!(r#"{{"request": {request}}}"#),
        ),
        raw_case(
            "call_with_unknown_field",
            "error call-invalid",
            format!(r#"{{"settings": {settings}, "request": {request}, "time": 0}}"#),
        ),
        raw_case(
            "call_with_two_requests",
            "error call-invalid",
            format!(r#"{{"settings": {settings}, "request": {request}, "request": {request}}}"#),
        ),
        raw_case(
            "call_with_trailing_text",
            "error call-invalid",
            format!(r#"{{"settings": {settings}, "request": {request}}} x"#),
        ),
    ];
    for (name, request) in [
        ("null", json!(null)),
        ("a_text", json!("x")),
        ("a_list", json!([])),
        ("empty", json!({})),
    ] {
        cases.push(case(
            &format!("request_is_{name}"),
            "deny undecodable-object",
            |_, r| *r = request,
        ));
    }
    let twice = |field: &str, within: &str| {
        let text = json!({"request": request, "settings": settings}).to_string();
        assert!(text.contains(within), "{within}");
        text.replacen(within, &format!("{field},{within}"), 1)
    };
    for (name, field, within) in [
        ("containers", r#""containers":[]"#, r#""containers":["#),
        ("image", r#""image":"x""#, r#""image":"#),
        ("spec", r#""spec":{}"#, r#""spec":{"#),
        ("object", r#""object":null"#, r#""object":{"#),
        ("kind", r#""kind":{}"#, r#""kind":{"#),
        (
            "kind_of_a_kind",
            r#""kind":"Job""#,
            r#""kind":"Pod"},"object""#,
        ),
        ("operation", r#""operation":"DELETE""#, r#""operation":"#),
        (
            "operation_escaped",
            r#""operatio\u006e":"DELETE""#,
            r#""operation":"#,
        ),
    ] {
        cases.push(raw_case(
            &format!("duplicate_key_{name}"),
            "deny undecodable-object",
            twice(field, within),
        ));
    }
    for (name, field, within) in [
        ("policy", r#""policy":{}"#, r#""policy":{"#),
        (
            "rule",
            r#""evaluationMode":"ALWAYS_ALLOW""#,
            r#""evaluationMode":"#,
        ),
        ("attestor_name", r#""name":"x""#, r#""name":"projects"#),
    ] {
        cases.push(raw_case(
            &format!("duplicate_key_in_settings_{name}"),
            "error settings-invalid",
            twice(field, within),
        ));
    }
    // What stands behind the object is not the kind that it was read as.
    let call = json!({"request": request, "settings": settings}).to_string();
    for (name, kind) in [
        ("another", r#"{"group":"","kind":"Job"}"#),
        ("null", "null"),
    ] {
        cases.push(raw_case(
            &format!("second_kind_behind_the_object_{name}"),
            "deny undecodable-object",
            call.replacen(
                r#"},"settings":"#,
                &format!(r#","kind":{kind}}},"settings":"#),
                1,
            ),
        ));
    }
    for (name, kind) in [
        ("null", json!(null)),
        ("without_a_name", json!({"group": "", "version": "v1"})),
    ] {
        cases.push(case(
            &format!("kind_{name}"),
            "deny unsupported-object-kind",
            |_, r| r["kind"] = kind,
        ));
    }
    cases.push(case("kind_without_a_group", "allow attested", |_, r| {
        r["kind"] = json!({"version": "v1", "kind": "Pod"});
    }));
    // Its keys would be unusable, and nobody uses them.
    cases.push(case(
        "settings_bad_note_of_unused_attestor",
        "allow attested",
        |s, _| {
            let attestors = s["attestors"].as_array_mut().unwrap();
            attestors.push(json!({"name": "unused", "userOwnedGrafeasNote": {"typo": 1}}));
        },
    ));
    for (name, change) in [
        ("null", (|s| *s = Value::Null) as fn(&mut Value)),
        ("empty", |s| *s = json!({})),
        ("a_list", |s| *s = json!([])),
        ("policy_null", |s| s["policy"] = Value::Null),
        ("policy_empty", |s| s["policy"] = json!({})),
        ("unknown_field", |s| s["typo"] = 1.into()),
        ("unknown_field_in_policy", |s| {
            s["policy"]["typo"] = 1.into()
        }),
        ("unknown_field_in_rule", |s| {
            s["policy"]["defaultAdmissionRule"]["typo"] = 1.into()
        }),
        ("unknown_field_in_evidence", |s| {
            s["evidence"]["typo"] = 1.into()
        }),
        ("unknown_field_in_unused_attestor", |s| {
            let attestors = s["attestors"].as_array_mut().unwrap();
            attestors.push(json!({
                "name": "unused", "typo": 1, "userOwnedGrafeasNote": {"noteReference": "n"},
            }));
        }),
        ("unknown_field_in_unused_rule", |s| {
            s["policy"]["kubernetesNamespaceAdmissionRules"] = json!({"unused": {
                "evaluationMode": "ALWAYS_DENY", "enforcementMode": "DRYRUN_AUDIT_LOG_ONLY",
                "typo": 1,
            }});
        }),
        ("second_rule_map_is_a_text", |s| {
            s["policy"]["kubernetesNamespaceAdmissionRules"] = json!({"other": {
                "evaluationMode": "ALWAYS_DENY", "enforcementMode": "DRYRUN_AUDIT_LOG_ONLY",
            }});
            s["policy"]["clusterAdmissionRules"] = "x".into();
        }),
        ("occurrence_is_a_text", |s| {
            s["evidence"]["occurrences"] = json!(["garbage"])
        }),
        ("occurrences_are_a_map", |s| {
            s["evidence"]["occurrences"] = json!({})
        }),
        ("key_of_another_algorithm", |s| {
            s["attestors"][0]["userOwnedGrafeasNote"]["publicKeys"][0]["pkixPublicKey"]["signatureAlgorithm"] =
                "RSA_PSS_2048_SHA256".into();
        }),
    ] {
        cases.push(case(
            &format!("settings_{name}"),
            "error settings-invalid",
            |s, _| change(s),
        ));
    }
    cases
}
