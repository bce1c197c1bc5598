use crate::terminal::ShortDigests;
use serde::Deserialize as _;
use serde_json::json;

use super::*;
use crate::inputs::{Asked, Place, Request};
use crate::why_not::{Fixes, Obstacle, Way};

/// The tree for a Decision under settings, without colours.
fn drawn(answer: &Value, settings: &Value) -> String {
    let request = Request {
        request: json!({"operation": "CREATE", "namespace": "staging", "kind": {"kind": "Pod"}}),
        title: "Pod staging/web".into(),
        source: "pod.yaml".into(),
        place: Place::default(),
        asked: Asked::Yes,
    };
    let answer = Decision::deserialize(answer).unwrap();
    let evaluated = Evaluated { request, answer };
    let mut out = Vec::new();
    let shown = printable_json(settings);
    object(&evaluated, SettingsView(&shown))
        .write(&mut out, None, &ShortDigests::default())
        .unwrap();
    let text = String::from_utf8(out).unwrap();
    anstream::adapter::strip_str(&text).to_string()
}

/// A Decision about one image.
fn about(result: &Value) -> Value {
    json!({"kind": "Decision", "allowed": false, "verdict": "NON_CONFORMANT",
        "enforcement": "enforced",
        "pods": [{"field": "spec", "serviceAccount": "robot"}],
        "images": [{"image": "a.example/b:1", "field": "spec.containers[0].image", "pod": 0,
            "container": "app", "verdict": "NON_CONFORMANT", "results": [result]}]})
}

#[test]
fn a_default_rule_says_why_no_other_applied_and_every_attestor_what_helps() {
    let unknown = |key: &str| json!({"code": "attestation-unknown-key-id", "message": format!("No key {key}")});
    let text = drawn(
        &about(&json!({"document": "policy", "verdict": "NON_CONFORMANT",
            "enforcement": "enforced",
            "rule": {"kind": "default", "searched": {"map": "clusterAdmissionRules", "key": "a.b"},
                "evaluationMode": "REQUIRE_ATTESTATION", "enforcementMode": "DRYRUN_AUDIT_LOG_ONLY"},
            "attestors": [
                {"name": "x", "verified": true, "keyId": "k", "source": "registry",
                    "reasons": [{"code": "attested", "message": "Satisfied"}]},
                {"name": "y", "verified": false, "reasons": [{"code": "no-valid-attestation",
                    "message": "None", "details": [unknown("1"), unknown("2")]}]}]})),
        &json!({}),
    );
    let expected = "Pod staging/web  pod.yaml
├─ request: CREATE of Pod in namespace staging
├─ denied: verdict NON_CONFORMANT
└─ ✗ a.example/b:1
   ├─ at spec.containers[0].image, `app`
   └─ ✗ policy
      ├─ default rule: clusterAdmissionRules has no key `a.b`
      │  └─ it is REQUIRE_ATTESTATION, DRYRUN_AUDIT_LOG_ONLY
      ├─ ✓ attestor x
      │  ├─ satisfied by key `k`
      │  └─ by an attestation from registry
      └─ ✗ attestor y
         └─ no-valid-attestation: None
            ├─ attestation-unknown-key-id: No key 1
            │  └─ to pass: sign with a key of the attestor, and use its key id from the settings
            └─ attestation-unknown-key-id: No key 2
";
    assert_eq!(text, expected);
}

