//! `imagePolicy`: the order of rules, additional rules, dry run, and a host without a clock. The corpus has the cases of
//! each rule.

use core_tests::case::{A, outcome};
use core_tests::image_policy::{
    EFFECTS, call, deny, dry_run, exempt, outcome_of, quorum, require, rule, rule_of, settings,
    unknown,
};
use core_tests::native::{decide_natively, decision};
use core_tests::signing::{
    IN_TOTO, POLICY_VERIFICATION, TestKey, envelope, occurrence, payload, statement,
};
use policy_wasm::evidence::NoLookup;
use policy_wasm::time::NO_CLOCK;
use policy_wasm::{Budget, Call, Extras};
use proptest::prelude::*;
use proptest::sample::subsequence;
use serde_json::{Value, json};

/// The Decision about the image of the base case under these rules.
fn decide(unmatched: &str, rules: &[Value]) -> Value {
    decision(&call(settings(unmatched, rules)))
}

/// The rules of these effects, named by their places.
fn rules_of(effects: &[&str]) -> Vec<Value> {
    let numbered = effects.iter().enumerate();
    let rules = numbered.map(|(number, effect)| rule_of(&format!("rule {number}"), effect));
    rules.collect()
}

/// The results of the rules in force.
fn in_force(decision: &Value) -> Vec<&Value> {
    let results = decision["images"][0]["results"].as_array().unwrap();
    let in_force = results
        .iter()
        .filter(|result| result["enforcement"] == "enforced");
    in_force.collect()
}

fn effects() -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(prop::sample::select(EFFECTS.to_vec()), 0..5)
}

fn unmatched() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["deny", "admit"])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_order_of_rules_changes_no_byte(
        (rules, shuffled) in effects().prop_map(|effects| rules_of(&effects)).prop_flat_map(|rules| {
            (Just(rules.clone()), Just(rules).prop_shuffle())
        }),
        unmatched in unmatched(),
    ) {
        prop_assert_eq!(decide(unmatched, &rules).to_string(), decide(unmatched, &shuffled).to_string());
    }

    #[test]
    fn the_order_of_attestors_changes_no_byte(
        (names, shuffled) in subsequence(vec!["a", "b", "c"], 1..=3).prop_flat_map(|names| {
            (Just(names.clone()), Just(names).prop_shuffle())
        }),
        threshold in 1_usize..=3,
    ) {
        let decide = |names: &[&str]| {
            let mut requirement = quorum(names);
            requirement["threshold"] = threshold.min(names.len()).into();
            decide("deny", &[rule("shop", "require", json!([requirement]))]).to_string()
        };
        prop_assert_eq!(decide(&names), decide(&shuffled));
    }

    /// For images that a rule in force covers, and for all under `unmatchedImages: admit`.
    #[test]
    fn a_further_rule_admits_nothing_unless_it_exempts(
        effects in effects(),
        further in prop::sample::select(EFFECTS.to_vec()),
        unmatched in unmatched(),
    ) {
        let covers = |effect: &&str| !effect.starts_with("dry") && *effect != "ended";
        prop_assume!(unmatched == "admit" || effects.iter().any(covers));
        prop_assume!(further != "exempt");
        let mut rules = rules_of(&effects);
        let before = decide(unmatched, &rules);
        rules.push(rule_of("a further rule", further));
        let after = decide(unmatched, &rules);
        prop_assert!(before["allowed"] == true || after["allowed"] == false, "{before:#} {after:#}");
    }

    #[test]
    fn a_rule_in_dry_run_changes_no_result_of_rules_in_force(
        effects in effects(),
        further in prop::sample::select(vec!["satisfied", "unsatisfied", "unknown", "deny"]),
        unmatched in unmatched(),
    ) {
        let mut rules = rules_of(&effects);
        let before = decide(unmatched, &rules);
        rules.push(dry_run(rule_of("a further rule", further)));
        let after = decide(unmatched, &rules);
        prop_assert_eq!(&before["allowed"], &after["allowed"]);
        prop_assert_eq!(in_force(&before), in_force(&after));
    }
}

/// Payloads that an attestor may sign: one without a predicate type, and statements. The first two attest an image
/// by themselves.
const SIGNED: [&str; 5] = [
    "",
    POLICY_VERIFICATION,
    "https://spdx.dev/Document",
    "https://spdx.dev/Document/v2.3",
    "https://slsa.dev/provenance/v1",
];

/// Whether the image is admitted under a requirement of these types, if attestors have signed these payloads.
fn admits(names: &[&str], threshold: usize, types: &[&str], signed: &[(&str, &str)]) -> bool {
    let mut requirement = quorum(names);
    requirement["threshold"] = threshold.into();
    if !types.is_empty() {
        requirement["predicateTypes"] = json!(types);
    }
    let mut settings = settings("deny", &[rule("shop", "require", json!([requirement]))]);
    let repository = "trusted.example/app";
    let evidence = signed.iter().map(|(name, kind)| {
        let key = TestKey::new(name);
        match *kind {
            "" => occurrence(name, &key, payload(repository, A).as_bytes()),
            kind => envelope(&key, IN_TOTO, &statement(kind, repository, A)),
        }
    });
    settings["evidence"]["occurrences"] = evidence.collect();
    decision(&call(settings))["allowed"] == true
}

