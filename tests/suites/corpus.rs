//! Every case through every build: the same bytes, and the expected answer.

use std::collections::BTreeSet;

use policy_tests::corpus;
use policy_tests::implementation;

#[test]
fn every_case_is_answered_as_expected_and_alike_by_every_build() {
    let cases = corpus::all();
    let mut builds = implementation::all();
    for case in &cases {
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

#[test]
fn the_second_call_equals_the_first() {
    for case in corpus::all().iter().take(50) {
        let decide = || policy_wasm::abi::decide(&case.call);
        assert_eq!(decide(), decide(), "{}", case.name);
    }
}
