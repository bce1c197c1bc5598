//! What a call of the embedded waPC module costs, in instructions and memory: figures that do not
//! wobble, held against those in `tests/baselines/cost.json`. `BLESS=1` writes them anew; a change
//! belongs into the commit that makes it.
//!
//! The engine's fuel counts about one for each instruction. It says nothing about time by itself: a
//! claim about speed comes from `just bench`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use host_runner::engine::{Abi, Cost, Engine, Limits, Operation, Policy, embedded};
use policy_tests::case::{image, one_container, pod, request, settings};
use policy_tests::signing::{TestKey, attestor, attestor_name, occurrence, payload};
use serde_json::{Map, Value, json};

/// More is a change that somebody has to see; less is progress that somebody has to keep.
const PERCENT: u64 = 2;

/// Memory comes in pages, and one more may be due to where the sources lie.
const PAGE: u64 = 64 << 10;

fn baseline() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("baselines/cost.json")
}

fn measure(policy: &Policy, operation: Operation, call: &Value) -> Cost {
    let (answer, cost) = policy
        .measure(operation, call.to_string().as_bytes())
        .unwrap();
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    let is_yes = answer["accepted"] == true || answer["valid"] == true;
    assert!(is_yes, "{answer}");
    cost
}

/// The cases, each with a call that is answered with yes.
fn cases() -> Vec<(String, Operation, Value)> {
    let call = |settings: Value, spec: Value| json!({"request": pod(spec), "settings": settings});
    let validate = |name: &str, call| (name.to_owned(), Operation::Validate, call);
    let mut cases = vec![
        validate(
            "one exempt image",
            call(exempting(1), one_container(&image())),
        ),
        validate(
            "one attested image (P-256)",
            call(settings(), one_container(&image())),
        ),
        validate("ten images, two attestors", ten_images()),
        validate("a Deployment of 200 KB, exempt", long_deployment()),
        (
            "the settings of one attestor".to_owned(),
            Operation::ValidateSettings,
            settings(),
        ),
    ];
    for count in [10, 1_000, 10_000] {
        let name = format!("{count} allowlist patterns, the last one matches");
        cases.push(validate(
            &name,
            call(exempting(count), one_container(&image())),
        ));
    }
    for count in [10, 1_000] {
        let name = format!("{count} attestors, one of which is asked");
        cases.push(validate(
            &name,
            call(with_attestors(count), one_container(&image())),
        ));
    }
    for count in [10, 1_000] {
        let name = format!("{count} occurrences, one of which is about the image");
        cases.push(validate(
            &name,
            call(with_occurrences(count), one_container(&image())),
        ));
    }
    cases
}

/// Settings with patterns of which only the last one covers the image.
fn exempting(count: usize) -> Value {
    let others =
        (1..count).map(|index| json!({"namePattern": format!("registry{index}.example/**")}));
    let patterns: Vec<_> = others
        .chain([json!({"namePattern": "trusted.example/**"})])
        .collect();
    let mut settings = settings();
    settings["policy"]["admissionWhitelistPatterns"] = patterns.into();
    settings
}

fn with_attestors(count: usize) -> Value {
    let mut settings = settings();
    let attestors = settings["attestors"].as_array_mut().unwrap();
    attestors.extend((1..count).map(|index| {
        let name = format!("other-{index}");
        attestor(&name, &[&TestKey::new(&name)])
    }));
    settings
}

fn with_occurrences(count: usize) -> Value {
    let mut settings = settings();
    let key = TestKey::new("a");
    let occurrences = settings["evidence"]["occurrences"].as_array_mut().unwrap();
    occurrences.extend((1..count).map(|index| {
        let payload = payload("trusted.example/other", &digest(index));
        occurrence("a", &key, payload.as_bytes())
    }));
    settings
}

fn digest(index: usize) -> String {
    format!("sha256:{index:064x}")
}