fn names() -> impl Strategy<Value = Vec<&'static str>> {
    subsequence(vec!["a", "b", "c"], 1..=3)
}

fn types() -> impl Strategy<Value = Vec<&'static str>> {
    subsequence(SIGNED[1..].to_vec(), 0..=3)
}

fn signed() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    let all = ["a", "b", "c"].into_iter();
    let all = all.flat_map(|name| SIGNED.map(|kind| (name, kind)));
    subsequence(all.collect::<Vec<_>>(), 0..=6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_attestor_counts_if_it_has_signed_one_of_the_types(
        names in names(),
        threshold in 1_usize..=3,
        types in types(),
        signed in signed(),
    ) {
        let threshold = threshold.min(names.len());
        let counts = |kind: &str| match types.as_slice() {
            [] => SIGNED[..2].contains(&kind),
            types => types.contains(&kind),
        };
        let has = |name: &&&str| signed.iter().any(|(own, kind)| own == *name && counts(kind));
        let expected = names.iter().filter(has).count() >= threshold;
        prop_assert_eq!(admits(&names, threshold, &types, &signed), expected);
    }

    /// Unless an attestor has signed a statement that only a requirement with types counts.
    #[test]
    fn types_admit_nothing_that_is_denied_without(
        names in names(),
        types in types(),
        mut signed in signed(),
    ) {
        signed.retain(|(_, kind)| SIGNED[..2].contains(kind));
        let count = names.len();
        prop_assert!(admits(&names, count, &[], &signed) || !admits(&names, count, &types, &signed));
    }

    #[test]
    fn a_further_requirement_of_a_type_admits_nothing(
        effects in effects(),
        name in prop::sample::select(vec!["a", "b", "c"]),
        kind in prop::sample::select(SIGNED[1..].to_vec()),
    ) {
        let mut rules = rules_of(&effects);
        let before = decide("deny", &rules);
        let mut requirement = quorum(&[name]);
        requirement["predicateTypes"] = json!([kind]);
        let requirements = rules.iter_mut().filter_map(|rule| rule.get_mut("require")?.as_array_mut());
        for all in requirements {
            all.push(requirement.clone());
        }
        let after = decide("deny", &rules);
        prop_assert!(before["allowed"] == true || after["allowed"] == false, "{before:#} {after:#}");
    }
}

