//! What is asked of the host, how often, and what its answers can and cannot do.

use std::cell::Cell;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use core_tests::case::{
    A, B, call_case, image, one_container, outcome, pod, raw_case, request, require, rule,
    settings, update,
};
use core_tests::delivery::{Delivery, NAMESPACE, ask_registry, resource};
use core_tests::native::decision;
use core_tests::platform::statements::{clean_scan, provenance_v1, signed};
use core_tests::platform::{
    NOW, PROVENANCE, always_deny, builder, passing, policy, sigstore, simple_signing_of, slsa,
    trust, trusted_directory,
};
use core_tests::signing::{
    SIMPLE_SIGNING, TestKey, attestor, envelope, filed_under, note_name, occurrence, occurrence_of,
    payload,
};
use core_tests::{calls, corpus};
use policy_wasm::evidence::{Answer, Lookup, Need, NoLookup};
use policy_wasm::time::{NO_CLOCK, Time};
use policy_wasm::{Budget, Call, Extras, abi};
use serde_json::{Value, json};

const TAG: &str = "trusted.example/app:1";

/// A host that answers by a function and remembers what it was asked
struct Host<F> {
    asked: Vec<Need>,
    answer: F,
}

impl<F: FnMut(&Need, usize) -> Answer> Host<F> {
    fn new(answer: F) -> Self {
        let asked = Vec::new();
        Self { asked, answer }
    }

    fn decide(&mut self, call: &Value) -> Value {
        let host = abi::Host {
            clock: NO_CLOCK,
            lookup: self,
        };
        serde_json::from_slice(&abi::decide(call.to_string().as_bytes(), host)).unwrap()
    }
}

impl<F: FnMut(&Need, usize) -> Answer> Lookup for Host<F> {
    fn look_up(&mut self, need: &Need, max_bytes: usize) -> Answer {
        self.asked.push(need.clone());
        (self.answer)(need, max_bytes)
    }
}

fn found(value: &Value) -> Answer {
    Answer::Found(value.to_string())
}

fn good() -> Value {
    let text = payload("trusted.example/app", A);
    envelope(&TestKey::new("a"), SIMPLE_SIGNING, &text)
}

fn base() -> Value {
    json!({"request": pod(one_container(&image())), "settings": settings()})
}

/// Settings that resolve tags, for a request about one.
fn tagged() -> Value {
    let mut call = base();
    call["settings"]["resolveTags"] = true.into();
    call["settings"]["registries"] = json!(["trusted.example"]);
    call["request"] = pod(one_container(TAG));
    call
}

#[test]
fn one_attestation_delivered_four_ways_gives_one_decision() {
    let decide = |place: Delivery| {
        let mut call = base();
        place.deliver(&mut call, &[good()]);
        let mut decision = Host::new(|_, _| Answer::Unavailable).decide(&call);
        let attestor = &mut decision["images"][0]["results"][0]["attestors"][0];
        let source = attestor["source"].take();
        assert_eq!(source, place.name(), "{decision:#}");
        decision
    };
    let expected = decide(Delivery::Settings);
    assert_eq!(outcome(&expected), "allow");
    for place in Delivery::ALL {
        assert_eq!(decide(place), expected, "{}", place.name());
    }
}

/// A cluster and a registry with this many attestations: the answers grow nowhere, and neither does
/// what is asked.
#[test]
fn lookups_are_independent_of_what_is_stored() {
    let asked = [10, 100_000].map(|stored| {
        let mut store = BTreeMap::new();
        for index in 0..stored {
            store.insert(format!("{NAMESPACE}/sha256-{index:064x}"), json!({}));
        }
        let mine = format!("{NAMESPACE}/{}", A.replace(':', "-"));
        store.insert(mine, resource(&[good()]));
        let mut call = base();
        ask_registry(&mut call);
        call["settings"]["evidence"]["kubernetes"] =
            json!({"notes": {note_name("a"): NAMESPACE, note_name("b"): "attest-b"}});
        call["settings"]["attestors"] = json!([
            attestor("a", &[&TestKey::new("a")]),
            attestor("b", &[&TestKey::new("b")]),
        ]);
        let mut host = Host::new(|need: &Need, _| match store.get(&need.name()) {
            Some(object) => found(object),
            None => Answer::Absent,
        });
        assert_eq!(outcome(&host.decide(&call)), "allow");
        host.asked
    });
    let [few, many] = &asked;
    assert_eq!(few, many);
    // One resource for the rule's one attestor, not for every note; two manifests.
    assert_eq!(few.len(), 3, "{few:?}");
}

#[test]
fn needs_are_deduplicated() {
    let containers: Vec<_> = (0..10)
        .map(|index| json!({"name": format!("c{index}"), "image": TAG}))
        .collect();
    let mut call = tagged();
    call["request"] = pod(json!({"containers": containers}));
    call["settings"]["evidence"]["registry"] = true.into();
    let mut host = Host::new(|need: &Need, _| match need {
        Need::Tag { .. } => found(&json!({"digest": A})),
        _ => Answer::Absent,
    });
    assert_eq!(outcome(&host.decide(&call)), "allow");
    assert_eq!(host.asked.len(), 3, "{:?}", host.asked);
}

#[test]
fn nothing_is_asked_when_nothing_is_configured() {
    for case in corpus::all() {
        let call: Result<Value, _> = serde_json::from_slice(&case.call);
        let Ok(call) = call else { continue };
        let asks = ["registry", "kubernetes"]
            .iter()
            .any(|key| call["settings"]["evidence"].get(*key).is_some());
        if !asks && call["settings"].get("resolveTags").is_none() {
            Host::new(|need: &Need, _| panic!("{}: {need:?}", case.name)).decide(&call);
        }
    }
}

