//! Rows of the conformance tables of the singleton policy's pattern language. A row's name is its
//! identity: tests and reports name it.

use alloc::vec::Vec;

use super::*;
use crate::pattern::tests::with_digests;

/// Row, pattern, image, whether they match.
#[rustfmt::skip]
const MATCHING: &[(&str, &str, &str, bool)] = &[
    ("A01", "gcr.io/my-project/nginx*", "gcr.io/my-project/nginx:latest", true),
    ("A02", "gcr.io/my-project/nginx*", "gcr.io/my-project/nginx-images/nginx", false),
    ("A03", "gcr.io/nginx*", "gcr.io/nginx@latest", true),
    ("A04", "gcr.io/nginx*", "gcr.io/nginx/image", false),
    ("A05", "gcr.io/nginx**", "gcr.io/nginx/image", true),
    ("A06", "gcr.io/my-project/nginx**", "gcr.io/my-project/nginx-1.14.2/image:latest", true),
    ("A07", "gcr.io/my-project**", "gcr.io/my-project/nginx", true),
    ("A08", "gcr.io/my-project**", "gcr.io/my-project-exploit/nginx-exploit", true),
    ("A09", "gcr.io/example-project/*", "gcr.io/example-project/helloworld:v1", true),
    ("A10", "gcr.io/example-project/*", "gcr.io/example-project/sub/helloworld", false),
    ("A11", "gcr.io/example-project/**", "gcr.io/example-project/my-directory/helloworld", true),
    ("A12", "gcr.io/example-project/helloworld", "gcr.io/example-project/helloworld", true),
    ("A13", "gcr.io/example-project/helloworld", "gcr.io/example-project/helloworld:latest", false),
    ("A14", "gcr.io/example-project/helloworld", "gcr.io/example-project/helloworld@sha256:{d0}", false),
    ("A15", "gcr.io/example-project/helloworld:latest", "gcr.io/example-project/helloworld:latest", true),
    ("A16", "gcr.io/example-project/helloworld:my-tag", "gcr.io/example-project/helloworld:my-tag", true),
    ("A17", "gcr.io/example-project/helloworld:v1.*", "gcr.io/example-project/helloworld:v1.2", true),
    ("A18", "gcr.io/example-project/helloworld:v1.*", "gcr.io/example-project/helloworld:v2.1", false),
    ("A19", "gcr.io/example-project/helloworld:latest", "gcr.io/example-project/helloworld:latest@sha256:{d0}", false),
    ("A20", "gcr.io/example-project/helloworld@sha256:{dx}", "gcr.io/example-project/helloworld@sha256:{dx}", true),
    ("A21", "gcr.io/example-project/helloworld@sha256:{dx}", "gcr.io/example-project/helloworld@sha256:{d1}", false),
    ("A22", "gcr.io/example-project/helloworld@*", "gcr.io/example-project/helloworld@sha256:{dx}", true),
    ("A23", "gcr.io/example-project/helloworld@*", "gcr.io/example-project/helloworld:tag", false),
    ("A24", "gcr.io/1-my-image*", "gcr.io/1-my-image@sha256:{d0}", true),
    ("A25", "gcr.io/1-my-image*", "gcr.io/1-my-image:tag", true),
    ("A26", "gcr.io/1-my-image*", "gcr.io/1-my-image2:latest", true),
    ("A27", "gcr.io/1-my-image*", "gcr.io/1-my-image-abc", true),
    ("A28", "gcr.io/1-my-image*", "gcr.io/1-my-image-abc:tag", true),
    ("A29", "gcr.io/1-my-image*", "gcr.io/1-my-image/a:latest", false),
    ("A30", "gcr.io/1-my-image*", "gcr.io/2-my-image:latest", false),
    ("A31", "gcr.io/2-my-image-any-tag:*", "gcr.io/2-my-image-any-tag:any", true),
    ("A32", "gcr.io/3-my-untagged-image", "gcr.io/3-my-untagged-image", true),
    ("A33", "gcr.io/3-my-untagged-image", "gcr.io/3-my-untagged-image:tag", false),
    ("A34", "gcr.io/4-my-image-tag-prefix:1.*", "gcr.io/4-my-image-tag-prefix:1.3", true),
    ("A35", "gcr.io/4-my-image-tag-prefix:1.*", "gcr.io/4-my-image-tag-prefix:2.3", false),
    ("A36", "gcr.io/5/long/path/my-image*", "gcr.io/5/long/path/my-image-1:tag", true),
    ("A37", "gcr.io/5/long/path/my-image*", "gcr.io/5/long/path/my-image/image", false),
    ("A38", "gcr.io/6-my-image-w-tag:latest", "gcr.io/6-my-image-w-tag:latest", true),
    ("A39", "gcr.io/6-my-image-w-tag:latest", "gcr.io/6-my-image-w-tag:some", false),
    ("A40", "gcr.io/7-my-image@sha256:{d0}", "gcr.io/7-my-image@sha256:{d0}", true),
    ("A41", "gcr.io/7-my-image@sha256:{d0}", "gcr.io/7-my-image@sha256:{d1}", false),
    ("A42", "gcr.io/8-my-image@sha256:*", "gcr.io/8-my-image@sha256:{d1}", true),
    ("A43", "local-image-1:*", "local-image-1:any-tag", true),
    ("A44", "local-image-2:tag", "local-image-2:tag", true),
    ("A45", "local-image-2:tag", "local-image-2:tag2", false),
    ("A46", "local-image-3:tag*", "local-image-3:tag-any", true),
    ("A47", "local-image-3:tag*", "local-image-3:1tag", false),
    ("A48", "loc-ref", "loc-ref", true),
    ("A49", "docker.io/library/nginx*", "nginx:1.25", false),
    ("A50", "nginx:*", "docker.io/library/nginx:1.25", false),
    ("A51", "gcr.io/p/*", "gcr.io/p/", true),
    ("A52", "gcr.io/p/i", "GCR.io/p/i", false),
    ("A53", "k8s.gcr.io/**", "k8s.gcr.io/k8s-dns-kube-dns-amd64:1.14.13", true),
    ("A54", "gcr.io/google-containers/*", "gcr.io/google-containers/prometheus-to-sd:v0.2.3", true),
    ("A55", "gke.gcr.io/*", "gke.gcr.io/a/b:1", false),
    ("A56", "gke.gcr.io/**", "gke.gcr.io/a/b:1", true),
    ("A57", "asia.gcr.io/google-containers/addon-resizer:*", "asia.gcr.io/google-containers/addon-resizer:1.8", true),
    ("A58", "us-docker.pkg.dev/myproject/container/hello@*", "us-docker.pkg.dev/myproject/container/hello@sha256:{d0}", true),
    ("A59", "us-docker.pkg.dev/myproject/**", "us-docker.pkg.dev/myproject/container/hello@sha256:{d0}", true),
    ("A60", "gcr.io/im@sha256:ab2345*", "gcr.io/im@sha256:ab23451111111111111111111111111111111111111111111111111111111111", true),
    ("A61", "gcr.io/nginx:2.*", "gcr.io/nginx:2.1", true),
    ("A62", "gcr.io/*", "gcr.io/nginx:1", true),
    ("A63", "gcr.io/*", "gcr.io/p/nginx:1", false),
    ("A64", "gcr.io/my-project/nginx*", "evil.example/gcr.io/my-project/nginx", false),
    ("A65", "registry.example:5000/app*", "registry.example:5000/app:1", true),
    ("A66", "localhost:5000/app:*", "localhost:5000/app@sha256:{d0}", false),
];