/// A rule without white space that differs from the one before only in its texts is read in another way.
#[test]
fn white_space_before_rules_changes_no_byte() {
    let images = [
        "trusted.example/**",
        "trusted.example/app",
        "trusted.example/other-app",
        "trusted.example/app:*@*",
        "trust\\u0065d.example/app",
        "trusted.example/app-",
        "**",
        "",
    ];
    let names = ["a", "a name with é", "a name of \\u0065scapes", "", "a\\nb"];
    let rules = images.iter().zip(names.iter().cycle()).enumerate();
    let rules: Vec<_> = rules
        .map(|(place, (image, name))| {
            let [name, other] = [place, place + 1].map(|place| format!("{name}{place}"));
            [name, other].map(|name| {
                format!(r#"{{"name":"{name}","images":["{image}"],"deny":"Use another image."}}"#)
            })
        })
        .collect();
    let call = call(settings("admit", &["RULES".into()])).to_string();
    let decide = |rules: &[&String], between: &str| {
        let rules: Vec<_> = rules.iter().map(|rule| rule.as_str()).collect();
        decide_natively(call.replace(r#""RULES""#, &rules.join(between)).as_bytes())
    };
    for [first, _] in &rules {
        for [second, third] in &rules {
            let rules = [first, second, third];
            let [together, apart] = [",", ", "].map(|between| decide(&rules, between));
            assert_eq!(together, apart, "{rules:?}");
        }
    }
}

#[test]
fn pairs_have_the_same_outcome_in_either_order() {
    for (one, effect) in EFFECTS.iter().enumerate() {
        for (other, other_effect) in EFFECTS.iter().enumerate() {
            for unmatched in ["deny", "admit"] {
                let found = decide(unmatched, &rules_of(&[effect, other_effect]));
                let expected = outcome_of(one, other, unmatched);
                assert_eq!(
                    outcome(&found),
                    expected,
                    "{effect}, {other_effect}, {unmatched}: {found:#}"
                );
            }
        }
    }
}

/// An exemption with an end is unknown without a clock, whatever its end.
#[test]
fn exemptions_with_an_end_need_a_clock() {
    let ending = rule("ours", "exempt", json!({"until": "2999-12-31"}));
    let cases = [
        ("satisfied", "error"),
        ("unsatisfied", "error"),
        ("unknown", "error"),
        ("deny", "deny"),
        ("exempt", "error"),
        ("ended", "error"),
        ("dry satisfied", "error"),
        ("dry unsatisfied", "error"),
        ("dry unknown", "error"),
        ("dry deny", "deny"),
    ];
    for (effect, expected) in cases {
        for unmatched in ["deny", "admit"] {
            let mut call = call(settings(
                unmatched,
                &[ending.clone(), rule_of("other", effect)],
            ));
            call.as_object_mut().unwrap().remove("time");
            let found = decision(&call);
            assert_eq!(outcome(&found), expected, "{effect}: {found:#}");
            assert!(found.to_string().contains("clock-unavailable"), "{found:#}");
            call["time"] = "2026-06-15T12:00:00Z".into();
            assert!(!decision(&call).to_string().contains("clock-unavailable"));
        }
    }
}

/// Rules that cover other images, and exemptions without an end, need no clock.
#[test]
fn other_rules_need_no_clock() {
    let mut elsewhere = rule("elsewhere", "exempt", json!({"until": "2999-12-31"}));
    elsewhere["images"] = json!(["other.example/**"]);
    let mut call = call(settings(
        "deny",
        &[elsewhere, exempt("ours"), require("shop", &["c"])],
    ));
    call.as_object_mut().unwrap().remove("time");
    assert_eq!(outcome(&decision(&call)), "allow");
}

/// An attestor whose answer is unknown may be one of the missing ones.
#[test]
fn a_quorum_is_unknown_if_unknown_attestors_could_fill_it() {
    // The lookup of `b` fails: natively, there is no cluster to ask.
    let with_lookup = |attestors: &[&str], threshold: usize, must_include: &[&str]| {
        let mut requirement = quorum(attestors);
        requirement["threshold"] = threshold.into();
        if !must_include.is_empty() {
            requirement["mustInclude"] = quorum(must_include)["attestors"].take();
        }
        let mut settings = settings("deny", &[rule("shop", "require", json!([requirement]))]);
        let occurrences = settings["evidence"]["occurrences"].as_array_mut().unwrap();
        occurrences.truncate(1);
        settings["evidence"]["kubernetes"] =
            json!({"notes": {"projects/p/notes/b": "attestations"}});
        outcome(&decision(&call(settings)))
    };
    assert_eq!(with_lookup(&["a", "b", "c"], 1, &[]), "allow");
    assert_eq!(with_lookup(&["a", "b", "c"], 2, &[]), "error");
    assert_eq!(with_lookup(&["a", "b", "c"], 3, &[]), "deny");
    assert_eq!(with_lookup(&["a", "b", "c"], 2, &["b"]), "error");
    assert_eq!(with_lookup(&["a", "b", "c"], 2, &["c"]), "deny");
    assert_eq!(with_lookup(&["b"], 1, &[]), "error");
}

/// Each rule that covers the image is listed once, by name; others are not.
#[test]
fn results_list_the_rules_by_name() {
    let mut elsewhere = deny("elsewhere");
    elsewhere["images"] = json!(["other.example/**"]);
    let found = decide(
        "deny",
        &[
            require("shop", &["a"]),
            elsewhere,
            dry_run(deny("dry")),
            rule("checked", "require", json!([unknown()])),
            exempt("ours"),
        ],
    );
    let results = found["images"][0]["results"].as_array().unwrap();
    let names = |result: &Value| -> Vec<String> {
        let rules = result["rules"].as_array().unwrap();
        rules
            .iter()
            .map(|rule| rule["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(results.len(), 2);
    assert_eq!(names(&results[0]), ["checked", "ours", "shop"]);
    assert_eq!(names(&results[1]), ["dry"]);
    assert_eq!(results[0]["rules"][0]["liftedBy"], "ours");
    assert_eq!(results[0]["document"], "imagePolicy");
    assert_eq!(results[1]["enforcement"], "dry-run");
}

/// The results of rules and of attestors count. Rules in dry run have what room is left.
#[test]
fn the_results_of_rules_are_limited() {
    let outcome_within = |results: usize, rules: &[Value]| {
        let bytes = call(settings("admit", rules)).to_string();
        let budget = Budget {
            results,
            ..Budget::DEFAULT
        };
        let call = Call::parse(bytes.as_bytes(), Extras::Allowed, &budget).unwrap();
        let decision = policy_wasm::decide(&call, NO_CLOCK, &mut NoLookup, &budget);
        let decision = serde_json::to_value(decision).unwrap();
        let is_limited = decision.to_string().contains("limit-exceeded");
        (outcome(&decision), is_limited)
    };
    let rules = [require("shop", &["a", "b"]), require("all", &["a"])];
    assert_eq!(outcome_within(5, &rules), ("allow", false));
    assert_eq!(outcome_within(4, &rules), ("error", true));
    let dry = [
        require("shop", &["a", "b"]),
        dry_run(require("all", &["a"])),
    ];
    assert_eq!(outcome_within(5, &dry), ("allow", false));
    assert_eq!(outcome_within(4, &dry), ("overridden", true));
    assert_eq!(outcome_within(2, &dry), ("error", true));
    // Lifted requirements have no results of attestors.
    let lifted = [require("shop", &["a", "b"]), exempt("ours")];
    assert_eq!(outcome_within(2, &lifted), ("allow", false));
    assert_eq!(outcome_within(1, &lifted), ("error", true));
}