/// The answers that a call brings are all there is.
#[test]
fn a_call_with_evidence_asks_nobody() {
    let mut call = base();
    Delivery::Kubernetes.deliver(&mut call, &[good()]);
    let mut host = Host::new(|need: &Need, _| panic!("{need:?}"));
    assert_eq!(outcome(&host.decide(&call)), "allow");
}

#[test]
fn an_engines_calls_bring_neither_time_nor_evidence() {
    for extra in ["time", "evidence"] {
        let mut call = base();
        call[extra] = json!([]);
        let mut nobody = Host::new(|_: &Need, _| Answer::Unavailable);
        let host = abi::Host {
            clock: NO_CLOCK,
            lookup: &mut nobody,
        };
        let answer = abi::validate(call.to_string().as_bytes(), host);
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!(answer["accepted"], false, "{extra}");
        assert_eq!(answer["code"], 500, "{extra}");
    }
}

/// Decides by a clock, and counts how often it is asked.
fn decide_by_clock(call: &Value, time: Time) -> (Value, usize) {
    let asked = Cell::new(0);
    let host = abi::Host {
        clock: &|| {
            asked.set(asked.get() + 1);
            Some(time)
        },
        lookup: &mut NoLookup,
    };
    let decision = abi::decide(call.to_string().as_bytes(), host);
    (serde_json::from_slice(&decision).unwrap(), asked.get())
}

#[test]
fn a_clock_says_what_the_calls_own_time_would_and_is_asked_once_at_most() {
    let mut asked_of = 0;
    for case in corpus::all() {
        let mut call = serde_json::from_slice(&case.call).unwrap_or(Value::Null);
        let Some(time) = call["time"].as_str().and_then(|it| Time::parse(it).ok()) else {
            continue;
        };
        let mut expected = decision(&call);
        let (overruled, asked) = decide_by_clock(&call, Time::LAST);
        assert_eq!((&overruled, asked), (&expected, 0), "{}", case.name);
        let warnings = expected["warnings"].as_array_mut().unwrap();
        warnings.retain(|warning| warning["code"] != "clock-overridden");
        call.as_object_mut().unwrap().remove("time");
        let (decision, asked) = decide_by_clock(&call, time);
        assert_eq!(decision, expected, "{}", case.name);
        assert!(asked <= 1, "{}: {asked}", case.name);
        asked_of += asked;
    }
    assert!(asked_of > 0);
}

#[test]
fn what_needs_no_evidence_asks_no_clock() {
    let mut deletion = base();
    deletion["request"]["operation"] = "DELETE".into();
    let mut denied = base();
    denied["settings"]["policy"]["defaultAdmissionRule"] = rule("ALWAYS_DENY", &[]);
    let mut by_tag = base();
    by_tag["request"] = pod(one_container(TAG));
    let mut by_checks = base();
    let checks = [always_deny(), trusted_directory(&["trusted.example/*"])];
    by_checks["settings"] = json!({"platformPolicies": [policy(&checks)]});
    for (call, expected) in [
        (calls::attested(), ("allow", 1)),
        (calls::exempt(), ("allow", 0)),
        (deletion, ("allow", 0)),
        (denied, ("deny", 0)),
        (by_tag, ("deny", 0)),
        (by_checks, ("deny", 0)),
    ] {
        let (decision, asked) = decide_by_clock(&call, Time::parse(NOW).unwrap());
        assert_eq!((outcome(&decision), asked), expected, "{call}");
    }
}

#[test]
fn an_answer_longer_than_allowed_is_refused_even_if_the_host_gives_it() {
    let mut call = base();
    Delivery::Kubernetes.deliver(&mut call, &[]);
    call.as_object_mut().unwrap().remove("evidence");
    let mut host = Host::new(|_: &Need, max_bytes| Answer::Found("x".repeat(max_bytes + 1)));
    let decision = host.decide(&call);
    assert_eq!(outcome(&decision), "error");
    assert_eq!(decision["reasons"][0]["code"], "limit-exceeded");
}

/// Each answer within its own bound, and all of them together are too much.
#[test]
fn all_answers_together_are_bounded() {
    let mut call = base();
    ask_registry(&mut call);
    let containers: Vec<_> = (0..10)
        .map(|index| {
            json!({"name": format!("c{index}"), "image": format!("trusted.example/a{index}@{A}")})
        })
        .collect();
    call["request"] = pod(json!({"containers": containers}));
    let mut bytes = 0;
    let mut host = Host::new(|_: &Need, max_bytes: usize| {
        bytes += max_bytes;
        Answer::Found(format!("\"{}\"", "x".repeat(max_bytes.saturating_sub(2))))
    });
    let decision = host.decide(&call);
    assert_eq!(decision["reasons"][0]["code"], "limit-exceeded");
    assert_eq!(bytes, Budget::DEFAULT.evidence_bytes);
}

#[test]
fn tag_resolves_to_two_digests() {
    let mut call = tagged();
    let twice = json!({"containers": [
        {"name": "a", "image": TAG}, {"name": "b", "image": TAG},
    ]});
    call["request"] = pod(twice);
    let mut answers = [A, B].into_iter();
    let mut host = Host::new(|_: &Need, _| found(&json!({"digest": answers.next()})));
    let decision = host.decide(&call);
    assert_eq!(outcome(&decision), "allow");
    assert_eq!(host.asked.len(), 1);
    for container in 0..2 {
        assert_eq!(decision["images"][container]["resolvedDigest"], A);
        let pinned = &decision["mutatedObject"]["spec"]["containers"][container]["image"];
        assert_eq!(*pinned, format!("{TAG}@{A}"));
    }
}