/// Row, pattern, whether it is valid.
#[rustfmt::skip]
const VALIDITY: &[(&str, &str, bool)] = &[
    ("AV01", "gcr.io/my-project/nginx*", true),
    ("AV02", "gcr.io/my-project/n*x", false),
    ("AV03", "*", false),
    ("AV04", "**", false),
    ("AV05", "gcr.io*", false),
    ("AV06", "a***", false),
    ("AV07", "", false),
    ("AV08", "local-image-1:*", true),
    ("AV09", "loc-ref", true),
    ("AV10", "gcr.io/nginx[@:]*", false),
    ("AV11", "gcr.io/p/***", false),
    ("AV12", "gcr.io/p/a**b*", false),
    ("AV13", "nginx*", false),
    ("AV14", "gcr.io/*", true),
    ("AV15", "k8s.gcr.io/**", true),
    ("AV16", "gcr.io/my-project**", true),
    ("AV17", "gcr.io/im@sha256:*", true),
    ("AV18", "gcr.io/p/i mage", false),
    ("AV19", "gcr.io/p/?", false),
    ("AV20", "gcr.io/nginx:2.*", true),
];

#[test]
fn every_row_of_the_matching_table_holds() {
    for (row, pattern, image, expected) in MATCHING {
        let (pattern, image) = (with_digests(pattern), with_digests(image));
        let parsed = NamePattern::parse(&pattern).unwrap_or_else(|error| panic!("{row}: {error}"));
        assert_eq!(
            parsed.matches(&image),
            *expected,
            "{row}: `{pattern}` and `{image}`"
        );
    }
    assert_eq!(MATCHING.len(), 66);
}

