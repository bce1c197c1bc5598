//! Every case through every build: the same bytes, and the expected answer.

use std::collections::BTreeSet;

use core_tests::corpus;
use core_tests::native::decide_natively;
use host_runner::engine::Operation;
use policy_tests::{implementation, modules};
use serde_json::Value;

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
fn every_build_gives_the_same_answer_about_settings() {
    let calls = corpus::all().iter();
    let calls = calls.filter_map(|case| serde_json::from_slice::<Value>(&case.call).ok());
    let settings: BTreeSet<_> = calls.map(|call| call["settings"].to_string()).collect();
    let mut builds = implementation::all();
    for settings in settings.into_iter().chain([String::new(), "[".repeat(99)]) {
        let mut answers = builds
            .iter_mut()
            .map(|build| (build.name(), build.validate_settings(settings.as_bytes())));
        let (_, expected) = answers.next().unwrap();
        for (name, answer) in answers {
            assert_eq!(answer, expected, "{name}: {settings}");
        }
    }
}

/// It is built otherwise, and another program has been over it. What it does not have are OpenPGP and Sigstore.
#[test]
fn the_slim_module_answers_alike_wherever_no_openpgp_key_and_no_sigstore_is() {
    let slim = modules::engine().load(modules::slim()).unwrap();
    let (mut alike, cases) = (0, corpus::all());
    for case in cases {
        let expected = decide_natively(&case.call);
        let answer = slim.call(Operation::Decide, &case.call).unwrap();
        let has = |text: &[u8], word: &str| String::from_utf8_lossy(text).contains(word);
        if has(&case.call, "asciiArmoredPgp") || has(&answer, "sigstore-unsupported") {
            continue;
        }
        assert!(
            answer == expected,
            "{}: {}",
            case.name,
            String::from_utf8_lossy(&answer)
        );
        alike += 1;
    }
    assert!(alike > cases.len() / 2, "{alike} of {}", cases.len());
}
