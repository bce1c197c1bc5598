use std::collections::BTreeSet;

use super::*;
use crate::{Config, SourceFile, lint};

fn codes(yaml: &str) -> BTreeSet<String> {
    let file = SourceFile {
        name: "example.yaml".into(),
        text: yaml.into(),
    };
    let report = lint(&[file], &Config::default());
    assert!(
        report.documents > 0,
        "not a document that is linted:\n{yaml}"
    );
    report.diagnostics.into_iter().map(|one| one.code).collect()
}

#[test]
fn what_a_page_says_to_avoid_is_found() {
    for rule in RULES {
        let codes = codes(rule.avoid);
        assert!(codes.contains(rule.code), "{}: {codes:?}", rule.code);
    }
}

#[test]
fn what_a_page_prefers_is_not_found() {
    for rule in RULES {
        let codes = codes(rule.prefer);
        assert!(!codes.contains(rule.code), "{}: {codes:?}", rule.code);
        // An example that would be refused teaches nothing.
        let refused: Vec<_> = codes
            .iter()
            .filter(|code| !code.starts_with("lint-"))
            .collect();
        assert!(refused.is_empty(), "{}: {refused:?}", rule.code);
    }
}

#[test]
fn codes_are_in_order_and_have_one_form() {
    let codes: Vec<_> = RULES.iter().map(|rule| rule.code).collect();
    assert!(codes.is_sorted(), "{codes:?}");
    for rule in RULES {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(rule.code.starts_with("lint-") && rule.code.chars().all(is_plain));
        assert!(
            !rule.what.ends_with('.') && rule.what.starts_with(char::is_lowercase),
            "{}",
            rule.code
        );
        assert!(rule.why.ends_with('.'), "{}", rule.code);
    }
}

/// Whatever an example shows, its finding points into the text.
#[test]
fn findings_point_at_something() {
    for rule in RULES {
        let file = SourceFile {
            name: "example.yaml".into(),
            text: rule.avoid.into(),
        };
        for finding in lint(&[file], &Config::default()).diagnostics {
            for label in &finding.labels {
                let text = rule.avoid.get(label.span.range());
                assert!(
                    text.is_some_and(|text| !text.is_empty()),
                    "{}: {finding:?}",
                    rule.code
                );
            }
        }
    }
}