#[test]
fn pinning_is_idempotent() {
    let call = tagged();
    let mut host = Host::new(|_: &Need, _| found(&json!({"digest": A})));
    let first = host.decide(&call);
    let mut again = call.clone();
    again["request"]["object"] = first["mutatedObject"].clone();
    let second = host.decide(&again);
    assert_eq!(host.asked.len(), 1);
    assert_eq!(second.get("mutatedObject"), None);
    for key in ["verdict", "reasons", "message", "warnings"] {
        assert_eq!(first[key], second[key], "{key}");
    }
    assert_eq!(
        first["images"][0]["results"],
        second["images"][0]["results"]
    );
}

/// Numbers, escapes, white space and the order of keys are somebody else's business.
#[test]
fn pinning_changes_the_images_and_nothing_else() {
    let object = format!(
        r#"{{ "kind":"Pod","apiVersion":"v1", "x":1.50,"big":123456789012345678901234567890,
        "metadata":{{"name":"a\u0062", "uid":"é"}},
        "spec":{{"volumes":[{{"name":"v","image":{{"pullPolicy":"Always","reference": "{TAG}" }}}}],
        "containers":[{{"image":"trusted.example\/app:1","name":"c"}},{{"name":"d","image":"{}"}}] }} }}"#,
        image()
    );
    let call = tagged();
    let mut request = call["request"].clone();
    request.as_object_mut().unwrap().remove("object");
    let head = request.to_string();
    let text = format!(
        r#"{{"request":{},"object":{object}}},"settings":{}}}"#,
        head.strip_suffix('}').unwrap(),
        call["settings"]
    );
    let mut host = Host::new(|_: &Need, _| found(&json!({"digest": A})));
    let host = abi::Host {
        clock: NO_CLOCK,
        lookup: &mut host,
    };
    let answer = String::from_utf8(abi::validate(text.as_bytes(), host)).unwrap();
    let expected = object
        .replace(
            &format!(r#""reference": "{TAG}""#),
            &format!(r#""reference": "{TAG}@{A}""#),
        )
        .replace(r#""trusted.example\/app:1""#, &format!(r#""{TAG}@{A}""#));
    assert!(
        answer.ends_with(&format!(r#""mutated_object":{expected}}}"#)),
        "{answer}\n{expected}"
    );
}

#[test]
fn only_what_was_verified_is_pinned() {
    let mut call = tagged();
    call["settings"]["policy"]["defaultAdmissionRule"]["enforcementMode"] =
        "DRYRUN_AUDIT_LOG_ONLY".into();
    let other = "trusted.example/app:2";
    call["request"] = pod(json!({"containers": [
        {"name": "good", "image": TAG}, {"name": "bad", "image": other},
    ]}));
    let mut host = Host::new(|need: &Need, _| {
        let digest = if need.name().ends_with(":1") { A } else { B };
        found(&json!({"digest": digest}))
    });
    let decision = host.decide(&call);
    assert_eq!(outcome(&decision), "overridden");
    let containers = &decision["mutatedObject"]["spec"]["containers"];
    assert_eq!(containers[0]["image"], format!("{TAG}@{A}"));
    assert_eq!(containers[1]["image"], other);
}

/// Whatever a document in dry run finds, what another one exempts stays as it is.
#[test]
fn a_dry_run_beside_an_exemption_pins_nothing() {
    for check in [always_deny(), passing()] {
        let mut call = tagged();
        call["settings"]["policy"]["admissionWhitelistPatterns"] = json!([{"namePattern": TAG}]);
        call["settings"]["platformPolicies"] = json!([policy(&[check])]);
        call["settings"]["platformPolicyEnforcement"] = "dryrun".into();
        let decision = Host::new(|_: &Need, _| found(&json!({"digest": A}))).decide(&call);
        assert_eq!(decision["allowed"], true, "{decision:#}");
        assert_eq!(decision.get("mutatedObject"), None, "{decision:#}");
    }
}

/// To apply the same manifest again changes nothing, wherever its tag leads by now.
#[test]
fn a_tag_that_was_pinned_is_pinned_again_to_the_same_digest() {
    let mut call = tagged();
    let old = pod(one_container(&format!("{TAG}@{A}")))["object"].take();
    call["request"] = update(call["request"].take(), old.clone());
    let decision = Host::new(|_: &Need, _| found(&json!({"digest": B}))).decide(&call);
    assert_eq!(outcome(&decision), "allow", "{decision:#}");
    assert_eq!(decision["mutatedObject"], old);
}

#[test]
fn a_refused_object_is_not_mutated() {
    let mut call = tagged();
    call["request"] = pod(json!({"containers": [
        {"name": "good", "image": TAG}, {"name": "bad", "image": "trusted.example/app:2"},
    ]}));
    let mut host = Host::new(|need: &Need, _| {
        let digest = if need.name().ends_with(":1") { A } else { B };
        found(&json!({"digest": digest}))
    });
    let decision = host.decide(&call);
    assert_eq!(outcome(&decision), "deny");
    assert_eq!(decision.get("mutatedObject"), None);
}

/// On an update, what the old object has stays as it is; what is new is pinned.
#[test]
fn only_changed_fields_are_pinned() {
    let old = pod(json!({"containers": [{"name": "old", "image": "trusted.example/app:0"}]}));
    let mut call = tagged();
    call["request"] = update(
        pod(json!({"containers": [
            {"name": "old", "image": "trusted.example/app:0"}, {"name": "new", "image": TAG},
        ]})),
        old["object"].clone(),
    );
    let mut host = Host::new(|_: &Need, _| found(&json!({"digest": A})));
    let decision = host.decide(&call);
    assert_eq!(outcome(&decision), "allow");
    let containers = &decision["mutatedObject"]["spec"]["containers"];
    assert_eq!(containers[0]["image"], "trusted.example/app:0");
    assert_eq!(containers[1]["image"], format!("{TAG}@{A}"));
    assert_eq!(host.asked.len(), 1);
}

/// A key that expires is no use to somebody who cannot tell the time; one that does not, is.
#[test]
fn without_a_clock_keys_that_expire_are_an_error() {
    for (name, expected) in [
        ("pgp_key_that_expires_later", "error"),
        ("pgp_signed_with_rsa3072", "allow"),
    ] {
        let case = corpus::named(name);
        let mut call: Value = serde_json::from_slice(&case.call).unwrap();
        call.as_object_mut().unwrap().remove("time");
        let decision = Host::new(|_: &Need, _| Answer::Unavailable).decide(&call);
        assert_eq!(outcome(&decision), expected, "{decision:#}");
        let attestor = &decision["images"][0]["results"][0]["attestors"][0];
        if expected == "error" {
            assert_eq!(attestor["reasons"][0]["code"], "clock-unavailable");
        }
    }
}

/// A revocation ends only at a time that somebody knows.
#[test]
fn without_a_clock_every_revocation_holds() {
    for name in [
        "revoked_digest_with_a_reason_without_an_end",
        "revoked_digest_with_a_reason_one_second_after_its_day",
        "revocation_of_a_digest_behind_a_tag_has_ended",
    ] {
        check_without_a_clock(name, "deny digest-denied !digest-denial-ended");
    }
    check_without_a_clock("revocation_of_another_image_has_ended", "allow attested");
}

/// A key whose window has a bound counts at no time that nobody knows.
#[test]
fn without_a_clock_keys_with_a_window_are_an_error() {
    for (name, expected) in [
        (
            "key_in_the_last_second_of_its_window",
            "error clock-unavailable !attested",
        ),
        ("key_without_an_end", "error clock-unavailable !attested"),
        (
            "key_without_a_beginning",
            "error clock-unavailable !attested",
        ),
        ("key_that_has_only_an_owner", "allow attested"),
        (
            "key_after_its_window_and_a_bad_signature",
            "deny !clock-unavailable",
        ),
        ("pgp_key_in_its_window", "error clock-unavailable !attested"),
        (
            "simple_signing_key_in_its_window",
            "error clock-unavailable !attested",
        ),
        (
            "sigstore_key_in_its_window",
            "error clock-unavailable !check-passed",
        ),
        (
            "sigstore_key_verified_by_the_host_in_its_window",
            "error clock-unavailable !check-passed",
        ),
        (
            "sigstore_key_of_a_bundle_in_its_window",
            "error clock-unavailable !check-passed",
        ),
        (
            "authenticator_key_in_its_window",
            "error clock-unavailable !check-passed",
        ),
    ] {
        check_without_a_clock(name, expected);
    }
}

/// What somebody signed counts for so long; who cannot tell the time cannot tell whether it does.
#[test]
fn without_a_clock_age_is_an_error() {
    for (name, expected) in [
        ("clean_scan_from_settings", "error clock-unavailable"),
        (
            "scan_with_findings_from_settings",
            "error clock-unavailable",
        ),
        ("uploaded_this_second", "error clock-unavailable"),
        ("uploaded_this_second_signed", "error clock-unavailable"),
        ("uploaded_one_second_over", "error clock-unavailable"),
        ("inline_scan", "allow checks-passed"),
        (
            "inline_scan_with_findings",
            "deny vulnerability-above-threshold",
        ),
        ("analysis_finished_without_findings", "allow checks-passed"),
        ("provenance_slsa_v1", "allow checks-passed"),
        ("builder_of_the_settings", "allow checks-passed"),
        ("x19_raw_signed", "allow checks-passed"),
        ("sigstore_signature", "allow checks-passed"),
        ("t01_directory", "allow checks-passed"),
    ] {
        check_without_a_clock(name, expected);
    }
}

/// Decides on a case of the corpus on a host without a clock.
#[track_caller]
fn check_without_a_clock(name: &str, expected: &'static str) {
    let case = corpus::named(name);
    let mut call: Value = serde_json::from_slice(&case.call).unwrap();
    call.as_object_mut().unwrap().remove("time");
    let decision = Host::new(|_: &Need, _| Answer::Unavailable).decide(&call);
    raw_case(name, expected, Vec::new()).check(decision.to_string().as_bytes());
}

/// What a check set passed is what runs.
#[test]
fn a_tag_that_every_check_passed_is_pinned() {
    let case = corpus::named("tag_resolved_under_a_check");
    let call: Value = serde_json::from_slice(&case.call).unwrap();
    let decision = Host::new(|need: &Need, _| panic!("{need:?}")).decide(&call);
    let pinned = &decision["mutatedObject"]["spec"]["containers"][0]["image"];
    assert_eq!(*pinned, format!("{TAG}@{A}"), "{decision:#}");
}

/// Two documents and a tag: one asks for an attestation, which there is, the other denies everything.
/// Which of them only warns is up to the test.
fn tag_under_two_documents() -> Value {
    let mut call = tagged();
    call["settings"]["platformPolicies"] = json!([policy(&[always_deny()])]);
    call["evidence"] = json!([{"kind": "tag", "name": TAG, "found": {"digest": A}}]);
    call
}

/// What one document verified is what runs, whatever another one only warns of.
#[test]
fn a_document_in_dry_run_takes_no_pin_away() {
    let mut platform_warns = tag_under_two_documents();
    platform_warns["settings"]["platformPolicyEnforcement"] = "dryrun".into();

    let mut singleton_warns = tag_under_two_documents();
    let settings = &mut singleton_warns["settings"];
    settings["policy"]["defaultAdmissionRule"] = json!({
        "evaluationMode": "ALWAYS_DENY", "enforcementMode": "DRYRUN_AUDIT_LOG_ONLY",
    });
    settings["platformPolicies"] = json!([policy(&[passing()])]);

    for call in [platform_warns, singleton_warns] {
        let decision = decide_call(&call);
        assert_eq!(outcome(&decision), "overridden", "{decision:#}");
        let pinned = &decision["mutatedObject"]["spec"]["containers"][0]["image"];
        assert_eq!(*pinned, format!("{TAG}@{A}"), "{decision:#}");
    }

    // Where nothing was verified, there is nothing to pin.
    let mut both_warn = tag_under_two_documents();
    both_warn["settings"]["platformPolicyEnforcement"] = "dryrun".into();
    both_warn["settings"]["policy"]["defaultAdmissionRule"]["enforcementMode"] =
        "DRYRUN_AUDIT_LOG_ONLY".into();
    let decision = decide_call(&both_warn);
    assert_eq!(outcome(&decision), "overridden", "{decision:#}");
    assert!(decision.get("mutatedObject").is_none(), "{decision:#}");
}

fn decide_call(call: &Value) -> Value {
    Host::new(|_: &Need, _| Answer::Unavailable).decide(call)
}

/// Signatures are verified by the host only where nobody else can, once for each key.
#[test]
fn the_host_verifies_what_cannot_be_rebuilt() {
    for (name, expected) in [
        ("sigstore_signature_in_the_registry", 0),
        ("sigstore_signature_in_the_registry_by_unknown_key", 0),
        // There may be a bundle.
        ("sigstore_no_signature_in_the_registry", 1),
        ("host_is_asked_where_one_layer_of_two_cannot_be_rebuilt", 1),
        ("host_verifies_signature", 1),
        (
            "host_finds_nothing_with_one_key_and_fails_with_the_other",
            2,
        ),
    ] {
        let case = corpus::named(name);
        let mut call: Value = serde_json::from_slice(&case.call).unwrap();
        let answers = call.as_object_mut().unwrap().remove("evidence").unwrap();
        let mut host = Host::new(|need: &Need, _| {
            let of_need =
                |answer: &&Value| answer["kind"] == need.kind() && answer["name"] == need.name();
            let answer = answers.as_array().unwrap().iter().find(of_need);
            match answer.and_then(|answer| answer.get("found")) {
                Some(value) => found(value),
                None => Answer::Absent,
            }
        });
        host.decide(&call);
        let asked = host.asked.iter().filter(|need| need.kind() == "signature");
        assert_eq!(asked.count(), expected, "{name}: {:?}", host.asked);
    }
}

/// Each key is asked about with its own text, also behind one that stands there twice.
#[test]
fn the_host_is_asked_about_every_key_once() {
    let case = corpus::named("host_verifies_signature");
    let mut call: Value = serde_json::from_slice(&case.call).unwrap();
    let answers = call.as_object_mut().unwrap().remove("evidence").unwrap();
    let (key, other) = (TestKey::new("a"), TestKey::new("other"));
    let check = sigstore(&[&other, &other, &key]);
    call["settings"]["platformPolicies"] = json!([policy(&[check])]);
    let mut host = Host::new(|need: &Need, _| match need {
        Need::Manifest { reference } if reference.ends_with(".sig") => found(&answers[0]["found"]),
        _ => Answer::Absent,
    });
    host.decide(&call);
    let asked: BTreeMap<_, _> = host
        .asked
        .iter()
        .filter_map(|need| match need {
            Need::Signature { key_id, key, .. } => Some((key_id.clone(), key.clone())),
            _ => None,
        })
        .collect();
    let expected = [&key, &other].map(|key| (key.id(), key.pem()));
    assert_eq!(asked, BTreeMap::from(expected), "{:?}", host.asked);
}

/// The pod template of a controller is pinned where it stands.
#[test]
fn a_pod_template_is_pinned_in_place() {
    let mut call = tagged();
    let template = json!({"spec": one_container(TAG)});
    let job = json!({"jobTemplate": {"spec": {"template": template}}});
    let object = json!({"apiVersion": "batch/v1", "kind": "CronJob", "spec": job});
    call["request"] = request("batch", "CronJob", object);
    let mut host = Host::new(|_: &Need, _| found(&json!({"digest": A})));
    let decision = host.decide(&call);
    let pinned = decision
        .pointer("/mutatedObject/spec/jobTemplate/spec/template/spec/containers/0/image")
        .unwrap_or_else(|| panic!("{decision:#}"));
    assert_eq!(*pinned, format!("{TAG}@{A}"));
}

/// The author of an annotation cannot make the answer arbitrarily long: what is said about
/// attestations that do not count is bounded, and the rest is counted.
#[test]
fn details_of_a_decision_are_bounded() {
    let text = payload("trusted.example/app", A);
    let junk: Vec<_> = (0..100)
        .map(|index| {
            let mut junk = envelope(&TestKey::new("stranger"), SIMPLE_SIGNING, &text);
            junk["signatures"][0]["keyid"] = format!("{index:0100}").into();
            junk
        })
        .collect();
    let mut call = base();
    Delivery::PodAnnotation.deliver(&mut call, &junk);
    let containers: Vec<_> = (0..30)
        .map(|index| {
            json!({"name": format!("c{index}"), "image": format!("trusted.example/a{index}@{A}")})
        })
        .collect();
    call["request"]["object"]["spec"] = json!({"containers": containers});
    let decision = Host::new(|_: &Need, _| Answer::Unavailable).decide(&call);
    assert_eq!(outcome(&decision), "deny");
    let details = |image: &Value| {
        let reason = &image["results"][0]["attestors"][0]["reasons"][0];
        reason["details"].as_array().map_or(0, Vec::len)
    };
    let images = decision["images"].as_array().unwrap();
    assert_eq!(details(&images[0]), 65, "64 and a count of the rest");
    let all: usize = images.iter().map(details).sum();
    assert!(all <= Budget::DEFAULT.details + images.len(), "{all}");
}

/// Ignored evidence and findings of checks are limited, too: each repository and digest is judged once,
/// whatever tags stand in front of the digest.
#[test]
fn what_checks_say_about_ignored_statements_is_bounded() {
    let id = "https://ci.example/builder";
    let mut junk = signed(&TestKey::new("stranger"), &provenance_v1(id, None));
    let junk: Vec<_> = (0..99)
        .map(|index| {
            junk["signatures"][0]["keyid"] = format!("{index:0100}").into();
            junk.clone()
        })
        .collect();
    let mut call = json!({
        "request": pod(one_container(&image())),
        "settings": {"platformPolicies": [policy(&[slsa(&[json!({"trustedBuilder": id})])])]},
    });
    Delivery::PodAnnotation.deliver(&mut call, &junk);
    trust(
        &mut call,
        PROVENANCE,
        &[builder(id, &[&TestKey::new("builder")])],
    );
    let containers: Vec<_> = (0..256)
        .map(|index| {
            json!({"name": format!("c{index}"), "image": format!("trusted.example/app:t{index}@{A}")})
        })
        .collect();
    call["request"]["object"]["spec"] = json!({"containers": containers});
    let decision = decide_call(&call);
    assert_eq!(outcome(&decision), "error", "{decision:#}");
    let size = decision.to_string().len();
    assert!(size < 2 << 20, "{size} bytes");
}

/// A message tells as much as it has room for; the Decision has all.
#[test]
fn the_message_about_many_checks_is_short_and_counts_the_rest() {
    let directories: Vec<_> = (0..1000).map(|n| format!("other.example/{n}/*")).collect();
    let checks: Vec<_> = directories
        .iter()
        .map(|one| trusted_directory(&[one]))
        .collect();
    let settings = json!({"platformPolicies": [policy(&checks)]});
    let decision =
        decide_call(&json!({"request": pod(one_container(&image())), "settings": settings}));
    let message = decision["message"].as_str().unwrap();
    assert!(message.len() < 1200, "{} bytes", message.len());
    let lines: Vec<_> = message.lines().collect();
    assert_eq!(lines[0], "denied: the image does not meet the policy");
    let [count, help] = lines[lines.len() - 2..] else {
        unreachable!()
    };
    assert!(
        count.starts_with("    and 9") && count.ends_with(" more"),
        "{message}"
    );
    assert_eq!(
        help,
        "help: countersign explain image-not-in-trusted-directory"
    );
    let checks = &decision["images"][0]["results"][0]["checkSet"]["checks"];
    assert_eq!(checks.as_array().unwrap().len(), 1000);
}

/// In which order authenticators and their keys stand does not matter, also where something is wrong
/// with all of them.
#[test]
fn the_order_of_those_who_are_trusted_does_not_matter() {
    let (one, two) = (TestKey::new("one"), TestKey::new("two"));
    let mut scans = corpus_call("scan_in_the_future");
    let future = |key, time: &str| signed(key, &clean_scan(time));
    scans["settings"]["evidence"]["occurrences"] = json!([
        future(&one, "2026-07-01T00:00:00Z"),
        future(&two, "2026-07-02T00:00:00Z"),
    ]);
    let mut keys = corpus_call("x19_raw_signed");
    let named = |id: &str| {
        let mut key = TestKey::new("a").document()["pkixPublicKey"].clone();
        key["keyId"] = id.into();
        key
    };
    keys["settings"]["platformPolicies"] = json!([policy(&[simple_signing_of(&[
        &[named("urn:two")],
        &[named("urn:one")]
    ])])]);
    let signature =
        &mut keys["settings"]["evidence"]["occurrences"][0]["attestation"]["signatures"][0];
    signature.as_object_mut().unwrap().remove("publicKeyId");

    let mut scans_reversed = scans.clone();
    reverse(&mut scans_reversed["settings"]["evidence"]["authenticators"]["vulnerability"]);
    let mut keys_reversed = keys.clone();
    let checks = &mut keys_reversed["settings"]["platformPolicies"][0]["gkePolicy"]["checkSets"][0]
        ["checks"];
    reverse(&mut checks[0]["simpleSigningAttestationCheck"]["attestationAuthenticators"]);
    for (call, reversed, expected) in [
        (&scans, &scans_reversed, "error"),
        (&keys, &keys_reversed, "allow"),
    ] {
        let decision = decide_call(call);
        assert_eq!(outcome(&decision), expected, "{decision:#}");
        assert_eq!(decide_call(reversed), decision);
    }
}

fn reverse(list: &mut Value) {
    list.as_array_mut().unwrap().reverse();
}

fn corpus_call(name: &str) -> Value {
    serde_json::from_slice(&corpus::named(name).call).unwrap()
}

/// A Decision that was not made by the host's clock says so.
#[test]
fn another_clock_than_the_hosts_is_reported() {
    let mut call = base();
    assert_eq!(decide_call(&call)["warnings"], json!([]));
    call["time"] = "2026-06-15T12:00:00Z".into();
    let decision = decide_call(&call);
    assert_eq!(decision["warnings"][0]["code"], "clock-overridden");
    assert_eq!(outcome(&decision), "allow");
}

/// Many images, each with many attestations by others: looking at all of them is too much.
#[test]
fn signatures_by_nobody_we_know_are_paid_for_too() {
    let text = payload("trusted.example/app", A);
    let mut junk = envelope(&TestKey::new("stranger"), SIMPLE_SIGNING, &text);
    let one = junk["signatures"][0].clone();
    junk["signatures"] = json!(vec![one; 16]);
    let mut call = base();
    Delivery::PodAnnotation.deliver(&mut call, &vec![junk; 100]);
    let containers: Vec<_> = (0..10)
        .map(|index| {
            json!({"name": format!("c{index}"), "image": format!("trusted.example/a{index}@{A}")})
        })
        .collect();
    call["request"]["object"]["spec"] = json!({"containers": containers});
    let decision = Host::new(|_: &Need, _| Answer::Unavailable).decide(&call);
    assert_eq!(decision["allowed"], false);
    let last = &decision["images"][9]["results"][0]["attestors"][0]["reasons"][0];
    assert_eq!(last["code"], "limit-exceeded", "{last:#}");
}

/// An attestation counts wherever it is filed, but looking for it does not buy more work: those that stand
/// in front are paid for each time that they are looked at.
#[test]
fn what_is_filed_under_another_image_is_paid_for_too() {
    let key = TestKey::new("a");
    let good = payload("trusted.example/app", A);
    let elsewhere = filed_under(B, occurrence("a", &key, good.as_bytes()));
    let bad = |space: &str| {
        let text = format!("{space}{good}");
        occurrence_of(
            "a",
            text.as_bytes(),
            &[(key.id(), key.sign(b"another text"))],
        )
    };
    let mut call = base();
    call["settings"]["evidence"]["occurrences"] = json!([elsewhere, bad(" "), bad("  ")]);
    // Two that do not count, the same two again, and the one that does, at 8 units each.
    assert_eq!(outcome(&decide_within(&call, work(40))), "allow");
    let decision = decide_within(&call, work(39));
    let reason = &decision["images"][0]["results"][0]["attestors"][0]["reasons"][0];
    assert_eq!(reason["code"], "limit-exceeded", "{decision:#}");
    // Who is satisfied already is not asked again.
    let qa = TestKey::new("qa");
    let by_qa = filed_under(B, occurrence("qa", &qa, good.as_bytes()));
    let mut call = base();
    call["settings"]["attestors"] = json!([attestor("a", &[&key]), attestor("qa", &[&qa])]);
    call["settings"]["policy"]["defaultAdmissionRule"] = require(&["a", "qa"]);
    call["settings"]["evidence"]["occurrences"] =
        json!([occurrence("a", &key, good.as_bytes()), by_qa]);
    assert_eq!(outcome(&decide_within(&call, work(16))), "allow");
    assert_ne!(outcome(&decide_within(&call, work(15))), "allow");
}

/// What was said of the evidence at hand is said again of all of it, and counts once.
#[test]
fn what_is_filed_under_another_image_takes_no_detail_away() {
    let key = TestKey::new("a");
    let text = payload("trusted.example/app", A);
    let bad = occurrence_of(
        "a",
        text.as_bytes(),
        &[(key.id(), key.sign(b"another text"))],
    );
    let other = payload("trusted.example/app", B);
    let elsewhere = filed_under(B, occurrence("a", &key, other.as_bytes()));
    let mut call = base();
    call["settings"]["evidence"]["occurrences"] = json!([bad, elsewhere]);
    let budget = Budget {
        details: 1,
        ..Budget::DEFAULT
    };
    let decision = decide_within(&call, budget);
    let reason = &decision["images"][0]["results"][0]["attestors"][0]["reasons"][0];
    let detail = &reason["details"][0];
    assert_eq!(detail["code"], "attestation-bad-signature", "{decision:#}");
}

/// The shipped bounds, with so many units of work.
fn work(units: usize) -> Budget {
    Budget {
        verification_work: units,
        ..Budget::DEFAULT
    }
}

fn decide_within(call: &Value, budget: Budget) -> Value {
    let text = call.to_string();
    let call = Call::parse(text.as_bytes(), Extras::Allowed, &budget).unwrap();
    serde_json::to_value(policy_wasm::decide(&call, NO_CLOCK, &mut NoLookup, &budget)).unwrap()
}

/// A message that inflates beyond all measure stands in the way of nothing else.
#[test]
fn a_bomb_beside_a_good_attestation_is_harmless_in_every_order() {
    let bomb = include_str!("../../../policy-wasm/src/openpgp/vectors/form.bomb.asc");
    let case = corpus::named("x25_pgp_attached");
    let call: Value = serde_json::from_slice(&case.call).unwrap();
    let good = call["settings"]["evidence"]["occurrences"][0].clone();
    for payload in ["IA==", "fg=="] {
        let mut bad = good.clone();
        bad["attestation"]["serializedPayload"] = payload.into();
        bad["attestation"]["signatures"][0]["signature"] = STANDARD.encode(bomb).into();
        let mut call = call.clone();
        call["settings"]["evidence"]["occurrences"] = json!([bad, good]);
        let decide = |call: &Value, max_payload: usize| {
            let budget = Budget {
                payload_bytes: max_payload,
                ..Budget::DEFAULT
            };
            decide_within(call, budget)
        };
        assert_eq!(outcome(&decide(&call, 1 << 20)), "allow");
        call["settings"]["evidence"]["occurrences"] = json!([bad]);
        assert_eq!(outcome(&decide(&call, 1 << 20)), "error");
    }
}

/// However the candidates are put, the Decision is the same to the byte.
#[test]
fn the_order_in_any_place_does_not_matter() {
    let text = payload("trusted.example/app", A);
    let by = |name: &str| envelope(&TestKey::new(name), SIMPLE_SIGNING, &text);
    let other = payload("trusted.example/app", B);
    let elsewhere = envelope(&TestKey::new("a"), SIMPLE_SIGNING, &other);
    let (stranger, another) = (by("stranger"), by("another"));
    for last in [by("a"), by("nobody")] {
        for place in Delivery::ALL {
            let decisions = [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]].map(|order| {
                let all = [&stranger, &another, &elsewhere, &last];
                let mut call = base();
                place.deliver(&mut call, &order.map(|index| all[index].clone()));
                Host::new(|_: &Need, _| Answer::Unavailable).decide(&call)
            });
            let [first, rest @ ..] = decisions;
            rest.iter().for_each(|other| assert_eq!(first, *other));
        }
    }
}

/// Taking anything away from what was supplied never turns a refusal into an admission.
#[test]
fn deletion_from_any_place_is_monotone() {
    let stranger = envelope(
        &TestKey::new("stranger"),
        SIMPLE_SIGNING,
        &payload("trusted.example/app", A),
    );
    let elsewhere = envelope(
        &TestKey::new("a"),
        SIMPLE_SIGNING,
        &payload("trusted.example/app", B),
    );
    for place in Delivery::ALL {
        for attestation in [&stranger, &elsewhere] {
            let case = call_case("", "", |call| {
                place.deliver(call, std::slice::from_ref(attestation));
            });
            let call: Value = serde_json::from_slice(&case.call).unwrap();
            let mut pointers = Vec::new();
            for root in ["/evidence", "/settings/evidence/occurrences"] {
                if let Some(value) = call.pointer(root) {
                    list_pointers(value, root, &mut pointers);
                }
            }
            for pointer in pointers {
                let mut call = call.clone();
                remove(&mut call, &pointer);
                let decision = Host::new(|_: &Need, _| Answer::Unavailable).decide(&call);
                assert_eq!(decision["allowed"], false, "{} {pointer}", place.name());
            }
        }
    }
}

fn list_pointers(value: &Value, at: &str, pointers: &mut Vec<String>) {
    let mut step = |key: String, value: &Value| {
        let pointer = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
        list_pointers(value, &pointer, pointers);
        pointers.push(pointer);
    };
    match value {
        Value::Object(fields) => fields
            .iter()
            .for_each(|(key, value)| step(key.clone(), value)),
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                step(index.to_string(), value);
            }
        }
        _ => {}
    }
}

fn remove(value: &mut Value, pointer: &str) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let key = key.replace("~1", "/").replace("~0", "~");
    match value.pointer_mut(parent).unwrap() {
        Value::Object(fields) => {
            fields.remove(&key);
        }
        Value::Array(items) => {
            items.remove(key.parse().unwrap());
        }
        _ => unreachable!(),
    }
}