#[test]
fn a_specific_rule_says_what_it_replaces() {
    let text = drawn(
        &about(
            &json!({"document": "policy", "verdict": "NON_CONFORMANT", "rule": {
            "kind": "kubernetes-namespace", "key": "staging",
            "searched": {"map": "kubernetesNamespaceAdmissionRules", "key": "staging"},
            "evaluationMode": "ALWAYS_DENY", "enforcementMode": "E"},
            "reasons": [{"code": "always-deny", "message": "Denied"}]}),
        ),
        &json!({"policy": {"defaultAdmissionRule": {"evaluationMode": "REQUIRE_ATTESTATION",
            "enforcementMode": "F", "requireAttestationsBy": ["x", "y"]}}}),
    );
    for line in [
        "├─ rule `staging` of kubernetesNamespaceAdmissionRules\n",
        "├─ it is ALWAYS_DENY, E\n",
        "└─ it replaces the default rule, which is REQUIRE_ATTESTATION, F, by x, y\n",
        "to pass: change the rule or check,",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn a_check_set_names_those_that_were_passed_over() {
    let settings = json!({"platformPolicies": [{"gkePolicy": {"checkSets": [
        {"scope": {"kubernetesServiceAccount": "prod:robot"}},
        {"scope": {"kubernetesNamespace": "prod"}},
        {"checks": [{}, {"imageAllowlist": {"allowPattern": ["x", "a.example/*"]}}]}]}}]});
    let text = drawn(
        &about(
            &json!({"document": "platformPolicies[0]", "name": "p", "verdict": "ERROR",
            "checkSet": {"index": 2, "displayName": "Rest", "checks": [
                {"index": 0, "type": "SlsaCheck", "verdict": "ERROR",
                    "reasons": [{"code": "evidence-missing", "message": "Nothing"}]},
                {"index": 1, "displayName": "no", "type": "AlwaysDenyCheck",
                    "verdict": "CONFORMANT",
                    "allowlist": {"document": "platformPolicies[0]", "pattern": "a.example/*"},
                    "reasons": [{"code": "exempt-allowlist", "message": "Exempt"}]}]}}),
        ),
        &settings,
    );
    let expected = "   └─ ! platformPolicies[0] p
      └─ default check set 2 \"Rest\"
         ├─ check set 0 does not apply: it is for service account `prod:robot`, and the Pod is `staging:robot`
         ├─ check set 1 does not apply: it is for namespace `prod`, and the Pod is `staging:robot`
         ├─ ! check 0 SlsaCheck
         │  └─ evidence-missing: Nothing
         │     └─ to pass: add it to `evidence.statements` or `evidence.occurrences` in the settings, or sign it with a key or as an identity of `evidence.authenticators` and store it in a source that `evidence` enables
         └─ ✓ check 1 AlwaysDenyCheck \"no\"
            └─ exempt by `a.example/*`, at platformPolicies[0].gkePolicy.checkSets[2].checks[1].imageAllowlist.allowPattern[1]
";
    assert!(text.ends_with(expected), "{text}");
}

#[test]
fn an_exempt_image_says_by_what_and_where_that_stands() {
    let text = drawn(
        &about(&json!({"document": "policy", "verdict": "CONFORMANT",
            "allowlist": {"document": "systemPolicy", "pattern": "a.example/**"}})),
        &json!({"systemPolicy": {"admissionWhitelistPatterns": [
            {"namePattern": "x"}, {"namePattern": "a.example/**"}]}}),
    );
    let line = "exempt by `a.example/**`, at systemPolicy.admissionWhitelistPatterns[1]\n";
    assert!(text.contains(line), "{text}");
}

#[test]
fn warnings_and_annotations_stand_at_the_end() {
    let text = drawn(
        &json!({"kind": "Decision", "allowed": true, "verdict": "ERROR", "enforcement": "dry-run",
            "warnings": [{"code": "clock-overridden", "message": "As of then"}],
            "auditAnnotations": {"dry-run": "true"}}),
        &json!({}),
    );
    let expected = "├─ admitted by dry run: verdict ERROR, only reported because of dry run
├─ warning[clock-overridden]: As of then
│  └─ help: leave out --time to evaluate as of now
└─ audit annotation dry-run: true
";
    assert!(text.ends_with(expected), "{text}");
}

#[test]
fn what_somebody_wrote_cannot_forge_branches() {
    let forged = "x\n└─ ✓ forged\u{1b}[2J";
    let reason = json!({"code": forged, "message": forged});
    let text = drawn(
        &about(
            &json!({"document": "policy", "name": forged, "verdict": "ERROR",
            "rule": {"kind": forged, "key": forged, "searched": {"map": forged, "key": forged},
                "evaluationMode": forged, "enforcementMode": forged},
            "attestors": [
                {"name": forged, "verified": true, "keyId": forged, "source": forged,
                    "payloadType": forged},
                {"name": forged, "reasons": [reason]}]}),
        ),
        &json!({"policy": {"defaultAdmissionRule": {
            "evaluationMode": forged, "requireAttestationsBy": [forged]}}}),
    );
    assert!(
        !text.contains("\n└─ ✓") && !text.contains('\u{1b}'),
        "{text}"
    );
}

/// A module may answer anything.
#[test]
fn nothing_of_a_hostile_answer_moves_the_terminal() {
    let evil = "x\u{1b}[2J\n::error::y##[z]\u{202e}";
    let reason =
        json!({"code": evil, "message": evil, "details": [{"code": evil, "message": evil}]});
    let mut answer = about(
        &json!({"document": evil, "name": evil, "verdict": evil, "enforcement": evil,
        "rule": {"kind": evil, "key": evil, "searched": {"map": evil, "key": evil},
            "evaluationMode": evil, "enforcementMode": evil},
        "attestors": [{"name": evil, "verified": false, "keyId": evil, "source": evil, "reasons": [reason]}],
        "reasons": [reason]}),
    );
    answer["reasons"] = json!([reason]);
    answer["verdict"] = evil.into();
    answer["warnings"] = json!([reason]);
    answer["auditAnnotations"] = json!({evil: evil});
    for key in ["image", "field", "container", "resolvedDigest"] {
        answer["images"][0][key] = evil.into();
    }
    answer["images"][0]["reasons"] = json!([{"code": "digest-required", "message": evil}]);
    let settings = json!({"policy": {"defaultAdmissionRule": {"evaluationMode": evil}}});
    let mut shown = drawn(&answer, &settings);
    let request = Request {
        request: json!({}),
        title: "Pod".into(),
        source: "pod.yaml".into(),
        place: Place::default(),
        asked: Asked::Yes,
    };
    let mut out = Vec::new();
    let answer = Decision::deserialize(&answer).unwrap();
    let fixes = why_not::fixes(
        &Evaluated { request, answer },
        SettingsView(&settings),
        Given {
            settings: "s.yaml".as_ref(),
            kubernetes: None,
            registry: None,
        },
    );
    fixes::write(&mut out, &fixes).unwrap();
    let ways = anstream::adapter::strip_bytes(&out).into_vec();
    shown.push_str(&String::from_utf8(ways).unwrap());
    let is_obeyed = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
    assert!(!shown.contains(is_obeyed), "{shown:?}");
    assert!(
        !shown.contains("##[") && !shown.contains("\n::"),
        "{shown:?}"
    );
}

#[test]
fn the_identities_of_an_unsatisfied_attestor_are_named() {
    let identity = |name: &str| json!({"issuer": "https://issuer.example", "subject": name});
    let mut first = identity("a@example.com");
    first["claims"] = json!({"buildTrigger": "push"});
    let many: Vec<_> = "bcdef"
        .chars()
        .map(|name| identity(&format!("{name}@example.com")))
        .collect();
    let text = drawn(
        &about(
            &json!({"document": "policy", "verdict": "NON_CONFORMANT", "rule": {"kind": "default"},
            "attestors": [{"name": "x", "verified": false}]}),
        ),
        &json!({"sigstore": {"attestors": {"x": ["one", "many"]}, "identities": {"one": [first], "many": many}}}),
    );
    for line in [
        "├─ identity `a@example.com` (issuer `https://issuer.example`) may sign\n",
        "│  └─ with buildTrigger: push\n",
        "├─ identity `d@example.com` (issuer `https://issuer.example`) may sign\n",
        "└─ or one of 2 other identities\n",
    ] {
        assert!(text.contains(line), "{text}");
    }
}

/// A result of `imagePolicy` with a rule of each effect.
fn of_rules() -> Value {
    let attestor = |name: &str, verified: bool| {
        let code = if verified {
            "attested"
        } else {
            "no-valid-attestation"
        };
        json!({"name": name, "verified": verified, "keyId": "k", "source": "registry",
            "reasons": [{"code": code, "message": "words"}]})
    };
    let quorum = json!({"verdict": "NON_CONFORMANT", "threshold": 2, "mustInclude": ["z"],
        "attestors": [attestor("x", true), attestor("y", true), attestor("z", false)]});
    let check = json!({"verdict": "CONFORMANT", "check": {"index": 1, "type": "SlsaCheck", "verdict": "CONFORMANT",
        "reasons": [{"code": "check-passed", "message": "Built"}]}});
    json!({"document": "imagePolicy", "verdict": "NON_CONFORMANT", "enforcement": "enforced",
        "rules": [
            {"name": "no latest", "effect": "deny", "verdict": "NON_CONFORMANT",
                "reasons": [{"code": "image-rule-denied", "message": "Use a version."}]},
            {"name": "old", "effect": "exempt", "verdict": "CONFORMANT",
                "reasons": [{"code": "exemption-expired", "message": "Was exempt until 2026-01-01"}]},
            {"name": "other", "effect": "require", "verdict": "CONFORMANT", "liftedBy": "tools", "reasons": []},
            {"name": "shop", "effect": "require", "verdict": "NON_CONFORMANT", "requirements": [quorum, check],
                "reasons": [{"code": "threshold-not-met", "message": "Too few"}]}],
        "reasons": [
            {"code": "image-rule-denied", "message": "Use a version. (rule no latest)"},
            {"code": "threshold-not-met", "message": "Too few (rule shop)"},
            {"code": "clock-unavailable", "message": "The host has no clock"}]})
}

#[test]
fn rules_of_image_policies_are_shown_with_their_requirements() {
    let settings = json!({"imagePolicy": {"rules": [{"name": "shop"}, {"name": "no latest"}]}});
    let text = drawn(&about(&of_rules()), &settings);
    let expected = "   └─ ✗ imagePolicy
      ├─ ✗ rule `no latest` (deny), at imagePolicy.rules[1]
      │  └─ image-rule-denied: Use a version.
      │     └─ to pass: use another image, as the rule's text says, or change `images` or `exceptImages` of the rule
      ├─ ✓ rule `old` (exempt)
      │  └─ exemption-expired: Was exempt until 2026-01-01
      │     └─ to pass: meet the rules that apply to the image now, or extend `until` of the exemption
      ├─ ✓ rule `other` (require)
      │  └─ its requirements are lifted by the rule `tools`
      ├─ ✗ rule `shop` (require), at imagePolicy.rules[0]
      │  ├─ ✗ attested by 2 of 2 attestors needed, among 3, but not by every required one
      │  │  ├─ ✓ attestor x
      │  │  │  ├─ satisfied by key `k`
      │  │  │  └─ by an attestation from registry
      │  │  ├─ ✓ attestor y
      │  │  │  ├─ satisfied by key `k`
      │  │  │  └─ by an attestation from registry
      │  │  └─ ✗ attestor z (required)
      │  │     └─ no-valid-attestation: words
      │  │        └─ to pass: sign this digest with a key of the attestor (`countersign attest sign`)
      │  └─ ✓ SlsaCheck
      │     └─ check-passed: Built
      └─ clock-unavailable: The host has no clock
";
    let (tree, help) = text.split_at(text.find(expected.lines().next().unwrap()).unwrap());
    assert!(tree.contains("at spec.containers[0].image"), "{tree}");
    assert!(help.starts_with(expected), "{text}");
}

/// An attestor signs with what it has, and what the requirement asks for.
#[test]
fn help_on_a_missing_signature_names_means_that_would_count() {
    let attestor = |name: &str, keys: Value| json!({"name": name, "userOwnedGrafeasNote": {"noteReference": name, "publicKeys": keys}});
    let key = json!([{"pkixPublicKey": {"publicKeyPem": "k"}}]);
    let settings = json!({
        "attestors": [attestor("p/k", key.clone()), attestor("p/i", json!([])), attestor("p/b", key)],
        "sigstore": {
            "identities": {"s": [{"issuer": "https://i", "subject": "s"}]},
            "attestors": {"p/i": ["s"], "p/b": ["s"]}}});
    let by_key = "with a key of the attestor";
    let identity = "as an identity of the attestor";
    for (name, types, expected) in [
        (
            "p/k",
            json!([]),
            format!("this digest {by_key} (`countersign attest sign`)\n"),
        ),
        (
            "p/i",
            json!([]),
            format!("this digest {identity} (`cosign sign`)\n"),
        ),
        (
            "p/b",
            json!([]),
            format!(
                "this digest {by_key} (`countersign attest sign`), or as one of its identities (`cosign sign`)\n"
            ),
        ),
        (
            "p/k",
            json!(["urn:a"]),
            format!(
                "a statement of such a type about this digest {by_key} (`countersign attest sign --predicate`)\n"
            ),
        ),
        (
            "p/i",
            json!(["urn:a"]),
            format!("a statement of such a type about this digest {identity} (`cosign attest`)\n"),
        ),
    ] {
        let reasons = json!([{"code": "no-valid-attestation", "message": "words"}]);
        let result = json!({
            "document": "imagePolicy", "verdict": "NON_CONFORMANT", "enforcement": "enforced",
            "reasons": reasons,
            "rules": [{"name": "shop", "effect": "require", "verdict": "NON_CONFORMANT",
                "requirements": [{"verdict": "NON_CONFORMANT", "predicateTypes": types,
                    "attestors": [{"name": name, "verified": false, "reasons": reasons}]}]}]});
        let text = drawn(&about(&result), &settings);
        assert!(
            text.contains(&format!("to pass: sign {expected}")),
            "{text}"
        );
    }
}

/// An exemption lifts all requirements, and is a way around each of them.
#[test]
fn a_way_that_an_earlier_list_has_is_printed_once() {
    let way = || Way {
        title: "exempt it".to_owned(),
        caution: Some("careful"),
        blocks: vec!["block\n".to_owned()],
    };
    let obstacle = |what: &str| Obstacle {
        what: what.to_owned(),
        ways: vec![way()],
    };
    let all = [Fixes {
        image: "i".to_owned(),
        obstacles: vec![obstacle("a"), obstacle("b")],
    }];
    let mut out = Vec::new();
    fixes::write(&mut out, &all).unwrap();
    let text = anstream::adapter::strip_str(core::str::from_utf8(&out).unwrap()).to_string();
    let expected = "
to admit i, do one of each list:

for a:

1. exempt it
   caution: careful

block

for b:

1. exempt it, as above
";
    assert_eq!(text, expected);
}
