//! What a call of the embedded waPC module costs, in instructions and memory: figures that do not
//! wobble, held against those in `tests/baselines/cost.json`, and in `cost-wide.json` for what the wide module computes
//! otherwise. `BLESS=1` writes them anew; a change belongs into the commit that makes it.
//!
//! The engine's fuel counts about one for each instruction. It says nothing about time by itself: a
//! claim about speed comes from `just bench`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use core_tests::case::settings;
use core_tests::{calls, extremes};
use host_runner::engine::{Abi, Cost, Operation, Policy, embedded};
use policy_tests::modules;
use serde_json::{Map, Value, json};

/// More is a change that somebody has to see; less is progress that somebody has to keep.
const PERCENT: u64 = 2;

/// About as many instructions as an engine makes in the two seconds that Kubewarden's policy server has for
/// a call.
const FUEL: u64 = 4_000_000_000;

/// Memory comes in pages, and what little changes may be what begins another.
const PAGE: u64 = 64 << 10;

fn baseline(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("baselines")
        .join(name)
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

/// The cost of a call that is as large as it may be, or larger: answered within the time and the memory
/// that Kubewarden's policy server has for it.
fn measure_extreme(policy: &Policy, name: &str, call: &Value, expected: &str) -> Cost {
    let measured = policy.measure(Operation::Decide, call.to_string().as_bytes());
    let (answer, cost) = measured.unwrap_or_else(|error| panic!("{name}: {error}"));
    let answer = String::from_utf8(answer).unwrap();
    let start: String = answer.chars().take(1_000).collect();
    assert!(answer.contains(expected), "{name}: {start}");
    assert!(answer.contains("\"allowed\":false"), "{name}: {start}");
    assert!(cost.fuel < FUEL, "{name}: {cost:?}");
    cost
}

/// The cases, each with a call that is answered with yes.
fn cases() -> Vec<(String, Operation, Value)> {
    let validate = |name: &str, call| (name.to_owned(), Operation::Validate, call);
    let mut cases = vec![
        validate("one exempt image", calls::exempt()),
        validate("one attested image (P-256)", calls::attested()),
        validate("ten images, two attestors", calls::ten_images()),
        validate(
            "one image signed by cosign 3 without a key",
            calls::keyless("kubewarden/kubewarden-controller", false),
        ),
        (
            "the settings of one attestor".to_owned(),
            Operation::ValidateSettings,
            settings(),
        ),
    ];
    for (algorithm, call) in calls::by_algorithm() {
        cases.push(validate(&format!("one attested image ({algorithm})"), call));
    }
    for kilobytes in [2, 10, 300] {
        let name = format!("a Deployment of {kilobytes} KB, exempt");
        cases.push(validate(&name, calls::deployment(kilobytes * 1_000)));
    }
    for count in [10, 1_000, 10_000] {
        let name = format!("{count} allowlist patterns, the last one matches");
        cases.push(validate(&name, calls::patterns(count)));
    }
    let name = "10000 allowlist patterns in as many bytes as 10000 rules";
    cases.push(validate(name, calls::long_patterns(10_000)));
    for count in [10, 10_000] {
        let name = format!("{count} rules of imagePolicy, the last one matches");
        cases.push(validate(&name, calls::image_rules(count)));
    }
    for count in [10, 1_000] {
        let name = format!("{count} attestors, one of which is asked");
        cases.push(validate(&name, calls::attestors(count)));
    }
    for count in [10, 1_000] {
        let name = format!("{count} occurrences, one of which is about the image");
        cases.push(validate(&name, calls::occurrences(count)));
    }
    let name = "1000 occurrences, and the one about the image is filed under another";
    cases.push(validate(name, calls::misfiled(1_000)));
    cases
}

#[test]
fn calls_cost_what_they_have_cost() {
    let policy = modules::metering_engine()
        .load(embedded(Abi::Wapc))
        .unwrap();
    let mut measured = Map::new();
    for (name, operation, call) in cases() {
        let cost = measure(&policy, operation, &call);
        measured.insert(name, row(&call, cost));
    }
    let strangers = [
        (
            "a bundle of another identity",
            calls::keyless("kubewarden/kubewarden-x", false),
            "sigstore-identity-mismatch",
        ),
        (
            "a bundle for another image",
            calls::keyless("kubewarden/kubewarden-controller", true),
            "attestation-digest-mismatch",
        ),
    ];
    for (name, call, expected) in strangers.into_iter().chain(extremes::all()) {
        let cost = measure_extreme(&policy, name, &call, expected);
        measured.insert(name.to_owned(), row(&call, cost));
    }
    check("cost.json", measured);
}

/// Signatures are all that the wide module verifies with other instructions.
#[test]
fn calls_cost_what_they_have_cost_in_the_wide_module() {
    let policy = modules::metering_engine()
        .load(modules::wide(Abi::Wapc))
        .unwrap();
    let mut measured = Map::new();
    for (name, operation, call) in cases() {
        if name.contains("attested") || name.starts_with("one ") || name.starts_with("ten ") {
            let cost = measure(&policy, operation, &call);
            measured.insert(name, row(&call, cost));
        }
    }
    check("cost-wide.json", measured);
}

/// The numbers of `p384` and `p521` are those of one attested image in the portable module, when these crates verified.
#[test]
fn signatures_of_larger_curves_take_a_third_of_what_crates_take() {
    for module in [embedded(Abi::Wapc), modules::wide(Abi::Wapc)] {
        let policy = modules::metering_engine().load(module).unwrap();
        for (algorithm, crates) in [("ecdsa-p384", 59_600_000), ("ecdsa-p521", 64_900_000)] {
            let calls = calls::by_algorithm();
            let (_, call) = calls.iter().find(|(name, _)| *name == algorithm).unwrap();
            let Cost { fuel, .. } = measure(&policy, Operation::Validate, call);
            assert!(fuel <= crates / 3, "{algorithm}: {fuel}");
        }
    }
}

/// A rule has 28 bytes more than a pattern of an allowlist.
#[test]
fn rules_of_one_pattern_cost_at_most_a_fifth_more_than_allowlist_patterns() {
    let policy = modules::metering_engine()
        .load(embedded(Abi::Wapc))
        .unwrap();
    let [rules, patterns] = [calls::image_rules(10_000), calls::patterns(10_000)]
        .map(|call| measure(&policy, Operation::Validate, &call).fuel);
    assert!(rules * 5 <= patterns * 6, "{rules} and {patterns}");
}

/// The key of an attestor that is not asked is skipped as text. One of the attestor that is asked is read, and none of
/// its self-signatures is verified.
#[test]
fn openpgp_keys_that_have_signed_nothing_cost_what_reading_them_costs() {
    let policy = modules::metering_engine()
        .load(embedded(Abi::Wapc))
        .unwrap();
    let cost = |call: &Value| {
        let bytes = u64::try_from(call.to_string().len()).unwrap();
        (bytes, measure(&policy, Operation::Validate, call).fuel)
    };
    let (bytes, fuel) = cost(&calls::attested());
    for (attestor, per_byte) in [("b", SKIPPED), ("a", READ)] {
        let (with, fuel_with) = cost(&calls::attested_beside_openpgp(attestor));
        let more = fuel_with.saturating_sub(fuel);
        println!("{attestor}: {more} for {} bytes", with - bytes);
        assert!(more <= (with - bytes) * per_byte, "{attestor}: {more}");
    }
}

/// The most instructions for a byte of a text that is skipped, and of a key that is decoded and hashed; one
/// verification with it takes some 5,000 for each
const SKIPPED: u64 = 30;
const READ: u64 = 150;

fn row(call: &Value, cost: Cost) -> Value {
    let bytes = call.to_string().len();
    json!({"bytes": bytes, "fuel": cost.fuel, "memory": cost.memory})
}

/// Compares with a baseline, or writes it.
fn check(name: &str, measured: Map<String, Value>) {
    if std::env::var_os("BLESS").is_some() {
        let text = format!("{:#}\n", Value::Object(measured));
        std::fs::write(baseline(name), text).unwrap();
        return;
    }
    let text = std::fs::read_to_string(baseline(name)).unwrap();
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
    let policy = modules::metering_engine()
        .load(embedded(Abi::Wapc))
        .unwrap();
    let call = calls::attested();
    let [first, second] = [(); 2].map(|()| measure(&policy, Operation::Validate, &call));
    assert_eq!(first, second);
    assert!(first.fuel > 0 && first.memory > 0);
    let unmetered = modules::engine();
    let unmetered = unmetered.load(embedded(Abi::Wapc)).unwrap();
    assert_eq!(measure(&unmetered, Operation::Validate, &call).fuel, 0);
}