fn ten_images() -> Value {
    let keys = [TestKey::new("one"), TestKey::new("two")];
    let names = ["one", "two"];
    let mut occurrences = Vec::new();
    let mut containers = Vec::new();
    for index in 0..10 {
        let repository = format!("trusted.example/image-{index}");
        let payload = payload(&repository, &digest(index));
        for (name, key) in names.iter().zip(&keys) {
            occurrences.push(occurrence(name, key, payload.as_bytes()));
        }
        containers.push(json!({
            "name": format!("c{index}"), "image": format!("{repository}@{}", digest(index)),
        }));
    }
    let attestors: Vec<_> = names
        .iter()
        .zip(&keys)
        .map(|(name, key)| attestor(name, &[key]))
        .collect();
    let settings = json!({
        "policy": {"defaultAdmissionRule": {
            "evaluationMode": "REQUIRE_ATTESTATION",
            "enforcementMode": "ENFORCED_BLOCK_AND_AUDIT_LOG",
            "requireAttestationsBy": names.map(attestor_name),
        }},
        "attestors": attestors,
        "evidence": {"occurrences": occurrences},
    });
    json!({"request": pod(json!({"containers": containers})), "settings": settings})
}

fn long_deployment() -> Value {
    let environment: Vec<_> = (0..2_000)
        .map(|index| json!({"name": format!("VARIABLE_{index}"), "value": "v".repeat(72)}))
        .collect();
    let container = json!({"name": "a", "image": image(), "env": environment});
    let object = json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "long"},
        "spec": {"template": {"spec": {"containers": [container]}}},
    });
    let call = json!({"request": request("apps", "Deployment", object), "settings": exempting(1)});
    assert!(call.to_string().len() > 200_000);
    call
}

#[test]
fn calls_cost_what_they_have_cost() {
    let policy = Engine::metering(Limits::default())
        .unwrap()
        .load(embedded(Abi::Wapc))
        .unwrap();
    let mut measured = Map::new();
    for (name, operation, call) in cases() {
        let cost = measure(&policy, operation, &call);
        let bytes = call.to_string().len();
        measured.insert(
            name,
            json!({"bytes": bytes, "fuel": cost.fuel, "memory": cost.memory}),
        );
    }
    if std::env::var_os("BLESS").is_some() {
        let text = format!("{:#}\n", Value::Object(measured));
        std::fs::write(baseline(), text).unwrap();
        return;
    }
    let text = std::fs::read_to_string(baseline()).unwrap();
    let baseline: Map<String, Value> = serde_json::from_str(&text).unwrap();
    let mut report = String::new();
    for (name, now) in &measured {
        let then = baseline.get(name).unwrap_or(&Value::Null);
        for (what, least) in [("fuel", 0), ("memory", PAGE)] {
            let [now, then] = [now, then].map(|one| one[what].as_u64().unwrap_or_default());
            println!("{name}: {now} {what} (baseline {then})");
            if now.abs_diff(then) > (then * PERCENT / 100).max(least) {
                writeln!(report, "{name}: {now} {what}, and the baseline has {then}").unwrap();
            }
        }
    }
    let names = |map: &Map<String, Value>| map.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&baseline), names(&measured), "run with BLESS=1");
    assert!(
        report.is_empty(),
        "run with BLESS=1 if that is right\n{report}"
    );
}

#[test]
fn the_same_call_costs_the_same() {
    let policy = Engine::metering(Limits::default())
        .unwrap()
        .load(embedded(Abi::Wapc))
        .unwrap();
    let call = json!({"request": pod(one_container(&image())), "settings": settings()});
    let [first, second] = [(); 2].map(|()| measure(&policy, Operation::Validate, &call));
    assert_eq!(first, second);
    assert!(first.fuel > 0 && first.memory > 0);
    let unmetered = Engine::new(Limits::default()).unwrap();
    let unmetered = unmetered.load(embedded(Abi::Wapc)).unwrap();
    assert_eq!(measure(&unmetered, Operation::Validate, &call).fuel, 0);
}
