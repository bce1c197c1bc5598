//! Every case through the native core: the expected answer, and what must not change it.

use std::collections::BTreeSet;

use core_tests::case::outcome;
use core_tests::corpus;
use core_tests::native::{decide_natively, decision};
use policy_wasm::Code;
use serde_json::{Value, json};

#[test]
fn every_case_is_answered_as_expected() {
    for case in corpus::all() {
        case.check(&decide_natively(&case.call));
    }
}

/// The code stands beside the message, wherever a reason is shown.
#[test]
fn the_message_of_a_reason_leaves_its_code_out() {
    fn check(value: &Value, case: &str) {
        if let (Some(code), Some(message)) = (value["code"].as_str(), value["message"].as_str()) {
            assert!(!message.contains(&format!("({code})")), "{case}: {value}");
        }
        let items = value.as_array().into_iter().flatten();
        let fields = value.as_object().into_iter().flatten();
        for child in items.chain(fields.map(|(_, child)| child)) {
            check(child, case);
        }
    }
    for case in corpus::all() {
        let decision = decide_natively(&case.call);
        check(&serde_json::from_slice(&decision).unwrap(), &case.name);
    }
}

/// The object is read on the way where its kind stands before it, and later where it does not.
#[test]
fn the_order_of_a_requests_fields_does_not_matter() {
    let mut turned = 0;
    for case in corpus::all() {
        let Ok(mut call) = serde_json::from_slice::<Value>(&case.call) else {
            continue;
        };
        let expected = decide_natively(call.to_string().as_bytes());
        let Some(request) = call.get_mut("request").and_then(Value::as_object_mut) else {
            continue;
        };
        // A list of several problems is in the order in which they were found.
        if String::from_utf8_lossy(&expected).contains("; ") {
            continue;
        }
        let fields = std::mem::take(request).into_iter().rev();
        call["request"] = fields.collect();
        let decision = decide_natively(call.to_string().as_bytes());
        assert!(decision == expected, "{}: {call}", case.name);
        turned += 1;
    }
    assert!(turned > 100, "{turned}");
}

/// Where an attestation in the settings is filed says what to look at first. It proves nothing, and nothing is
/// overlooked for it.
#[test]
fn where_attestations_are_filed_changes_no_verdict() {
    let mut changed = 0;
    for case in corpus::all() {
        let Ok(call) = serde_json::from_slice::<Value>(&case.call) else {
            continue;
        };
        let expected = decision(&call);
        let with = |key: &str, value: &str| {
            let mut call = call.clone();
            let occurrences = call.pointer_mut("/settings/evidence/occurrences");
            for occurrence in occurrences.and_then(Value::as_array_mut)?.iter_mut() {
                // A bundle is filed by an object around it.
                if occurrence.get("verificationMaterial").is_some() {
                    *occurrence = json!({"bundle": occurrence.take()});
                }
                occurrence.as_object_mut()?.insert(key.into(), value.into());
            }
            Some(call)
        };
        // With an escape in it, an occurrence has to be read to know where it is filed.
        let Some(at_once) = with("x", "\n") else {
            continue;
        };
        assert_eq!(
            outcome(&decision(&at_once)),
            outcome(&expected),
            "{}",
            case.name
        );
        // Evidence of another image is not looked at: it neither exceeds a limit nor is it unreadable for a platform
        // policy. The payload inside an OpenPGP message (x26) is known only after its signature is verified.
        let was_too_much = expected.to_string().contains("limit-exceeded");
        let is_by_checks = call["settings"].get("platformPolicies").is_some();
        if !was_too_much && !is_by_checks && !case.name.starts_with("x26_") {
            let resource = format!("https://other.example/x@sha256:{}", "d".repeat(64));
            let elsewhere = decision(&with("resourceUri", &resource).unwrap());
            assert_eq!(elsewhere["allowed"], expected["allowed"], "{}", case.name);
        }
        changed += 1;
    }
    assert!(changed > 100, "{changed}");
}

#[test]
fn names_of_cases_are_unique() {
    let cases = corpus::all();
    let names: BTreeSet<_> = cases.iter().map(|case| &case.name).collect();
    assert_eq!(names.len(), cases.len());
}

/// A code that nothing shows would be a promise that nobody keeps.
#[test]
fn every_code_is_shown_by_a_case_or_by_a_test_of_the_settings() {
    let cases = corpus::all();
    let in_cases: BTreeSet<_> = cases
        .iter()
        .flat_map(|case| case.expected.split(' '))
        .collect();
    // The suites show the codes that no call can have: those of settings, and of a host without a clock.
    let suites = [
        include_str!("settings.rs"),
        include_str!("platform_settings/checks.rs"),
        include_str!("platform_settings/check_sets.rs"),
        include_str!("platform_settings/evidence.rs"),
        include_str!("platform_settings/keys.rs"),
        include_str!("platform_settings/patterns.rs"),
        include_str!("evidence.rs"),
        include_str!("../vectors/sigstore/cases.jsonl"),
    ]
    .concat();
    // Only a build without the feature `sigstore` has it.
    let elsewhere = ["sigstore-unsupported"];
    let mut names = BTreeSet::new();
    for code in Code::ALL {
        let name = code.as_str();
        assert!(names.insert(name), "`{name}` stands for two things");
        assert!(
            name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'),
            "{name}"
        );
        assert!(
            in_cases.contains(name) || suites.contains(name) || elsewhere.contains(&name),
            "`{name}` is in no case and in no test of the settings"
        );
    }
}

#[test]
fn the_second_call_equals_the_first() {
    for case in corpus::all().iter().take(50) {
        let decide = || decide_natively(&case.call);
        assert_eq!(decide(), decide(), "{}", case.name);
    }
}