#[test]
fn every_row_of_the_validity_table_holds() {
    for (row, pattern, expected) in VALIDITY {
        assert_eq!(
            NamePattern::parse(*pattern).is_ok(),
            *expected,
            "{row}: `{pattern}`"
        );
    }
    assert_eq!(VALIDITY.len(), 20);
}

#[test]
fn errors_say_which_rule_was_broken() {
    for (pattern, error) in [
        ("", NamePatternError::Empty),
        ("*", NamePatternError::WildcardAlone),
        ("trusted.example*", NamePatternError::WildcardAlone),
        ("trusted.example**", NamePatternError::WildcardAlone),
        ("trusted.example/a*b", NamePatternError::WildcardInside),
        ("*/app", NamePatternError::WildcardInside),
        ("a/***", NamePatternError::WildcardInside),
        ("docker.io/redis[@:]*", NamePatternError::CharacterClass),
        ("trusted.example/[ab]", NamePatternError::CharacterClass),
        ("trusted.example/a?", NamePatternError::Character('?')),
        ("trusted.example/{a,b}", NamePatternError::Character('{')),
        ("!a", NamePatternError::Character('!')),
        (r"\a", NamePatternError::Character('\\')),
        ("trusteԁ.example/*", NamePatternError::Character('ԁ')),
    ] {
        assert_eq!(NamePattern::parse(pattern), Err(error), "`{pattern}`");
    }
    let long = "a".repeat(513);
    assert_eq!(NamePattern::parse(&long), Err(NamePatternError::TooLong));
}

#[test]
fn a_match_begins_with_the_literal_part() {
    for (row, pattern, image, expected) in MATCHING {
        let literal = pattern.trim_end_matches('*');
        assert!(!expected || image.starts_with(literal), "{row}");
    }
}

/// What is skipped for its first character would not have matched.
#[test]
fn the_first_of_all_rows_is_the_first_that_matches() {
    let rows = MATCHING
        .iter()
        .map(|(_, pattern, ..)| with_digests(pattern));
    let patterns: Vec<_> = rows
        .filter_map(|row| NamePattern::parse(row).ok())
        .collect();
    for (row, _, image, _) in MATCHING {
        let image = with_digests(image);
        let expected = patterns.iter().find(|pattern| pattern.matches(&image));
        assert_eq!(NamePattern::first(&patterns, &image), expected, "{row}");
    }
    assert_eq!(NamePattern::first(&patterns, ""), None);
}
