//! Every case through every build: the same bytes, and the expected answer.

use std::collections::BTreeSet;

use policy_tests::corpus;
use policy_tests::implementation;
use policy_wasm::Code;

#[test]
fn every_case_is_answered_as_expected_and_alike_by_every_build() {
    let cases = corpus::all();
    let mut builds = implementation::all();
    for case in cases {
        let (reference, others) = builds.split_first_mut().unwrap();
        let expected = reference.decide(&case.call);
        case.check(&expected);
        for build in others {
            let answer = build.decide(&case.call);
            assert_eq!(
                String::from_utf8_lossy(&answer),
                String::from_utf8_lossy(&expected),
                "{}: the {} differs from the {}",
                case.name,
                build.name(),
                reference.name()
            );
        }
    }
    let names: Vec<_> = builds.iter().map(|build| build.name()).collect();
    println!("{} cases through: {}", cases.len(), names.join(", "));
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
    // What no call can show: settings that are not loaded, and a host without a clock.
    let suites = [
        include_str!("settings.rs"),
        include_str!("platform_settings/checks.rs"),
        include_str!("platform_settings/check_sets.rs"),
        include_str!("platform_settings/evidence.rs"),
        include_str!("platform_settings/keys.rs"),
        include_str!("platform_settings/patterns.rs"),
        include_str!("evidence.rs"),
    ]
    .concat();
    let mut names = BTreeSet::new();
    for code in Code::ALL {
        let name = code.as_str();
        assert!(names.insert(name), "`{name}` stands for two things");
        assert!(
            name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'),
            "{name}"
        );
        assert!(
            in_cases.contains(name) || suites.contains(name),
            "`{name}` is in no case and in no test of the settings"
        );
    }
}

#[test]
fn the_second_call_equals_the_first() {
    for case in corpus::all().iter().take(50) {
        let decide = || implementation::decide_natively(&case.call);
        assert_eq!(decide(), decide(), "{}", case.name);
    }
}
