use serde::Deserialize as _;
use serde_json::json;

use super::*;

#[test]
fn a_field_of_another_type_is_missing() {
    for other in [
        json!(null),
        json!(true),
        json!(7),
        json!(-7),
        json!(0.5),
        json!("text"),
        json!([[], {}, 7]),
        json!({"key": [1, {}]}),
    ] {
        let read = |field: &str| Decision::deserialize(&json!({field: other})).unwrap();
        let is_default = |field: &str| read(field) == Decision::default();
        assert!(is_default("kind") || other.is_string(), "{other}");
        assert!(is_default("verdict") || other.is_string(), "{other}");
        assert!(is_default("allowed") || other.is_boolean(), "{other}");
        assert!(is_default("images") || other.is_array(), "{other}");
        assert!(
            is_default("auditAnnotations") || other.is_object(),
            "{other}"
        );
        assert!(is_default("mutatedObject") || !other.is_null(), "{other}");
        assert!(is_default("unknown"), "{other}");
        assert!(Decision::deserialize(&other).is_ok(), "{other}");
        let document = json!({"images": [{"results": [{"checkSet": {"index": other}}]}]});
        let decision = Decision::deserialize(&document).unwrap();
        let check_set = decision.images[0].results[0].check_set.as_ref().unwrap();
        assert_eq!(check_set.index, (other == 7).then_some(7), "{other}");
    }
}

#[test]
fn words_of_another_version_keep_their_spelling() {
    let decision = Decision::deserialize(&json!({"verdict": "MAYBE", "enforcement": "dry-run",
        "reasons": [{"code": "unheard-of"}, {"code": "always-deny", "details": [{}]}]}));
    let decision = decision.unwrap();
    assert_eq!(decision.verdict, Verdict::Other("MAYBE".into()));
    assert_eq!(decision.enforcement, Enforcement::DryRun);
    let [unknown, known] = decision.reasons.as_slice() else {
        panic!("two reasons")
    };
    assert_eq!(
        (unknown.code.as_str(), unknown.code.role()),
        ("unheard-of", None)
    );
    assert_eq!(known.code, policy_wasm::Code::AlwaysDeny);
    assert_eq!(known.details, [Reason::default()]);
    assert!(has(&decision.reasons, policy_wasm::Code::AlwaysDeny));
    let mut found = Vec::new();
    codes(&decision.reasons, &mut found);
    assert_eq!(found, ["unheard-of", "always-deny", ""]);
}

#[test]
fn every_text_of_a_decision_can_be_changed() {
    let text = "x";
    let exempt = json!({"document": text, "pattern": text});
    let reasons =
        json!([{"code": text, "message": text, "details": [{"code": text, "message": text}]}]);
    let scope = json!({"kubernetesNamespace": text, "kubernetesServiceAccount": text});
    let check = json!({"type": text, "displayName": text, "verdict": text, "allowlist": exempt,
        "reasons": reasons});
    let document = json!({"kind": text, "verdict": text, "enforcement": text, "message": text,
        "reasons": reasons, "warnings": reasons, "auditAnnotations": {text: text},
        "pods": [{"serviceAccount": text}],
        "images": [{"image": text, "field": text, "container": text, "resolvedDigest": text,
            "verdict": text, "reasons": reasons, "results": [{"document": text, "name": text,
                "verdict": text, "enforcement": text, "allowlist": exempt, "reasons": reasons,
                "rule": {"kind": text, "key": text, "searched": {"map": text, "key": text},
                    "evaluationMode": text, "enforcementMode": text},
                "attestors": [{"name": text, "keyId": text, "payloadType": text, "source": text,
                    "reasons": reasons}],
                "checkSet": {"displayName": text, "scope": scope, "allowlist": exempt,
                    "checks": [check]}}]}]});
    let mut decision = Decision::deserialize(&document).unwrap();
    let mut count = 0;
    decision.each_text(&mut |text| {
        assert_eq!(text, "x");
        text.replace_range(.., "y");
        count += 1;
    });
    let written = document.to_string().matches("\"x\"").count();
    assert_eq!(count, written);
    assert!(!format!("{decision:?}").contains("\"x\""));
}

#[test]
fn an_answer_without_a_verdict_denies() {
    let parse = |json: &str| Answer::parse(json.as_bytes().to_vec());
    for (json, is_decision, is_admitted) in [
        (r#"{"kind": "Decision", "allowed": true}"#, true, true),
        (r#"{"kind": "Decision", "allowed": "true"}"#, true, false),
        (r#"{"kind": "Decision", "accepted": true}"#, true, false),
        (r#"{"accepted": true}"#, false, true),
        (r#"{"allowed": false, "accepted": true}"#, false, false),
        (r#"{"accepted": 1}"#, false, false),
        ("{}", false, false),
        ("[]", false, false),
        ("true", false, false),
    ] {
        let answer = parse(json).unwrap();
        assert_eq!(answer.decision().is_ok(), is_decision, "{json}");
        assert_eq!(answer.is_admitted(), is_admitted, "{json}");
        assert_eq!(
            answer.json().unwrap(),
            serde_json::from_str::<Value>(json).unwrap()
        );
        let decision = answer.into_decision().unwrap_or_else(|one| one.outcome());
        assert_eq!(decision.allowed, is_admitted, "{json}");
    }
    for json in ["", "{", r#"{"kind": "Decision"} x"#, r#"{"kind": "#] {
        assert!(parse(json).is_err(), "{json}");
    }
}

#[test]
fn a_response_admits_only_if_all_of_it_does() {
    for (json, is_admitted) in [
        (r#"{"accepted": true}"#, true),
        (r#"{"allowed": true}"#, true),
        (r#"{"accepted": true, "allowed": true}"#, true),
        (r#"{"accepted": false, "allowed": true}"#, false),
        (r#"{"accepted": true, "allowed": false}"#, false),
        (r#"{"accepted": true, "allowed": "false"}"#, false),
        (r#"{"accepted": "true"}"#, false),
        ("{}", false),
    ] {
        let answer = Answer::parse(json.as_bytes().to_vec()).unwrap();
        assert_eq!(answer.is_admitted(), is_admitted, "{json}");
    }
}