/// Where there are no rules but the default, nothing was searched.
#[test]
fn a_decision_says_where_a_rule_was_looked_for() {
    const ACCOUNTS: &str = "kubernetesServiceAccountAdmissionRules";
    const MESH: &str = "istioServiceIdentityAdmissionRules";
    let searched = |map: &str, key: &str, account: &str| {
        let mut call = base();
        call["settings"]["meshTrustDomain"] = "mesh.example".into();
        call["settings"]["policy"][map] = json!({key: rule("ALWAYS_DENY", &[])});
        call["request"]["object"]["spec"]["serviceAccountName"] = account.into();
        let decision = Host::new(|_, _| Answer::Unavailable).decide(&call);
        let rule = &decision["images"][0]["results"][0]["rule"];
        (rule["key"].clone(), rule["searched"].clone())
    };
    let here = |key: &str| json!({"map": ACCOUNTS, "key": key});
    assert_eq!(
        searched(ACCOUNTS, "default:robot", "robot"),
        ("default:robot".into(), here("default:robot"))
    );
    assert_eq!(
        searched(ACCOUNTS, "default:robot", "other"),
        (Value::Null, here("default:other"))
    );
    let key = "spiffe://mesh.example/ns/default/sa/robot";
    let identity = json!({"map": MESH, "key": "mesh.example/ns/default/sa/robot"});
    assert_eq!(searched(MESH, key, "robot"), (key.into(), identity));
    let none = Host::new(|_, _| Answer::Unavailable).decide(&base());
    let rule = &none["images"][0]["results"][0]["rule"];
    assert_eq!(
        (&rule["kind"], rule.get("searched")),
        (&"default".into(), None)
    );
    // The key is said of every image, and the Pod's author chose it.
    let (_, cut) = searched(ACCOUNTS, "default:robot", &"x".repeat(100_000));
    assert!(cut["key"].as_str().unwrap().chars().count() < 700);
}
