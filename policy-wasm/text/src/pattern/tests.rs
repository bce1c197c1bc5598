//! What the languages share in tests, and rows of the conformance tables that compare them.

use alloc::format;
use alloc::string::String;

use super::*;
use crate::image::ImageReference;

const D0: &str = "0000000000000000000000000000000000000000000000000000000000000000";
const D1: &str = "1111111111111111111111111111111111111111111111111111111111111111";
const DX: &str = "77b0b75136b9bd0fd36fb50f4c92ae0dbdbbe164ab67885e736fa4374e0cbb8c";

/// What the digits of digests in the tables stand for.
pub(super) fn with_digests(text: &str) -> String {
    text.replace("{d0}", D0)
        .replace("{d1}", D1)
        .replace("{dx}", DX)
}

/// What one pattern does to one image
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Row {
    Matches,
    Differs,
    Invalid,
}
use Row::{Differs, Invalid, Matches};

impl Row {
    fn of<E>(matched: &Result<bool, E>) -> Self {
        match matched {
            Ok(true) => Matches,
            Ok(false) => Differs,
            Err(_) => Invalid,
        }
    }
}

/// Row, pattern, image, what it does in a singleton policy, and in a platform policy.
#[rustfmt::skip]
const LOOK_ALIKES: &[(&str, &str, &str, Row, Row)] = &[
    ("org_prefix", "docker.io/openpolicyagent/**", "docker.io/openpolicyagentnotreally/x", Differs, Differs),
    ("org_prefix_open", "docker.io/openpolicyagent**", "docker.io/openpolicyagentnotreally/x", Matches, Invalid),
    ("org_prefix_star", "docker.io/openpolicyagent*", "docker.io/openpolicyagentnotreally/x", Differs, Differs),
    ("host_suffix", "trusted.example/**", "trusted.example.evil.example/x", Differs, Differs),
    ("host_open_end", "trusted.example*", "trusted.example/x", Invalid, Invalid),
    ("host_open_end", "trusted.example**", "trusted.example/x", Invalid, Invalid),
    ("host_in_path", "trusted.example/org/*", "evil.example/trusted.example/org/e", Differs, Differs),
    ("star_one_segment", "trusted.example/*", "trusted.example/a", Matches, Matches),
    ("star_not_across_slash", "trusted.example/*", "trusted.example/a/b", Differs, Differs),
    ("double_star", "trusted.example/**", "trusted.example/a/b", Matches, Matches),
    ("star_covers_tag", "trusted.example/app*", "trusted.example/app:1", Matches, Matches),
    ("star_covers_sibling", "trusted.example/app*", "trusted.example/app-evil", Matches, Matches),
    ("bare_name_and_tag", "trusted.example/app", "trusted.example/app:1", Differs, Matches),
    ("tag_star", "trusted.example/app:1*", "trusted.example/app:10", Matches, Matches),
    ("tag_star_other_name", "trusted.example/app:*", "trusted.example/app-evil:1", Differs, Invalid),
    ("port_is_not_a_suffix", "trusted.example/*", "trusted.example:5000/app", Differs, Differs),
    ("wildcard_inside", "trusted.example/a*b", "trusted.example/ab", Invalid, Invalid),
    ("wildcard_inside", "*/app", "trusted.example/app", Invalid, Invalid),
    ("metacharacters", "trusted.example/a?", "trusted.example/ab", Invalid, Invalid),
    ("metacharacters", "trusted.example/[ab]", "trusted.example/a", Invalid, Invalid),
    ("metacharacters", "trusted.example/{a,b}", "trusted.example/a", Invalid, Invalid),
    ("metacharacters", "!a", "b", Invalid, Invalid),
    ("metacharacters", r"\a", "a", Invalid, Invalid),
    ("only_wildcards", "*", "a", Invalid, Invalid),
    ("only_wildcards", "**", "a", Invalid, Invalid),
    ("only_wildcards", "a***", "a", Invalid, Invalid),
    ("only_wildcards", "", "a", Invalid, Invalid),
    ("default_port", "trusted.example/*", "trusted.example:443/x", Differs, Differs),
    ("localhost_port", "localhost/*", "localhost:5000/x", Differs, Differs),
    ("localhost_port", "localhost:5000/*", "localhost:5000/x", Matches, Matches),
    ("bare_host", "trusted.example/**", "trusted.example", Differs, Differs),
    ("upper_host", "trusted.example/*", "TRUSTED.example/app", Differs, Differs),
    ("hub_short", "docker.io/library/*", "nginx", Differs, Differs),
    ("hub_library", "docker.io/library/*", "library/nginx", Differs, Differs),
    ("hub_legacy_alias", "docker.io/library/*", "index.docker.io/library/nginx", Differs, Differs),
];

#[test]
fn look_alikes_are_told_apart() {
    for (row, pattern, image, singleton, platform) in LOOK_ALIKES {
        let reference =
            ImageReference::parse(image).unwrap_or_else(|error| panic!("{row}: {error}"));
        let name = NamePattern::parse(*pattern).map(|parsed| parsed.matches(image));
        let allow = AllowPattern::parse(pattern).map(|parsed| parsed.matches(reference));
        assert_eq!(Row::of(&name), *singleton, "{row}: `{pattern}`, singleton");
        assert_eq!(Row::of(&allow), *platform, "{row}: `{pattern}`, platform");
    }
}

/// No text panics, and what matches begins with the part of the pattern that is literal.
#[test]
fn every_short_pattern_matches_only_what_begins_like_it() {
    let images = [
        "a",
        "a:a",
        "a/a",
        "a.a/a",
        "a.a/a:a",
        "a.a/a/a",
        "a.a/a/a/a",
        "a.a.a/a/a",
    ];
    let mut matched = [false; 4];
    each_text(5, "", &mut |pattern| {
        let name = NamePattern::parse(pattern);
        let allow = AllowPattern::parse(pattern);
        let directory = TrustedDirectory::parse(pattern);
        let repository = SourceRepository::parse(pattern);
        for image in images {
            let reference = ImageReference::parse(image).unwrap();
            let by_language = [
                name.as_ref().is_ok_and(|parsed| parsed.matches(image)),
                allow.is_ok_and(|parsed| parsed.matches(reference)),
                directory.is_ok_and(|parsed| parsed.matches(reference)),
                repository.is_ok_and(|parsed| parsed.matches(image)),
            ];
            if !by_language.contains(&true) {
                continue;
            }
            matched = [0, 1, 2, 3].map(|index| matched[index] || by_language[index]);
            let literal = pattern.trim_end_matches('*');
            if let Some(literal) = literal.strip_prefix('*') {
                assert_eq!(by_language, [false, false, true, false], "{pattern}");
                assert!(image.contains(literal), "{pattern}");
            } else {
                assert!(image.starts_with(literal), "{pattern}");
            }
        }
    });
    assert_eq!(matched, [true; 4]);
}

/// Every text that is `text` and up to `length` of these words.
fn each_text(length: usize, text: &str, each: &mut impl FnMut(&str)) {
    each(text);
    let Some(length) = length.checked_sub(1) else {
        return;
    };
    for word in ["a", "a.a", ".", "/", ":", "*", "*.", "é"] {
        each_text(length, &format!("{text}{word}"), each);
    }
}
